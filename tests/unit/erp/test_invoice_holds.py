"""Holds: what raises them, whether the invoice is booked all the same, who lifts them and who may not (domain.md 5)."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from mocks.systems.erp.invoices.holds import RULES
from mocks.systems.erp.invoices.models import HoldCode
from tests.unit.company.play import COMPANY, World, order_body
from tests.unit.erp.bills import (
    BOSS,
    CLERK,
    DAYS,
    EVIDENCE,
    OTHER_CLERK,
    PEOPLE,
    RECEIVER,
    balance,
    bill,
    center,
    check_books,
    cost_line,
    credit,
    held,
    journal,
    order,
    order_line,
    read,
    receive,
    taken,
    text,
    vendor,
)

RELEASE = "erp.supplier_invoice.release_hold"
Raise = Callable[[World], dict[str, Any]]


def received(one: World, quantity: int, price: int, *, ordered: int = 10, **members: Any) -> dict[str, Any]:
    """A bill of an order of ten at 100.00, all received."""
    number = order(one, ordered)
    receive(one, number, str(ordered))
    return bill(order_line(number, quantity, price), **members)


def service(one: World, net: int) -> dict[str, Any]:
    """A bill of a service of 1,000.00."""
    return bill(order_line(order(one, 1, 100_000, "5300"), 1, net))


def taxed(tax: int) -> dict[str, Any]:
    """100.00 at 19 %, with so much tax."""
    return bill(cost_line(10_000, tax=tax, code="V1"))


def poor(one: World, net: int) -> dict[str, Any]:
    """What nobody ordered, of a budget that holds 100.00."""
    line = {"cost_center": center(), "account_group": "53", "period": "2026-10", "amount": "100.00"}
    one.call("erp.budget_version.create", {"company_code": "2000", "currency": "EUR", "sequence": 2, "lines": [line]})
    return bill(cost_line(net))


def again(one: World) -> dict[str, Any]:
    """The same number as one that is there, keyed another way."""
    taken(one, bill(cost_line(5_000), supplier_reference="INV-00012"))
    return bill(cost_line(7_000), supplier_reference="1nv 12")


def blocked(one: World) -> dict[str, Any]:
    """Of a supplier that is not paid for now."""
    block(one, "payment", on=True)
    return bill(cost_line(5_000))


def block(one: World, name: str, *, on: bool) -> None:
    """A block of the supplier is set or lifted."""
    one.call("erp.supplier.block", {"block": name, "on": on}, path={"vendor_id": vendor()}, actor=BOSS)


# The code; a bill that deserves it; one that just does not (None: there is no such limit); whether it is booked
CASES: tuple[tuple[HoldCode, Raise, Raise | None, bool], ...] = (
    ("PRICE", lambda one: received(one, 10, 10_201), lambda one: received(one, 10, 10_200), True),
    ("PRICE", lambda one: received(one, 100, 10_051, ordered=100), lambda one: received(one, 100, 10_050, ordered=100), True),
    ("PRICE", lambda one: received(one, 10, 9_499), lambda one: received(one, 10, 9_500), True),
    ("QTY_REC", lambda one: received(one, 11, 10_000), lambda one: received(one, 10, 10_000), True),
    ("QTY_ORD", lambda one: received(one, 106, 10_000, ordered=100), lambda one: received(one, 100, 10_000, ordered=100), True),
    ("AMT_ORD", lambda one: service(one, 101_001), lambda one: service(one, 101_000), True),
    ("NO_RECEIPT", lambda one: bill(order_line(order(one), 1, 10_000)), None, True),
    ("FUNDS", lambda one: poor(one, 10_001), lambda one: poor(one, 10_000), False),
    ("DUP_SUSPECT", again, None, False),
    ("TAX_VARIANCE", lambda one: taxed(1_903), lambda one: taxed(1_902), False),
    ("LINE_VARIANCE", lambda one: bill(cost_line(10_000), rounding=101), lambda one: bill(cost_line(10_000), rounding=100), False),
    ("SUPPLIER_BLOCK", blocked, None, True),
)  # fmt: skip


@pytest.mark.parametrize(("code", "raising", "passing", "is_booked"), CASES, ids=[f"{case[0]}{n}" for n, case in enumerate(CASES)])
def test_a_difference_holds_and_just_none_does_not(code: HoldCode, raising: Raise, passing: Raise | None, is_booked: bool) -> None:
    """Of two limits the stricter one wins: 2 % of ten at 100.00, and 50.00 of a line of a hundred."""
    one = World()
    got = taken(one, raising(one))
    assert code in held(got)
    assert (got.status, bool(journal(one, got.number))) == (("on_hold", True) if is_booked else ("parked", False))
    item = one.erp.core.payables.get(got.number)
    assert (item is not None and code in item.blocks) == is_booked
    check_books(one)
    if passing is not None:
        other = World()
        assert code not in held(taken(other, passing(other)))


@pytest.mark.requirement("R03.08")
@pytest.mark.parametrize(("code", "raising"), [(case[0], case[1]) for case in CASES], ids=[f"{case[0]}{n}" for n, case in enumerate(CASES)])
def test_whom_a_hold_obeys(code: HoldCode, raising: Raise) -> None:
    """A hold that people may lift is lifted by somebody other than who entered the invoice; the others by nobody."""
    one = World()
    got = taken(one, raising(one))
    path, body = {"number": got.number}, {"code": code, "reason": "agreed with the buyer"}
    assert one.refused(RELEASE, body, path=path, actor="1") == "SEGREGATION_OF_DUTIES"
    if not RULES[code].by_hand:
        assert one.refused(RELEASE, body, path=path, actor=BOSS) == "INVALID_TRANSITION"
        return
    assert one.refused(RELEASE, body, path=path, actor=CLERK) == "SEGREGATION_OF_DUTIES"
    others = {hold.code for hold in got.holds} - {code}
    after = one.call(RELEASE, body, path=path, actor=BOSS).body
    assert after.status == ("posted" if not others else after.status)
    assert code not in held(after)
    (row,) = [hold for hold in after.holds if hold.code == code]
    assert (row.released_by, row.release_reason, row.owner) == (BOSS, "agreed with the buyer", RULES[code].owner)
    assert journal(one, got.number)
    assert one.refused(RELEASE, body, path=path, actor=BOSS) == "INVALID_TRANSITION"
    check_books(one)


def test_somebody_without_the_authority_overrides_no_budget() -> None:
    """FUNDS is lifted by whose limit covers the invoice."""
    one = World()
    got = taken(one, poor(one, 20_000))
    body = {"code": "FUNDS", "reason": "urgent"}
    assert one.refused(RELEASE, body, path={"number": got.number}, actor=OTHER_CLERK) == "LIMIT_EXCEEDED"


def test_a_hold_by_hand_is_lifted_by_somebody_else() -> None:
    """And may be set again: that is a new row."""
    one = World()
    got = taken(one, bill(cost_line(5_000)))
    path, body = {"number": got.number}, {"code": "MANUAL", "reason": "checked"}
    hold = "erp.supplier_invoice.hold"
    assert one.call(hold, {"reason": "is disputed"}, path=path, actor=OTHER_CLERK).body.status == "on_hold"
    assert one.refused(hold, {"reason": "again"}, path=path, actor=BOSS) == "INVALID_TRANSITION"
    assert one.refused(RELEASE, body, path=path, actor=OTHER_CLERK) == "SEGREGATION_OF_DUTIES"
    assert one.call(RELEASE, body, path=path, actor=BOSS).body.status == "posted"
    after = one.call(hold, {"reason": "once more"}, path=path, actor=OTHER_CLERK).body
    assert [(each.code, each.released_at is None) for each in after.holds] == [("MANUAL", False), ("MANUAL", True)]
    rows = [(each.effect, each.entity_id, each.state) for each in one.effects if each.entity_type == "invoice_hold"]
    names = [f"{got.number}/H1", f"{got.number}/H1", f"{got.number}/H2"]
    assert rows == list(zip(("create", "update", "create"), names, ("held", "released", "held"), strict=True))


def test_a_credit_lifts_what_was_too_much() -> None:
    """A price credit ends PRICE, a quantity credit QTY_REC, without anybody's hand."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    dear = taken(one, bill(order_line(number, 10, 10_500)))
    assert held(dear) == ["PRICE"]
    taken(one, credit("price", order_line(number, 10, 500)))
    assert (held(read(one, dear.number)), read(one, dear.number).status) == ([], "posted")
    other = order(one)
    receive(one, other, "8")
    much = taken(one, bill(order_line(other, 10, 10_000), supplier_reference="R-2"))
    assert held(much) == ["QTY_REC"]
    taken(one, credit("quantity", order_line(other, 2, 10_000), supplier_reference="C-2"))
    after = read(one, much.number)
    assert (held(after), [hold.released_by for hold in after.holds], balance(one, "2100")) == ([], [None], 0)
    check_books(one)


def test_receipts_serve_the_oldest_bill_first() -> None:
    """Two bills before their goods; and goods that go back hold the payment again."""
    one = World()
    number = order(one)
    first = taken(one, bill(order_line(number, 4, 10_000)))
    second = taken(one, bill(order_line(number, 6, 10_000), supplier_reference="R-2"))
    got = receive(one, number, "4")
    assert [held(read(one, each.number)) for each in (first, second)] == [[], ["NO_RECEIPT"]]
    receive(one, number, "6")
    assert [held(read(one, each.number)) for each in (first, second)] == [[], []]
    one.call("erp.gr.reverse", {"reason": "broken"}, path={"number": got})
    assert [held(read(one, each.number)) for each in (first, second)] == [[], ["QTY_REC"]]
    assert one.erp.core.payables.get(second.number).blocks == {"QTY_REC"}  # type: ignore[union-attr]


def test_a_bill_of_one_receipt_waits_for_this_one() -> None:
    """receipt_number: no more of it than it brought, whatever else came."""
    one = World()
    number = order(one)
    small, large = receive(one, number, "2"), receive(one, number, "8")
    body = bill(order_line(number, 3, 10_000, receipt_number=small))
    assert held(taken(one, body)) == ["QTY_REC"]
    other = bill(order_line(number, 7, 10_000, receipt_number=large), supplier_reference="R-2")
    assert held(taken(one, other)) == []
    strange = bill(order_line(order(one), 1, 10_000, receipt_number=small), supplier_reference="R-3")
    assert one.refused("erp.supplier_invoice.create", strange) == "QUANTITY_EXCEEDED"


def test_a_parked_bill_is_matched_again() -> None:
    """A budget that was raised lets it pass; one of which nothing was raised stays; one that is rejected is over, and its number free."""
    one = World()
    got, other = taken(one, poor(one, 20_000)), taken(one, bill(cost_line(90_000), supplier_reference="R-2", external_ref="X-2"))
    line = {"cost_center": center(), "account_group": "53", "period": "2026-10", "amount": "300.00"}
    one.call("erp.budget_version.create", {"company_code": "2000", "currency": "EUR", "sequence": 3, "lines": [line]})
    path = {"number": got.number}
    assert one.call("erp.supplier_invoice.rematch", {}, path=path).body.status == "posted"
    assert one.refused("erp.supplier_invoice.rematch", {}, path=path) == "INVALID_TRANSITION"
    still = one.call("erp.supplier_invoice.rematch", {}, path={"number": other.number})
    assert (still.body.status, still.body.version, still.effects) == ("parked", 1, ())
    rejected = one.call("erp.supplier_invoice.void", {"reason": "wrong"}, path={"number": other.number}).body
    assert (rejected.status, held(rejected), journal(one, other.number)) == ("rejected", [], {})
    assert taken(one, bill(cost_line(4_000), supplier_reference="R-2", external_ref="X-2")).status == "posted"
    release = {"code": "FUNDS", "reason": "x"}
    assert one.refused(RELEASE, release, path={"number": other.number}, actor=BOSS) == "INVALID_TRANSITION"


def test_payment_waits_while_a_supplier_is_blocked() -> None:
    """Whenever the block is set, and until it is lifted."""
    one = World()
    got = taken(one, bill(cost_line(5_000)))
    block(one, "payment", on=True)
    assert (read(one, got.number).status, held(read(one, got.number))) == ("on_hold", ["SUPPLIER_BLOCK"])
    block(one, "payment", on=False)
    assert (read(one, got.number).status, held(read(one, got.number))) == ("posted", [])


@pytest.mark.requirement("R07.04")
@pytest.mark.parametrize(("purchasing", "posting", "payment"), list(product((False, True), repeat=3)))
def test_every_combination_of_blocks(purchasing: bool, posting: bool, payment: bool) -> None:
    """Purchasing: no order. Posting: neither invoice nor credit, while goods that arrive are received. Payment: both, on hold."""
    one = World()
    number = order(one)
    receive(one, number, "5")
    taken(one, bill(order_line(number, 2, 10_000), supplier_reference="R-0"))
    for name, on in (("purchasing", purchasing), ("posting", posting), ("payment", payment)):
        block(one, name, on=on)
    expected = {
        "erp.po.create": "SUPPLIER_BLOCKED" if purchasing else "accepted",
        "erp.gr.create": "accepted",
        "invoice": "SUPPLIER_BLOCKED" if posting else "on_hold" if payment else "posted",
        "credit": "SUPPLIER_BLOCKED" if posting else "on_hold" if payment else "posted",
    }
    line = {"line_no": 1, "order_line": 10, "quantity": "5"}
    seen = {
        "erp.po.create": one.refused("erp.po.create", order_body("DE01")),
        "erp.gr.create": one.refused("erp.gr.create", {**DAYS, "received_by": RECEIVER, "lines": [line]}, path={"number": number}),
        "invoice": _status(one, bill(order_line(number, 8, 10_000))),
        "credit": _status(one, credit("quantity", order_line(number, 1, 10_000))),
    }
    assert seen == expected


def _status(one: World, body: dict[str, Any]) -> str:
    code = one.refused("erp.supplier_invoice.create", body)
    if code != "accepted":
        return code
    page = one.call("erp.supplier_invoice.list").body["items"]
    return str(page[-1].status)


def test_duties_are_apart() -> None:
    """Who received the goods, or approved the invoice, does not enter it; a stranger enters nothing."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    create = "erp.supplier_invoice.create"
    assert one.refused(create, bill(order_line(number, 10, 10_000), entered_by=RECEIVER)) == "SEGREGATION_OF_DUTIES"
    assert one.refused(create, bill(cost_line(5_000), entered_by=BOSS)) == "SEGREGATION_OF_DUTIES"
    assert one.refused(create, bill(cost_line(5_000), entered_by=PEOPLE["US01"][0])) == "EMPLOYEE_UNKNOWN"
    assert one.refused(create, bill(cost_line(5_000), approvals=[])) == "APPROVAL_EVIDENCE_MISSING"


@pytest.mark.requirement("R09.06")
@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"supplier_reference": "INV-00012"}, "parked"),
        ({"supplier_reference": "lNV-12"}, "posted"),
        ({"supplier_reference": "inv/0o12"}, "parked"),
        ({"supplier_reference": "OTHER", "vendor": 1}, "posted"),
        ({"supplier_reference": "INV-00012", "document_date": "20251028"}, "posted"),
        ({"supplier_reference": "OTHER", "net": 5_000, "document_date": "20261031"}, "parked"),
        ({"supplier_reference": "OTHER", "net": 5_000, "document_date": "20261101"}, "posted"),
        ({"supplier_reference": "INV-00012", "credit": True}, "posted"),
    ],
    ids=str,
)
def test_what_looks_like_an_invoice_that_is_there(members: dict[str, Any], status: str) -> None:
    """The number in every spelling of the same year, or the total within three days; not another year, and not a credit memo."""
    one = World()
    taken(one, bill(cost_line(5_000), supplier_reference="INV-12"))
    net, is_credit, place = members.pop("net", 7_000), members.pop("credit", False), members.pop("vendor", 0)
    line = cost_line(net)
    body = credit("price", line, **members) if is_credit else bill(line, vendor_id=vendor(place=place), **members)
    assert taken(one, body).status == status


@pytest.mark.requirement("R09.06")
@pytest.mark.parametrize("shared", ["tax-number", "bank-account"])
def test_one_supplier_under_two_names(shared: str) -> None:
    """Records with the same tax number, or the same bank account: the number counts for both."""
    one = World()
    master = one.erp.core.master
    first, second = vendor(place=0), vendor(place=1)
    if shared == "tax-number":
        master.vendors[second] = replace(master.vendors[second], tax_number=master.vendors[first].tax_number)
    else:
        accounts = {first: master.bank_accounts[first], second: master.bank_accounts[first]}
        one.erp.core.master = replace(master, bank_accounts=accounts)
    taken(one, bill(cost_line(5_000)))
    (hold,) = taken(one, bill(cost_line(7_000), vendor_id=second)).holds
    assert (hold.code, hold.reason.split()[-1]) == ("DUP_SUSPECT", shared)
    assert taken(one, bill(cost_line(8_000), vendor_id=vendor(place=2))).holds == ()


def test_a_line_that_was_billed_in_full_is_suspect() -> None:
    """Under whatever number it comes; and once somebody else has looked, it is posted with what remains against it."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    taken(one, bill(order_line(number, 10, 10_000)))
    got = taken(one, bill(order_line(number, 2, 10_000), supplier_reference="R-2"))
    assert (got.status, held(got)) == ("parked", ["DUP_SUSPECT", "NO_RECEIPT", "QTY_ORD"])
    after = one.call(RELEASE, {"code": "DUP_SUSPECT", "reason": "came later"}, path={"number": got.number}, actor=BOSS).body
    assert (after.status, held(after), text(balance(one, "2000"))) == ("on_hold", ["NO_RECEIPT", "QTY_ORD"], "-1200.00")
    assert COMPANY.entity("DE01").erp_company == after.company_code
    check_books(one)


def test_an_order_that_was_changed_is_matched_again() -> None:
    """The new price is the one that counts, once somebody asks."""
    one = World()
    number = order(one)
    receive(one, number, "5")
    got = taken(one, bill(order_line(number, 5, 11_000)))
    assert held(got) == ["PRICE"]
    line = {"line_no": 10, "text": "x", "quantity": "10", "unit_price": "110.00", "amount": "1100.00", "gl_account": "5400"}
    change = {"source_revision": 2, "reason": "dearer", "lines": [{**line, "cost_center": center()}], "total": "1100.00"}
    one.call("erp.po.change", {**change, "approvals": EVIDENCE}, path={"number": number})
    assert held(read(one, got.number)) == ["PRICE"]
    assert one.call("erp.supplier_invoice.rematch", {}, path={"number": got.number}).body.status == "posted"
    receive(one, number, "5")
    taken(one, bill(order_line(number, 5, 11_000), supplier_reference="R-2", document_date="20261020"))
    assert (balance(one, "2100"), balance(one, "9200"), balance(one, "5400")) == (0, 0, 110_000)
    check_books(one)


def test_a_parked_bill_waits_for_its_supplier_too() -> None:
    """The goods came while nothing could be posted to the supplier: it is posted when that is over."""
    one = World()
    number = order(one, 10, 9_800, entity="JP01")
    got = taken(one, bill(order_line(number, 10, 9_800, entity="JP01"), entity="JP01"))
    boss, path = COMPANY.controller("JP01").erp_id, {"vendor_id": vendor("JP01")}
    one.call("erp.supplier.block", {"block": "posting", "on": True}, path=path, actor=boss)
    receive(one, number, "10", "JP01")
    assert (read(one, got.number).status, held(read(one, got.number))) == ("parked", ["NO_RECEIPT"])
    one.call("erp.supplier.block", {"block": "posting", "on": False}, path=path, actor=boss)
    assert (read(one, got.number).status, held(read(one, got.number))) == ("posted", [])
