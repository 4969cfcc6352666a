"""A payment run, a payment and what is told of a paid invoice, as values; every transition that exists (domain.md 6 and 13.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from mocks.company.accounts import BankAccount
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Effect
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.payments.due import Exclusion, Payable
from mocks.workflow.lifecycle import Lifecycle

RUNS = Lifecycle(
    "payment run",
    {
        ("proposed", "review"): "reviewed",
        ("reviewed", "approve"): "approved",
        ("proposed", "delete"): "deleted",
        ("reviewed", "delete"): "deleted",
        ("approved", "delete"): "deleted",
        ("approved", "issue"): "file_issued",
        ("file_issued", "acknowledge"): "acknowledged",
        ("file_issued", "reject"): "rejected",
        ("acknowledged", "reject"): "rejected",  # while nothing of it was booked: the bank may look again
    },
)
# The bank's word is its last one: a payment may be booked or sent back before anybody has told that it was accepted.
PAYMENTS = Lifecycle(
    "payment",
    {
        ("proposed", "delete"): "deleted",
        ("proposed", "issue"): "issued",
        ("issued", "void"): "voided",
        ("issued", "accepted"): "accepted",
        ("issued", "rejected"): "rejected",
        ("issued", "stopped"): "stopped",
        ("issued", "cleared"): "cleared",
        ("issued", "returned"): "returned",
        ("accepted", "rejected"): "rejected",
        ("accepted", "stopped"): "stopped",
        ("accepted", "cleared"): "cleared",
        ("accepted", "returned"): "returned",
        ("cleared", "returned"): "returned",
    },
)
GONE = frozenset({"rejected", "stopped", "returned", "voided"})
"""What was to be paid is open again (PST-Y04)."""

InvoiceStatus = Literal["open", "scheduled", "paid", "cleared", "rejected", "returned"]
FREE: frozenset[InvoiceStatus] = frozenset({"open", "rejected", "returned"})
"""Nobody has the money: the next payment may take the invoice."""
TOLD: frozenset[InvoiceStatus] = frozenset({"cleared", "rejected", "returned"})
"""What the bank said of the money; whoever sent the invoice is told (R04.13)."""
INVOICE_STATUS: Mapping[str, InvoiceStatus] = {
    "proposed": "scheduled",
    "issued": "paid",
    "accepted": "paid",
    "cleared": "cleared",
    "rejected": "rejected",
    "stopped": "rejected",
    "returned": "returned",
    "voided": "open",
    "deleted": "open",
}
"""What a payment's status means for the invoices in it. Stopped at the bank is rejected to whoever waits: no money was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What one payee gets in one run, or (run None) by hand from made_by. id: its end-to-end id; entries: what its issue posted;
    charge_minor: of the bank; company: as it counts in the currency of the payment, which is its own but for payments by hand."""

    id: str
    number: int
    uuid: str
    version: int
    status: str
    run: str | None
    company: ErpCompany
    payee: str
    account: BankAccount
    payables: tuple[Payable, ...]
    pay_on: date
    created_at: datetime
    updated_at: datetime
    entries: tuple[Entry, ...] = ()
    charge_minor: int = 0
    value_date: date | None = None
    reason_code: str | None = None
    reason: str | None = None
    made_by: str | None = None

    @property
    def discount_minor(self) -> int:
        """What is left out because it is paid early."""
        return sum(each.discount_on(self.pay_on) for each in self.payables)

    @property
    def amount_minor(self) -> int:
        """What the payee gets."""
        return sum(each.open_minor for each in self.payables) - self.discount_minor

    def effect(self, base_version: int | None = None) -> Effect:
        """What the history says of its newest version."""
        return Effect(
            "payment",
            self.id,
            "create" if self.version == 1 else "update",
            version=self.version,
            base_version=base_version,
            amount_minor=self.amount_minor,
            currency=self.company.currency,
            company=self.company.code,
            document_date=self.pay_on.isoformat(),
            account=self.account.text,
            party=self.payee,
            parent_id=self.run,
            state=self.status,
            covers=" ".join(each.document for each in self.payables),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRun:
    """A proposal and what became of it. id: its number, which is also the message id of its file."""

    id: str
    number: int
    uuid: str
    version: int
    status: str
    company: ErpCompany
    pay_on: date
    next_run_on: date
    payments: tuple[str, ...]
    left_out: tuple[Exclusion, ...]
    proposed_by: str
    next_actor: str | None
    ext_ref: str | None
    total_minor: int
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    reviewed_by: str | None = None
    approved_by: str | None = None
    bank_file: str | None = None  # what the bank calls its file
    reason: str | None = None

    def effect(self, base_version: int | None = None) -> Effect:
        """What the history says of its newest version."""
        return Effect(
            "payment_run",
            self.id,
            "create" if self.version == 1 else "update",
            version=self.version,
            base_version=base_version,
            amount_minor=self.total_minor,
            currency=self.company.currency,
            company=self.company.code,
            document_date=self.pay_on.isoformat(),
            posting_date=self.pay_on.isoformat(),
            ext_ref=self.ext_ref,
            approvers=self.approved_by,
            state=self.status,
        )


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """How far an invoice is paid. id: the document's number; payments: how often money was sent for it, whatever came back; amount_minor:
    what the newest payment takes of it; ext_ref: of the system that sent it, which waits for news (None: somebody keyed it here)."""

    id: str
    company: ErpCompany
    status: InvoiceStatus
    version: int
    payments: int
    payment: str  # the newest one
    amount_minor: int
    updated_at: datetime
    ext_ref: str | None = None

    @property
    def is_news(self) -> bool:
        """Whether another system waits for this status."""
        return self.ext_ref is not None and self.status in TOLD

    def effect(self, base_version: int | None = None) -> Effect:
        """What the history says of its newest version."""
        return Effect(
            "invoice_payment",
            self.id,
            "create" if self.version == 1 else "update",
            version=self.version,
            base_version=base_version,
            amount_minor=self.amount_minor,
            currency=self.company.currency,
            company=self.company.code,
            parent_id=self.payment,
            state=self.status,
        )
