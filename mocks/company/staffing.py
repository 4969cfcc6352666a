"""What people of HR type: whom they hire, and what becomes of them: another manager, cost centre or company, a leave, the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mocks.company import chart
from mocks.company.accounts import BankAccount, BankAccounts, account_of
from mocks.company.company import BUSINESS_START, Company
from mocks.company.drafts import Draft
from mocks.company.model import Employee
from mocks.company.stewardship import OPEN_END
from mocks.company.streams import Stream

CHANGES = ("manager", "cost_center", "transfer", "leave", "exit", "exit")  # one of three ends it
FIRST_DAYS, LAST_DAYS, NOTICE_DAYS = 60, 700, 30
IN_THE_LINE = (1, 2)  # levels whose people manage others, and are not so few that everybody is theirs


@dataclass(frozen=True, slots=True)
class HrPerson:
    """An employee as HR knew them when the world opened, by personnel number."""

    number: str
    name: str
    company_code: str
    cost_center: str
    manager: str | None


@dataclass(frozen=True, slots=True)
class HrMaster:
    """Everything that HR starts with. companies: by code; cost_centers: the active ones, and of which company each is; accounts: where
    everybody's pay goes; clerks: HR's own people."""

    people: dict[str, HrPerson]
    companies: tuple[str, ...]
    cost_centers: dict[str, str]
    accounts: Mapping[str, BankAccount]
    clerks: tuple[str, ...]


def hr_master(company: Company) -> HrMaster:
    """HR's projection: payroll's numbers, companies and cost centres are the ERP's."""
    codes = {entity.key: entity.erp_company for entity in company.entities}
    countries = {entity.key: entity.country for entity in company.entities}
    centers = {center.key: center.erp_id for center in company.cost_centers}
    numbers = {person.key: person.erp_id for person in company.people}
    return HrMaster(
        people={
            each.erp_id: HrPerson(
                each.erp_id,
                each.name,
                codes[each.entity],
                centers[each.cost_center],
                numbers[each.manager] if each.manager else None,
            )
            for each in company.people
        },
        companies=tuple(codes.values()),
        cost_centers={each.erp_id: codes[each.entity] for each in company.cost_centers if each.active},
        accounts=BankAccounts(company.seed, {each.erp_id: (countries[each.entity], each.key, each.name) for each in company.people}),
        clerks=chart.HR_CLERKS,
    )


def draft_employee(
    company: Company, entity: str, key: str, amount_minor: int, *, is_change: bool = False, on: date = BUSINESS_START
) -> Draft:
    """Whom HR hires: `key` names who it is and who writes it. is_change: what becomes of them; `amount_minor` names which change it is
    (nobody has an amount). approvers: who confirms it."""
    house, stream = company.entity(entity), Stream(company.seed, "employee record", entity, key)
    clerk = stream.below(len(chart.HR_CLERKS))
    hired = _hired(company, entity, stream, on)
    account = account_of(company.seed, house.country, f"employee record/{key}", hired["name"]).text
    body = {**hired, "bank_account": account}
    if is_change:
        body |= _changed(company, entity, hired, Stream(company.seed, "change of an employee", entity, key, amount_minor), on)
    confirms = chart.HR_CLERKS[(clerk + 1) % len(chart.HR_CLERKS)]
    return Draft("hr", "employee_record", entity, chart.HR_CLERKS[clerk], body, (confirms,), amount_minor, house.currency, ())


def transferred(company: Company, person: Employee, key: str) -> dict[str, Any]:
    """What HR writes when somebody goes to another company of the group."""
    stream = Stream(company.seed, "transfer of an employee", person.key, key)
    return _place(company, stream.pick([each.key for each in company.entities if each.key != person.entity]), stream)


def ended(on: date) -> dict[str, Any]:
    """What HR writes when somebody leaves: the day is the last one."""
    return {"status": "left", "valid_to": f"{on:%Y-%m-%d}"}


def _hired(company: Company, entity: str, stream: Stream, on: date) -> dict[str, Any]:
    staff = [each for each in company.employees if each.entity == entity]
    last = OPEN_END if stream.below(3) else on + timedelta(days=LAST_DAYS - stream.below(FIRST_DAYS))
    return {
        "name": _name(stream, staff),
        **_place(company, entity, stream),
        "valid_from": f"{on - timedelta(days=stream.below(FIRST_DAYS)):%Y-%m-%d}",
        "valid_to": f"{last:%Y-%m-%d}",
    }


def _name(stream: Stream, staff: Sequence[Employee]) -> str:
    """One half of it from one colleague, the other from another one."""
    first, second = stream.pick(staff).name.partition(" ")[0], stream.pick(staff).name.partition(" ")[2]
    return f"{first} {second}"


def _place(company: Company, entity: str, stream: Stream) -> dict[str, Any]:
    managers = [each for each in company.employees if each.entity == entity and each.level in IN_THE_LINE]
    return {
        "company_code": company.entity(entity).erp_company,
        "cost_center": stream.pick(company.cost_centers_of(entity)).erp_id,
        "manager": stream.pick(managers).erp_id,
    }


def _changed(company: Company, entity: str, hired: dict[str, Any], stream: Stream, on: date) -> dict[str, Any]:
    """What a change says: everything that it may."""
    change = stream.pick(CHANGES)
    others = [each.key for each in company.entities if each.key != entity]
    place = _place(company, stream.pick(others) if change == "transfer" else entity, stream)
    moved = {"transfer": place, "manager": {"manager": place["manager"]}, "cost_center": {"cost_center": place["cost_center"]}}
    members = {**hired, **moved.get(change, {}), "status": {"leave": "on_leave", "exit": "left"}.get(change, "active")}
    if change == "exit":
        members["valid_to"] = f"{on + timedelta(days=stream.below(NOTICE_DAYS)):%Y-%m-%d}"
    return members
