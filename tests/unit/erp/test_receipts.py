"""Goods receipts: accrued on GR/IR at the order's price, out of the encumbrance into actual spending, and back."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.company.play import COMPANY, World, order_body

DE = COMPANY.entity("DE01")
CENTER = COMPANY.cost_centers_of("DE01")[0].erp_id
BUCKET = {"company_code": DE.erp_company, "cost_center": CENTER, "gl_account": "5400", "date": "20261028"}
RECEIVER = COMPANY.requester("DE01", "warehouse").erp_id


def receipt_body(quantity: str = "6", **members: Any) -> dict[str, Any]:
    """A delivery of one line."""
    days = {"document_date": "20261028", "posting_date": "20261028"}
    line = {"line_no": 1, "order_line": 10, "quantity": quantity}
    return {**days, "received_by": RECEIVER, "lines": [line], **members}


def received(one: World, order: str, quantity: str = "6", **members: Any) -> Any:
    """The receipt of so much."""
    return one.call("erp.gr.create", receipt_body(quantity, **members), path={"number": order}).body


def ordered(one: World, **members: Any) -> str:
    """The number of an order of ten at 98.00."""
    return str(one.call("erp.po.create", order_body("DE01", **members)).body.number)


def figures(one: World) -> tuple[str, str, str]:
    """Encumbrance, actual, and what is on GR/IR as a liability."""
    told = one.call("erp.budget.read", query=BUCKET).body.figures
    return told.encumbrance, told.actual, f"{-one.erp.core.ledger.balance(DE.erp_company, '2100') / 100:.2f}"


@pytest.mark.requirement("R03.07")
def test_parts_of_an_order_are_received_and_taken_back() -> None:
    """PST-P06 and PST-P07: expense against GR/IR at the order's price, the encumbrance relieved by as much, and again when it is owed."""
    one = World()
    order = ordered(one)
    assert figures(one) == ("980.00", "0.00", "0.00")
    first = received(one, order, external_ref="GR-1")
    assert (first.status, first.total) == ("posted", "588.00")
    assert figures(one) == ("392.00", "588.00", "588.00")
    received(one, order, "4")
    assert figures(one) == ("0.00", "980.00", "980.00")
    assert one.erp.core.ledger.open_items(DE.erp_company, "2100") == {f"{order}/10": -98_000}
    back = one.call("erp.gr.reverse", {"reason": "damaged"}, path={"number": first.number}).body
    assert back.status == "reversed"
    assert figures(one) == ("588.00", "392.00", "392.00")
    assert one.call("erp.gr.reverse", {"reason": "damaged"}, path={"number": first.number}).effects == ()
    assert one.erp.core.ledger.balance(DE.erp_company, "9200") == 58_800


def test_a_return_without_replacement_frees_the_funds() -> None:
    """Nobody owes anything any more."""
    one = World()
    order = ordered(one)
    receipt = received(one, order)
    one.call("erp.gr.reverse", {"reason": "returned", "replacement_expected": False}, path={"number": receipt.number})
    assert figures(one) == ("392.00", "0.00", "0.00")
    assert one.refused("erp.gr.create", receipt_body("5"), path={"number": order}) == "QUANTITY_EXCEEDED"
    received(one, order, "4")
    assert figures(one) == ("0.00", "392.00", "392.00")
    assert one.erp.core.ledger.balance(DE.erp_company, "9200") == 0


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"received_by": "1"}, "EMPLOYEE_UNKNOWN"),
        ({"posting_date": "20250115"}, "PERIOD_CLOSED"),
        ({"lines": [{"line_no": 1, "order_line": 20, "quantity": "1"}]}, "QUANTITY_EXCEEDED"),
        ({"lines": [{"line_no": 1, "order_line": 10, "quantity": "10.001"}]}, "QUANTITY_EXCEEDED"),
        ({"lines": [{"line_no": 1, "order_line": 10, "quantity": "0"}]}, "QUANTITY_EXCEEDED"),
        ({"lines": [{"line_no": n, "order_line": 10, "quantity": "6"} for n in (1, 2)]}, "QUANTITY_EXCEEDED"),
    ],
    ids=str,
)
def test_what_cannot_be_received(members: dict[str, Any], code: str) -> None:
    """Refused with a code, and nothing is half received."""
    one = World()
    order = ordered(one)
    assert one.refused("erp.gr.create", receipt_body() | members, path={"number": order}) == code
    assert one.refused("erp.gr.create", receipt_body(), path={"number": "4599999999"}) == "NOT_FOUND"
    assert figures(one) == ("980.00", "0.00", "0.00")


def test_who_approved_an_order_does_not_receive_it() -> None:
    """Two people at least."""
    one = World()
    boss = COMPANY.controller("DE01").erp_id
    evidence = {"step": 1, "approver": boss, "decided_at": "2026-10-28T08:00:00Z", "source_document": "REQ-1"}
    order = ordered(one, approvals=[evidence])
    assert one.refused("erp.gr.create", receipt_body(received_by=boss), path={"number": order}) == "SEGREGATION_OF_DUTIES"


def test_what_was_cancelled_is_not_delivered() -> None:
    """Neither an order that was cancelled as a whole, nor the rest of one of which something is here."""
    one = World()
    order, other = ordered(one), ordered(one)
    received(one, order)
    one.call("erp.po.cancel", {"reason": "x"}, path={"number": order})
    assert one.refused("erp.gr.create", receipt_body("1"), path={"number": order}) == "QUANTITY_EXCEEDED"
    one.call("erp.po.cancel", {"reason": "x"}, path={"number": other})
    assert one.refused("erp.gr.create", receipt_body(), path={"number": other}) == "ORDER_NOT_OPEN"


@settings(max_examples=40)
@given(st.lists(st.one_of(st.integers(1, 4_000), st.sampled_from([-1, -2])), max_size=12))
def test_any_walk_of_deliveries_adds_up(walk: list[int]) -> None:
    """GR/IR of the line is what the received quantity is worth; encumbrance, actual spending and the order add up as long as nothing went
    back for good; the memo ledger says the same as the budget; a price of thirds of a cent rounds nothing away."""
    one = World()
    line = {"line_no": 10, "text": "x", "quantity": "10", "unit_price": "9.333333", "amount": "93.33", "gl_account": "5400"}
    order = ordered(one, lines=[{**line, "cost_center": CENTER}], total="93.33")
    receipts: list[str] = []
    for thousandths in walk:
        if thousandths > 0:
            quantity = f"{thousandths // 1000}.{thousandths % 1000:03d}"
            position = one.erp.core.positions.get(order, 10)
            if thousandths <= (position.open if position else 10_000):
                receipts.append(received(one, order, quantity).number)
        elif receipts:
            back = {"reason": "x", "replacement_expected": thousandths == -1}
            one.call("erp.gr.reverse", back, path={"number": receipts.pop(0)})
        position = one.erp.core.positions.get(order, 10)
        encumbrance, actual, owed = figures(one)
        assert owed == actual == f"{(position.received_minor if position else 0) / 100:.2f}"
        if position is None or not position.returned:
            assert float(encumbrance) + float(actual) == pytest.approx(93.33)
        assert float(encumbrance) >= 0.0
        assert one.erp.core.ledger.balance(DE.erp_company, "9200") == round(float(encumbrance) * 100)
        if not receipts:
            assert owed == "0.00"


def test_the_history_is_told_line_by_line() -> None:
    """Of which order line how much, and how it is coded; and, when it goes back, whether the supplier still owes it."""
    one = World()
    order = ordered(one)
    receipt = received(one, order, "1.5")
    line = next(each for each in one.effects if each.entity_type == "receipt_line")
    assert (line.parent_id, line.src_line, line.quantity, line.amount_minor) == (receipt.number, f"{order}/L1", 1_500, 14_700)
    assert (line.account, line.cost_center) == ("5400", CENTER)
    asked = next(each for each in one.effects if each.entity_type == "order_line")
    assert (asked.entity_id, asked.quantity) == (f"{order}/L1", 10_000)
    assert next(each.party for each in one.effects if each.entity_type == "goods_receipt") == RECEIVER
    for number, is_owed in ((receipt.number, True), (received(one, order, "1").number, False)):
        one.call("erp.gr.reverse", {"reason": "damaged", "replacement_expected": is_owed}, path={"number": number})
    backs = [each.category for each in one.effects if each.entity_type == "goods_receipt" and each.effect == "reverse"]
    assert backs == ["replacement", "for_good"]
