"""What must hold for a plan: known places, periods of its own year and grain, amounts of its currency, and who may take which step."""

from collections.abc import Sequence

from mocks.company.fiscal import FiscalCalendar, Grain
from mocks.company.money import AmountError, to_minor
from mocks.company.planning import PlanningMaster, PlanNode
from mocks.company.projections import House
from mocks.kit.operation import Refusal
from mocks.systems.planning.models import Line
from mocks.systems.planning.plans import Plan, PlanLine


def house_of(master: PlanningMaster, house_id: str, currency: str) -> House:
    """The legal entity, when it plans in this currency. Raises CODING_INVALID or CURRENCY_INVALID."""
    house = master.houses.get(house_id)
    if house is None:
        raise Refusal("CODING_INVALID", f"no entity {house_id!r}; there are {', '.join(master.houses)}")
    if currency != house.currency:
        raise Refusal("CURRENCY_INVALID", f"currency {currency}: {house_id} plans in {house.currency}")
    return house


def node_of(master: PlanningMaster, code: str, house: House | None = None) -> PlanNode:
    """The node, when it is of this entity. Raises CODING_INVALID."""
    node = master.nodes.get(code)
    if node is None or (house is not None and node.house != house.id):
        raise Refusal("CODING_INVALID", f"no node {code!r}" + (f" in {house.id}" if house is not None else ""))
    return node


def lines_of(
    master: PlanningMaster, lines: Sequence[Line], house: House, calendar: FiscalCalendar, *, year: str, grain: Grain
) -> tuple[PlanLine, ...]:
    """The lines, when each account and period of the year and grain comes once. Raises CODING_INVALID, CURRENCY_INVALID and, for a line
    that comes twice, VALIDATION_FAILED."""
    periods = frozenset(calendar.periods(year, grain))
    found: dict[tuple[str, str], PlanLine] = {}
    for line in lines:
        check_account(master, line.account)
        if line.period not in periods:
            raise Refusal("CODING_INVALID", f"period {line.period}: the plan is for {year} by {grain}")
        if (line.account, line.period) in found:
            raise Refusal("VALIDATION_FAILED", f"lines: two for account {line.account} in {line.period}")
        found[line.account, line.period] = PlanLine(line.account, line.period, minor(line.amount, house))
    return tuple(found.values())


def check_account(master: PlanningMaster, account: str) -> None:
    """Raises CODING_INVALID."""
    if account not in master.accounts:
        raise Refusal("CODING_INVALID", f"no planning account {account!r}; there are {', '.join(sorted(master.accounts))}")


def minor(text: str, house: House) -> int:
    """Minor units of an amount. Raises CURRENCY_INVALID."""
    try:
        return to_minor(text, house.decimals)
    except AmountError as error:
        raise Refusal("CURRENCY_INVALID", f"{error} for {house.currency}") from None


def check_person(master: PlanningMaster, person_id: str | None, house_id: str) -> str:
    """The acting person works for the entity. Raises EMPLOYEE_UNKNOWN."""
    user = master.users.get(person_id or "")
    if user is None or user.house != house_id:
        raise Refusal("EMPLOYEE_UNKNOWN", f"acting user {person_id!r} does not plan for {house_id}; send a planning user in X-Acting-User")
    return user.id


def check_role(person: str, expected: str, step: str, plan: Plan) -> None:
    """Only the holder of the role may take the step. Raises SEGREGATION_OF_DUTIES."""
    if person != expected:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{step}: budget {plan.id} waits for {expected}, not {person}")


def check_version(if_match: int | None, plan: Plan) -> None:
    """Raises PRECONDITION_FAILED when If-Match names another version."""
    if if_match is not None and if_match != plan.version:
        said = f"budget {plan.id} has version {plan.version}, If-Match says {if_match}"
        raise Refusal("PRECONDITION_FAILED", said, current_version=plan.version)
