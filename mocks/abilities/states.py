"""What a provider state works with: the systems and their books, people, and the connector's own operations in process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct

from mocks.company import Company
from mocks.kit.acting import Actors, convert
from mocks.kit.commits import Origin
from mocks.kit.mechanics import Mechanics
from mocks.kit.operation import Call, Reply, System

_T = TypeVar("_T")

Undo = Callable[[], None]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Values = dict[str, Any]


class Stage:
    """One set of books while provider states are played on it. `undo` collects what has to be taken back with the books."""

    def __init__(self, company: Company, systems: Mapping[str, System], mechanics: Mechanics) -> None:
        self.company = company
        self.mechanics = mechanics
        self.undo: list[Undo] = []
        self._systems = systems
        self._actors = Actors(mechanics, systems.values())

    def system(self, kind: type[_T]) -> _T:
        """The first system of this class; a state of a system's folder knows its own."""
        return next(system for system in self._systems.values() if isinstance(system, kind))

    def act(self, call_point: str, *, actor: str, path: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None) -> Any:
        """A person does something; the record that the operation answers. Raises Refusal."""
        return self._actors.act(call_point, path=path or {}, body=body, actor=actor, txn_id=None).body

    def perform(self, call_point: str, *, path: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None) -> Reply:
        """What a connector would ask for, carried out without the wire. Raises Refusal."""
        mechanics = self.mechanics
        system, operation = next(
            (system, each) for system in self._systems.values() for each in system.operations if each.call_point == call_point
        )
        attempt = mechanics.traffic.arrival(None, call_point)
        correlation = f"dc-{mechanics.streams.draw('provider state', call_point, attempt):016x}"
        call = Call(
            path=dict(path or {}),
            query={},
            body=convert(operation, body),
            now=mechanics.business.now(),
            client_id=mechanics.connector_id,
            actor=None,
            if_match=None,
            correlation_id=correlation,
            draw=mechanics.streams.drawer("provider state", call_point, attempt),
        )
        reply = operation.handler(call)
        mechanics.commits.apply(reply, call, Origin(system.name, call_point, correlation_id=correlation))
        return reply

    def touch(self, call_point: str, path: Mapping[str, str]) -> None:
        """A person edits something harmless: the version of the object rises by one."""
        operation = next(each for system in self._systems.values() for each in system.operations if each.call_point == call_point)
        assert operation.touch is not None
        mechanics = self.mechanics
        attempt = mechanics.traffic.arrival(None, f"{call_point}.touch")
        draw = mechanics.streams.drawer("provider state", call_point, "touch", attempt)
        call = Call(dict(path), {}, None, mechanics.business.now(), "people", None, None, "", draw)
        reply = operation.touch(call)
        mechanics.commits.apply(reply, call, Origin(call_point.split(".", maxsplit=1)[0], call_point))


class Parameters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a state may be told. Everything has a default, so that a contract may name the state alone."""


@dataclass(frozen=True, slots=True)
class State:
    """One provider state. `run` brings it about and answers values that a contract's generators may take up (ids, versions)."""

    name: str
    doc: str
    parameters: type[Struct]  # a Parameters; one whose choices depend on the world is made when the world is
    run: Callable[[Stage, Any], Values]
