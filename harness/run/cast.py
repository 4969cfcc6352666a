"""The people of a run: employees submit, approvers decide, controllers block and close. They act on the mocks' cores in process."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.catalog import Flow
from harness.actors.actor import Actor, Click, Occasion, member
from harness.actors.registry import ACTORS
from harness.plan.model import TRACER_STEP, Experiment, Step
from harness.stage.pacing import until
from harness.stage.patience import settle_limit_s
from harness.stage.session import Session
from mocks.company import Draft, shapes
from mocks.kit.asking import Question, Reaction
from mocks.kit.operation import Refusal

DRAWS_MAX = 64  # of a document that leads to the call points at which it is to meet something
BAD_COPIES = {"F-D8", "F-D9"}  # an event that must be refused; the genuine one follows
REORDERED = "F-D3"
AFTER_BAD_COPY_S = 0.3  # longer than a connector that fell for the bad copy needs to show it
AMENDED_BY = TRACER_STEP // 2  # an amended total is unique too, because totals are TRACER_STEP apart


class Paper:
    """One source document in people's hands. One that nobody approves is not written before it may be due."""

    def __init__(self, session: Session, experiment: Experiment, parent: "Paper | None" = None, like: "Paper | None" = None) -> None:
        """like: the one that is typed once more."""
        self._session = session
        self.experiment = experiment
        self.actor: Actor = ACTORS[session.catalog.flows[experiment.flow].source_document]
        self._parent = parent
        self._elders = parent.case() if parent is not None and self.actor.continue_case is not None else ()
        self._key: str = like._key if like else experiment.typed_from
        self.draft: Draft = self._first_draft()
        self.body: Any = None
        self._revisions = 0
        self._heard = 0  # of the news of it
        self._known: dict[str, Any] = {}  # what those told who acted before it was written
        self.source_id = ""

    def occasion(self, amount_minor: int) -> Occasion:
        """Why it is written: the same for the same transaction and amount, and the first one's again for a repeat of it."""
        experiment, world = self.experiment, self._session.world
        key, turn = self._key, experiment.turn
        return Occasion(
            company=world.company,
            entity=experiment.entity,
            key=key,
            amount_minor=amount_minor,
            on=world.clock.peek().date(),
            minted=experiment.minted,
            serial=None if experiment.typed_from == experiment.txn_id else experiment.number,
            parent=self._parent.body if self._parent else None,
            elders=tuple(paper.look() for paper in self._elders),
            shape=shapes.drawn(world.company.seed, key) if turn is None else shapes.shown(turn),
            own=experiment.txn_id,
        )

    def _first_draft(self) -> Draft:
        """What its author types: something that leads to the call points at which it is to meet a fault."""
        asked = {step.call_point for step in self.experiment.steps}
        write = self.actor.continue_case if self._elders and self.actor.continue_case else self.actor.write
        for attempt in range(DRAWS_MAX):
            draft = write(self.occasion(self.experiment.tracer_minor))
            if not asked & set(draft.skips):
                return draft
            self._key = f"{self.experiment.typed_from}/{attempt}"
        raise RuntimeError(f"{self.experiment.txn_id}: none of {DRAWS_MAX} drafts leads to {', '.join(sorted(asked))}")

    def case(self) -> "tuple[Paper, ...]":
        """It and what it grew out of, eldest first."""
        return (*self._elders, self)

    def look(self) -> Any:
        """What it looks like to people now."""
        return self._session.world.look(self.actor.point("read"), path={self.actor.id_member: self.source_id})

    def set_up(self) -> None:
        """Others make what it grows out of."""
        for click in self.actor.preparations(self.draft):
            self._do(click)

    def _do(self, click: Click) -> Any:
        answer = self._act(click.point, click.actor, click.filled(self._known), click.where(self._known))
        self._known |= click.told(answer)
        return answer

    def create(self) -> None:
        """Its author types it."""
        world, experiment = self._session.world, self.experiment
        self.body = self._do(self.actor.first(self.draft))
        self.source_id = member(self.body, self.actor.id_member)
        amount = None if self._elders else (self.draft.amount_minor, self.draft.currency)  # within a case amounts are alike
        keys = () if experiment.twin_of else self.draft.keys  # of what two documents name, the first one has the calls
        elders = {paper.experiment.txn_id for paper in self._elders}
        is_repeat = experiment.amount_of is not None
        world.bind(experiment.txn_id, source_id=self.source_id, amount=amount, keys=keys, is_repeat=is_repeat, elders=elders)
        self._session.register.begin(experiment, self.source_id, self._session.now())

    def _act(self, call_point: str, actor: str, body: Mapping[str, Any], path: dict[str, str] | None = None) -> Any:
        return self._session.world.act(call_point, path=path or {}, body=body, actor=actor, txn_id=self.experiment.txn_id).body

    def step(self, verb: str | None, actor: str, body: Mapping[str, Any] | None = None) -> None:
        """Somebody does something with the document; None: nobody does that with this kind."""
        if verb is not None:
            self.body = self._act(self.actor.point(verb), actor, body or {}, {self.actor.id_member: self.source_id})

    def submit(self) -> None:
        """Its author hands it in."""
        self.step(self.actor.submit, self.draft.actor)

    def approve_but_last(self) -> None:
        """Every approver of the chain but the last one."""
        for verb, approver in self.actor.approvals(self.draft)[:-1]:
            self.step(verb, approver)

    def become_due(self) -> None:
        """The last approval, the first news of it, or, where nobody approves, the document itself: the event goes out."""
        if self.draft.news:
            self.bring_news()
        elif self.actor.is_born_due:
            self.create()
            for verb, body in self.actor.changes(self.occasion(self.experiment.tracer_minor)):
                self.step(verb, self.draft.actor, body)
        else:
            self.step(*self.actor.approvals(self.draft)[-1])

    def hear(self, said: Reaction) -> None:
        """Its author keeps the answer, or that none came in time; whoever has to decide then does, one after the other."""
        if self.actor.keep is None:
            return
        word, as_of = (said.word, said.as_of) if said.in_time else (None, None)
        self.step(self.actor.keep, self.draft.actor, self.actor.kept(word, as_of))
        while (decided := self.actor.decision(self.body, self.draft)) is not None:
            self.step(*decided)

    @property
    def further(self) -> int:
        """How many further versions of it there are."""
        return len(self.draft.news) - self._heard if self.draft.news else self.actor.versions - 1

    def bring_news(self) -> None:
        """The next news of it, if there is any."""
        for steps in self.actor.news(self.draft)[self._heard : self._heard + 1]:
            for click in steps:
                self.body = self._do(click)
            self._heard += 1

    def renew(self) -> None:
        """Its next version."""
        if self.draft.news:
            self.bring_news()
        else:
            self.amend()
            self.approve_again()

    def overtake(self) -> None:
        """Something newer happens at once: more news, or the approval is taken back and given to a new revision."""
        for act in (Paper.bring_news,) if self.draft.news else ACTS_OF_PAPERS["amend"]:
            act(self)

    def take_back(self) -> None:
        """The last approver takes the approval back; what nobody approved, its author."""
        who = self.draft.approvers[-1] if self.draft.approvers else self.draft.actor
        self.step(self.actor.take_back, who, self.actor.taking_back(self.draft))

    def cancel(self) -> None:
        """Its author does not want it any more."""
        self.step(self.actor.cancel, self.draft.actor)

    def recall(self) -> None:
        """Its author takes it back to work on it."""
        self.step(self.actor.recall, self.draft.actor)

    def amend(self) -> None:
        """Its author changes the total, as a new revision with an amount that is unique again."""
        self._revise(self.occasion(self._next_amount()), self.actor.amendable)

    def correct(self) -> None:
        """Its author changes whom it is for and where it is booked, as a new revision."""
        occasion = self.occasion(self._next_amount())
        self._revise(replace(occasion, key=f"{occasion.key}/corrected", minted=None), self.actor.correctable)

    def approve_again(self) -> None:
        """From its author's hands to the last approval of the new revision."""
        self.submit()
        self.approve_but_last()
        self.become_due()

    def _next_amount(self) -> int:
        self._revisions += 1
        return self.experiment.tracer_minor + AMENDED_BY + self._revisions - 1

    def _revise(self, occasion: Occasion, members: Sequence[str]) -> None:
        revised, self._known = self.actor.write(replace(occasion, author=self.draft.actor)), {}
        self.draft = replace(revised, actor=self.draft.actor, approvers=self._approvers(revised))
        self.set_up()
        body = {**revised.body, **self._known}
        self.step(self.actor.amend, self.draft.actor, {name: body[name] for name in members})
        amount, is_repeat = (revised.amount_minor, revised.currency), self.experiment.amount_of is not None
        self._session.world.bind(self.experiment.txn_id, amount=amount, is_repeat=is_repeat)

    def _approvers(self, revised: Draft) -> tuple[str, ...]:
        return revised.approvers if revised.actor == self.draft.actor else self.draft.approvers


# What its people do when a fault says so (`then` in contracts/faults.yaml), step by step. What was refused is with its author already.
ACTS_OF_PAPERS: Mapping[str, Sequence[Callable[[Paper], None]]] = {
    "reverse_approval": (Paper.take_back,),
    "cancel": (Paper.cancel,),
    "recall": (Paper.recall,),
    "amend": (Paper.take_back, Paper.amend, Paper.approve_again),
    "amend_twice": (Paper.take_back, Paper.amend, Paper.approve_again) * 2,
    "correct": (Paper.take_back, Paper.correct, Paper.approve_again),
    "correct_refused": (Paper.correct, Paper.approve_again),
    "more_news": (Paper.bring_news,),
}


class Cast:
    """Everybody who acts in a run, with the papers that they have in hand."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.papers: dict[str, Paper] = {}
        session.world.on_then(self.race)

    def is_prepared(self, experiment: Experiment) -> bool:
        """Whether others have to act before its document is written."""
        return self._actor_of(experiment).is_prepared

    def _actor_of(self, experiment: Experiment) -> Actor:
        return ACTORS[self.session.catalog.flows[experiment.flow].source_document]

    def set_up(self, experiment: Experiment) -> Paper:
        """Open the transaction; whoever has to act before its document is written does."""
        self.session.world.open_txn(
            experiment.txn_id,
            flow=experiment.flow,
            wave=experiment.wave,
            role=experiment.role,
            template=experiment.template,
            steps=experiment.steps,
            detail=experiment.plan_text(),
            **({"parent": experiment.parent} if experiment.parent else {}),
        )
        paper = self.papers[experiment.txn_id] = Paper(
            self.session, experiment, self.papers.get(experiment.parent or ""), self.papers.get(experiment.typed_from)
        )
        paper.set_up()
        return paper

    def prepare(self, experiment: Experiment) -> Paper:
        """Open the transaction and bring its document to the point where one approval is missing."""
        paper = self.papers.get(experiment.txn_id) or self.set_up(experiment)
        if not paper.actor.is_born_due and not paper.source_id:
            paper.create()
            paper.submit()
            paper.approve_but_last()
        return paper

    def finish(self, paper: Paper) -> Coroutine[Any, Any, None] | None:
        """It becomes due; a coroutine when somebody waits: for the answer to a bad copy of its event, or to a question."""
        flow = self.session.catalog.flows[paper.experiment.flow]
        if flow.query is not None:
            return self._ask(paper, flow)
        bad = step_at(paper, BAD_COPIES)
        if bad is not None and not paper.actor.is_born_due:
            return self._after_bad_copy(paper, bad)
        paper.become_due()
        if step_at(paper, {REORDERED}) is not None:
            paper.overtake()
        return self._renew(paper) if self._is_renewed(paper) else None

    def _is_renewed(self, paper: Paper) -> bool:
        """A record gets its further versions where nobody waits for a fault of the run or a kill, and the first one settles by itself."""
        experiment = paper.experiment
        met = [self.session.catalog.faults[step.fault_id] for step in experiment.steps]
        is_alone = experiment.window is None and all(fault.scope == "transaction" and fault.recoverable for fault in met)
        return paper.further > 0 and is_alone and not self.session.slow_by_plan(experiment)

    async def _renew(self, paper: Paper) -> None:
        """Each further version when the one before is settled everywhere; sooner, its fault might meet nothing but a stale version."""
        session, txn_id = self.session, paper.experiment.txn_id
        for _ in range(paper.further):
            await until(lambda: session.world.settled(txn_id) is not None or session.world.in_vain(txn_id), settle_limit_s(session))
            if session.world.settled(txn_id) is None:
                return
            paper.renew()
            session.register.reopen(txn_id, session.now())

    def begin(self, experiment: Experiment) -> Coroutine[Any, Any, None] | None:
        """One transaction from its first keystroke to its approval; a coroutine when something has to be waited for."""
        if experiment.parent is not None:
            return self._after(experiment.parent, experiment)
        return self.finish(self.prepare(experiment))

    async def _after(self, parent: str, experiment: Experiment) -> None:
        """A document that grows out of another begins when that one is settled, or when a wave would give that one up."""
        world, continues = self.session.world, self._actor_of(experiment).continue_case is not None
        await until(lambda: world.settled(parent) is not None or (continues and world.in_vain(parent)), settle_limit_s(self.session))
        if continues and world.settled(parent) != "posted":
            self.session.note(f"{experiment.txn_id} was not begun: nothing came of {parent}, out of whose documents its own grow")
            return
        try:
            later = self.finish(self.prepare(experiment))
        except Refusal as refusal:  # of what the connector wrote into the documents before it
            if not continues:
                raise
            self.session.note(
                f"{experiment.txn_id} came to nothing: what its people did with the documents of {parent} was refused: {refusal}"
            )
            return
        if later is not None:
            await later

    async def _ask(self, paper: Paper, flow: Flow) -> None:
        """A person waits while the connector is asked about what the document names. What does not come in time is no answer."""
        if paper.actor.is_born_due:
            paper.create()
        assert flow.query is not None
        asks = next(point for point in flow.call_points if point.kind == "ask")
        subject = paper.actor.subject(paper.body) if paper.actor.subject else paper.source_id
        more = paper.actor.question(paper.body)
        question = Question(asks.id, asks.system, flow.query.about, subject, paper.experiment.txn_id, flow.query.budget_ms, more)
        paper.hear(await self.session.world.ask(question))

    async def _after_bad_copy(self, paper: Paper, step: Step) -> None:
        """The bad event goes out while the document waits for its last approval: whatever the connector makes of it is wrong. What
        nobody approves has to exist before anything can be said of it: there its system sends the bad copy before the genuine one."""
        deliver = self.session.catalog.faults[step.fault_id].mode(step.mode).deliver
        actor, txn_id = paper.actor, paper.experiment.txn_id
        assert deliver is not None
        assert actor.due_event is not None
        assert actor.event_data is not None
        data = actor.event_data(paper.body, "approved")
        await self.session.world.send_event(txn_id, actor.due_event, paper.source_id, data, deliver=deliver, fault=step)
        await asyncio.sleep(AFTER_BAD_COPY_S)
        paper.become_due()

    def race(self, action: str, txn_id: str) -> None:
        """What people do when a fault says that they do it now (F-F1, F-F2, F-F5, F-F14)."""
        paper = self.papers[txn_id]
        try:
            if action in ACTS_OF_PAPERS:
                for act in ACTS_OF_PAPERS[action]:
                    act(paper)
            elif action in paper.actor.races:
                paper.actor.races[action](self.session.world, paper.occasion(paper.experiment.tracer_minor), txn_id)
        except Refusal as refusal:  # too late: the document has moved on, which the history shows
            self.session.note(f"{txn_id}: {action} was refused: {refusal}")
        self.session.register.reopen(txn_id, self.session.now())


def step_at(paper: Paper, fault_ids: set[str]) -> Step | None:
    """The step at the event that says that it is due, with one of these faults."""
    steps = paper.experiment.steps
    return next((step for step in steps if step.fault_id in fault_ids and step.call_point == paper.actor.due_point), None)
