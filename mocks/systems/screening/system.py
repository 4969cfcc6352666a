"""The screening service as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.kit.operation import Operation, View
from mocks.systems.screening.desk import ScreeningDesk
from mocks.systems.screening.operations import operations


class ScreeningSystem:
    """One screening service with its own list and checks. Compliance are the chief financial officers, by personnel number."""

    type = "screening"
    title = "Mock screening"
    summary = "Parties held against an invented sanctions list: clear, potential match, match, or unavailable"
    event_types = ()

    def __init__(self, company: Company, *, instance: str = "screening") -> None:
        self.name = instance
        compliance = frozenset(company.controller(entity.key).erp_id for entity in company.entities)
        self.desk = ScreeningDesk(company.seed, compliance)
        self.operations: tuple[Operation, ...] = under(self.name, self.type, operations(self.desk))

    def final_views(self) -> list[View]:
        """Every check as it stands."""
        return self.desk.final_views()
