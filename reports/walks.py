"""A case as a walk: from the first request to the lines of the ledger, and from each document back to what it came of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog import Catalog
from reports.fields import Record, rows, table, text, texts, whole
from reports.money import decimal, money_text
from reports.words import word


@dataclass(frozen=True, slots=True)
class Link:
    """One document that another one leads to. anchor: empty where the page does not show it."""

    id: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happened to a document."""

    at: str
    what: str
    state: str
    who: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of the ledger; one of the two sides is empty."""

    journal: str
    account: str
    cost_center: str
    period: str
    item: str
    debit: str
    credit: str


@dataclass(frozen=True, slots=True)
class WalkedDocument:
    """One stop: a document, what happened to it, what it came of and led to, and what it posted."""

    anchor: str
    id: str
    kind: str
    system: str
    state: str
    amount: str
    came_of: tuple[Link, ...]
    led_to: tuple[Link, ...]
    deeds: tuple[Deed, ...]
    deeds_left_out: int
    entries: tuple[EntryLine, ...]
    entries_left_out: int


@dataclass(frozen=True, slots=True)
class Walk:
    """One case. about: its flows in words; transactions: its ids, the first of them first."""

    anchor: str
    id: str
    about: str
    verdict: str
    transactions: tuple[str, ...]
    documents: tuple[WalkedDocument, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Walks:
    """The cases that are shown, and how many are not; links: the anchor of a case by transaction."""

    shown: tuple[Walk, ...]
    left_out: int
    links: Mapping[str, str]


def walks(closing: Record | None, verdict: Record, catalog: Catalog) -> Walks:
    """Every case of reconciliation.json; none for a run without it."""
    told = table(closing or {}, "cases")
    verdicts = {text(row, "txn_id"): text(row, "verdict") for row in rows(verdict, "by_experiment")}
    shown = tuple(_walk(case, number, verdicts, catalog) for number, case in enumerate(rows(told, "shown")))
    links = {txn: walk.anchor for walk in shown for txn in walk.transactions}
    return Walks(shown, max(0, whole(told, "total") - len(shown)), links)


def _walk(case: Record, number: int, verdicts: Mapping[str, str], catalog: Catalog) -> Walk:
    anchor, members = f"case-{number}", rows(case, "transactions")
    told = [document for member in members for document in rows(member, "documents")]
    anchors = {text(document, "id"): f"{anchor}-{place_of}" for place_of, document in enumerate(told)}
    ids = tuple(text(member, "txn_id") for member in members)
    flows = dict.fromkeys(text(member, "flow") for member in members)
    said = [verdicts.get(txn, "") for txn in ids]
    return Walk(
        anchor=anchor,
        id=text(case, "id"),
        about=", then ".join(catalog.flows[flow].title if flow in catalog.flows else flow for flow in flows),
        verdict="fail" if "fail" in said else next((each for each in said if each), ""),
        transactions=ids,
        documents=tuple(_stop(document, anchors) for document in told),
        left_out=sum(whole(member, "left_out") for member in members),
    )


def _stop(document: Record, anchors: Mapping[str, str]) -> WalkedDocument:
    return WalkedDocument(
        anchor=anchors[text(document, "id")],
        id=text(document, "id"),
        kind=text(document, "kind"),
        system=text(document, "system"),
        state=word(text(document, "state")),
        amount=_money(document, "amount"),
        came_of=_links(texts(document, "came_of"), anchors),
        led_to=_links(texts(document, "led_to"), anchors),
        deeds=tuple(_deed(step) for step in rows(document, "steps")),
        deeds_left_out=whole(document, "steps_left_out"),
        entries=tuple(_entry(entry) for entry in rows(document, "entries")),
        entries_left_out=whole(document, "entries_left_out"),
    )


def _links(ids: Sequence[str], anchors: Mapping[str, str]) -> tuple[Link, ...]:
    return tuple(Link(each, anchors.get(each, "")) for each in ids)


def _deed(step: Record) -> Deed:
    approvers = text(step, "approvers")
    who = "the connector" if step.get("by_connector") is True else "people or the system"
    approved = f", approved by {approvers}" if approvers and text(step, "state") == "approved" else ""
    return Deed(text(step, "at").replace("T", " ")[:23], text(step, "call_point"), word(text(step, "state")), who + approved)


def _entry(entry: Record) -> EntryLine:
    amount = decimal(entry.get("amount"))
    is_credit = amount is not None and amount < 0
    money = "" if amount is None else money_text(abs(amount), text(entry, "currency"))
    return EntryLine(
        journal=text(entry, "journal"),
        account=text(entry, "account"),
        cost_center=text(entry, "cost_center"),
        period=text(entry, "period"),
        item=text(entry, "item"),
        debit="" if is_credit else money,
        credit=money if is_credit else "",
    )


def _money(record: Record, name: str) -> str:
    amount = decimal(record.get(name))
    return "" if amount is None else money_text(amount, text(record, "currency"))
