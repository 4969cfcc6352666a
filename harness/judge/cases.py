"""Cases for people: from the first request to the lines of the ledger, and from each of them back to what it came of."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from contracts.catalog import Catalog
from harness.judge.checks import fetch
from harness.judge.queries import sections
from harness.judge.reconciling import text
from harness.judge.verdict import JsonObject

QUERIES = Path(__file__).parent / "closing.sql"
CASES_MAX = 60
DOCUMENTS_MAX = 40
STEPS_MAX = 12
ENTRIES_MAX = 40

Row = Mapping[str, Any]


def cases(con: duckdb.DuckDBPyConnection, catalog: Catalog, failed: Collection[str] = ()) -> JsonObject:
    """The chains of transactions, CASES_MAX of them: those with a failed transaction first, then of every flow in turn."""
    queries = sections(QUERIES)
    members: dict[str, list[Row]] = {}
    for row in fetch(con, queries["members"]):
        members.setdefault(str(row["case_id"]), []).append(row)
    chosen = list(_chosen(members, failed))[:CASES_MAX]
    con.execute(
        "create or replace temp table shown as select unnest(?::varchar[]) as txn_id", [[m["txn_id"] for c in chosen for m in members[c]]]
    )
    steps, entries = _by_txn(fetch(con, queries["steps"])), _by_txn(fetch(con, queries["entries"]))
    came_of = _by_txn(fetch(con, queries["references"]))
    return {
        "total": len(members),
        "shown": [
            {"id": case, "transactions": [_transaction(m, steps, entries, came_of, catalog) for m in members[case]]} for case in chosen
        ],
    }


def _chosen(members: Mapping[str, Sequence[Row]], failed: Collection[str]) -> Iterator[str]:
    bad = [case for case, rows in members.items() if any(row["txn_id"] in failed for row in rows)]
    yield from bad
    by_flow: dict[str, list[str]] = {}
    for case, rows in members.items():
        if case not in set(bad):
            by_flow.setdefault(str(rows[0]["flow"]), []).append(case)
    longest = {flow: sorted(found, key=lambda case: -len(members[case])) for flow, found in by_flow.items()}
    for turn in range(max(map(len, longest.values()), default=0)):
        yield from (found[turn] for found in longest.values() if turn < len(found))


def _transaction(
    member: Row, steps: Mapping[str, list[Row]], entries: Mapping[str, list[Row]], came_of: Mapping[str, list[Row]], catalog: Catalog
) -> JsonObject:
    txn_id = str(member["txn_id"])
    mine: dict[tuple[str, str], list[Row]] = {}
    for row in steps.get(txn_id, ()):
        mine.setdefault((str(row["node"]), str(row["entity_id"])), []).append(row)
    there = {entity_id for _, entity_id in mine}
    links = [(str(row["from_id"]), str(row["to_id"])) for row in came_of.get(txn_id, ()) if {row["from_id"], row["to_id"]} <= there]
    booked: dict[str, list[Row]] = {}
    for row in entries.get(txn_id, ()):
        booked.setdefault(_owner(str(row["parent_id"]), there), []).append(row)
    documents = [_document(key, rows, links, booked.get(key[1], ()), catalog) for key, rows in mine.items()]
    return {
        "txn_id": txn_id,
        "flow": member["flow"],
        "documents": documents[:DOCUMENTS_MAX],
        "left_out": max(0, len(documents) - DOCUMENTS_MAX),
    }


def _owner(journal: str, there: Collection[str]) -> str:
    """The document of a journal: its memo entries are named after it."""
    return journal if journal in there else journal.partition("/")[0]


def _document(
    key: tuple[str, str], rows: Sequence[Row], links: Iterable[tuple[str, str]], entries: Sequence[Row], catalog: Catalog
) -> JsonObject:
    node, entity_id = key
    kind = catalog.documents.get(str(rows[0]["entity_type"]))
    system = catalog.systems.get(node)
    amounts = [row for row in rows if row["amount_minor"] is not None]
    last = amounts[-1] if amounts else None
    return {
        "id": entity_id,
        "kind": kind.name if kind is not None else str(rows[0]["entity_type"]).replace("_", " "),
        "system": system.title if system is not None else node,
        "state": next((row["state"] for row in reversed(rows) if row["state"]), None),
        "amount": text(last["amount_minor"], last["currency"], catalog) if last else None,
        "currency": last["currency"] if last else None,
        "came_of": sorted({a for a, b in links if b == entity_id and a != entity_id}),
        "led_to": sorted({b for a, b in links if a == entity_id and b != entity_id}),
        "steps": [_step(row) for row in rows[:STEPS_MAX]],
        "steps_left_out": max(0, len(rows) - STEPS_MAX),
        "entries": [_entry(row, catalog) for row in entries[:ENTRIES_MAX]],
        "entries_left_out": max(0, len(entries) - ENTRIES_MAX),
    }


def _step(row: Row) -> JsonObject:
    return {
        "at": row["t_biz"],
        "call_point": row["call_point"],
        "effect": row["effect"],
        "state": row["state"],
        "by_connector": bool(row["by_connector"]),
        "approvers": row["approvers"],
    }


def _entry(row: Row, catalog: Catalog) -> JsonObject:
    """One line of the ledger: debit positive."""
    return {
        "journal": row["parent_id"],
        "account": row["account"],
        "cost_center": row["cost_center"],
        "period": row["period"],
        "item": row["item"],
        "amount": text(row["amount_minor"], row["currency"], catalog),
        "currency": row["currency"],
    }


def _by_txn(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["txn_id"]), []).append(row)
    return found
