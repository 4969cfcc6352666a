"""Sets provider states on one world. Each interaction of a contract starts from books that nobody has touched."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Protocol

import msgspec

from contracts.catalog import Catalog
from mocks.abilities.states import Stage, State, Values
from mocks.abilities.system_type import SystemType
from mocks.company import Company
from mocks.kit.mechanics import Mechanics
from mocks.kit.operation import Refusal, System
from mocks.provider_states import access


class Renewable(Protocol):
    """A world whose books can be opened again as they were at its birth."""

    mechanics: Mechanics
    company: Company
    systems: dict[str, System]
    types: Mapping[str, SystemType]

    @property
    def served(self) -> int: ...
    def renew(self) -> None: ...


class ProviderStates:
    """States set one after another add up, until a request was served or a teardown came: then the books are new."""

    def __init__(self, world: Renewable) -> None:
        self._world = world
        self._known = all_states(world.mechanics.catalog, world.types)
        self._stage: Stage | None = None
        self._served = 0
        self._dirty = True

    def set(self, name: str, params: Mapping[str, Any]) -> Values:
        """Bring a state about; answers its values. Raises Refusal for an unknown state or parameter, or when transactions are open."""
        if not name:
            return {}  # the verifiers' way of saying that an interaction presumes nothing
        state, given = _resolve(self._known, name, params)
        if self._stage is None or self._world.served != self._served:
            self.reset()
        assert self._stage is not None
        self._dirty = True
        return state.run(self._stage, given)

    def reset(self) -> None:
        """Everything as at the birth of the world: books, idempotency keys, limits, tokens. Raises Refusal when transactions are open."""
        if len(self._world.mechanics.books):
            raise Refusal("INVALID_TRANSITION", "this world plays a verification: provider states would take its books away")
        if not self._dirty and self._world.served == self._served:
            return  # verifiers tear down after every single state
        if self._stage is not None:
            for undo in reversed(self._stage.undo):
                undo()
        self._world.renew()
        self._served = self._world.served
        self._stage = Stage(self._world.company, self._world.systems, self._world.mechanics)
        self._dirty = False


def all_states(catalog: Catalog, types: Mapping[str, SystemType]) -> dict[str, State]:
    """Every provider state by name: of access, and of each kind of system."""
    found = [*access.states(tuple(types), catalog.token_services), *(state for each in types.values() for state in each.states())]
    return {state.name: state for state in found}


def listing(catalog: Catalog, types: Mapping[str, SystemType]) -> list[dict[str, Any]]:
    """Every provider state for people and tools: what it brings about; default and possible values of each parameter."""
    return [
        {
            "state": state.name,
            "doc": state.doc,
            "params": {name: msgspec.to_builtins(default) for name, default in _defaults(state).items()},
            "choices": _choices(state),
        }
        for state in all_states(catalog, types).values()
    ]


def _defaults(state: State) -> dict[str, Any]:
    return {field.name: field.default for field in msgspec.structs.fields(state.parameters)}


def _choices(state: State) -> dict[str, list[str]]:
    """The values of each parameter that takes only some."""
    schema = msgspec.json.schema(state.parameters)["$defs"][state.parameters.__name__]
    return {name: member["enum"] for name, member in schema["properties"].items() if "enum" in member}


def _resolve(known: Mapping[str, State], name: str, params: Mapping[str, Any]) -> tuple[State, Any]:
    state = known.get(name)
    if state is None:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise Refusal("VALIDATION_FAILED", f"no provider state {name[:200]!r}. {hint}There are: {'; '.join(known)}")
    try:
        return state, msgspec.convert(dict(params), state.parameters)
    except msgspec.ValidationError as error:
        names = ", ".join(_defaults(state)) or "none"
        raise Refusal("VALIDATION_FAILED", f"parameters of {name!r}: {error}. It takes: {names}") from None
