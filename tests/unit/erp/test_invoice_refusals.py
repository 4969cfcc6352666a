"""What the desk for supplier invoices refuses: a code for each nonsense, nothing half-posted, alone and among others."""

from typing import Any

import msgspec
import pytest

from mocks.systems.erp.invoices.models import SupplierInvoiceCreate
from tests.unit.company.play import COMPANY, World, changed
from tests.unit.erp.bills import (
    balance,
    bill,
    center,
    check_books,
    cost_line,
    credit,
    order,
    order_line,
    receive,
    taken,
    vendor,
)

CREATE = "erp.supplier_invoice.create"
INACTIVE = next(each.erp_id for each in COMPANY.suppliers if each.entity == "DE01" and not each.active)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"company_code": "9999"}, "CODING_INVALID"),
        ({"currency": "USD"}, "CURRENCY_INVALID"),
        ({"total": "100.000"}, "CURRENCY_INVALID"),
        ({"total": "100"}, "CURRENCY_INVALID"),
        ({"total": "100.01"}, "AMOUNT_MISMATCH"),
        ({"tax_total": "1.00"}, "AMOUNT_MISMATCH"),
        ({"rounding": "-100.00", "total": "0.00"}, "AMOUNT_MISMATCH"),
        ({"vendor_id": "V1"}, "SUPPLIER_UNKNOWN"),
        ({"vendor_id": vendor("US01")}, "SUPPLIER_UNKNOWN"),
        ({"vendor_id": INACTIVE}, "SUPPLIER_BLOCKED"),
        ({"posting_date": "20250115"}, "PERIOD_CLOSED"),
        ({"posting_date": "20991231"}, "PERIOD_CLOSED"),
        ({"entered_by": "1"}, "EMPLOYEE_UNKNOWN"),
        ({"approvals": []}, "APPROVAL_EVIDENCE_MISSING"),
        ({"credit_reason": "x"}, "CODING_INVALID"),
        ({"credit_memo": "price"}, "CODING_INVALID"),
    ],
    ids=str,
)
def test_nonsense_in_the_head(members: dict[str, Any], code: str) -> None:
    """Refused, and nothing is there."""
    one = World()
    assert one.refused(CREATE, bill(cost_line(10_000)) | members) == code
    assert balance(one, "2000") == 0


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"gl_account": "9"}, "CODING_INVALID"),
        ({"gl_account": "1000"}, "CODING_INVALID"),
        ({"cost_center": "4999990"}, "COST_CENTER_INACTIVE"),
        ({"project": "P-9999"}, "CODING_INVALID"),
        ({"tax_code": "S1"}, "CODING_INVALID"),
        ({"net_amount": "0.00"}, "AMOUNT_MISMATCH"),
    ],
    ids=str,
)
def test_nonsense_in_a_line(members: dict[str, Any], code: str) -> None:
    """The same of what nobody ordered."""
    one = World()
    body = changed(bill(cost_line(10_000)), **members)
    assert one.refused(CREATE, body | ({"total": "0.00"} if "net_amount" in members else {})) == code


@pytest.mark.parametrize(
    "members",
    [
        {"net_amount": "-1.00"},
        {"net_amount": "100.0000"},
        {"net_amount": "12345678901234.00"},
        {"net_amount": "1e3"},
        {"tax_amount": "-0.00"},
        {"type": "gift"},
        {"type": "order"},
        {"quantity": "1"},
        {"line_no": 0},
    ],
    ids=str,
)
def test_what_no_schema_allows(members: dict[str, Any]) -> None:
    """Negative amounts, exponents, 15 digits and more, members of another type of line."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(changed(bill(cost_line(10_000)), **members), SupplierInvoiceCreate)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"order_number": "4599999999"}, "ORDER_NOT_OPEN"),
        ({"order_line": 20}, "QUANTITY_EXCEEDED"),
        ({"unit_price": "101.00"}, "AMOUNT_MISMATCH"),
        ({"quantity": "0"}, "AMOUNT_MISMATCH"),
        ({"receipt_number": "5099999999"}, "QUANTITY_EXCEEDED"),
    ],
    ids=str,
)
def test_nonsense_about_an_order(members: dict[str, Any], code: str) -> None:
    """What it names has to be there."""
    one = World()
    number = order(one)
    assert one.refused(CREATE, changed(bill(order_line(number, 10, 10_000)), **members)) == code
    assert one.refused(CREATE, bill(order_line(number, 10, 10_000), vendor_id=vendor(place=1))) == "ORDER_NOT_OPEN"
    one.call("erp.po.cancel", {"reason": "x"}, path={"number": number})
    assert one.refused(CREATE, bill(order_line(number, 10, 10_000))) == "ORDER_NOT_OPEN"


def test_no_more_is_credited_than_was_billed() -> None:
    """Of goods and of services alike; only what was not billed is cancelled."""
    one = World()
    goods, service = order(one), order(one, 2, 10_000, "5300")
    receive(one, goods, "5")
    taken(one, bill(order_line(goods, 5, 10_000), order_line(service, 1, 10_000, line_no=2)))
    for number, quantity in ((goods, 6), (service, 2)):
        assert one.refused(CREATE, credit("quantity", order_line(number, quantity, 10_000))) == "QUANTITY_EXCEEDED"
    memo = taken(one, credit("quantity", order_line(service, 1, 10_000)))
    assert (memo.status, balance(one, "5300")) == ("posted", 0)
    rest = one.call("erp.po.cancel", {"reason": "x"}, path={"number": goods}).body
    assert (rest.status, rest.total, rest.lines[0].cancelled_quantity) == ("created", "500.00", "5")
    assert one.refused("erp.po.cancel", {"reason": "x"}, path={"number": goods}) == "ORDER_NOT_OPEN"
    check_books(one)


def test_a_reference_is_one_invoice() -> None:
    """The sender learns which."""
    one = World()
    taken(one, bill(cost_line(10_000), external_ref="X-1"))
    assert one.refused(CREATE, bill(cost_line(20_000), external_ref="X-1", supplier_reference="R-2")) == "DUPLICATE_REFERENCE"


def test_of_many_at_once_each_stands_for_itself() -> None:
    """Some are posted, some parked, some refused with the code they would get alone; each has ids of its own."""
    one = World()
    bodies = [
        bill(cost_line(10_000), external_ref="X-1"),
        bill(cost_line(20_000), external_ref="X-1", supplier_reference="R-2"),
        bill(cost_line(30_000), total="1.00", supplier_reference="R-3"),
        bill(cost_line(40_000), supplier_reference="R1"),
        bill(cost_line(50_000), supplier_reference="R-5"),
    ]
    told = one.call("erp.supplier_invoice.create_batch", {"items": bodies}).body
    assert (told.created, told.refused, [each.index for each in told.items]) == (3, 2, [0, 1, 2, 3, 4])
    assert [each.code or each.status for each in told.items] == ["posted", "DUPLICATE_REFERENCE", "AMOUNT_MISMATCH", "parked", "posted"]
    assert told.items[1].existing_id == told.items[0].number
    documents = [each for each in one.erp.core.documents if each.kind == "supplier_invoice"]
    assert len({each.id for each in documents}) == len({each.uuid for each in documents}) == 3
    assert balance(one, "2000") == -60_000
    check_books(one)


def test_projects_pay_from_their_own_budget() -> None:
    """Receipt and bill spend where the order was encumbered."""
    one = World()
    project = next(each.erp_id for each in COMPANY.projects if each.entity == "DE01" and each.active)
    line = {"line_no": 10, "text": "x", "quantity": "10", "unit_price": "100.00", "amount": "1000.00", "gl_account": "5400"}
    number = order(one, lines=[{**line, "cost_center": center(), "project": project}])
    receive(one, number, "10")
    taken(one, bill(order_line(number, 10, 10_100)))
    query = {"company_code": "2000", "cost_center": center(), "gl_account": "5400", "date": "20261028"}
    seen = [one.call("erp.budget.read", query=query | more).body.figures.actual for more in ({}, {"project": project})]
    assert seen == ["0.00", "1010.00"]
