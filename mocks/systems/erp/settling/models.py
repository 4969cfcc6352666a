"""What goes over the wire about prepayments, refunds and withheld tax."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.erp.invoices.models import SupplierReference
from mocks.systems.erp.models import (
    Amount,
    Approval,
    Approvals,
    Balance,
    Code,
    CompanyCode,
    Currency,
    Day,
    LineNo,
    Period,
    Reason,
    Record,
    Reference,
    Request,
    Revision,
    Text,
)

PrepaymentStatus = Literal["posted", "voided", "reversal"]


class PrepaidLine(Request, frozen=True, kw_only=True):
    """What is paid in advance, and of which order, where one is known."""

    line_no: LineNo
    order_number: Code | None = None
    amount: Amount
    text: Text = ""


class PrepaymentCreate(Request, frozen=True, kw_only=True):
    """A supplier's request for money in advance (PST-P20). It carries no tax: the invoice does. total: what its lines come to."""

    company_code: CompanyCode
    vendor_id: Code
    supplier_reference: SupplierReference
    document_date: Day
    posting_date: Day
    currency: Currency
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    entered_by: Code
    lines: Annotated[tuple[PrepaidLine, ...], Meta(min_length=1, max_length=50)]
    total: Amount
    approvals: Approvals = ()


class AppliedAmount(Struct, frozen=True, kw_only=True):
    """What of a prepayment took the place of paying an invoice."""

    invoice_number: str
    amount: Balance


class Prepayment(Record, frozen=True, kw_only=True):
    """A prepayment. open_amount: what of it is still to be paid; available: what was paid and not applied to an invoice yet. `reversal` is
    the document that voids another one."""

    number: str
    status: PrepaymentStatus
    company_code: str
    vendor_id: str
    supplier_reference: str
    document_date: str
    posting_date: str
    currency: str
    external_ref: str | None
    source_revision: int | None
    entered_by: str
    lines: tuple[PrepaidLine, ...]
    total: str
    open_amount: Balance
    available: Balance
    applied: tuple[AppliedAmount, ...]
    approvals: tuple[Approval, ...]
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class PrepaymentPage(Struct, frozen=True, kw_only=True):
    """A page of prepayments."""

    items: tuple[Prepayment, ...]
    next_cursor: str | None


class ApplyPrepayments(Request, frozen=True, kw_only=True):
    """Take what was paid in advance for an invoice. prepayment_number: just this one; else the supplier's, the oldest first. amount: so
    much; else as much as there is and as the invoice leaves open."""

    prepayment_number: Code | None = None
    amount: Amount | None = None


class TakeBack(Request, frozen=True, kw_only=True):
    """Why what was applied to an invoice is available again."""

    reason: Reason


class AppliedPrepayment(Struct, frozen=True, kw_only=True):
    """What of one prepayment is applied to an invoice."""

    prepayment_number: str
    amount: Balance


class SettledInvoice(Struct, frozen=True, kw_only=True):
    """An invoice, and what was paid for it in advance."""

    invoice_number: str
    company_code: str
    currency: str
    open_amount: Balance
    applied: tuple[AppliedPrepayment, ...]


class RecordRefund(Request, frozen=True, kw_only=True):
    """Money that a supplier sent back for a credit, instead of having it set off (PST-P25). value_date: when the bank had it."""

    value_date: Day
    reason: Reason


class SupplierRefund(Struct, frozen=True, kw_only=True):
    """A refund as it was booked; credit_number: the credit memo that it settles."""

    number: str
    company_code: str
    vendor_id: str
    credit_number: str
    posting_date: str
    currency: str
    amount: str
    reason: str


class RemitWithholding(Request, frozen=True, kw_only=True):
    """Pay the authorities what was kept back from suppliers in a period (PST-Y05). approved_by: a second person, whose limit covers it."""

    company_code: CompanyCode
    period: Period
    approved_by: Code


class WithholdingRemittance(Struct, frozen=True, kw_only=True):
    """What was paid to the authorities."""

    number: str
    company_code: str
    period: str
    posting_date: str
    currency: str
    amount: str
    approved_by: str
