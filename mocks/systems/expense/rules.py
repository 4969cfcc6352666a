"""What must hold for a report: known objects, amounts that add up, who may send it back."""

from collections.abc import Sequence
from datetime import date

from mocks.company.money import converted
from mocks.company.projections import ExpenseMaster, House, Member
from mocks.kit.operation import Refusal
from mocks.systems.expense.models import DraftLine, Receipt
from mocks.systems.expense.reports import Report


def to_ddmmyyyy(day: date) -> str:
    """The expense system's text of a day."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def to_iso(text: str | None) -> str | None:
    """The reverse, as the history writes days."""
    return None if text is None else "-".join(reversed(text.split("/")))


def house(master: ExpenseMaster, code: str, currency: str, member: Member) -> House:
    """The entity that an employee claims from. Raises CODING_INVALID, CURRENCY_INVALID or EMPLOYEE_UNKNOWN."""
    found = master.houses.get(code)
    if found is None:
        raise Refusal("CODING_INVALID", f"no entity {code!r}; there are {', '.join(master.houses)}")
    if currency != found.currency:
        raise Refusal("CURRENCY_INVALID", f"currency {currency}: entity {code} reimburses in {found.currency}")
    if member.house != code:
        raise Refusal("EMPLOYEE_UNKNOWN", f"{member.id} works for entity {member.house}, not {code}")
    return found


def total_of(master: ExpenseMaster, lines: Sequence[DraftLine], code: str) -> int:
    """Gross total in minor units, when every line is coded and its tax is part of it."""
    for line in lines:
        if line.category not in master.categories[code]:
            raise Refusal("CODING_INVALID", f"no category {line.category!r}; there are {', '.join(sorted(master.categories[code]))}")
        if code not in master.cost_objects.get(line.cost_object, ()):
            raise Refusal("COST_CENTER_INACTIVE", f"cost object {line.cost_object!r} is unknown or not active in entity {code}")
        if not min(0, line.amount_minor) <= line.tax_minor <= max(0, line.amount_minor):
            raise Refusal("AMOUNT_MISMATCH", f"tax {line.tax_minor} is no part of the gross amount {line.amount_minor}")
        if line.receipt is not None:
            _check_receipt(master, line.receipt, line.amount_minor, master.houses[code])
    total = sum(line.amount_minor for line in lines)
    if total <= 0:
        raise Refusal("AMOUNT_MISMATCH", f"the lines add up to {total}; a report claims something")
    return total


def _check_receipt(master: ExpenseMaster, receipt: Receipt, amount_minor: int, where: House) -> None:
    decimals = master.currencies.get(receipt.currency)
    if decimals is None or receipt.currency == where.currency:
        others = ", ".join(name for name in master.currencies if name != where.currency)
        raise Refusal("CURRENCY_INVALID", f"receipt in {receipt.currency}: expected one of {others}")
    found = converted(receipt.amount_minor, receipt.rate.strip(), decimals, where.decimals)  # `$` of the pattern lets a newline pass
    if found != amount_minor:
        raise Refusal("AMOUNT_MISMATCH", f"{receipt.amount_minor} {receipt.currency} at {receipt.rate} is {found}, not {amount_minor}")


def check_may_send_back(report: Report, actor: Member) -> None:
    """An approver of the chain sends back: whose turn it is, or who has approved. Raises SEGREGATION_OF_DUTIES."""
    allowed = {approval.approver for approval in report.approvals} | {report.next_approver}
    if actor.id not in allowed:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} is no approver of report {report.id}")
