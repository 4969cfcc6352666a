"""Copies of HR's employees in systems whose people write and approve: what a copy says, and what the system makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mocks.abilities.replicas import Replica
from mocks.company.model import Standing
from mocks.company.projections import Member
from mocks.kit.operation import Refusal

RULES = ("EMPLOYEE_UNKNOWN", "COST_CENTER_INACTIVE")  # beside those of every copy
NEWCOMER_LIMIT = 0  # minor units: HR says nothing of what somebody may approve
# For fuzzing: what a valid copy says in every spelling, and of which record.
EMPLOYED: Mapping[str, Any] = {"name": "Fuzzed Person", "status": "active"}
EMPLOYEE, LAST_DAY = "20000017", date(2099, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engaged:
    """What a copy of an employee says. user: what the system calls the person; manager: in the same words; valid_to: inclusive."""

    user: str
    house: str
    revision: int | None
    name: str
    cost_center: str
    manager: str | None
    status: Standing
    valid_from: date
    valid_to: date

    def facts(self) -> Mapping[str, Any]:
        """Where, and for whom."""
        return {"cost_center": self.cost_center, "party": self.manager}


def checked(told: Engaged, people: Mapping[str, Member], houses: Mapping[str, Any], centers: Mapping[str, frozenset[str]]) -> Engaged:
    """What was told, when the system can use it. centers: in which legal entities each cost centre may be used. Raises CODING_INVALID,
    COST_CENTER_INACTIVE and EMPLOYEE_UNKNOWN."""
    if told.house not in houses:
        raise Refusal("CODING_INVALID", f"no legal entity {told.house!r}; there are {', '.join(houses)}")
    if told.house not in centers.get(told.cost_center, ()):
        raise Refusal("COST_CENTER_INACTIVE", f"cost centre {told.cost_center!r} is unknown or not active in legal entity {told.house}")
    manager = told.manager
    while manager is not None:
        if manager not in people:
            raise Refusal("EMPLOYEE_UNKNOWN", f"manager {manager!r} is nobody here")
        if manager == told.user:
            raise Refusal("CODING_INVALID", f"manager {told.manager} reports to {told.user}")
        manager = people[manager].manager
    return told


def obeyed_by(people: dict[str, Member]) -> Callable[[Replica[Engaged]], None]:
    """From now on the system knows the person as the copy says. What somebody may approve, and how many sign, is no word of HR's."""

    def follow(copy: Replica[Engaged]) -> None:
        told = copy.told
        known = people.get(told.user) or Member(told.user, told.name, told.house, None, NEWCOMER_LIMIT)
        people[told.user] = replace(known, name=told.name, house=told.house, manager=told.manager, standing=told.status)

    return follow
