"""What answers must look like: a system may be released without us, and then we stop instead of guessing.

Members that a shape does not name are ignored. One that it names must be there with the agreed type and, where the values are
known, with one of them; an `Optional` one may also be null, empty or absent.
"""

from outcome import Park


class Drifted(Park):
    """A document has another shape than agreed; the reason names the member. Waiting would not help, adapting us would."""

    def __init__(self, reason):
        super().__init__(reason, problem_class="validation", owner="integration team")


class OneOf(tuple):
    """A text with one of these values."""

    __slots__ = ()


class Optional:
    """Null, empty and absent are the same nothing; anything else must fit the shape."""

    def __init__(self, shape):
        self.shape = shape


ORDER_STATUS = OneOf(("created", "closed", "finally_closed", "cancelled", "reversal"))
POSTING_STATUS = OneOf(("accepted", "posted", "rejected", "withdrawn", "voided", "reversed", "reversal"))
RECEIPT_STATUS = OneOf(("posted", "reversed", "reversal"))
MONEY = {"amount": str, "currency": str}
REQUISITION = {
    "id": str,
    "revision": int,
    "version": int,
    "status": OneOf(
        (
            "draft",
            "submitted",
            "pending_approval",
            "approved",
            "rejected",
            "returned",
            "withdrawn",
            "ordered",
            "refused",
            "cancelled",
            "closed",
        )
    ),
    "requesterId": str,
    "legalEntity": str,
    "supplierId": str,
    "currency": str,
    "requestedOn": str,
    "lines": [
        {
            "lineNo": int,
            "description": str,
            "quantity": str,
            "unitPrice": MONEY,
            "amount": MONEY,
            "category": str,
            "costCenter": str,
            "project": Optional(str),
        }
    ],
    "total": MONEY,
    "approvals": [{"step": int, "approverId": str, "decision": OneOf(("approved", "rejected", "reversed")), "decidedAt": str}],
    "erpOrder": Optional({"number": str}),
    "correlationId": Optional(str),
}
REPORT = {
    "report_id": str,
    "revision": int,
    "version": int,
    "state": OneOf(("draft", "submitted", "pending_manager", "approved", "posted", "paid", "sent_back", "recalled", "on_hold", "rejected")),
    "employee_login": str,
    "entity_code": str,
    "currency": str,
    "title": str,
    "total_minor": int,
    "submitted_on": Optional(str),
    "approved_on": Optional(str),
    "lines": [
        {
            "line_no": int,
            "category": str,
            "spent_on": str,
            "description": str,
            "amount_minor": int,
            "tax_minor": int,
            "cost_object": str,
            "payment_type": OneOf(("employee_paid", "company_card")),
        }
    ],
    "approvals": [{"step": int, "approver_login": str, "decision": OneOf(("approved", "sent_back", "reversed")), "decided_at": str}],
    "posting": Optional({"erp_document": str}),
    "correlation_id": Optional(str),
}
RECEIPT = {
    "id": str,
    "revision": int,
    "version": int,
    "status": OneOf(("recorded", "posted", "refused", "reversed")),
    "receiverId": str,
    "purchaseOrder": str,
    "receivedOn": str,
    "lines": [{"lineNo": int, "orderLine": int, "quantity": str}],
    "total": MONEY,
    "reversal": Optional({"replacementExpected": bool}),
    "erpReceipt": Optional({"number": str}),
    "correlationId": Optional(str),
}
ORDER_LINES = {"status": ORDER_STATUS, "lines": [{"line_no": int}]}
SUPPLIER = {"status": OneOf(("active", "inactive")), "purchasing_block": bool}
CODING = {"valid": bool, "code": Optional(str), "reason": Optional(str)}
DOCUMENTS = {
    "/purchase-orders": {"number": str, "status": ORDER_STATUS, "total": str},
    "/ap-invoices": {"number": str, "status": POSTING_STATUS, "total": str, "job_id": Optional(str)},
    "/journal-entries": {"number": str, "status": POSTING_STATUS, "total": str, "job_id": Optional(str)},
    "/goods-receipts": {"number": str, "status": RECEIPT_STATUS, "total": str},
}
MADE = {
    "/purchase-orders": DOCUMENTS["/purchase-orders"],
    "/ap-invoices": {"document_number": str, "job_id": str},
    "/journal-entries": {"document_number": str, "job_id": str},
    "/goods-receipts": DOCUMENTS["/goods-receipts"],
}
JOB = {"status": OneOf(("accepted", "posted", "rejected", "withdrawn")), "code": Optional(str), "reason": Optional(str)}


def fit(value, shape, what):
    """The value, when it has the shape. Raises Drifted. what: which answer, for the reason."""
    _fit(value, shape, what, "")
    return value


def _fit(value, shape, what, path):
    if isinstance(shape, Optional):
        if value is not None and value != "":
            _fit(value, shape.shape, what, path)
    elif isinstance(shape, dict):
        _fit_object(value, shape, what, path)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            _refuse(value, "a list", what, path)
        for number, one in enumerate(value):
            _fit(one, shape[0], what, f"{path}[{number}]")
    elif isinstance(shape, OneOf):
        if not isinstance(value, str) or value not in shape:
            _refuse(value, "one of " + ", ".join(shape), what, path)
    elif type(value) is not shape:  # not isinstance: true is no number
        _refuse(value, {str: "text", int: "a whole number", bool: "true or false"}[shape], what, path)


def _fit_object(value, shape, what, path):
    if not isinstance(value, dict):
        _refuse(value, "an object", what, path)
    for name, inner in shape.items():
        where = f"{path}.{name}".lstrip(".")
        if name in value:
            _fit(value[name], inner, what, where)
        elif not isinstance(inner, Optional):
            raise Drifted(f"{what}: member {where} is missing")


def _refuse(value, expected, what, path):
    raise Drifted(f"{what}: member {path or 'the whole'} is {str(value)[:60]!r}; expected {expected}")
