"""The state of systems that keep copies of other systems' records: one is there, from this revision of its record."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from msgspec import Meta

from mocks.abilities.staff import EMPLOYEE
from mocks.abilities.states import Parameters, Stage, State, Values

Revision = Annotated[int, Meta(ge=1, le=1_000_000)]


class ReplicaGiven(Parameters, frozen=True, kw_only=True):
    """The copy of the contract."""

    source_record: Annotated[str, Meta(min_length=1, max_length=40)] = "MD00000017"
    revision: Revision = 1


class EmployeeCopyGiven(Parameters, frozen=True, kw_only=True):
    """The copy of the contract."""

    employee_no: Annotated[str, Meta(min_length=1, max_length=40)] = EMPLOYEE
    revision: Revision = 1


def staff_state(point: str, member: str, body: Callable[[Stage, EmployeeCopyGiven], Mapping[str, Any]]) -> State:
    """The same for a copy of an employee."""

    def run(stage: Stage, given: EmployeeCopyGiven) -> Values:
        path = {member: given.employee_no}
        copy = stage.perform(f"{point}.put", path=path, body=body(stage, given)).body
        return {**path, "version": copy.version, "source_revision": given.revision}

    return State(f"{point.partition('.')[0]} has a copy of an employee", "from this revision of the record", EmployeeCopyGiven, run)


def replica_state(point: str, member: str, body: Callable[[Stage, ReplicaGiven], Mapping[str, Any]]) -> State:
    """By what a connector would write. point: what the call points of copies begin with; member: what the path calls the owner's record;
    body: in the system's own spelling."""

    def run(stage: Stage, given: ReplicaGiven) -> Values:
        path = {member: given.source_record}
        copy = stage.perform(f"{point}.put", path=path, body=body(stage, given)).body
        return {**path, "version": copy.version, "source_revision": given.revision}

    return State(f"{point.partition('.')[0]} has a copy of a master record", "from this revision of the record", ReplicaGiven, run)
