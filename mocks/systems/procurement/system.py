"""Procurement as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.projections import procurement_master
from mocks.kit.operation import Operation, View
from mocks.systems.procurement.desk import RequisitionDesk
from mocks.systems.procurement.operations import operations
from mocks.systems.procurement.suppliers.desk import SupplierRequestDesk
from mocks.systems.procurement.suppliers.operations import operations as supplier_operations


class ProcurementSystem:
    """One procurement system with its own requisitions; their ids carry the run's namespace."""

    type = "procurement"
    title = "Mock procurement"
    summary = "Requisitions and requests for suppliers, their approval chain, and what became of them in the ERP"
    event_types = ("requisition.approved", "approval.reversed", "supplier_request.approved", "supplier_request.reversed")

    def __init__(self, company: Company, *, namespace: str, instance: str = "procurement") -> None:
        self.name = instance
        master = procurement_master(company)
        self.desk = RequisitionDesk(master, namespace)
        self.supplier_requests = SupplierRequestDesk(master, namespace)
        offered = (*operations(master, self.desk), *supplier_operations(master, self.supplier_requests))
        self.operations: tuple[Operation, ...] = under(self.name, self.type, offered)

    def final_views(self) -> list[View]:
        """Every requisition and every request for a supplier as it stands."""
        return [*self.desk.final_views(), *self.supplier_requests.final_views()]
