"""From the expense system's values to what goes over its wire."""

from mocks.expense import models
from mocks.expense.reports import Report


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


def summary(report: Report) -> models.ReportSummary:
    """A report in a list."""
    return models.ReportSummary(
        report_id=report.report_id, state=report.state, revision=report.revision, version=report.version, updated_at=report.updated_at
    )
