"""What the engine relies on where budgets are spent, and where planning keeps what was."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pact import match

from engine.model.consumption import BudgetStatement, ConsumptionDraft, ConsumptionHeld, KnownCost, StatedCost, checksum_of
from engine.model.sources import Change, SourceStage
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import LIVE_TOKEN

NUMBER, NODE = "BS00000017", "LE-US.MKT.CC00"
HOME, ONE, SPENDING = "/budget-statements", f"/budget-statements/{NUMBER}", "/plans/v1/consumption"
INSTANT, SINCE = "2026-10-28T09:00:00.000001Z", "2026-10-28T00:00:00Z"
WHEN = match.regex(INSTANT, regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")
AMOUNT = r"-?\d+\.\d{2}"
EXISTS: State = ("a budget statement exists", {"number": NUMBER})
GONE: State = ("there is no budget statement", {"number": NUMBER})


def cases() -> Iterator[Case]:
    """Every interaction about consumption."""
    yield from _reads()
    yield from _lists()
    yield from _known()
    yield from _records()


def _erp(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("erp", f"erp.budget_statement.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _money(text: str) -> Any:
    return match.regex(text, regex=AMOUNT)


STATEMENT = BudgetStatement(
    source_id=NUMBER, sequence=1, version=2, status="issued", company_code="1000", cost_center="4711000", month="2026-10", currency="USD",
    as_of=datetime(2026, 10, 28, 9, 0, 0, 1, tzinfo=UTC), budget_version="1000/1",
    lines=(StatedCost("54", Decimal("0.00"), Decimal("100.00"), Decimal("900.00")),), committed=Decimal("0.00"), actual=Decimal("100.00"),
    correlation_id="dc-0123456789abcdef",
)  # fmt: skip


def _reads() -> Iterator[Case]:
    line = {"account_group": "54", "committed": _money("0.00"), "actual": _money("100.00"), "available": _money("900.00")}
    wire = {
        "number": NUMBER,
        "version": match.integer(2),
        "revision": match.integer(1),
        "status": "issued",
        "company_code": "1000",
        "cost_center": match.like("4711000"),
        "period": match.regex("2026-10", regex=r"20\d\d-\d\d"),
        "currency": "USD",
        "as_of": WHEN,
        "budget_version": match.like("1000/1"),
        "lines": match.each_like(line, min=1),
        "committed": _money("0.00"),
        "actual": _money("100.00"),
        "correlation_id": match.like("dc-0123456789abcdef"),
    }
    read = Request("GET", ONE)

    def reading(it: Any) -> Any:
        return it.statements.read(NUMBER)

    yield _erp("read: issued", (EXISTS,), read, Answer(200, wire), reading, gives(STATEMENT))
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _erp("read: unknown", (GONE,), read, problem(404, "NOT_FOUND"), reading, later)
    opened: State = (EXISTS[0], {**EXISTS[1], "status": "opened"})
    yield _erp("read: not issued yet", (opened,), read, problem(404, "NOT_FOUND"), reading, later)


def _lists() -> Iterator[Case]:
    item = {
        "number": match.like(NUMBER),
        "status": "issued",
        "revision": match.integer(1),
        "version": match.integer(2),
        "as_of": WHEN,
    }
    page = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None})
    first, since = Request("GET", HOME, {"limit": "100"}), Request("GET", HOME, {"limit": "100", "updated_since": SINCE})
    found = gives(([Change(NUMBER, "issued", SourceStage.APPROVED, 1, 2, INSTANT)], None))
    yield _erp("list: everything", (EXISTS,), first, page, lambda it: it.statements.changes(None, None, 100), found)
    yield _erp("list: what was issued since", (EXISTS,), since, page, lambda it: it.statements.changes(SINCE, None, 100), found)
    foreign = Request("GET", HOME, {"limit": "100", "cursor": "made-up"})
    yield _erp(
        "list: a cursor from elsewhere", (), foreign, problem(400, "INVALID_CURSOR"),
        lambda it: it.statements.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


DRAFT = ConsumptionDraft(
    external_ref=f"{NUMBER}-r2", statement=NUMBER, sequence=2, node=NODE, period="FY27-P09", currency="USD",
    lines=(KnownCost("SUPPLIES", "-100.00", "0.00", "900.00"),), total="-100.00",
    as_of=datetime(2026, 10, 28, 9, tzinfo=UTC), target_version="1000/1",
)  # fmt: skip
TOLD = ("what was spent of a node is known", {"node": NODE, "statement": NUMBER, "sequence": 1})


def _planning(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("planning", f"planning.consumption.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _record(sequence: int, available: Any) -> dict[str, Any]:
    line = {"account": "SUPPLIES", "actual": _money("-100.00"), "committed": _money("0.00"), "available": available}
    return {"period": "FY27-P09", "version": match.integer(1), "lines": match.each_like(line, min=1), "sequence": match.integer(sequence)}


def _known() -> Iterator[Case]:
    ask = Request("GET", SPENDING, {"node": NODE, "fiscal-year": "FY27"})

    def asking(it: Any) -> Any:
        return it.consumption.known(DRAFT)

    held = ConsumptionHeld(1, checksum_of((KnownCost("SUPPLIES", "-100.00", "0.00", None),)))
    yield _planning("read: known", (TOLD,), ask, Answer(200, {"items": match.each_like(_record(1, None), min=1)}), asking, gives(held))
    yield _planning("read: nothing yet", (), ask, Answer(200, {"items": []}), asking, gives(None))


def _records() -> Iterator[Case]:
    body = {
        "node": NODE,
        "period": "FY27-P09",
        "currency": "USD",
        "lines": [{"account": "SUPPLIES", "actual": "-100.00", "committed": "0.00", "available": "900.00"}],
        "total": "-100.00",
        "as-of": "2026-10-28T09:00:00+00:00",
        "target-version": "1000/1",
        "statement": NUMBER,
        "sequence": 2,
    }

    def put(name: str, states: tuple[State, ...], answer: Answer, check: Check, said: ConsumptionDraft = DRAFT, **other: Any) -> Case:
        act: Any = lambda it: it.consumption.record(said)  # noqa: E731 (the last column of a row)
        return _planning(f"record: {name}", states, Request("PUT", SPENDING, body={**body, **other}), answer, act, check)

    held = gives(ConsumptionHeld(2, DRAFT.checksum))
    yield put("for the first time", (), Answer(200, _record(2, _money("900.00"))), held)
    newer: State = (TOLD[0], {**TOLD[1], "as_of": "2026-10-28T10:00:00Z"})
    conflict = problem(409, "VERSION_CONFLICT", current_revision=1)
    yield put("something newer is known", (newer,), conflict, refused("VERSION_CONFLICT", "stale", retry="reread"))
    nowhere, no = replace(DRAFT, node="LE-XX.MKT.CC00"), problem(409, "CODING_INVALID")
    yield put("no such node", (), no, refused("CODING_INVALID", "business"), nowhere, node="LE-XX.MKT.CC00")
