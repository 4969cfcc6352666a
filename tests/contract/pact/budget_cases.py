"""What the engine relies on where budgets are published, and where they are enforced."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pact import match

from engine.mapping.references import external_ref, idempotency_key
from engine.model.budgets import BudgetDraft, BudgetInForce, BudgetPlan, MonthOfGroup, Overdrawn, PlannedCost
from engine.model.sources import Change, Refusal, SourceStage
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import CENTER, COST_CENTER, LIVE_TOKEN

PLAN = "BP-PACT-00000001"
PATH, ONE = "/plans/v1/budgets", f"/plans/v1/budgets/{PLAN}"
DIGEST = "0123456789abcdef" * 4
SUM = match.regex(DIGEST, regex="[0-9a-f]{64}")
COST = match.regex("-980.00", regex=r"-\d+\.\d{2}")
INSTANT = "2026-10-28T09:00:00.000001Z"
SINCE = "2026-10-28T00:00:00Z"
EXISTS: State = ("a budget plan exists", {"plan_id": PLAN})
GONE: State = ("there is no budget plan", {"plan_id": PLAN})
REREAD = refused("VERSION_CONFLICT", "stale", retry="reread")


def cases() -> Iterator[Case]:
    """Every interaction about budgets."""
    yield from _reads()
    yield from _lists()
    yield from _records()
    yield from _control()


def _planning(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("planning", f"planning.budget.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _body(publication: Any) -> dict[str, Any]:
    return {
        "plan-id": PLAN,
        "version": match.integer(4),
        "entity": "LE-US",
        "node": match.like("LE-US.MKT.CC00"),
        "fiscal-year": match.regex("FY27", regex="FY[0-9]{2}"),
        "currency": "USD",
        "status": "published",
        "sequence": match.integer(1),
        "checksum": SUM,
        "total": COST,
        "lines": match.each_like(
            {"account": match.like("TRAVEL"), "period": match.regex("FY27-Q3", regex=r"FY[0-9]{2}(-[QP][0-9]+)?"), "amount": COST}, min=1
        ),
        "publication": publication,
        "correlation-id": match.like("dc-0123456789abcdef"),
    }


def _is_plan(recorded: tuple[int, str] | None) -> Check:
    def check(found: Any) -> None:
        assert isinstance(found, BudgetPlan), found
        assert (found.source_id, found.sequence, found.version, found.recorded) == (PLAN, 1, 4, recorded)
        assert (found.lines, found.total) == ((PlannedCost("TRAVEL", "FY27-Q3", Decimal("-980.00")),), Decimal("-980.00"))

    return check


def _reads() -> Iterator[Case]:
    read = Request("GET", ONE)

    def reading(it: Any) -> Any:
        return it.planning.read(PLAN)

    yield _planning("read: published", (EXISTS,), read, Answer(200, _body(None)), reading, _is_plan(None))
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _planning("read: unknown", (GONE,), read, problem(404, "NOT_FOUND"), reading, later)
    draft: State = (EXISTS[0], {**EXISTS[1], "status": "approved"})
    yield _planning("read: not published yet", (draft,), read, problem(404, "NOT_FOUND"), reading, later)


def _lists() -> Iterator[Case]:
    item = {
        "plan-id": match.like(PLAN),
        "sequence": match.integer(1),
        "version": match.integer(4),
        "status": match.regex("published", regex="published|superseded"),
        "control-relevant": True,
        "published-at": match.regex(INSTANT, regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(Z|[+-]\d\d:\d\d)"),
    }
    change = Change(PLAN, "published", SourceStage.APPROVED, 1, 4, INSTANT)
    query = {"scenario": "BUDGET", "limit": "100"}
    page = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None})
    first, since = Request("GET", PATH, query), Request("GET", PATH, {**query, "updated-since": SINCE})
    found = gives(([change], None))
    yield _planning("list: everything", (EXISTS,), first, page, lambda it: it.planning.changes(None, None, 100), found)
    yield _planning("list: what was published since", (EXISTS,), since, page, lambda it: it.planning.changes(SINCE, None, 100), found)
    empty = Answer(200, {"items": [], "next_cursor": None})
    yield _planning("list: nothing", (GONE,), since, empty, lambda it: it.planning.changes(SINCE, None, 100), gives(([], None)))
    foreign = Request("GET", PATH, {**query, "cursor": "made-up"})
    yield _planning(
        "list: a cursor from elsewhere", (), foreign, problem(400, "INVALID_CURSOR"),
        lambda it: it.planning.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


READ_PLAN = BudgetPlan(
    source_id=PLAN, sequence=1, version=4, status="published", stage=SourceStage.APPROVED, entity="LE-US", node="LE-US.MKT.CC00",
    fiscal_year="FY27", currency="USD", lines=(), total=Decimal(0), checksum=DIGEST, recorded=None, correlation_id=None,
)  # fmt: skip
HELD = BudgetInForce(f"1000/{CENTER}/2026/1", 1, DIGEST, (Overdrawn("54", ("2026-10",), "-5.00"),))


def _records() -> Iterator[Case]:
    """The checksum is left out of what is verified: nobody knows beforehand which lines planning draws."""
    unsaid: dict[str, Any] = {"checksum": None}
    plan = replace(READ_PLAN, **unsaid)
    told: dict[str, Any] = {
        "sequence": 1, "checksum": None, "outcome": "in-force", "target-version": HELD.version_id,
        "overdrawn": [{"account-group": "54", "periods": ["2026-10"], "available": "-5.00"}],
    }  # fmt: skip

    def put(name: str, state: State, body: Any, answer: Answer, act: Any, check: Check) -> Case:
        request = Request("PUT", f"{ONE}/publication", body=body, if_match=4)
        return _planning(f"record_publication: {name}", (state,), request, answer, act, check)

    def record(it: Any) -> Any:
        return it.planning.record_in_force(plan, HELD)

    done = Answer(200, {"plan-id": PLAN, "status": "published", "version": match.integer(5)})
    yield put("in force", EXISTS, told, done, record, gives(None))
    no = {"sequence": 1, "checksum": None, "outcome": "refused", "reason": "CODING_INVALID: why", "owner": "finance"}
    refusal = Refusal("CODING_INVALID", "why", "finance")
    yield put("why not", EXISTS, no, done, lambda it: it.planning.record_refusal(plan, refusal), gives(None))
    newer: State = (EXISTS[0], {**EXISTS[1], "version": 5})
    stale, reread = problem(412, "PRECONDITION_FAILED", current_version=5), refused("PRECONDITION_FAILED", "stale", retry="reread")
    yield put("a newer version exists", newer, told, stale, record, reread)
    unpublished = replace(plan, sequence=2)
    yield put(
        "of a sequence that was never published", EXISTS, {**told, "sequence": 2}, problem(409, "VERSION_CONFLICT"),
        lambda it: it.planning.record_in_force(unpublished, HELD), REREAD,
    )  # fmt: skip
    yield put("unknown", GONE, told, problem(404, "NOT_FOUND"), record, refused("NOT_FOUND", "validation"))


REF = external_ref(PLAN, 1)
KEY = idempotency_key(REF, "create")
DRAFT = BudgetDraft(REF, 1, "1000", CENTER, 2026, "USD", 2, (MonthOfGroup("54", "2026-10", 98_000),))
BODY: dict[str, Any] = {
    "company_code": "1000", "currency": "USD", "cost_center": CENTER, "fiscal_year": 2026, "sequence": 1, "external_ref": REF,
    "lines": [{"cost_center": CENTER, "account_group": "54", "period": "2026-10", "amount": "980.00"}], "total": "980.00",
    "checksum": DRAFT.checksum,
}  # fmt: skip
OWN: State = ("a cost centre has a budget of its own", {"cost_center": CENTER, "fiscal_year": 2026, "sequence": 1})


def _version(center: Any, checksum: Any = SUM) -> dict[str, Any]:
    return {
        "budget_version": match.like(HELD.version_id), "status": "in_force", "sequence": match.integer(1), "checksum": checksum,
        "cost_center": center, "overdrawn": [],
    }  # fmt: skip


def _control() -> Iterator[Case]:
    def case(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
        return Case("erp", f"erp.budget_version.{name}", (LIVE_TOKEN, COST_CENTER, *states), request, answer, act, check)

    held = BudgetInForce(HELD.version_id, 1, DIGEST, ())
    read = Request("GET", "/budget-versions", {"company_code": "1000", "cost_center": CENTER, "fiscal_year": "2026"})

    def reading(it: Any) -> Any:
        return it.budgets.in_force(DRAFT)

    yield case("read: the cost centre's own", (OWN,), read, Answer(200, _version(CENTER)), reading, gives(held))
    yield case("read: the company's", (), read, Answer(200, _version(None)), reading, gives(None))
    elsewhere = replace(DRAFT, company_code="9999")
    unknown = replace(read, query={**read.query, "company_code": "9999"})
    yield case(
        "read: no such company", (), unknown, problem(400, "INVALID_PARAMETER"), lambda it: it.budgets.in_force(elsewhere),
        refused("INVALID_PARAMETER", "validation"),
    )  # fmt: skip
    fresh: State = ("the idempotency key is new", {"key": KEY})

    def create(name: str, states: tuple[State, ...], answer: Answer, check: Check, draft: BudgetDraft = DRAFT, **body: Any) -> Case:
        request = Request("POST", "/budget-versions", body={**BODY, **body}, key=KEY)
        return case(f"create: {name}", (*states, fresh), request, answer, lambda it: it.budgets.publish(draft, KEY), check)

    made = replace(held, checksum=DRAFT.checksum)
    yield create("in force", (), Answer(201, _version(CENTER, DRAFT.checksum)), gives(made))
    yield create("something as new is there", (OWN,), problem(409, "VERSION_CONFLICT", current_revision=1), REREAD)
    idle: State = (COST_CENTER[0], {**COST_CENTER[1], "active": False})
    yield create(
        "the cost centre is not active", (idle,), problem(409, "COST_CENTER_INACTIVE"), refused("COST_CENTER_INACTIVE", "business")
    )
    euros = replace(DRAFT, currency="EUR")
    no = problem(409, "CURRENCY_INVALID")
    yield create("not the company's currency", (), no, refused("CURRENCY_INVALID", "business"), euros, currency="EUR")
