"""An approved document as a value; a change makes a new value with the next version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Approval:
    """What one approver decided. decision: approved, the system's word for a no, reversed; limit_minor None: no limit; behalf: whom for."""

    step: int
    approver: str
    behalf: str | None
    decision: str
    decided_at: datetime
    limit_minor: int | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is in a chain of approvers. behalf: who is away, where this is a delegate."""

    approver: str
    behalf: str | None


@dataclass(frozen=True, slots=True)
class ErpSaidNo:
    """Why the ERP refused, as the connector wrote it back."""

    code: str
    reason: str
    owner: str
    recorded_at: datetime

    def says_the_same_as(self, other: "ErpSaidNo") -> bool:
        """Whenever it was said."""
        return (self.code, self.reason, self.owner) == (other.code, other.reason, other.owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedDocument:
    """What every kind has. house: the legal entity; chain: who approves, in order; recorded: what the ERP made of it."""

    pending: ClassVar[str]  # the status in which somebody of the chain must decide

    id: str
    number: int
    uuid: str
    revision: int
    version: int
    status: str
    author: str
    house: str
    currency: str
    title: str
    lines: tuple[Any, ...]
    total_minor: int
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    chain: tuple[Turn, ...] = ()
    approvals: tuple[Approval, ...] = ()
    recorded: Any = None
    refusal: ErpSaidNo | None = None

    @property
    def turn(self) -> Turn | None:
        """Whose turn it is, while it is pending."""
        return self.chain[len(self.approvals)] if self.status == self.pending else None

    @property
    def next_approver(self) -> str | None:
        """The id of who decides next."""
        return self.turn.approver if self.turn else None
