"""The expense system's commands: what is a report's own."""

from typing import Any

from mocks.company.projections import ExpenseMaster, Member
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.expense import models
from mocks.systems.expense import rules as content
from mocks.systems.expense.records import report_record, source_lines, summary
from mocks.systems.expense.reports import FORM, Report
from mocks.workflow import rules
from mocks.workflow.desk import Desk, taken_back


class ReportDesk(Desk[Report]):
    """The reports of one expense system."""

    def __init__(self, master: ExpenseMaster, namespace: str) -> None:
        super().__init__(FORM, Report, master.employees, namespace)
        self._master = master

    def record(self, document: Report) -> models.Report:
        """On the wire."""
        return report_record(document)

    def summary(self, document: Report) -> models.ReportSummary:
        """In a list."""
        return summary(document)

    def source_lines(self, document: Report) -> tuple[Effect, ...]:
        """Net by line, the tax, and who paid."""
        return source_lines(document)

    def check_content(self, document: Report) -> None:
        """Every line is coded."""
        content.total_of(self._master, document.lines, document.house)

    def party(self, document: Report) -> str:
        """The employee."""
        return document.author

    def centers(self, document: Report) -> set[str]:
        """Of all lines."""
        return {line.cost_object for line in document.lines}

    def recorded_number(self, document: Report) -> str | None:
        """The posting's."""
        return document.recorded.erp_document if document.recorded else None

    def recorded_type(self, document: Report) -> str | None:
        """The route."""
        return document.recorded.erp_document_type if document.recorded else None

    def dates(self, document: Report) -> tuple[str | None, str | None]:
        """The day of submission, and that of the last approval."""
        return content.to_iso(document.submitted_on), content.to_iso(document.approved_on)

    def submitted(self, document: Report, call: Call) -> dict[str, Any]:
        """The day."""
        return {"submitted_on": self._day(document, call), "approved_on": None}

    def approved(self, document: Report, call: Call) -> dict[str, Any]:
        """The day."""
        return {"approved_on": self._day(document, call)}

    def _day(self, document: Report, call: Call) -> str:
        return content.to_ddmmyyyy(self._master.houses[document.house].day(call.now))

    def check_turn(self, document: Report, actor: Member) -> None:
        """Nor may anybody decide on a superior's report."""
        if rules.is_above(self._people, document.author, actor.id):
            raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} may not decide on the report of a superior")
        super().check_turn(document, actor)

    def record_posting(self, call: Call) -> Reply:
        """expense.report.record_posting"""
        body: models.RecordPosting = call.body
        report = self._addressed(call)
        known = report.recorded
        if known is not None and (known.erp_document, known.erp_document_type) == (body.erp_document, body.erp_document_type):
            return self._reply(report)
        status = self._after(report, "record_posting")
        rules.check_revision(FORM.noun, body.revision, report)
        posting = models.Posting(
            erp_document=body.erp_document, erp_document_type=body.erp_document_type, posted_on=body.posted_on, recorded_at=call.now
        )
        return self._change(call, report, status=status, recorded=posting)

    def create(self, call: Call) -> Reply:
        """expense.report.create"""
        body: models.ReportCreate = call.body
        employee = self._person(call.actor)
        where = content.house(self._master, body.entity_code, body.currency, employee)
        total = content.total_of(self._master, body.lines, where.id)
        return self._open(call, employee, where, title=body.title, lines=body.lines, total_minor=total)

    def send_back(self, call: Call) -> Reply:
        """expense.report.send_back"""
        body: models.WithReason = call.body
        report, actor = self._acted(call)
        status = self._after(report, "send_back")
        content.check_may_send_back(report, actor)
        if report.status not in ("approved", "posted"):
            approvals = (*report.approvals, self._decision(call, report, actor, "sent_back", body.reason))
            return self._change(call, report, status=status, approvals=approvals)
        return self._unapproved(call, report, status, body.reason)

    def recall(self, call: Call) -> Reply:
        """expense.report.recall"""
        report, actor = self._acted(call)
        status = self._after(report, "recall")
        rules.check_author(FORM.noun, report, actor, "recall")
        if report.status != "approved":
            return self._change(call, report, status=status)
        return self._unapproved(call, report, status, "recalled by the employee")

    def _unapproved(self, call: Call, report: Report, status: str, reason: str) -> Reply:
        reply = self._change(call, report, status=status, approvals=taken_back(report), approved_on=None)
        return self._with_event(reply, report.id, "expense_report.sent_back", reason=reason)

    def revise(self, call: Call) -> Reply:
        """expense.report.revise"""
        body: models.ReportRevise = call.body
        report, actor = self._acted(call)
        status = self._after(report, "revise")
        rules.check_author(FORM.noun, report, actor, "revise")
        lines = body.lines or report.lines
        return self._revised(
            call,
            report,
            status=status,
            recorded=None,
            title=body.title or report.title,
            lines=lines,
            total_minor=content.total_of(self._master, lines, report.house),
            submitted_on=None,
            approved_on=None,
        )
