"""Copies of the ERP's master records in procurement: requesters say with them where something is booked, and nobody here owns them."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mocks.abilities.replicas import Kind, Replica, ReplicaStore, Told, following
from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Operation, Refs, Refusal, Reply
from mocks.systems.procurement.models import Day, Id, Request

PATH = "/api/v1/master-data/{sourceRecord}"
POINT = "procurement.master_record"
OF = "procurement_master_record"
READ, WRITE = "procurement.read", "procurement.write"
RULES = ("NOT_FOUND", "CODING_INVALID", "PRECONDITION_FAILED", "VERSION_CONFLICT")

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

    def put(self, call: Call) -> Reply:
        """procurement.master_record.put: the same again changes nothing"""
        body: MasterRecordPut = call.body
        if body.legal_entity not in self.master.houses:
            raise Refusal("CODING_INVALID", f"no legal entity {body.legal_entity!r}; there are {', '.join(self.master.houses)}")
        if body.responsible_id not in self.master.users:
            raise Refusal("EMPLOYEE_UNKNOWN", f"responsible_id {body.responsible_id!r} is nobody here")
        told = Told(
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
        copy, effects = self.store.put(call, call.path["sourceRecord"], told)
        return Reply(_wire(copy), version=copy.version, effects=effects)

    def read(self, call: Call) -> Reply:
        """procurement.master_record.read"""
        copy = self.store.get(call.path["sourceRecord"])
        return Reply(_wire(copy), version=copy.version)

    def touch(self, call: Call) -> Reply:
        """A person edits something harmless on a copy."""
        copy, effects = self.store.touch(call, call.path["sourceRecord"])
        return Reply(_wire(copy), version=copy.version, effects=effects)

    def _obey(self, copy: Replica) -> None:
        """What is not active is taken for nothing new."""
        self._obeyed[copy.told.kind](copy.told.code, copy.told.house, copy.told.active)


def operations(copies: Copies) -> tuple[Operation, ...]:
    """What whoever keeps the copies may do."""
    return (
        Operation(
            f"{POINT}.read", "GET", PATH, "read", READ, "A copy of a master record", MasterRecordCopy, copies.read,
            errors=("NOT_FOUND", "CODING_INVALID"), refs=_one,
        ),
        Operation(
            f"{POINT}.put", "PUT", PATH, "update", WRITE, "Write a copy of a master record", MasterRecordCopy, copies.put,
            request=MasterRecordPut, errors=(*RULES, "EMPLOYEE_UNKNOWN"), refs=_told, touch=copies.touch,
        ),
    )  # fmt: skip


def _one(call: Call) -> Refs:
    """Of a look at a copy."""
    return Refs(source_ids=(call.path["sourceRecord"],))


def _told(call: Call) -> Refs:
    """Of what is written of a record."""
    body: MasterRecordPut = call.body
    return Refs(source_ids=(call.path["sourceRecord"],), src_version=body.source_revision)


def _wire(copy: Replica) -> MasterRecordCopy:
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
