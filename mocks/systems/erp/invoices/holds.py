"""Holds: why an invoice is not posted, or posted and not paid (domain.md 5). One row for each invoice, code and line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mocks.company.model import MatchControl
from mocks.kit.operation import Effect, View
from mocks.systems.erp.documents.kind import Status
from mocks.systems.erp.invoices.models import HoldCode

ENTITY = "invoice_hold"


@dataclass(frozen=True, slots=True)
class HoldRule:
    """owner: the role that has to act; posts: the invoice is in the books all the same, with its payment blocked; by_hand: somebody may
    release it with a reason, where otherwise only the cause itself can go away."""

    owner: str
    posts: bool
    by_hand: bool


RULES: Mapping[HoldCode, HoldRule] = {
    "PRICE": HoldRule("buyer", posts=True, by_hand=True),
    "QTY_ORD": HoldRule("buyer", posts=True, by_hand=True),
    "QTY_REC": HoldRule("buyer", posts=True, by_hand=True),
    "AMT_ORD": HoldRule("buyer", posts=True, by_hand=True),
    "NO_RECEIPT": HoldRule("receiving", posts=True, by_hand=False),  # or not, where the entity parks what comes before its goods
    "FUNDS": HoldRule("budget owner", posts=False, by_hand=True),
    "DUP_SUSPECT": HoldRule("accounts payable reviewer", posts=False, by_hand=True),
    "TAX_VARIANCE": HoldRule("accounts payable", posts=False, by_hand=False),
    "LINE_VARIANCE": HoldRule("accounts payable", posts=False, by_hand=False),
    "SUPPLIER_BLOCK": HoldRule("supplier data", posts=True, by_hand=False),
    "MANUAL": HoldRule("accounts payable", posts=True, by_hand=True),
}


def status_for(codes: Iterable[HoldCode], control: MatchControl) -> Status:
    """What an invoice with these holds is: parked when one of them keeps it out of the books."""
    held = set(codes)
    parks = {code for code, rule in RULES.items() if not rule.posts}
    if control.before_receipt == "park":
        parks.add("NO_RECEIPT")
    return "parked" if held & parks else "on_hold" if held else "posted"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: a hold to be raised, unless it stands already or was released by hand."""

    code: HoldCode
    line_no: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """One row. number: its place among those of the invoice; a hold that is set again is a new one."""

    document: str
    number: int
    code: HoldCode
    line_no: int | None
    reason: str
    raised_at: datetime
    raised_by: str | None = None
    released_at: datetime | None = None
    released_by: str | None = None
    release_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still holds."""
        return self.released_at is None

    @property
    def id(self) -> str:
        """Its name in the history."""
        return f"{self.document}/H{self.number}"


@dataclass(slots=True)
class Holds:
    """Of all supplier invoices of one ERP."""

    _of: dict[str, list[Hold]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Hold]:
        for holds in self._of.values():
            yield from holds

    def of(self, document: str) -> tuple[Hold, ...]:
        """All that were ever raised, oldest first."""
        return tuple(self._of.get(document, ()))

    def open_of(self, document: str) -> tuple[Hold, ...]:
        """Those that still hold."""
        return tuple(hold for hold in self._of.get(document, ()) if hold.is_open)

    def was_released_by_hand(self, document: str, finding: Finding) -> bool:
        """Whether somebody answered for this already: the same check does not raise it again."""
        return any(
            (hold.code, hold.line_no) == (finding.code, finding.line_no) and hold.released_by is not None
            for hold in self._of.get(document, ())
        )

    def raise_hold(self, document: str, finding: Finding, now: datetime, by: str | None = None) -> Hold:
        """A new row."""
        holds = self._of.setdefault(document, [])
        holds.append(Hold(document, len(holds) + 1, finding.code, finding.line_no, finding.reason, now, by))
        return holds[-1]

    def release(self, hold: Hold, now: datetime, reason: str, by: str | None = None) -> Hold:
        """It holds no longer. by: None when its cause went away by itself."""
        released = replace(hold, released_at=now, released_by=by, release_reason=reason)
        self._of[hold.document][hold.number - 1] = released
        return released


def hold_effect(hold: Hold, company_code: str) -> Effect:
    """It was raised, or released; approvers: the person who answers for that, where its cause is not gone."""
    return Effect(
        ENTITY,
        hold.id,
        "create" if hold.is_open else "update",
        version=1 if hold.is_open else 2,
        company=company_code,
        category=hold.code,
        parent_id=hold.document,
        approvers=hold.released_by,
        state="held" if hold.is_open else "released",
    )


def hold_view(hold: Hold) -> View:
    """How it stands at the end."""
    reason = hold.reason if hold.is_open else hold.release_reason
    state, version = ("held", 1) if hold.is_open else ("released", 2)
    return View(ENTITY, hold.id, state, version, parent_id=hold.document, reason=f"{hold.code}: {reason}")
