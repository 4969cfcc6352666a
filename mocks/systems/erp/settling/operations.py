"""What the ERP offers about prepayments, refunds and withheld tax."""

from collections.abc import Sequence

from mocks.abilities.drafted import AMOUNT
from mocks.company.invoicing import WITHHOLDING_CODES
from mocks.company.money import share_half_up, to_text
from mocks.kit.operation import Call, Operation, Refs
from mocks.systems.erp import refs
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.example import DAY, Body, Example
from mocks.systems.erp.documents.operations import ACT, WRITE, shared
from mocks.systems.erp.invoices.book import DOCUMENT as INVOICES
from mocks.systems.erp.invoices.operations import example as bill
from mocks.systems.erp.invoices.tax import RATE_SCALE
from mocks.systems.erp.settling import models
from mocks.systems.erp.settling.prepayments import KIND, Prepayments
from mocks.systems.erp.settling.refunds import RefundDesk
from mocks.systems.erp.settling.withholding import RemittanceDesk

INVOICE = "/supplier-invoices/{number}"
CREATE = (
    "DUPLICATE_REFERENCE", "CURRENCY_INVALID", "CODING_INVALID", "AMOUNT_MISMATCH", "SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED",
    "ORDER_NOT_OPEN", "EMPLOYEE_UNKNOWN", "APPROVAL_EVIDENCE_MISSING", "SEGREGATION_OF_DUTIES", "LIMIT_EXCEEDED", "PERIOD_CLOSED",
)  # fmt: skip
REMITTED = ("2026-10", "2026-09")  # periods, of fuzzing
SETTLE = ("NOT_FOUND", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES", "PERIOD_CLOSED")


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of whoever settles with suppliers in one ERP."""
    return (*_prepayments(Prepayments(erp), refs.CallRefs(erp.master)), *_money(RefundDesk(erp), RemittanceDesk(erp)))


def _prepayments(desk: Prepayments, own: refs.CallRefs) -> tuple[Operation, ...]:
    def references(call: Call) -> Refs:
        body: models.PrepaymentCreate = call.body
        return own.document(body, (("supplier", body.vendor_id),), own.minor(body.total, body.currency))

    invoice = refs.number(INVOICES)
    return (
        Operation(
            f"{KIND.point}.create", "POST", KIND.path, "create", WRITE, "Post what a supplier wants in advance", models.Prepayment,
            desk.create, request=models.PrepaymentCreate, status=201, refs=references, errors=CREATE,
        ),
        *shared(KIND, desk, plural="Supplier prepayments", undoing="Void a prepayment that is not paid"),
        Operation(
            f"{KIND.point}.apply", "POST", f"{INVOICE}/prepayments", "actor", ACT, "Take what was paid in advance for an invoice",
            models.SettledInvoice, desk.apply, request=models.ApplyPrepayments, refs=invoice,
            errors=(*SETTLE, "AMOUNT_MISMATCH", "CURRENCY_INVALID", "PAYMENT_BLOCKED"),
        ),
        Operation(
            f"{KIND.point}.take_back", "POST", f"{INVOICE}/prepayments/take-back", "actor", ACT,
            "What was applied to an invoice is available again", models.SettledInvoice, desk.take_back, request=models.TakeBack,
            refs=invoice, errors=SETTLE,
        ),
    )  # fmt: skip


def _money(refunds: RefundDesk, remittances: RemittanceDesk) -> tuple[Operation, ...]:
    return (
        Operation(
            "erp.supplier_refund.record", "POST", f"{INVOICE}/refund", "actor", ACT, "Record the money that a supplier sent back",
            models.SupplierRefund, refunds.record, request=models.RecordRefund, status=201, refs=refs.number(INVOICES),
            errors=(*SETTLE, "CURRENCY_INVALID"),
        ),
        Operation(
            "erp.withholding.remit", "POST", "/withholding-remittances", "actor", ACT,
            "Pay the authorities what was kept back from suppliers", models.WithholdingRemittance, remittances.remit,
            request=models.RemitWithholding, status=201,
            errors=(
                "CODING_INVALID", "EMPLOYEE_UNKNOWN", "INVALID_TRANSITION", "LIMIT_EXCEEDED", "PERIOD_CLOSED", "SEGREGATION_OF_DUTIES",
            ),
        ),
    )  # fmt: skip


def prepayment(desk: Example) -> Body:
    """A valid one."""
    line = {"line_no": 1, "amount": desk.total, "text": "In advance"}
    more = {"vendor_id": desk.vendor, "supplier_reference": "ADV-1", "posting_date": DAY, "entered_by": desk.person}
    return {**desk.head(), **more, "lines": [line], "total": desk.total}


def bodies(desks: Sequence[Example]) -> dict[str, tuple[Body, ...]]:
    """Valid requests, and what one rule each refuses, for fuzzing."""
    asked = tuple(body for desk in desks for body in _asked(prepayment(desk), desk))
    paid = tuple(
        {"company_code": desk.entity.erp_company, "period": period, "approved_by": desk.approver} for desk in desks for period in REMITTED
    )
    return {
        f"{KIND.point}.create": asked,
        f"{KIND.point}.apply": ({},),
        f"{KIND.point}.take_back": ({"reason": "fuzz"},),
        "erp.supplier_refund.record": ({"value_date": DAY, "reason": "fuzz"},),
        "erp.withholding.remit": paid,
    }


def remitters(desks: Sequence[Example]) -> tuple[str, ...]:
    """Who may send each of those payments to the authorities."""
    return tuple(desk.person for desk in desks for _ in REMITTED)


def _asked(valid: Body, desk: Example) -> tuple[Body, ...]:
    return (
        valid,
        {**valid, "external_ref": f"FUZZ-ADV-{desk.entity.key}", "source_revision": 1},
        {**valid, "approvals": []},
        {**valid, "vendor_id": "V1"},
        {**valid, "lines": [{**valid["lines"][0], "order_number": "4500000404"}]},
        {**valid, "total": desk.zero},
    )


def unusual(desk: Example) -> tuple[Body, ...]:
    """Bills that settle in another way: a credit that nobody has to set off, and one of which tax is kept back."""
    code = next(each for each in WITHHOLDING_CODES if each.entity == desk.entity.key)
    kept = to_text(share_half_up(AMOUNT, code.rate, RATE_SCALE), desk.entity.decimals)
    credit = {"supplier_reference": "CR-1", "credit_memo": "price", "credit_reason": "agreed"}
    held = {"supplier_reference": "WH-1", "withholding": {"code": code.code, "base": desk.total, "amount": kept}}
    return tuple({**bill(desk), **members} for members in (credit, held))
