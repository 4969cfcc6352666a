"""The people of the demo: they write requisitions and expense reports, decide about them, and now and then send one back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.demo.agenda import Agenda, lognormal, pause_s
from harness.demo.floor import Floor
from harness.run.desks import DESKS, Desk, member
from mocks.company import Company, Draft
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
MINTED = 40  # per entity: suppliers that may be blocked without a neighbour noticing
REASONS: Mapping[str, tuple[str, ...]] = {
    "requisition-to-po": ("the budget of this quarter is spent", "please compare a second quote", "we have these in stock"),
    "expense-to-posting": ("the hotel receipt is missing", "wrong cost centre", "please split the dinner by guests"),
}
ENTITIES = ("US01", "US01", "US01", "DE01", "DE01", "JP01")  # who buys how often
# Medians in minor units of USD, EUR, JPY; the same people buy in all of them.
MEDIANS = {"USD": 120_000, "EUR": 110_000, "JPY": 180_000}
EXPENSE_SHARE = 5  # an expense report is a fifth of a requisition


@dataclass(slots=True)
class Paper:
    """One document in people's hands."""

    txn_id: str
    flow: str
    entity: str
    draft: Draft
    source_id: str
    left: list[str] = field(default_factory=list)  # approvers who still have to decide

    @property
    def desk(self) -> Desk:
        """How its system spells what people do."""
        return DESKS[self.flow]


BeforeApproval = Callable[[Paper], None]


class People:
    """Business at a human pace. `before_approval` is called right before the approval that sends a document on its way."""

    def __init__(self, world: World, floor: Floor, agenda: Agenda, *, speed: float, flows: tuple[str, ...]) -> None:
        self._world = world
        self._floor = floor
        self._agenda = agenda
        self._speed = speed
        self._flows = flows
        self._stream = Stream(world.config.seed, "demo")
        self._count = 0
        self._blocked = 0
        self._at_home = False
        self.papers: dict[str, Paper] = {}  # that wait for a decision
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
        self._count += 1
        flow = self._flows[self._stream.below(len(self._flows))]
        entity = self._world.company.entity(self._stream.pick(ENTITIES))
        txn_id = f"{'p2p' if flow == 'requisition-to-po' else 'exp'}-{self._count:06d}"
        draft = self._draft(flow, entity.key, txn_id)
        title = str(draft.body.get("title", ""))
        self._floor.introduce(txn_id, flow=flow, entity=entity.name, title=title)
        self._world.open_txn(txn_id, flow=flow, wave="demo", role="run", template=f"{flow}/{entity.key}", steps=(), detail="demo")
        body = self._act(DESKS[flow].create, draft.actor, draft.body, txn_id)
        source_id = member(body, DESKS[flow].id_member)
        self._world.bind(txn_id, source_id=source_id, keys=draft.keys)
        paper = Paper(txn_id, flow, entity.key, draft, source_id)
        self._submit(paper, now_s)
        return paper

    def _draft(self, flow: str, entity: str, txn_id: str) -> Draft:
        company = self._world.company
        currency = company.entity(entity).currency
        today = self._world.clock.peek().date()
        median = MEDIANS.get(currency, 100_000)
        if flow != "requisition-to-po":
            amount = lognormal(self._stream, median // EXPENSE_SHARE, 0.9, median // 60, median * 2)
            return company.draft_expense_report(entity, txn_id, amount, on=today)
        amount = lognormal(self._stream, median, 1.1, median // 40, median * 12)
        supplier = None
        if self._stream.below(100) < BLOCKED_PERCENT and self._blocked < MINTED:
            supplier = company.minted_supplier(entity, self._blocked)
            self._blocked += 1
            self._block(entity, supplier.erp_id)
        return company.draft_requisition(entity, txn_id, amount, supplier=supplier, on=today)

    def _block(self, entity: str, vendor: str) -> None:
        """The controller blocked this supplier before anybody asked for something of it: the connector must refuse the order."""
        self._world.act(
            "erp.supplier.block",
            path={"vendor_id": vendor},
            body={"block": "purchasing", "on": True},
            actor=self._world.company.controller(entity).erp_id,
        )

    # --- decisions

    def _submit(self, paper: Paper, now_s: float) -> None:
        self._step(paper, paper.desk.submit, paper.draft.actor)
        paper.left = list(paper.draft.approvers)
        self.papers[paper.txn_id] = paper
        self._appoint(paper, now_s)

    def _appoint(self, paper: Paper, now_s: float) -> None:
        due = now_s + pause_s(self._stream, DECIDES_IN_S, self._speed)
        self._agenda.at(due, lambda: self._decide(paper, due))

    def _decide(self, paper: Paper, now_s: float) -> None:
        if self._at_home or paper.txn_id not in self.papers:
            return
        if self._stream.below(100) < SENT_BACK_PERCENT:
            self._turn_down(paper, now_s)
        else:
            self._approve(paper, now_s)

    def _approve(self, paper: Paper, now_s: float) -> None:
        last = len(paper.left) == 1
        if last:
            del self.papers[paper.txn_id]
            if self.before_approval is not None:
                self.before_approval(paper)
        self._step(paper, paper.desk.approve, paper.left.pop(0))
        if not last:
            self._appoint(paper, now_s)

    def _turn_down(self, paper: Paper, now_s: float) -> None:
        """A requisition is rejected; a report goes back to its employee, who repairs it."""
        approver, reason = paper.left[0], self._stream.pick(REASONS[paper.flow])
        del self.papers[paper.txn_id]
        self._floor.documents[paper.txn_id].reason = reason
        if paper.flow == "requisition-to-po":
            self._step(paper, "procurement.requisition.reject", approver, {"reason": reason})
            return
        self._step(paper, paper.desk.take_back, approver, {"reason": reason})
        due = now_s + pause_s(self._stream, REPAIRS_IN_S, self._speed)
        self._agenda.at(due, lambda: self._repair(paper, due))

    def _repair(self, paper: Paper, now_s: float) -> None:
        if not self._at_home:
            self._step(paper, paper.desk.amend, paper.draft.actor)
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

    def _step(self, paper: Paper, call_point: str, actor: str, body: dict[str, Any] | None = None) -> None:
        try:
            self._act(call_point, actor, body or {}, paper.txn_id, {paper.desk.id_member: paper.source_id})
        except Refusal:
            self.papers.pop(paper.txn_id, None)  # somebody else dealt with it, by hand, over the API

    def _act(self, call_point: str, actor: str, body: dict[str, Any], txn_id: str, path: dict[str, str] | None = None) -> Any:
        return self._world.act(call_point, path=path or {}, body=body, actor=actor, txn_id=txn_id).body


def names_of(company: Company) -> dict[str, str]:
    """What people are called, by their ids in the three systems; in Latin letters, which every audience can read."""
    found = {}
    for person in company.employees:
        found.update(dict.fromkeys((person.procurement_id, person.expense_id, person.erp_id), person.latin_name))
    return found
