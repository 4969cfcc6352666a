"""HR as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.staffing import hr_master
from mocks.kit.operation import Operation, View
from mocks.systems.hr.desk import PersonnelDesk
from mocks.systems.hr.operations import operations


class HrSystem:
    """One HR system with the group's employees."""

    type = "hr"
    title = "Mock HR"
    summary = "Employees with their manager, company, cost centre and standing, as people of HR decide it, and the feed of what changed"
    event_types = ("employee.changed",)

    def __init__(self, company: Company, *, instance: str = "hr") -> None:
        self.name = instance
        self.desk = PersonnelDesk(hr_master(company), company.seed)
        self.operations: tuple[Operation, ...] = under(self.name, self.type, operations(self.desk))

    def final_views(self) -> list[View]:
        """Everybody who was hired or changed, as they stand."""
        return self.desk.book.final_views()
