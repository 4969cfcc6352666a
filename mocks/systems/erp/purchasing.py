"""Purchase orders: rules of creation, the memo entry PST-P03, and its reversal PST-P05 by cancellation."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import Cancel, PurchaseOrder, PurchaseOrderCreate

ENCUMBRANCE, RESERVE = "9200", "9900"


class Purchasing:
    """The purchasing desk of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def create(self, call: Call) -> Reply:
        """erp.po.create"""
        body: PurchaseOrderCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat("purchase_order", body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        on = rules.to_day(body.document_date)
        total = rules.minor(body.total, company)
        rules.check_evidence(erp.master, body.approvals, body.requested_by, total, company)
        erp.require_vendor_for_order(body.vendor_id, company)
        amounts = self._amounts(body, company, on)
        rules.check_sum(amounts, total, "purchase order")
        erp.periods.require_open(company.code, on, "PO", call.now.date())
        entries = (*_encumbered(body, amounts), Entry(RESERVE, -total))
        document = erp.start(call, "purchase_order", body, company, amount_minor=total, posting_date=on, entries=entries)
        return Reply(
            order_record(document, company),
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

    def read(self, call: Call) -> Reply:
        """erp.po.read"""
        return self._reply(self._erp.documents.get("purchase_order", call.path["number"]))

    def find(self, call: Call) -> Reply:
        """erp.po.find"""
        found = self._erp.documents.with_reference("purchase_order", call.query["external_ref"])
        return Reply({"items": [self._record(document) for document in found], "next": None})

    def list(self, call: Call) -> Reply:
        """erp.po.list"""
        found, after = self._erp.documents.page("purchase_order", call.after, call.limit)
        return Reply({"items": [self._record(document) for document in found], "next": after})

    def cancel(self, call: Call) -> Reply:
        """erp.po.cancel"""
        body: Cancel = call.body
        document = self._erp.documents.get("purchase_order", call.path["number"])
        changed, effects = self._erp.undo(call, document, reason=body.reason, posting_date=None)
        return self._reply(changed, effects)

    def touch(self, call: Call) -> Reply:
        """A person adds a comment to the order."""
        return self._reply(*self._erp.touch(call, "purchase_order", call.path["number"]))

    def _record(self, document: Document) -> PurchaseOrder:
        return order_record(document, self._erp.master.companies[document.company_code])

    def _reply(self, document: Document, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(self._record(document), version=document.version, effects=effects)


def order_record(document: Document, company: ErpCompany) -> PurchaseOrder:
    """The order on the wire."""
    request = cast("PurchaseOrderCreate", document.request)
    return PurchaseOrder(
        id=document.id,
        uuid=document.uuid,
        version=document.version,
        created_at=document.created_at,
        updated_at=document.updated_at,
        exported=False,
        external_id=None,
        number=document.number,
        status=cast("Any", document.status),
        company_code=document.company_code,
        vendor_id=request.vendor_id,
        document_date=request.document_date,
        currency=document.currency,
        external_ref=document.ext_ref,
        source_revision=document.src_version,
        requested_by=request.requested_by,
        lines=request.lines,
        total=to_text(document.amount_minor, company.decimals),
        approvals=request.approvals,
        reversed_by=document.reversed_by,
        reverses=document.reverses,
        reason=document.reason,
    )


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
