"""Procurement as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.projections import procurement_master
from mocks.kit.operation import Operation, View
from mocks.systems.procurement.checking.checks import Clearances
from mocks.systems.procurement.checking.desk import CheckDesk
from mocks.systems.procurement.checking.operations import operations as checking_operations
from mocks.systems.procurement.desk import RequisitionDesk
from mocks.systems.procurement.invoicing.desk import InvoiceDesk
from mocks.systems.procurement.operations import operations
from mocks.systems.procurement.receiving.desk import ReceiptDesk
from mocks.systems.procurement.receiving.orders import OrderBook
from mocks.systems.procurement.replicas import Copies
from mocks.systems.procurement.replicas import operations as copy_operations
from mocks.systems.procurement.staff import Colleagues
from mocks.systems.procurement.suppliers.desk import SupplierRequestDesk


class ProcurementSystem:
    """One procurement system with its own requisitions, receipts and invoices; their ids carry the run's namespace."""

    type = "procurement"
    title = "Mock procurement"
    summary = "Requisitions, receipts, supplier invoices and requests for suppliers, their approvals, and what became of them in the ERP"
    event_types = (
        "requisition.approved",
        "approval.reversed",
        "goods_receipt.recorded",
        "goods_receipt.reversed",
        "supplier_request.approved",
        "supplier_request.reversed",
        "invoice.approved",
        "invoice.approval_reversed",
    )

    def __init__(self, company: Company, *, namespace: str, instance: str = "procurement") -> None:
        self.name = instance
        master = procurement_master(company)
        clearances = Clearances()
        self.desk = RequisitionDesk(master, namespace, clearances)
        self.checks = CheckDesk(master, self.desk.documents, clearances, namespace)
        self.orders = OrderBook(master)
        self.receipts = ReceiptDesk(master, self.orders, namespace)
        self.invoices = InvoiceDesk(master, self.orders, namespace)
        self.supplier_requests = SupplierRequestDesk(master, namespace)
        self.copies = Copies(master)
        self.colleagues = Colleagues(master)
        bought = operations(
            master,
            self.desk,
            orders=self.orders,
            receipts=self.receipts,
            invoices=self.invoices,
            supplier_requests=self.supplier_requests,
        )
        offered = (*bought, *checking_operations(self.checks), *copy_operations(self.copies), *self.colleagues.operations())
        self.operations: tuple[Operation, ...] = under(self.name, self.type, offered)

    def final_views(self) -> list[View]:
        """Every requisition, receipt, invoice, request for a supplier, budget check and copy of a record as it stands."""
        desks = (self.desk, self.receipts, self.invoices, self.supplier_requests, self.checks)
        copies = self.copies.store.final_views() + self.colleagues.store.final_views()
        return [view for desk in desks for view in desk.final_views()] + copies
