"""The bank's words and valid payments of one company."""

from collections.abc import Iterator, Mapping
from typing import Any

from mocks.abilities.drafted import AMOUNT, MANY
from mocks.abilities.system_type import Words
from mocks.company import Company
from mocks.company.money import to_text
from mocks.company.projections import BankCustomer, BankMaster, bank_master

DAY, CREDITOR, NO_CREDITOR = "2026-10-29", "DE89370400440532013000", "DE88370400440532013000"
Body = Mapping[str, Any]


def words(company: Company) -> Words:
    """What requests to the bank are made of."""
    master = bank_master(company)
    bodies = {
        "bank.payment.create": tuple(body for each in master.customers.values() for body in payments(each)),
        "bank.payment_file.upload": tuple(body for each in master.customers.values() for body in files(each)),
    }
    return Words(_members(master), bodies)


def _members(master: BankMaster) -> Mapping[str, tuple[str, ...]]:
    return {
        "X-Acting-User": master.clerks,
        "debtorAccount": tuple(master.customers),
        "account": tuple(master.customers),
        "creditorAccount": (CREDITOR, "021000021-1234567890", "4504078-5664275"),
        "currency": tuple(each.currency for each in master.customers.values()),
        "reasonCode": ("AC04", "MD07"),
        "endToEndId": ("FUZZ-1",),
        "messageId": ("FUZZ-FILE",),
        "since": (DAY,),
    }


def transfer(customer: BankCustomer, reference: str, **members: Any) -> Body:
    """One valid transfer."""
    amount = {"amount": to_text(AMOUNT, customer.decimals), "currency": customer.currency}
    payee = {"creditorName": "Paper & Co", "creditorAccount": CREDITOR}
    return {"endToEndId": reference, "instructedAmount": amount, **payee, **members}


def payments(customer: BankCustomer) -> Iterator[Body]:
    """A valid payment, and what one rule each refuses."""
    head = {"debtorAccount": customer.account_id, "requestedExecutionDate": DAY}
    for number in range(MANY):
        yield {**transfer(customer, f"FUZZ-{customer.currency}-{number}"), **head}
    yield {**transfer(customer, "FUZZ-IBAN", creditorAccount=NO_CREDITOR), **head}
    yield {**transfer(customer, "FUZZ-CHF", instructedAmount={"amount": "1.00", "currency": "CHF"}), **head}
    yield {**transfer(customer, "FUZZ-LATER"), **head, "requestedExecutionDate": "2036-01-01"}


def files(customer: BankCustomer) -> Iterator[Body]:
    """A valid file, one with a payment that is rejected, and one that says something else of itself than is in it."""
    for number in range(MANY):
        name = f"FUZZ-{customer.currency}-{number}"
        yield file(customer, name, transfer(customer, f"{name}-1"), transfer(customer, f"{name}-2"))
    yield file(customer, "FUZZ-PART", transfer(customer, "FUZZ-PART-1"), transfer(customer, "FUZZ-PART-2", creditorAccount=NO_CREDITOR))
    yield {**file(customer, "FUZZ-COUNT", transfer(customer, "FUZZ-COUNT-1")), "numberOfTransactions": 2}


def file(customer: BankCustomer, message_id: str, *transfers: Body) -> Body:
    """A file of these transfers, each of the same amount."""
    return {
        "messageId": message_id,
        "debtorName": "Acme",
        "debtorAccount": customer.account_id,
        "requestedExecutionDate": DAY,
        "numberOfTransactions": len(transfers),
        "controlSum": to_text(AMOUNT * len(transfers), customer.decimals),
        "transactions": list(transfers),
    }
