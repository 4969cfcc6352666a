"""Copies of the ERP's master records in planning: planners say with them where something is booked, and nobody here owns them."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mocks.abilities.replicas import Kind, Replica, ReplicaDesk, ReplicaStore, Told
from mocks.company.planning import PlanningMaster
from mocks.kit.operation import Operation, Refusal
from mocks.systems.planning.models import DAY_PATTERN, Request

PATH = "/plans/v1/master-data/{source_record}"
POINT = "planning.master_record"
OF = "planning_master_record"

Day = Annotated[str, Meta(pattern=DAY_PATTERN, min_length=10, max_length=10, examples=["2026-11-20"])]
Code = Annotated[str, Meta(min_length=1, max_length=40, examples=["US-MKT-01"])]
SourceRevision = Annotated[int, Meta(ge=1, le=1_000_000, description="of the owner's record; absent: nothing guards what is newer")]
Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Field marketing"])]
Active = Annotated[bool, Meta(description="false: it is kept, and nothing new may name it")]


class MasterRecordPut(Request, frozen=True, kw_only=True, rename="kebab"):
    """What a copy has to say from now on."""

    source_revision: SourceRevision | None = None
    kind: Kind
    entity: Code
    code: Code
    name: Name
    valid_from: Day
    valid_to: Day
    active: Active


class MasterRecordCopy(Struct, frozen=True, kw_only=True, rename="kebab"):
    """A copy as it stands."""

    id: int
    uuid: str
    version: int
    kind: str
    entity: str
    code: str
    status: str
    source_record: str
    source_revision: int | None
    name: str
    valid_from: str
    valid_to: str
    active: bool
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class Copies:
    """The copies of one planning system."""

    def __init__(self, master: PlanningMaster) -> None:
        self.master = master
        self.store: ReplicaStore[Told] = ReplicaStore(OF)

    def told(self, body: MasterRecordPut) -> Told:
        """Raises CODING_INVALID and, where somebody is named, EMPLOYEE_UNKNOWN."""
        if body.entity not in self.master.houses:
            raise Refusal("CODING_INVALID", f"no legal entity {body.entity!r}; there are {', '.join(self.master.houses)}")
        return Told(
            kind=body.kind,
            house=body.entity,
            code=body.code,
            revision=body.source_revision,
            name=body.name,
            responsible=None,
            valid_from=date.fromisoformat(body.valid_from),
            valid_to=date.fromisoformat(body.valid_to),
            active=body.active,
        )


def operations(copies: Copies) -> tuple[Operation, ...]:
    """What whoever keeps the copies may do."""
    desk = ReplicaDesk(POINT, PATH, MasterRecordPut, MasterRecordCopy, copies.store, copies.told, _wire)
    return desk.operations()


def _wire(copy: Replica[Told]) -> MasterRecordCopy:
    told = copy.told
    return MasterRecordCopy(
        id=copy.id,
        uuid=copy.uuid,
        version=copy.version,
        kind=told.kind,
        entity=told.house,
        code=told.code,
        status=copy.status,
        source_record=copy.source,
        source_revision=told.revision,
        name=told.name,
        valid_from=told.valid_from.isoformat(),
        valid_to=told.valid_to.isoformat(),
        active=told.active,
        exported=False,
        external_id=None,
        created_at=copy.created_at,
        updated_at=copy.updated_at,
    )
