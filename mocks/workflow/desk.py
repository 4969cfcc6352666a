"""The commands on one kind of approved document, over the store. A command changes everything or raises and changes nothing."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from mocks.company.projections import House, Member
from mocks.kit.ids import draw_uuid, free_number
from mocks.kit.operation import Call, Effect, OutEvent, Refusal, Reply, View
from mocks.workflow import rules
from mocks.workflow.document import Approval, ApprovedDocument, ErpSaidNo
from mocks.workflow.lifecycle import Lifecycle
from mocks.workflow.store import Store

EXACT = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

D = TypeVar("D", bound=ApprovedDocument)


@dataclass(frozen=True, slots=True)
class Form:
    """What one kind is called, in contracts/documents.yaml and on its system's wire.

    noun: in refusals; id_prefix: of its ids; home: its path; id_member: in paths; event_id, status, since: members of events and queries;
    person: what X-Acting-User holds; after_submit: the trigger that follows at once, because nobody answers it; refused: the status in
    which the ERP's no stands; approved: the event that says that a connector may take it up.
    """

    kind: str
    noun: str
    id_prefix: str
    home: str
    id_member: str
    event_id: str
    status: str
    since: str
    statuses: tuple[str, ...]
    person: str
    after_submit: str
    refused: str
    approved: str
    lifecycle: Lifecycle


class Desk(ABC, Generic[D]):
    """The documents of one kind in one system; a subclass adds what is the kind's own."""

    def __init__(self, form: Form, made: type[D], people: Mapping[str, Member], namespace: str) -> None:
        self.form = form
        self.documents: Store[D] = Store(form.noun)
        self.grain = EXACT  # of times of change: some systems keep no fractions of a second
        self.wanted: str | None = None  # the id that the next document takes (provider states name documents)
        self._made = made
        self._people = people
        self._namespace = namespace

    # What is the kind's own.

    @abstractmethod
    def record(self, document: D) -> Any:
        """A document on the wire."""

    @abstractmethod
    def summary(self, document: D) -> Any:
        """A document in a list."""

    @abstractmethod
    def source_lines(self, document: D) -> tuple[Effect, ...]:
        """What is asked for, line by line, in the document's own words: nobody but the judge reads it."""

    @abstractmethod
    def check_content(self, document: D) -> None:
        """What must still hold when it is submitted."""

    @abstractmethod
    def party(self, document: D) -> str:
        """Whom it is about: a supplier, an employee."""

    @abstractmethod
    def centers(self, document: D) -> set[str]:
        """The cost centres of its lines."""

    @abstractmethod
    def recorded_number(self, document: D) -> str | None:
        """The number of the ERP document that it names."""

    def recorded_type(self, _document: D) -> str | None:
        """As which type of document it names that one; None: it keeps no type."""
        return None

    def booked_minor(self, document: D) -> int:
        """What its posting has to come to, in minor units."""
        return document.total_minor

    def dates(self, _document: D) -> tuple[str | None, str | None]:
        """ISO dates that its posting has to carry: of the document, and the one that decides the period. None: not known yet."""
        return None, None

    def after_submit(self, _document: D) -> str:
        """The trigger that follows at once when it is submitted."""
        return self.form.after_submit

    def submitted(self, _document: D, _call: Call) -> dict[str, Any]:
        """Members that change when it is submitted."""
        return {}

    def approved(self, _document: D, _call: Call) -> dict[str, Any]:
        """Members that change when the last approver agrees."""
        return {}

    # What the connector does.

    def list(self, call: Call) -> Reply:
        """In order of their last change."""
        form = self.form
        wanted = call.query.get(form.status)
        statuses = frozenset(wanted.split(",")) if wanted else None
        unknown = sorted((statuses or frozenset()) - set(form.statuses))
        if unknown:
            raise Refusal(
                "INVALID_PARAMETER", f"{form.status} {', '.join(map(repr, unknown))}: expected some of {', '.join(form.statuses)}"
            )
        since = rules.to_instant(call.query[form.since]) if form.since in call.query else None
        after: Any = call.after
        found, more = self.documents.page(statuses=statuses, since=since, after=after, limit=call.limit)
        return Reply({"items": [self.summary(each) for each in found], "next": more})

    def read(self, call: Call) -> Reply:
        """One, as it is now."""
        return self._reply(self.documents.get(call.path[self.form.id_member]))

    def record_refusal(self, call: Call) -> Reply:
        """Why the ERP refused."""
        body = call.body
        document = self._addressed(call)
        refusal = ErpSaidNo(body.code, body.reason, body.owner, call.now)
        if document.status == self.form.refused and document.refusal is not None and document.refusal.says_the_same_as(refusal):
            return self._reply(document)
        status = self._after(document, "record_refusal")
        return self._change(call, document, status=status, refusal=refusal)

    def touch(self, call: Call) -> Reply:
        """A person adds a remark."""
        return self._change(replace(call, if_match=None), self.documents.get(call.path[self.form.id_member]))

    # What people do.

    def submit(self, call: Call) -> Reply:
        """The author submits; the chain of approvers is fixed now."""
        document, actor = self._acted(call)
        status = self._after(document, "submit")
        rules.check_author(self.form.noun, document, actor, "submit")
        self.check_content(document)
        chain = rules.approval_chain(self._people, actor, document.total_minor)
        status = self.form.lifecycle.after(document.id, status, self.after_submit(document))
        return self._change(call, document, status=status, chain=chain, approvals=(), **self.submitted(document, call))

    def approve(self, call: Call) -> Reply:
        """The next approver agrees; with the last one a connector may take it up."""
        document, actor = self._acted(call)
        last = len(document.approvals) + 1 >= len(document.chain)
        status = self._after(document, "approve" if last else "approve_step")
        self.check_turn(document, actor)
        approvals = (*document.approvals, self._decision(call, document, actor, "approved", call.body.comment))
        if not last:
            return self._change(call, document, status=status, approvals=approvals)
        reply = self._change(call, document, status=status, approvals=approvals, **self.approved(document, call))
        return self._with_event(reply, document.id, self.form.approved)

    def comment(self, call: Call) -> Reply:
        """Somebody remarks on it."""
        document, _ = self._acted(call)
        return self._change(call, document)

    def check_turn(self, document: D, actor: Member) -> None:
        """It is this person's turn. Raises SEGREGATION_OF_DUTIES or LIMIT_EXCEEDED."""
        rules.check_next_approver(self.form.noun, document, actor)

    def final_views(self) -> Iterator[View]:
        """Every document as it stands."""
        for each in self.documents:
            yield View(
                self.form.kind,
                each.id,
                each.status,
                each.version,
                amount_minor=self.booked_minor(each),
                currency=each.currency,
                company=each.house,
                parent_id=self.recorded_number(each),
                parent_type=self.recorded_type(each),
                src_version=each.revision,
                reason=each.refusal.code if each.refusal else None,
            )

    # Steps that the subclasses put together.

    def _person(self, person_id: str | None) -> Member:
        return rules.known_person(self._people, person_id, self.form.person)

    def _addressed(self, call: Call) -> D:
        document = self.documents.get(call.path[self.form.id_member])
        rules.check_version(self.form.noun, call.if_match, document)
        return document

    def _acted(self, call: Call) -> tuple[D, Member]:
        document = self._addressed(call)
        return document, self._person(call.actor)

    def _after(self, document: D, trigger: str) -> str:
        return self.form.lifecycle.after(document.id, document.status, trigger)

    def _by_author(self, call: Call, trigger: str) -> Reply:
        document, actor = self._acted(call)
        status = self._after(document, trigger)
        rules.check_author(self.form.noun, document, actor, trigger)
        return self._change(call, document, status=status)

    def _open(self, call: Call, author: Member, house: House, *, status: str = "draft", **members: Any) -> Reply:
        """A new one: a draft, or what nobody has to approve."""
        noun = self.form.noun
        number = free_number(call, noun, self._id, self.documents.__contains__)
        document = self._made(
            id=self._take_wanted() or self._id(number),
            number=number,
            uuid=draw_uuid(call, noun),
            revision=1,
            version=1,
            status=status,
            author=author.id,
            house=house.id,
            currency=house.currency,
            correlation_id=call.correlation_id,
            created_at=self._tick(call),
            updated_at=self._tick(call),
            **members,
        )
        self.documents.put(document)
        reply = self._reply(document, (self._effect(document, "create", None), *self.source_lines(document)))
        return replace(reply, location=f"{self.form.home}/{document.id}", created={"existing_id": document.id})

    def _revised(self, call: Call, document: D, **members: Any) -> Reply:
        """A new revision, which nobody has approved."""
        fresh: dict[str, Any] = {"revision": document.revision + 1, "chain": (), "approvals": (), "refusal": None}
        reply = self._change(call, document, **fresh, **members)
        return replace(reply, effects=(*reply.effects, *self.source_lines(self.documents.get(document.id))))

    def _change(self, call: Call, document: D, **members: Any) -> Reply:
        changed = replace(document, version=document.version + 1, updated_at=self._tick(call), **members)
        self.documents.put(changed)
        return self._reply(changed, (self._effect(changed, "update", call.if_match),))

    def _tick(self, call: Call) -> datetime:
        """The time as this system writes it down: rounded down, so that what happened in one tick bears one time."""
        return call.now - (call.now - EPOCH) % self.grain

    def _reply(self, document: D, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(self.record(document), version=document.version, effects=effects)

    def _with_event(self, reply: Reply, document_id: str, event_type: str, **more: str) -> Reply:
        document, form = self.documents.get(document_id), self.form
        data = {
            form.event_id: document.id,
            "revision": document.revision,
            "version": document.version,
            form.status: document.status,
            **more,
        }
        return replace(reply, events=(OutEvent(event_type, document.id, data),))

    def _decision(self, call: Call, document: D, actor: Member, decision: str, comment: str | None) -> Approval:
        turn = document.turn
        behalf = turn.behalf if turn and turn.approver == actor.id else None
        return Approval(len(document.approvals) + 1, actor.id, behalf, decision, call.now, actor.limit_minor, comment)

    def _effect(self, document: D, effect: Any, base_version: int | None) -> Effect:
        centers, (document_date, posting_date) = self.centers(document), self.dates(document)
        return Effect(
            self.form.kind,
            document.id,
            effect,
            version=document.version,
            base_version=base_version,
            src_version=document.revision,
            amount_minor=self.booked_minor(document),
            currency=document.currency,
            company=document.house,
            document_date=document_date,
            posting_date=posting_date,
            cost_center=centers.pop() if len(centers) == 1 else None,  # a row has room for one
            party=self.party(document),
            approvers=" ".join(step.approver for step in document.approvals if step.decision == "approved") or None,
            state=document.status,
        )

    def _take_wanted(self) -> str | None:
        wanted, self.wanted = self.wanted, None
        return wanted if wanted not in self.documents else None

    def _id(self, number: int) -> str:
        return f"{self.form.id_prefix}-{self._namespace}-{number:08d}"


def taken_back(document: ApprovedDocument) -> tuple[Approval, ...]:
    """Its approvals, reversed."""
    return tuple(replace(approval, decision="reversed") for approval in document.approvals)
