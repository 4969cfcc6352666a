"""Supplier invoices, posting by posting: figures on the accounts, in the budget and among the open items (domain.md 3.3)."""

from dataclasses import replace

import pytest

from tests.unit.company.play import COMPANY, World
from tests.unit.erp.bills import (
    EVIDENCE,
    balance,
    bill,
    center,
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
)  # fmt: skip


def world(**changes: object) -> World:
    """With another policy of the German company, where a test is about one."""
    one = World()
    companies = one.erp.core.master.companies
    companies["2000"] = replace(companies["2000"], matching=replace(companies["2000"].matching, **changes))  # type: ignore[arg-type]
    return one


def open_amounts(one: World, entity: str = "DE01") -> dict[str, int]:
    """What is open of each document."""
    return {item.document: item.open_minor for item in one.erp.core.payables.of(COMPANY.entity(entity).erp_company)}


@pytest.mark.requirement("R03.08")
def test_what_was_received_is_billed_with_a_difference_in_price() -> None:
    """PST-P08: GR/IR at the order's price, the difference to whom the order charges, tax apart."""
    one = World()
    number = order(one)
    receive(one, number, "6")
    got = taken(one, bill(order_line(number, 6, 10_100, tax=11_514, code="V1")))
    assert (got.status, got.holds, got.total, got.open_amount) == ("posted", (), "721.14", "721.14")
    assert journal(one, got.number) == {"2100": 60_000, "5400": 600, "1100": 11_514, "2000": -72_114}
    assert funds(one) == (40_000, 60_600)
    assert open_amounts(one) == {got.number: 72_114}
    check_books(one)


@pytest.mark.requirement("R07.19")
def test_a_bill_before_its_goods_is_posted_and_blocked() -> None:
    """PST-P09: the later receipt posts as ever, and lifts the hold by itself."""
    one = World()
    number = order(one)
    got = taken(one, bill(order_line(number, 10, 10_000, tax=19_000, code="V1")))
    assert (got.status, held(got)) == ("on_hold", ["NO_RECEIPT"])
    assert journal(one, got.number) == {"2100": 100_000, "1100": 19_000, "2000": -119_000}
    assert funds(one) == (100_000, 0)
    assert one.erp.core.payables.get(got.number).blocks == {"NO_RECEIPT"}  # type: ignore[union-attr]
    receive(one, number, "4")
    assert held(read(one, got.number)) == ["QTY_REC"]
    receive(one, number, "6")
    after = read(one, got.number)
    assert (after.status, held(after), balance(one, "2100")) == ("posted", [], 0)
    assert one.erp.core.payables.get(got.number).blocks == frozenset()  # type: ignore[union-attr]
    assert funds(one) == (0, 100_000)
    check_books(one)


@pytest.mark.requirement("R07.19")
def test_a_bill_before_its_goods_is_parked_where_that_is_the_policy() -> None:
    """PST-P10: nothing is booked until the receipt comes, which books both."""
    one = world(before_receipt="park")
    number = order(one)
    got = taken(one, bill(order_line(number, 10, 10_000)))
    assert (got.status, held(got), journal(one, got.number), open_amounts(one)) == ("parked", ["NO_RECEIPT"], {}, {})
    receive(one, number, "10")
    after = read(one, got.number)
    assert (after.status, after.version, held(after)) == ("posted", 2, [])
    assert journal(one, got.number) == {"2100": 100_000, "2000": -100_000}
    check_books(one)


def test_a_service_is_billed_without_a_receipt() -> None:
    """PST-P11: it is spending now, and takes as much from the encumbrance; with the last of the line, all that is left of it."""
    one = World()
    number = order(one, 2, 50_000, "5300")
    first = taken(one, bill(order_line(number, 1, 49_000)))
    assert (first.status, journal(one, first.number)) == ("posted", {"5300": 49_000, "2000": -49_000})
    assert funds(one, "5300") == (51_000, 49_000)
    taken(one, bill(order_line(number, 1, 50_000), supplier_reference="R-2"))
    assert funds(one, "5300") == (0, 99_000)
    assert balance(one, "9200") == 0
    line = {"line_no": 1, "order_line": 10, "quantity": "1"}
    body = {"document_date": "20261028", "posting_date": "20261028", "received_by": COMPANY.requester("DE01", "w").erp_id, "lines": [line]}
    assert one.refused("erp.gr.create", body, path={"number": number}) == "QUANTITY_EXCEEDED"
    check_books(one)


def test_what_nobody_ordered_is_asked_of_the_budget() -> None:
    """PST-P12: spending now."""
    one = World()
    got = taken(one, bill(cost_line(10_000, tax=1_900, code="V1")))
    assert journal(one, got.number) == {"5300": 10_000, "1100": 1_900, "2000": -11_900}
    assert funds(one, "5300") == (0, 10_000)


def test_freight_comes_with_the_goods() -> None:
    """PST-P13: one document, spending of whoever is charged, and nobody asks the budget."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    freight = cost_line(2_500, account="5500", line_no=2, type="freight")
    got = taken(one, bill(order_line(number, 10, 10_000), freight))
    assert journal(one, got.number) == {"2100": 100_000, "5500": 2_500, "2000": -102_500}
    assert one.refused("erp.supplier_invoice.create", bill(freight, supplier_reference="R-2")) == "CODING_INVALID"
    bare = bill(order_line(number, 1, 10_000), freight, supplier_reference="R-2", approvals=[])
    assert one.refused("erp.supplier_invoice.create", bare) == "APPROVAL_EVIDENCE_MISSING"


@pytest.mark.requirement("R03.08")
def test_a_price_credit_is_less_spending() -> None:
    """PST-P14: quantities and GR/IR stay as they are, and no more is credited than was billed."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    taken(one, bill(order_line(number, 10, 10_000, tax=19_000, code="V1")))
    got = taken(one, credit("price", order_line(number, 10, 500, tax=950, code="V1")))
    assert journal(one, got.number) == {"2000": 5_950, "5400": -5_000, "1100": -950}
    assert (got.total, got.open_amount, funds(one)) == ("59.50", "-59.50", (0, 95_000))
    too_much = credit("price", order_line(number, 10, 9_501), supplier_reference="C-2")
    assert one.refused("erp.supplier_invoice.create", too_much) == "QUANTITY_EXCEEDED"
    check_books(one)


def test_returned_goods_are_credited_against_gr_ir() -> None:
    """PST-P15: the return moved the budget already; a price difference goes back to whom it was charged."""
    one = World()
    number = order(one)
    receive(one, number, "8")
    back = receive(one, number, "2")
    taken(one, bill(order_line(number, 10, 10_100)))
    one.call("erp.gr.reverse", {"reason": "broken", "replacement_expected": False}, path={"number": back})
    assert funds(one) == (0, 81_000)
    got = taken(one, credit("quantity", order_line(number, 2, 10_100)))
    assert journal(one, got.number) == {"2000": 20_200, "2100": -20_000, "5400": -200}
    assert (balance(one, "2100"), funds(one)) == (0, (0, 80_800))
    check_books(one)


@pytest.mark.requirement("R03.03")
@pytest.mark.parametrize(
    ("code", "moved"),
    [
        ("R1", {"5300": 100_000, "1100": 19_000, "2200": -19_000, "2000": -100_000}),
        ("RN", {"5300": 119_000, "2200": -19_000, "2000": -100_000}),
    ],
)
def test_reverse_charge_pays_net_and_owes_the_tax_in_full(code: str, moved: dict[str, int]) -> None:
    """PST-P16: whatever of it comes back."""
    one = World()
    got = taken(one, bill(cost_line(100_000, code=code)))
    assert journal(one, got.number) == moved
    for tax in (1, 19_000):
        printed = bill(cost_line(100_000, tax=tax, code=code), supplier_reference=f"P-{tax}", document_date="20261001")
        assert (held(taken(one, printed)), balance(one, "2000")) == (["TAX_VARIANCE"] * (1 + (tax > 2)), -100_000)


@pytest.mark.requirement("R03.03")
def test_tax_that_does_not_come_back_is_cost() -> None:
    """PST-P18 and P17: to whom the line is charged, and so it is spending."""
    one = World()
    got = taken(one, bill(cost_line(100_000, tax=19_000, code="VH")))
    assert journal(one, got.number) == {"5300": 109_500, "1100": 9_500, "2000": -119_000}
    assert funds(one, "5300") == (0, 109_500)
    used = taken(one, bill(cost_line(10_000, code="U1", entity="US01"), entity="US01", approvals=_evidence("US01")))
    assert journal(one, used.number) == {"5300": 10_825, "2210": -825, "2000": -10_000}


def _evidence(entity: str) -> list[dict[str, object]]:
    who = COMPANY.controller(entity).erp_id
    return [{"step": 1, "approver": who, "decided_at": "2026-10-28T08:00:00Z", "source_document": "INV-T-1"}]


def test_a_small_difference_is_written_off() -> None:
    """PST-P24: what the total says beyond its lines; nothing of it is anybody's budget."""
    one = World()
    got = taken(one, bill(cost_line(10_000), rounding=-100))
    assert journal(one, got.number) == {"5300": 10_000, "6010": -100, "2000": -9_900}
    assert funds(one, "5300") == (0, 10_000)
    off = taken(one, bill(cost_line(20_000), rounding=101, supplier_reference="R-2"))
    assert (off.status, held(off)) == ("parked", ["LINE_VARIANCE"])


@pytest.mark.requirement("R05.18")
def test_a_voided_bill_leaves_nothing() -> None:
    """PST-P21: the exact reversal, and the encumbrance that it took; its number may come again."""
    one = World()
    number, service = order(one), order(one, 1, 50_000, "5300")
    receive(one, number, "10")
    body = bill(order_line(number, 10, 10_100), order_line(service, 1, 49_000, line_no=2))
    got = taken(one, body)
    assert funds(one, "5300") == (0, 49_000)
    void = {"path": {"number": got.number}}
    done = one.call("erp.supplier_invoice.void", {"reason": "wrong"}, **void).body
    assert (done.status, done.open_amount, open_amounts(one)) == ("voided", "0.00", {})
    assert journal(one, done.reversed_by) == {account: -amount for account, amount in journal(one, got.number).items()}
    assert (funds(one), funds(one, "5300"), balance(one, "9200")) == ((0, 100_000), (50_000, 0), 50_000)
    assert one.call("erp.supplier_invoice.void", {"reason": "wrong"}, **void).effects == ()
    check_books(one)
    assert taken(one, body).status == "posted"


@pytest.mark.parametrize("how", ["close", "final_close"])
def test_a_closed_order_is_not_encumbered_again(how: str) -> None:
    """PST-P21, unless the order is closed."""
    one = World()
    number = order(one, 1, 50_000, "5300")
    got = taken(one, bill(order_line(number, 1, 50_000)))
    one.call(f"erp.po.{how}", {"reason": "done"}, path={"number": number})
    one.call("erp.supplier_invoice.void", {"reason": "wrong"}, path={"number": got.number})
    assert (funds(one, "5300"), balance(one, "9200")) == ((0, 0), 0)


def test_what_is_paid_is_not_voided() -> None:
    """Neither in part: its open item has to be whole."""
    one = World()
    got = taken(one, bill(cost_line(10_000)))
    one.erp.core.payables.reduce(got.number, 1)
    assert one.refused("erp.supplier_invoice.void", {"reason": "x"}, path={"number": got.number}) == "INVALID_TRANSITION"


def test_what_was_credited_is_not_voided() -> None:
    """The credit first."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    got = taken(one, bill(order_line(number, 10, 10_000)))
    memo = taken(one, credit("quantity", order_line(number, 2, 10_000)))
    void = {"reason": "wrong"}
    assert one.refused("erp.supplier_invoice.void", void, path={"number": got.number}) == "INVALID_TRANSITION"
    one.call("erp.supplier_invoice.void", void, path={"number": memo.number})
    one.call("erp.supplier_invoice.void", void, path={"number": got.number})
    assert (balance(one, "2000"), balance(one, "2100")) == (0, -100_000)
    check_books(one)


@pytest.mark.requirement("R03.08")
def test_parts_and_two_ways_on_one_bill() -> None:
    """Two lines of one item, beside a line that needs no receipt."""
    one = World()
    goods, service = order(one), order(one, 1, 30_000, "5300")
    receive(one, goods, "7")
    lines = [order_line(goods, 3, 10_000), order_line(goods, 4, 10_000, line_no=2), order_line(service, 1, 30_000, line_no=3)]
    got = taken(one, bill(*lines))
    assert (got.status, journal(one, got.number)) == ("posted", {"2100": 70_000, "5300": 30_000, "2000": -100_000})
    rows = [(each.src_line, each.quantity, each.amount_minor, each.account) for each in one.effects if each.entity_type == "invoice_line"]
    expected = [(f"{goods}/L1", 3_000, 30_000, "5400"), (f"{goods}/L1", 4_000, 40_000, "5400"), (f"{service}/L1", 1_000, 30_000, "5300")]
    assert rows == expected
    check_books(one)


def test_commitments_may_be_relieved_by_the_bill() -> None:
    """The other policy: a receipt moves no budget; the bill relieves at the order's price and spends what it costs; a void undoes it."""
    one = world(relief="invoice")
    number = order(one)
    receive(one, number, "6")
    assert (funds(one), balance(one, "5400"), balance(one, "9200")) == ((100_000, 0), 60_000, 100_000)
    got = taken(one, bill(order_line(number, 6, 10_100)))
    assert (funds(one), balance(one, "9200")) == ((40_000, 60_600), 40_000)
    one.call("erp.supplier_invoice.void", {"reason": "wrong"}, path={"number": got.number})
    assert (funds(one), balance(one, "9200")) == ((100_000, 0), 100_000)
    receive(one, number, "4")
    taken(one, bill(order_line(number, 10, 10_000), supplier_reference="R-2"))
    assert (funds(one), balance(one, "9200"), balance(one, "2100")) == ((0, 100_000), 0, 0)
    check_books(one)


def repriced(one: World, number: str, price: str, total: str) -> None:
    """Ten at another price, from now on."""
    line = {"line_no": 10, "text": "x", "quantity": "10", "unit_price": price, "amount": total, "gl_account": "5400"}
    body = {"source_revision": 2, "reason": "dearer", "lines": [{**line, "cost_center": center()}], "total": total}
    one.call("erp.po.change", {**body, "approvals": EVIDENCE}, path={"number": number})


def test_what_came_before_a_change_of_price_keeps_its_value() -> None:
    """A bill clears what the receipts put on GR/IR, what is not there yet at the price of today; a receipt what was billed before it."""
    one = World()
    number = order(one, 10, 9_800)
    receive(one, number, "6")
    repriced(one, number, "100.00", "1000.00")
    got = taken(one, bill(order_line(number, 10, 10_000)))
    assert journal(one, got.number) == {"2100": 98_800, "5400": 1_200, "2000": -100_000}
    receive(one, number, "4")
    assert balance(one, "2100") == 0
    other = order(one, 10, 9_800)
    taken(one, bill(order_line(other, 4, 9_800), supplier_reference="R-2"))
    repriced(one, other, "100.00", "1000.00")
    receipt = receive(one, other, "10")
    assert journal(one, receipt)["2100"] == -39_200 - 60_000
    taken(one, bill(order_line(other, 6, 10_000), supplier_reference="R-3"))
    assert (balance(one, "2100"), balance(one, "9200")) == (0, 0)
    check_books(one)


def test_what_was_billed_and_went_back_for_good_is_not_to_come() -> None:
    """Where bills relieve, the return and its credit leave encumbered what is still to come, and spend no longer what went back."""
    one = world(relief="invoice")
    number = order(one)
    got = receive(one, number, "4")
    taken(one, bill(order_line(number, 4, 10_000)))
    one.call("erp.gr.reverse", {"reason": "broken", "replacement_expected": False}, path={"number": got})
    assert funds(one) == (60_000, 40_000)
    taken(one, credit("quantity", order_line(number, 4, 10_000)))
    assert (funds(one), balance(one, "9200"), balance(one, "2100")) == ((60_000, 0), 60_000, 0)
    check_books(one)


def test_what_was_credited_of_a_service_is_owed_no_more() -> None:
    """Whatever is billed and voided after it."""
    one = World()
    number = order(one, 3, 10_000, "5300")
    taken(one, bill(order_line(number, 1, 10_000)))
    taken(one, credit("quantity", order_line(number, 1, 10_000)))
    assert funds(one, "5300") == (20_000, 0)
    got = taken(one, bill(order_line(number, 2, 10_000), supplier_reference="R-2"))
    assert funds(one, "5300") == (0, 20_000)
    one.call("erp.supplier_invoice.void", {"reason": "wrong"}, path={"number": got.number})
    assert (funds(one, "5300"), balance(one, "9200")) == ((20_000, 0), 20_000)
