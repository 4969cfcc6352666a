"""The crosswalks of MAPPINGS_DIR: which name a thing has in which system. Read once at start; rules carry the dates they hold for."""

import csv
from decimal import Decimal
from pathlib import Path

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}  # ISO 4217; all others here have two


class Unmapped(Exception):  # noqa: N818 - it reads as what happened
    """A crosswalk has no row for a value: somebody must add one before this document can be posted."""


class Mapping:
    """Look-ups by the columns of the CSV files."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._entity = self._read("entities", "procurement_legal_entity") | self._read("entities", "expense_entity_code")
        self._supplier = self._read("suppliers", "procurement_supplier_id", "erp_company_code")
        self._cost_center = self._read("cost_centers", "procurement_cost_center", "erp_company_code")
        self._cost_object = self._read("cost_centers", "expense_cost_object", "erp_company_code")
        self._project = self._read("projects", "procurement_project", "erp_company_code")
        self._user = self._read("employees", "procurement_user_id")
        self._login = self._read("employees", "expense_login")
        self._purchase = self._read("purchase_categories", "procurement_category")
        self._expense = self._read("expense_categories", "expense_category", "erp_company_code")
        self._account = self._read("accounts", "purpose")

    def _read(self, name, *key):
        """{key columns: [rows]} of one file."""
        table = {}
        with (self._folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                table.setdefault(tuple(row[column] for column in key), []).append(row)
        return table

    def _one(self, table, what, *key, on=""):
        for row in table.get(key, []):
            if not on or (row.get("valid_from") or "") <= on <= (row.get("valid_to") or "9999-12-31"):
                return row
        raise Unmapped(f"no {what} is mapped for {' / '.join(key)}" + (f" on {on}" if on else ""))

    def entity(self, code):
        """Row of entities.csv by procurement legal entity or expense entity code."""
        return self._one(self._entity, "entity", code)

    def supplier(self, supplier_id, company):
        """ERP vendor id."""
        return self._one(self._supplier, "supplier", supplier_id, company)["erp_vendor_id"]

    def cost_center(self, code, company):
        """ERP cost centre of a procurement cost centre."""
        return self._one(self._cost_center, "cost centre", code, company)["erp_cost_center"]

    def cost_object(self, code, company):
        """ERP cost centre of an expense cost object."""
        return self._one(self._cost_object, "cost object", code, company)["erp_cost_center"]

    def project(self, code, company):
        """ERP project, None for none."""
        return self._one(self._project, "project", code, company)["erp_project"] if code else None

    def user(self, user_id):
        """ERP personnel number of a procurement user."""
        return self._one(self._user, "employee", user_id)["erp_personnel_no"]

    def login(self, login):
        """ERP personnel number of an expense login."""
        return self._one(self._login, "employee", login)["erp_personnel_no"]

    def purchase_account(self, category, on):
        """G/L account of a purchasing category on an ISO date."""
        return self._one(self._purchase, "purchasing category", category, on=on)["erp_gl_account"]

    def expense_account(self, category, company, on):
        """G/L account of an expense category on an ISO date."""
        return self._one(self._expense, "expense category", category, company, on=on)["erp_gl_account"]

    def account(self, purpose):
        """G/L account of a purpose: input_tax, card_clearing, payroll_clearing."""
        return self._one(self._account, "account", purpose)["erp_gl_account"]


def decimal_text(minor, currency):
    """12345 USD -> "123.45"; 12345 JPY -> "12345"."""
    digits = MINOR_DIGITS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def compact(iso_date):
    """2026-10-30 -> 20261030."""
    return iso_date.replace("-", "")


def iso(day_first):
    """30/10/2026 -> 2026-10-30."""
    day, month, year = day_first.split("/")
    return f"{year}-{month}-{day}"
