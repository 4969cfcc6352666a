"""The expense system's commands: one method per operation over the store. A command changes everything or raises and changes nothing."""

from dataclasses import replace
from typing import Any, get_args
from uuid import UUID

import msgspec

from mocks.company.projections import ExpenseMaster, Member
from mocks.kit.operation import Call, Effect, OutEvent, Refusal, Reply
from mocks.systems.expense import lifecycle, models, rules
from mocks.systems.expense.lifecycle import Trigger
from mocks.systems.expense.records import report_record, source_lines, summary
from mocks.systems.expense.reports import Report, Reports

STATES: tuple[str, ...] = get_args(models.State)
ID_SPACE = 10**8
DRAWS_MAX = 64


class ReportDesk:
    """The reports of one expense system."""

    def __init__(self, master: ExpenseMaster, namespace: str) -> None:
        self._master = master
        self._namespace = namespace
        self.reports = Reports()
        self.wanted: str | None = None  # the id that the next report takes (provider states name documents)

    # What the connector does.

    def list(self, call: Call) -> Reply:
        """expense.report.list"""
        wanted = call.query.get("state")
        states = frozenset(wanted.split(",")) if wanted else None
        unknown = sorted((states or frozenset()) - set(STATES))
        if unknown:
            raise Refusal("INVALID_PARAMETER", f"state {', '.join(map(repr, unknown))}: expected some of {', '.join(STATES)}")
        since = rules.to_instant(call.query["updated_since"]) if "updated_since" in call.query else None
        after: Any = call.after
        found, more = self.reports.page(states=states, since=since, after=after, limit=call.limit)
        return Reply({"items": [summary(each) for each in found], "next": more})

    def read(self, call: Call) -> Reply:
        """expense.report.read"""
        return self._reply(self.reports.get(call.path["report_id"]))

    def record_posting(self, call: Call) -> Reply:
        """expense.report.record_posting"""
        body: models.RecordPosting = call.body
        report = self._addressed(call)
        known = report.posting
        if known is not None and (known.erp_document, known.erp_document_type) == (body.erp_document, body.erp_document_type):
            return self._reply(report)
        state = lifecycle.after(report.report_id, report.state, "record_posting")
        rules.check_revision(body.revision, report)
        posting = models.Posting(
            erp_document=body.erp_document, erp_document_type=body.erp_document_type, posted_on=body.posted_on, recorded_at=call.now
        )
        return self._change(call, report, state=state, posting=posting)

    def record_refusal(self, call: Call) -> Reply:
        """expense.report.record_refusal"""
        body: models.RecordRefusal = call.body
        report = self._addressed(call)
        known = report.refusal
        if report.state == "on_hold" and known and (known.code, known.reason, known.owner) == (body.code, body.reason, body.owner):
            return self._reply(report)
        state = lifecycle.after(report.report_id, report.state, "record_refusal")
        refusal = models.Refused(code=body.code, reason=body.reason, owner=body.owner, recorded_at=call.now)
        return self._change(call, report, state=state, refusal=refusal)

    def touch(self, call: Call) -> Reply:
        """A person adds a remark."""
        return self._change(replace(call, if_match=None), self.reports.get(call.path["report_id"]))

    # What people do.

    def create(self, call: Call) -> Reply:
        """expense.report.create"""
        body: models.ReportCreate = call.body
        employee = rules.person(self._master, call.actor)
        where = rules.house(self._master, body.entity_code, body.currency, employee)
        total = rules.total_of(self._master, body.lines, where.id)
        number = self._free_number(call)
        report = Report(
            report_id=self._take_wanted() or self._id(number),
            number=number,
            uuid=str(UUID(int=call.draw("report.uuid.high") << 64 | call.draw("report.uuid.low"), version=4)),
            revision=1,
            version=1,
            state="draft",
            employee=employee.id,
            house=where.id,
            currency=where.currency,
            title=body.title,
            lines=body.lines,
            total_minor=total,
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        self.reports.put(report)
        reply = self._reply(report, (_effect(report, "create", None), *source_lines(report)))
        return replace(reply, location=f"/v2/reports/{report.report_id}", created={"existing_id": report.report_id})

    def submit(self, call: Call) -> Reply:
        """expense.report.submit"""
        report, actor = self._acted(call)
        state = lifecycle.after(report.report_id, report.state, "submit")
        rules.check_employee(report, actor, "submit")
        rules.total_of(self._master, report.lines, report.house)
        chain = rules.approval_chain(self._master.employees, actor, report.total_minor)
        state = lifecycle.after(report.report_id, state, "check_policy")
        on = rules.to_ddmmyyyy(call.now.date())
        return self._change(call, report, state=state, chain=chain, approvals=(), submitted_on=on, approved_on=None)

    def approve(self, call: Call) -> Reply:
        """expense.report.approve"""
        body: models.Approve = call.body
        report, actor = self._acted(call)
        last = len(report.approvals) + 1 >= len(report.chain)
        trigger: Trigger = "approve" if last else "approve_step"
        state = lifecycle.after(report.report_id, report.state, trigger)
        rules.check_next_approver(self._master, report, actor)
        approvals = (*report.approvals, _decision(call, report, actor, "approved", body.comment))
        if not last:
            return self._change(call, report, state=state, approvals=approvals)
        on = rules.to_ddmmyyyy(call.now.date())
        reply = self._change(call, report, state=state, approvals=approvals, approved_on=on)
        return self._with_event(reply, report.report_id, "expense_report.approved")

    def send_back(self, call: Call) -> Reply:
        """expense.report.send_back"""
        body: models.WithReason = call.body
        report, actor = self._acted(call)
        state = lifecycle.after(report.report_id, report.state, "send_back")
        rules.check_may_send_back(report, actor)
        if report.state != "approved":
            approvals = (*report.approvals, _decision(call, report, actor, "sent_back", body.reason))
            return self._change(call, report, state=state, approvals=approvals)
        taken_back = tuple(msgspec.structs.replace(approval, decision="reversed") for approval in report.approvals)
        reply = self._change(call, report, state=state, approvals=taken_back, approved_on=None)
        return self._with_event(reply, report.report_id, "expense_report.sent_back", reason=body.reason)

    def recall(self, call: Call) -> Reply:
        """expense.report.recall"""
        report, actor = self._acted(call)
        state = lifecycle.after(report.report_id, report.state, "recall")
        rules.check_employee(report, actor, "recall")
        return self._change(call, report, state=state)

    def revise(self, call: Call) -> Reply:
        """expense.report.revise"""
        body: models.ReportRevise = call.body
        report, actor = self._acted(call)
        state = lifecycle.after(report.report_id, report.state, "revise")
        rules.check_employee(report, actor, "revise")
        lines = body.lines or report.lines
        reply = self._change(
            call,
            report,
            state=state,
            revision=report.revision + 1,
            title=body.title or report.title,
            lines=lines,
            total_minor=rules.total_of(self._master, lines, report.house),
            chain=(),
            approvals=(),
            submitted_on=None,
            approved_on=None,
            refusal=None,
        )
        return replace(reply, effects=(*reply.effects, *source_lines(self.reports.get(report.report_id))))

    def comment(self, call: Call) -> Reply:
        """expense.report.comment"""
        report, _ = self._acted(call)
        return self._change(call, report)

    # Steps that they share.

    def _addressed(self, call: Call) -> Report:
        report = self.reports.get(call.path["report_id"])
        rules.check_version(call.if_match, report)
        return report

    def _acted(self, call: Call) -> tuple[Report, Member]:
        report = self._addressed(call)
        return report, rules.person(self._master, call.actor)

    def _change(self, call: Call, report: Report, **members: Any) -> Reply:
        changed = replace(report, version=report.version + 1, updated_at=call.now, **members)
        self.reports.put(changed)
        return self._reply(changed, (_effect(changed, "update", call.if_match),))

    def _reply(self, report: Report, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(report_record(report), version=report.version, effects=effects)

    def _with_event(self, reply: Reply, report_id: str, event_type: str, **more: str) -> Reply:
        report = self.reports.get(report_id)
        data = {"report_id": report.report_id, "revision": report.revision, "version": report.version, "state": report.state, **more}
        return replace(reply, events=(OutEvent(event_type, report.report_id, data),))

    def _free_number(self, call: Call) -> int:
        for attempt in range(DRAWS_MAX):
            number = call.draw(f"report.number.{attempt}") % ID_SPACE
            if self._id(number) not in self.reports:
                return number
        raise RuntimeError(f"{DRAWS_MAX} draws of a report number gave taken ones")

    def _take_wanted(self) -> str | None:
        wanted, self.wanted = self.wanted, None
        return wanted if wanted not in self.reports else None

    def _id(self, number: int) -> str:
        return f"ER-{self._namespace}-{number:08d}"


def _decision(call: Call, report: Report, actor: Member, decision: Any, comment: str | None) -> models.ApprovalStep:
    return models.ApprovalStep(
        step=len(report.approvals) + 1,
        approver_login=actor.id,
        decision=decision,
        decided_at=call.now,
        limit_minor=actor.limit_minor,
        comment=comment,
    )


def _effect(report: Report, effect: Any, base_version: int | None) -> Effect:
    return Effect(
        "expense_report",
        report.report_id,
        effect,
        version=report.version,
        base_version=base_version,
        src_version=report.revision,
        amount_minor=report.total_minor,
        currency=report.currency,
        company=report.house,
        cost_center=_one_center(report),
        party=report.employee,
        approvers=" ".join(step.approver_login for step in report.approvals if step.decision == "approved") or None,
        state=report.state,
    )


def _one_center(report: Report) -> str | None:
    """The cost centre of all lines; None when they differ, because a row has room for one."""
    centers = {line.cost_object for line in report.lines}
    return centers.pop() if len(centers) == 1 else None
