"""What is a kind's own, as a value: the core, the store and the operations ask it and know no kind by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mocks.systems.erp.ledger import LedgerName
from mocks.systems.erp.periods import Module

Status = Literal[
    "created", "closed", "finally_closed", "cancelled", "accepted", "parked", "on_hold", "posted", "rejected", "withdrawn", "voided",
    "reversed", "reversal", "proposed", "deleted",
]  # fmt: skip
Transitions = Mapping[tuple[Status, str], Status]

UNDONE: frozenset[Status] = frozenset({"cancelled", "withdrawn", "voided", "reversed"})


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document.

    name: as in contracts/documents.yaml; noun: for people; point: what its call points begin with; undo: the verb that takes it back;
    module: whose period must be open; numbers: prefix of its range and of the documents that reverse it; transitions: every one that
    exists; record, page: its models; party: the vendor or employee that a request is about; accrues: what it books as expense waits for a
    bill, so that it is spending only where commitments are relieved at receipt.
    """

    name: str
    noun: str
    point: str
    path: str
    undo: str
    module: Module
    ledger: LedgerName
    numbers: tuple[str, str]
    transitions: Transitions
    record: type
    page: type
    party: Callable[[Any], str | None]
    accrues: bool = False


def posted_by_job(undone: Status) -> Transitions:
    """Of a kind that is accepted first. undone: what a posted one becomes when it is taken back."""
    return {
        ("accepted", "post"): "posted",
        ("accepted", "reject"): "rejected",
        ("accepted", "undo"): "withdrawn",
        ("posted", "undo"): undone,
    }
