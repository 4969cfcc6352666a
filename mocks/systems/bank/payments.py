"""A payment and a file as values, every transition that exists (domain.md 6 and 13.1), and what is wrong with a transfer."""

from dataclasses import dataclass
from datetime import date, datetime

from stdnum import iban
from stdnum.us import rtn

from mocks.company.money import AmountError, to_minor
from mocks.company.projections import BankCustomer
from mocks.kit.operation import Effect
from mocks.systems.bank.models import PaymentFileUpload, Transfer
from mocks.workflow.lifecycle import Lifecycle

PAYMENTS = Lifecycle(
    "payment",
    {
        ("received", "accept"): "accepted",
        ("received", "reject"): "rejected",
        ("accepted", "clear"): "cleared",
        ("accepted", "reject"): "rejected",
        ("accepted", "return"): "returned",
        ("accepted", "stop"): "stopped",
        ("cleared", "return"): "returned",
    },
)
FILES = Lifecycle(
    "payment file",
    {
        ("received", "accept"): "accepted",
        ("received", "accept_partially"): "partially_accepted",
        ("received", "reject"): "rejected",
        ("accepted", "reject"): "rejected",
        ("partially_accepted", "reject"): "rejected",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPayment:
    """One credit transfer. amount_minor: None while nobody has looked at an amount that is none of the account's currency."""

    id: str
    number: int
    uuid: str
    version: int
    status: str
    transfer: Transfer
    customer: BankCustomer
    amount_minor: int | None
    wanted_on: date
    execution_day: date
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    reason_code: str | None = None
    reason: str | None = None
    file_id: str | None = None

    def effect(self, base_version: int | None = None) -> Effect:
        """What the history says of its newest version."""
        return Effect(
            "bank_payment",
            self.id,
            "create" if self.version == 1 else "update",
            version=self.version,
            base_version=base_version,
            amount_minor=self.amount_minor,
            currency=self.transfer.instructed_amount.currency,
            company=self.customer.account_id,
            document_date=self.wanted_on.isoformat(),
            posting_date=self.execution_day.isoformat(),
            party=self.transfer.creditor_account,
            ext_ref=self.transfer.end_to_end_id,
            state=self.status,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file of payments; payment_ids in the order of its transactions."""

    id: str
    number: int
    uuid: str
    version: int
    status: str
    upload: PaymentFileUpload
    customer: BankCustomer
    payment_ids: tuple[str, ...]
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    reason_code: str | None = None
    reason: str | None = None

    def effect(self, base_version: int | None = None) -> Effect:
        """What the history says of its newest version."""
        return Effect(
            "payment_file",
            self.id,
            "create" if self.version == 1 else "update",
            version=self.version,
            base_version=base_version,
            amount_minor=minor_of(self.upload.control_sum, self.customer),
            company=self.customer.account_id,
            currency=self.customer.currency,
            document_date=self.upload.requested_execution_date,
            posting_date=self.upload.requested_execution_date,
            ext_ref=self.upload.message_id,
            state=self.status,
        )


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a transfer cannot be made. code: of contracts/errors.yaml, for a caller; reason_code: of ISO 20022, for an acknowledgement."""

    code: str
    reason_code: str
    detail: str


def defect_of(transfer: Transfer, customer: BankCustomer) -> Defect | None:
    """What is wrong with a transfer from this account, whatever the bank has seen before."""
    asked = transfer.instructed_amount
    if asked.currency != customer.currency:
        return Defect("CURRENCY_INVALID", "AM03", f"currency {asked.currency}: the account is kept in {customer.currency}")
    if minor_of(asked.amount, customer) is None:
        wanted = f"exactly {customer.decimals}" if customer.decimals else "no"
        return Defect("CURRENCY_INVALID", "AM12", f"amount {asked.amount!r}: {customer.currency} has {wanted} decimals")
    if not is_account(transfer.creditor_account):
        return Defect("ACCOUNT_INVALID", "AC01", f"creditor account {transfer.creditor_account!r}: wrong check digits or length")
    return None


def minor_of(text: str, customer: BankCustomer) -> int | None:
    """Minor units of an amount in the account's currency; None when it is none."""
    try:
        return to_minor(text, customer.decimals)
    except AmountError:
        return None


def is_account(account: str) -> bool:
    """Whether there may be such an account: by the check digits of its IBAN or routing number. Japan's have none."""
    code, dash, _ = account.partition("-")
    if not dash:
        return account.isalnum() and bool(iban.is_valid(account))  # the library would forgive blanks and line ends
    return bool(rtn.is_valid(code)) if len(code) == 9 else True


def file_defect(upload: PaymentFileUpload) -> Defect | None:
    """What is wrong with a file as a whole: what it says of itself is not what is in it."""
    count = len(upload.transactions)
    if upload.number_of_transactions != count:
        return Defect("AMOUNT_MISMATCH", "AM18", f"numberOfTransactions is {upload.number_of_transactions}, and there are {count}")
    added = sum(_thousandths(each.instructed_amount.amount) for each in upload.transactions)
    if _thousandths(upload.control_sum) != added:
        return Defect("AMOUNT_MISMATCH", "AM10", f"controlSum is {upload.control_sum}, and the amounts add up to {added} thousandths")
    return None


def _thousandths(amount: str) -> int:
    whole, _, fraction = amount.partition(".")
    return int(whole) * 1_000 + int(fraction.ljust(3, "0"))
