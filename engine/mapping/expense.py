"""An expense report becomes an AP invoice or a balanced journal, by the entity's policy (PST-X04)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.mapping.amounts import decimals_of
from engine.mapping.references import external_ref
from engine.mapping.rules import Entity, Rules, Unmapped
from engine.model.erp_documents import Evidence, InvoiceLine, JournalLine, PostingDraft
from engine.model.sources import ExpenseLine, ExpenseReport

ZERO = Decimal(0)
CREDIT_PURPOSE = {"company_card": "card_clearing", "employee_paid": "payroll_clearing"}


def posting_draft(report: ExpenseReport, rules: Rules, minor_units: Mapping[str, int]) -> PostingDraft:
    """Raises Unpostable when a value has no rule."""
    entity = rules.expense_entity(report.entity)
    unknown = sorted({line.payment_type for line in report.lines} - set(CREDIT_PURPOSE))
    if unknown:
        raise Unmapped("payment types: accounts", ", ".join(unknown))
    person = rules.person_of_login(report.employee)
    journal = entity.route == "journal_entry"
    return PostingDraft(
        kind="journal_entry" if journal else "ap_invoice",
        external_ref=external_ref(report.source_id, report.revision),
        source_revision=report.revision,
        company_code=entity.company_code,
        personnel_no=person,
        document_date=report.submitted_on,
        posting_date=posting_date(report),
        currency=report.currency,
        decimals=decimals_of(report.currency, minor_units),
        text=f"Expense report {report.source_id}",
        total=report.total,
        invoice_lines=() if journal else _invoice_lines(report, entity, rules),
        journal_lines=_journal_lines(report, entity, rules, person) if journal else (),
        approvals=tuple(
            Evidence(approval.step, rules.person_of_login(approval.approver), approval.decided_at, report.source_id)
            for approval in report.approvals
        ),
    )


def posting_date(report: ExpenseReport) -> date:
    """The day of the final approval."""
    return report.approved_on or report.submitted_on


def _account(line: ExpenseLine, entity: Entity, rules: Rules) -> str:
    """By the rule of the day on which the money was spent, as the contract page says."""
    return rules.expense_account(entity.company_code, line.category, line.spent_on)


def _invoice_lines(report: ExpenseReport, entity: Entity, rules: Rules) -> tuple[InvoiceLine, ...]:
    return tuple(
        InvoiceLine(
            line_no=line.line_no,
            gl_account=_account(line, entity, rules),
            cost_center=rules.cost_object(entity.company_code, line.cost_object),
            net=line.gross - line.tax,
            tax=line.tax,
            payment_type=line.payment_type,
            text=line.text,
        )
        for line in report.lines
    )


def _journal_lines(report: ExpenseReport, entity: Entity, rules: Rules, person: str) -> tuple[JournalLine, ...]:
    """Net debits line by line, then the tax, then one credit for each way of paying."""
    lines: list[JournalLine] = []

    def add(
        account: str, text: str, *, debit: Decimal = ZERO, credit: Decimal = ZERO, center: str | None = None, who: str | None = None
    ) -> None:
        balance = debit - credit  # a journal has no negative amounts: what was given back stands on the other side
        if balance:
            lines.append(JournalLine(len(lines) + 1, account, center, max(balance, ZERO), max(-balance, ZERO), text, who))

    for line in report.lines:
        center = rules.cost_object(entity.company_code, line.cost_object)
        add(_account(line, entity, rules), line.text, debit=line.gross - line.tax, center=center)
    add(rules.account("input_tax"), "Input tax", debit=sum((line.tax for line in report.lines), ZERO))
    for payment_type, purpose in CREDIT_PURPOSE.items():
        gross = sum((line.gross for line in report.lines if line.payment_type == payment_type), ZERO)
        who = person if payment_type == "employee_paid" else None
        add(rules.account(purpose), report.source_id, credit=gross, who=who)
    return tuple(lines)
