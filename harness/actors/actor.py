"""What an actor is: who writes a document, the clicks that make it due, and what people do to it meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from mocks.company import Company, Draft
from mocks.company.drafts import Preparation
from mocks.company.model import Supplier
from mocks.company.shapes import PLAIN, Shape
from mocks.company.streams import Stream


class Office(Protocol):
    """Where people act: a world."""

    company: Company

    def act(
        self, call_point: str, *, path: Mapping[str, str] | None, body: Mapping[str, Any] | None, actor: str, txn_id: str | None
    ) -> Any: ...


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why somebody writes a document. key: names the choices that are made; the same key gives the same document.

    on: the business day; absent: the company's first. minted: the number of the supplier and cost centre that only this document may
    use. seller: a supplier that was picked for it. serial: tells it from what somebody else writes with the same key. parent: what the
    document that it grows out of looks like, as its system answers it; elders: what all those of its case before it look like now. shape:
    what the document is like. own: the same for this document alone, for what no two documents may have in common. author: of a revision,
    who wrote the document; there may be things that they may not do beside that.
    """

    company: Company
    entity: str
    key: str
    amount_minor: int
    on: date | None = None
    minted: int | None = None
    seller: Supplier | None = None
    serial: int | None = None
    parent: Any = None
    elders: tuple[Any, ...] = ()
    shape: Shape = PLAIN
    own: str | None = None
    author: str | None = None

    @property
    def manner(self) -> dict[str, Any]:
        """Its shape, and the day where there is one, as keywords."""
        return {"shape": self.shape} | ({} if self.on is None else {"on": self.on})


@dataclass(frozen=True, slots=True)
class Show:
    """How a document appears in the demo. amount: from a stream and what a purchase of the entity costs, in minor units; of what grows out
    of another document, that one says it. turn_down: the verb of an approver who does not agree, for these reasons; empty: everybody
    does."""

    asks: str  # "Ann Lee asks for ..."
    reasons: tuple[str, ...] = ()
    amount: Callable[[Stream, int], int] = lambda _stream, median: median
    turn_down: str = ""
    comes_back: bool = False  # it is repaired and handed in again


Race = Callable[[Office, Occasion, str | None], None]


def approved_by_mistake(_draft: Draft) -> Mapping[str, Any]:
    """What an approver says who takes an approval back."""
    return {"reason": "approved by mistake"}


@dataclass(frozen=True, slots=True)
class Click:
    """One step of somebody. takes: members of its answer that later bodies of the document need, and what they are called there; path:
    members of its path, and which of these they are; then its body needs none. fills: members of its body, and which of these they are
    (None: all of them)."""

    point: str
    actor: str
    body: Mapping[str, Any]
    takes: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, str] | None = None

    def filled(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Its body with what steps before it told."""
        if self.fills is not None:
            return {**self.body, **{own: known[name] for own, name in self.fills.items()}}
        return {**self.body} if self.path else {**self.body, **known}

    def where(self, known: Mapping[str, Any]) -> dict[str, str]:
        """Its path with what steps before it told."""
        return {own: str(known[name]) for own, name in self.path.items()}

    def told(self, answer: Any) -> dict[str, Any]:
        """What later steps need of its answer."""
        return {name: inner(answer, asked) for asked, name in self.takes.items()}


@dataclass(frozen=True, slots=True)
class Actor:
    """One kind of source document as its people see it; verbs complete `points` to call points.

    create: the verb by which it comes into being. submit, approve: None where nobody hands in or approves: such a document is due as soon
    as it is created. changes: what its author does to it afterwards, as (verb, body): versions of a record. due_event: the type of the
    event that says that it is due, and `event_data` its data as it would be after one more change. races: what other people do when a fault
    says so (`then` in contracts/faults.yaml). amendable, correctable: members of the body that change with the total, and with whom and
    where it is for. verbs: what each approver does, one after the other, where that is not the same. versions: of a record, how many it has
    in a run: each further one is an amendment, approved anew (of what has news, `Draft.news`, each news is one). subject: of a document
    about which the connector is asked, the id that is asked about; question: what is told beside it; keep, kept: the verb by which its
    author keeps the answer, and the body from the answer's word and the time that it speaks of; decision: what somebody has to do about it
    then, as (verb, person, body). is_prepared: others act before it is written (`Draft.before`), because it grows out of what they make.
    continue_case: how it is written when it grows out of the documents of its case (`Occasion.elders`).
    taking_back: what is said when it is taken back. under: of what is made under another document, members of that path, and what
    `Draft.before` calls them. has_news: what becomes of it changes, whatever anybody does with the document (`Draft.news`).
    """

    document: str
    points: str
    id_member: str
    write: Callable[[Occasion], Draft]
    create: str = "create"
    submit: str | None = "submit"
    approve: str | None = "approve"
    verbs: tuple[str, ...] = ()
    versions: int = 1
    take_back: str | None = None
    taking_back: Callable[[Draft], Mapping[str, Any]] = approved_by_mistake
    cancel: str | None = None
    recall: str | None = None
    amend: str | None = None
    amendable: tuple[str, ...] = ()
    correctable: tuple[str, ...] = ()
    due_event: str | None = None
    event_data: Callable[[Any, str], dict[str, Any]] | None = None
    changes: Callable[[Occasion], tuple[tuple[str, Mapping[str, Any]], ...]] = lambda _occasion: ()
    races: Mapping[str, Race] = field(default_factory=dict)
    subject: Callable[[Any], str] | None = None
    question: Callable[[Any], Mapping[str, Any]] = lambda _body: {}
    keep: str | None = None
    kept: Callable[[str | None, str | None], Mapping[str, Any]] = lambda _word, _as_of: {}
    decision: Callable[[Any, Draft], tuple[str, str, Mapping[str, Any]] | None] = lambda _body, _draft: None
    picks_seller: bool = False
    is_prepared: bool = False
    continue_case: Callable[[Occasion], Draft] | None = None
    under: Mapping[str, str] = field(default_factory=dict)
    has_news: bool = False
    show: Show | None = None

    def point(self, verb: str) -> str:
        """`procurement.requisition.submit`."""
        return f"{self.points}.{verb}"

    @property
    def due_point(self) -> str | None:
        """Call point of the event that says that a document is due."""
        return f"wh.{self.due_event}" if self.due_event else None

    @property
    def is_born_due(self) -> bool:
        """Nobody approves it."""
        return self.approve is None

    def preparations(self, draft: Draft) -> tuple[Click, ...]:
        """What has to be done before it is written, in order."""
        return tuple(_click(one) for one in draft.before)

    def first(self, draft: Draft) -> Click:
        """How it comes into being."""
        return Click(self.point(self.create), draft.actor, draft.body, path=self.under)

    def news(self, draft: Draft) -> tuple[tuple[Click, ...], ...]:
        """What becomes of it later, each with the steps that lead there."""
        return tuple(tuple(_click(one) for one in steps) for steps in draft.news)

    def clicks(self, draft: Draft) -> tuple[Click, ...]:
        """Everything that leads there, in order, what others do before it included."""
        found = [*self.preparations(draft), self.first(draft)]
        if self.submit is not None:
            found.append(Click(self.point(self.submit), draft.actor, {}))
        found += [Click(self.point(verb), approver, {}) for verb, approver in self.approvals(draft)]
        return (*found, *(click for first in self.news(draft)[:1] for click in first))

    def approvals(self, draft: Draft) -> tuple[tuple[str, str], ...]:
        """Who approves it, and how each of them does."""
        if self.approve is None:
            return ()
        return tuple(zip(self.verbs or (self.approve,) * len(draft.approvers), draft.approvers, strict=True))


def _click(one: Preparation) -> Click:
    return Click(one.point, one.actor, one.body, one.tells, one.path, one.fills)


def inner(body: Any, path: str) -> Any:
    """A member of a member: `documents/0`."""
    for name in path.split("/"):
        body = body[int(name)] if name.isdecimal() else member(body, name)
    return body


def member(body: Any, name: str) -> Any:
    """A member of an answer's body, which is a struct or a dict."""
    return body[name] if isinstance(body, dict) else getattr(body, name)
