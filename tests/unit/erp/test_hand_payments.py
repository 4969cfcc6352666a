"""Payments by hand: what is posted, what the bank says of them later, and who is told. What people type is played as it is."""

from datetime import date
from typing import Any

import pytest

from mocks.company import Draft
from mocks.company.hand_payments import NUMBER, PAY, STATEMENT, draft_hand_payment
from tests.unit.company.play import COMPANY
from tests.unit.erp.paying import PayWorld

pytestmark = pytest.mark.requirement("R04.13")

DAY, ENTER = date(2026, 10, 28), "procurement.invoice.enter"
KEYS = [f"hand-{number}" for number in range(12)]


def draft(key: str = "hand-1", entity: str = "DE01") -> Draft:
    """What they type."""
    return draft_hand_payment(COMPANY, entity, key, 123_457, on=DAY)


CLEARED = next(key for key in KEYS if draft(key).news[0][0].body["status"] == "cleared")
REJECTED = next(key for key in KEYS if draft(key).news[0][0].body["status"] == "rejected")


def owed(world: PayWorld, one: Draft) -> str:
    """The supplier sends the bill, and it is in the ERP and in procurement; its number in the ERP."""
    sent, entry, keyed = one.before
    world.call(sent.point, sent.body, actor=sent.actor)
    (number,) = world.call(entry.point, entry.body, actor=entry.actor).body.documents
    world.call(ENTER, {**keyed.body, "erpInvoiceNumber": number}, actor=keyed.actor)
    return str(number)


def paid(world: PayWorld, one: Draft, number: str) -> Any:
    """The treasurer pays it."""
    return world.call(PAY, one.body, path={"number": number}, actor=one.actor).body


def said(world: PayWorld, one: Draft, number: str, status: str) -> Any:
    """And enters what the statement says."""
    return world.call(STATEMENT, {"status": status}, path={NUMBER: number}, actor=one.actor).body


def told(world: PayWorld) -> list[tuple[str, int]]:
    """The news of the invoice: status and version."""
    return [(event.data["status"], event.data["version"]) for event in world.events if event.type == "payment.status_changed"]


@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
@pytest.mark.parametrize("key", KEYS)
def test_all_that_is_drafted_is_played_and_each_news_is_told_once(entity: str, key: str) -> None:
    """Whatever discount there is, what leaves the bank is what was asked for; the news comes in its order, with versions that grow."""
    world, one = PayWorld(), draft(key, entity)
    number = owed(world, one)
    paid(world, one, number)
    assert -world.erp.core.ledger.balance(COMPANY.entity(entity).erp_company, "1010") == one.amount_minor
    assert told(world) == []
    for steps in one.news:
        for step in steps:
            path = dict.fromkeys(step.path, number)
            world.call(step.point, step.body, path=path, actor=step.actor)
    words = [status for status, _ in told(world)]
    assert words in (["cleared", "returned"], ["rejected", "cleared"])
    versions = [version for _, version in told(world)]
    assert versions == sorted(set(versions))


def test_it_is_issued_cleared_and_comes_back() -> None:
    """PST-Y01, PST-Y02, PST-Y04: nothing is under way in the end, and the supplier is owed what was billed."""
    world, one = PayWorld(), draft(CLEARED)
    number = owed(world, one)
    before = world.balance("2000")
    assert paid(world, one, number).status == "paid"
    assert (world.balance("2000"), world.balance("1010")) == (0, -one.amount_minor)
    assert said(world, one, number, "cleared").status == "cleared"
    assert (world.balance("1010"), world.balance("1000")) == (0, -one.amount_minor)
    assert said(world, one, number, "returned").status == "returned"
    assert (world.balance("2000"), world.balance("1010"), world.balance("1000"), world.balance("6030")) == (before, 0, 0, 0)
    assert told(world) == [("cleared", 3), ("returned", 4)]
    assert paid(world, one, number).payments == 2


def test_only_what_another_system_sent_is_told_and_listed() -> None:
    """Of a bill that somebody keyed in the ERP alone nobody waits for news; a bill in a run is news like any other."""
    world, one = PayWorld(), draft(REJECTED)
    number = owed(world, one)
    world.owe("51", 10_000)
    run = world.issued(documents=["51", number])
    for payment in run.payments:
        world.told(payment.payment_number, "rejected")
    listed = world.call("erp.invoice_payment.list", query={"status": "cleared,rejected,returned"}).body["items"]
    assert [(each.document_number, each.status) for each in listed] == [(number, "rejected")]
    assert told(world) == [("rejected", world.invoice(number).version)]
    assert world.invoice("51").status == "rejected"
    assert world.refused(STATEMENT, {"status": "cleared"}, path={NUMBER: number}, actor=one.actor) == "INVALID_TRANSITION"


def test_who_may_pay_what() -> None:
    """Two people of the company, the second with the authority; nothing twice, no credit, no supplier that is blocked."""
    world, one = PayWorld(), draft(CLEARED)
    number = owed(world, one)
    path, boss = {"number": number}, one.body["approved_by"]
    stranger = COMPANY.requester("US01", "x").erp_id

    def refused(actor: str, approved_by: str) -> str:
        return world.refused(PAY, {"approved_by": approved_by}, path=path, actor=actor)

    assert refused(boss, boss) == "SEGREGATION_OF_DUTIES"
    assert (refused(stranger, boss), refused(one.actor, stranger)) == ("EMPLOYEE_UNKNOWN", "EMPLOYEE_UNKNOWN")
    other = next(each.erp_id for each in COMPANY.employees if each.entity == "DE01" and each.limit_minor == 0 and each.erp_id != one.actor)
    assert refused(one.actor, other) == "LIMIT_EXCEEDED"
    assert world.refused(PAY, one.body, path={"number": "5100000404"}, actor=one.actor) == "NOT_FOUND"
    world.owe("52", -10_000)
    assert world.refused(PAY, one.body, path={"number": "52"}, actor=one.actor) == "PAYMENT_BLOCKED"
    paid(world, one, number)
    assert refused(one.actor, boss) == "INVALID_TRANSITION"
    hand = world.invoice(number).payment_number
    assert world.refused("erp.payment.void", {"reason": "x"}, path={"payment_number": hand}, actor=one.actor) == "SEGREGATION_OF_DUTIES"
    assert world.call("erp.payment.void", {"reason": "x"}, path={"payment_number": hand}, actor=boss).body.status == "voided"
    assert (world.invoice(number).status, told(world)) == ("open", [])


def test_a_supplier_that_is_blocked_gets_nothing() -> None:
    """Whoever agrees to it."""
    world, one = PayWorld(), draft(CLEARED)
    number = owed(world, one)
    block, vendor = {"block": "payment", "on": True}, one.before[1].body["items"][0]["vendor_id"]
    world.call("erp.supplier.block", block, path={"vendor_id": vendor}, actor=COMPANY.controller("DE01").erp_id)
    assert world.refused(PAY, one.body, path={"number": number}, actor=one.actor) == "PAYMENT_BLOCKED"
