"""The run by flow: what was covered of each, where evidence is missing, and which transactions make a case. Tolerates older verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.catalog import Catalog
from reports.fields import Record, number, rows, table, text, whole

KIND_WORD: Mapping[str, str] = {
    "document": "documents are due",
    "state": "targets keep the latest version of a record",
    "status": "news is carried back",
    "query": "an answer while a person waits",
}


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One flow of the run. unexamined: ids of required rules that examined nothing of it; p95_ms, target_ms: how long its baselines
    took, and may take."""

    id: str
    title: str
    kind: str
    transactions: int
    failed: int
    judged: int
    applicable: int
    unexamined: tuple[str, ...]
    p95_ms: float | None = None
    target_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one rule examined of one flow."""

    flow: str
    candidates: int
    violations: int
    status: str


def flow_lines(verdict: Record, catalog: Catalog) -> tuple[FlowLine, ...]:
    """Every flow with transactions or cells, in the catalogue's order; one that it does not know comes last."""
    covered = table(table(verdict, "coverage"), "by_flow")
    experiments = [row for row in rows(verdict, "by_experiment") if text(row, "role") != "solo"]
    seen = dict.fromkeys([*(text(row, "flow") for row in experiments), *covered])
    order = [flow for flow in catalog.flows if flow in seen] + [flow for flow in seen if flow not in catalog.flows]
    lines, took = [], table(table(verdict, "figures"), "latency")
    for flow in order:
        mine, cells, declared = [row for row in experiments if text(row, "flow") == flow], table(covered, flow), catalog.flows.get(flow)
        lines.append(
            FlowLine(
                id=flow,
                title=declared.title if declared else flow,
                kind=KIND_WORD.get(declared.kind, declared.kind) if declared else "not declared",
                transactions=len(mine),
                failed=sum(text(row, "verdict") == "fail" for row in mine),
                judged=whole(cells, "judged"),
                applicable=whole(cells, "applicable"),
                unexamined=_unexamined(verdict, flow),
                p95_ms=number(table(took, flow), "p95_ms"),
                target_ms=number(table(took, flow), "target_ms"),
            )
        )
    return tuple(lines)


def _unexamined(verdict: Record, flow: str) -> tuple[str, ...]:
    found = rows(verdict, "invariants")
    return tuple(text(row, "id") for row in found if text(table(table(row, "by_flow"), flow), "status") == "vacuous")


def evidence(invariant: Record) -> tuple[Evidence, ...]:
    """What a rule examined of each flow that it is about; () for a verdict without evidence by flow."""
    by_flow = table(invariant, "by_flow")
    return tuple(
        Evidence(
            flow, whole(table(by_flow, flow), "candidates"), whole(table(by_flow, flow), "violations"), text(table(by_flow, flow), "status")
        )
        for flow in by_flow
    )


def chains(verdict: Record) -> dict[str, tuple[str, ...]]:
    """By transaction the others of its case, the first of them first; a transaction that stands alone has none."""
    members: dict[str, list[str]] = {}
    for row in rows(verdict, "by_experiment"):
        members.setdefault(text(row, "case") or text(row, "txn_id"), []).append(text(row, "txn_id"))
    return {txn: tuple(each for each in case if each != txn) for case in members.values() if len(case) > 1 for txn in case}
