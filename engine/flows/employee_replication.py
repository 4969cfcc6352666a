"""Employees out of HR: whom HR hired, moved or let go is who they are wherever somebody asks, claims or approves."""

from typing import ClassVar

from engine.flows.master_data_replication import CopyHooks
from engine.mapping.employees import employee_draft
from engine.model.master_data import CopiesDraft, EmployeeContent, EmployeeRecord

FLOW = "employee-replication"


class EmployeeHooks(CopyHooks[EmployeeRecord, EmployeeContent]):
    """What is this flow's own."""

    __slots__ = ()
    kind: ClassVar[str] = "procurement_employee"

    def draft(self, record: EmployeeRecord) -> CopiesDraft[EmployeeContent]:
        """Raises Unpostable."""
        return employee_draft(record, self.rules)
