"""What goes over the wire about payments. The file for the bank is in the bank's own words: names of ISO 20022 in camelCase, ISO dates."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.erp.models import Amount, Balance, Code, CompanyCode, Currency, Day, Reason, Record, Reference, Request

RunStatus = Literal["proposed", "reviewed", "approved", "deleted", "file_issued", "acknowledged", "rejected"]
PaymentStatus = Literal["proposed", "deleted", "issued", "voided", "accepted", "rejected", "stopped", "cleared", "returned"]
BankWord = Literal["accepted", "rejected", "stopped", "cleared", "returned"]
StatementWord = Literal["cleared", "rejected", "returned"]
InvoicePaymentStatus = Literal["open", "scheduled", "paid", "cleared", "rejected", "returned"]
FileWord = Literal["accepted", "partially_accepted", "rejected"]


class RunPropose(Request, frozen=True, kw_only=True):
    """What to pay on a day. next_run_on: what would be late by then, or would lose its discount, is taken now. documents: just these,
    due or not; those that cannot be paid are named in left_out."""

    company_code: CompanyCode
    pay_on: Day
    next_run_on: Day
    external_ref: Reference | None = None
    documents: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=500)] | None = None


class RunStep(Request, frozen=True, kw_only=True):
    """A step that needs no word."""


class RunDelete(Request, frozen=True, kw_only=True):
    """Why a proposal is given up; its invoices are free for the next one."""

    reason: Reason


class PaymentVoid(Request, frozen=True, kw_only=True):
    """Why a payment that the bank has not spoken of is taken back. Who does it has made sure that the bank will not carry it out."""

    reason: Reason


class PaidDocument(Struct, frozen=True, kw_only=True):
    """One document in a payment; a credit that is set off is negative."""

    number: str
    reference: str
    amount: Balance
    discount: Balance


class Payment(Record, frozen=True, kw_only=True):
    """What one payee gets. payment_number: its end-to-end id too; what the bank said last stands in status and reason. run_number null: it
    was made by hand."""

    payment_number: str
    status: PaymentStatus
    run_number: str | None
    company_code: str
    payee: str
    payee_name: str
    amount: Balance
    discount: Balance
    charge: Balance
    currency: str
    pay_on: str
    value_date: str | None
    documents: tuple[PaidDocument, ...]
    reason_code: str | None
    reason: str | None


class PaymentPage(Struct, frozen=True, kw_only=True):
    """A page of payments in order of their last change."""

    items: tuple[Payment, ...]
    next_cursor: str | None


class LeftOut(Struct, frozen=True, kw_only=True):
    """What a proposal leaves out. document null: all of this payee; payee null: nobody knows the document, which was asked for. reason: a
    block or hold, or inactive, no_bank_details, nothing_left_after_credits, file_is_full; of a document that was asked for also in_payment
    with the payment's number, nothing_open, unknown, other_currency (it is paid by hand)."""

    payee: str | None
    document: str | None
    reason: str


class PaymentRun(Record, frozen=True, kw_only=True):
    """A payment run. `number` is also the message id of its file; next_actor: who may take its next step; bank_file_id: what the bank calls
    the file."""

    number: str
    status: RunStatus
    company_code: str
    currency: str
    pay_on: str
    next_run_on: str
    external_ref: str | None
    total: Balance
    payments: tuple[Payment, ...]
    left_out: tuple[LeftOut, ...]
    proposed_by: str
    reviewed_by: str | None
    approved_by: str | None
    next_actor: str | None
    bank_file_id: str | None
    reason: str | None
    correlation_id: str


class RunSummary(Struct, frozen=True, kw_only=True):
    """What a list tells of a payment run."""

    number: str
    status: RunStatus
    company_code: str
    pay_on: str
    total: Balance
    version: int
    updated_at: datetime


class RunPage(Struct, frozen=True, kw_only=True):
    """A page of payment runs in order of their last change."""

    items: tuple[RunSummary, ...]
    next_cursor: str | None


class RunRecordStatus(Request, frozen=True, kw_only=True):
    """What the bank says of the file as a whole. rejected: every payment of it is; else each is accepted that is not known to be rejected.
    bank_file_id: what the bank calls the file."""

    status: FileWord
    bank_file_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    reason_code: Annotated[str, Meta(min_length=1, max_length=10)] | None = None
    reason: Reason | None = None


class RecordStatus(Request, frozen=True, kw_only=True):
    """What the bank says of one payment. cleared: with the amount as it stands on the statement."""

    status: BankWord
    amount: Amount | None = None
    charge: Amount | None = None
    currency: Currency | None = None
    value_date: Day | None = None
    reason_code: Annotated[str, Meta(min_length=1, max_length=10)] | None = None
    reason: Reason | None = None


class PayByHand(Request, frozen=True, kw_only=True):
    """An invoice that somebody pays at the bank's own counter, today and whole. approved_by: a second person, whose limit covers it."""

    approved_by: Code


class EnterStatement(Request, frozen=True, kw_only=True):
    """What a statement says of the newest payment of an invoice, when that was made by hand. cleared: with the amount of the payment."""

    status: StatementWord
    value_date: Day | None = None
    reason_code: Annotated[str, Meta(min_length=1, max_length=10)] | None = None
    reason: Reason | None = None


class InvoicePayment(Struct, frozen=True, kw_only=True):
    """How far an invoice is paid. paid: the payment is issued; cleared: the money has left the bank. payments: how often money was sent for
    it, whatever came back; version 0: no payment ever had it; external_ref: of the system that sent the invoice; paid_by: who made the
    newest payment, by hand. vendor_id, supplier_reference: whose invoice it is, and that supplier's own number; null of an employee's
    claim."""

    document_number: str
    status: InvoicePaymentStatus
    version: int
    company_code: str
    vendor_id: str | None
    supplier_reference: str | None
    external_ref: str | None
    payments: int
    payment_number: str | None
    paid_by: str | None
    value_date: str | None
    reason_code: str | None
    reason: str | None
    open_amount: Balance


class InvoicePaymentSummary(Struct, frozen=True, kw_only=True):
    """What a list tells of a paid invoice."""

    document_number: str
    status: InvoicePaymentStatus
    version: int
    external_ref: str | None
    payment_number: str
    updated_at: datetime


class InvoicePaymentPage(Struct, frozen=True, kw_only=True):
    """A page of paid invoices in order of their last change; of those that another system sent."""

    items: tuple[InvoicePaymentSummary, ...]
    next_cursor: str | None


class _BankFile(Struct, frozen=True, kw_only=True, rename="camel"):
    pass


class InstructedAmount(_BankFile, frozen=True, kw_only=True):
    """How much is to be paid."""

    amount: str
    currency: Code


class Transfer(_BankFile, frozen=True, kw_only=True):
    """One payment of the file."""

    end_to_end_id: str
    instructed_amount: InstructedAmount
    creditor_name: str
    creditor_account: str
    remittance_information: str


class BankFile(_BankFile, frozen=True, kw_only=True):
    """The file of a run as the bank takes it (pain.001)."""

    message_id: str
    debtor_name: str
    debtor_account: str
    requested_execution_date: str
    number_of_transactions: int
    control_sum: str
    transactions: tuple[Transfer, ...]
