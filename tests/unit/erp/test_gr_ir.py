"""GR/IR by order line, with its age and its write-off; the open items of suppliers as they are listed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.company.play import COMPANY, World
from tests.unit.erp.bills import (
    BOSS,
    DAYS,
    RECEIVER,
    balance,
    bill,
    check_books,
    cost_line,
    credit,
    funds,
    held,
    journal,
    order,
    order_line,
    read,
    receive,
    taken,
    vendor,
)

DE = {"company_code": "2000"}


def balances(one: World, **members: Any) -> list[Any]:
    """As they are listed."""
    return list(one.call("erp.gr_ir.list", query=DE, **members).body["items"])


def written_off(one: World, number: str, actor: str = BOSS) -> Any:
    """What the write-off of line 10 booked."""
    body = {**DAYS, "order_number": number, "order_line": 10, "reason": "nothing will come"}
    return one.call("erp.gr_ir.write_off", body, actor=actor).body


def by_bill(one: World) -> None:
    """The German company relieves commitments with the bill from now on."""
    companies = one.erp.core.master.companies
    companies["2000"] = replace(companies["2000"], matching=replace(companies["2000"].matching, relief="invoice"))


def test_what_is_open_has_an_age() -> None:
    """The oldest part that nothing cleared counts; what is even is not listed."""
    one = World()
    number, even = order(one), order(one)
    receive(one, number, "4")
    receive(one, even, "10")
    taken(one, bill(order_line(even, 10, 10_000)))
    one.now += timedelta(days=3)
    receive_line = {"line_no": 1, "order_line": 10, "quantity": "3.5"}
    later = {"document_date": "20261031", "posting_date": "20261031", "received_by": RECEIVER, "lines": [receive_line]}
    one.call("erp.gr.create", later, path={"number": number})
    (row,) = balances(one)
    assert (row.order_number, row.vendor_id, row.received_quantity, row.received, row.balance) == (
        number,
        vendor(),
        "7.5",
        "750.00",
        "750.00",
    )
    assert (row.oldest_on, row.age_days) == ("20261028", 3)
    taken(one, bill(order_line(number, 5, 10_000), supplier_reference="R-2"))
    (row,) = balances(one)
    assert (row.invoiced_quantity, row.invoiced, row.balance, row.oldest_on, row.age_days) == ("5", "500.00", "250.00", "20261031", 0)
    assert one.refused("erp.gr_ir.list", query={"company_code": "9"}) == "INVALID_PARAMETER"


def test_lists_come_in_pages() -> None:
    """Each row once."""
    one = World()
    numbers = sorted(order(one) for _ in range(5))
    for place, number in enumerate(numbers):
        receive(one, number, "1")
        taken(one, bill(order_line(number, 2, 10_000 + 10 * place), supplier_reference=f"R-{place}"))
    found: list[str] = []
    after = None
    while True:
        page = one.call("erp.gr_ir.list", query=DE, limit=2, after=after).body
        found += [row.order_number for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == numbers
    items = one.call("erp.open_item.list", query=DE, limit=3).body
    rest = one.call("erp.open_item.list", query=DE, limit=3, after=items["next"]).body
    assert (len(items["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)


@pytest.mark.parametrize("policy", ["receipt", "invoice"])
def test_received_and_never_billed(policy: str) -> None:
    """PST-P22: spending goes back; the receipt is no longer taken back, and the invoice that comes all the same has nothing to meet."""
    one = World()
    number = order(one)
    if policy == "invoice":
        by_bill(one)
    got = receive(one, number, "4")
    assert funds(one) == ((60_000, 40_000) if policy == "receipt" else (100_000, 0))
    done = written_off(one, number)
    assert (done.amount, journal(one, done.number)) == ("400.00", {"2100": 40_000, "5400": -40_000})
    assert (funds(one), balance(one, "9200"), balances(one)) == ((60_000, 0), 60_000, [])
    reverse = {"reason": "x"}
    assert one.refused("erp.gr.reverse", reverse, path={"number": got}) == "INVALID_TRANSITION"
    assert held(taken(one, bill(order_line(number, 4, 10_000)))) == ["NO_RECEIPT"]
    check_books(one)


@pytest.mark.parametrize("policy", ["receipt", "invoice"])
def test_billed_and_never_received(policy: str) -> None:
    """PST-P23: it is spending now, its encumbrance ends, and nothing holds the invoice any more, nor can it be voided."""
    one = World()
    number = order(one)
    if policy == "invoice":
        by_bill(one)
    got = taken(one, bill(order_line(number, 4, 10_000)))
    done = written_off(one, number)
    assert (done.amount, journal(one, done.number)) == ("-400.00", {"2100": -40_000, "5400": 40_000})
    assert (funds(one), balance(one, "9200"), balances(one)) == ((60_000, 40_000), 60_000, [])
    assert (read(one, got.number).status, held(read(one, got.number))) == ("posted", [])
    assert one.refused("erp.supplier_invoice.void", {"reason": "x"}, path={"number": got.number}) == "INVALID_TRANSITION"
    receive(one, number, "6")
    taken(one, bill(order_line(number, 6, 10_000), supplier_reference="R-2"))
    assert (funds(one), balance(one, "2100")) == ((0, 100_000), 0)
    check_books(one)


def test_who_writes_off_and_what() -> None:
    """A person, who did not take the goods; a line that has something; and nothing twice."""
    one = World()
    number = order(one)
    body = {**DAYS, "order_number": number, "order_line": 10, "reason": "x", "external_ref": "W-1"}
    call = "erp.gr_ir.write_off"
    assert one.refused(call, body, actor=BOSS) == "INVALID_TRANSITION"
    receive(one, number, "4")
    assert one.refused(call, body, actor=RECEIVER) == "SEGREGATION_OF_DUTIES"
    assert one.refused(call, body, actor="1") == "SEGREGATION_OF_DUTIES"
    assert one.refused(call, body | {"order_line": 20}, actor=BOSS) == "NOT_FOUND"
    assert one.refused(call, body | {"order_number": "4599999999"}, actor=BOSS) == "NOT_FOUND"
    assert one.refused(call, body | {"posting_date": "20250115"}, actor=BOSS) == "PERIOD_CLOSED"
    one.call(call, body, actor=BOSS)
    assert one.refused(call, body, actor=BOSS) == "DUPLICATE_REFERENCE"


def test_open_items_say_when_and_whether_they_are_paid() -> None:
    """Of all suppliers or of one; what was voided is gone, a credit is negative."""
    one = World()
    vendors = one.erp.core.master.vendors
    vendors[vendor()] = replace(vendors[vendor()], payment_terms="2/10N30")
    plain = taken(one, bill(cost_line(5_000)))
    gone = taken(one, bill(cost_line(6_000), supplier_reference="R-2"))
    waiting = taken(one, bill(order_line(order(one), 1, 10_000), supplier_reference="R-3"))
    memo = taken(one, credit("price", cost_line(1_000)))
    other = taken(one, bill(cost_line(7_000), vendor_id=vendor(place=1)))
    one.call("erp.supplier_invoice.void", {"reason": "x"}, path={"number": gone.number})
    rows = {row.document_number: row for row in one.call("erp.open_item.list", query=DE).body["items"]}
    assert rows.keys() == {plain.number, waiting.number, memo.number, other.number}
    first = rows[plain.number]
    assert (first.open_amount, first.due_on, first.discount_until, first.discount_percent) == ("50.00", "20261127", "20261107", 2)
    assert (rows[waiting.number].blocked, rows[waiting.number].blocks, first.blocked) == (True, ("NO_RECEIPT",), False)
    assert (rows[memo.number].open_amount, rows[memo.number].due_on) == ("-10.00", "20261028")
    only = one.call("erp.open_item.list", query={**DE, "vendor_id": vendor(place=1)}).body["items"]
    assert [row.document_number for row in only] == [other.number]
    assert COMPANY.entity("DE01").erp_company == DE["company_code"]
