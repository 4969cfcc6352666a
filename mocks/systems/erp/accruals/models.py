"""What goes over the wire about accruals."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.erp.models import (
    Amount,
    Approval,
    Approvals,
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
    SignedAmount,
    Text,
)

AccrualStatus = Literal["proposed", "deleted", "posted", "reversed", "reversal"]
Basis = Literal["parked_invoice", "approved_not_posted", "estimate"]


class AccruedCost(Request, frozen=True, kw_only=True):
    """Cost of the period that no document of the ERP says. source_document: what was approved elsewhere and is not posted; without one it
    is an estimate. order_number, order_line: of a line of which nothing came yet, as far as it is meant."""

    gl_account: Code
    cost_center: Code
    project: Code | None = None
    amount: Amount
    source_document: Reference | None = None
    order_number: Code | None = None
    order_line: LineNo | None = None
    text: Text = ""


class AccrualPropose(Request, frozen=True, kw_only=True):
    """Gather what a period owes: supplier invoices that are parked in the ERP, and these costs. All amounts are net."""

    company_code: CompanyCode
    period: Period
    currency: Currency
    external_ref: Reference | None = None
    costs: Annotated[tuple[AccruedCost, ...], Meta(max_length=200)] = ()


class AccrualStep(Request, frozen=True, kw_only=True):
    """A step that needs no word."""


class AccrualReason(Request, frozen=True, kw_only=True):
    """Why a proposal is given up, or what was posted is taken back."""

    reason: Reason


class ReverseDue(Request, frozen=True, kw_only=True):
    """Of which company."""

    company_code: CompanyCode


class AccrualLine(Struct, frozen=True, kw_only=True):
    """One cost, net; a credit is negative. source_document: of a parked invoice its number."""

    line_no: int
    basis: Basis
    gl_account: str
    cost_center: str
    project: str | None
    amount: SignedAmount
    source_document: str | None
    text: str


class Proposed(Struct, frozen=True, kw_only=True):
    """What was gathered, as it was when it was proposed; approvals: whoever approved it. It is what the document was asked for."""

    company_code: str
    period: str
    document_date: Day
    external_ref: str | None
    source_revision: Revision | None
    lines: tuple[AccrualLine, ...]
    proposed_by: str
    approvals: Approvals = ()


class Accrual(Record, frozen=True, kw_only=True):
    """An accrual. posting_date: the last day of its period; reverse_on: the first day of the next one. `reversal` is the document that
    reverses another one."""

    number: str
    status: AccrualStatus
    company_code: str
    period: str
    document_date: str
    posting_date: str
    reverse_on: str
    currency: str
    external_ref: str | None
    source_revision: int | None
    lines: tuple[AccrualLine, ...]
    total: str
    proposed_by: str
    approvals: tuple[Approval, ...]
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class AccrualPage(Struct, frozen=True, kw_only=True):
    """A page of accruals."""

    items: tuple[Accrual, ...]
    next_cursor: str | None


class ReversedAccruals(Struct, frozen=True, kw_only=True):
    """Accruals whose day had come. failed: those whose reversal no open period takes."""

    reversed: tuple[str, ...]
    failed: tuple[str, ...]
