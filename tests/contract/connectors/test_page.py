"""docs/connector-contract.md says what is true: codes, events, manifest fields, variables, commands, and a connector that runs."""

import ast
import dataclasses
import sys
import tomllib

from click.testing import CliRunner

from harness.commands import cli
from harness.manifest import Manifest, Parked, Paths, Redrive, contract_variables, load_manifest
from tests.contract.connectors.page import PAGE, fenced, files_in_page, with_errors
from tests.shipped import CATALOG

TEXT = PAGE.read_text("utf-8")


def example_manifest() -> str:
    """The manifest that shows every field."""
    return next(block for block in fenced(TEXT, "toml") if "[paths]" in block)


def test_the_error_table_is_the_catalogue() -> None:
    """Every code that a mock may answer is in the page, with what to do; `python -m tests.contract.connectors.page` writes it."""
    assert with_errors(TEXT, CATALOG) == TEXT


def test_every_event_is_explained() -> None:
    """Each event type has a row with each member of its data."""
    for event in CATALOG.events.values():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{event.type}`"))
        members = row if event.type != "posting.rejected" else row + "job_id document_type document_number external_ref status"
        assert [name for name in event.data if name not in members] == []


def test_the_example_manifest_is_valid_and_shows_every_field(tmp_path) -> None:
    """A reader who copies it gets no complaint, and nothing that a manifest may say is missing."""
    (tmp_path / "connector.toml").write_text(example_manifest(), "utf-8")
    load_manifest(tmp_path / "connector.toml", CATALOG)
    for kind in (Manifest, Paths, Parked, Redrive):
        missing = [field.name for field in dataclasses.fields(kind) if field.name not in example_manifest()]
        assert missing == [] or (kind is Manifest and missing == ["path"])


def test_the_numbers_of_the_example_manifest_are_the_defaults() -> None:
    """Where the page shows a number, it is what one gets without saying it."""
    shown = tomllib.loads(example_manifest())
    defaults = {field.name: field.default for field in dataclasses.fields(Manifest)}
    numbers = {name: value for name, value in shown.items() if isinstance(value, int)}
    assert len(numbers) >= 8
    assert numbers == {name: defaults[name] for name in numbers}


def test_every_variable_is_explained() -> None:
    """What the harness puts into the environment is in the table."""
    assert [name for name in contract_variables(CATALOG) if f"`{name}`" not in TEXT] == []


def test_every_call_point_of_a_connector_is_shown() -> None:
    """Each operation that the flows may use appears with its path."""
    paths = ["/api/v1/requisitions", "/order", "/refusal", "/v2/reports", "/posting", "/suppliers/", "/coding-combinations"]
    paths += ["/purchase-orders", "/cancel", "/ap-invoices", "/void", "/journal-entries", "/reverse", "/jobs/", "external_ref="]
    paths += ["/api/v1/receipts", "/goods-receipts", "/api/v1/invoices", "/supplier-invoices"]
    paths += ["/plans/v1/budgets", "/publication", "/budget-versions"]
    paths += ["/api/v1/supplier-requests", "/vendor\n", "/v1/checks", "/vendors", "/deactivate"]
    paths += ["/payment-runs", "/file", "/v1/payment-files", "/bank-status", "messageId="]
    paths += ["/invoice-payments", "erpInvoiceNumber=", "/payment\n", "account_id="]
    paths += ["/master-records", "/api/v1/master-data/", "/v1/master-data/", "/plans/v1/master-data/"]
    paths += ["/budget-statements", "/plans/v1/consumption"]
    paths += ["{HR_URL}/v1/employees", "{EXPENSE_URL}/v1/employees/", "/api/v1/employees/"]
    assert [path for path in paths if path not in TEXT] == []


def test_options_of_the_command_line_exist() -> None:
    """The options that the page names are options of `up` and `verify`."""
    for command in ("up", "verify"):
        text = CliRunner().invoke(cli, [command, "--help"]).output
        assert [name for name in ("--port-base", "--host", "--public-host", "--callback-host", "--seed") if name not in text] == []


def test_the_minimal_connector_needs_nothing_but_python() -> None:
    """It imports the standard library only."""
    tree = ast.parse(files_in_page(TEXT)["minimal.py"])
    names = {alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {(node.module or "").partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


def test_links_within_the_page_lead_somewhere() -> None:
    """Every anchor is the anchor of a heading."""
    headings = [line.lstrip("# ").strip() for line in TEXT.splitlines() if line.startswith("#")]
    anchors = {"".join(c for c in heading.lower() if c.isalnum() or c in " -").replace(" ", "-") for heading in headings}
    used = {part.split(")")[0] for part in TEXT.split("](#")[1:]}
    assert used - anchors == set()
