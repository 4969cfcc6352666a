"""Payment runs: what is selected, who decides, what is posted, what the bank's word does, and that nothing is paid twice."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mocks.kit.operation import Refusal
from mocks.systems.erp.core import VendorState
from mocks.systems.erp.payments.values import PAYMENTS, RUNS
from tests.unit.company.play import COMPANY
from tests.unit.erp.bills import bill, cost_line, order, order_line, read, taken, vendor
from tests.unit.erp.paying import PAYMENT, RUN, STATUS, PayWorld


def journal(world: PayWorld, name: str) -> dict[str, int]:
    """Accounts and amounts of a posting."""
    (found,) = (each for each in world.erp.core.ledger.journals if each.id == name)
    return {entry.account: entry.amount_minor for entry in found.entries}


def test_golden_ge6_a_payment_comes_back_after_its_discount() -> None:
    """1,000.00 less 2 %, returned before it cleared: the invoice is open again at its original amount, and a second run pays it once."""
    world = PayWorld()
    world.owe("51", 100_000, terms="2/10N30")
    run = world.issued()
    (payment,) = run.payments
    assert (payment.amount, payment.discount, payment.status, run.total) == ("980.00", "20.00", "issued", "980.00")
    assert journal(world, f"{payment.payment_number}/issue") == {"2000": 100_000, "1010": -98_000, "6030": -2_000}
    assert (world.invoice("51").status, world.invoice("51").open_amount) == ("paid", "0.00")
    world.told(payment.payment_number, "returned", reason_code="AC04", reason="account closed")
    assert journal(world, f"{payment.payment_number}/returned") == {"1010": 98_000, "6030": 2_000, "2000": -100_000}
    seen = world.invoice("51")
    assert (seen.status, seen.open_amount, seen.payments, world.balance("1010")) == ("open", "1000.00", 1, 0)
    (second,) = world.issued().payments
    world.told(second.payment_number, "cleared", amount="980.00")
    assert (world.balance("2000"), world.balance("1010"), world.balance("1000"), world.balance("6030")) == (0, 0, -98_000, -2_000)
    assert (world.invoice("51").status, world.invoice("51").payments) == ("cleared", 2)
    assert world.propose().payments == ()


def test_what_cleared_and_comes_back_comes_back_to_the_bank() -> None:
    """PST-Y02 with PST-Y03, then PST-Y04 against 1000; the bank keeps its charge."""
    world = PayWorld()
    world.owe("51", 50_000)
    (payment,) = world.issued().payments
    told = world.told(payment.payment_number, "cleared", amount="500.00", charge="0.25", currency="EUR", value_date="20261029").body
    assert (told.charge, told.value_date, told.status) == ("0.25", "20261029", "cleared")
    assert journal(world, f"{payment.payment_number}/cleared") == {"1010": 50_000, "6040": 25, "1000": -50_025}
    world.told(payment.payment_number, "returned")
    assert journal(world, f"{payment.payment_number}/returned") == {"1000": 50_000, "2000": -50_000}
    assert (world.balance("1000"), world.balance("1010"), world.balance("2000"), world.balance("6040")) == (-25, 0, -50_000, 25)


def test_an_employee_is_paid_through_2010() -> None:
    """At once and whole; the invoice cannot be voided while it is scheduled or paid."""
    world = PayWorld()
    number = world.owe_employee()
    run = world.propose()
    (payment,) = run.payments
    assert (payment.amount, [each.number for each in payment.documents]) == ("75.00", [number])
    assert world.refused("erp.ap_invoice.void", {"reason": "x"}, path={"number": number}) == "INVALID_TRANSITION"
    world.run_step("delete", run.number, reason="wrong day")
    assert world.invoice(number).status == "open"
    (payment,) = world.issued().payments
    assert journal(world, f"{payment.payment_number}/issue") == {"2010": 7_500, "1010": -7_500}
    assert world.erp.core.ledger.open_items(world.code, "2010") == {}
    assert world.refused("erp.ap_invoice.void", {"reason": "x"}, path={"number": number}) == "INVALID_TRANSITION"
    world.told(payment.payment_number, "rejected", reason_code="AC01")
    assert world.invoice(number).open_amount == "75.00"
    assert world.call("erp.ap_invoice.void", {"reason": "x"}, path={"number": number}).body.status == "voided"
    assert world.propose().payments == ()


@pytest.mark.requirement("R03.21")
@pytest.mark.parametrize(
    ("terms", "next_run_on", "amount"),
    [
        ("N30", "20261127", None),  # due on 27 November: the next run is early enough
        ("N30", "20261128", "1000.00"),
        ("2/10N30", "20261107", None),  # 7 November is the last day of the discount
        ("2/10N30", "20261108", "980.00"),
        ("N60", "20261108", None),
    ],
)
def test_what_would_be_late_or_lose_its_discount_is_taken(terms: str, next_run_on: str, amount: str | None) -> None:
    """By the day of the next run."""
    world = PayWorld()
    world.owe("51", 100_000, terms=terms)
    run = world.propose(next_run_on=next_run_on)
    assert [each.amount for each in run.payments] == ([amount] if amount else [])


def test_a_discount_that_is_lost_is_not_taken() -> None:
    """After its last day the whole amount is paid when it is due."""
    world = PayWorld()
    world.owe("51", 100_000, terms="2/10N30", on=date(2026, 10, 1))
    assert world.propose(next_run_on="20261030").payments == ()
    (payment,) = world.propose(next_run_on="20261101").payments
    assert (payment.amount, payment.discount) == ("1000.00", "0.00")


def test_one_payment_for_each_payee_less_credits() -> None:
    """Credits are set off; who gets nothing after them, is blocked, or has a hold, is left out and told so."""
    world = PayWorld()
    core = world.erp.core
    world.owe("51", 100_000)
    world.owe("52", -30_000)
    low = world.owe("53", 10_000, vendor=1)
    world.owe("54", -10_000, vendor=1)
    blocked = world.owe("55", 5_000, vendor=2)
    core.vendor_states[blocked] = VendorState(2, purchasing_block=False, payment_block=True)
    held = world.owe("56", 5_000, vendor=3)
    core.payables.set_blocks("56", frozenset({"PRICE"}))
    run = world.propose()
    (payment,) = run.payments
    assert (payment.amount, [(each.number, each.amount) for each in payment.documents]) == (
        "700.00",
        [("51", "1000.00"), ("52", "-300.00")],
    )
    assert [(each.payee, each.document, each.reason) for each in run.left_out] == [
        (blocked, "55", "payment_block"),
        (held, "56", "PRICE"),
        (low, None, "nothing_left_after_credits"),
    ]
    for verb in ("review", "approve", "issue"):
        world.run_step(verb, run.number)
    assert core.ledger.open_items(world.code, "2000") == {"53": -10_000, "54": 10_000, "55": -5_000, "56": -5_000}


@pytest.mark.requirement("R03.09")
def test_two_people_decide_within_their_limits() -> None:
    """Not the proposer, nobody from another company, nobody whose limit is too low."""
    world = PayWorld()
    world.owe("51", 100_000)
    run = world.propose()
    path = {"number": run.number}
    proposer = world.people[0]
    boss = COMPANY.controller("DE01").erp_id
    assert run.next_actor not in {None, proposer}
    assert world.refused(f"{RUN}.review", {}, path=path, actor=COMPANY.controller("US01").erp_id) == "EMPLOYEE_UNKNOWN"
    world.run_step("review", run.number)
    assert world.refused(f"{RUN}.approve", {}, path=path, actor=proposer) == "SEGREGATION_OF_DUTIES"
    staff = COMPANY.requester("DE01", "somebody else").erp_id
    assert world.refused(f"{RUN}.approve", {}, path=path, actor=staff) == "LIMIT_EXCEEDED"
    assert world.refused(f"{RUN}.approve", {}, path=path, actor=boss, if_match=1) == "PRECONDITION_FAILED"
    assert world.call(f"{RUN}.approve", {}, path=path, actor=boss, if_match=2).body.approved_by == boss


def test_invoices_of_suppliers_as_they_are_billed() -> None:
    """One that nothing holds is scheduled, and nobody voids it then; one that came before its goods waits for them."""
    world = PayWorld()
    billed = taken(world, bill(cost_line(100_000)))
    early = taken(world, bill(order_line(order(world, 10, 1_000), 10, 1_000), vendor_id=vendor(), supplier_reference="R-2"))
    run = world.propose(next_run_on="20270131")
    (payment,) = run.payments
    assert [each.number for each in payment.documents] == [billed.number]
    assert [(each.document, each.reason) for each in run.left_out] == [(early.number, "NO_RECEIPT")]
    void = {"reason": "not ours"}
    assert world.refused("erp.supplier_invoice.void", void, path={"number": billed.number}) == "INVALID_TRANSITION"
    for verb in ("review", "approve", "issue"):
        world.run_step(verb, run.number)
    assert world.refused("erp.supplier_invoice.void", void, path={"number": billed.number}) == "INVALID_TRANSITION"
    world.told(payment.payment_number, "returned")
    assert read(world, billed.number).open_amount == "1000.00"
    assert world.call("erp.supplier_invoice.void", void, path={"number": billed.number}).body.status == "voided"
    assert (world.balance("2000"), world.balance("1010")) == (-10_000, 0)


@pytest.mark.parametrize("verb", ["approve", "issue"])
@pytest.mark.parametrize("what", ["hold", "block", "bank", "open"])
def test_what_changed_since_the_proposal_is_not_paid(verb: str, what: str) -> None:
    """A hold, a blocked payee, other bank details, or less that is open: refused, until somebody proposes again."""
    world = PayWorld()
    vendor = world.owe("51", 100_000)
    core = world.erp.core
    run = world.propose()
    world.run_step("review", run.number)
    if verb == "issue":
        world.run_step("approve", run.number)
    if what == "hold":
        core.payables.set_blocks("51", frozenset({"MANUAL"}))
    elif what == "block":
        core.vendor_states[vendor] = VendorState(2, purchasing_block=False, payment_block=True)
    elif what == "bank":
        account = replace(core.master.bank_accounts[vendor], iban="DE89370400440532013000")
        core.master = replace(core.master, bank_accounts={**core.master.bank_accounts, vendor: account})
    else:
        core.payables.reduce("51", 1)
    assert world.refused(f"{RUN}.{verb}", {}, path={"number": run.number}, actor=world.people[1]) == "PAYMENT_BLOCKED"
    world.run_step("delete", run.number, reason="again")
    assert len(world.propose().payments) == (1 if what in {"bank", "open"} else 0)


def test_nothing_is_issued_in_a_closed_period_or_empty() -> None:
    """The bank's word on what was issued before goes into the next open one."""
    world = PayWorld()
    empty = world.propose()
    world.run_step("review", empty.number)
    assert world.refused(f"{RUN}.approve", {}, path={"number": empty.number}, actor=world.people[1]) == "PAYMENT_BLOCKED"
    world.owe("51", 100_000)
    world.owe("52", 100_000, vendor=1)
    (first, second) = world.issued().payments
    world.owe("53", 100_000)
    waiting = world.propose()
    for verb in ("review", "approve"):
        world.run_step(verb, waiting.number)
    body = {"company_code": world.code, "period": "2026-10", "module": "AP", "reason": "x"}
    world.call("erp.period.close", body, actor=world.people[1])
    assert world.refused(f"{RUN}.issue", {}, path={"number": waiting.number}, actor=world.people[1]) == "PERIOD_CLOSED"
    world.told(first.payment_number, "cleared", amount="1000.00")
    world.told(second.payment_number, "returned")
    late = {each.id: each.period for each in world.erp.core.ledger.journals if each.period == "2026-11"}
    assert set(late) == {f"{first.payment_number}/cleared", f"{second.payment_number}/returned"}


def test_the_file_is_what_was_issued() -> None:
    """Control sum and count; there is none before."""
    world = PayWorld()
    world.owe("51", 100_000, terms="2/10N30")
    world.owe_employee("ER-1")
    run = world.propose()
    path = {"number": run.number}
    assert world.refused(f"{RUN}.file", path=path) == "INVALID_TRANSITION"
    for verb in ("review", "approve", "issue"):
        world.run_step(verb, run.number)
    file = world.call(f"{RUN}.file", path=path).body
    assert (file.message_id, file.control_sum, file.number_of_transactions) == (run.number, "1055.00", 2)
    assert [(each.instructed_amount.amount, each.remittance_information) for each in file.transactions] == [
        ("980.00", "R51"),
        ("75.00", "ER-1"),
    ]
    assert file.requested_execution_date == "2026-10-28"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"status": "cleared"}, "AMOUNT_MISMATCH"),
        ({"status": "cleared", "amount": "999.99"}, "AMOUNT_MISMATCH"),
        ({"status": "cleared", "amount": "1000.00", "currency": "USD"}, "CURRENCY_INVALID"),
        ({"status": "cleared", "amount": "1000"}, "CURRENCY_INVALID"),
        ({"status": "rejected", "charge": "1.00"}, "AMOUNT_MISMATCH"),
        ({"status": "cleared", "amount": "1000.00", "value_date": "20271028"}, "PERIOD_CLOSED"),
    ],
)
def test_a_word_that_does_not_agree_is_refused(body: dict[str, Any], code: str) -> None:
    """Amount and reference have to agree."""
    world = PayWorld()
    world.owe("51", 100_000)
    (payment,) = world.issued().payments
    assert world.refused(STATUS, body, path={"payment_number": payment.payment_number}) == code
    assert world.refused(STATUS, body, path={"payment_number": "PR1-1"}) == "NOT_FOUND"


def test_the_same_word_again_changes_nothing() -> None:
    """Of a payment and of a file."""
    world = PayWorld()
    world.owe("51", 100_000)
    run = world.issued()
    (payment,) = run.payments
    path = {"number": run.number}
    first = world.told(payment.payment_number, "cleared", amount="1000.00").body
    again = world.told(payment.payment_number, "cleared", amount="1000.00")
    assert (again.body, again.effects) == (first, ())
    assert world.call(f"{RUN}.read", path=path).body.status == "acknowledged"
    assert world.call(f"{RUN}.record_status", {"status": "partially_accepted"}, path=path).effects == ()
    assert world.refused(f"{RUN}.record_status", {"status": "rejected"}, path=path) == "INVALID_TRANSITION"
    assert world.refused(STATUS, {"status": "accepted"}, path={"payment_number": payment.payment_number}) == "INVALID_TRANSITION"


@pytest.mark.requirement("R03.09")
def test_a_rejected_file_opens_everything_again() -> None:
    """In one step; or payment by payment, and then the run is rejected with the last one."""
    for as_file in (True, False):
        world = PayWorld()
        world.owe("51", 100_000)
        world.owe("52", 50_000, vendor=1)
        run = world.issued()
        if as_file:
            world.call(f"{RUN}.record_status", {"status": "rejected", "reason_code": "AM10"}, path={"number": run.number})
        else:
            for each in run.payments:
                world.told(each.payment_number, "rejected", reason_code="AM10")
        seen = world.call(f"{RUN}.read", path={"number": run.number}).body
        assert (seen.status, {each.status for each in seen.payments}) == ("rejected", {"rejected"})
        assert (world.balance("1010"), world.balance("2000")) == (0, -150_000)
        assert len(world.propose().payments) == 2


@pytest.mark.requirement("R03.09")
def test_a_file_is_rejected_after_it_was_accepted() -> None:
    """The bank has looked again before anything of it was booked: all is owed again but what was rejected already. Not afterwards."""
    world = PayWorld()
    for place in range(3):
        world.owe(f"5{place}", 10_000 * (place + 1), vendor=place)
    run = world.issued()
    path, word = {"number": run.number}, {"status": "rejected", "reason_code": "AM10", "reason": "no cover"}
    world.told(run.payments[0].payment_number, "rejected", reason_code="AC01")
    accepted = world.call(f"{RUN}.record_status", {"status": "partially_accepted"}, path=path)
    assert (accepted.body.status, accepted.body.version) == ("acknowledged", run.version + 1)
    told = world.call(f"{RUN}.record_status", word, path=path, if_match=run.version + 1)
    assert (told.body.status, {each.status for each in told.body.payments}) == ("rejected", {"rejected"})
    assert (world.balance("1010"), world.balance("2000")) == (0, -60_000)
    assert world.call(f"{RUN}.record_status", word, path=path).effects == ()
    assert world.refused(f"{RUN}.record_status", {"status": "accepted"}, path=path) == "INVALID_TRANSITION"
    assert len(world.propose().payments) == 3


@pytest.mark.parametrize("word", ["cleared", "returned"])
def test_a_file_of_which_something_was_booked_is_not_rejected(word: str) -> None:
    """The bank says that of each payment of it."""
    world = PayWorld()
    world.owe("51", 10_000)
    world.owe("52", 20_000, vendor=1)
    run = world.issued()
    first = run.payments[0]
    world.told(first.payment_number, word, amount=first.amount)
    assert world.refused(f"{RUN}.record_status", {"status": "rejected"}, path={"number": run.number}) == "INVALID_TRANSITION"


def test_every_transition_that_is_not_listed_is_refused() -> None:
    """Of a run, every verb in every status; of a payment, every word."""
    ways: dict[str, tuple[str, ...]] = {"proposed": (), "reviewed": ("review",), "approved": ("review", "approve"), "deleted": ("delete",)}
    ways["file_issued"] = (*ways["approved"], "issue")
    bodies = {"delete": {"reason": "x"}}
    for status, way in ways.items():
        for verb in ("review", "approve", "delete", "issue"):
            world = PayWorld()
            world.owe("51", 100_000)
            run = world.propose()
            for step in way:
                world.run_step(step, run.number, **bodies.get(step, {}))
            said = world.refused(f"{RUN}.{verb}", bodies.get(verb, {}), path={"number": run.number}, actor=world.people[1])
            assert said == ("accepted" if (status, verb) in RUNS.transitions else "INVALID_TRANSITION"), (status, verb)
    words = ("accepted", "rejected", "stopped", "cleared", "returned")
    for status in ("issued", *words):
        for word in words:
            world = PayWorld()
            world.owe("51", 100_000)
            (payment,) = world.issued().payments
            if status != "issued":
                world.told(payment.payment_number, status, amount="1000.00")
            said = world.refused(STATUS, {"status": word, "amount": "1000.00"}, path={"payment_number": payment.payment_number})
            allowed = (status, word) in PAYMENTS.transitions or status == word
            assert said == ("accepted" if allowed else "INVALID_TRANSITION"), (status, word)


def test_a_payment_is_voided_before_the_bank_has_spoken() -> None:
    """By another person than the proposer, and then the bank's word on it is refused: nobody pays it."""
    world = PayWorld()
    world.owe("51", 100_000, terms="2/10N30")
    run = world.issued()
    (payment,) = run.payments
    path = {"payment_number": payment.payment_number}
    proposer, boss = world.people
    why = {"reason": "the file never left"}
    assert world.refused("erp.payment.void", why, path=path, actor=proposer) == "SEGREGATION_OF_DUTIES"
    assert world.call("erp.payment.void", why, path=path, actor=boss).body.status == "voided"
    assert (world.balance("1010"), world.balance("2000"), world.balance("6030")) == (0, -100_000, 0)
    assert world.refused(f"{RUN}.file", path={"number": run.number}) == "INVALID_TRANSITION"
    assert (world.invoice("51").status, world.invoice("51").payments) == ("open", 1)
    assert world.refused(STATUS, {"status": "accepted"}, path=path) == "INVALID_TRANSITION"
    (again,) = world.issued().payments
    world.told(again.payment_number, "accepted")
    assert world.refused("erp.payment.void", why, path={"payment_number": again.payment_number}, actor=boss) == "INVALID_TRANSITION"


def test_a_run_has_a_reference_and_lists_tell_what_changed() -> None:
    """Once each; an unknown company has no run."""
    world = PayWorld()
    world.owe("51", 100_000)
    run = world.propose(external_ref="RUN-1")
    with pytest.raises(Refusal) as refused:
        world.propose(external_ref="RUN-1")
    assert (refused.value.code, refused.value.extra["existing_id"]) == ("DUPLICATE_REFERENCE", run.number)
    body = {"company_code": "9999", "pay_on": "20261028", "next_run_on": "20261101"}
    assert world.refused(f"{RUN}.propose", body, actor=world.people[0]) == "CODING_INVALID"
    listed = world.call(f"{RUN}.list", query={"status": "proposed"}).body["items"]
    assert [each.number for each in listed] == [run.number]
    assert [each.payment_number for each in world.call(f"{PAYMENT}.list").body["items"]] == [run.payments[0].payment_number]
    assert world.call(f"{PAYMENT}.list", query={"updated_since": "2026-10-29T00:00:00Z"}).body["items"] == []
    states = [(each.entity_type, each.state) for each in world.effects if each.entity_type in {"payment", "payment_run", "invoice_payment"}]
    assert states == [("payment_run", "proposed"), ("payment", "proposed"), ("invoice_payment", "scheduled")]
