"""A system that was released without us: what cannot be read is parked with the member's name, what may be ignored is ignored."""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.flows.outcomes import Parked, Settled
from engine.model.calls import Trace
from engine.model.failures import NEVER, OTHER_SHAPE, CallFailed
from engine.peers.erp import ErpGateway
from engine.peers.expense import ExpenseGateway
from engine.peers.procurement import ProcurementGateway
from tests.unit.engine.fakes import desk, script
from tests.unit.engine.papers import UNITS, report
from tests.unit.engine.test_calls import body, peer

MONEY = {"amount": "980.00", "currency": "USD"}
LINE = {"lineNo": 1, "description": "x", "quantity": "10", "unitPrice": {**MONEY, "amount": "98.00"}, "amount": MONEY, "category": "IT"}
REQUISITION = {
    "id": "REQ-T-1", "revision": 1, "version": 4, "status": "approved", "requesterId": "U1", "legalEntity": "ACME-US", "supplierId": "PS-1",
    "currency": "USD", "requestedOn": "2026-10-30", "lines": [{**LINE, "costCenter": "US-MKT-01", "project": None}], "total": MONEY,
    "approvals": [{"step": 1, "approverId": "U2", "decision": "approved", "decidedAt": "2026-10-30T10:00:00Z"}],
    "erpOrder": None, "correlationId": "c-1",
}  # fmt: skip
REPORT = {
    "report_id": "ER-T-1", "revision": 1, "version": 3, "state": "approved", "employee_login": "ann", "entity_code": "10",
    "currency": "USD", "total_minor": 10_700, "submitted_on": "30/10/2026", "approved_on": "30/10/2026", "posting": None,
    "lines": [{
        "line_no": 1, "category": "HOTEL", "spent_on": "28/10/2026", "description": "x", "amount_minor": 10_700, "tax_minor": 700,
        "cost_object": "CC.10.1", "payment_type": "employee_paid",
    }],
    "approvals": [{"step": 1, "approver_login": "bob", "decision": "approved", "decided_at": "2026-10-30T10:00:00Z"}],
    "correlation_id": "c-1",
}  # fmt: skip
ORDER = {"number": "4500000001", "id": 1, "status": "created", "total": "980.00"}
JOB = {"status": "posted", "document_number": "1900000001", "code": None, "reason": None}
SUPPLIER = {"vendor_id": "V1", "status": "active", "purchasing_block": False}
Gateway = ProcurementGateway | ExpenseGateway | ErpGateway


def ask(gateway: Callable[[Any], Any], document: Any) -> Any:
    """What a gateway makes of this answer: its value, or the CallFailed."""

    async def go() -> Any:
        async with peer(body(json.dumps(document).encode())) as (one, _):
            try:
                return await gateway(one)
            except CallFailed as failure:
                return failure

    return asyncio.run(go())


def trace() -> Trace:
    """Of nothing in particular."""
    return Trace("c", "0" * 31 + "a")


READS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "requisition": (REQUISITION, lambda one: ProcurementGateway(one, trace()).read("REQ-T-1")),
    "report": (REPORT, lambda one: ExpenseGateway(one, trace(), UNITS).read("ER-T-1")),
    "order": (ORDER, lambda one: ErpGateway(one, trace()).read("purchase_order", "4500000001")),
    "found": ({"items": [ORDER]}, lambda one: ErpGateway(one, trace()).find("purchase_order", "R-r1")),
    "job": (JOB, lambda one: ErpGateway(one, trace()).job("J1")),
    "supplier": (SUPPLIER, lambda one: ErpGateway(one, trace()).supplier("V1", "1000")),
}


def put(document: Any, path: str, value: Any) -> Any:
    """A copy with one member changed; the value None removes it."""
    changed = json.loads(json.dumps(document))
    *way, last = path.split(".")
    holder = changed
    for step in way:
        holder = holder[int(step) if step.isdigit() else step]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return changed


@pytest.mark.parametrize("name", READS)
def test_the_agreed_shape_and_unknown_members_are_read(name: str) -> None:
    """With and without members that nobody told us of: the same value."""
    document, gateway = READS[name]
    plain, more = ask(gateway, document), ask(gateway, {**document, "addedInThisRelease": {"x": [None]}})
    assert not isinstance(plain, CallFailed), plain
    assert plain == more


@pytest.mark.parametrize(
    ("name", "path", "value", "member"),
    [
        ("requisition", "lines.0.costCenter", None, "costCenter"),
        ("requisition", "total.amount", 980.0, "total.amount"),
        ("requisition", "total.amount", ["980.00"], "total.amount"),
        ("requisition", "status", "approved_next", "status is 'approved_next'; expected one of approved"),
        ("requisition", "approvals.0.decision", "approved_next", "approvals[].decision"),
        ("report", "lines.0.tax_minor", None, "tax_minor"),
        ("report", "total_minor", "10700", "total_minor"),
        ("report", "state", "approved_next", "state is 'approved_next'"),
        ("order", "number", None, "number"),
        ("order", "number", 4_500_000_001, "number"),
        ("order", "total", "a lot", "total is 'a lot'"),
        ("order", "status", "created_next", "status is 'created_next'"),
        ("found", "items.0.status", "created_next", "status is 'created_next'"),
        ("job", "status", "posted_next", "status is 'posted_next'"),
        ("supplier", "purchasing_block", None, "purchasing_block"),
        ("supplier", "purchasing_block", "false", "purchasing_block"),
        ("supplier", "status", "active_next", "status is 'active_next'"),
    ],
)
def test_what_cannot_be_read_names_its_member_and_is_not_asked_again(name: str, path: str, value: Any, member: str) -> None:
    """Class validation, owner integration team, no retry, and nothing concluded about the effect."""
    document, gateway = READS[name]
    failure = ask(gateway, put(document, path, value))
    assert isinstance(failure, CallFailed), failure
    assert (failure.code, failure.failure_class, failure.owner) == (OTHER_SHAPE, "validation", "integration team")
    assert (failure.retry, failure.definite) == (NEVER, False)
    assert member in failure.detail


@pytest.mark.parametrize("value", ["", None], ids=["empty", "absent"])
def test_optional_members_may_be_empty_or_absent(value: str | None) -> None:
    """A correlation id and a project that are not there change nothing in what is ordered."""
    document, gateway = READS["requisition"]
    read = ask(gateway, put(put(document, "correlationId", value), "lines.0.project", value))
    assert not isinstance(read, CallFailed), read
    assert (read.total, read.lines[0].cost_center) == (Decimal("980.00"), "US-MKT-01")


@pytest.mark.parametrize("kind", ["requisition", "report"])
def test_a_create_that_does_not_tell_its_number_is_looked_up(tmp_path: Path, kind: str) -> None:
    """It was made: one document, found by its reference, without parking."""
    point = "erp.po.create" if kind == "requisition" else "erp.posting.create"
    one = desk(tmp_path, report() if kind == "report" else None, choose=script((point, "other_shape")))
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Settled), outcome
    assert len(one.erp.books.documents) == 1
    assert "erp.find" in one.fate.calls


def test_a_create_and_a_look_up_that_cannot_be_read_are_parked_as_unknown(tmp_path: Path) -> None:
    """Never as not posted; when the answers can be read again, a redrive finds the one order."""
    one = desk(tmp_path, choose=script(("erp.po.create", "other_shape"), ("erp.find", "other_shape")))
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert (outcome.parking.failure_class, outcome.parking.outcome) == ("validation", "unknown")
    assert "number" in outcome.parking.reason
    assert isinstance(asyncio.run(one.run(redriven=True)), Settled)
    assert len(one.erp.books.documents) == 1
