"""The crosswalks: which id of one system is which id of another, as CSV for the connector.

Rules with a time range carry `valid_from` and `valid_to` (ISO dates, both inclusive, empty = open).
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from mocks.company import chart, planning_ids
from mocks.company.accounts import BankAccount
from mocks.company.invoicing import TAX_WORDS, tax_facts
from mocks.company.model import CostCenter, Employee, Entity, Project, Supplier


def crosswalks(
    entities: Sequence[Entity],
    employees: Sequence[Employee],
    suppliers: Sequence[Supplier],
    cost_centers: Sequence[CostCenter],
    projects: Sequence[Project],
    *,
    bank_accounts: Mapping[str, BankAccount],
) -> dict[str, str]:
    """File name to CSV text, with a header row and LF line ends. bank_accounts: by entity."""
    company = {entity.key: entity.erp_company for entity in entities}
    return {
        "entities.csv": _csv(
            "entity,procurement_legal_entity,expense_entity_code,erp_company_code,currency,expense_route",
            ((each.key, each.procurement_id, each.expense_id, each.erp_company, each.currency, each.expense_route) for each in entities),
        ),
        "suppliers.csv": _csv(
            "procurement_supplier_id,erp_vendor_id,erp_company_code,portal_account",
            ((each.procurement_id, each.erp_id, company[each.entity], each.portal_account) for each in suppliers),
        ),
        "cost_centers.csv": _csv(
            "procurement_cost_center,expense_cost_object,erp_cost_center,erp_company_code",
            ((each.procurement_id, each.expense_id, each.erp_id, company[each.entity]) for each in cost_centers),
        ),
        "employees.csv": _csv(
            "procurement_user_id,expense_login,erp_personnel_no,erp_company_code",
            ((each.procurement_id, each.expense_id, each.erp_id, company[each.entity]) for each in employees),
        ),
        "projects.csv": _csv(
            "procurement_project,erp_project,erp_company_code",
            ((each.procurement_id, each.erp_id, company[each.entity]) for each in projects),
        ),
        "planning_entities.csv": _csv(planning_ids.ENTITIES_HEADER, planning_ids.entity_rows(entities)),
        "planning_nodes.csv": _csv(planning_ids.NODES_HEADER, planning_ids.node_rows(entities, cost_centers)),
        "planning_accounts.csv": _csv(planning_ids.ACCOUNTS_HEADER, planning_ids.ACCOUNTS.items()),
        "planning_consumption.csv": _csv(planning_ids.CONSUMPTION_HEADER, planning_ids.CONSUMPTION.items()),
        "bank_accounts.csv": _csv(
            "erp_company_code,bank_account,currency",
            ((each.erp_company, bank_accounts[each.key].text, each.currency) for each in entities),
        ),
        **_rules(company),
    }


def _rules(company: dict[str, str]) -> dict[str, str]:
    return {
        "purchase_categories.csv": _csv(
            "procurement_category,erp_gl_account,valid_from,valid_to",
            ((each.procurement_id, each.gl_account, _iso(each.valid_from), _iso(each.valid_to)) for each in chart.PURCHASE_CATEGORIES),
        ),
        "expense_categories.csv": _csv(
            "erp_company_code,expense_category,erp_gl_account,valid_from,valid_to",
            (
                (company[each.entity], each.expense_id, each.gl_account, _iso(each.valid_from), _iso(each.valid_to))
                for each in chart.EXPENSE_CATEGORIES
            ),
        ),
        "tax_codes.csv": _csv(
            "procurement_tax_code,erp_tax_code,erp_company_code,rate_percent,recoverable_percent,self_assessed",
            (
                (word, code, company[entity], *tax_facts(entity, code))
                for entity, words in TAX_WORDS.items()
                for word, code in words.items()
            ),
        ),
        "accounts.csv": _csv("purpose,erp_gl_account", chart.ACCOUNT_PURPOSES.items()),
    }


def _csv(header: str, rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
