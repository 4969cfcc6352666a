"""The bank's operations as a table: what it offers, what it may refuse, who handles it."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.bank import models
from mocks.systems.bank.core import Bank
from mocks.systems.bank.desk import Counter
from mocks.systems.bank.payments import minor_of

READ, WRITE, ACT = "bank.read", "bank.write", "bank.act"
PAYMENTS, FILES = "/v1/payments", "/v1/payment-files"
ONE, ONE_FILE = f"{PAYMENTS}/{{paymentId}}", f"{FILES}/{{fileId}}"
CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")


def _statuses(of: object) -> QueryParam:
    names = "|".join(get_args(of))
    pattern = f"^({names})(,({names})){{0,9}}$"
    return QueryParam("status", "one status, or several with commas", False, {"type": "string", "pattern": pattern})


def _reference(name: str, doc: str) -> tuple[QueryParam, ...]:
    return (QueryParam(name, doc, True, {"type": "string", "minLength": 1, "maxLength": 35}),)


_SINCE = QueryParam(
    "updatedSince", "changed at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)
_ACCOUNT = QueryParam("account", "of one account; all when absent", False, {"type": "string", "minLength": 1, "maxLength": 34})
_DAY = QueryParam("since", "of this ISO day and later", False, {"type": "string", "pattern": models.DAY_PATTERN, "maxLength": 10})


def operations(bank: Bank) -> tuple[Operation, ...]:
    """Every operation over one bank's state."""
    counter = Counter(bank)
    return (*_payments(bank, counter), *_files(bank, counter), *_clerks(counter))


def _payments(bank: Bank, counter: Counter) -> tuple[Operation, ...]:
    def created(call: Call) -> Refs:
        body: models.PaymentCreate = call.body
        return _sent(bank, body.debtor_account, body.instructed_amount.amount, body.end_to_end_id)

    point = "bank.payment"
    return (
        Operation(
            f"{point}.create", "POST", PAYMENTS, "create", WRITE, "Order one payment", models.Payment, counter.create,
            request=models.PaymentCreate, status=201, refs=created,
            errors=("ACCOUNT_INVALID", "DUPLICATE_REFERENCE", "CURRENCY_INVALID", "EXECUTION_DATE_INVALID"),
        ),
        Operation(
            f"{point}.find", "GET", PAYMENTS, "lookup", READ, "Payments by end-to-end id", models.PaymentPage, counter.find,
            query=_reference("endToEndId", "the customer's own id of the payment"), when_query="endToEndId",
            refs=lambda call: Refs(ext_ref=call.query.get("endToEndId")),
        ),
        Operation(
            f"{point}.list", "GET", PAYMENTS, "list", READ, "Payments in order of their last change", models.PaymentPage, counter.list,
            query=(_statuses(models.Status), _SINCE), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", ONE, "read", READ, "One payment", models.Payment, counter.read, errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{point}.stop", "POST", f"{ONE}/stop", "update", WRITE, "Stop a payment that is not booked yet", models.Payment,
            counter.stop, request=models.Nothing, errors=CHANGE, refs=one, touch=counter.touch,
        ),
        Operation(
            "bank.statement.list", "GET", "/v1/statements", "list", READ, "Statements by account and day", models.StatementPage,
            counter.list_statements, query=(_ACCOUNT, _DAY), errors=("INVALID_PARAMETER",),
        ),
    )  # fmt: skip


def _files(bank: Bank, counter: Counter) -> tuple[Operation, ...]:
    def uploaded(call: Call) -> Refs:
        body: models.PaymentFileUpload = call.body
        return replace(_sent(bank, body.debtor_account, body.control_sum, body.message_id), source_ids=(body.message_id,))

    point = "bank.payment_file"
    return (
        Operation(
            f"{point}.upload", "POST", FILES, "create", WRITE, "Hand in a file of payments; it is acknowledged later",
            models.PaymentFile, counter.upload, request=models.PaymentFileUpload, status=202, refs=uploaded,
            errors=("ACCOUNT_INVALID", "DUPLICATE_REFERENCE"),
        ),
        Operation(
            f"{point}.find", "GET", FILES, "lookup", READ, "Files by message id", models.PaymentFilePage, counter.find_files,
            query=_reference("messageId", "the customer's own id of the file"), when_query="messageId",
            refs=lambda call: Refs(source_ids=(call.query["messageId"],), ext_ref=call.query["messageId"]),
        ),
        Operation(
            f"{point}.list", "GET", FILES, "list", READ, "Files in order of their last change", models.PaymentFilePage,
            counter.list_files, query=(_statuses(models.FileStatus), _SINCE), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", ONE_FILE, "read", READ, "One file and the acknowledgement of each payment", models.PaymentFile,
            counter.read_file, errors=("NOT_FOUND",), refs=one_file,
        ),
    )  # fmt: skip


def _clerks(counter: Counter) -> tuple[Operation, ...]:
    def act(name: str, handler: Callable[[Call], Reply], summary: str, request: type = models.WithReason) -> Operation:
        return Operation(
            f"bank.payment.{name}", "POST", f"{ONE}/{name}", "actor", ACT, summary, models.Payment, handler, request=request,
            errors=(*CHANGE, "EMPLOYEE_UNKNOWN"), refs=one,
        )  # fmt: skip

    return (
        act("clear", counter.clear, "A clerk books a payment before its time", models.Nothing),
        act("reject", counter.reject, "A clerk rejects a payment that is not booked yet"),
        act("return", counter.give_back, "The creditor's bank sends a payment back"),
        Operation(
            "bank.payment_file.reject", "POST", f"{ONE_FILE}/reject", "actor", ACT, "A clerk rejects a file of which nothing is booked",
            models.PaymentFile, counter.reject_file, request=models.WithReason, errors=(*CHANGE, "EMPLOYEE_UNKNOWN"), refs=one_file,
        ),
    )  # fmt: skip


def one(call: Call) -> Refs:
    """Of a call on one payment."""
    return Refs(parents=(("bank_payment", call.path["paymentId"]),))


def one_file(call: Call) -> Refs:
    """Of a call on one file."""
    return Refs(parents=(("payment_file", call.path["fileId"]),))


def _sent(bank: Bank, account: str, amount: str, reference: str) -> Refs:
    """Of what a customer orders."""
    customer = bank.master.customers.get(account)
    if customer is None:
        return Refs(ext_ref=reference)
    return Refs(ext_ref=reference, amount_minor=minor_of(amount, customer), currency=customer.currency)
