"""Procurement's commands: one method per operation over the store. A command changes everything or raises and changes nothing."""

from dataclasses import replace
from typing import Any, get_args
from uuid import UUID

import msgspec

from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Effect, OutEvent, Refusal, Reply
from mocks.systems.procurement import lifecycle, models, rules
from mocks.systems.procurement.lifecycle import Trigger
from mocks.systems.procurement.records import money, requisition_record, source_lines, summary
from mocks.systems.procurement.requisitions import Requisition, Requisitions

STATUSES: tuple[str, ...] = get_args(models.Status)
ID_SPACE = 10**8
DRAWS_MAX = 64


class RequisitionDesk:
    """The requisitions of one procurement system."""

    def __init__(self, master: ProcurementMaster, namespace: str) -> None:
        self._master = master
        self._namespace = namespace
        self.requisitions = Requisitions()
        self.wanted: str | None = None  # the id that the next requisition takes (provider states name documents)

    # What the connector does.

    def list(self, call: Call) -> Reply:
        """procurement.requisition.list"""
        wanted = call.query.get("status")
        statuses = frozenset(wanted.split(",")) if wanted else None
        unknown = sorted((statuses or frozenset()) - set(STATUSES))
        if unknown:
            raise Refusal("INVALID_PARAMETER", f"status {', '.join(map(repr, unknown))}: expected some of {', '.join(STATUSES)}")
        since = rules.to_instant(call.query["updatedSince"]) if "updatedSince" in call.query else None
        after: Any = call.after
        found, more = self.requisitions.page(statuses=statuses, since=since, after=after, limit=call.limit)
        return Reply({"items": [summary(each) for each in found], "next": more})

    def read(self, call: Call) -> Reply:
        """procurement.requisition.read"""
        return self._reply(self.requisitions.get(call.path["id"]))

    def record_order(self, call: Call) -> Reply:
        """procurement.requisition.record_order"""
        body: models.RecordOrder = call.body
        requisition = self._addressed(call)
        known = requisition.erp_order
        if known is not None and known.number == body.erp_order_number:
            return self._reply(requisition)
        status = lifecycle.after(requisition.id, requisition.status, "record_order")
        rules.check_revision(body.revision, requisition)
        order = models.ErpOrder(number=body.erp_order_number, id=body.erp_order_id, status=body.erp_status, recorded_at=call.now)
        return self._change(call, requisition, status=status, erp_order=order)

    def record_refusal(self, call: Call) -> Reply:
        """procurement.requisition.record_refusal"""
        body: models.RecordRefusal = call.body
        requisition = self._addressed(call)
        known = requisition.erp_refusal
        if requisition.status == "refused" and known and (known.code, known.reason, known.owner) == (body.code, body.reason, body.owner):
            return self._reply(requisition)
        status = lifecycle.after(requisition.id, requisition.status, "record_refusal")
        refusal = models.ErpRefusal(code=body.code, reason=body.reason, owner=body.owner, recorded_at=call.now)
        return self._change(call, requisition, status=status, erp_refusal=refusal)

    def touch(self, call: Call) -> Reply:
        """A person adds a remark."""
        return self._change(replace(call, if_match=None), self.requisitions.get(call.path["id"]))

    # What people do.

    def create(self, call: Call) -> Reply:
        """procurement.requisition.create"""
        body: models.RequisitionCreate = call.body
        requester = rules.person(self._master, call.actor)
        where = rules.house(self._master, body.legal_entity, body.currency, requester)
        rules.check_supplier(self._master, body.supplier_id, where.id)
        total = rules.total_of(self._master, body.lines, where)
        number = self._free_number(call)
        requisition = Requisition(
            id=self._take_wanted() or self._id(number),
            number=number,
            uuid=str(UUID(int=call.draw("requisition.uuid.high") << 64 | call.draw("requisition.uuid.low"), version=4)),
            revision=1,
            version=1,
            status="draft",
            requester_id=requester.id,
            house=where.id,
            supplier_id=body.supplier_id,
            currency=where.currency,
            needed_by=body.needed_by,
            requested_on=call.now.date().isoformat(),
            title=body.title,
            lines=body.lines,
            total_minor=total,
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        self.requisitions.put(requisition)
        reply = self._reply(requisition, (_effect(requisition, "create", None), *source_lines(requisition, where)))
        return replace(reply, location=f"/api/v1/requisitions/{requisition.id}", created={"existing_id": requisition.id})

    def submit(self, call: Call) -> Reply:
        """procurement.requisition.submit"""
        requisition, actor = self._acted(call)
        status = lifecycle.after(requisition.id, requisition.status, "submit")
        rules.check_requester(requisition, actor, "submit")
        rules.check_supplier(self._master, requisition.supplier_id, requisition.house)
        rules.total_of(self._master, requisition.lines, self._master.houses[requisition.house])
        chain = rules.approval_chain(self._master.users, actor, requisition.total_minor)
        status = lifecycle.after(requisition.id, status, "reserve")
        return self._change(call, requisition, status=status, chain=chain, approvals=())

    def approve(self, call: Call) -> Reply:
        """procurement.requisition.approve"""
        body: models.Approve = call.body
        requisition, actor = self._acted(call)
        last = len(requisition.approvals) + 1 >= len(requisition.chain)
        trigger: Trigger = "approve" if last else "approve_step"
        status = lifecycle.after(requisition.id, requisition.status, trigger)
        rules.check_next_approver(requisition, actor)
        step = self._decision(call, requisition, actor.id, "approved", body.comment)
        reply = self._change(call, requisition, status=status, approvals=(*requisition.approvals, step))
        return self._with_event(reply, requisition.id, "requisition.approved") if last else reply

    def reject(self, call: Call) -> Reply:
        """procurement.requisition.reject"""
        body: models.WithReason = call.body
        requisition, actor = self._acted(call)
        status = lifecycle.after(requisition.id, requisition.status, "reject")
        rules.check_next_approver(requisition, actor)
        step = self._decision(call, requisition, actor.id, "rejected", body.reason)
        return self._change(call, requisition, status=status, approvals=(*requisition.approvals, step))

    def withdraw(self, call: Call) -> Reply:
        """procurement.requisition.withdraw"""
        requisition, actor = self._acted(call)
        status = lifecycle.after(requisition.id, requisition.status, "withdraw")
        rules.check_requester(requisition, actor, "withdraw")
        return self._change(call, requisition, status=status)

    def reverse_approval(self, call: Call) -> Reply:
        """procurement.requisition.reverse_approval"""
        body: models.WithReason = call.body
        requisition, actor = self._acted(call)
        status = lifecycle.after(requisition.id, requisition.status, "reverse_approval")
        rules.check_approved_by(requisition, actor)
        reply = self._change(call, requisition, status=status, approvals=_taken_back(requisition))
        return self._with_event(reply, requisition.id, "approval.reversed", reason=body.reason)

    def amend(self, call: Call) -> Reply:
        """procurement.requisition.amend"""
        body: models.RequisitionAmend = call.body
        requisition, actor = self._acted(call)
        status = lifecycle.after(requisition.id, requisition.status, "amend")
        rules.check_requester(requisition, actor, "amend")
        supplier, lines = body.supplier_id or requisition.supplier_id, body.lines or requisition.lines
        rules.check_supplier(self._master, supplier, requisition.house)
        total = rules.total_of(self._master, lines, self._master.houses[requisition.house])
        reply = self._change(
            call,
            requisition,
            status=status,
            revision=requisition.revision + 1,
            supplier_id=supplier,
            lines=lines,
            total_minor=total,
            title=body.title or requisition.title,
            needed_by=body.needed_by or requisition.needed_by,
            chain=(),
            approvals=(),
            erp_refusal=None,
        )
        amended = self.requisitions.get(requisition.id)
        return replace(reply, effects=(*reply.effects, *source_lines(amended, self._master.houses[amended.house])))

    def cancel(self, call: Call) -> Reply:
        """procurement.requisition.cancel"""
        requisition, actor = self._acted(call)
        status = lifecycle.after(requisition.id, requisition.status, "cancel")
        rules.check_requester(requisition, actor, "cancel")
        if requisition.status != "approved":
            return self._change(call, requisition, status=status)
        reply = self._change(call, requisition, status=status, approvals=_taken_back(requisition))
        return self._with_event(reply, requisition.id, "approval.reversed", reason="cancelled by the requester")

    def comment(self, call: Call) -> Reply:
        """procurement.requisition.comment"""
        requisition, _ = self._acted(call)
        return self._change(call, requisition)

    # Steps that they share.

    def _addressed(self, call: Call) -> Requisition:
        requisition = self.requisitions.get(call.path["id"])
        rules.check_version(call.if_match, requisition)
        return requisition

    def _acted(self, call: Call) -> tuple[Requisition, Any]:
        requisition = self._addressed(call)
        return requisition, rules.person(self._master, call.actor)

    def _change(self, call: Call, requisition: Requisition, **members: Any) -> Reply:
        changed = replace(requisition, version=requisition.version + 1, updated_at=call.now, **members)
        self.requisitions.put(changed)
        return self._reply(changed, (_effect(changed, "update", call.if_match),))

    def _reply(self, requisition: Requisition, effects: tuple[Effect, ...] = ()) -> Reply:
        record = requisition_record(requisition, self._master.houses[requisition.house])
        return Reply(record, version=requisition.version, effects=effects)

    def _with_event(self, reply: Reply, requisition_id: str, event_type: str, **more: str) -> Reply:
        requisition = self.requisitions.get(requisition_id)
        data = {
            "requisitionId": requisition.id,
            "revision": requisition.revision,
            "version": requisition.version,
            "status": requisition.status,
            **more,
        }
        return replace(reply, events=(OutEvent(event_type, requisition.id, data),))

    def _decision(self, call: Call, requisition: Requisition, approver: str, decision: Any, comment: str | None) -> models.ApprovalStep:
        where, limit = self._master.houses[requisition.house], self._master.users[approver].limit_minor
        return models.ApprovalStep(
            step=len(requisition.approvals) + 1,
            approver_id=approver,
            decision=decision,
            decided_at=call.now,
            limit=None if limit is None else money(limit, where),
            comment=comment,
        )

    def _free_number(self, call: Call) -> int:
        for attempt in range(DRAWS_MAX):
            number = call.draw(f"requisition.number.{attempt}") % ID_SPACE
            if self._id(number) not in self.requisitions:
                return number
        raise RuntimeError(f"{DRAWS_MAX} draws of a requisition number gave taken ones")

    def _take_wanted(self) -> str | None:
        wanted, self.wanted = self.wanted, None
        return wanted if wanted not in self.requisitions else None

    def _id(self, number: int) -> str:
        return f"REQ-{self._namespace}-{number:08d}"


def _taken_back(requisition: Requisition) -> tuple[models.ApprovalStep, ...]:
    return tuple(msgspec.structs.replace(approval, decision="reversed") for approval in requisition.approvals)


def _effect(requisition: Requisition, effect: Any, base_version: int | None) -> Effect:
    return Effect(
        "requisition",
        requisition.id,
        effect,
        version=requisition.version,
        base_version=base_version,
        src_version=requisition.revision,
        amount_minor=requisition.total_minor,
        currency=requisition.currency,
        company=requisition.house,
        cost_center=_one_center(requisition),
        party=requisition.supplier_id,
        approvers=" ".join(step.approver_id for step in requisition.approvals if step.decision == "approved") or None,
        state=requisition.status,
    )


def _one_center(requisition: Requisition) -> str | None:
    """The cost centre of all lines; None when they differ, because a row has room for one."""
    centers = {line.cost_center for line in requisition.lines}
    return centers.pop() if len(centers) == 1 else None
