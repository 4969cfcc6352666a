"""What each system knows of the company: plain records with that system's own ids, names and formats. None holds another system's ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mocks.company import chart
from mocks.company.accounts import BankAccount, BankAccounts
from mocks.company.company import Company
from mocks.company.invoicing import MATCH_CONTROLS, TAX_CODES, TAX_WORDS
from mocks.company.model import Account, Banking, BudgetControl, CostCenter, Employee, Entity, MatchControl, Reapproval, Standing, TaxCode

ERP_NAME_LENGTH = 35


@dataclass(frozen=True, slots=True)
class ErpCompany:
    """A company code."""

    code: str
    name: str
    currency: str
    decimals: int
    budget: BudgetControl
    reapproval: Reapproval
    matching: MatchControl
    tax_codes: tuple[TaxCode, ...]
    country: str


@dataclass(frozen=True, slots=True)
class ErpVendor:
    """A vendor master record."""

    vendor_id: str
    company_code: str
    name: str
    street: str
    city: str
    tax_number: str
    payment_terms: str
    currency: str
    active: bool
    purchasing_block: bool


@dataclass(frozen=True, slots=True)
class ErpCostCenter:
    """A cost centre; `valid_to` inclusive. owner: personnel number of whoever answers for its budget."""

    number: str
    company_code: str
    function: str
    active: bool
    valid_to: date | None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class ErpProject:
    """A project."""

    number: str
    company_code: str
    active: bool


@dataclass(frozen=True, slots=True)
class ErpPerson:
    """An employee as payroll and approval tables know them; limit in minor units of the company code's currency, None = no limit."""

    personnel_no: str
    company_code: str
    limit_minor: int | None


@dataclass(frozen=True, slots=True)
class ErpMaster:
    """Everything that the ERP starts with, by id."""

    companies: dict[str, ErpCompany]
    accounts: dict[str, Account]
    vendors: dict[str, ErpVendor]
    cost_centers: dict[str, ErpCostCenter]
    projects: dict[str, ErpProject]
    people: dict[str, ErpPerson]
    bank_accounts: Mapping[str, BankAccount]  # of vendors, people and companies
    blocked_accounts: set[tuple[str, str]] = field(default_factory=set)  # company, account: takes nothing new there


def _erp_company(house: Entity) -> ErpCompany:
    return ErpCompany(
        code=house.erp_company,
        name=house.name,
        currency=house.currency,
        decimals=house.decimals,
        budget=house.budget,
        reapproval=house.reapproval,
        matching=MATCH_CONTROLS[house.key],
        tax_codes=tuple(each for each in TAX_CODES if each.entity == house.key),
        country=house.country,
    )


def erp_master(company: Company) -> ErpMaster:
    """The ERP's projection."""
    houses = {entity.key: entity for entity in company.entities}
    codes = {key: house.erp_company for key, house in houses.items()}
    personnel = {each.key: each.erp_id for each in company.people}
    return ErpMaster(
        companies={house.erp_company: _erp_company(house) for house in company.entities},
        accounts={account.code: account for account in chart.ACCOUNTS},
        vendors={
            each.erp_id: ErpVendor(
                vendor_id=each.erp_id,
                company_code=codes[each.entity],
                name=each.name.upper()[:ERP_NAME_LENGTH],
                street=each.street,
                city=each.city,
                tax_number=each.tax_id,
                payment_terms=each.payment_terms,
                currency=houses[each.entity].currency,
                active=each.active,
                purchasing_block=each.purchasing_block,
            )
            for each in company.suppliers
        },
        cost_centers={
            each.erp_id: ErpCostCenter(
                each.erp_id, codes[each.entity], each.function, each.active, each.valid_to, personnel.get(each.owner)
            )
            for each in company.cost_centers
        },
        projects={each.erp_id: ErpProject(each.erp_id, codes[each.entity], each.active) for each in company.projects},
        people={each.erp_id: ErpPerson(each.erp_id, codes[each.entity], each.limit_minor) for each in company.people},
        bank_accounts=BankAccounts(
            company.seed,
            {
                **{house.erp_company: (house.country, house.key, house.name) for house in company.entities},
                **{each.erp_id: (houses[each.entity].country, each.key, each.name) for each in company.suppliers},
                **{each.erp_id: (houses[each.entity].country, each.key, each.name) for each in company.people},
            },
        ),
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the manager above, in one system's ids; limit in minor units of the house's currency, None = no limit.

    signatures: how many managers sign at least; delegate: who decides instead, while away; standing: whoever left may do nothing more, and
    whoever is on leave decides nothing.
    """

    id: str
    name: str
    house: str  # id of the legal entity in that system
    manager: str | None
    limit_minor: int | None
    signatures: int = 1
    delegate: str | None = None
    standing: Standing = "active"


@dataclass(frozen=True, slots=True)
class House:
    """A legal entity in one system's ids."""

    id: str
    name: str
    currency: str
    decimals: int
    zone: str = "UTC"

    def day(self, moment: datetime) -> date:
        """The calendar day there."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class ProcurementSupplier:
    """A supplier as buyers know it."""

    id: str
    number: int
    house: str
    name: str
    city: str
    active: bool


@dataclass(frozen=True, slots=True)
class ProcurementMaster:
    """Everything that procurement starts with. One id may stand for different things in different legal entities: suppliers are known by
    legal entity and id, cost centres and projects by the legal entities in which they are active."""

    houses: dict[str, House]
    users: dict[str, Member]
    suppliers: dict[tuple[str, str], ProcurementSupplier]
    cost_centers: dict[str, frozenset[str]]
    projects: dict[str, frozenset[str]]
    categories: frozenset[str]
    tax_codes: dict[str, frozenset[str]]  # by legal entity
    center_owners: dict[tuple[str, str], str]  # who answers for a cost centre: user id by legal entity and cost centre


def procurement_master(company: Company) -> ProcurementMaster:
    """Procurement's projection."""
    houses = {entity.key: entity.procurement_id for entity in company.entities}
    ids = {person.key: person.procurement_id for person in company.people}
    return ProcurementMaster(
        houses={house.procurement_id: _house(house, house.procurement_id) for house in company.entities},
        users={person.procurement_id: _member(person, ids, houses) for person in company.people},
        suppliers={
            (houses[each.entity], each.procurement_id): ProcurementSupplier(
                each.procurement_id, number, houses[each.entity], each.name, each.city, each.active
            )
            for number, each in enumerate(company.suppliers, 1)
        },
        cost_centers=_places((each.procurement_id, houses[each.entity]) for each in company.cost_centers if _open(each)),
        projects=_places((each.procurement_id, houses[each.entity]) for each in company.projects if each.active),
        categories=frozenset(rule.procurement_id for rule in chart.PURCHASE_CATEGORIES),
        tax_codes={houses[key]: frozenset(words) for key, words in TAX_WORDS.items()},
        center_owners={(houses[each.entity], each.procurement_id): ids[each.owner] for each in company.cost_centers},
    )


@dataclass(frozen=True, slots=True)
class ExpenseMaster:
    """Everything that the expense system starts with, by id. Cost objects map to their entity when they are active."""

    houses: dict[str, House]
    employees: dict[str, Member]
    cost_objects: dict[str, frozenset[str]]
    categories: dict[str, frozenset[str]]
    currencies: dict[str, int]  # decimals of those that a receipt may be in


def expense_master(company: Company) -> ExpenseMaster:
    """The expense system's projection."""
    houses = {entity.key: entity.expense_id for entity in company.entities}
    ids = {person.key: person.expense_id for person in company.people}
    return ExpenseMaster(
        houses={house.expense_id: _house(house, house.expense_id) for house in company.entities},
        employees={person.expense_id: _member(person, ids, houses) for person in company.people},
        cost_objects=_places((each.expense_id, houses[each.entity]) for each in company.cost_centers if _open(each)),
        categories={
            code: frozenset(rule.expense_id for rule in chart.EXPENSE_CATEGORIES if rule.entity == key) for key, code in houses.items()
        },
        currencies={name: decimals for name, (decimals, _) in chart.CURRENCIES.items()},
    )


@dataclass(frozen=True, slots=True)
class BankCustomer:
    """An account that a company of the group has at the bank. opening_minor: what was on it when the world opened."""

    account: BankAccount
    currency: str
    decimals: int
    zone: str
    banking: Banking
    opening_minor: int

    @property
    def account_id(self) -> str:
        """The account as one text."""
        return self.account.text


@dataclass(frozen=True, slots=True)
class BankMaster:
    """Everything that the bank starts with: its customers by account, and its clerks."""

    customers: dict[str, BankCustomer]
    clerks: tuple[str, ...]


def bank_master(company: Company) -> BankMaster:
    """The bank's projection."""
    owners = {entity.key: (entity.country, entity.key, entity.name) for entity in company.entities}
    accounts = BankAccounts(company.seed, owners)
    customers = (
        BankCustomer(
            accounts[entity.key],
            entity.currency,
            entity.decimals,
            entity.zone,
            chart.BANKING[entity.country],
            chart.OPENING_UNITS * 10**entity.decimals,
        )
        for entity in company.entities
    )
    return BankMaster({each.account_id: each for each in customers}, chart.BANK_CLERKS)


def _house(entity: Entity, house_id: str) -> House:
    return House(house_id, entity.name, entity.currency, entity.decimals, entity.zone)


def _member(person: Employee, ids: dict[str, str], houses: dict[str, str]) -> Member:
    return Member(
        ids[person.key],
        person.name,
        houses[person.entity],
        ids[person.manager] if person.manager else None,
        person.limit_minor,
        person.signatures,
        ids[person.delegate] if person.delegate else None,
    )


def _places(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """In which legal entities each id is valid."""
    found: dict[str, frozenset[str]] = {}
    for name, house in pairs:
        found[name] = found.get(name, frozenset()) | {house}
    return found


def _open(center: CostCenter) -> bool:
    return center.active and center.valid_to is None
