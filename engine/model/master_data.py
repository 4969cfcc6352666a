"""Master data: what is in force with its owner, and what its copies in other systems have to say."""

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class MasterRecord:
    """A cost centre, a project or an account as it is in force. sequence: counts its releases; valid_to: inclusive."""

    source_id: str
    sequence: int
    version: int
    status: str
    kind: str
    company_code: str
    code: str
    name: str
    responsible: str
    valid_from: date
    valid_to: date
    active: bool
    correlation_id: str | None


class Spoken(Protocol):
    """What one copy says."""

    @property
    def source_id(self) -> str: ...
    @property
    def digest(self) -> str:
        """Two with the same one say the same."""
        ...


C = TypeVar("C", bound=Spoken)


@dataclass(frozen=True, slots=True)
class CopyContent:
    """What one system's copy says, in that system's words. responsible: None where it keeps nobody."""

    kind: str
    house: str
    code: str
    source_id: str
    sequence: int
    name: str
    responsible: str | None
    valid_from: date
    valid_to: date
    active: bool

    @property
    def digest(self) -> str:
        """Two with the same one say the same."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class EmployeeRecord:
    """An employee as HR has them in force. sequence: counts what was confirmed; manager: None at the top; valid_to: inclusive."""

    source_id: str
    sequence: int
    version: int
    status: str
    name: str
    company_code: str
    cost_center: str
    manager: str | None
    valid_from: date
    valid_to: date
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class EmployeeContent:
    """What one system's copy of an employee says, in that system's words. user: what the person is called there."""

    user: str
    house: str
    cost_center: str
    manager: str | None
    source_id: str
    sequence: int
    name: str
    status: str
    valid_from: date
    valid_to: date

    @property
    def digest(self) -> str:
        """Two with the same one say the same."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CopiesDraft(Generic[C]):
    """Every copy of one record. copies: by system."""

    external_ref: str
    sequence: int
    copies: Mapping[str, C]

    @property
    def checksum(self) -> str:
        """Of all of them."""
        told = [f"{system} {content.digest}" for system, content in sorted(self.copies.items())]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CopiesHeld:
    """What every target is known to hold."""

    sequence: int
    checksum: str
