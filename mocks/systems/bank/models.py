"""What goes over the bank's wire: names of ISO 20022 (pain.001, pain.002, camt.053) in camelCase, ISO dates, amounts as decimal text."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Status = Literal["received", "accepted", "rejected", "cleared", "returned", "stopped"]
FileStatus = Literal["received", "accepted", "partially_accepted", "rejected"]
ReasonCode = Annotated[
    str, Meta(pattern="^[A-Z]{2}[0-9]{2}$", min_length=4, max_length=4, description="ISO 20022 external reason code", examples=["AC04"])
]
_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
DAY_PATTERN = f"^(20[0-9]{{2}}-((0[13578]|1[02])-{_DAYS_31}|(0[469]|11)-{_DAYS_30}|02-{_DAYS_28})|20([02468][048]|[13579][26])-02-29)$"
ACCOUNT_PATTERN = "^([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}|[0-9]{9}-[0-9]{6,17}|[0-9]{7}-[0-9]{7})$"
ABOVE_ZERO = r"^([1-9][0-9]{0,12}(\.[0-9]{1,3})?|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$"

Day = Annotated[str, Meta(pattern=DAY_PATTERN, min_length=10, max_length=10, examples=["2026-10-30"])]
Id = Annotated[str, Meta(min_length=1, max_length=35, description="as ISO 20022: at most 35 characters", examples=["PR26-0001-0001"])]
Name = Annotated[str, Meta(min_length=1, max_length=140)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", min_length=3, max_length=3, examples=["EUR"])]
Amount = Annotated[
    str,
    Meta(
        pattern=ABOVE_ZERO,
        max_length=17,
        description="decimal text with exactly the currency's decimals, above zero",
        examples=["980.00"],
    ),
]
Balance = Annotated[str, Meta(description="decimal text with exactly the currency's decimals; negative: the account is overdrawn")]
Account = Annotated[
    str,
    Meta(
        pattern=ACCOUNT_PATTERN,
        min_length=15,
        max_length=34,
        description="an IBAN, or where the country has none the bank's code (US: routing number, JP: bank and branch), dash, number",
        examples=["DE89370400440532013000", "021000021-1234567890", "4504078-5664275"],
    ),
]


class _Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    pass


class InstructedAmount(_Request, frozen=True, kw_only=True):
    """How much is to be paid."""

    amount: Amount
    currency: Currency


class Transfer(_Request, frozen=True, kw_only=True):
    """One credit transfer to somebody's account."""

    end_to_end_id: Id
    instructed_amount: InstructedAmount
    creditor_name: Name
    creditor_account: Account
    remittance_information: Annotated[str, Meta(max_length=140)] = ""


class PaymentCreate(Transfer, frozen=True, kw_only=True):
    """One payment by API."""

    debtor_account: Account
    requested_execution_date: Day


class PaymentFileUpload(_Request, frozen=True, kw_only=True):
    """Many payments from one account, as in pain.001: controlSum is the sum of the amounts, numberOfTransactions their count."""

    message_id: Id
    debtor_name: Name
    debtor_account: Account
    requested_execution_date: Day
    number_of_transactions: Annotated[int, Meta(ge=1, le=99_999)]
    control_sum: Amount
    transactions: Annotated[tuple[Transfer, ...], Meta(min_length=1, max_length=500)]


class Nothing(_Request, frozen=True, kw_only=True):
    """An action that needs no word."""


class WithReason(_Request, frozen=True, kw_only=True):
    """Why a payment is rejected or returned."""

    reason_code: ReasonCode
    reason: Annotated[str, Meta(min_length=1, max_length=140)]


class _Answer(Struct, frozen=True, kw_only=True, rename="camel"):
    pass


class Payment(_Answer, frozen=True, kw_only=True):
    """A payment as it is now. executionDate: the banking day on which it is carried out, which may be later than it was asked for.
    fileId: of the file that it came in."""

    id: int
    uuid: str
    payment_id: str
    version: int
    status: Status
    end_to_end_id: str
    debtor_account: str
    creditor_name: str
    creditor_account: str
    instructed_amount: InstructedAmount
    remittance_information: str
    requested_execution_date: str
    execution_date: str
    reason_code: str | None
    reason: str | None
    file_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    exported: bool
    external_id: str | None


class PaymentPage(Struct, frozen=True, kw_only=True):
    """A page of payments in order of their last change."""

    items: tuple[Payment, ...]
    next_cursor: str | None


class PaymentFile(_Answer, frozen=True, kw_only=True):
    """A file and what the bank says of it, as in pain.002: of the file as a whole, and of each of its payments."""

    id: int
    uuid: str
    file_id: str
    version: int
    status: FileStatus
    message_id: str
    debtor_account: str
    number_of_transactions: int
    control_sum: str
    reason_code: str | None
    reason: str | None
    transactions: tuple[Payment, ...]
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    exported: bool
    external_id: str | None


class PaymentFileSummary(_Answer, frozen=True, kw_only=True):
    """What a list tells of a file."""

    file_id: str
    status: FileStatus
    message_id: str
    version: int
    updated_at: datetime


class PaymentFilePage(Struct, frozen=True, kw_only=True):
    """A page of files in order of their last change."""

    items: tuple[PaymentFileSummary, ...]
    next_cursor: str | None


class StatementLine(_Answer, frozen=True, kw_only=True):
    """One booking. amount: negative where money left; charge: what the bank takes beside it; balance: after both."""

    line_no: int
    end_to_end_id: str
    payment_id: str
    kind: Literal["payment", "return"]
    amount: Balance
    charge: Balance
    balance: Balance
    booked_at: datetime
    value_date: str


class Statement(_Answer, frozen=True, kw_only=True):
    """An account on one day, as in camt.053: opening balance + amounts - charges = closing balance, which the next one opens with."""

    account: str
    currency: str
    date: str
    opening_balance: Balance
    lines: tuple[StatementLine, ...]
    closing_balance: Balance


class StatementPage(Struct, frozen=True, kw_only=True):
    """A page of statements by account and day; a day without bookings has none."""

    items: tuple[Statement, ...]
    next_cursor: str | None
