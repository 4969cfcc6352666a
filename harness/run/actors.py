"""The people of a run: employees submit, approvers decide, controllers block and close. They act on the mocks' cores in process."""

import asyncio
from collections.abc import Coroutine
from time import monotonic
from typing import Any

from harness.plan.model import TRACER_STEP, Experiment, Step
from harness.run.desks import DESKS, Desk, member
from harness.stage.pacing import until
from harness.stage.patience import settle_limit_s
from harness.stage.session import Session
from mocks.company import Draft
from mocks.kit.operation import Refusal

BAD_COPIES = {"F-D8", "F-D9"}  # an event that must be refused; the genuine one follows
REORDERED = "F-D3"
AFTER_BAD_COPY_S = 0.3  # longer than a connector that fell for the bad copy needs to show it
AMENDED_BY = TRACER_STEP // 2  # an amended total is unique too, because totals are TRACER_STEP apart


class Paper:
    """One source document in people's hands."""

    def __init__(self, session: Session, experiment: Experiment) -> None:
        self._session = session
        self.experiment = experiment
        self.desk: Desk = DESKS[experiment.flow]
        self.draft = draft(session, experiment, experiment.tracer_minor)
        self.body = self._act(self.desk.create, self.draft.actor, self.draft.body)
        self.source_id: str = member(self.body, self.desk.id_member)
        session.world.bind(
            experiment.txn_id,
            source_id=self.source_id,
            amount=(self.draft.amount_minor, self.draft.currency),
            keys=self.draft.keys,
        )

    def _act(self, call_point: str, actor: str, body: dict[str, Any], path: dict[str, str] | None = None) -> Any:
        return self._session.world.act(call_point, path=path or {}, body=body, actor=actor, txn_id=self.experiment.txn_id).body

    def step(self, call_point: str, actor: str, body: dict[str, Any] | None = None) -> None:
        """Somebody does something with the document."""
        self.body = self._act(call_point, actor, body or {}, {self.desk.id_member: self.source_id})

    def submit(self) -> None:
        """The requester hands it in."""
        self.step(self.desk.submit, self.draft.actor)

    def approve_but_last(self) -> None:
        """Every approver of the chain but the last one."""
        for approver in self.draft.approvers[:-1]:
            self.step(self.desk.approve, approver)

    def approve_last(self) -> None:
        """The last approval: the event goes out."""
        self.step(self.desk.approve, self.draft.approvers[-1])

    def take_back(self) -> None:
        """The last approver takes the approval back."""
        self.step(self.desk.take_back, self.draft.approvers[-1], {"reason": "approved by mistake"})

    def amend(self) -> None:
        """The requester changes the total, as a new revision with an amount that is unique again."""
        amended = draft(self._session, self.experiment, self.experiment.tracer_minor + AMENDED_BY)
        self.step(self.desk.amend, self.draft.actor, {name: amended.body[name] for name in self.desk.amendable})
        self.draft = amended
        self._session.world.bind(self.experiment.txn_id, amount=(amended.amount_minor, amended.currency))


def draft(session: Session, experiment: Experiment, amount_minor: int) -> Draft:
    """What the requester types: the same draft for the same transaction and amount, and the first one's again for a repeat of it."""
    company, entity = session.world.company, experiment.entity
    today = session.world.clock.peek().date()
    key = experiment.typed_as or experiment.txn_id
    center = None if experiment.minted is None else company.minted_cost_center(entity, experiment.minted)
    if experiment.flow == "requisition-to-po":
        supplier = None if experiment.minted is None else company.minted_supplier(entity, experiment.minted)
        return company.draft_requisition(entity, key, amount_minor, supplier=supplier, cost_center=center, on=today)
    return company.draft_expense_report(entity, key, amount_minor, cost_center=center, on=today)


class Cast:
    """Everybody who acts in a run, with the papers that they have in hand."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.papers: dict[str, Paper] = {}
        session.world.on_then(self.race)

    def prepare(self, experiment: Experiment) -> Paper:
        """Open the transaction and bring its document to the point where one approval is missing."""
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
        paper = self.papers[experiment.txn_id] = Paper(self.session, experiment)
        self.session.register.begin(experiment, paper.source_id, monotonic())
        paper.submit()
        paper.approve_but_last()
        return paper

    def finish(self, paper: Paper) -> Coroutine[Any, Any, None] | None:
        """The last approval; a coroutine when it must wait for the answer to a bad copy of its event."""
        bad = step_at(paper, BAD_COPIES)
        if bad is not None:
            return self._after_bad_copy(paper, bad)
        paper.approve_last()
        if step_at(paper, {REORDERED}) is not None:
            paper.take_back()
            paper.amend()
            paper.submit()
            paper.approve_but_last()
            paper.approve_last()
        return None

    def begin(self, experiment: Experiment) -> Coroutine[Any, Any, None] | None:
        """One transaction from its first keystroke to its approval; a coroutine when something has to be waited for."""
        if experiment.parent is not None:
            return self._after(experiment.parent, experiment)
        return self.finish(self.prepare(experiment))

    async def _after(self, parent: str, experiment: Experiment) -> None:
        """A document that grows out of another begins when that one is settled, or when a wave would give that one up."""
        await until(lambda: self.session.world.settled(parent) is not None, settle_limit_s(self.session))
        later = self.finish(self.prepare(experiment))
        if later is not None:
            await later

    async def _after_bad_copy(self, paper: Paper, step: Step) -> None:
        """The bad event goes out while the document waits for its last approval: whatever the connector makes of it is wrong."""
        deliver = self.session.catalog.faults[step.fault_id].mode(step.mode).deliver
        assert deliver is not None
        desk, txn_id = paper.desk, paper.experiment.txn_id
        data = desk.event_data(paper.body, "approved")
        await self.session.world.send_event(txn_id, desk.approved_event, paper.source_id, data, deliver=deliver, fault=step)
        await asyncio.sleep(AFTER_BAD_COPY_S)
        paper.approve_last()

    def race(self, action: str, txn_id: str) -> None:
        """What people do when a fault says that they do it now (F-F1, F-F5)."""
        paper = self.papers[txn_id]
        try:
            if action == "reverse_approval":
                paper.take_back()
            elif action == "block_supplier":
                block_supplier(self.session, paper.experiment)
        except Refusal as refusal:  # too late: the document has moved on, which the history shows
            self.session.note(f"{txn_id}: {action} was refused: {refusal}")


def step_at(paper: Paper, fault_ids: set[str]) -> Step | None:
    """The step at the approval event with one of these faults."""
    steps = paper.experiment.steps
    return next((step for step in steps if step.fault_id in fault_ids and step.call_point == paper.desk.approved_point), None)


def block_supplier(session: Session, experiment: Experiment) -> None:
    """The controller blocks the supplier that only this transaction uses."""
    company = session.world.company
    assert experiment.minted is not None, f"{experiment.txn_id}: a blocked supplier must be minted"
    vendor = company.minted_supplier(experiment.entity, experiment.minted).erp_id
    session.world.act(
        "erp.supplier.block",
        path={"vendor_id": vendor},
        body={"block": "purchasing", "on": True},
        actor=company.controller(experiment.entity).erp_id,
        txn_id=experiment.txn_id,
    )
