"""What must hold before the ERP accepts a document. Each rule raises the refusal that names it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from mocks.company.money import AmountError, to_minor
from mocks.company.projections import ErpCompany, ErpMaster
from mocks.kit.operation import Refusal
from mocks.systems.erp.models import Approval

QUANTITY_SCALE = 10**3
PRICE_SCALE = 10**6
DECIMALS = {QUANTITY_SCALE: 3, PRICE_SCALE: 6}
_DIGITS = re.compile(r"[0-9]{8}")


@lru_cache(maxsize=1_024)
def to_day(text: str) -> date:
    """The day of a YYYYMMDD text. Raises VALIDATION_FAILED."""
    if _DIGITS.fullmatch(text):
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
    raise Refusal("VALIDATION_FAILED", f"date {text!r}: expected a day as YYYYMMDD")


def query_day(text: str) -> date:
    """The same of a query parameter. Raises INVALID_PARAMETER."""
    try:
        return to_day(text)
    except Refusal as refusal:
        raise Refusal("INVALID_PARAMETER", refusal.detail) from None


def to_yyyymmdd(day: date) -> str:
    """The ERP's text of a day."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def minor(text: str, company: ErpCompany) -> int:
    """Minor units of an amount in the company's currency. Raises CURRENCY_INVALID."""
    try:
        return to_minor(text, company.decimals)
    except AmountError as error:
        raise Refusal("CURRENCY_INVALID", f"{error} for {company.currency}") from None


def company_of(master: ErpMaster, code: str, currency: str) -> ErpCompany:
    """The company code, when the document is in its currency."""
    company = master.companies.get(code)
    if company is None:
        raise Refusal("CODING_INVALID", f"no company code {code!r}; there are {', '.join(master.companies)}")
    if currency != company.currency:
        raise Refusal("CURRENCY_INVALID", f"currency {currency}: company {code} keeps its books in {company.currency}")
    return company


def check_evidence(
    master: ErpMaster, approvals: Sequence[Approval], requested_by: str | None, amount_minor: int, company: ErpCompany
) -> None:
    """Somebody with the authority approved, and nobody approved their own document."""
    if not approvals:
        raise Refusal("APPROVAL_EVIDENCE_MISSING", "approvals is empty: the document names nobody who approved it")
    for approval in approvals:
        if approval.approver not in master.people:
            raise Refusal("APPROVAL_EVIDENCE_MISSING", f"approver {approval.approver!r} of step {approval.step} is not an employee")
        if not _is_instant(approval.decided_at):
            raise Refusal("APPROVAL_EVIDENCE_MISSING", f"decided_at {approval.decided_at!r}: expected ISO 8601 with a zone")
        if approval.approver == requested_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{requested_by} approved a document of their own")
    limits = [master.people[approval.approver].limit_minor for approval in approvals]
    if not any(limit is None or limit >= amount_minor for limit in limits):
        raise Refusal("LIMIT_EXCEEDED", f"no approver's limit covers {amount_minor} minor units of {company.currency}")


def check_authority(master: ErpMaster, personnel_no: str, amount_minor: int) -> None:
    """A person whose own limit covers an amount in minor units of their company's currency. Raises LIMIT_EXCEEDED."""
    limit = master.people[personnel_no].limit_minor
    if limit is not None and limit < amount_minor:
        raise Refusal("LIMIT_EXCEEDED", f"{personnel_no} may decide up to {limit} minor units, and this is {amount_minor}")


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def check_employee(master: ErpMaster, actor: str | None) -> str:
    """Who acts is an employee of the group; their number. Raises SEGREGATION_OF_DUTIES: a connector is none."""
    if actor is None or actor not in master.people:
        raise Refusal("SEGREGATION_OF_DUTIES", f"acting user {actor!r} is not an employee; send a personnel number in X-Acting-User")
    return actor


def check_person(master: ErpMaster, personnel_no: str, company: ErpCompany) -> None:
    """The employee works for the company code. Raises EMPLOYEE_UNKNOWN."""
    person = master.people.get(personnel_no)
    if person is None or person.company_code != company.code:
        raise Refusal("EMPLOYEE_UNKNOWN", f"no employee {personnel_no!r} in company {company.code}")


Problem = tuple[str, str]


def coding_problem(
    master: ErpMaster, company_code: str, account_code: str, cost_center: str | None, *, project: str | None = None, on: date
) -> Problem | None:
    """(code, reason) why a combination cannot be posted on a day, or None."""
    account = master.accounts.get(account_code)
    if company_code not in master.companies:
        return "CODING_INVALID", f"no company code {company_code!r}"
    if account is None or not account.journal:
        return "CODING_INVALID", f"account {account_code!r} does not exist or takes no postings from interfaces"
    if (account.valid_from and on < account.valid_from) or (account.valid_to and on > account.valid_to):
        return "CODING_INVALID", f"account {account_code} is not valid on {on}"
    if (company_code, account_code) in master.blocked_accounts:
        return "CODING_INVALID", f"account {account_code} is blocked in company {company_code}"
    if cost_center is None:
        return ("CODING_INVALID", f"account {account_code} needs a cost centre") if account.type == "expense" else None
    return _center_problem(master, company_code, cost_center, account.functions, on) or _project_problem(master, company_code, project)


def _center_problem(master: ErpMaster, company_code: str, number: str, functions: Sequence[str], on: date) -> Problem | None:
    center = master.cost_centers.get(number)
    if center is None or not center.active or (center.valid_to and on > center.valid_to):
        return "COST_CENTER_INACTIVE", f"cost centre {number!r} is unknown or not active on {on}"
    if center.company_code != company_code:
        return "CODING_INVALID", f"cost centre {number} belongs to company {center.company_code}, not {company_code}"
    if functions and center.function not in functions:
        return "CODING_INVALID", f"cost centre {number} ({center.function}) does not combine with the account; {', '.join(functions)} do"
    return None


def _project_problem(master: ErpMaster, company_code: str, number: str | None) -> Problem | None:
    if number is None:
        return None
    project = master.projects.get(number)
    if project is None or not project.active or project.company_code != company_code:
        return "CODING_INVALID", f"project {number!r} is unknown or closed in company {company_code}"
    return None


def check_coding(
    master: ErpMaster, company: ErpCompany, account: str, cost_center: str | None, *, project: str | None = None, on: date
) -> None:
    """Raises COST_CENTER_INACTIVE or CODING_INVALID when the combination cannot be posted on the day."""
    problem = coding_problem(master, company.code, account, cost_center, project=project, on=on)
    if problem is not None:
        raise Refusal(*problem)


def check_expense_account(master: ErpMaster, account_code: str) -> None:
    """Cost lines of orders and invoices go to expense accounts only."""
    account = master.accounts.get(account_code)
    if account is not None and account.type != "expense":
        raise Refusal("CODING_INVALID", f"account {account_code} is of type {account.type}; a cost line needs an expense account")


def scaled(text: str, scale: int) -> int:
    """Decimal text times one of the scales. Raises VALIDATION_FAILED for more decimals than that."""
    whole, _, fraction = text.partition(".")
    digits = DECIMALS[scale]
    if len(fraction) > digits or not (whole + fraction).isdecimal():  # `$` of the pattern lets a newline pass
        raise Refusal("VALIDATION_FAILED", f"number {text!r}: expected at most {digits} decimals")
    return int(whole) * scale + int(fraction.ljust(digits, "0") or "0")


def quantity_text(thousandths: int) -> str:
    """6500 is "6.5"."""
    whole, rest = divmod(thousandths, QUANTITY_SCALE)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


def check_extension(quantity: str, unit_price: str, amount_minor: int, company: ErpCompany) -> None:
    """Quantity x unit price, rounded half up to the currency, is the amount. Raises AMOUNT_MISMATCH."""
    product = scaled(quantity, QUANTITY_SCALE) * scaled(unit_price, PRICE_SCALE) * 10**company.decimals
    unit = QUANTITY_SCALE * PRICE_SCALE
    if (2 * product + unit) // (2 * unit) != amount_minor:
        raise Refusal("AMOUNT_MISMATCH", f"{quantity} x {unit_price} is not {amount_minor} minor units of {company.currency}")


def check_sum(parts_minor: Iterable[int], total_minor: int, what: str) -> None:
    """Raises AMOUNT_MISMATCH when the lines do not add up to the total."""
    added = sum(parts_minor)
    if added != total_minor:
        raise Refusal("AMOUNT_MISMATCH", f"{what}: the lines add up to {added} minor units, the total says {total_minor}")


def check_version(if_match: int | None, version: int, what: str) -> None:
    """Raises PRECONDITION_FAILED when If-Match names another version."""
    if if_match is not None and if_match != version:
        raise Refusal("PRECONDITION_FAILED", f"{what} has version {version}, If-Match says {if_match}", current_version=version)


def quiet_minor(text: Any, decimals: int) -> int | None:
    """Minor units, or None when the text is no amount: for attribution, which must never refuse."""
    try:
        return to_minor(text, decimals)
    except AmountError:
        return None
