"""Planning as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.planning import planning_master
from mocks.kit.operation import Operation, View
from mocks.systems.planning.consumption import ConsumptionDesk
from mocks.systems.planning.desk import PlanDesk
from mocks.systems.planning.operations import operations
from mocks.systems.planning.records import final_views
from mocks.systems.planning.replicas import Copies
from mocks.systems.planning.replicas import operations as copy_operations


class PlanningSystem:
    """One planning system with its own plans; their ids carry the run's namespace."""

    type = "planning"
    title = "Mock planning"
    summary = "Budgets by fiscal period over a hierarchy of nodes, their versions, and what was spent of them"
    event_types = ("budget.published",)

    def __init__(self, company: Company, *, namespace: str, instance: str = "planning") -> None:
        self.name = instance
        master = planning_master(company)
        self.plans = PlanDesk(master, namespace)
        self.consumption = ConsumptionDesk(master)
        self.copies = Copies(master)
        offered = (*operations(master, self.plans, self.consumption), *copy_operations(self.copies))
        self.operations: tuple[Operation, ...] = under(self.name, self.type, offered)

    def final_views(self) -> list[View]:
        """Every published plan, what was told of it, what is known of spending, and every copy of a master record."""
        plans = [view for plan in self.plans.plans.values() for view in final_views(plan)]
        return plans + self.consumption.final_views() + self.copies.store.final_views()
