"""Purchase orders: rules of creation, the memo entry PST-P03, and its reversal PST-P05 by cancellation."""

from collections.abc import Iterator, Sequence
from datetime import date

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Operation, Reply
from mocks.systems.erp import models, refs, rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.operations import CREATE_RULES, WRITE, shared
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import PurchaseOrder, PurchaseOrderCreate

ENCUMBRANCE, RESERVE = "9200", "9900"

ORDER = DocumentKind(
    name="purchase_order",
    noun="purchase order",
    point="erp.po",
    path="/purchase-orders",
    undo="cancel",
    module="PO",
    ledger="memo",
    numbers=("45", "47"),
    transitions={("created", "undo"): "cancelled"},
    record=PurchaseOrder,
    page=models.PurchaseOrderPage,
    party=lambda request: request.vendor_id,
)


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the purchasing desk of one ERP."""
    desk = PurchaseOrders(erp, ORDER)
    create = Operation(
        "erp.po.create", "POST", ORDER.path, "create", WRITE, "Create a purchase order", PurchaseOrder, desk.create,
        request=PurchaseOrderCreate, status=201, refs=refs.CallRefs(erp.master).order,
        errors=(*CREATE_RULES, "SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED", "AMOUNT_MISMATCH"),
    )  # fmt: skip
    return (create, *shared(ORDER, desk, plural="Purchase orders", undoing="Cancel a purchase order", request=models.Cancel))


class PurchaseOrders(DocumentDesk):
    """The purchase orders of one ERP."""

    def create(self, call: Call) -> Reply:
        """erp.po.create"""
        body: PurchaseOrderCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(ORDER.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        on = rules.to_day(body.document_date)
        total = rules.minor(body.total, company)
        rules.check_evidence(erp.master, body.approvals, body.requested_by, total, company)
        erp.require_vendor_for_order(body.vendor_id, company)
        amounts = self._amounts(body, company, on)
        rules.check_sum(amounts, total, "purchase order")
        erp.periods.require_open(company.code, on, ORDER.module, call.now.date())
        entries = (*_encumbered(body, amounts), Entry(RESERVE, -total))
        document = erp.start(call, ORDER, body, company, amount_minor=total, posting_date=on, entries=entries)
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"/purchase-orders/{document.number}",
            created={"existing_id": document.number, "existing_status": document.status},
            effects=(*erp.post(document), *_order_lines(document, body, amounts)),
        )

    def _amounts(self, body: PurchaseOrderCreate, company: ErpCompany, on: date) -> list[int]:
        amounts = []
        for line in body.lines:
            amount = rules.minor(line.amount, company)
            rules.check_extension(line.quantity, line.unit_price, amount, company)
            rules.check_expense_account(self._erp.master, line.gl_account)
            rules.check_coding(self._erp.master, company, line.gl_account, line.cost_center, project=line.project, on=on)
            amounts.append(amount)
        return amounts

    def record(self, document: Document, company: ErpCompany) -> PurchaseOrder:
        """The order on the wire."""
        request: PurchaseOrderCreate = document.request
        return PurchaseOrder(**head(document, company), vendor_id=request.vendor_id, requested_by=request.requested_by)


def _encumbered(body: PurchaseOrderCreate, amounts: Sequence[int]) -> Iterator[Entry]:
    """One memo line for each cost centre, so that the books tell who ordered."""
    by_center: dict[str, int] = {}
    for line, amount in zip(body.lines, amounts, strict=True):
        by_center[line.cost_center] = by_center.get(line.cost_center, 0) + amount
    return (Entry(ENCUMBRANCE, amount, center) for center, amount in by_center.items())


def _order_lines(document: Document, body: PurchaseOrderCreate, amounts: Sequence[int]) -> Iterator[Effect]:
    """How each line is coded: the memo entry knows no expense account, and the judge compares it with what the requisition maps to."""
    for number, (line, amount) in enumerate(zip(body.lines, amounts, strict=True), 1):
        yield Effect(
            "order_line",
            f"{document.number}/L{number}",
            "create",
            amount_minor=amount,
            currency=document.currency,
            company=document.company_code,
            period=document.period,
            account=line.gl_account,
            cost_center=line.cost_center,
            project=line.project,
            parent_id=document.number,
        )
