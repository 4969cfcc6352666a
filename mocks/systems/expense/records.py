"""From the expense system's values to what goes over its wire."""

from mocks.kit.operation import Effect
from mocks.systems.expense import models
from mocks.systems.expense.reports import Report


def report_record(report: Report) -> models.Report:
    """A report on the wire."""
    return models.Report(
        report_id=report.report_id,
        id=report.number,
        number=report.number,
        uuid=report.uuid,
        revision=report.revision,
        version=report.version,
        state=report.state,
        employee_login=report.employee,
        entity_code=report.house,
        currency=report.currency,
        title=report.title,
        total_minor=report.total_minor,
        submitted_on=report.submitted_on,
        approved_on=report.approved_on,
        lines=tuple(_line(number, line) for number, line in enumerate(report.lines, 1)),
        approvals=report.approvals,
        next_approver_login=report.next_approver,
        posting=report.posting,
        refusal=report.refusal,
        exported=False,
        external_id=None,
        correlation_id=report.correlation_id,
        created_at=report.created_at,
        updated_at=report.updated_at,
    )


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
    )


def source_lines(report: Report) -> tuple[Effect, ...]:
    """What is claimed, in the report's own words: net by line, the tax, and who paid. Nobody but the judge reads it."""
    lines = [(line.category, line.amount_minor - line.tax_minor, line.cost_object) for line in report.lines]
    sides = {"input_tax": sum(line.tax_minor for line in report.lines)}
    for line in report.lines:
        sides[line.payment_type] = sides.get(line.payment_type, 0) - line.amount_minor
    return tuple(
        Effect(
            "source_line",
            f"{report.report_id}/{report.revision}.{number}",
            "create",
            src_version=report.revision,
            amount_minor=amount,
            currency=report.currency,
            company=report.house,
            cost_center=center,
            parent_id=report.report_id,
            category=category,
        )
        for number, (category, amount, center) in enumerate([*lines, *((name, amount, None) for name, amount in sides.items())], 1)
        if amount
    )


def summary(report: Report) -> models.ReportSummary:
    """A report in a list."""
    return models.ReportSummary(
        report_id=report.report_id, state=report.state, revision=report.revision, version=report.version, updated_at=report.updated_at
    )
