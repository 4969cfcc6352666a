"""Invoices that are compared again because of something else: what the history says of them, and what they are compared with."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.company.play import World
from tests.unit.erp.bills import BOSS, bill, center, check_books, cost_line, credit, held, order, order_line, read, receive, taken, vendor
from tests.unit.erp.paying import PayWorld

RELEASE, VOID = "erp.supplier_invoice.release_hold", "erp.supplier_invoice.void"


def updates(one: World, number: str) -> list[tuple[int | None, int | None]]:
    """Version and base version of each change of an invoice."""
    rows = [each for each in one.effects if each.entity_type == "supplier_invoice" and each.effect == "update"]
    return [(row.version, row.base_version) for row in rows if row.entity_id == number]


def test_if_match_is_about_the_invoice_that_it_was_sent_for() -> None:
    """Another one that loses its hold by the same call was not written on top of a version that anybody named."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    first = taken(one, bill(order_line(number, 10, 10_000)))
    second = taken(one, bill(order_line(number, 5, 10_000), supplier_reference="R-2"))
    one.call(RELEASE, {"code": "DUP_SUSPECT", "reason": "ok"}, path={"number": second.number}, actor=BOSS)
    assert held(read(one, second.number)) == ["NO_RECEIPT", "QTY_ORD"]
    one.call(VOID, {"reason": "wrong"}, path={"number": first.number}, if_match=first.version)
    assert held(read(one, second.number)) == []
    assert updates(one, first.number) == [(first.version + 1, first.version)]
    assert updates(one, second.number)[-1] == (read(one, second.number).version, None)


def test_a_block_names_no_version_of_the_invoices_that_it_holds() -> None:
    """If-Match of the supplier is the supplier's."""
    one = World()
    got = taken(one, bill(cost_line(5_000)))
    one.call("erp.supplier.block", {"block": "payment", "on": True}, path={"vendor_id": vendor()}, actor=BOSS, if_match=1)
    assert updates(one, got.number) == [(2, None)]


@pytest.mark.parametrize(("seconds", "status"), [(59, "parked"), (61, "posted")])
def test_funds_of_a_reservation_that_is_over_are_free(seconds: int, status: str) -> None:
    """An invoice that nobody ordered is asked against what is reserved now."""
    one = World()
    money = {"company_code": "2000", "currency": "EUR"}
    budget = {"cost_center": center(), "account_group": "53", "period": "2026-10", "amount": "100.00"}
    one.call("erp.budget_version.create", {**money, "sequence": 2, "lines": [budget]})
    line = {"line_no": 10, "gl_account": "5300", "cost_center": center(), "amount": "60.00"}
    one.call("erp.budget_reservation.create", {**money, "document_date": "20261028", "lines": [line], "total": "60.00", "expires_in_s": 60})
    one.now += timedelta(seconds=seconds)
    assert taken(one, bill(cost_line(5_000))).status == status


@pytest.mark.parametrize("is_named", [True, False])
def test_goods_that_were_credited_are_billed_again(is_named: bool) -> None:
    """A quantity credit frees the receipt that was billed, whether it names it or not; and no more of it."""
    one = World()
    number = order(one)
    brought = receive(one, number, "10")
    named: dict[str, Any] = {"receipt_number": brought}
    taken(one, bill(order_line(number, 10, 10_000, **named)))
    taken(one, credit("quantity", order_line(number, 4, 10_000, **(named if is_named else {}))))
    again = taken(one, bill(order_line(number, 4, 10_000, **named), supplier_reference="R-2"))
    assert (again.status, held(again)) == ("posted", [])
    assert "NO_RECEIPT" in held(taken(one, bill(order_line(number, 1, 10_000, **named), supplier_reference="R-3")))
    check_books(one)


def test_a_credit_lifts_the_hold_of_a_bill_of_one_receipt() -> None:
    """Two more were billed than it brought; two are credited."""
    one = World()
    number = order(one)
    brought = receive(one, number, "8")
    much = taken(one, bill(order_line(number, 10, 10_000, receipt_number=brought)))
    assert held(much) == ["QTY_REC"]
    taken(one, credit("quantity", order_line(number, 2, 10_000)))
    assert held(read(one, much.number)) == []


def test_a_credit_of_one_receipt_is_none_of_another() -> None:
    """What it names it gives back; a bill of the other one still has nothing to stand on."""
    one = World()
    number = order(one)
    first, second = receive(one, number, "6"), receive(one, number, "4")
    taken(one, bill(order_line(number, 6, 10_000, receipt_number=first)))
    taken(one, bill(order_line(number, 4, 10_000, receipt_number=second), supplier_reference="R-2"))
    taken(one, credit("quantity", order_line(number, 6, 10_000, receipt_number=first)))
    other = taken(one, bill(order_line(number, 3, 10_000, receipt_number=second), supplier_reference="R-3"))
    assert (other.status, held(other)) == ("on_hold", ["NO_RECEIPT"])


def test_nobody_pays_a_vendor_who_was_deactivated() -> None:
    """What is owed to it is held, as by a block, and If-Match is the vendor's own."""
    one = World()
    got = taken(one, bill(cost_line(5_000)))
    one.call("erp.vendor.deactivate", {"reason": "merged"}, path={"vendor_id": vendor()}, if_match=1)
    after = read(one, got.number)
    assert (after.status, held(after), updates(one, got.number)) == ("on_hold", ["SUPPLIER_BLOCK"], [(2, None)])
    assert one.erp.core.payables.get(got.number).blocks == {"SUPPLIER_BLOCK"}  # type: ignore[union-attr]


@pytest.mark.parametrize("word", ["rejected", "returned", "void"])
def test_what_comes_back_is_held_for_what_happened_while_it_was_paid(word: str) -> None:
    """The supplier was blocked and the goods went back while nothing was open; the next run shall not pay it again."""
    one = PayWorld()
    number = order(one)
    brought = receive(one, number, "10")
    got = taken(one, bill(order_line(number, 10, 10_000)))
    (payment,) = one.issued().payments
    one.call("erp.gr.reverse", {"reason": "broken"}, path={"number": brought})
    one.call("erp.supplier.block", {"block": "payment", "on": True}, path={"vendor_id": vendor()}, actor=BOSS)
    assert (read(one, got.number).status, held(read(one, got.number))) == ("posted", [])
    path = {"payment_number": payment.payment_number}
    if word == "void":
        one.call("erp.payment.void", {"reason": "not sent"}, path=path, actor=BOSS, if_match=2)
    else:
        one.call("erp.payment.record_status", {"status": word, "reason_code": "AC04"}, path=path, if_match=2)
    assert (read(one, got.number).status, held(read(one, got.number))) == ("on_hold", ["NO_RECEIPT", "SUPPLIER_BLOCK"])
    assert updates(one, got.number) == [(2, None)]
    assert one.propose().payments == ()
