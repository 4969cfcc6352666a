"""What the engine relies on where master data is released, and where copies of it are kept."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pact import match

from engine.model.master_data import CopyContent, MasterRecord
from engine.model.sources import Change, SourceStage
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import LIVE_TOKEN

NUMBER, CODE = "MD00000017", "9700001"
HOME, ONE = "/master-records", f"/master-records/{NUMBER}"
INSTANT, SINCE = "2026-10-28T09:00:00.000001Z", "2026-10-28T00:00:00Z"
EXISTS: State = ("a master record exists", {"number": NUMBER, "code": CODE})
GONE: State = ("there is no master record", {"number": NUMBER})
DAY = r"20\d{6}"


def cases() -> Iterator[Case]:
    """Every interaction about master data."""
    yield from _reads()
    yield from _lists()
    yield from _copies()


def _erp(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("erp", f"erp.master_record.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


RECORD = MasterRecord(
    source_id=NUMBER, sequence=1, version=2, status="active", kind="cost_center", company_code="1000", code=CODE, name="Field marketing",
    responsible="10002595", valid_from=date(2026, 9, 1), valid_to=date(2099, 12, 31), active=True, correlation_id="dc-0123456789abcdef",
)  # fmt: skip


def _wire(status: str = "active") -> dict[str, Any]:
    return {
        "number": NUMBER,
        "version": match.integer(2),
        "kind": "cost_center",
        "company_code": "1000",
        "code": CODE,
        "name": match.like("Field marketing"),
        "responsible": match.like("10002595"),
        "valid_from": match.regex("20260901", regex=DAY),
        "valid_to": match.regex("20991231", regex=DAY),
        "active": status == "active",
        "status": status,
        "revision": match.integer(1),
        "correlation_id": match.like("dc-0123456789abcdef"),
    }


def _reads() -> Iterator[Case]:
    read = Request("GET", ONE)

    def reading(it: Any) -> Any:
        return it.records.read(NUMBER)

    yield _erp("read: in force", (EXISTS,), read, Answer(200, _wire()), reading, gives(RECORD))
    ended: State = (EXISTS[0], {**EXISTS[1], "status": "inactive"})
    inactive = replace(RECORD, status="inactive", active=False)
    yield _erp("read: no longer active", (ended,), read, Answer(200, _wire("inactive")), reading, gives(inactive))
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _erp("read: unknown", (GONE,), read, problem(404, "NOT_FOUND"), reading, later)
    draft: State = (EXISTS[0], {**EXISTS[1], "status": "draft"})
    yield _erp("read: not released yet", (draft,), read, problem(404, "NOT_FOUND"), reading, later)


def _lists() -> Iterator[Case]:
    item = {
        "number": match.like(NUMBER),
        "status": match.regex("active", regex="active|inactive"),
        "revision": match.integer(1),
        "version": match.integer(2),
        "released_at": match.regex(INSTANT, regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(Z|[+-]\d\d:\d\d)"),
    }
    page = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None})
    first, since = Request("GET", HOME, {"limit": "100"}), Request("GET", HOME, {"limit": "100", "updated_since": SINCE})
    found = gives(([Change(NUMBER, "active", SourceStage.APPROVED, 1, 2, INSTANT)], None))
    yield _erp("list: everything", (EXISTS,), first, page, lambda it: it.records.changes(None, None, 100), found)
    yield _erp("list: what was released since", (EXISTS,), since, page, lambda it: it.records.changes(SINCE, None, 100), found)
    foreign = Request("GET", HOME, {"limit": "100", "cursor": "made-up"})
    yield _erp(
        "list: a cursor from elsewhere", (), foreign, problem(400, "INVALID_CURSOR"),
        lambda it: it.records.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


SPOKEN = CopyContent(
    "cost_center", "ACME-US", CODE, NUMBER, 1, "Field marketing", "U1001", date(2026, 9, 1), date(2099, 12, 31), active=True
)
LOGIN: State = ("an employee has a login", {"login": "ann.lee001", "entity_code": "10"})


def _copies() -> Iterator[Case]:
    told = {"kind": "cost_center", "code": CODE, "name": "Field marketing", "active": True}
    camel = {"sourceRevision": 1, "legalEntity": "ACME-US", "responsibleId": "U1001", "validFrom": "2026-09-01", "validTo": "2099-12-31"}
    yield from _keeper("procurement", "/api/v1/master-data", SPOKEN, {**told, **camel}, "legalEntity", "responsibleId")
    snake = {
        "source_revision": 1, "entity_code": "10", "responsible_login": "ann.lee001", "valid_from": "01/09/2026",
        "valid_to": "31/12/2099",
    }  # fmt: skip
    content = replace(SPOKEN, house="10", responsible="ann.lee001")
    yield from _keeper("expense", "/v1/master-data", content, {**told, **snake}, "entity_code", "responsible_login", LOGIN)
    kebab = {"source-revision": 1, "entity": "LE-US", "valid-from": "2026-09-01", "valid-to": "2099-12-31"}
    yield from _keeper(
        "planning", "/plans/v1/master-data", replace(SPOKEN, house="LE-US", responsible=None), {**told, **kebab}, "entity", None
    )


def _keeper(
    system: str, home: str, content: CopyContent, body: dict[str, Any], entity: str, person: str | None, *given: State
) -> Iterator[Case]:
    """One system's copies. The engine needs nothing of an answer but that it is one."""
    done = Answer(200, {"code": CODE, "status": "active", "version": match.integer(1)})

    def put(name: str, states: tuple[State, ...], answer: Answer, check: Check, said: CopyContent = content, **other: Any) -> Case:
        request = Request("PUT", f"{home}/{NUMBER}", body={**body, **other})
        act: Any = lambda it: it.copies.put(system, said)  # noqa: E731 (the last column of a row)
        return Case(system, f"{system}.master_record.put: {name}", (LIVE_TOKEN, *given, *states), request, answer, act, check)

    held = {"source_record": NUMBER}
    state = f"{system} has a copy of a master record"
    yield put("a first copy", (), done, gives(None))
    newer = problem(409, "VERSION_CONFLICT", current_revision=2)
    yield put("something newer is there", ((state, {**held, "revision": 2}),), newer, refused("VERSION_CONFLICT", "stale", retry="reread"))
    nowhere = replace(content, house="9999")
    yield put("no such entity", (), problem(409, "CODING_INVALID"), refused("CODING_INVALID", "business"), nowhere, **{entity: "9999"})
    if person is not None:
        nobody = replace(content, responsible="nobody")
        no = problem(409, "EMPLOYEE_UNKNOWN")
        yield put("nobody is responsible", (), no, refused("EMPLOYEE_UNKNOWN", "business"), nobody, **{person: "nobody"})
