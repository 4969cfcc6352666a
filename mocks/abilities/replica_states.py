"""The state of systems that keep copies of master records: one is there, from this revision of its record."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values

Revision = Annotated[int, Meta(ge=1, le=1_000_000)]


class ReplicaGiven(Parameters, frozen=True, kw_only=True):
    """The copy of the contract; without `house` it is one of the first entity."""

    kind: Literal["cost_center", "project"] = "cost_center"
    house: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    code: Name = "9700001"
    source_record: Annotated[str, Meta(min_length=1, max_length=40)] = "MD00000017"
    revision: Revision = 1


def replica_state(point: str, place: tuple[str, str], body: Callable[[Stage, ReplicaGiven], Mapping[str, Any]]) -> State:
    """By what a connector would write. point: what the call points of copies begin with; place: what the path calls the entity, and the
    first one; body: in the system's own spelling."""
    member, first = place

    def run(stage: Stage, given: ReplicaGiven) -> Values:
        path = {"kind": given.kind, member: given.house or first, "code": given.code}
        copy = stage.perform(f"{point}.put", path=path, body=body(stage, given)).body
        return {**path, "version": copy.version, "source_revision": given.revision}

    return State(f"{point.partition('.')[0]} has a copy of a master record", "from this revision of the record", ReplicaGiven, run)
