"""Other bank details: three people, a call back, days in which the old account stays in force; what is paid to on a day."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mocks.kit.operation import Refusal
from mocks.systems.erp.vendors.models import BankDetails
from tests.unit.company.play import COMPANY, World
from tests.unit.erp.bills import EVIDENCE, bill, cost_line
from tests.unit.erp.vendor_bodies import PEOPLE, body, change_body, supplier, vendor

pytestmark = pytest.mark.requirement("R03.01")

CALLED = {"called_number": "+1 555 0100", "spoke_with": "Their bookkeeper"}
DAYS = 5  # of cooling off


def requested(one: World, vendor_id: str, actor: str = PEOPLE[0], key: str = "other account") -> dict[str, str]:
    """The path of a change that was asked for."""
    made = one.call("erp.bank_change.request", change_body(key), path={"vendor_id": vendor_id}, actor=actor).body
    return {"change_id": made.change_id}


def approved(one: World, vendor_id: str, key: str = "other account") -> dict[str, str]:
    """The path of one that three people agreed upon."""
    path = requested(one, vendor_id, key=key)
    one.call("erp.bank_change.verify", CALLED, path=path, actor=PEOPLE[1])
    one.call("erp.bank_change.approve", {}, path=path, actor=PEOPLE[2])
    return path


def account(one: World, vendor_id: str, **query: str) -> Any:
    """The account in force, and the whole answer."""
    told = one.call("erp.bank_details.read", path={"vendor_id": vendor_id}, query=query).body
    return told.details.account if told.details else None, told


def test_the_old_account_is_paid_to_until_the_days_are_over() -> None:
    """And the new one from that day on, whoever asks, and however early."""
    one = World()
    vendor_id = vendor(one).vendor_id
    old, new = supplier().bank.number, supplier("other account").bank.number
    path = approved(one, vendor_id)
    told = one.call("erp.bank_change.read", path=path).body
    assert (told.status, told.effective_from) == ("cooling_off", "20261102")
    assert (told.requested_by, told.verified_by, told.approved_by) == tuple(PEOPLE[:3])
    assert account(one, vendor_id)[0] == old
    assert account(one, vendor_id)[1].pending == path["change_id"]
    assert [account(one, vendor_id, date=day)[0] for day in ("20261101", "20261102", "20270101")] == [old, new, new]
    one.now += timedelta(days=DAYS)
    found, answer = account(one, vendor_id)
    assert (found, answer.since, answer.change_id, answer.pending) == (new, "20261102", path["change_id"], None)
    assert one.call("erp.vendor.read", path={"vendor_id": vendor_id}).body.bank.account == new
    assert account(one, vendor_id, date="20261031")[0] == old
    steps = [(each.state, each.version, each.approvers) for each in one.effects if each.entity_type == "bank_change"]
    assert steps == [
        ("requested", 1, PEOPLE[0]),
        ("callback_verified", 2, " ".join(PEOPLE[:2])),
        ("cooling_off", 3, " ".join(PEOPLE[:3])),
        ("effective", 4, " ".join(PEOPLE[:3])),
    ]
    assert {each.party for each in one.effects if each.entity_type == "bank_change"} == {vendor_id}


def test_three_people() -> None:
    """Nobody takes two of the three steps."""
    one = World()
    path = requested(one, vendor(one).vendor_id)
    assert one.refused("erp.bank_change.verify", CALLED, path=path, actor=PEOPLE[0]) == "SEGREGATION_OF_DUTIES"
    assert one.refused("erp.bank_change.verify", CALLED, path=path, actor="nobody") == "SEGREGATION_OF_DUTIES"
    one.call("erp.bank_change.verify", CALLED, path=path, actor=PEOPLE[1])
    for person in PEOPLE[:2]:
        assert one.refused("erp.bank_change.approve", {}, path=path, actor=person) == "SEGREGATION_OF_DUTIES"
    assert one.call("erp.bank_change.approve", {}, path=path, actor=PEOPLE[2]).body.status == "cooling_off"


STEPS = {"verify": CALLED, "approve": {}, "reject": {"reason": "nobody called"}}
ALLOWED = {
    "requested": {"verify", "reject"},
    "callback_verified": {"approve", "reject"},
    "cooling_off": {"reject"},
    "rejected": set[str](),
    "effective": set[str](),
}


@pytest.mark.parametrize("step", list(STEPS))
@pytest.mark.parametrize("status", list(ALLOWED))
def test_every_step_in_every_status(status: str, step: str) -> None:
    """What is in the table happens; everything else is refused."""
    one = World()
    path = requested(one, vendor(one).vendor_id)
    for verb, person in {"callback_verified": (("verify", 1),), "rejected": (("reject", 1),)}.get(
        status, (("verify", 1), ("approve", 2)) if status in {"cooling_off", "effective"} else ()
    ):
        one.call(f"erp.bank_change.{verb}", STEPS[verb], path=path, actor=PEOPLE[person])
    if status == "effective":
        one.now += timedelta(days=DAYS)
    seen = one.refused(f"erp.bank_change.{step}", STEPS[step], path=path, actor=PEOPLE[3])
    assert seen == ("accepted" if step in ALLOWED[status] else "INVALID_TRANSITION")


def test_what_is_rejected_never_comes_into_force() -> None:
    """Also on the last day of cooling off."""
    one = World()
    vendor_id = vendor(one).vendor_id
    path = approved(one, vendor_id)
    one.now += timedelta(days=DAYS - 1)
    one.call("erp.bank_change.reject", {"reason": "the vendor never asked"}, path=path, actor=PEOPLE[4])
    one.now += timedelta(days=30)
    found, answer = account(one, vendor_id)
    assert (found, answer.change_id, answer.pending) == (supplier().bank.number, None, None)


def test_one_change_after_the_other() -> None:
    """A second one waits for the end of the first; the last one in force wins."""
    one = World()
    vendor_id = vendor(one).vendor_id
    approved(one, vendor_id)
    path = {"vendor_id": vendor_id}
    assert one.refused("erp.bank_change.request", change_body("third"), path=path, actor=PEOPLE[0]) == "INVALID_TRANSITION"
    one.now += timedelta(days=DAYS)
    approved(one, vendor_id, key="third")
    assert account(one, vendor_id)[0] == supplier("other account").bank.number
    one.now += timedelta(days=DAYS)
    assert account(one, vendor_id)[0] == supplier("third").bank.number


def test_what_a_request_needs() -> None:
    """A clearance with the country of the account, an account that exists, a vendor, an employee."""
    one = World()
    path = {"vendor_id": vendor(one).vendor_id}
    doubtful = {**change_body()["screening"], "result": "potential_match"}
    asked = {**change_body(), "screening": doubtful}
    assert one.refused("erp.bank_change.request", asked, path=path, actor=PEOPLE[0]) == "SCREENING_NOT_CLEAR"
    wrong = {**change_body(), "details": {"country": "US", "holder": "X", "routing": "123456789", "account": "12345678"}}
    assert one.refused("erp.bank_change.request", wrong, path=path, actor=PEOPLE[0]) == "BANK_DETAILS_INVALID"
    assert one.refused("erp.bank_change.request", change_body(), path={"vendor_id": "V0"}, actor=PEOPLE[0]) == "NOT_FOUND"
    assert one.refused("erp.bank_change.request", change_body(), path=path, actor="nobody") == "SEGREGATION_OF_DUTIES"


def test_an_account_that_is_paid_to_is_not_another_vendors() -> None:
    """Once it is approved, and not only from the day on which it is in force."""
    one = World()
    path = approved(one, vendor(one).vendor_id)
    sent = body("2", bank=body("other account")["bank"])
    assert one.refused("erp.vendor.create", sent) == "DUPLICATE_SUPPLIER"
    one.call("erp.bank_change.reject", {"reason": "never asked"}, path=path, actor=PEOPLE[4])
    assert one.refused("erp.vendor.create", sent) == "accepted"


def test_a_vendor_of_the_master_data_has_one_account_whoever_asks() -> None:
    """What payments go to, what its record and its bank details say; and from a change on the new one, for all of them."""
    one = World()
    core = one.erp.core
    vendor_id = next(each.vendor_id for each in core.master.vendors.values() if each.company_code == "1000")
    began, after = core.master.bank_accounts[vendor_id], supplier("other account").bank
    book = one.erp.payments.book.payables
    for expected in (began, after):
        said = {account(one, vendor_id)[0], one.call("erp.vendor.read", path={"vendor_id": vendor_id}).body.bank.account}
        assert (said, book.bank_account(vendor_id, one.now.date())) == ({expected.number}, expected)
        if expected is began:
            approved(one, vendor_id)
            one.now += timedelta(days=DAYS)


@pytest.mark.requirement("R09.06")
def test_the_account_of_a_vendor_of_the_master_data_is_no_new_ones() -> None:
    """It is told apart by the account that it is paid on, in every spelling of who owns it."""
    one = World()
    core = one.erp.core
    vendor_id = next(each.vendor_id for each in core.master.vendors.values() if each.company_code == "1000")
    taken = {**core.master.bank_accounts[vendor_id].details, "holder": "Somebody else"}
    with pytest.raises(Refusal) as refused:
        one.call("erp.vendor.create", body(bank=taken))
    assert (refused.value.code, refused.value.extra) == ("DUPLICATE_SUPPLIER", {"duplicate_of": vendor_id, "rule": "bank_account"})


@pytest.mark.requirement("R09.06")
def test_suppliers_that_share_a_new_account_are_one() -> None:
    """The account that was agreed upon counts for their invoices, and not only the one that they began with."""
    one = World()
    first, second = vendor(one).vendor_id, COMPANY.suppliers_of("US01")[1].erp_id
    account_of_first = body()["bank"]
    one.erp.core.vendors.bank.first[second] = msgspec.convert(account_of_first, BankDetails)
    taken = [one.call("erp.supplier_invoice.create", invoice(each)).body for each in (first, second)]
    assert [[hold.code for hold in each.holds] for each in taken] == [[], ["DUP_SUSPECT"]]
    assert taken[1].holds[0].reason.endswith("same bank-account")


def invoice(vendor_id: str) -> dict[str, Any]:
    """A bill of 50.00 or so under one number."""
    amount = 5_000 if vendor_id.startswith("V3") else 7_000
    evidence = {**EVIDENCE[0], "approver": COMPANY.controller("US01").erp_id}
    return bill(cost_line(amount, entity="US01"), entity="US01", vendor_id=vendor_id, approvals=[evidence])
