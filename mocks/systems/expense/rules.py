"""What must hold for a report: known people and objects, amounts that add up, who may take which step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from mocks.company.projections import ExpenseMaster, House, Member
from mocks.kit.operation import Refusal
from mocks.systems.expense.models import DraftLine
from mocks.systems.expense.reports import Report


def to_ddmmyyyy(day: date) -> str:
    """The expense system's text of a day."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def person(master: ExpenseMaster, login: str | None) -> Member:
    """The acting employee. Raises EMPLOYEE_UNKNOWN."""
    found = master.employees.get(login or "")
    if found is None:
        raise Refusal("EMPLOYEE_UNKNOWN", f"acting user {login!r} is not known; send a login in X-Acting-User")
    return found


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
        if master.cost_objects.get(line.cost_object) != code:
            raise Refusal("COST_CENTER_INACTIVE", f"cost object {line.cost_object!r} is unknown or not active in entity {code}")
        if line.tax_minor > line.amount_minor:
            raise Refusal("AMOUNT_MISMATCH", f"tax {line.tax_minor} is more than the gross amount {line.amount_minor}")
    total = sum(line.amount_minor for line in lines)
    if total == 0:
        raise Refusal("AMOUNT_MISMATCH", "the lines add up to 0; a report claims something")
    return total


def approval_chain(employees: Mapping[str, Member], employee: Member, amount_minor: int) -> tuple[str, ...]:
    """Managers upwards until one whose limit covers the amount. Raises LIMIT_EXCEEDED when nobody's does."""
    chain: list[str] = []
    manager = employee.manager
    while manager is not None:
        boss = employees[manager]
        chain.append(boss.id)
        if boss.limit_minor is None or boss.limit_minor >= amount_minor:
            return tuple(chain)
        manager = boss.manager
    raise Refusal("LIMIT_EXCEEDED", f"nobody above {employee.id} may approve {amount_minor} minor units")


def is_above(employees: Mapping[str, Member], superior: str, person_id: str) -> bool:
    """Whether somebody is a manager, at any distance, of somebody else."""
    manager = employees[person_id].manager
    while manager is not None:
        if manager == superior:
            return True
        manager = employees[manager].manager
    return False


def check_employee(report: Report, actor: Member, step: str) -> None:
    """Only the employee may take the step. Raises SEGREGATION_OF_DUTIES."""
    if actor.id != report.employee:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{step}: report {report.report_id} belongs to {report.employee}, not {actor.id}")


def check_next_approver(master: ExpenseMaster, report: Report, actor: Member) -> None:
    """It is this person's turn, not their own and not a superior's report. Raises SEGREGATION_OF_DUTIES or LIMIT_EXCEEDED."""
    if actor.id == report.employee:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} may not decide on a report of their own")
    if is_above(master.employees, report.employee, actor.id):
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} may not decide on the report of a superior")
    if actor.id != report.next_approver:
        raise Refusal("SEGREGATION_OF_DUTIES", f"report {report.report_id} waits for {report.next_approver}, not {actor.id}")
    last = len(report.approvals) + 1 == len(report.chain)
    if last and actor.limit_minor is not None and actor.limit_minor < report.total_minor:
        raise Refusal("LIMIT_EXCEEDED", f"the limit of {actor.id} does not cover {report.total_minor} minor units")


def check_may_send_back(report: Report, actor: Member) -> None:
    """An approver of the chain sends back: whose turn it is, or who has approved. Raises SEGREGATION_OF_DUTIES."""
    allowed = {approval.approver_login for approval in report.approvals} | {report.next_approver}
    if actor.id not in allowed:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} is no approver of report {report.report_id}")


def check_version(if_match: int | None, report: Report) -> None:
    """Raises PRECONDITION_FAILED when If-Match names another version."""
    if if_match is not None and if_match != report.version:
        raise Refusal(
            "PRECONDITION_FAILED",
            f"report {report.report_id} has version {report.version}, If-Match says {if_match}",
            current_version=report.version,
        )


def check_revision(revision: int | None, report: Report) -> None:
    """Raises VERSION_CONFLICT when the caller decided on another revision."""
    if revision is not None and revision != report.revision:
        raise Refusal(
            "VERSION_CONFLICT",
            f"report {report.report_id} has revision {report.revision}, the request is about {revision}",
            current_revision=report.revision,
        )


def to_instant(text: str) -> datetime:
    """An ISO 8601 instant with a zone. Raises INVALID_PARAMETER."""
    try:
        # A plus sign in a query arrives as a blank unless the client escaped it.
        instant = datetime.fromisoformat(text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Refusal("INVALID_PARAMETER", f"{text!r}: expected an ISO 8601 instant with a zone, like 2026-10-28T09:00:00Z")
    return instant
