"""The commands on budget checks: the requester asks and keeps the answer, the owners of the cost centres decide on exceptions."""

from typing import Literal

from mocks.company.projections import Member, ProcurementMaster
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.procurement.checking import models
from mocks.systems.procurement.checking.checks import FORM, Check, Clearances
from mocks.systems.procurement.records import approval_record, head, money, requisition_line, summary
from mocks.systems.procurement.requisitions import Requisition
from mocks.workflow import rules
from mocks.workflow.desk import Desk
from mocks.workflow.document import Turn
from mocks.workflow.store import Store

CHECKED_IN = ("draft", "pending_approval")
OnNoAnswer = Literal["open", "closed"]


class CheckDesk(Desk[Check]):
    """The budget checks of one procurement system. on_no_answer: whether it fails open or closed."""

    def __init__(self, master: ProcurementMaster, requisitions: Store[Requisition], clearances: Clearances, namespace: str) -> None:
        super().__init__(FORM, Check, master.users, namespace)
        self._master, self._requisitions, self._clearances = master, requisitions, clearances
        self.on_no_answer: OnNoAnswer = "closed"

    def record(self, document: Check) -> models.BudgetCheck:
        """On the wire."""
        where = self._master.houses[document.house]
        return models.BudgetCheck(
            **head(document),
            requester_id=document.author,
            requisition_id=document.requisition,
            requisition_revision=document.requisition_revision,
            budget_date=document.budget_date,
            lines=tuple(requisition_line(number, line) for number, line in enumerate(document.lines, 1)),
            total=money(document.total_minor, where),
            answer=document.answer,
            as_of=document.as_of,
            on_no_answer=self.on_no_answer,
            approvals=tuple(approval_record(step, where) for step in document.approvals),
            next_approver_id=document.next_approver,
        )

    def summary(self, document: Check) -> object:
        """No list tells of it: whoever waits has it before the eyes."""
        return summary(document)

    def source_lines(self, _document: Check) -> tuple[Effect, ...]:
        """None: nothing is made of it."""
        return ()

    def check_content(self, document: Check) -> None:
        """Nobody hands it in, so nothing is looked at a second time."""

    def party(self, document: Check) -> str:
        """Who waits."""
        return document.author

    def centers(self, document: Check) -> set[str]:
        """Of all lines."""
        return {line.cost_center for line in document.lines}

    def recorded_number(self, document: Check) -> str:
        """What is checked."""
        return document.requisition

    def create(self, call: Call) -> Reply:
        """procurement.budget_check.create"""
        body: models.CheckCreate = call.body
        requisition, requester = self._requisitions.get(body.requisition_id), self._person(call.actor)
        rules.check_author("requisition", requisition, requester, "check")
        if requisition.status not in CHECKED_IN:
            said = f"requisition {requisition.id} is {requisition.status}: only what is drafted or waits for approval is checked"
            raise Refusal("INVALID_TRANSITION", said, current_status=requisition.status)
        where = self._master.houses[requisition.house]
        reply = self._open(
            call,
            requester,
            where,
            status="asked",
            title=requisition.title,
            lines=requisition.lines,
            total_minor=requisition.total_minor,
            requisition=requisition.id,
            requisition_revision=requisition.revision,
            budget_date=body.budget_date or where.day(call.now).isoformat(),
        )
        return self._kept(reply)

    def record_answer(self, call: Call) -> Reply:
        """procurement.budget_check.record_answer"""
        body: models.RecordAnswer = call.body
        check, actor = self._acted(call)
        known = body.answer if body.answer in ("within_budget", "over_budget") else f"unknown_{self.on_no_answer}"
        status = self._after(check, known)
        rules.check_author(FORM.noun, check, actor, "record the answer")
        chain = self._owners(check) if status == Check.pending else ()
        return self._kept(self._change(call, check, status=status, answer=body.answer, as_of=body.as_of, chain=chain))

    def agree(self, call: Call) -> Reply:
        """procurement.budget_check.agree"""
        check, actor = self._acted(call)
        last = len(check.approvals) + 1 >= len(check.chain)
        status = self._after(check, "agree" if last else "agree_step")
        self.check_turn(check, actor)
        step = self._decision(call, check, actor, "approved", call.body.comment)
        return self._kept(self._change(call, check, status=status, approvals=(*check.approvals, step)))

    def refuse(self, call: Call) -> Reply:
        """procurement.budget_check.refuse"""
        check, actor = self._acted(call)
        status = self._after(check, "refuse")
        self.check_turn(check, actor)
        step = self._decision(call, check, actor, "rejected", call.body.reason)
        return self._kept(self._change(call, check, status=status, approvals=(*check.approvals, step)))

    def check_turn(self, document: Check, actor: Member) -> None:
        """It is this owner's turn. What an owner may sign for is the cost centre, whatever the amount: the chain of the requisition looks
        at that. Raises SEGREGATION_OF_DUTIES."""
        if actor.id != document.next_approver:
            said = f"{FORM.noun} {document.id} waits for {document.next_approver}, not {actor.id}"
            raise Refusal("SEGREGATION_OF_DUTIES", said)

    def _owners(self, check: Check) -> tuple[Turn, ...]:
        """Whoever answers for a cost centre, each once; of a requester's own one the manager does, and for who is away the delegate."""
        named = [self._master.center_owners[check.house, line.cost_center] for line in check.lines]
        people = [self._people[name] for name in dict.fromkeys(named)]
        bosses = [self._people[person.manager] if person.id == check.author and person.manager else person for person in people]
        turns = [Turn(boss.delegate, boss.id) if boss.delegate not in (None, check.author) else Turn(boss.id, None) for boss in bosses]
        return tuple({turn.approver: turn for turn in turns}.values())

    def _kept(self, reply: Reply) -> Reply:
        self._clearances.keep(self.documents.get(reply.body.id))
        return reply
