"""Copies of HR's employees in procurement: who may ask for something, who approves it, and for how long they do."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mocks.abilities.replicas import Replica, ReplicaDesk, ReplicaStore
from mocks.abilities.staff import RULES, Engaged, checked, obeyed_by
from mocks.company.model import Standing
from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Operation
from mocks.systems.procurement.models import Day, Id, Request
from mocks.systems.procurement.replicas import SourceRevision

PATH = "/api/v1/employees/{employeeNo}"
POINT = "procurement.employee"
OF = "procurement_employee"

Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Ann Lee"])]
Status = Annotated[Standing, Meta(description="left: nothing more is taken from them; on_leave: they decide nothing")]


class EmployeePut(Request, frozen=True, kw_only=True, rename="camel"):
    """What a copy has to say from now on. userId: what the person is called here; managerId: who decides first on what they ask for."""

    source_revision: SourceRevision | None = None
    user_id: Id
    name: Name
    legal_entity: Id
    cost_center: Id
    manager_id: Id | None = None
    status: Status
    valid_from: Day
    valid_to: Day


class EmployeeCopy(Struct, frozen=True, kw_only=True, rename="camel"):
    """A copy as it stands."""

    id: int
    uuid: str
    version: int
    employee_no: str
    source_revision: int | None
    user_id: str
    name: str
    legal_entity: str
    cost_center: str
    manager_id: str | None
    status: str
    valid_from: str
    valid_to: str
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class Colleagues:
    """The copies of one procurement system."""

    def __init__(self, master: ProcurementMaster) -> None:
        self.master = master
        self.store: ReplicaStore[Engaged] = ReplicaStore(OF, obeyed_by(master.users))

    def told(self, body: EmployeePut) -> Engaged:
        """Raises CODING_INVALID, COST_CENTER_INACTIVE and EMPLOYEE_UNKNOWN."""
        said = Engaged(
            user=body.user_id,
            house=body.legal_entity,
            revision=body.source_revision,
            name=body.name,
            cost_center=body.cost_center,
            manager=body.manager_id,
            status=body.status,
            valid_from=date.fromisoformat(body.valid_from),
            valid_to=date.fromisoformat(body.valid_to),
        )
        return checked(said, self.master.users, self.master.houses, self.master.cost_centers)

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
        user_id=told.user,
        name=told.name,
        legal_entity=told.house,
        cost_center=told.cost_center,
        manager_id=told.manager,
        status=told.status,
        valid_from=told.valid_from.isoformat(),
        valid_to=told.valid_to.isoformat(),
        exported=False,
        external_id=None,
        created_at=copy.created_at,
        updated_at=copy.updated_at,
    )
