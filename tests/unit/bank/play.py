"""A bank in the world of `tests/unit/company/play.py`, and what its customers send."""

from datetime import datetime
from typing import Any

import msgspec

from mocks.company.projections import BankCustomer
from mocks.systems.bank.system import BankSystem
from mocks.systems.bank.words import file, transfer
from tests.unit.company.play import World

FILED = "bank.payment_file.upload"
CREDITOR = "DE89370400440532013000"


class BankWorld(World):
    """With a bank."""

    def __post_init__(self) -> None:
        """A fresh one."""
        super().__post_init__()
        self.bank = BankSystem(self.company, namespace="T", ack_delay_ms=30)
        self.operations |= {each.call_point: each for each in self.bank.operations}
        self.clerk = self.bank.core.master.clerks[0]

    def fingerprint(self) -> bytes:
        """With its payments and files."""
        return super().fingerprint() + msgspec.json.encode(self.bank.final_views())

    def customer(self, currency: str = "EUR") -> BankCustomer:
        """The account in this currency."""
        return next(each for each in self.bank.core.master.customers.values() if each.currency == currency)

    def pay(self, reference: str = "E2E-1", currency: str = "EUR", on: str = "2026-10-29", **members: Any) -> Any:
        """A payment of 980.00 by API; its record."""
        return self.call("bank.payment.create", self.payment(reference, currency, on, **members)).body

    def payment(self, reference: str = "E2E-1", currency: str = "EUR", on: str = "2026-10-29", **members: Any) -> dict[str, Any]:
        """Its body."""
        customer = self.customer(currency)
        return {**transfer(customer, reference), "debtorAccount": customer.account_id, "requestedExecutionDate": on, **members}

    def upload(self, message_id: str, *references: str, currency: str = "EUR", **members: Any) -> Any:
        """A file with a transfer for each reference; its record."""
        customer = self.customer(currency)
        body = file(customer, message_id, *(transfer(customer, each) for each in references))
        return self.call(FILED, {**body, **members}).body

    def act(self, verb: str, payment_id: str, body: Any = None) -> Any:
        """What a clerk does to a payment."""
        why = {"reasonCode": "AC04", "reason": "account closed"} if body is None and verb != "clear" else {}
        return self.call(f"bank.payment.{verb}", body or why, path={"paymentId": payment_id}, actor=self.clerk).body

    def read(self, payment_id: str) -> Any:
        """A payment as it is now."""
        return self.call("bank.payment.read", path={"paymentId": payment_id}).body

    def statements(self, **query: str) -> list[Any]:
        """Statements as a customer reads them."""
        return list(self.call("bank.statement.list", query=query).body["items"])

    def at(self, iso: str) -> None:
        """The clock goes there (UTC)."""
        self.now = datetime.fromisoformat(f"{iso}+00:00")
