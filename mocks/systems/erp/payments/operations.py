"""What the ERP offers about payments: people decide on runs, a connector takes their files to the bank and tells what it said."""

from collections.abc import Callable
from typing import get_args

from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.erp import refs
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.operations import CHANGE_RULES, READ, WRITE
from mocks.systems.erp.payments import models
from mocks.systems.erp.payments.bank_side import BankSide
from mocks.systems.erp.payments.by_hand import HandPayments
from mocks.systems.erp.payments.desk import PaymentDesk

ACT = "erp.act"
RUNS, PAYMENTS, INVOICES = "/payment-runs", "/payments", "/invoice-payments"
RUN, PAYMENT, INVOICE = f"{RUNS}/{{number}}", f"{PAYMENTS}/{{payment_number}}", f"{INVOICES}/{{document_number}}"
DECISION = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION", "EMPLOYEE_UNKNOWN")
SINCE = QueryParam(
    "updated_since", "changed at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)


def operations(erp: Erp, desk: PaymentDesk) -> tuple[Operation, ...]:
    """Of the treasury of one ERP, and of whoever stands between it and the bank."""
    side = BankSide(erp, desk.book)
    return (*_people(desk), *_runs(side), *_payments(side), *_invoices(side), *_by_hand(HandPayments(erp, desk.book)))


def _people(desk: PaymentDesk) -> tuple[Operation, ...]:
    def act(name: str, handler: Callable[[Call], Reply], summary: str, *more: str, request: type = models.RunStep) -> Operation:
        return Operation(
            f"erp.payment_run.{name}", "POST", f"{RUN}/{name}", "actor", ACT, summary, models.PaymentRun, handler, request=request,
            errors=(*DECISION, *more), refs=refs.number("payment_run"), acting="next_actor",
        )  # fmt: skip

    propose = Operation(
        "erp.payment_run.propose", "POST", RUNS, "actor", ACT, "Propose to pay what is due", models.PaymentRun, desk.propose,
        request=models.RunPropose, status=201, errors=("EMPLOYEE_UNKNOWN", "CODING_INVALID", "DUPLICATE_REFERENCE"),
        refs=lambda call: Refs(ext_ref=call.body.external_ref),
    )  # fmt: skip
    return (
        propose,
        act("review", desk.review, "Somebody has looked through a proposal"),
        act("approve", desk.approve, "A second person approves", "SEGREGATION_OF_DUTIES", "LIMIT_EXCEEDED", "PAYMENT_BLOCKED"),
        act("delete", desk.delete, "Give a proposal up", request=models.RunDelete),
        act("issue", desk.issue, "Issue the payments and their file", "PAYMENT_BLOCKED", "PERIOD_CLOSED"),
        Operation(
            "erp.payment.void",
            "POST",
            f"{PAYMENT}/void",
            "actor",
            ACT,
            "Take a payment back of which the bank has not spoken",
            models.Payment,
            desk.void,
            request=models.PaymentVoid,
            errors=(*DECISION, "SEGREGATION_OF_DUTIES", "PERIOD_CLOSED"),
            refs=_payment,
            acting="approved_by",
        ),
    )


def _status(of: object) -> QueryParam:
    names = "|".join(get_args(of))
    pattern = f"^({names})(,({names})){{0,9}}$"
    return QueryParam("status", "one status, or several with commas", False, {"type": "string", "pattern": pattern})


def _runs(side: BankSide) -> tuple[Operation, ...]:
    one = refs.number("payment_run")
    return (
        Operation(
            "erp.payment_run.list", "GET", RUNS, "list", READ, "Payment runs in order of their last change", models.RunPage,
            side.list_runs, query=(_status(models.RunStatus), SINCE), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            "erp.payment_run.read", "GET", RUN, "read", READ, "One payment run with its payments", models.PaymentRun, side.read_run,
            errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            "erp.payment_run.file", "GET", f"{RUN}/file", "read", READ, "The file of an issued run, as the bank takes it",
            models.BankFile, side.read_file, errors=("NOT_FOUND", "INVALID_TRANSITION"), refs=one,
        ),
        Operation(
            "erp.payment_run.record_status", "PUT", f"{RUN}/bank-status", "update", WRITE, "Record what the bank says of the file",
            models.PaymentRun, side.record_run_status, request=models.RunRecordStatus, errors=CHANGE_RULES, refs=one,
            touch=side.touch_run,
        ),
    )  # fmt: skip


def _payments(side: BankSide) -> tuple[Operation, ...]:
    return (
        Operation(
            "erp.payment.list", "GET", PAYMENTS, "list", READ, "Payments in order of their last change", models.PaymentPage, side.list,
            query=(_status(models.PaymentStatus), SINCE), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            "erp.payment.read", "GET", PAYMENT, "read", READ, "One payment", models.Payment, side.read, errors=("NOT_FOUND",),
            refs=_payment,
        ),
        Operation(
            "erp.payment.record_status", "PUT", f"{PAYMENT}/bank-status", "update", WRITE, "Record what the bank says of a payment",
            models.Payment, side.record_status, request=models.RecordStatus,
            errors=(*CHANGE_RULES, "AMOUNT_MISMATCH", "CURRENCY_INVALID"), refs=_payment, touch=side.touch,
        ),
    )  # fmt: skip


def _invoices(side: BankSide) -> tuple[Operation, ...]:
    return (
        Operation(
            "erp.invoice_payment.list", "GET", INVOICES, "list", READ, "Paid invoices that another system sent, by their last change",
            models.InvoicePaymentPage, side.list_invoices, query=(_status(models.InvoicePaymentStatus), SINCE),
            errors=("INVALID_PARAMETER",),
        ),
        Operation(
            "erp.invoice_payment.read", "GET", INVOICE, "read", READ, "How far an invoice is paid", models.InvoicePayment,
            side.read_invoice, errors=("NOT_FOUND",), refs=_invoice,
        ),
    )  # fmt: skip


def _by_hand(desk: HandPayments) -> tuple[Operation, ...]:
    return (
        Operation(
            "erp.invoice_payment.pay", "POST", "/supplier-invoices/{number}/payments", "actor", ACT,
            "Pay an invoice by hand, outside of a run", models.InvoicePayment, desk.pay, request=models.PayByHand, status=201,
            refs=refs.number("supplier_invoice"), acting="entered_by",
            errors=(
                "NOT_FOUND", "INVALID_TRANSITION", "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES", "LIMIT_EXCEEDED", "PAYMENT_BLOCKED",
                "PERIOD_CLOSED", "CURRENCY_INVALID",
            ),
        ),
        Operation(
            "erp.invoice_payment.enter_statement", "POST", f"{INVOICE}/statement", "actor", ACT,
            "Enter what a statement says of a payment by hand", models.InvoicePayment, desk.enter_statement,
            request=models.EnterStatement, errors=(*DECISION, "PERIOD_CLOSED"), refs=_invoice, acting="paid_by",
        ),
    )  # fmt: skip


def _payment(call: Call) -> Refs:
    """Of a call on one payment."""
    return Refs(parents=(("payment", call.path["payment_number"]),))


def _invoice(call: Call) -> Refs:
    """Of a supplier's or an employee's invoice."""
    return Refs(parents=tuple((kind, call.path["document_number"]) for kind in ("supplier_invoice", "ap_invoice")))
