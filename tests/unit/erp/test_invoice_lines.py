"""What the history is told of a supplier invoice beside its ledger entry, and deliveries that the warehouse types."""

import pytest

from mocks.kit.operation import Refusal
from tests.unit.company.play import World
from tests.unit.erp.bills import CLERK, DAYS, RECEIVER, bill, cost_line, credit, order, order_line, receive, taken


def rows(one: World, number: str, kind: str) -> list[tuple[object, ...]]:
    """Amount, account, category, order line and quantity of the rows of this kind that belong to a document."""
    found = (each for each in one.effects if each.entity_type == kind and each.parent_id == number)
    return [(each.amount_minor, each.account, each.category, each.src_line, each.quantity) for each in found]


def test_lines_and_tax_add_up_to_the_invoice_however_it_is_booked() -> None:
    """Of goods that went over GR/IR, too, each line says for what it is, in the place that it has in its order."""
    one = World()
    number = order(one)
    receive(one, number, "6")
    got = taken(one, bill(order_line(number, 6, 10_000, tax=11_400, code="V1"), supplier_reference="re 00/7"))
    assert rows(one, got.number, "invoice_line") == [(60_000, "5400", None, f"{number}/L1", 6_000), (11_400, "1100", None, None, None)]
    assert rows(one, got.number, "tax_line") == [(11_400, None, "V1", None, None)]
    assert [each.ext_ref for each in one.effects if each.entity_type == "supplier_number"] == ["re 00/7"]


def test_a_credit_has_the_other_signs_and_a_rounding_is_a_line() -> None:
    """So that the lines add up to the document in every case."""
    one = World()
    back = taken(one, credit("price", cost_line(10_000, tax=1_900, code="V1")))
    assert [row[0] for row in rows(one, back.number, "invoice_line")] == [-10_000, -1_900]
    off = taken(one, bill(cost_line(10_000), rounding=5, supplier_reference="R-2"))
    assert [row[0] for row in rows(one, off.number, "invoice_line")] == [10_000, 5]


def test_an_invoice_that_is_parked_says_what_it_bills_all_the_same() -> None:
    """It is told once, when it is taken, and not again when it is booked."""
    one = World()
    taken(one, bill(cost_line(10_000)))
    again = taken(one, bill(cost_line(10_000), supplier_reference="r1"))
    assert again.status == "parked"
    assert rows(one, again.number, "invoice_line") == [(10_000, "5300", None, None, None)]


def test_the_warehouse_types_a_delivery_and_nobody_types_anothers() -> None:
    """As the connector would post it; whoever took the goods types them."""
    one = World()
    number = order(one)
    body = {**DAYS, "received_by": RECEIVER, "lines": [{"line_no": 1, "order_line": 10, "quantity": "4"}]}
    got = one.call("erp.gr.enter", body, actor=RECEIVER, path={"number": number}).body
    assert (got.status, got.order_number, got.total) == ("posted", number, "400.00")
    with pytest.raises(Refusal, match="SEGREGATION_OF_DUTIES"):
        one.call("erp.gr.enter", body, actor=CLERK, path={"number": number})
