"""The expense system as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.projections import expense_master
from mocks.kit.operation import Operation, View
from mocks.systems.expense.desk import ReportDesk
from mocks.systems.expense.operations import operations
from mocks.systems.expense.replicas import Copies
from mocks.systems.expense.replicas import operations as copy_operations
from mocks.systems.expense.staff import Colleagues


class ExpenseSystem:
    """One expense system with its own reports; their ids carry the run's namespace."""

    type = "expense"
    title = "Mock expense"
    summary = "Expense reports, their approval chain, and what became of them in the ERP"
    event_types = ("expense_report.approved", "expense_report.sent_back")

    def __init__(self, company: Company, *, namespace: str, instance: str = "expense") -> None:
        self.name = instance
        master = expense_master(company)
        self.desk = ReportDesk(master, namespace)
        self.copies = Copies(master)
        self.colleagues = Colleagues(master)
        offered = (*operations(self.desk), *copy_operations(self.copies), *self.colleagues.operations())
        self.operations: tuple[Operation, ...] = under(self.name, self.type, offered)

    def final_views(self) -> list[View]:
        """Every report, and every copy of a record, as it stands."""
        return [*self.desk.final_views(), *self.copies.store.final_views(), *self.colleagues.store.final_views()]
