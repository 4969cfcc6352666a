"""The bank: what it takes, when it carries it out, what it says of a file and of each payment, and what stands on the statement."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from mocks.company import generate
from mocks.company.accounts import BankAccounts
from mocks.kit.operation import Refusal
from mocks.systems.bank.days import BankingDays
from mocks.systems.bank.payments import PAYMENTS, is_account
from mocks.systems.bank.words import file, transfer
from tests.unit.bank.play import CREDITOR, FILED, BankWorld
from tests.unit.company.play import COMPANY


@pytest.mark.parametrize(
    ("account", "is_one"),
    [
        (CREDITOR, True),
        ("DE88370400440532013000", False),  # check digits
        ("DE8937040044053201300", False),  # a digit is missing
        ("XX89370400440532013000", False),  # no such country
        ("DE89370400440532013000\n", False),
        ("GB29NWBK60161331926819", True),
        ("021000021-1234567890", True),
        ("021000022-1234567890", False),
        ("4504078-5664275", True),
    ],
)
def test_accounts_are_known_by_their_check_digits(account: str, is_one: bool) -> None:
    """IBAN and routing number; Japan's numbers have no check digits."""
    assert is_account(account) is is_one


def test_everybody_has_an_account_that_a_bank_takes() -> None:
    """Of each country, the same for one seed, and another for another owner."""
    owners = {f"{country}{number}": (country, str(number), "x") for country in ("US", "DE", "JP") for number in range(50)}
    accounts, again = BankAccounts(7, owners), BankAccounts(7, owners)
    texts = [each.iban or f"{each.bank_code}-{each.number}" for each in accounts.values()]
    assert all(is_account(text) for text in texts)
    assert len(set(texts)) == len(texts) == len(accounts)
    assert list(accounts.values()) == list(again.values())
    assert generate(7).digest() == replace(generate(7)).digest()


@pytest.mark.parametrize(
    ("calendar", "closed", "open_days"),
    [
        ("ECB", ["2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25", "2026-10-31"], ["2026-10-30", "2026-11-26", "2026-10-05"]),
        ("FED", ["2026-11-26", "2026-10-12", "2027-07-05"], ["2026-07-03", "2026-05-01", "2026-04-03"]),
        ("JP", ["2026-12-31", "2027-01-01", "2026-11-23", "2026-05-06"], ["2026-12-25", "2026-11-26"]),
    ],
)
def test_days_off_are_those_of_the_currency(calendar: Any, closed: list[str], open_days: list[str]) -> None:
    """TARGET knows no Thanksgiving, the Federal Reserve no Good Friday, and it moves no holiday to a Friday."""
    days = BankingDays()
    assert [day for day in closed if days.is_open(calendar, date.fromisoformat(day))] == []
    assert [day for day in open_days if not days.is_open(calendar, date.fromisoformat(day))] == []


@pytest.mark.parametrize(
    ("now", "currency", "wanted", "carried_out"),
    [
        ("2026-10-28T14:59:00", "EUR", "2026-10-28", "2026-10-28"),  # 15:59 in Berlin
        ("2026-10-28T15:00:00", "EUR", "2026-10-28", "2026-10-29"),
        ("2026-10-28T15:00:00", "USD", "2026-10-28", "2026-10-28"),  # New York has time until 17:00
        ("2026-10-28T15:00:00", "JPY", "2026-10-28", "2026-10-29"),  # in Tokyo it is the 29th
        ("2026-10-30T16:00:00", "EUR", "2026-10-30", "2026-11-02"),  # Friday after the cut-off
        ("2026-12-24T16:00:00", "EUR", "2026-12-24", "2026-12-28"),  # Christmas, then a weekend
        ("2026-10-28T09:00:00", "USD", "2026-11-26", "2026-11-27"),  # Thanksgiving
        ("2026-10-28T09:00:00", "EUR", "2026-10-01", "2026-10-28"),  # a day that is over
    ],
)
def test_cut_off_and_days_off_decide_the_day(now: str, currency: str, wanted: str, carried_out: str) -> None:
    """The account's own bank, clock and calendar."""
    world = BankWorld()
    world.at(now)
    made = world.pay(currency=currency, on=wanted)
    assert (made.requested_execution_date, made.execution_date, made.status) == (wanted, carried_out, "accepted")


def test_a_payment_is_booked_when_its_time_has_come() -> None:
    """At 18:00 local time of its day, whenever somebody looks; the row of it is written once."""
    world = BankWorld()
    made = world.pay(on="2026-10-28")
    world.at("2026-10-28T16:59:00")
    assert world.read(made.payment_id).status == "accepted"
    assert world.statements() == []
    world.at("2026-10-30T12:00:00")
    seen = world.read(made.payment_id)
    assert (seen.status, seen.version) == ("cleared", 2)
    assert [each.state for each in world.effects] == ["accepted", "cleared"]
    world.read(made.payment_id)
    assert len(world.effects) == 2
    (statement,) = world.statements()
    (line,) = statement.lines
    assert (statement.date, statement.opening_balance, statement.closing_balance) == ("2026-10-28", "1000000000.00", "999999020.00")
    assert (line.end_to_end_id, line.amount, line.charge, line.balance) == ("E2E-1", "-980.00", "0.00", "999999020.00")
    assert line.booked_at == datetime.fromisoformat("2026-10-28T17:00:00+00:00")


@pytest.mark.requirement("R01.09")
def test_statements_follow_each_other_with_charges_and_returns() -> None:
    """Opening balance + amounts - charges = closing balance, which the next one opens with; a return gives no charge back."""
    world = BankWorld()
    first = world.pay("A", "USD", "2026-10-28")
    world.pay("B", "USD", "2026-10-29")
    world.at("2026-10-30T12:00:00")
    world.statements()
    world.act("return", first.payment_id)
    account = world.customer("USD").account_id
    found = world.statements(account=account)
    assert [(each.date, [(line.end_to_end_id, line.kind, line.amount, line.charge) for line in each.lines]) for each in found] == [
        ("2026-10-28", [("A", "payment", "-980.00", "0.25")]),
        ("2026-10-29", [("B", "payment", "-980.00", "0.25")]),
        ("2026-10-30", [("A", "return", "980.00", "0.00")]),
    ]
    assert [(each.opening_balance, each.closing_balance) for each in found] == [
        ("1000000000.00", "999999019.75"),
        ("999999019.75", "999998039.50"),
        ("999998039.50", "999999019.50"),
    ]
    assert world.statements(account=account, since="2026-10-30") == found[2:]
    with pytest.raises(Refusal, match="INVALID_PARAMETER"):
        world.statements(account="DE00")


@pytest.mark.requirement("R01.09")
def test_a_file_and_each_of_its_payments_are_acknowledged_apart() -> None:
    """Partially: the second's account is wrong, the third's currency is not the account's, the fourth was paid before."""
    world = BankWorld()
    world.pay("OLD")
    customer = world.customer()
    items = (
        transfer(customer, "F-1"),
        transfer(customer, "F-2", creditorAccount="DE88370400440532013000"),
        transfer(customer, "F-3", instructedAmount={"amount": "980.00", "currency": "USD"}),
        transfer(customer, "OLD"),
        transfer(customer, "F-1"),
    )
    made = world.call(FILED, file(customer, "M-1", *items))
    assert (made.body.status, {each.status for each in made.body.transactions}) == ("received", {"received"})
    world.finish_jobs()
    told = world.call("bank.payment_file.read", path={"fileId": made.body.file_id}).body
    assert told.status == "partially_accepted"
    seen = [(each.status, each.reason_code) for each in told.transactions]
    assert seen == [("accepted", None), ("rejected", "AC01"), ("rejected", "AM03"), ("rejected", "AM05"), ("rejected", "AM05")]
    assert world.bank.core.files.get(told.file_id).version == 2


def test_a_clerk_may_be_faster_than_the_acknowledgement() -> None:
    """What was rejected by then stays so, and the file is accepted for the rest of it."""
    world = BankWorld()
    made = world.upload("M-1", "F-1", "F-2")
    world.act("reject", made.transactions[0].payment_id)
    world.finish_jobs()
    told = world.call("bank.payment_file.read", path={"fileId": made.file_id}).body
    assert (told.status, [each.status for each in told.transactions]) == ("partially_accepted", ["rejected", "accepted"])


@pytest.mark.parametrize(
    ("members", "reason_code"),
    [
        ({"controlSum": "1960.01"}, "AM10"),
        ({"numberOfTransactions": 3}, "AM18"),
        ({"requestedExecutionDate": "2036-01-01"}, "DT01"),
    ],
)
def test_a_file_that_contradicts_itself_is_rejected_as_a_whole(members: dict[str, Any], reason_code: str) -> None:
    """With every payment in it; its message id and end-to-end ids are used up all the same."""
    world = BankWorld()
    made = world.upload("M-1", "F-1", "F-2", **members)
    world.finish_jobs()
    told = world.call("bank.payment_file.read", path={"fileId": made.file_id}).body
    assert (told.status, told.reason_code) == ("rejected", reason_code)
    assert {(each.status, each.reason_code) for each in told.transactions} == {("rejected", reason_code)}
    with pytest.raises(Refusal, match="DUPLICATE_REFERENCE"):
        world.upload("M-1", "F-3")
    with pytest.raises(Refusal, match="DUPLICATE_REFERENCE"):
        world.pay("F-1")


def test_a_clerk_may_reject_a_file_of_which_nothing_is_booked() -> None:
    """Before its acknowledgement, which then says nothing more, or after it; once a payment of it went on it is too late."""
    world = BankWorld()
    why = {"reasonCode": "MS03", "reason": "not signed"}
    made = world.upload("M-1", "F-1")
    path = {"fileId": made.file_id}
    assert world.call("bank.payment_file.reject", why, path=path, actor=world.clerk).body.status == "rejected"
    world.finish_jobs()
    assert world.call("bank.payment_file.read", path=path).body.version == 2
    assert world.refused("bank.payment_file.reject", why, path=path, actor=world.clerk) == "INVALID_TRANSITION"
    made, late = world.upload("M-2", "F-2"), world.upload("M-3", "F-3", "F-4")
    world.finish_jobs()
    told = world.call("bank.payment_file.reject", why, path={"fileId": made.file_id}, actor=world.clerk).body
    assert (told.status, told.transactions[0].status) == ("rejected", "rejected")
    world.act("clear", late.transactions[1].payment_id)
    assert world.refused("bank.payment_file.reject", why, path={"fileId": late.file_id}, actor=world.clerk) == "INVALID_TRANSITION"


def test_the_same_id_twice_is_a_duplicate_that_names_the_first() -> None:
    """End-to-end ids and message ids, of one account, whatever became of the first."""
    world = BankWorld()
    first = world.pay()
    with pytest.raises(Refusal) as refused:
        world.pay()
    assert (refused.value.code, refused.value.extra["existing_id"]) == ("DUPLICATE_REFERENCE", first.payment_id)
    assert world.pay(currency="USD").status == "accepted"
    world.act("reject", first.payment_id)
    with pytest.raises(Refusal) as refused:
        world.pay()
    assert refused.value.extra == {"existing_id": first.payment_id, "existing_status": "rejected"}
    filed = world.upload("M-1", "F-1")
    with pytest.raises(Refusal) as refused:
        world.upload("M-1", "F-2")
    assert (refused.value.code, refused.value.extra["existing_id"]) == ("DUPLICATE_REFERENCE", filed.file_id)
    found = world.call("bank.payment.find", query={"endToEndId": "E2E-1"}).body["items"]
    assert [each.status for each in found] == ["rejected", "accepted"]
    assert [each.file_id for each in world.call("bank.payment_file.find", query={"messageId": "M-1"}).body["items"]] == [filed.file_id]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"debtorAccount": CREDITOR}, "ACCOUNT_INVALID"),
        ({"creditorAccount": "DE88370400440532013000"}, "ACCOUNT_INVALID"),
        ({"instructedAmount": {"amount": "980.00", "currency": "USD"}}, "CURRENCY_INVALID"),
        ({"instructedAmount": {"amount": "980", "currency": "EUR"}}, "CURRENCY_INVALID"),
        ({"instructedAmount": {"amount": "980.001", "currency": "EUR"}}, "CURRENCY_INVALID"),
        ({"requestedExecutionDate": "2027-10-30"}, "EXECUTION_DATE_INVALID"),
    ],
)
def test_bad_payments_are_refused_with_a_code(members: dict[str, Any], code: str) -> None:
    """Nothing of them stays."""
    world = BankWorld()
    assert world.refused("bank.payment.create", world.payment(**members)) == code


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "01.00", "1e3", "12345678901234.00", "1,00", "0", ""])
def test_what_is_no_amount_above_zero_has_the_wrong_shape(amount: str) -> None:
    """The wire model refuses it."""
    world = BankWorld()
    with pytest.raises(Exception, match=r"instructedAmount\.amount"):
        world.pay(instructedAmount={"amount": amount, "currency": "EUR"})


def test_only_clerks_act_and_a_version_is_obeyed() -> None:
    """A customer's person is none; If-Match names the version that was seen."""
    world = BankWorld()
    made = world.pay()
    path = {"paymentId": made.payment_id}
    stranger = COMPANY.controller("DE01").erp_id
    assert world.refused("bank.payment.clear", {}, path=path, actor=stranger) == "EMPLOYEE_UNKNOWN"
    assert world.refused("bank.payment.stop", {}, path=path, if_match=2) == "PRECONDITION_FAILED"
    assert world.call("bank.payment.stop", {}, path=path, if_match=1).body.status == "stopped"
    assert world.refused("bank.payment.stop", {}, path={"paymentId": "BP-T-1"}) == "NOT_FOUND"


def test_every_transition_that_is_not_listed_is_refused() -> None:
    """Of each status, every verb; what is due counts as booked, whether somebody has looked or not."""
    verbs = {"clear": {}, "reject": {"reasonCode": "AC04", "reason": "x"}, "return": {"reasonCode": "AC04", "reason": "x"}, "stop": {}}
    ways: dict[str, tuple[str, ...]] = {
        "accepted": (),
        "rejected": ("reject",),
        "cleared": ("clear",),
        "returned": ("return",),
        "stopped": ("stop",),
    }
    for status, way in ways.items():
        for verb, body in verbs.items():
            world = BankWorld()
            made = world.pay()
            path = {"paymentId": made.payment_id}
            for step in way:
                world.call(f"bank.payment.{step}", verbs[step], path=path, actor=world.clerk)
            allowed = (status, verb) in PAYMENTS.transitions
            said = world.refused(f"bank.payment.{verb}", body, path=path, actor=world.clerk)
            assert said == ("accepted" if allowed else "INVALID_TRANSITION"), (status, verb)
    world = BankWorld()
    late = world.pay(on="2026-10-28")
    world.at("2026-10-29T09:00:00")
    assert world.refused("bank.payment.stop", {}, path={"paymentId": late.payment_id}) == "INVALID_TRANSITION"
    assert world.act("return", late.payment_id).status == "returned"
    assert [line.kind for each in world.statements() for line in each.lines] == ["payment", "return"]


def test_lists_tell_what_changed() -> None:
    """In order of the last change, by status and since when; what is due is booked first, so that nobody misses it."""
    world = BankWorld()
    one, two = world.pay("A", on="2026-10-28"), world.pay("B", on="2026-11-05")
    world.at("2026-10-29T09:00:00")
    told = world.call("bank.payment.list", query={"updatedSince": "2026-10-29T00:00:00Z"}).body["items"]
    assert [(each.payment_id, each.status) for each in told] == [(one.payment_id, "cleared")]
    told = world.call("bank.payment.list", query={"status": "accepted"}).body["items"]
    assert [each.payment_id for each in told] == [two.payment_id]
    world.upload("M-1", "F-1")
    assert [each.message_id for each in world.call("bank.payment_file.list").body["items"]] == ["M-1"]


def test_a_customer_is_told_of_every_acknowledgement() -> None:
    """Of a whole file, of one that is taken in part, of one that is rejected later; the file knows what its payments add up to."""
    world = BankWorld()
    world.upload("PR-1", "E2E-1", "E2E-2")
    world.upload("PR-2", "E2E-3", "E2E-1")
    world.finish_jobs()
    last = world.upload("PR-3", "E2E-4")
    why = {"reasonCode": "AM10", "reason": "no such sum"}
    world.call("bank.payment_file.reject", why, path={"fileId": last.file_id}, actor=world.clerk)
    told = [(event.type, event.data["messageId"], event.data["status"]) for event in world.events]
    assert told == [
        ("payment_file.acknowledged", f"PR-{place}", status)
        for place, status in enumerate(("accepted", "partially_accepted", "rejected"), 1)
    ]
    assert {view.amount_minor for view in world.bank.final_views() if view.entity_type == "payment_file"} == {196_000, 98_000}
