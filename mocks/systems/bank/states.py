"""States of the bank: payments in every status, and a file with its acknowledgement."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from mocks.abilities.people import GONE, WHY
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.projections import BankCustomer
from mocks.kit.operation import Refusal
from mocks.systems.bank.system import BankSystem
from mocks.systems.bank.words import CREDITOR, NO_CREDITOR, file, transfer

Currency = Literal["USD", "EUR", "JPY"]


class PaymentGiven(Parameters, frozen=True, kw_only=True):
    """A payment by API of 980.00 (or 98000 yen); ids that are not given are counted on."""

    payment_id: Name | None = None
    status: Literal["accepted", "rejected", "cleared", "returned", "stopped"] = "accepted"
    currency: Currency = "EUR"
    end_to_end_id: Name | None = None


class AccountGiven(Parameters, frozen=True, kw_only=True):
    """An account in euros."""

    account: Name = CREDITOR


class FileGiven(Parameters, frozen=True, kw_only=True):
    """A file of two payments, acknowledged in this way. account: the debtor's; absent: that of the company with this currency."""

    file_id: Name | None = None
    status: Literal["received", "accepted", "partially_accepted", "rejected"] = "accepted"
    currency: Currency = "EUR"
    account: Name | None = None
    message_id: Name | None = None


class PaymentGone(Parameters, frozen=True, kw_only=True):
    """The id that no payment has."""

    payment_id: Name = "BP-EXAMPLE-00000404"


def states() -> tuple[State, ...]:
    """Every state of the bank."""
    return (
        State("an account at the bank exists", "of a customer of its own", AccountGiven, _account),
        State("a payment exists at the bank", "in this status", PaymentGiven, _payment),
        State("a payment file exists at the bank", "two payments; in this status", FileGiven, _file),
        State("there is no payment at the bank", GONE, PaymentGone, lambda _stage, given: {"payment_id": given.payment_id}),
    )


def _customer(stage: Stage, currency: str) -> BankCustomer:
    return next(each for each in stage.system(BankSystem).core.master.customers.values() if each.currency == currency)


def _today(stage: Stage) -> str:
    return stage.mechanics.business.now().date().isoformat()


def _account(stage: Stage, given: AccountGiven) -> Values:
    customers = stage.system(BankSystem).core.master.customers
    like = _customer(stage, "EUR")
    customers.setdefault(given.account, replace(like, account=replace(like.account, iban=given.account)))
    return {"account": given.account}


def _payment(stage: Stage, given: PaymentGiven) -> Values:
    core, customer = stage.system(BankSystem).core, _customer(stage, given.currency)
    if given.payment_id is not None:
        if given.payment_id in core.payments:
            raise Refusal("INVALID_TRANSITION", f"{given.payment_id} exists already: send a teardown first")
        core.wanted["BP"] = given.payment_id
    end_to_end_id = given.end_to_end_id or f"PR-EXAMPLE-{sum(1 for _ in core.payments) + 1}"
    head = {"debtorAccount": customer.account_id, "requestedExecutionDate": _today(stage)}
    made = stage.perform("bank.payment.create", body={**transfer(customer, end_to_end_id), **head}).body
    path = {"paymentId": made.payment_id}
    if given.status == "stopped":
        stage.perform("bank.payment.stop", path=path, body={})
    elif given.status != "accepted":
        verb = _VERBS[given.status]
        body = {} if verb == "clear" else {"reasonCode": "AC04", "reason": WHY}
        stage.act(f"bank.payment.{verb}", actor=core.master.clerks[0], path=path, body=body)
    found = core.payments.get(made.payment_id)
    return {"payment_id": found.id, "version": found.version, "end_to_end_id": end_to_end_id}


def _file(stage: Stage, given: FileGiven) -> Values:
    core = stage.system(BankSystem).core
    customer = core.customer(given.account) if given.account else _customer(stage, given.currency)
    if given.file_id is not None:
        if given.file_id in core.files:
            raise Refusal("INVALID_TRANSITION", f"{given.file_id} exists already: send a teardown first")
        core.wanted["PF"] = given.file_id
    bad = {"creditorAccount": NO_CREDITOR}
    first, second = _DEFECTIVE[given.status]
    message_id = given.message_id or f"PR-EXAMPLE-{sum(1 for _ in core.files) + 1}"
    names = (f"{message_id}-1", f"{message_id}-2")
    transfers = (transfer(customer, names[0], **(bad if first else {})), transfer(customer, names[1], **(bad if second else {})))
    made = stage.perform(
        "bank.payment_file.upload", body={**file(customer, message_id, *transfers), "requestedExecutionDate": _today(stage)}
    ).body
    if given.status != "received":
        stage.mechanics.scheduler.flush()
    found = core.files.get(made.file_id)
    return {"file_id": found.id, "version": found.version, "message_id": message_id, "payment_ids": list(found.payment_ids)}


_VERBS: Mapping[str, str] = {"rejected": "reject", "cleared": "clear", "returned": "return"}
_DEFECTIVE: Mapping[str, tuple[bool, bool]] = {
    "received": (False, False),
    "accepted": (False, False),
    "partially_accepted": (False, True),
    "rejected": (True, True),
}
