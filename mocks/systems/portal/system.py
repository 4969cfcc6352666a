"""The supplier portal as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.portal import portal_master
from mocks.kit.operation import Operation, View
from mocks.systems.portal.desk import PortalDesk
from mocks.systems.portal.operations import operations


class PortalSystem:
    """One portal with its own messages; their ids carry the run's namespace."""

    type = "portal"
    title = "Mock supplier portal"
    summary = "Suppliers send invoices, get them acknowledged, and ask what became of them and of the money"
    event_types = ()

    def __init__(self, company: Company, *, namespace: str, instance: str = "portal") -> None:
        self.name = instance
        self.desk = PortalDesk(portal_master(company), namespace)
        self.operations: tuple[Operation, ...] = under(self.name, self.type, operations(self.desk))

    def final_views(self) -> list[View]:
        """Every invoice as it stands, and what its supplier was told."""
        return list(self.desk.final_views())
