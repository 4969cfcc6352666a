"""Receipts: of orders that the ERP has, whole and in part, taken back with a replacement and for good, and what the connector records."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.procurement.receiving.models import ReceiptStatus
from mocks.systems.procurement.receiving.receipts import LIFECYCLE
from tests.unit.company.play import COMPANY, World

BUYER, RECEIVER, OTHER = [person.procurement_id for person in COMPANY.employees if person.entity == "US01" and person.level == 0][:3]
STRANGER = next(person.procurement_id for person in COMPANY.employees if person.entity == "DE01")
ORDER = "4500000001"
POSTED = {"erpReceiptNumber": "5000000001", "erpReceiptId": 7}
REFUSAL = {"code": "SEGREGATION_OF_DUTIES", "reason": "approved it", "owner": "finance"}
BACK = {"reason": "counted wrong"}
STEPS: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "reverse": ("reverse", BACK, RECEIVER),
    "record_posting": ("record_posting", POSTED, None),
    "record_refusal": ("record_refusal", REFUSAL, None),
}
WAY: dict[ReceiptStatus, tuple[str, ...]] = {
    "recorded": (),
    "posted": ("record_posting",),
    "refused": ("record_refusal",),
    "reversed": ("reverse",),
}


def order_line(quantity: str = "3", price: str = "33.335", **members: Any) -> dict[str, Any]:
    """Three at a price that is finer than the currency."""
    center = COMPANY.cost_centers_of("US01")[0].procurement_id
    money = {"amount": price, "currency": "USD"}
    return {"description": "Paper", "quantity": quantity, "unitPrice": money, "category": "OFFICE_SUPPLIES", "costCenter": center} | members


def registered(world: World, *lines: dict[str, Any], number: str = ORDER) -> Any:
    """An order that the ERP has."""
    body = {
        "purchaseOrder": number,
        "legalEntity": "ACME-US",
        "supplierId": COMPANY.suppliers_of("US01")[0].procurement_id,
        "currency": "USD",
        "orderedOn": "2026-10-20",
        "lines": list(lines) or [order_line()],
    }
    return world.call("procurement.order.register", body, actor=BUYER).body


def body_of(*came: tuple[int, str], number: str = ORDER) -> dict[str, Any]:
    """What came of which line."""
    return {"purchaseOrder": number, "lines": [{"orderLine": line, "quantity": quantity} for line, quantity in came]}


def received(world: World, *came: tuple[int, str]) -> Any:
    """A receipt."""
    return world.call("procurement.receipt.create", body_of(*came), actor=RECEIVER).body


def receipt_in(status: ReceiptStatus) -> tuple[World, str]:
    """A world with one receipt in a status."""
    world = World()
    registered(world)
    receipt_id = received(world, (1, "2")).id
    for step in WAY[status]:
        take(world, receipt_id, step)
    return world, receipt_id


def take(world: World, receipt_id: str, step: str) -> Any:
    """Take one step; the record after it."""
    name, body, actor = STEPS[step]
    return world.call(f"procurement.receipt.{name}", body, path={"id": receipt_id}, actor=actor).body


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", WAY)
def test_only_the_transitions_of_the_table_exist(status: ReceiptStatus, step: str) -> None:
    """Each status times each step: the table's next status, or 409 INVALID_TRANSITION and no trace."""
    world, receipt_id = receipt_in(status)
    allowed = LIFECYCLE.transitions.get((status, step))
    if allowed is None:
        repeated = (status, step) in {("posted", "record_posting"), ("refused", "record_refusal")}  # the same again is no step
        name, body, actor = STEPS[step]
        refused = world.refused(f"procurement.receipt.{name}", body, path={"id": receipt_id}, actor=actor)
        assert refused == ("accepted" if repeated else "INVALID_TRANSITION")
    else:
        assert take(world, receipt_id, step).status == allowed


def test_every_status_of_the_table_is_declared() -> None:
    """And every one that the wire knows is reached."""
    assert {"recorded", *LIFECYCLE.transitions.values()} == set(get_args(ReceiptStatus))


@pytest.mark.requirement("R04.08")
def test_a_receipt_is_due_as_soon_as_it_is_recorded() -> None:
    """One event with the version that the connector will read; the lines say what came of which order line, coded as the order is."""
    world = World()
    registered(world)
    receipt = received(world, (1, "1.5"))
    (event,) = world.events
    assert (event.type, event.subject) == ("goods_receipt.recorded", receipt.id)
    assert event.data == {"receiptId": receipt.id, "revision": 1, "version": 1, "status": "recorded"}
    line = next(each for each in world.effects if each.entity_type == "source_line")
    assert (line.quantity, line.amount_minor, line.src_line) == (1_500, 5_000, f"{ORDER}/L1")
    assert (line.category, line.document_date) == ("OFFICE_SUPPLIES", "2026-10-20")
    assert (receipt.total.amount, receipt.lines[0].quantity, receipt.received_on) == ("50.00", "1.5", "2026-10-28")


def test_parts_add_up_to_the_line() -> None:
    """Three times 33.335 is 100.01, however it comes: no cent is lost or won on the way."""
    world = World()
    registered(world)
    totals = [received(world, (1, "1")).total.amount for _ in range(3)]
    assert totals == ["33.34", "33.33", "33.34"]


def test_nobody_receives_more_than_was_ordered() -> None:
    """Neither at once nor bit by bit, nor of a line or an order that is not there; and not of another house."""
    world = World()
    registered(world)
    received(world, (1, "2"))
    create = "procurement.receipt.create"
    for came in ([(1, "1.001")], [(1, "0.5"), (1, "0.501")], [(2, "1")], [(1, "0")]):
        assert world.refused(create, body_of(*came), actor=RECEIVER) == "QUANTITY_EXCEEDED"
    assert world.refused(create, body_of((1, "1"), number="4599999999"), actor=RECEIVER) == "ORDER_NOT_OPEN"
    assert world.refused(create, body_of((1, "1")), actor=STRANGER) == "EMPLOYEE_UNKNOWN"
    assert world.refused(create, body_of((1, "1")), actor="nobody") == "EMPLOYEE_UNKNOWN"
    assert received(world, (1, "1")).status == "recorded"


@pytest.mark.parametrize(("is_owed", "word", "then"), [(True, "replacement", "accepted"), (False, "for_good", "QUANTITY_EXCEEDED")])
def test_what_went_back_is_owed_or_not(is_owed: bool, word: str, then: str) -> None:
    """With a replacement to come it may be received again; what went back for good may not. Its event names the reason."""
    world = World()
    registered(world)
    receipt = received(world, (1, "3"))
    back = world.call("procurement.receipt.reverse", {**BACK, "replacementExpected": is_owed}, path={"id": receipt.id}, actor=RECEIVER).body
    assert (back.status, back.reversal.replacement_expected, back.reversal.reversed_by_id) == ("reversed", is_owed, RECEIVER)
    assert (world.effects[-1].category, world.effects[-1].state) == (word, "reversed")
    assert (world.events[-1].type, world.events[-1].data["reason"]) == ("goods_receipt.reversed", "counted wrong")
    assert world.refused("procurement.receipt.create", body_of((1, "3")), actor=RECEIVER) == then


def test_only_who_took_the_goods_takes_them_back() -> None:
    """Nobody else's mistake."""
    world, receipt_id = receipt_in("recorded")
    assert world.refused("procurement.receipt.reverse", BACK, path={"id": receipt_id}, actor=OTHER) == "SEGREGATION_OF_DUTIES"


def test_what_is_recorded_is_of_the_revision_and_version_that_was_decided_upon() -> None:
    """Another revision, a stale version, another number: each has its code. The number stays after it went back."""
    world, receipt_id = receipt_in("recorded")
    point, path = "procurement.receipt.record_posting", {"id": receipt_id}
    assert world.refused(point, {**POSTED, "revision": 2}, path=path) == "VERSION_CONFLICT"
    assert world.refused(point, POSTED, path=path, if_match=9) == "PRECONDITION_FAILED"
    posted = world.call(point, {**POSTED, "revision": 1}, path=path, if_match=1).body
    assert (posted.status, posted.erp_receipt.number, posted.erp_receipt.id) == ("posted", "5000000001", 7)
    assert world.refused(point, {"erpReceiptNumber": "5000000002"}, path=path) == "INVALID_TRANSITION"
    assert take(world, receipt_id, "reverse").erp_receipt.number == "5000000001"
    told = next(view for view in world.procurement.final_views() if view.entity_id == receipt_id)
    assert (told.state, told.parent_id) == ("reversed", "5000000001")


@pytest.mark.requirement("R01.20")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (order_line(category="?"), "CODING_INVALID"),
        (order_line(costCenter="?"), "COST_CENTER_INACTIVE"),
        (order_line(project="?"), "CODING_INVALID"),
        (order_line(unitPrice={"amount": "1", "currency": "EUR"}), "CURRENCY_INVALID"),
    ],
)
def test_an_order_is_registered_in_words_that_there_are(line: dict[str, Any], code: str) -> None:
    """Once, by somebody of its house, of a supplier that may be bought from."""
    world = World()
    known = registered(world)
    assert (known.purchase_order, known.buyer_id, known.lines[0].line_no) == (ORDER, BUYER, 1)
    assert world.call("procurement.order.read", path={"purchaseOrder": ORDER}).body == known
    with pytest.raises(Refusal, match="DUPLICATE_REFERENCE"):
        registered(world)
    with pytest.raises(Refusal, match=code):
        registered(world, line, number="4500000002")
    assert world.refused("procurement.order.read", path={"purchaseOrder": "4500000002"}) == "NOT_FOUND"


quantities = st.integers(1, 3_500).map(lambda thousandths: f"{thousandths / 1000:.3f}")
moves = st.lists(st.tuples(quantities, st.sampled_from(["keep", "owed", "for good"])), max_size=12)


@settings(max_examples=60)
@given(moves)
def test_any_walk_keeps_the_order_and_its_money_together(walk: list[tuple[str, str]]) -> None:
    """What is kept never exceeds what was ordered, and is worth what its quantity is worth, to the cent."""
    world = World()
    registered(world)
    kept: list[Any] = []
    for quantity, then in walk:
        try:
            receipt = received(world, (1, quantity))
        except Refusal:
            continue  # more than is still open
        if then == "keep":
            kept.append(receipt)
        else:
            body = {**BACK, "replacementExpected": then == "owed"}
            world.call("procurement.receipt.reverse", body, path={"id": receipt.id}, actor=RECEIVER)
    came = sum(int(Decimal(receipt.lines[0].quantity) * 1000) for receipt in kept)
    paid = sum(int(Decimal(receipt.total.amount) * 100) for receipt in kept)
    assert came <= 3_000
    assert paid == (2 * came * 33_335_000 * 100 + 10**9) // (2 * 10**9)
