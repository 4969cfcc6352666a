"""One kind of mock system as the world meets it: how it is built, the states that contracts may presume, the words that fuzzing needs.

A system's folder declares one `SYSTEM`; `mocks/systems/registry.py` names them all. A further instance is the same type under another id:
its call points, scopes and rows carry that id, its books are its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from mocks.abilities.states import State
from mocks.company import Company
from mocks.kit.operation import Operation, System


@dataclass(frozen=True, slots=True)
class Birth:
    """What a system is built from. instance: the id under which it stands in this world; namespace: the run's, in
    capitals; grain: to what the times of change of its source documents are rounded down;
    on_no_answer: what a person's document does when nobody can answer in time what it depends on: go on (`open`) or wait (`closed`);
    profiles: the other ways in which a scenario wants it to behave (contracts/systems.yaml)."""

    company: Company
    instance: str
    namespace: str
    posting_delay_ms: int
    grain: timedelta = timedelta(microseconds=1)
    on_no_answer: Literal["open", "closed"] = "closed"
    profiles: frozenset[str] = frozenset()


def profiles_of(system: str, asked: Sequence[str]) -> frozenset[str]:
    """What of `erp.lenient` and the like is said to this system."""
    return frozenset(profile.removeprefix(f"{system}.") for profile in asked if profile.startswith(f"{system}."))


@dataclass(frozen=True, slots=True)
class Words:
    """One company in a system's own spelling: values by member or header, valid bodies by call point, and who may send each of them."""

    members: Mapping[str, tuple[str, ...]]
    bodies: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    actors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SystemType:
    """One folder of mocks/systems. companies: of a system with books, the codes whose trial balance an auditor asks for."""

    id: str
    build: Callable[[Birth], System]
    states: Callable[[], Sequence[State]] = tuple
    words: Callable[[Company], Words] = lambda _company: Words({})
    companies: Callable[[Company], tuple[str, ...]] = lambda _company: ()


@dataclass(frozen=True, slots=True)
class CompanyBooks:
    """The ledger of one company code: (code, name, debit, credit) of every account that moved, in minor units."""

    company: str
    name: str
    currency: str
    actual: tuple[tuple[str, str, int, int], ...]
    encumbered: int
    payables: int

    @property
    def debit(self) -> int:
        """Sum of the left side."""
        return sum(debit for _, _, debit, _ in self.actual)

    @property
    def credit(self) -> int:
        """Sum of the right side."""
        return sum(credit for _, _, _, credit in self.actual)


@runtime_checkable
class Audited(Protocol):
    """A system with a ledger: what its books come to."""

    def books(self) -> Sequence[CompanyBooks]:
        """The ledger of each company."""
        ...

    def gauges(self) -> Mapping[str, Mapping[tuple[str, ...], float]]:
        """Figures by the name of the metric and its labels."""
        ...


def under(instance: str, type_id: str, operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """The operations of a type as those of this instance."""
    if instance == type_id:
        return tuple(operations)

    def renamed(name: str) -> str:
        return instance + name.removeprefix(type_id)

    return tuple(replace(each, call_point=renamed(each.call_point), scope=renamed(each.scope)) for each in operations)
