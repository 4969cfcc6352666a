"""Procurement's commands: what is a requisition's own."""

from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Effect, Reply
from mocks.systems.procurement import models
from mocks.systems.procurement import rules as content
from mocks.systems.procurement.checking.checks import Clearances
from mocks.systems.procurement.desks import ApprovingDesk
from mocks.systems.procurement.records import requisition_record, source_lines
from mocks.systems.procurement.requisitions import FORM, Requisition
from mocks.workflow import rules


class RequisitionDesk(ApprovingDesk[Requisition]):
    """The requisitions of one procurement system."""

    in_list = models.RequisitionSummary
    told = "approval.reversed"
    acted_on = frozenset({"approved", "ordered"})
    author = "requester"

    def __init__(self, master: ProcurementMaster, namespace: str, clearances: Clearances | None = None) -> None:
        """clearances: what the budget checks of these requisitions came to; absent: nobody checks any."""
        super().__init__(FORM, Requisition, master.users, namespace)
        self._master = master
        self._clearances = clearances or Clearances()

    def record(self, document: Requisition) -> models.Requisition:
        """On the wire."""
        return requisition_record(document, self._master.houses[document.house])

    def source_lines(self, document: Requisition) -> tuple[Effect, ...]:
        """One for each line."""
        return source_lines(document, self._master.houses[document.house])

    def check_content(self, document: Requisition) -> None:
        """The supplier may be bought from and every line is coded and adds up."""
        content.check_supplier(self._master, document.supplier_id, document.house)
        content.total_of(self._master, document.lines, self._master.houses[document.house])

    def party(self, document: Requisition) -> str:
        """The supplier."""
        return document.supplier_id

    def centers(self, document: Requisition) -> set[str]:
        """Of all lines."""
        return {line.cost_center for line in document.lines}

    def dates(self, document: Requisition) -> tuple[str | None, str | None]:
        """The day of the request, for both."""
        return document.requested_on, document.requested_on

    def approve(self, call: Call) -> Reply:
        """Only when a check of its budget that was begun ended well. Raises EXCEPTION_UNDECIDED as well."""
        self._clearances.require(self.documents.get(call.path[FORM.id_member]))
        return super().approve(call)

    def record_order(self, call: Call) -> Reply:
        """procurement.requisition.record_order"""
        body: models.RecordOrder = call.body
        order = models.ErpOrder(number=body.erp_order_number, id=body.erp_order_id, status=body.erp_status, recorded_at=call.now)
        return self._written_back(call, "record_order", order)

    def create(self, call: Call) -> Reply:
        """procurement.requisition.create"""
        body: models.RequisitionCreate = call.body
        requester = self._person(call.actor)
        where = content.house(self._master, body.legal_entity, body.currency, requester)
        content.check_supplier(self._master, body.supplier_id, where.id)
        total = content.total_of(self._master, body.lines, where)
        return self._open(
            call,
            requester,
            where,
            title=body.title,
            lines=body.lines,
            total_minor=total,
            supplier_id=body.supplier_id,
            needed_by=body.needed_by,
            requested_on=where.day(call.now).isoformat(),
        )

    def withdraw(self, call: Call) -> Reply:
        """procurement.requisition.withdraw"""
        return self._by_author(call, "withdraw")

    def amend(self, call: Call) -> Reply:
        """procurement.requisition.amend"""
        body: models.RequisitionAmend = call.body
        requisition, actor = self._acted(call)
        status = self._after(requisition, "amend")
        rules.check_author(FORM.noun, requisition, actor, "amend")
        supplier, lines = body.supplier_id or requisition.supplier_id, body.lines or requisition.lines
        content.check_supplier(self._master, supplier, requisition.house)
        return self._revised(
            call,
            requisition,
            status=status,
            supplier_id=supplier,
            recorded=None,
            lines=lines,
            total_minor=content.total_of(self._master, lines, self._master.houses[requisition.house]),
            title=body.title or requisition.title,
            needed_by=body.needed_by or requisition.needed_by,
        )
