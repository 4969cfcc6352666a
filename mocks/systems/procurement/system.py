"""Procurement as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.projections import procurement_master
from mocks.kit.operation import Operation, View
from mocks.systems.procurement.desk import RequisitionDesk
from mocks.systems.procurement.operations import operations


class ProcurementSystem:
    """One procurement system with its own requisitions; their ids carry the run's namespace."""

    type = "procurement"
    title = "Mock procurement"
    summary = "Requisitions, their approval chain, and what became of them in the ERP"
    event_types = ("requisition.approved", "approval.reversed")

    def __init__(self, company: Company, *, namespace: str, instance: str = "procurement") -> None:
        self.name = instance
        master = procurement_master(company)
        self.desk = RequisitionDesk(master, namespace)
        self.operations: tuple[Operation, ...] = under(self.name, self.type, operations(master, self.desk))

    def final_views(self) -> list[View]:
        """Every requisition as it stands."""
        return list(self.desk.final_views())
