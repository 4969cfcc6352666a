"""From the expense system's values to what goes over its wire."""

from typing import cast

from mocks.kit.operation import Effect
from mocks.systems.expense import models, rules
from mocks.systems.expense.reports import Report
from mocks.workflow.document import Approval, ErpSaidNo


def report_record(report: Report) -> models.Report:
    """A report on the wire."""
    return models.Report(
        report_id=report.id,
        id=report.number,
        number=report.number,
        uuid=report.uuid,
        revision=report.revision,
        version=report.version,
        state=state(report),
        employee_login=report.author,
        entity_code=report.house,
        currency=report.currency,
        title=report.title,
        total_minor=report.total_minor,
        submitted_on=report.submitted_on,
        approved_on=report.approved_on,
        lines=tuple(_line(number, line) for number, line in enumerate(report.lines, 1)),
        approvals=tuple(_approval(step) for step in report.approvals),
        next_approver_login=report.next_approver,
        posting=report.recorded,
        refusal=_refusal(report.refusal),
        exported=False,
        external_id=None,
        correlation_id=report.correlation_id,
        created_at=report.created_at,
        updated_at=report.updated_at,
    )


def state(report: Report) -> models.State:
    """In the wire's own words, which are those of the lifecycle."""
    return cast("models.State", report.status)


def _approval(step: Approval) -> models.ApprovalStep:
    return models.ApprovalStep(
        step=step.step,
        approver_login=step.approver,
        on_behalf_of_login=step.behalf,
        decision=cast("models.Decision", step.decision),
        decided_at=step.decided_at,
        limit_minor=step.limit_minor,
        comment=step.comment,
    )


def _refusal(said: ErpSaidNo | None) -> models.Refused | None:
    return None if said is None else models.Refused(code=said.code, reason=said.reason, owner=said.owner, recorded_at=said.recorded_at)


def _line(number: int, line: models.DraftLine) -> models.ReportLine:
    return models.ReportLine(
        line_no=number,
        category=line.category,
        spent_on=line.spent_on,
        merchant=line.merchant,
        description=line.description,
        amount_minor=line.amount_minor,
        tax_minor=line.tax_minor,
        cost_object=line.cost_object,
        payment_type=line.payment_type,
        receipt=line.receipt,
    )


def source_lines(report: Report) -> tuple[Effect, ...]:
    """What is claimed, in the report's own words: net by line, the tax, and who paid. Nobody but the judge reads it."""
    lines = [(line.category, line.amount_minor - line.tax_minor, line.cost_object, rules.to_iso(line.spent_on)) for line in report.lines]
    sides = {"input_tax": sum(line.tax_minor for line in report.lines)}
    for line in report.lines:
        sides[line.payment_type] = sides.get(line.payment_type, 0) - line.amount_minor
    spoken = [*lines, *((name, amount, None, None) for name, amount in sides.items())]
    return tuple(
        Effect(
            "source_line",
            f"{report.id}/{report.revision}.{number}",
            "create",
            src_version=report.revision,
            amount_minor=amount,
            currency=report.currency,
            company=report.house,
            cost_center=center,
            document_date=day,
            parent_id=report.id,
            category=category,
        )
        for number, (category, amount, center, day) in enumerate(spoken, 1)
        if amount
    )


def summary(report: Report) -> models.ReportSummary:
    """A report in a list."""
    return models.ReportSummary(
        report_id=report.id, state=state(report), revision=report.revision, version=report.version, updated_at=report.updated_at
    )
