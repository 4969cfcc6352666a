"""Procurement as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.projections import procurement_master
from mocks.kit.operation import Operation, View
from mocks.systems.procurement.desk import RequisitionDesk
from mocks.systems.procurement.invoicing.desk import InvoiceDesk
from mocks.systems.procurement.operations import operations
from mocks.systems.procurement.receiving.desk import ReceiptDesk
from mocks.systems.procurement.receiving.orders import OrderBook


class ProcurementSystem:
    """One procurement system with its own requisitions, receipts and invoices; their ids carry the run's namespace."""

    type = "procurement"
    title = "Mock procurement"
    summary = "Requisitions, their approval chain, receipts, supplier invoices, and what became of them in the ERP"
    event_types = (
        "requisition.approved",
        "approval.reversed",
        "goods_receipt.recorded",
        "goods_receipt.reversed",
        "invoice.approved",
        "invoice.approval_reversed",
    )

    def __init__(self, company: Company, *, namespace: str, instance: str = "procurement") -> None:
        self.name = instance
        master = procurement_master(company)
        self.desk = RequisitionDesk(master, namespace)
        self.orders = OrderBook(master)
        self.receipts = ReceiptDesk(master, self.orders, namespace)
        self.invoices = InvoiceDesk(master, self.orders, namespace)
        offered = operations(master, self.desk, self.orders, self.receipts, self.invoices)
        self.operations: tuple[Operation, ...] = under(self.name, self.type, offered)

    def final_views(self) -> list[View]:
        """Every requisition, receipt and invoice as it stands."""
        return [*self.desk.final_views(), *self.receipts.final_views(), *self.invoices.final_views()]
