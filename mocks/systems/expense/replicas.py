"""Copies of the ERP's master records among expenses: employees say with them where something is booked, and nobody here owns them."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mocks.abilities.replicas import Kind, Replica, ReplicaDesk, ReplicaStore, Told, following
from mocks.company.projections import ExpenseMaster
from mocks.kit.operation import Operation, Refusal
from mocks.systems.expense.models import Day, Id
from mocks.systems.expense.rules import to_ddmmyyyy

PATH = "/v1/master-data/{source_record}"
POINT = "expense.master_record"
OF = "expense_master_record"

Code = Annotated[str, Meta(min_length=1, max_length=40, examples=["US-MKT-01"])]
SourceRevision = Annotated[int, Meta(ge=1, le=1_000_000, description="of the owner's record; absent: nothing guards what is newer")]
Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Field marketing"])]
Active = Annotated[bool, Meta(description="false: it is kept, and nothing new may name it")]


class MasterRecordPut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a copy has to say from now on."""

    source_revision: SourceRevision | None = None
    kind: Kind
    entity_code: Code
    code: Code
    name: Name
    responsible_login: Id
    valid_from: Day
    valid_to: Day
    active: Active


class MasterRecordCopy(Struct, frozen=True, kw_only=True):
    """A copy as it stands."""

    id: int
    uuid: str
    version: int
    kind: str
    entity_code: str
    code: str
    status: str
    source_record: str
    source_revision: int | None
    name: str
    responsible_login: str | None
    valid_from: str
    valid_to: str
    active: bool
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class Copies:
    """The copies of one expense system."""

    def __init__(self, master: ExpenseMaster) -> None:
        self.master = master
        self._follow = following(master.cost_objects)
        self.store = ReplicaStore(OF, self._obey)

    def told(self, body: MasterRecordPut) -> Told:
        """Raises CODING_INVALID and, where somebody is named, EMPLOYEE_UNKNOWN."""
        if body.entity_code not in self.master.houses:
            raise Refusal("CODING_INVALID", f"no legal entity {body.entity_code!r}; there are {', '.join(self.master.houses)}")
        if body.responsible_login not in self.master.employees:
            raise Refusal("EMPLOYEE_UNKNOWN", f"responsible_login {body.responsible_login!r} is nobody here")
        return Told(
            kind=body.kind,
            house=body.entity_code,
            code=body.code,
            revision=body.source_revision,
            name=body.name,
            responsible=body.responsible_login,
            valid_from=_day(body.valid_from),
            valid_to=_day(body.valid_to),
            active=body.active,
        )

    def _obey(self, copy: Replica[Told]) -> None:
        """A cost centre that is not active is taken for no new report; reports name no projects."""
        if copy.told.kind == "cost_center":
            self._follow(copy.told.code, copy.told.house, copy.told.active)


def operations(copies: Copies) -> tuple[Operation, ...]:
    """What whoever keeps the copies may do."""
    models = (MasterRecordPut, MasterRecordCopy)
    desk = ReplicaDesk(POINT, PATH, *models, copies.store, copies.told, _wire, errors=("EMPLOYEE_UNKNOWN",))
    return desk.operations()


def _wire(copy: Replica[Told]) -> MasterRecordCopy:
    told = copy.told
    return MasterRecordCopy(
        id=copy.id,
        uuid=copy.uuid,
        version=copy.version,
        kind=told.kind,
        entity_code=told.house,
        code=told.code,
        status=copy.status,
        source_record=copy.source,
        source_revision=told.revision,
        name=told.name,
        responsible_login=told.responsible,
        valid_from=to_ddmmyyyy(told.valid_from),
        valid_to=to_ddmmyyyy(told.valid_to),
        active=told.active,
        exported=False,
        external_id=None,
        created_at=copy.created_at,
        updated_at=copy.updated_at,
    )


def _day(text: str) -> date:
    """Of DD/MM/YYYY; the pattern has let nothing else through."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))
