"""Copies of the ERP's master records in procurement: requesters say with them where something is booked, and nobody here owns them."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mocks.abilities.replicas import Kind, Replica, ReplicaDesk, ReplicaStore, Told, following
from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Operation, Refusal
from mocks.systems.procurement.models import Day, Id, Request

PATH = "/api/v1/master-data/{sourceRecord}"
POINT = "procurement.master_record"
OF = "procurement_master_record"

Code = Annotated[str, Meta(min_length=1, max_length=40, examples=["US-MKT-01"])]
SourceRevision = Annotated[int, Meta(ge=1, le=1_000_000, description="of the owner's record; absent: nothing guards what is newer")]
Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Field marketing"])]
Active = Annotated[bool, Meta(description="false: it is kept, and nothing new may name it")]


class MasterRecordPut(Request, frozen=True, kw_only=True, rename="camel"):
    """What a copy has to say from now on."""

    source_revision: SourceRevision | None = None
    kind: Kind
    legal_entity: Code
    code: Code
    name: Name
    responsible_id: Id
    valid_from: Day
    valid_to: Day
    active: Active


class MasterRecordCopy(Struct, frozen=True, kw_only=True, rename="camel"):
    """A copy as it stands."""

    id: int
    uuid: str
    version: int
    kind: str
    legal_entity: str
    code: str
    status: str
    source_record: str
    source_revision: int | None
    name: str
    responsible_id: str | None
    valid_from: str
    valid_to: str
    active: bool
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class Copies:
    """The copies of one procurement system."""

    def __init__(self, master: ProcurementMaster) -> None:
        self.master = master
        self._obeyed = {"cost_center": following(master.cost_centers), "project": following(master.projects)}
        self.store = ReplicaStore(OF, self._obey)

    def told(self, body: MasterRecordPut) -> Told:
        """Raises CODING_INVALID and, where somebody is named, EMPLOYEE_UNKNOWN."""
        if body.legal_entity not in self.master.houses:
            raise Refusal("CODING_INVALID", f"no legal entity {body.legal_entity!r}; there are {', '.join(self.master.houses)}")
        if body.responsible_id not in self.master.users:
            raise Refusal("EMPLOYEE_UNKNOWN", f"responsible_id {body.responsible_id!r} is nobody here")
        return Told(
            kind=body.kind,
            house=body.legal_entity,
            code=body.code,
            revision=body.source_revision,
            name=body.name,
            responsible=body.responsible_id,
            valid_from=date.fromisoformat(body.valid_from),
            valid_to=date.fromisoformat(body.valid_to),
            active=body.active,
        )

    def _obey(self, copy: Replica[Told]) -> None:
        """What is not active is taken for nothing new. Requisitions name no accounts."""
        if copy.told.kind in self._obeyed:
            self._obeyed[copy.told.kind](copy.told.code, copy.told.house, copy.told.active)


def operations(copies: Copies) -> tuple[Operation, ...]:
    """What whoever keeps the copies may do."""
    desk = ReplicaDesk(POINT, PATH, MasterRecordPut, MasterRecordCopy, copies.store, copies.told, _wire, errors=("EMPLOYEE_UNKNOWN",))
    return desk.operations()


def _wire(copy: Replica[Told]) -> MasterRecordCopy:
    told = copy.told
    return MasterRecordCopy(
        id=copy.id,
        uuid=copy.uuid,
        version=copy.version,
        kind=told.kind,
        legal_entity=told.house,
        code=told.code,
        status=copy.status,
        source_record=copy.source,
        source_revision=told.revision,
        name=told.name,
        responsible_id=told.responsible,
        valid_from=told.valid_from.isoformat(),
        valid_to=told.valid_to.isoformat(),
        active=told.active,
        exported=False,
        external_id=None,
        created_at=copy.created_at,
        updated_at=copy.updated_at,
    )
