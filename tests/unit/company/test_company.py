"""The company: the same everywhere, complete, and seen by each system with that system's ids only."""

import csv
import io
import os
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mocks.company import Company, chart, generate
from mocks.company.planning import planning_master
from mocks.company.projections import erp_master, expense_master, procurement_master
from mocks.company.shapes import Shape, Signers
from tests.unit.company.play import COMPANY

PINNED_SEED_7 = "f40e6e22a6832c8cfdd15178e83fecdb9038347bbf90f72d333fee91fa0af436"


def test_the_same_seed_gives_the_pinned_digest() -> None:
    """A company is reproducible: this digest changes only when somebody changes the company on purpose."""
    assert generate(7).digest() == PINNED_SEED_7


def test_digest_does_not_depend_on_the_process() -> None:
    """Hash order, locale and working directory of another process change nothing."""
    code = "from mocks.company import generate; print(generate(7).digest())"
    env = {**os.environ, "PYTHONHASHSEED": "4711", "LC_ALL": "C", "PYTHONPATH": str(Path(__file__).parents[3])}
    answer = subprocess.run([sys.executable, "-c", code], env=env, cwd="/", capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == PINNED_SEED_7


def test_another_seed_gives_another_company() -> None:
    """Names and ids come from the seed."""
    other = generate(8)
    assert other.digest() != PINNED_SEED_7
    assert [person.erp_id for person in other.employees] != [person.erp_id for person in COMPANY.employees]


def test_minting_changes_nothing_of_the_base() -> None:
    """Objects for experiments are appended; whoever used the base records before finds them unchanged."""
    plain, minted = generate(7), generate(7, minted=5)
    assert minted.employees == plain.employees
    assert minted.suppliers[: len(plain.suppliers)] == plain.suppliers
    assert minted.cost_centers[: len(plain.cost_centers)] == plain.cost_centers
    assert len(minted.suppliers) == len(plain.suppliers) + 3 * 5


def test_size_is_as_promised() -> None:
    """Three entities, 200 suppliers, 300 employees; names in the country's language."""
    plain = generate(7)
    assert [(entity.key, entity.currency) for entity in plain.entities] == [("US01", "USD"), ("DE01", "EUR"), ("JP01", "JPY")]
    assert (len(plain.suppliers), len(plain.employees)) == (200, 300)
    japanese = next(person for person in plain.employees if person.entity == "JP01")
    assert not japanese.name.isascii()
    assert japanese.latin_name.isascii()


@pytest.mark.parametrize("system", ["procurement_id", "expense_id", "erp_id"])
def test_ids_are_unique_within_a_system(system: str) -> None:
    """No two records of a kind share an id in one entity, minted ones included; the ERP's ids are unique in the whole group."""
    company = generate(3, minted=200)
    for records in (company.employees, company.cost_centers, company.suppliers, company.projects):
        ids = [(system == "erp_id" or record.entity, getattr(record, system)) for record in records if hasattr(record, system)]
        assert len(set(ids)) == len(ids)


@pytest.mark.requirement("R07.05", "R07.10")
@pytest.mark.parametrize("kind", ["suppliers", "cost_centers", "projects"])
def test_some_ids_stand_for_different_things_in_different_entities(kind: str) -> None:
    """Whoever looks one up without its company takes somebody else's; everywhere used, and never the same target."""
    found: dict[str, dict[str, str]] = {}
    for record in getattr(COMPANY, kind):
        found.setdefault(record.procurement_id, {})[record.entity] = record.erp_id
    shared = [targets for targets in found.values() if len(targets) > 1]
    assert len(shared) >= 3
    assert all(len(set(targets.values())) == len(targets) for targets in shared)


@pytest.mark.requirement("R07.05")
@pytest.mark.parametrize(
    ("kind", "system"),
    [("suppliers", "procurement_id"), ("cost_centers", "procurement_id"), ("cost_centers", "expense_id"), ("projects", "procurement_id")],
)
def test_some_codes_of_an_entity_look_alike(kind: str, system: str) -> None:
    """Whoever folds case, or takes a code for a number, takes one for another: among those that all use, and among minted ones."""
    company, seen = generate(7, minted=8), set()
    for fold in (str.lower, lambda code: re.sub("(?<![1-9])0+", "", code)):
        found: dict[tuple[str, str, bool], set[str]] = {}
        for record in getattr(company, kind):
            found.setdefault((record.entity, fold(getattr(record, system)), getattr(record, "minted", False)), set()).add(record.erp_id)
        alike = [key for key, targets in found.items() if len(targets) > 1]
        assert {entity for entity, _, _ in alike}, fold
        seen |= {minted for _, _, minted in alike}
    assert seen == {getattr(record, "minted", False) for record in getattr(company, kind)}


def test_managers_form_no_circle_and_stay_in_the_entity() -> None:
    """Every chain of managers ends at the group CFO; below the CFOs it stays in one entity; limits grow upwards."""
    for person in COMPANY.employees:
        seen = [person]
        while seen[-1].manager is not None:
            seen.append(COMPANY.employee(seen[-1].manager))
            assert len(seen) <= 6
        assert seen[-1].title == "Group chief financial officer"
        assert all(boss.entity == person.entity for boss in seen if boss.level < 5)
        limits = [boss.limit_minor for boss in seen if boss.limit_minor is not None]
        assert limits == sorted(limits)


@pytest.mark.requirement("R03.04")
def test_approval_chain_ends_with_the_first_sufficient_limit() -> None:
    """Everybody below the limit signs too; above all limits the group CFO ends the chain."""
    staff = COMPANY.requester("US01", "somebody", Shape(signers=Signers(1, delegated=False)))
    chains = [COMPANY.approval_chain(staff, amount) for amount in (500_000, 500_001, 60_000_000)]
    assert [len(chain) for chain in chains] == [1, 2, 5]
    assert chains[2][-1].limit_minor is None
    assert COMPANY.approval_chain(chains[2][-1], 1) == ()


@pytest.mark.requirement("R01.11", "R02.09")
def test_no_system_holds_the_ids_of_another() -> None:
    """The crosswalks are the only bridge: a projection contains no text that is an id elsewhere."""
    ids = {
        name: {getattr(record, name) for record in (*COMPANY.employees, *COMPANY.suppliers, *COMPANY.cost_centers) if hasattr(record, name)}
        for name in ("procurement_id", "expense_id", "erp_id")
    }
    projections = {
        "procurement_id": procurement_master(COMPANY),
        "expense_id": expense_master(COMPANY),
        "erp_id": erp_master(COMPANY),
    }
    for name, projection in projections.items():
        foreign = set().union(*(found for other, found in ids.items() if other != name))
        assert foreign & texts_in(projection) == set()
    assert set().union(*ids.values()) & texts_in(planning_master(COMPANY)) == set()


def texts_in(value: Any) -> set[str]:
    """Every text inside a value."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*(texts_in(key) | texts_in(item) for key, item in value.items()))
    if is_dataclass(value):
        return set().union(*(texts_in(getattr(value, each.name)) for each in fields(value)))
    if isinstance(value, tuple | list | set | frozenset):
        return set().union(set(), *(texts_in(item) for item in value))
    return set()


HEADERS = {
    "suppliers.csv": "procurement_supplier_id,erp_vendor_id,erp_company_code,portal_account",
    "cost_centers.csv": "procurement_cost_center,expense_cost_object,erp_cost_center,erp_company_code",
    "purchase_categories.csv": "procurement_category,erp_gl_account,valid_from,valid_to",
    "expense_categories.csv": "erp_company_code,expense_category,erp_gl_account,valid_from,valid_to",
    "entities.csv": "entity,procurement_legal_entity,expense_entity_code,erp_company_code,currency,expense_route",
    "employees.csv": "procurement_user_id,expense_login,erp_personnel_no,erp_company_code",
    "accounts.csv": "purpose,erp_gl_account",
    "projects.csv": "procurement_project,erp_project,erp_company_code",
    "planning_entities.csv": "planning_entity,erp_company_code,fiscal_year_starts",
    "planning_nodes.csv": "planning_node,erp_cost_center,erp_company_code",
    "planning_consumption.csv": "erp_account_group,planning_account",
    "planning_accounts.csv": "planning_account,erp_account_group",
    "tax_codes.csv": "procurement_tax_code,erp_tax_code,erp_company_code,rate_percent,recoverable_percent,self_assessed",
    "bank_accounts.csv": "erp_company_code,bank_account,currency",
}


@pytest.mark.requirement("R02.01", "R02.09")
def test_crosswalks_are_written_as_the_contract_says(tmp_path: Path) -> None:
    """One file per kind, with the header that connectors rely on, minted objects included."""
    COMPANY.write_mappings(tmp_path / "mappings")
    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "mappings").iterdir()}
    assert {name: text.splitlines()[0] for name, text in written.items()} == HEADERS
    rows = list(csv.DictReader(io.StringIO(written["cost_centers.csv"])))
    assert len(rows) == len(COMPANY.cost_centers)
    assert COMPANY.minted_cost_center("JP01", 2).erp_id in {row["erp_cost_center"] for row in rows}


@pytest.mark.requirement("R07.07")
def test_mapping_rules_have_versions() -> None:
    """Training was booked to services until the end of 2025 and has an account of its own since."""
    rules = [row.split(",") for row in COMPANY.mappings()["purchase_categories.csv"].splitlines()]
    assert [rule[1:] for rule in rules if rule[0] == "TRAINING"] == [["5300", "", "2025-12-31"], ["5320", "2026-01-01", ""]]


@pytest.mark.requirement("R06.15")
def test_rules_change_among_the_days_of_a_run() -> None:
    """A rule that changed long ago tells nobody whether its day was looked at: the standard scenario crosses the end of October, and what
    is claimed was spent in the two weeks before, or a month before that."""
    days = {rule.valid_from for rule in (*chart.PURCHASE_CATEGORIES, *chart.EXPENSE_CATEGORIES)} - {None, chart.REMAP_DAY}
    assert days == {date(2026, 11, 1), date(2026, 10, 21)}


def test_asking_for_more_than_was_minted_says_so() -> None:
    """The message names how many there are and what to do."""
    with pytest.raises(IndexError, match=r"number 3 of 3 minted; generate the company with a larger `minted`"):
        COMPANY.minted_supplier("US01", 3)


def test_a_draft_is_a_function_of_its_key() -> None:
    """The same transaction gets the same document, another one another."""
    drafts = [COMPANY.draft_requisition("DE01", key, 12_345) for key in ("p2p-1", "p2p-1", "p2p-2")]
    assert drafts[0] == drafts[1]
    assert drafts[0].body != drafts[2].body


def test_who_keyed_an_invoice_takes_no_goods_of_the_order_that_it_names_later() -> None:
    """A corrected invoice keeps its clerk, whatever else is drawn anew; goods that the clerk had received could be billed by nobody."""
    took = 0
    for number in range(200):
        first = COMPANY.draft_invoice("JP01", f"bill-{number}", 98_000)
        clerk = next(person for person in COMPANY.employees if person.procurement_id == first.actor)
        corrected = COMPANY.draft_invoice("JP01", f"bill-{number}/corrected", 98_000, author=first.actor)
        receivers = {step.actor for step in corrected.before if step.point == "erp.gr.enter"}
        took += len(receivers)
        assert corrected.actor == first.actor
        assert clerk.erp_id not in receivers
    assert took > 100


def test_a_draft_takes_minted_objects_and_says_their_erp_ids() -> None:
    """Who binds an experiment to its minted objects gets the ERP's ids for it."""
    company: Company = COMPANY
    supplier, center = company.minted_supplier("US01", 0), company.minted_cost_center("US01", 1)
    draft = company.draft_requisition("US01", "p2p-9", 1, supplier=supplier, cost_center=center)
    assert draft.keys == (("supplier", supplier.erp_id), ("cost_center", center.erp_id))
    assert draft.body["supplierId"] == supplier.procurement_id
    assert [line["costCenter"] for line in draft.body["lines"]] == [center.procurement_id]
