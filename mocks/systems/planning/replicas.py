"""Copies of the ERP's master records in planning: planners say with them where something is booked, and nobody here owns them."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mocks.abilities.replicas import Kind, Replica, ReplicaStore, Told
from mocks.company.planning import PlanningMaster
from mocks.kit.operation import Call, Operation, Refs, Refusal, Reply
from mocks.systems.planning.models import Request

PATH = "/plans/v1/master-data/{source_record}"
POINT = "planning.master_record"
OF = "planning_master_record"
READ, WRITE = "planning.read", "planning.write"
RULES = ("NOT_FOUND", "CODING_INVALID", "PRECONDITION_FAILED", "VERSION_CONFLICT")

_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
DAY_PATTERN = f"^(20[0-9]{{2}}-((0[13578]|1[02])-{_DAYS_31}|(0[469]|11)-{_DAYS_30}|02-{_DAYS_28})|20([02468][048]|[13579][26])-02-29)$"

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
        self.store = ReplicaStore(OF)

    def put(self, call: Call) -> Reply:
        """planning.master_record.put: the same again changes nothing"""
        body: MasterRecordPut = call.body
        if body.entity not in self.master.houses:
            raise Refusal("CODING_INVALID", f"no legal entity {body.entity!r}; there are {', '.join(self.master.houses)}")
        told = Told(
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
        copy, effects = self.store.put(call, call.path["source_record"], told)
        return Reply(_wire(copy), version=copy.version, effects=effects)

    def read(self, call: Call) -> Reply:
        """planning.master_record.read"""
        copy = self.store.get(call.path["source_record"])
        return Reply(_wire(copy), version=copy.version)

    def touch(self, call: Call) -> Reply:
        """A person edits something harmless on a copy."""
        copy, effects = self.store.touch(call, call.path["source_record"])
        return Reply(_wire(copy), version=copy.version, effects=effects)


def operations(copies: Copies) -> tuple[Operation, ...]:
    """What whoever keeps the copies may do."""
    return (
        Operation(
            f"{POINT}.read", "GET", PATH, "read", READ, "A copy of a master record", MasterRecordCopy, copies.read,
            errors=("NOT_FOUND", "CODING_INVALID"), refs=_one,
        ),
        Operation(
            f"{POINT}.put", "PUT", PATH, "update", WRITE, "Write a copy of a master record", MasterRecordCopy, copies.put,
            request=MasterRecordPut, errors=RULES, refs=_told, touch=copies.touch,
        ),
    )  # fmt: skip


def _one(call: Call) -> Refs:
    """Of a look at a copy."""
    return Refs(source_ids=(call.path["source_record"],))


def _told(call: Call) -> Refs:
    """Of what is written of a record."""
    body: MasterRecordPut = call.body
    return Refs(source_ids=(call.path["source_record"],), src_version=body.source_revision)


def _wire(copy: Replica) -> MasterRecordCopy:
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
