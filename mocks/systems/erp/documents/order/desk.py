"""Purchase orders: rules of creation, the memo entry PST-P03, its reversal PST-P05 by cancellation, and what comes between them."""

from collections.abc import Iterator, Sequence
from datetime import date

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import RESERVE, exceeded, expired, memo, step_effect
from mocks.systems.erp.budget.ledger import Ended, Overdrawn, Reservation, Spending
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.order.changes import OrderChanges
from mocks.systems.erp.documents.order.ending import OrderEndings
from mocks.systems.erp.documents.order.funds import encumbered, memo_lines, spendings
from mocks.systems.erp.documents.order.kind import KIND
from mocks.systems.erp.documents.order.life import Lives, delivery_status, order_lines, ordered_line
from mocks.systems.erp.documents.order.models import PurchaseOrder, PurchaseOrderCreate
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.periods import month


class PurchaseOrders(DocumentDesk):
    """The purchase orders of one ERP."""

    def __init__(self, erp: Erp) -> None:
        super().__init__(erp, KIND)
        self._lives = Lives()
        self._changes = OrderChanges(erp, self._lives)
        self._endings = OrderEndings(erp, self._lives)

    def create(self, call: Call) -> Reply:
        """erp.po.create"""
        body: PurchaseOrderCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(KIND.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        on = rules.to_day(body.document_date)
        total = rules.minor(body.total, company)
        rules.check_evidence(erp.master, body.approvals, body.requested_by, total, company)
        erp.require_vendor_for_order(body.vendor_id, company)
        amounts = self._amounts(body, company, on)
        rules.check_sum(amounts, total, "purchase order")
        erp.periods.require_open(company.code, on, KIND.module, call.now.date())
        entries = (*encumbered(body, amounts), Entry(RESERVE, -total))
        number = erp.documents.free_number(KIND, call)
        kept = self._encumber(call, number, company, spendings(body, amounts, month(on)))
        document = erp.start(call, KIND, body, company, number=number, amount_minor=total, posting_date=on, entries=entries)
        rows = order_lines(document, zip(range(1, len(amounts) + 1), body.lines, amounts, strict=True), company)
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"/purchase-orders/{document.number}",
            created={"existing_id": document.number, "existing_status": document.status},
            effects=(*erp.post(document), *rows, *self._consumed(kept), *expired(erp.budget)),
        )

    def enter(self, call: Call) -> Reply:
        """erp.po.enter"""
        body: PurchaseOrderCreate = call.body
        buyer, master = call.actor or "", self._erp.master
        rules.check_person(master, buyer, rules.company_of(master, body.company_code, body.currency))
        if buyer in {approval.approver for approval in body.approvals}:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{buyer} approved an order of their own")
        return self.create(call)

    def _encumber(self, call: Call, number: str, company: ErpCompany, lines: Sequence[Spending]) -> Reservation | None:
        """PST-P03. Answers the reservation that the order names, as it was."""
        reservation_id = call.body.reservation_id
        budget = self._erp.budget
        kept = budget.reservations.get(reservation_id or "")
        if reservation_id is not None and (kept is None or kept.asked.body.company_code != company.code):
            raise Refusal("RESERVATION_ENDED", f"no reservation {reservation_id!r} in company {company.code}")
        try:
            return budget.encumber(number, lines, call.now, reservation_id)
        except Ended as ended:
            raise Refusal("RESERVATION_ENDED", str(ended)) from None
        except Overdrawn as over:
            raise exceeded(over, company) from None

    def _consumed(self, before: Reservation | None) -> Iterator[Effect]:
        if before is not None:
            after = self._erp.budget.reservations[before.id]
            yield step_effect(after)
            if before.status == "approved":
                yield from self._erp.ledger.post(memo(after, ends=True))

    def _amounts(self, body: PurchaseOrderCreate, company: ErpCompany, on: date) -> list[int]:
        amounts = []
        for line in body.lines:
            amount = rules.minor(line.amount, company)
            rules.check_extension(line.quantity, line.unit_price, amount, company)
            rules.check_cost_account(self._erp.master, line.gl_account)
            rules.check_coding(self._erp.master, company, line.gl_account, line.cost_center, project=line.project, on=on)
            amounts.append(amount)
        return amounts

    def change(self, call: Call) -> Reply:
        """erp.po.change"""
        return self._reply(*self._changes.change(call, self._order(call)))

    def undo(self, call: Call) -> Reply:
        """erp.po.cancel: the order as a whole, or what is left of it when something is here"""
        order = self._order(call)
        if self._erp.positions.is_touched(order.number):
            return self._reply(*self._endings.cancel_rest(call, order))
        holds = memo_lines(self._erp.budget.held(order.number, "encumbrance"))
        return self._reply(*self._erp.undo(call, order, reason=call.body.reason, posting_date=None, entries=holds))

    def close(self, call: Call) -> Reply:
        """erp.po.close"""
        return self._reply(*self._endings.close(call, self._order(call)))

    def final_close(self, call: Call) -> Reply:
        """erp.po.final_close"""
        return self._reply(*self._endings.final_close(call, self._order(call)))

    def _order(self, call: Call) -> Document:
        return self._erp.documents.get(KIND.name, call.path["number"])

    def record(self, document: Document, company: ErpCompany) -> PurchaseOrder:
        """The order on the wire."""
        request: PurchaseOrderCreate = document.request
        life, positions = self._lives.of(document), self._erp.positions.of(document.number)
        members = head(document, company)
        members["lines"] = tuple([ordered_line(line, positions.get(line.line_no), life) for line in request.lines])
        return PurchaseOrder(
            **members,
            delivery_status=delivery_status(request.lines, positions),
            revision=life.revision if life else 1,
            vendor_id=request.vendor_id,
            requested_by=request.requested_by,
        )
