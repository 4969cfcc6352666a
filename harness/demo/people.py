"""The people of the demo: they write documents, decide about them, and now and then send one back."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from contracts.catalog import Catalog
from harness.actors.actor import Actor, Occasion, member
from harness.actors.registry import ACTORS
from harness.demo.agenda import Agenda, pause_s
from harness.demo.floor import Floor
from mocks.company import Draft
from mocks.company.streams import Stream
from mocks.kit.operation import Refusal
from mocks.world import World

NEW_EVERY_S = 2.5
DECIDES_IN_S = 3.0
REPAIRS_IN_S = 4.0
WITH_PEOPLE_MAX = 14
IN_CONNECTOR_MAX = 60
SENT_BACK_PERCENT = 6
BLOCKED_PERCENT = 3
BLOCK = "block_supplier"
GOES_ON_PERCENT = 75  # documents out of which the next one of their case grows
MINTED = 40  # per entity: suppliers that may be blocked without a neighbour noticing
ENTITIES = ("US01", "US01", "US01", "DE01", "DE01", "JP01")  # who buys how often
# Medians in minor units of USD, EUR, JPY; the same people buy in all of them.
MEDIANS = {"USD": 120_000, "EUR": 110_000, "JPY": 180_000}


@dataclass(slots=True)
class Paper:
    """One document in people's hands."""

    txn_id: str
    flow: str
    entity: str
    draft: Draft
    source_id: str
    title: str
    left: list[tuple[str, str]] = field(default_factory=list)  # who still has to do what: verb and person

    actor: Actor = field(kw_only=True)  # how people work on this kind
    elders: "tuple[Paper, ...]" = ()  # of its case, eldest first


BeforeApproval = Callable[[Paper], None]


def plays(catalog: Catalog, flow: str) -> bool:
    """Whether the demo's people know how to work on what a flow begins with."""
    actor = ACTORS.get(catalog.flows[flow].source_document)
    return actor is not None and actor.show is not None and (actor.approve is not None or actor.continue_case is not None)


class People:
    """Business at a human pace. `before_approval` is called right before the approval that sends a document on its way."""

    def __init__(self, world: World, floor: Floor, agenda: Agenda, *, speed: float, flows: tuple[str, ...]) -> None:
        self._world = world
        self._floor = floor
        self._agenda = agenda
        self._speed = speed
        after = {flow: world.catalog.flows[flow].continues for flow in flows}
        self._begin_with = tuple(flow for flow in flows if after[flow] is None)
        self._go_on_with = {before: tuple(flow for flow in flows if after[flow] == before) for before in flows}
        self._stream = Stream(world.config.seed, "demo")
        self._count = 0
        self._blocked = 0
        self._at_home = False
        self.papers: dict[str, Paper] = {}  # that wait for a decision
        self._sent: dict[str, Paper] = {}  # that are the connector's to deal with, and may go on after that
        self.sound: set[str] = set()  # transactions with nothing wrong in them: no connector has a reason to refuse them
        self.before_approval: BeforeApproval | None = None

    # --- the day

    def begin(self, now_s: float) -> None:
        """The first document at once, the next ones as people get to it."""
        self._agenda.at(now_s, lambda: self._next(now_s))

    def go_home(self) -> None:
        """No new documents, no more decisions."""
        self._at_home = True

    def _next(self, now_s: float) -> None:
        if self._at_home:
            return
        if len(self.papers) < WITH_PEOPLE_MAX and len(self._floor.open("approved", "connector")) < IN_CONNECTOR_MAX:
            self.write(now_s)
        later = now_s + pause_s(self._stream, NEW_EVERY_S, self._speed)
        self._agenda.at(later, lambda: self._next(later))

    def write(self, now_s: float) -> Paper:
        """Somebody writes a document and hands it in."""
        flow = self._begin_with[self._stream.below(len(self._begin_with))]
        entity, (actor, txn_id) = self._stream.pick(ENTITIES), self._next_of(flow)
        blocked = self._blocked
        draft = self._draft(actor, entity, txn_id)
        if self._blocked == blocked:
            self.sound.add(txn_id)
        paper = Paper(txn_id, flow, entity, draft, "", str(draft.body.get("title", "")), actor=actor)
        self._open(paper)
        self._submit(paper, now_s)
        return paper

    def _next_of(self, flow: str) -> tuple[Actor, str]:
        self._count += 1
        declared = self._world.catalog.flows[flow]
        return ACTORS[declared.source_document], f"{declared.prefix}-{self._count:06d}"

    def _open(self, paper: Paper) -> None:
        """It is typed, after what others do before."""
        world, draft, flow = self._world, paper.draft, paper.flow
        self._floor.introduce(paper.txn_id, flow=flow, entity=world.company.entity(paper.entity).name, title=paper.title)
        parent = {"parent": paper.elders[-1].txn_id} if paper.elders else {}
        template = f"{flow}/{paper.entity}"
        world.open_txn(paper.txn_id, flow=flow, wave="demo", role="run", template=template, steps=(), detail="demo", **parent)
        if paper.actor.is_born_due and self.before_approval is not None:
            self.before_approval(paper)
        for click in paper.actor.preparations(draft):
            self._act(click.point, click.actor, dict(click.body), paper.txn_id)
        body = self._act(paper.actor.point(paper.actor.create), draft.actor, draft.body, paper.txn_id)
        paper.source_id = member(body, paper.actor.id_member)
        world.bind(paper.txn_id, source_id=paper.source_id, keys=draft.keys, elders=[elder.txn_id for elder in paper.elders])

    # --- a case goes on

    def settled(self, txn_id: str, now_s: float, *, posted: bool) -> None:
        """The connector is done with it: now and then the next document of its case grows out of what was posted."""
        paper = self._sent.pop(txn_id, None)
        if paper is None or not posted:
            return
        for flow in self._go_on_with[paper.flow]:
            if self._stream.below(100) < GOES_ON_PERCENT:
                due = now_s + pause_s(self._stream, DECIDES_IN_S, self._speed)
                self._agenda.at(due, partial(self._go_on, paper, flow, due))

    def _go_on(self, before: Paper, flow: str, now_s: float) -> None:
        if self._at_home:
            return
        (actor, txn_id), elders = self._next_of(flow), (*before.elders, before)
        assert actor.continue_case is not None
        looks = tuple(self._world.look(one.actor.point("read"), path={one.actor.id_member: one.source_id}) for one in elders)
        on = self._world.clock.peek().date()
        occasion = Occasion(self._world.company, before.entity, txn_id, before.draft.amount_minor, on, serial=self._count, elders=looks)
        paper = Paper(txn_id, flow, before.entity, actor.continue_case(occasion), "", before.title, actor=actor, elders=elders)
        try:
            self._open(paper)
        except Refusal:  # somebody else dealt with the documents before it, by hand, over the API
            return
        self.sound.add(txn_id)
        self._submit(paper, now_s)

    def _draft(self, actor: Actor, entity: str, txn_id: str) -> Draft:
        """What somebody types. Now and then of a supplier that the controller blocked before: the connector must refuse it."""
        company = self._world.company
        median = MEDIANS.get(company.entity(entity).currency, 100_000)
        assert actor.show is not None
        occasion = Occasion(company, entity, txn_id, actor.show.amount(self._stream, median), on=self._world.clock.peek().date())
        block = actor.races.get(BLOCK) if actor.picks_seller else None
        if block is not None and self._stream.below(100) < BLOCKED_PERCENT and self._blocked < MINTED:
            occasion = replace(occasion, seller=company.minted_supplier(entity, self._blocked))
            block(self._world, replace(occasion, minted=self._blocked), None)
            self._blocked += 1
        return actor.write(occasion)

    # --- decisions

    def _submit(self, paper: Paper, now_s: float) -> None:
        self._step(paper, paper.actor.submit, paper.draft.actor)
        paper.left = list(paper.actor.approvals(paper.draft))
        if not paper.left:
            self._sent[paper.txn_id] = paper
            return
        self.papers[paper.txn_id] = paper
        self._appoint(paper, now_s)

    def _appoint(self, paper: Paper, now_s: float) -> None:
        due = now_s + pause_s(self._stream, DECIDES_IN_S, self._speed)
        self._agenda.at(due, lambda: self._decide(paper, due))

    def _decide(self, paper: Paper, now_s: float) -> None:
        if self._at_home or paper.txn_id not in self.papers:
            return
        show = paper.actor.show
        if show is not None and show.turn_down and self._stream.below(100) < SENT_BACK_PERCENT:
            self._turn_down(paper, now_s)
        else:
            self._approve(paper, now_s)

    def _approve(self, paper: Paper, now_s: float) -> None:
        last = len(paper.left) == 1
        if last:
            del self.papers[paper.txn_id]
            self._sent[paper.txn_id] = paper
            if self.before_approval is not None:
                self.before_approval(paper)
        self._step(paper, *paper.left.pop(0))
        if not last:
            self._appoint(paper, now_s)

    def _turn_down(self, paper: Paper, now_s: float) -> None:
        """It is rejected for good, or goes back to its author, who repairs it."""
        show = paper.actor.show
        assert show is not None
        (_, approver), reason = paper.left[0], self._stream.pick(show.reasons)
        del self.papers[paper.txn_id]
        self._floor.documents[paper.txn_id].reason = reason
        self._step(paper, show.turn_down, approver, {"reason": reason})
        if not show.comes_back:
            return
        due = now_s + pause_s(self._stream, REPAIRS_IN_S, self._speed)
        self._agenda.at(due, lambda: self._repair(paper, due))

    def _repair(self, paper: Paper, now_s: float) -> None:
        if not self._at_home:
            self._step(paper, paper.actor.amend, paper.draft.actor)
            self._submit(paper, now_s)

    def approve_one_now(self, now_s: float) -> None:
        """The document that is nearest to its end is approved at once; when there is none, one is written first."""
        if self._at_home:
            return
        waiting = sorted(self.papers.values(), key=lambda paper: len(paper.left))
        paper = waiting[0] if waiting else self.write(now_s)
        while paper.txn_id in self.papers:
            self._approve(paper, now_s)

    # --- over the mocks' own commands

    def _step(self, paper: Paper, verb: str | None, actor: str, body: dict[str, Any] | None = None) -> None:
        if verb is None:
            return
        try:
            self._act(paper.actor.point(verb), actor, body or {}, paper.txn_id, {paper.actor.id_member: paper.source_id})
        except Refusal:
            self.papers.pop(paper.txn_id, None)  # somebody else dealt with it, by hand, over the API

    def _act(self, call_point: str, actor: str, body: dict[str, Any], txn_id: str, path: dict[str, str] | None = None) -> Any:
        return self._world.act(call_point, path=path or {}, body=body, actor=actor, txn_id=txn_id).body
