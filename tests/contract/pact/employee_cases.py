"""What the engine relies on in HR, and where copies of its employees are kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pact import match

from engine.model.master_data import EmployeeContent, EmployeeRecord
from engine.model.sources import Change, SourceStage
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import LIVE_TOKEN

NUMBER = "20000017"
HOME, ONE = "/v1/employees", f"/v1/employees/{NUMBER}"
INSTANT, SINCE = "2026-10-28T09:00:00.000001Z", "2026-10-28T00:00:00Z"
EXISTS: State = ("an employee exists in HR", {"employee_no": NUMBER})
GONE: State = ("there is no employee in HR", {"employee_no": NUMBER})
DAY = r"20\d\d-\d\d-\d\d"
RECORD = EmployeeRecord(
    source_id=NUMBER, sequence=1, version=2, status="active", name="Ann Lee", company_code="1000", cost_center="4711000",
    manager="10002595", valid_from=date(2026, 9, 1), valid_to=date(2099, 12, 31), correlation_id="dc-0123456789abcdef",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Every interaction about employees."""
    yield from _reads()
    yield from _lists()
    yield from _copies()


def _hr(name: str, states: tuple[State, ...], request: Request, answer: Answer, *, act: Any, check: Check) -> Case:
    return Case("hr", f"hr.employee.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _wire(status: str = "active") -> dict[str, Any]:
    return {
        "employee_no": NUMBER,
        "version": match.integer(2),
        "name": match.like("Ann Lee"),
        "company_code": "1000",
        "cost_center": match.like("4711000"),
        "manager": match.like("10002595"),
        "valid_from": match.regex("2026-09-01", regex=DAY),
        "valid_to": match.regex("2099-12-31", regex=DAY),
        "status": status,
        "revision": match.integer(1),
        "correlation_id": match.like("dc-0123456789abcdef"),
    }


def _reads() -> Iterator[Case]:
    read = Request("GET", ONE)

    def reading(name: str, state: State, answer: Answer, check: Check) -> Case:
        return _hr(f"read: {name}", (state,), read, answer, act=lambda it: it.personnel.read(NUMBER), check=check)

    yield reading("in force", EXISTS, Answer(200, _wire()), gives(RECORD))
    for status in ("on_leave", "left"):
        state: State = (EXISTS[0], {**EXISTS[1], "status": status})
        yield reading(status, state, Answer(200, _wire(status)), gives(replace(RECORD, status=status)))
    later = refused("NOT_FOUND", "validation", retry="same")
    yield reading("unknown", GONE, problem(404, "NOT_FOUND"), later)
    yield reading("not confirmed yet", (EXISTS[0], {**EXISTS[1], "status": "draft"}), problem(404, "NOT_FOUND"), later)


def _lists() -> Iterator[Case]:
    item = {
        "employee_no": match.like(NUMBER),
        "status": match.regex("active", regex="active|on_leave|left"),
        "revision": match.integer(1),
        "version": match.integer(2),
        "changed_at": match.regex(INSTANT, regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(Z|[+-]\d\d:\d\d)"),
    }
    page = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None})
    found = gives(([Change(NUMBER, "active", SourceStage.APPROVED, 1, 2, INSTANT)], None))

    def listing(name: str, states: tuple[State, ...], query: dict[str, str], answer: Answer, check: Check) -> Case:
        asked = Request("GET", HOME, {"limit": "100", **query})
        act: Any = lambda it: it.personnel.changes(query.get("changed_since"), query.get("cursor"), 100)  # noqa: E731 (closes over the row)
        return _hr(f"list: {name}", states, asked, answer, act=act, check=check)

    yield listing("everything", (EXISTS,), {}, page, found)
    yield listing("who changed since", (EXISTS,), {"changed_since": SINCE}, page, found)
    foreign = problem(400, "INVALID_CURSOR")
    yield listing("a cursor from elsewhere", (), {"cursor": "made-up"}, foreign, refused("INVALID_CURSOR", "validation"))


SPOKEN = EmployeeContent(
    user=NUMBER, house="ACME-US", cost_center="US-MKT-01", manager="U1001", source_id=NUMBER, sequence=1, name="Ann Lee", status="active",
    valid_from=date(2026, 9, 1), valid_to=date(2099, 12, 31),
)  # fmt: skip
LOGIN: State = ("an employee has a login", {"login": "ann.lee001", "entity_code": "10"})


def _copies() -> Iterator[Case]:
    told = {"name": "Ann Lee", "status": "active"}
    camel = {
        "sourceRevision": 1, "userId": NUMBER, "legalEntity": "ACME-US", "costCenter": "US-MKT-01", "managerId": "U1001",
        "validFrom": "2026-09-01", "validTo": "2099-12-31",
    }  # fmt: skip
    yield from _keeper("procurement", "/api/v1/employees", SPOKEN, {**told, **camel}, members=("employeeNo", "legalEntity", "managerId"))
    snake = {
        "source_revision": 1, "login": NUMBER, "entity_code": "10", "cost_object": "CC.00.1002", "manager_login": "ann.lee001",
        "valid_from": "01/09/2026", "valid_to": "31/12/2099",
    }  # fmt: skip
    content = replace(SPOKEN, house="10", cost_center="CC.00.1002", manager="ann.lee001")
    members = ("employee_no", "entity_code", "manager_login")
    yield from _keeper("expense", "/v1/employees", content, {**told, **snake}, LOGIN, members=members)


def _keeper(
    system: str, home: str, content: EmployeeContent, body: dict[str, Any], *given: State, members: tuple[str, str, str]
) -> Iterator[Case]:
    """One system's copies. The engine needs nothing of an answer but that it is one."""
    number, entity, manager = members
    done = Answer(200, {number: NUMBER, "status": "active", "version": match.integer(1)})

    def put(name: str, states: tuple[State, ...], answer: Answer, check: Check, said: EmployeeContent = content, **other: Any) -> Case:
        request = Request("PUT", f"{home}/{NUMBER}", body={**body, **other})
        act: Any = lambda it: it.staff.put(system, said)  # noqa: E731 (the last column of a row)
        return Case(system, f"{system}.employee.put: {name}", (LIVE_TOKEN, *given, *states), request, answer, act, check)

    yield put("a first copy", (), done, gives(None))
    newer = problem(409, "VERSION_CONFLICT", current_revision=2)
    held: State = (f"{system} has a copy of an employee", {"employee_no": NUMBER, "revision": 2})
    yield put("something newer is there", (held,), newer, refused("VERSION_CONFLICT", "stale", retry="reread"))
    nowhere = refused("CODING_INVALID", "business")
    yield put("no such entity", (), problem(409, "CODING_INVALID"), nowhere, replace(content, house="9999"), **{entity: "9999"})
    nobody = refused("EMPLOYEE_UNKNOWN", "business")
    without = replace(content, manager="nobody")
    yield put("the manager is nobody", (), problem(409, "EMPLOYEE_UNKNOWN"), nobody, without, **{manager: "nobody"})
