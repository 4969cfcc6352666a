"""The supplier portal's operations as a table: what it offers, what it may refuse, who handles it. Of people only suppliers act here:
`X-Acting-User` is a supplier's account."""

from collections.abc import Callable

from mocks.company.money import AmountError, to_minor
from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.portal import models
from mocks.systems.portal.desk import KIND, PortalDesk

READ, WRITE, ACT = "portal.read", "portal.write", "portal.act"
POINT, PATH = "portal.invoice", "/v1/invoices"
ONE = f"{PATH}/{{id}}"
_ACCOUNT = QueryParam("account_id", "the supplier's account in the portal", True, {"type": "string", "minLength": 1, "maxLength": 20})
_NUMBER = QueryParam("invoice_number", "the supplier's own number", True, {"type": "string", "minLength": 1, "maxLength": 40})
_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")


def operations(desk: PortalDesk) -> tuple[Operation, ...]:
    """Every operation over one portal's state."""
    return (
        Operation(
            f"{POINT}.submit", "POST", PATH, "actor", ACT, "A supplier sends an invoice; the answer acknowledges it", models.SentInvoice,
            desk.submit, request=models.InvoiceSubmit, status=201,
            errors=("SUPPLIER_UNKNOWN", "CURRENCY_INVALID", "DUPLICATE_REFERENCE"), refs=_sent(desk),
        ),
        Operation(
            f"{POINT}.show", "GET", ONE, "actor", ACT, "A supplier asks what became of its own invoice", models.SentInvoice, desk.show,
            errors=("NOT_FOUND",), refs=_one, acting="account_id",
        ),
        Operation(
            f"{POINT}.withdraw", "POST", f"{ONE}/withdraw", "actor", ACT, "A supplier takes its own invoice back", models.SentInvoice,
            desk.withdraw, request=models.Nothing, errors=_CHANGE, refs=_one, acting="account_id",
        ),
        Operation(
            f"{POINT}.find", "GET", PATH, "lookup", READ, "Invoices by the supplier's account and number", models.InvoicesSent, desk.find,
            query=(_ACCOUNT, _NUMBER), errors=("INVALID_PARAMETER",), refs=desk.about,
        ),
        Operation(
            f"{POINT}.record_payment", "PUT", f"{ONE}/payment", "update", WRITE, "Tell the supplier what became of the money",
            models.SentInvoice, desk.record_payment, request=models.RecordAdvice, errors=(*_CHANGE, "VERSION_CONFLICT"), refs=_told,
            touch=desk.touch,
        ),
    )  # fmt: skip


def _one(call: Call) -> Refs:
    """Of a call on one invoice."""
    return Refs(parents=((KIND, call.path["id"]),))


def _told(call: Call) -> Refs:
    """Of the payment that is recorded on one."""
    body: models.RecordAdvice = call.body
    return Refs(parents=((KIND, call.path["id"]),), src_version=body.sequence)


def _sent(desk: PortalDesk) -> Callable[[Call], Refs]:
    decimals = {each.currency: each.decimals for each in desk.master.customers.values()}

    def refs(call: Call) -> Refs:
        body: models.InvoiceSubmit = call.body
        try:
            return Refs(amount_minor=to_minor(body.total, decimals[body.currency]), currency=body.currency)
        except (AmountError, KeyError):
            return Refs()

    return refs
