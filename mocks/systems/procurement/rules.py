"""What must hold for a requisition: known people and objects, amounts that add up, who may take which step."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from mocks.company.money import AmountError, to_minor
from mocks.company.projections import House, Member, ProcurementMaster
from mocks.kit.operation import Refusal
from mocks.systems.procurement.models import DraftLine
from mocks.systems.procurement.requisitions import Requisition

QUANTITY_SCALE = 10**3
PRICE_SCALE = 10**6


def person(master: ProcurementMaster, user_id: str | None) -> Member:
    """The acting user. Raises EMPLOYEE_UNKNOWN."""
    found = master.users.get(user_id or "")
    if found is None:
        raise Refusal("EMPLOYEE_UNKNOWN", f"acting user {user_id!r} is not known; send a user id in X-Acting-User")
    return found


def house(master: ProcurementMaster, house_id: str, currency: str, member: Member) -> House:
    """The legal entity that a person drafts for. Raises CODING_INVALID, CURRENCY_INVALID or EMPLOYEE_UNKNOWN."""
    found = master.houses.get(house_id)
    if found is None:
        raise Refusal("CODING_INVALID", f"no legal entity {house_id!r}; there are {', '.join(master.houses)}")
    if currency != found.currency:
        raise Refusal("CURRENCY_INVALID", f"currency {currency}: {house_id} buys in {found.currency}")
    if member.house != house_id:
        raise Refusal("EMPLOYEE_UNKNOWN", f"user {member.id} works for {member.house}, not {house_id}")
    return found


def total_of(master: ProcurementMaster, lines: Sequence[DraftLine], where: House) -> int:
    """Sum of the lines in minor units, when every line is coded and adds up."""
    total = 0
    for line in lines:
        _check_coding(master, line, where.id)
        amount = _minor(line, where)
        _check_extension(line, amount, where)
        total += amount
    return total


def _check_coding(master: ProcurementMaster, line: DraftLine, house_id: str) -> None:
    if line.category not in master.categories:
        raise Refusal("CODING_INVALID", f"no category {line.category!r}; there are {', '.join(sorted(master.categories))}")
    if master.cost_centers.get(line.cost_center) != house_id:
        raise Refusal("COST_CENTER_INACTIVE", f"cost centre {line.cost_center!r} is unknown or not active in {house_id}")
    if line.project is not None and master.projects.get(line.project) != house_id:
        raise Refusal("CODING_INVALID", f"project {line.project!r} is unknown or closed in {house_id}")


def _minor(line: DraftLine, where: House) -> int:
    for currency in (line.amount.currency, line.unit_price.currency):
        if currency != where.currency:
            raise Refusal("CURRENCY_INVALID", f"currency {currency} of a line: the requisition is in {where.currency}")
    try:
        return to_minor(line.amount.amount, where.decimals)
    except AmountError as error:
        raise Refusal("CURRENCY_INVALID", f"{error} for {where.currency}") from None


def _check_extension(line: DraftLine, amount_minor: int, where: House) -> None:
    product = _scaled(line.quantity, QUANTITY_SCALE) * _scaled(line.unit_price.amount, PRICE_SCALE) * 10**where.decimals
    unit = QUANTITY_SCALE * PRICE_SCALE
    if (2 * product + unit) // (2 * unit) != amount_minor:
        raise Refusal("AMOUNT_MISMATCH", f"{line.quantity} x {line.unit_price.amount} is not {line.amount.amount} {where.currency}")


def _scaled(text: str, scale: int) -> int:
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdecimal():  # `$` of the pattern lets a newline pass
        raise Refusal("VALIDATION_FAILED", f"number {text!r}: expected digits and at most one point")
    return int(whole) * scale + int(fraction.ljust(len(str(scale)) - 1, "0") or "0")


def check_supplier(master: ProcurementMaster, supplier_id: str, house_id: str) -> None:
    """The supplier may be bought from. Raises SUPPLIER_UNKNOWN or SUPPLIER_BLOCKED."""
    supplier = master.suppliers.get(supplier_id)
    if supplier is None or supplier.house != house_id:
        raise Refusal("SUPPLIER_UNKNOWN", f"no supplier {supplier_id!r} for {house_id}")
    if not supplier.active:
        raise Refusal("SUPPLIER_BLOCKED", f"supplier {supplier_id} is inactive")


def approval_chain(users: Mapping[str, Member], requester: Member, amount_minor: int) -> tuple[str, ...]:
    """Managers upwards until one whose limit covers the amount. Raises LIMIT_EXCEEDED when nobody's does."""
    chain: list[str] = []
    manager = requester.manager
    while manager is not None:
        boss = users[manager]
        chain.append(boss.id)
        if boss.limit_minor is None or boss.limit_minor >= amount_minor:
            return tuple(chain)
        manager = boss.manager
    raise Refusal("LIMIT_EXCEEDED", f"nobody above {requester.id} may approve {amount_minor} minor units")


def check_requester(requisition: Requisition, actor: Member, step: str) -> None:
    """Only the requester may take the step. Raises SEGREGATION_OF_DUTIES."""
    if actor.id != requisition.requester_id:
        raise Refusal(
            "SEGREGATION_OF_DUTIES", f"{step}: requisition {requisition.id} belongs to {requisition.requester_id}, not {actor.id}"
        )


def check_next_approver(requisition: Requisition, actor: Member) -> None:
    """It is this person's turn and not their own requisition. Raises SEGREGATION_OF_DUTIES or LIMIT_EXCEEDED."""
    if actor.id == requisition.requester_id:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} may not decide on a requisition of their own")
    if actor.id != requisition.next_approver:
        raise Refusal("SEGREGATION_OF_DUTIES", f"requisition {requisition.id} waits for {requisition.next_approver}, not {actor.id}")
    last = len(requisition.approvals) + 1 == len(requisition.chain)
    if last and actor.limit_minor is not None and actor.limit_minor < requisition.total_minor:
        raise Refusal("LIMIT_EXCEEDED", f"the limit of {actor.id} does not cover {requisition.total_minor} minor units")


def check_approved_by(requisition: Requisition, actor: Member) -> None:
    """Only somebody who approved may take the approval back. Raises SEGREGATION_OF_DUTIES."""
    if actor.id not in {approval.approver_id for approval in requisition.approvals}:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} did not approve requisition {requisition.id} and may not take that back")


def check_version(if_match: int | None, requisition: Requisition) -> None:
    """Raises PRECONDITION_FAILED when If-Match names another version."""
    if if_match is not None and if_match != requisition.version:
        raise Refusal(
            "PRECONDITION_FAILED",
            f"requisition {requisition.id} has version {requisition.version}, If-Match says {if_match}",
            current_version=requisition.version,
        )


def check_revision(revision: int | None, requisition: Requisition) -> None:
    """Raises VERSION_CONFLICT when the caller decided on another revision."""
    if revision is not None and revision != requisition.revision:
        raise Refusal(
            "VERSION_CONFLICT",
            f"requisition {requisition.id} has revision {requisition.revision}, the request is about {revision}",
            current_revision=requisition.revision,
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
