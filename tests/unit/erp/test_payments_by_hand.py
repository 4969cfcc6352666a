"""What people do before a file goes to the bank, and what becomes of it: invoices that a clerk enters, runs over them, the bank's word."""

from datetime import date
from typing import Any

import pytest

from mocks.company import Draft
from mocks.kit.operation import Reply
from tests.unit.company.play import COMPANY
from tests.unit.erp.bills import EVIDENCE, bill, cost_line, taken
from tests.unit.erp.paying import PAYMENT, RUN, PayWorld

ENTER = "erp.supplier_invoice.enter"
DAY = date(2026, 10, 28)
ENTITIES = ("US01", "DE01", "JP01")


def draft(entity: str = "DE01", key: str = "pay-1", minor: int = 123_457, **members: Any) -> Draft:
    """What a treasurer types, and the clerk before."""
    return COMPANY.draft_payment_run(entity, key, minor, on=DAY, **members)


def entered(world: PayWorld, one: Draft) -> Reply:
    """The clerk's invoices."""
    (before,) = one.before
    return world.call(ENTER, before.body, actor=before.actor)


def proposed(world: PayWorld, one: Draft) -> Any:
    """The run over them."""
    documents = entered(world, one).body.documents
    return world.call(f"{RUN}.propose", {**one.body, "documents": documents}, actor=one.actor).body


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("key", [f"pay-{number}" for number in range(12)])
def test_what_is_drafted_is_paid_to_the_last_unit(entity: str, key: str) -> None:
    """Whatever discounts the suppliers give: what leaves the bank is what was asked for, and everything that was entered is in it."""
    world = PayWorld()
    one = draft(entity, key)
    run = proposed(world, one)
    assert int(run.total.replace(".", "")) == one.amount_minor
    assert (run.left_out, sum(len(each.documents) for each in run.payments)) == ((), len(one.before[0].body["items"]))
    for verb, actor in (("review", one.actor), ("approve", one.approvers[-1]), ("issue", one.approvers[-1])):
        run = world.call(f"{RUN}.{verb}", {}, path={"number": run.number}, actor=actor).body
    told = [event for event in world.events if event.type == "payment_run.issued"]
    assert [(event.subject, event.data) for event in told] == [
        (run.number, {"number": run.number, "version": run.version, "status": "file_issued"})
    ]


def test_a_run_over_named_invoices_takes_no_others() -> None:
    """Due or not; what another run has it does not get."""
    world = PayWorld()
    world.owe("51", 10_000, vendor=0)
    run = proposed(world, draft())
    assert "51" not in {each.number for payment in run.payments for each in payment.documents}
    mine = world.propose(documents=["51", "5100000404"])
    assert mine.payments[0].documents[0].number == "51"
    assert [(each.payee, each.document, each.reason) for each in mine.left_out] == [(None, "5100000404", "unknown")]
    (payment,) = mine.payments
    again = world.propose(documents=["51"])
    assert again.payments == ()
    assert [(each.payee, each.document, each.reason) for each in again.left_out] == [
        (payment.payee, "51", f"in_payment {payment.payment_number}")
    ]


def test_named_invoices_that_cannot_be_paid_are_named_in_the_answer() -> None:
    """Nobody is left to find out which of them the run does not pay: paid, voided, of another company, or held."""
    world = PayWorld()
    supplier, employee = taken(world, bill(cost_line(5_000))), world.owe_employee()
    void, held, abroad = (taken(world, body).number for body in (_bill(6_000), _bill(7_000), _bill(8_000, "US01")))
    world.call("erp.supplier_invoice.void", {"reason": "x"}, path={"number": void})
    world.call("erp.supplier_invoice.hold", {"reason": "disputed"}, path={"number": held}, actor=world.people[1])
    assert world.issued(documents=[supplier.number, employee]).left_out == ()
    run = world.propose(documents=[supplier.number, void, employee, abroad, held, held])
    assert run.payments == ()
    assert {each.document: each.reason for each in run.left_out} == {
        supplier.number: "nothing_open", void: "nothing_open", employee: "nothing_open", abroad: "unknown", held: "MANUAL",
    }  # fmt: skip
    assert len(run.left_out) == 5


def _bill(net: int, entity: str = "DE01") -> dict[str, Any]:
    evidence = [{**EVIDENCE[0], "approver": COMPANY.controller(entity).erp_id}]
    return bill(cost_line(net, entity=entity), entity=entity, supplier_reference=f"R-{net}", approvals=evidence)


@pytest.mark.parametrize("next_run_on", ["20261027", "20261028"])
def test_the_next_run_is_after_this_one(next_run_on: str) -> None:
    """Or nothing would ever be late by then."""
    world = PayWorld()
    body = {"company_code": world.code, "pay_on": "20261028", "next_run_on": next_run_on}
    assert world.refused(f"{RUN}.propose", body, actor=world.people[0]) == "VALIDATION_FAILED"


def test_what_looks_like_another_one_is_paid_when_somebody_compared_it() -> None:
    """The same bills once more: the reviewer has looked, so nothing of them is parked."""
    world = PayWorld()
    first, second = entered(world, draft()).body, entered(world, draft()).body
    assert {each.status for each in first.items} == {each.status for each in second.items} == {"posted"}
    assert set(first.documents).isdisjoint(second.documents)
    released = [effect for effect in world.effects if effect.entity_type == "invoice_hold"]
    assert len(released) == 2 * len(second.documents)  # each was held, and released


@pytest.mark.parametrize("who", ["reviewer", "another clerk", "nobody"])
def test_who_enters_does_not_review(who: str) -> None:
    """Nor enters in the name of somebody else; an invoice that is refused does not keep the others out."""
    world = PayWorld()
    (before,) = draft().before
    clerk, body = before.actor, before.body
    if who == "reviewer":
        assert world.refused(ENTER, {**body, "reviewed_by": clerk}, actor=clerk) == "SEGREGATION_OF_DUTIES"
        return
    other = next(each.erp_id for each in COMPANY.employees if each.entity == "DE01" and each.level == 0 and each.erp_id != clerk)
    change = {"entered_by": other} if who == "another clerk" else {}
    reviewer = body["reviewed_by"] if who == "another clerk" else "10000000"
    wrong = {**body["items"][0], **change}
    answer = world.call(ENTER, {"reviewed_by": reviewer, "items": [wrong, *body["items"][1:]]}, actor=clerk).body
    assert answer.items[0].code == ("SEGREGATION_OF_DUTIES" if who == "another clerk" else "EMPLOYEE_UNKNOWN")


def test_with_the_word_on_the_file_the_others_are_accepted() -> None:
    """A payment that was rejected before stays so; the run names the bank's id of its file; nothing else is posted."""
    world = PayWorld()
    world.owe("51", 10_000, vendor=0)
    world.owe("52", 20_000, vendor=1)
    run = world.issued(documents=["51", "52"])
    world.told(run.payments[1].payment_number, "rejected", reason_code="AC01")
    journals = len(world.erp.core.ledger.journals)
    body = {"status": "partially_accepted", "bank_file_id": "PF-1"}
    reply = world.call(f"{RUN}.record_status", body, path={"number": run.number})
    assert (reply.body.status, reply.body.bank_file_id) == ("acknowledged", "PF-1")
    assert [each.status for each in reply.body.payments] == ["accepted", "rejected"]
    assert len(world.erp.core.ledger.journals) == journals
    view = next(each for each in world.erp.final_views() if each.entity_type == "payment_run")
    assert (view.state, view.parent_id) == ("acknowledged", "PF-1")
    path = {"payment_number": run.payments[1].payment_number}
    assert world.refused(f"{PAYMENT}.record_status", {"status": "accepted"}, path=path) == "INVALID_TRANSITION"


def test_a_run_keeps_the_correlation_id_of_its_proposal() -> None:
    """So that whoever finds it in a list can pass it on."""
    world = PayWorld()
    run = proposed(world, draft())
    assert run.correlation_id == "c-1"
