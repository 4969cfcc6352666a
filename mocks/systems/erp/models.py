"""What goes over the ERP's wire: snake_case, dates YYYYMMDD, amounts as decimal text beside their currency.

The patterns are part of the OpenAPI document: what they allow is accepted, or refused with a documented code.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.money import AMOUNT_PATTERN
from mocks.company.texts import TEXT_MAX

_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
DAY_PATTERN = f"^(20[0-9]{{2}}((0[13578]|1[02]){_DAYS_31}|(0[469]|11){_DAYS_30}|02{_DAYS_28})|20([02468][048]|[13579][26])0229)$"

Day = Annotated[str, Meta(pattern=DAY_PATTERN, min_length=8, max_length=8, description="YYYYMMDD", examples=["20261028"])]
Amount = Annotated[
    str,
    Meta(
        pattern=AMOUNT_PATTERN.replace("-?", ""),
        max_length=17,
        description="decimal text with exactly the currency's decimals",
        examples=["980.00"],
    ),
]
SignedAmount = Annotated[
    str,
    Meta(
        pattern=AMOUNT_PATTERN,
        max_length=18,
        description="decimal text with exactly the currency's decimals; negative: a credit",
        examples=["980.00", "-12.50"],
    ),
]
Balance = Annotated[str, Meta(description="decimal text with exactly the currency's decimals, debit positive", examples=["-980.00"])]
Quantity = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$", max_length=13, examples=["10"])]
UnitPrice = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,6})?$", max_length=20, examples=["98.00"])]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", min_length=3, max_length=3, examples=["USD"])]
CompanyCode = Annotated[str, Meta(min_length=1, max_length=8, examples=["1000"])]
Code = Annotated[str, Meta(min_length=1, max_length=20)]
Reference = Annotated[str, Meta(min_length=1, max_length=64, description="the sender's own id of the document; unique")]
Text = Annotated[str, Meta(max_length=TEXT_MAX)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
LineNo = Annotated[int, Meta(ge=1, le=99_999)]
Revision = Annotated[int, Meta(ge=1, le=1_000_000, description="revision of the source document")]
Period = Annotated[str, Meta(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", min_length=7, max_length=7, examples=["2026-10"])]
Module = Literal["PO", "AP", "GL"]
PaymentType = Literal["employee_paid", "company_card"]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Record(Struct, frozen=True, kw_only=True):
    """What every record of the ERP carries."""

    id: int
    uuid: str
    version: int
    created_at: datetime
    updated_at: datetime
    exported: bool
    external_id: str | None


class Approval(Request, frozen=True, kw_only=True):
    """Evidence that a person approved the source document."""

    step: Annotated[int, Meta(ge=1, le=99)]
    approver: Annotated[str, Meta(min_length=1, max_length=20, description="personnel number")]
    decided_at: Annotated[str, Meta(min_length=1, max_length=40, description="ISO 8601 with zone")]
    source_document: Annotated[str, Meta(min_length=1, max_length=64)]


Approvals = Annotated[tuple[Approval, ...], Meta(max_length=20)]


PostingStatus = Literal["accepted", "posted", "rejected", "withdrawn", "voided", "reversed", "reversal"]


class Accepted(Struct, frozen=True, kw_only=True):
    """A document was accepted; the job posts it later."""

    job_id: str
    status: Literal["accepted"]
    document_number: str
    external_ref: str | None


class Job(Record, frozen=True, kw_only=True):
    """What became of an accepted document."""

    job_id: str
    status: Literal["accepted", "posted", "rejected", "withdrawn"]
    document_type: Literal["ap_invoice", "journal_entry"]
    document_number: str
    external_ref: str | None
    code: str | None
    reason: str | None


class Reverse(Request, frozen=True, kw_only=True):
    """Why a posted document is taken back; without a date the ERP takes the original one, or the first open day after it."""

    reason: Reason
    posting_date: Day | None = None


class Supplier(Record, frozen=True, kw_only=True):
    """A vendor of one company code."""

    vendor_id: str
    number: str
    name: str
    street: str
    city: str
    tax_number: str
    company_code: str
    status: Literal["active", "inactive"]
    purchasing_block: bool
    posting_block: bool
    payment_block: bool
    currency: str
    payment_terms: str


class SupplierBlock(Request, frozen=True, kw_only=True):
    """Set or lift one block."""

    block: Literal["purchasing", "posting", "payment"]
    on: bool


class CodingCheck(Struct, frozen=True, kw_only=True):
    """Whether a combination could be posted; `code` is the refusal that a posting would get."""

    valid: bool
    reason: str | None
    code: Literal["COST_CENTER_INACTIVE", "CODING_INVALID"] | None


class PeriodState(Struct, frozen=True, kw_only=True):
    """One period of one module."""

    company_code: str
    period: str
    module: Module
    status: Literal["open", "closed", "future"]


class PeriodList(Struct, frozen=True, kw_only=True):
    """Periods around today."""

    items: tuple[PeriodState, ...]


class PeriodChange(Request, frozen=True, kw_only=True):
    """Close or reopen one period of one module."""

    company_code: CompanyCode
    period: Period
    module: Module
    reason: Reason


class AccountBalance(Struct, frozen=True, kw_only=True):
    """Movements of one account."""

    gl_account: str
    name: str
    debit: Balance
    credit: Balance
    balance: Balance


class TrialBalance(Struct, frozen=True, kw_only=True):
    """Movements of a company code; the balances add up to zero."""

    company_code: str
    currency: str
    ledger: Literal["actual", "memo"]
    period: str | None
    accounts: tuple[AccountBalance, ...]
    total_debit: Balance
    total_credit: Balance
