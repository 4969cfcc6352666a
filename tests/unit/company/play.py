"""A stand-in for the kit: plays operations of the mock systems in process, with a clock that ticks and draws that are keyed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from mocks.company import Company, Draft, generate
from mocks.kit.operation import Call, Deferred, Effect, Operation, OutEvent, Refusal, Reply
from mocks.systems.erp.system import ErpSystem
from mocks.systems.expense.system import ExpenseSystem
from mocks.systems.hr.system import HrSystem
from mocks.systems.planning.system import PlanningSystem
from mocks.systems.portal.system import PortalSystem
from mocks.systems.procurement.system import ProcurementSystem
from mocks.systems.screening.system import ScreeningSystem

START = datetime(2026, 10, 28, 9, tzinfo=UTC)
COMPANY = generate(7, minted=3)


@dataclass
class World:
    """All systems over one company; everything that they did is kept."""

    company: Company = COMPANY
    profiles: tuple[str, ...] = ()  # of the ERP
    now: datetime = START
    calls: int = 0
    effects: list[Effect] = field(default_factory=list)
    events: list[OutEvent] = field(default_factory=list)
    jobs: list[Deferred] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Fresh systems."""
        self.erp = ErpSystem(self.company, namespace="T", posting_delay_ms=30, profiles=self.profiles)
        self.procurement = ProcurementSystem(self.company, namespace="T")
        self.expense = ExpenseSystem(self.company, namespace="T")
        self.planning = PlanningSystem(self.company, namespace="T")
        self.screening = ScreeningSystem(self.company)
        self.hr = HrSystem(self.company)
        self.portal = PortalSystem(self.company, namespace="T")
        self.systems = (self.erp, self.procurement, self.expense, self.planning, self.screening, self.hr, self.portal)
        self.operations: dict[str, Operation] = {each.call_point: each for system in self.systems for each in system.operations}

    def call(self, call_point: str, body: Any = None, **members: Any) -> Reply:
        """Play one operation. `body` is a dict as it comes from the wire."""
        operation = self.operations[call_point]
        decoded = msgspec.convert(body, operation.request) if operation.request else None
        return self.run(operation.handler, replace(self.bare(), body=decoded, **members))

    def run(self, handler: Callable[[Call], Reply], call: Call) -> Reply:
        """Play one handler and keep what it did."""
        reply = handler(call)
        self.effects += reply.effects
        self.events += reply.events
        self.jobs += reply.deferred
        return reply

    def bare(self) -> Call:
        """A call with the next instant and its own draws."""
        self.calls += 1
        self.now += timedelta(microseconds=1000)
        key = str(self.calls)

        def draw(name: str) -> int:
            return int.from_bytes(blake2b(f"{key}/{name}".encode(), digest_size=8).digest(), "big")

        return Call(
            path={}, query={}, body=None, now=self.now, client_id="connector", actor=None, if_match=None, correlation_id="c-1", draw=draw
        )

    def finish_jobs(self) -> None:
        """Every accepted document is posted or rejected now."""
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            self.run(job.run, self.bare())

    def refused(self, call_point: str, body: Any = None, **members: Any) -> str:
        """The code with which an operation is refused; the refusal left no trace."""
        before = self.fingerprint()
        try:
            self.call(call_point, body, **members)
        except Refusal as refusal:
            code = refusal.code
        else:
            return "accepted"
        assert self.fingerprint() == before
        assert code in {*self.operations[call_point].errors, "VALIDATION_FAILED"}, f"{call_point} does not declare {code}"
        return code

    def fingerprint(self) -> bytes:
        """Every document of every system."""
        return msgspec.json.encode([system.final_views() for system in self.systems])

    def approved_requisition(self, draft: Draft) -> Any:
        """Create, submit and approve what was drafted; the record."""
        requisition = self.call("procurement.requisition.create", draft.body, actor=draft.actor).body
        path = {"id": requisition.id}
        self.call("procurement.requisition.submit", {}, path=path, actor=draft.actor)
        for approver in draft.approvers:
            requisition = self.call("procurement.requisition.approve", {}, path=path, actor=approver).body
        return requisition

    def approved_report(self, draft: Draft) -> Any:
        """Create, submit and approve what was drafted; the record."""
        report = self.call("expense.report.create", draft.body, actor=draft.actor).body
        path = {"report_id": report.report_id}
        self.call("expense.report.submit", {}, path=path, actor=draft.actor)
        for approver in draft.approvers:
            report = self.call("expense.report.approve", {}, path=path, actor=approver).body
        return report


APPROVALS = [
    {
        "step": 1,
        "approver": COMPANY.controller("US01").erp_id,
        "decided_at": "2026-10-28T08:00:00Z",
        "source_document": "REQ-T-1",
    }
]


def order_body(entity: str = "US01", **members: Any) -> dict[str, Any]:
    """A purchase order of 980.00 (or 98000 yen) that the ERP accepts."""
    house = COMPANY.entity(entity)
    total, price = ("98000", "9800") if house.decimals == 0 else ("980.00", "98.00")
    line = {
        "line_no": 10,
        "text": "Paper",
        "quantity": "10",
        "unit_price": price,
        "amount": total,
        "gl_account": "5400",
        "cost_center": COMPANY.cost_centers_of(entity)[0].erp_id,
    }
    return {
        "company_code": house.erp_company,
        "vendor_id": COMPANY.suppliers_of(entity)[0].erp_id,
        "document_date": "20261028",
        "currency": house.currency,
        "lines": [line],
        "total": total,
        "approvals": APPROVALS,
        **members,
    }


def invoice_body(entity: str = "US01", **members: Any) -> dict[str, Any]:
    """An AP invoice: hotel 240 on the card with 40 tax, train 75 paid by the employee."""
    house = COMPANY.entity(entity)
    center = COMPANY.cost_centers_of(entity)[0].erp_id

    def line(number: int, net: int, tax: int, payment_type: str) -> dict[str, Any]:
        return {
            "line_no": number,
            "gl_account": "5100",
            "cost_center": center,
            "net_amount": money(net, entity),
            "tax_amount": money(tax, entity),
            "payment_type": payment_type,
            "text": "trip",
        }

    return {
        "company_code": house.erp_company,
        "personnel_no": COMPANY.requester(entity, "x").erp_id,
        "document_date": "20261028",
        "posting_date": "20261028",
        "currency": house.currency,
        "text": "trip",
        "lines": [line(1, 200, 40, "company_card"), line(2, 75, 0, "employee_paid")],
        "total": money(315, entity),
        "approvals": APPROVALS,
        **members,
    }


def journal_body(entity: str = "DE01", **members: Any) -> dict[str, Any]:
    """A journal for the same trip by the payroll route."""
    house = COMPANY.entity(entity)
    center = COMPANY.cost_centers_of(entity)[0].erp_id
    who = COMPANY.requester(entity, "x").erp_id

    def line(number: int, account: str, debit: int, credit: int, **more: Any) -> dict[str, Any]:
        sides = {"debit": money(debit, entity), "credit": money(credit, entity)}
        return {"line_no": number, "gl_account": account, "text": "trip", **sides, **more}

    return {
        "company_code": house.erp_company,
        "document_date": "20261028",
        "posting_date": "20261028",
        "currency": house.currency,
        "text": "trip",
        "lines": [
            line(1, "5100", 275, 0, cost_center=center),
            line(2, "1100", 40, 0),
            line(3, "1145", 0, 240, personnel_no=who),
            line(4, "2030", 0, 75, personnel_no=who),
        ],
        "approvals": APPROVALS,
        **members,
    }


def money(units: int, entity: str) -> str:
    """Whole currency units as decimal text."""
    return str(units) if COMPANY.entity(entity).decimals == 0 else f"{units}.00"


def changed(body: Mapping[str, Any], line: int = 0, **members: Any) -> dict[str, Any]:
    """The body with members of one line replaced."""
    lines = [dict(each) for each in body["lines"]]
    lines[line].update(members)
    return {**body, "lines": lines}


def crosswalk(name: str, key: str, value: str, company: Company = COMPANY) -> dict[str, str]:
    """One column of a crosswalk file to another, as a connector reads it."""
    rows = company.mappings()[name].splitlines()
    header = rows[0].split(",")
    return {cells[header.index(key)]: cells[header.index(value)] for cells in _cells(rows[1:])}


def _cells(rows: list[str]) -> Iterator[list[str]]:
    yield from (row.split(",") for row in rows)
