"""Copies of HR's employees among expenses: who may claim something, who approves it, and for how long they do."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mocks.abilities.replicas import Replica, ReplicaDesk, ReplicaStore
from mocks.abilities.staff import RULES, Engaged, checked, obeyed_by
from mocks.company.model import Standing
from mocks.company.projections import ExpenseMaster
from mocks.kit.operation import Operation
from mocks.systems.expense.models import Day, Id
from mocks.systems.expense.replicas import SourceRevision
from mocks.systems.expense.rules import to_ddmmyyyy

PATH = "/v1/employees/{employee_no}"
POINT = "expense.employee"
OF = "expense_employee"

Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Ann Lee"])]
Status = Annotated[Standing, Meta(description="left: nothing more is taken from them; on_leave: they decide nothing")]


class EmployeePut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a copy has to say from now on. login: what the person is called here; manager_login: who decides first on what they ask for."""

    source_revision: SourceRevision | None = None
    login: Id
    name: Name
    entity_code: Id
    cost_object: Id
    manager_login: Id | None = None
    status: Status
    valid_from: Day
    valid_to: Day


class EmployeeCopy(Struct, frozen=True, kw_only=True):
    """A copy as it stands."""

    id: int
    uuid: str
    version: int
    employee_no: str
    source_revision: int | None
    login: str
    name: str
    entity_code: str
    cost_object: str
    manager_login: str | None
    status: str
    valid_from: str
    valid_to: str
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class Colleagues:
    """The copies of one expense system."""

    def __init__(self, master: ExpenseMaster) -> None:
        self.master = master
        self.store: ReplicaStore[Engaged] = ReplicaStore(OF, obeyed_by(master.employees))

    def told(self, body: EmployeePut) -> Engaged:
        """Raises CODING_INVALID, COST_CENTER_INACTIVE and EMPLOYEE_UNKNOWN."""
        said = Engaged(
            user=body.login,
            house=body.entity_code,
            revision=body.source_revision,
            name=body.name,
            cost_center=body.cost_object,
            manager=body.manager_login,
            status=body.status,
            valid_from=_day(body.valid_from),
            valid_to=_day(body.valid_to),
        )
        return checked(said, self.master.employees, self.master.houses, self.master.cost_objects)

    def operations(self) -> tuple[Operation, ...]:
        """What whoever keeps the copies may do."""
        return ReplicaDesk(POINT, PATH, EmployeePut, EmployeeCopy, self.store, self.told, _wire, RULES, "an employee").operations()


def _wire(copy: Replica[Engaged]) -> EmployeeCopy:
    told = copy.told
    return EmployeeCopy(
        id=copy.id,
        uuid=copy.uuid,
        version=copy.version,
        employee_no=copy.source,
        source_revision=told.revision,
        login=told.user,
        name=told.name,
        entity_code=told.house,
        cost_object=told.cost_center,
        manager_login=told.manager,
        status=told.status,
        valid_from=to_ddmmyyyy(told.valid_from),
        valid_to=to_ddmmyyyy(told.valid_to),
        exported=False,
        external_id=None,
        created_at=copy.created_at,
        updated_at=copy.updated_at,
    )


def _day(text: str) -> date:
    """Of DD/MM/YYYY; the pattern has let nothing else through."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))
