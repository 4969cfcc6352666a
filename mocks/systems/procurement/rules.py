"""What must hold for what is asked for and bought: known objects, amounts that add up, who may take an approval back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mocks.company.money import AmountError, to_minor, to_text
from mocks.company.projections import House, Member, ProcurementMaster
from mocks.kit.operation import Refusal
from mocks.systems.procurement.models import DraftLine, Money
from mocks.workflow.document import ApprovedDocument

QUANTITY_SCALE = 10**3
PRICE_SCALE = 10**6


@dataclass(frozen=True, slots=True)
class Coding:
    """What a line is for."""

    category: str
    cost_center: str
    project: str | None


class Coded(Protocol):
    """A line that says what it is for."""

    @property
    def category(self) -> str: ...
    @property
    def cost_center(self) -> str: ...
    @property
    def project(self) -> str | None: ...


def house(master: ProcurementMaster, house_id: str, currency: str, member: Member) -> House:
    """The legal entity that a person drafts for. Raises CODING_INVALID, CURRENCY_INVALID or EMPLOYEE_UNKNOWN."""
    found = master.houses.get(house_id)
    if found is None:
        raise Refusal("CODING_INVALID", f"no legal entity {house_id!r}; there are {', '.join(master.houses)}")
    check_currency(currency, found)
    if member.house != house_id:
        raise Refusal("EMPLOYEE_UNKNOWN", f"user {member.id} works for {member.house}, not {house_id}")
    return found


def total_of(master: ProcurementMaster, lines: Sequence[DraftLine], where: House) -> int:
    """Sum of the lines in minor units, when every line is coded and adds up."""
    total = 0
    for line in lines:
        check_coding(master, line, where.id)
        check_currency(line.unit_price.currency, where)
        amount = minor(line.amount, where)
        check_extension(line.quantity, line.unit_price.amount, amount, where)
        total += amount
    return total


def check_coding(master: ProcurementMaster, line: Coded, house_id: str) -> None:
    """A line names a category, a cost centre and perhaps a project that there are. Raises COST_CENTER_INACTIVE or CODING_INVALID."""
    if line.category not in master.categories:
        raise Refusal("CODING_INVALID", f"no category {line.category!r}; there are {', '.join(sorted(master.categories))}")
    if house_id not in master.cost_centers.get(line.cost_center, ()):
        raise Refusal("COST_CENTER_INACTIVE", f"cost centre {line.cost_center!r} is unknown or not active in {house_id}")
    if line.project is not None and house_id not in master.projects.get(line.project, ()):
        raise Refusal("CODING_INVALID", f"project {line.project!r} is unknown or closed in {house_id}")


def check_currency(currency: str, where: House) -> None:
    """Whatever a legal entity buys is in its own currency. Raises CURRENCY_INVALID."""
    if currency != where.currency:
        raise Refusal("CURRENCY_INVALID", f"currency {currency}: {where.id} buys in {where.currency}")


def minor(amount: Money, where: House) -> int:
    """In minor units. Raises CURRENCY_INVALID."""
    check_currency(amount.currency, where)
    try:
        return to_minor(amount.amount, where.decimals)
    except AmountError as error:
        raise Refusal("CURRENCY_INVALID", f"{error} for {where.currency}") from None


def check_extension(quantity: str, unit_price: str, amount_minor: int, where: House) -> None:
    """Quantity x unit price, rounded half up to the currency, is the amount. Raises AMOUNT_MISMATCH."""
    product = scaled(quantity, QUANTITY_SCALE) * scaled(unit_price, PRICE_SCALE) * 10**where.decimals
    unit = QUANTITY_SCALE * PRICE_SCALE
    if (2 * product + unit) // (2 * unit) != amount_minor:
        raise Refusal("AMOUNT_MISMATCH", f"{quantity} x {unit_price} is not {to_text(amount_minor, where.decimals)} {where.currency}")


def scaled(text: str, scale: int) -> int:
    """Decimal text times a power of ten. Raises VALIDATION_FAILED."""
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdecimal():  # `$` of the pattern lets a newline pass
        raise Refusal("VALIDATION_FAILED", f"number {text!r}: expected digits and at most one point")
    return int(whole) * scale + int(fraction.ljust(len(str(scale)) - 1, "0") or "0")


def check_supplier(master: ProcurementMaster, supplier_id: str, house_id: str) -> None:
    """The supplier may be bought from. Raises SUPPLIER_UNKNOWN or SUPPLIER_BLOCKED."""
    supplier = master.suppliers.get((house_id, supplier_id))
    if supplier is None:
        raise Refusal("SUPPLIER_UNKNOWN", f"no supplier {supplier_id!r} for {house_id}")
    if not supplier.active:
        raise Refusal("SUPPLIER_BLOCKED", f"supplier {supplier_id} is inactive")


def check_approved_by(noun: str, document: ApprovedDocument, actor: Member) -> None:
    """Only somebody who approved may take the approval back. Raises SEGREGATION_OF_DUTIES."""
    if actor.id not in {approval.approver for approval in document.approvals}:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} did not approve {noun} {document.id} and may not take that back")
