"""The crosswalks as rules: CSV rows, some of them valid for a time range only. A value without a rule is an Unmapped, never a default."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar


class Unpostable(Exception):  # noqa: N818 (reads as a sentence where it is raised)
    """The source document cannot become an ERP document as it is: what is wrong with it."""


class Unmapped(Unpostable):
    """No rule for a value: which table, which value, which date."""

    def __init__(self, table: str, value: str, on: date | None = None) -> None:
        valid = f" valid on {on.isoformat()}" if on else ""
        super().__init__(f"{table}.csv has no row for {value}{valid}; add it and redrive")
        self.table = table
        self.value = value


class RulesError(Exception):
    """A crosswalk is missing or malformed: which file, which line, what was expected."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One legal entity under the ids of all three systems. `route` is ap_invoice or journal_entry."""

    company_code: str
    currency: str
    route: str


@dataclass(frozen=True, slots=True)
class PlanningEntity:
    """A legal entity as planning calls it. fiscal_year_starts: 1 to 12."""

    company_code: str
    fiscal_year_starts: int


@dataclass(frozen=True, slots=True)
class TaxRule:
    """A tax code of the ERP. rate, recoverable: percent of the net amount, and of the tax; self_assessed: the entity owes it itself, and
    nobody prints it."""

    code: str
    rate: Decimal
    recoverable: Decimal
    self_assessed: bool


@dataclass(frozen=True, slots=True)
class _Version:
    value: str
    valid_from: date
    valid_to: date

    def covers(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_to


class Rules:
    """One reading of MAPPINGS_DIR. Immutable: a redrive reads the files again into a new one."""

    def __init__(self, folder: Path) -> None:
        self._suppliers = _keyed(folder, "suppliers", ("erp_company_code", "procurement_supplier_id"), "erp_vendor_id")
        self._portal_accounts = _keyed(folder, "suppliers", ("erp_company_code", "erp_vendor_id"), "portal_account")
        self._procurement_centers = _keyed(folder, "cost_centers", ("erp_company_code", "procurement_cost_center"), "erp_cost_center")
        self._expense_centers = _keyed(folder, "cost_centers", ("erp_company_code", "expense_cost_object"), "erp_cost_center")
        self._purchase_categories = _versioned(folder, "purchase_categories", ("procurement_category",), "erp_gl_account")
        self._expense_categories = _versioned(folder, "expense_categories", ("erp_company_code", "expense_category"), "erp_gl_account")
        self._users = _keyed(folder, "employees", ("procurement_user_id",), "erp_personnel_no")
        self._logins = _keyed(folder, "employees", ("expense_login",), "erp_personnel_no")
        self._accounts = _keyed(folder, "accounts", ("purpose",), "erp_gl_account")
        self._projects = _keyed(folder, "projects", ("erp_company_code", "procurement_project"), "erp_project")
        self._taxes = _taxes(folder)
        self._legal_entities, self._expense_entities = _entities(folder)
        self._planning_entities = _planning_entities(folder)
        self._planning_nodes = _keyed(folder, "planning_nodes", ("erp_company_code", "planning_node"), "erp_cost_center")
        self._account_groups = _keyed(folder, "planning_accounts", ("planning_account",), "erp_account_group")
        self._nodes = _keyed(folder, "planning_nodes", ("erp_company_code", "erp_cost_center"), "planning_node")
        self._consumption = _keyed(folder, "planning_consumption", ("erp_account_group",), "planning_account")
        self._entities_in = {system: _keyed(folder, file, ("erp_company_code",), column) for system, (file, column) in _ENTITIES_IN.items()}
        self._codes_in = {
            (system, kind): _keyed(folder, file, ("erp_company_code", f"erp_{kind}"), column)
            for (system, kind), (file, column) in _CODES_IN.items()
        }
        self._people_in = {system: _keyed(folder, "employees", ("erp_personnel_no",), column) for system, column in _PEOPLE_IN.items()}

    def legal_entity(self, procurement_id: str) -> Entity:
        """Of procurement's legal entity."""
        return _found(self._legal_entities, (procurement_id,), "entities")

    def expense_entity(self, code: str) -> Entity:
        """Of the expense system's entity code."""
        return _found(self._expense_entities, (code,), "entities")

    def vendor(self, company: str, supplier: str) -> str:
        """ERP vendor id."""
        return _found(self._suppliers, (company, supplier), "suppliers")

    def portal_account(self, company: str, vendor: str) -> str | None:
        """The account of an ERP vendor in the supplier portal; None: it has none there."""
        return self._portal_accounts.get((company, vendor))

    def cost_center(self, company: str, procurement_id: str) -> str:
        """ERP cost centre of procurement's."""
        return _found(self._procurement_centers, (company, procurement_id), "cost_centers")

    def cost_object(self, company: str, expense_id: str) -> str:
        """ERP cost centre of the expense system's cost object."""
        return _found(self._expense_centers, (company, expense_id), "cost_centers")

    def purchase_account(self, category: str, on: date) -> str:
        """Expense account of a purchase category on a date."""
        return _valid(self._purchase_categories, (category,), on, "purchase_categories")

    def expense_account(self, company: str, category: str, on: date) -> str:
        """Expense account of an expense category on a date."""
        return _valid(self._expense_categories, (company, category), on, "expense_categories")

    def project(self, company: str, procurement_id: str) -> str:
        """ERP project of procurement's."""
        return _found(self._projects, (company, procurement_id), "projects")

    def tax(self, company: str, procurement_code: str) -> TaxRule:
        """The ERP's tax code and what it comes to; one code of procurement's stands for another tax in another company."""
        return _found(self._taxes, (company, procurement_code), "tax_codes")

    def person_of_user(self, user: str) -> str:
        """Personnel number of a procurement user."""
        return _found(self._users, (user,), "employees")

    def person_of_login(self, login: str) -> str:
        """Personnel number of an expense login."""
        return _found(self._logins, (login,), "employees")

    def account(self, purpose: str) -> str:
        """Balance-sheet account by purpose: input_tax, card_clearing, payroll_clearing."""
        return _found(self._accounts, (purpose,), "accounts")

    def planning_entity(self, entity: str) -> PlanningEntity:
        """Of planning's entity."""
        return _found(self._planning_entities, (entity,), "planning_entities")

    def planning_node(self, company: str, node: str) -> str:
        """ERP cost centre of planning's node."""
        return _found(self._planning_nodes, (company, node), "planning_nodes")

    def account_group(self, account: str) -> str:
        """The ERP's group of accounts whose budget a planning account is part of."""
        return _found(self._account_groups, (account,), "planning_accounts")

    def node_of(self, company: str, cost_center: str) -> str:
        """Planning's node of an ERP cost centre."""
        return _found(self._nodes, (company, cost_center), "planning_nodes")

    def consumption_account(self, account_group: str) -> str:
        """The planning account under which what was spent of a group of the ERP's accounts is told."""
        return _found(self._consumption, (account_group,), "planning_consumption")

    def entity_in(self, system: str, company: str) -> str:
        """What a system calls a company of the ERP."""
        return _found(self._entities_in[system], (company,), _ENTITIES_IN[system][0])

    def code_in(self, system: str, kind: str, company: str, code: str) -> str:
        """What a system calls a cost centre, a project or an account (`kind`) of the ERP: as the ERP does, where nobody says otherwise."""
        return self._codes_in.get((system, kind), {}).get((company, code), code)

    def person_in(self, system: str, personnel_no: str) -> str:
        """What a system calls a person of the ERP's payroll."""
        return _found(self._people_in[system], (personnel_no,), "employees")

    def employee_in(self, system: str, personnel_no: str) -> str:
        """The same of somebody who may be new: as HR does, where nobody says otherwise."""
        return self._people_in[system].get((personnel_no,), personnel_no)


# From the ERP's words to those of the systems that keep copies of its master data: the file, and the column with the system's own word.
_ENTITIES_IN = {
    "procurement": ("entities", "procurement_legal_entity"),
    "expense": ("entities", "expense_entity_code"),
    "planning": ("planning_entities", "planning_entity"),
}
_CODES_IN = {
    ("procurement", "cost_center"): ("cost_centers", "procurement_cost_center"),
    ("expense", "cost_center"): ("cost_centers", "expense_cost_object"),
    ("planning", "cost_center"): ("planning_nodes", "planning_node"),
    ("procurement", "project"): ("projects", "procurement_project"),
}
_PEOPLE_IN = {"procurement": "procurement_user_id", "expense": "expense_login"}

Key = tuple[str, ...]
_T = TypeVar("_T")


def _found(table: Mapping[Key, _T], key: Key, name: str) -> _T:
    try:
        return table[key]
    except KeyError:
        raise Unmapped(name, " / ".join(key)) from None


def _valid(table: Mapping[Key, list[_Version]], key: Key, on: date, name: str) -> str:
    for version in table.get(key, ()):
        if version.covers(on):
            return version.value
    raise Unmapped(name, " / ".join(key), on)


def _rows(folder: Path, name: str, columns: Iterable[str]) -> Iterable[dict[str, str]]:
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = sorted(set(columns) - set(reader.fieldnames or ()))
            if missing:
                raise RulesError(f"{path}: no column {', '.join(missing)}; it has {', '.join(reader.fieldnames or ())}")
            yield from reader
    except OSError as error:
        raise RulesError(f"{path}: {error.strerror}; MAPPINGS_DIR must hold the crosswalks") from error


def _keyed(folder: Path, name: str, key: Key, value: str) -> dict[Key, str]:
    return {
        tuple(row[column] for column in key): row[value] for row in _rows(folder, name, (*key, value)) if all(row[column] for column in key)
    }


def _versioned(folder: Path, name: str, key: Key, value: str) -> dict[Key, list[_Version]]:
    table: dict[Key, list[_Version]] = {}
    for number, row in enumerate(_rows(folder, name, (*key, value, "valid_from", "valid_to")), 2):
        where = f"{folder / name}.csv:{number}"
        version = _Version(row[value], _bound(row["valid_from"], date.min, where), _bound(row["valid_to"], date.max, where))
        table.setdefault(tuple(row[column] for column in key), []).append(version)
    return table


def _bound(text: str, empty: date, where: str) -> date:
    if not text:
        return empty
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RulesError(f"{where}: {text!r} is not an ISO date") from None


def _taxes(folder: Path) -> dict[Key, TaxRule]:
    found: dict[Key, TaxRule] = {}
    columns = ("erp_company_code", "procurement_tax_code", "erp_tax_code", "rate_percent", "recoverable_percent", "self_assessed")
    for number, row in enumerate(_rows(folder, "tax_codes", columns), 2):
        try:
            rate, recoverable = Decimal(row["rate_percent"]), Decimal(row["recoverable_percent"])
        except InvalidOperation:
            raise RulesError(f"{folder}/tax_codes.csv:{number}: rate_percent and recoverable_percent are not both numbers") from None
        rule = TaxRule(row["erp_tax_code"], rate, recoverable, row["self_assessed"] == "yes")
        found[row["erp_company_code"], row["procurement_tax_code"]] = rule
    return found


def _entities(folder: Path) -> tuple[dict[Key, Entity], dict[Key, Entity]]:
    columns = ("procurement_legal_entity", "expense_entity_code", "erp_company_code", "currency", "expense_route")
    by_legal: dict[Key, Entity] = {}
    by_expense: dict[Key, Entity] = {}
    for row in _rows(folder, "entities", columns):
        route = {"journal": "journal_entry"}.get(row["expense_route"], row["expense_route"])
        if route not in {"ap_invoice", "journal_entry"}:
            raise RulesError(f"{folder}/entities.csv: expense_route {route!r} is neither ap_invoice nor journal_entry")
        entity = Entity(row["erp_company_code"], row["currency"], route)
        by_legal[(row["procurement_legal_entity"],)] = entity
        by_expense[(row["expense_entity_code"],)] = entity
    return by_legal, by_expense


def _planning_entities(folder: Path) -> dict[Key, PlanningEntity]:
    found: dict[Key, PlanningEntity] = {}
    for row in _rows(folder, "planning_entities", ("planning_entity", "erp_company_code", "fiscal_year_starts")):
        starts = row["fiscal_year_starts"]
        if starts not in {str(number) for number in range(1, 13)}:
            raise RulesError(f"{folder}/planning_entities.csv: fiscal_year_starts {starts!r} is no month from 1 to 12")
        found[(row["planning_entity"],)] = PlanningEntity(row["erp_company_code"], int(starts))
    return found
