"""The supplier portal: what a supplier sends is acknowledged once, only its own is shown to it, and what it is told comes in order."""

from typing import Any

import pytest

from mocks.company.company import BUSINESS_START
from mocks.company.portal import sent_invoice
from tests.unit.company.play import COMPANY, World

SUBMIT, SHOW, WITHDRAW, FIND = "portal.invoice.submit", "portal.invoice.show", "portal.invoice.withdraw", "portal.invoice.find"
RECORD = "portal.invoice.record_payment"
SUPPLIER, OTHER = COMPANY.suppliers_of("US01")[:2]
SENT = sent_invoice(COMPANY.entity("US01"), SUPPLIER, "26-0000017", BUSINESS_START, 98_000)


def submit(one: World, account: str = SENT.account, **members: Any) -> Any:
    """What a supplier sends; the acknowledgement."""
    return one.call(SUBMIT, {**SENT.body, **members}, actor=account).body


def record(one: World, invoice: Any, status: str, sequence: int | None = None, version: int | None = None) -> Any:
    """What is told of its payment."""
    said = {"status": status} | ({} if sequence is None else {"sequence": sequence})
    return one.call(RECORD, said, path={"id": invoice.id}, if_match=version).body


@pytest.mark.requirement("R01.13")
def test_what_is_sent_is_acknowledged_and_can_be_asked_for() -> None:
    """Received, with its number; the connector finds it by account and number."""
    one = World()
    made = submit(one)
    assert (made.status, made.account_id, made.invoice_number, made.total, made.payment) == (
        "received",
        SENT.account,
        "26-0000017",
        "980.00",
        None,
    )
    assert one.call(SHOW, path={"id": made.id}, actor=SENT.account).body == made
    asked = {"account_id": SENT.account, "invoice_number": "26-0000017"}
    assert one.call(FIND, query=asked).body["items"] == [made]
    assert one.call(FIND, query={**asked, "invoice_number": "26-0000404"}).body["items"] == []
    assert [(each.entity_type, each.state, each.amount_minor, each.party) for each in one.effects] == [
        ("portal_invoice", "received", 98_000, SENT.account)
    ]


@pytest.mark.requirement("R01.13", "R01.22")
def test_a_supplier_sees_and_withdraws_only_its_own() -> None:
    """Nobody is told that another one's is there."""
    one = World()
    made = submit(one)
    for point, body in ((SHOW, None), (WITHDRAW, {})):
        assert one.refused(point, body, path={"id": made.id}, actor=OTHER.portal_account) == "NOT_FOUND"
    assert one.call(FIND, query={"account_id": OTHER.portal_account, "invoice_number": made.invoice_number}).body["items"] == []
    assert one.call(SHOW, path={"id": made.id}, actor=SENT.account).body.status == "received"


@pytest.mark.parametrize(
    ("account", "members", "code"),
    [
        ("AN000000404", {}, "SUPPLIER_UNKNOWN"),
        (COMPANY.suppliers_of("DE01")[0].portal_account, {}, "SUPPLIER_UNKNOWN"),  # it sells to another house
        (SENT.account, {"customer_id": "BUY-404"}, "SUPPLIER_UNKNOWN"),
        (SENT.account, {"currency": "EUR"}, "CURRENCY_INVALID"),
        (SENT.account, {"total": "980.005"}, "CURRENCY_INVALID"),
        (SENT.account, {"total": "980.01"}, "DUPLICATE_REFERENCE"),  # the same number again
    ],
)
def test_what_is_refused_leaves_nothing(account: str, members: dict[str, Any], code: str) -> None:
    """Beside the one that is there."""
    one = World()
    submit(one)
    assert one.refused(SUBMIT, {**SENT.body, **members}, actor=account) == code
    assert len(one.effects) == 1


def test_a_number_is_free_again_once_its_invoice_was_withdrawn() -> None:
    """Two suppliers may use one number at any time; of what was withdrawn nobody is told any more."""
    one = World()
    made = submit(one)
    submit(one, OTHER.portal_account)
    assert one.call(WITHDRAW, {}, path={"id": made.id}, actor=SENT.account).body.status == "withdrawn"
    again = submit(one)
    found = one.call(FIND, query={"account_id": SENT.account, "invoice_number": made.invoice_number}).body["items"]
    assert [(each.id, each.status) for each in found] == [(made.id, "withdrawn"), (again.id, "received")]
    assert one.refused(RECORD, {"status": "paid"}, path={"id": made.id}) == "INVALID_TRANSITION"
    assert one.refused(WITHDRAW, {}, path={"id": made.id}, actor=SENT.account) == "INVALID_TRANSITION"
    record(one, again, "paid")
    assert one.refused(WITHDRAW, {}, path={"id": again.id}, actor=SENT.account) == "INVALID_TRANSITION"


@pytest.mark.requirement("R03.09", "R05.11")
def test_the_newest_word_stands_and_the_same_again_changes_nothing() -> None:
    """PST-Y07: nothing is posted; each change is a row of the history, with the sequence that says so."""
    one = World()
    made = submit(one)
    changed = record(one, made, "paid", 3, 1)
    assert (changed.payment.status, changed.payment.sequence, changed.version, changed.status) == ("paid", 3, 2, "received")
    assert record(one, made, "paid", 3, 2).version == 2
    assert record(one, made, "payment_returned", 4, 2).payment.status == "payment_returned"
    told = [each for each in one.effects if each.entity_type == "payment_advice"]
    assert [(each.effect, each.state, each.src_version, each.base_version) for each in told] == [
        ("create", "paid", 3, 1),
        ("update", "payment_returned", 4, 2),
    ]
    assert {each.entity_type for each in one.effects} == {"portal_invoice", "payment_advice"}
    views = {each.entity_type: each.state for each in one.portal.final_views()}
    assert views == {"portal_invoice": "received", "payment_advice": "payment_returned"}


@pytest.mark.parametrize(("status", "sequence", "version", "code"), [
    ("paid", 3, None, "VERSION_CONFLICT"),
    ("paid", 4, None, "VERSION_CONFLICT"),
    ("payment_failed", 5, 1, "PRECONDITION_FAILED"),
])  # fmt: skip
def test_nothing_old_is_told_over_something_new(status: str, sequence: int, version: int | None, code: str) -> None:
    """By sequence, and by the version of the invoice."""
    one = World()
    made = submit(one)
    record(one, made, "payment_returned", 4)
    assert one.refused(RECORD, {"status": status, "sequence": sequence}, path={"id": made.id}, if_match=version) == code


def test_no_two_suppliers_have_one_account() -> None:
    """Minted ones included."""
    accounts = [each.portal_account for each in COMPANY.suppliers]
    assert len(set(accounts)) == len(accounts) > 100
