"""Supplier invoices in procurement: keyed, approved, taken back, recorded, and what is refused."""

from typing import Any, get_args

import pytest

from mocks.company import Draft
from mocks.kit.operation import Refusal
from mocks.systems.procurement.invoicing.invoices import LIFECYCLE
from mocks.systems.procurement.invoicing.models import InvoiceState
from tests.unit.company.play import COMPANY, World

POSTED = {"erpInvoiceNumber": "5100000001", "erpInvoiceId": 7}
REFUSAL = {"code": "SUPPLIER_BLOCKED", "reason": "blocked for posting", "owner": "finance"}
WHY = {"reason": "not what was agreed"}
FOUND = [COMPANY.draft_invoice("US01", f"unit-{number}", 98_000) for number in range(40)]
ORDERED = next(each for each in FOUND if len(each.before) == 3)
PLAIN = next(each for each in FOUND if not each.before)
APPROVER = PLAIN.approvers[-1]
STRANGER = next(person.procurement_id for person in COMPANY.employees if person.entity == "DE01")
AGAIN = {name: PLAIN.body[name] for name in ("supplierId", "purchaseOrder", "credit", "lines", "total")}
STEPS: dict[str, tuple[dict[str, Any], str | None]] = {
    "submit": ({}, PLAIN.actor),
    "approve": ({}, APPROVER),
    "reject": (WHY, APPROVER),
    "reverse_approval": (WHY, APPROVER),
    "amend": (AGAIN, PLAIN.actor),
    "cancel": ({}, PLAIN.actor),
    "record_posting": (POSTED, None),
    "record_refusal": (REFUSAL, None),
}
WAY: dict[str, tuple[str, ...]] = {
    "captured": (),
    "pending_approval": ("submit",),
    "approved": ("submit", "approve"),
    "rejected": ("submit", "reject"),
    "returned": ("submit", "approve", "reverse_approval"),
    "posted": ("submit", "approve", "record_posting"),
    "refused": ("submit", "approve", "record_refusal"),
    "cancelled": ("submit", "approve", "cancel"),
}


def keyed(world: World, draft: Draft = PLAIN, **changed: Any) -> Any:
    """An invoice, with what others made before."""
    known: dict[str, Any] = {}
    for one in draft.before:
        path = {own: known[name] for own, name in one.path.items()}
        answer = world.call(one.point, one.body if path else {**one.body, **known}, actor=one.actor, path=path).body
        known |= {name: getattr(answer, member) for member, name in one.tells.items()}
    return world.call("procurement.invoice.create", {**draft.body, **known, **changed}, actor=draft.actor).body


def step(world: World, invoice: str, verb: str, **members: Any) -> Any:
    """Somebody does something with it."""
    body, actor = STEPS[verb]
    return world.call(f"procurement.invoice.{verb}", body, path={"id": invoice}, **({"actor": actor} | members)).body


def led(world: World, status: str) -> Any:
    """An invoice in this status."""
    found = keyed(world)
    for verb in WAY[status]:
        found = step(world, found.id, verb)
    return found


@pytest.mark.parametrize("status", WAY)
@pytest.mark.parametrize("verb", STEPS)
def test_every_step_is_possible_where_the_lifecycle_says_so(status: str, verb: str) -> None:
    """And nowhere else; the same word of the connector again changes nothing."""
    world = World()
    invoice = led(world, status)
    assert invoice.status == status
    repeats = {("posted", "record_posting"), ("refused", "record_refusal")}
    if (status, verb) in LIFECYCLE.transitions or (status, verb) in repeats:
        after = step(world, invoice.id, verb)
        assert after.version == invoice.version + ((status, verb) not in repeats)
        return
    with pytest.raises(Refusal) as refused:
        step(world, invoice.id, verb)
    assert refused.value.code in {"INVALID_TRANSITION", "SEGREGATION_OF_DUTIES"}


def test_every_state_of_the_wire_has_a_way_there() -> None:
    """But for the one that nobody sees."""
    assert set(WAY) | {"validating"} == set(get_args(InvoiceState))


def test_the_event_goes_out_with_the_last_approval_and_when_it_is_taken_back() -> None:
    """Also after it was posted, and when the clerk cancels."""
    world = World()
    invoice = led(world, "posted")
    assert [(event.type, event.data["status"]) for event in world.events] == [("invoice.approved", "approved")]
    step(world, invoice.id, "reverse_approval")
    assert (world.events[-1].type, world.events[-1].data["status"]) == ("invoice.approval_reversed", "returned")
    other = led(world, "approved")
    step(world, other.id, "cancel")
    assert (world.events[-1].type, world.events[-1].data["status"]) == ("invoice.approval_reversed", "cancelled")


def test_what_the_judge_is_told_adds_up() -> None:
    """Lines, tax and what is owed come to nothing; of a credit all signs are turned; the supplier's number is kept."""
    for credit, sign in ((None, 1), ({"kind": "price", "reason": "bonus"}, -1)):
        world = World()
        invoice = keyed(world, credit=credit)
        lines = [each for each in world.effects if each.entity_type == "source_line"]
        assert sum(each.amount_minor or 0 for each in lines) == 0
        head = next(each for each in world.effects if each.entity_type == "invoice")
        assert head.amount_minor == sign * 98_000
        assert next(each for each in lines if each.category == "payable").amount_minor == -sign * 98_000
        number = next(each for each in world.effects if each.entity_type == "source_number")
        assert number.ext_ref == invoice.supplier_invoice_number == PLAIN.body["supplierInvoiceNumber"]


def test_a_line_of_an_order_is_coded_as_the_order_says() -> None:
    """With the quantity of the order line, by its place, on the day of the order."""
    world = World()
    invoice = keyed(world, ORDERED)
    lines = [each for each in world.effects if each.entity_type == "source_line" and each.src_line]
    assert [each.src_line for each in lines] == [f"{invoice.purchase_order}/L{line['orderLine']}" for line in ORDERED.body["lines"]]
    *_, registers = ORDERED.before
    assert {each.document_date for each in lines} == {registers.body["orderedOn"]}
    assert all(each.category and each.cost_center and each.quantity for each in lines)


def test_an_amendment_is_a_new_revision_without_approvals() -> None:
    """What was recorded belongs to the one before."""
    world = World()
    invoice = led(world, "returned")
    amended = step(world, invoice.id, "amend")
    assert (amended.revision, amended.status, amended.approvals, amended.erp_invoice) == (2, "captured", (), None)


def lines_with(**members: Any) -> list[dict[str, Any]]:
    """The first line changed."""
    first, *rest = PLAIN.body["lines"]
    return [{**first, **members}, *rest]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"supplierId": "nobody"}, "SUPPLIER_UNKNOWN"),
        ({"purchaseOrder": "4599999999"}, "ORDER_NOT_OPEN"),
        ({"lines": lines_with(taxCode="T9")}, "CODING_INVALID"),
        ({"lines": lines_with(orderLine=1)}, "CODING_INVALID"),
        ({"lines": lines_with(costCenter="nowhere")}, "COST_CENTER_INACTIVE"),
        ({"lines": lines_with(quantity="999")}, "AMOUNT_MISMATCH"),
        ({"total": {"amount": "980.01", "currency": "USD"}}, "AMOUNT_MISMATCH"),
        ({"total": {"amount": "980.00", "currency": "EUR"}}, "CURRENCY_INVALID"),
        ({"total": {"amount": "980.000", "currency": "USD"}}, "CURRENCY_INVALID"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(changed: dict[str, Any], code: str) -> None:
    """Each with its code."""
    world = World()
    with pytest.raises(Refusal) as refused:
        keyed(world, **changed)
    assert (refused.value.code, world.effects) == (code, [])


def test_an_order_is_billed_by_its_own_supplier_and_in_its_own_lines() -> None:
    """Another supplier, a line that it does not have, a line that codes itself."""
    world = World()
    invoice = keyed(world, ORDERED)
    first = ORDERED.body["lines"][0]
    other = next(each for each in COMPANY.suppliers_of("US01") if each.procurement_id != invoice.supplier_id)
    head = {**ORDERED.body, "purchaseOrder": invoice.purchase_order}
    for changed, code in (
        ({"supplierId": other.procurement_id}, "ORDER_NOT_OPEN"),
        ({"lines": [{**first, "orderLine": 99}]}, "QUANTITY_EXCEEDED"),
        ({"lines": [{**first, "category": "SOFTWARE"}]}, "CODING_INVALID"),
    ):
        with pytest.raises(Refusal) as refused:
            world.call("procurement.invoice.create", {**head, **changed}, actor=ORDERED.actor)
        assert refused.value.code == code


def test_nobody_approves_their_own_and_strangers_key_nothing() -> None:
    """Segregation of duties."""
    world = World()
    invoice = led(world, "pending_approval")
    with pytest.raises(Refusal, match="SEGREGATION_OF_DUTIES"):
        step(world, invoice.id, "approve", actor=PLAIN.actor)
    with pytest.raises(Refusal, match="EMPLOYEE_UNKNOWN"):
        world.call("procurement.invoice.create", PLAIN.body, actor=STRANGER)
    with pytest.raises(Refusal, match="SEGREGATION_OF_DUTIES"):
        step(world, invoice.id, "cancel", actor=STRANGER)
