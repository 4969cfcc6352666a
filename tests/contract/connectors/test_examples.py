"""The example connectors stand alone: standard library only, nothing of ours, and `connector check` agrees with what they claim."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.manifest import load_manifest
from tests.contract.connectors.page import PAGE, files_in_page
from tests.scenario.running import run
from tests.shipped import CATALOG

EXAMPLES = Path(__file__).parents[3] / "examples" / "connectors"
NAMES = ("careful", "naive", "nodejs")
PYTHON = ("careful", "naive")
NODE = shutil.which("node")


def run_check(manifest: Path) -> subprocess.CompletedProcess[str]:
    """`dryclose connector check` in a process of its own."""
    return run("connector", "check", manifest, timeout_s=120)


@pytest.mark.parametrize("name", PYTHON)
def test_example_imports_nothing_of_ours(name) -> None:
    """Whoever copies the folder has a working connector."""
    own = {path.stem for path in (EXAMPLES / name).glob("*.py")}
    for path in (EXAMPLES / name).glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        imported = {alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {(node.module or "").partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert imported - own <= sys.stdlib_module_names


def test_the_node_example_imports_nothing_but_node() -> None:
    """What comes with Node.js, and its own files: nothing is to be installed."""
    folder = EXAMPLES / "nodejs"
    files = sorted(folder.glob("*.mjs"))
    imported = {name for path in files for name in re.findall(r'\bfrom "([^"]+)"', path.read_text("utf-8"))}
    assert {"node:http", "node:crypto"} <= imported
    assert {name for name in imported if not name.startswith("node:")} <= {f"./{path.name}" for path in files}
    assert {path.name for path in folder.iterdir()} == {"README.md", "connector.toml", *(path.name for path in files)}


@pytest.mark.parametrize("name", NAMES)
def test_example_has_manifest_and_readme(name) -> None:
    """Each folder is complete."""
    assert all(load_manifest(path, CATALOG).flows for path in (EXAMPLES / name).glob("*.toml"))
    assert load_manifest(EXAMPLES / name / "connector.toml", CATALOG).command
    assert (EXAMPLES / name / "README.md").read_text("utf-8").startswith("# ")


def test_careful_passes_the_check() -> None:
    """Every point of the contract is met."""
    done = run_check(EXAMPLES / "careful" / "connector.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 wrong, 0 to improve" in done.stdout


def test_naive_fails_the_check_for_its_own_reasons() -> None:
    """Forged events and the missing key are named, with what to try."""
    done = run_check(EXAMPLES / "naive" / "connector.toml")
    assert done.returncode == 1, done.stdout + done.stderr
    for words in (
        "anybody could make it post",
        "without external_ref and without Idempotency-Key",
        "documents were made for one approval",
    ):
        assert words in done.stdout


def test_the_minimal_connector_of_the_page_passes_the_check(tmp_path) -> None:
    """A reader who copies the two files has a connector that works."""
    for name, content in files_in_page(PAGE.read_text("utf-8")).items():
        (tmp_path / name).write_text(content, "utf-8")
    done = run_check(tmp_path / "connector.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "created with external_ref" in done.stdout


def test_careful_takes_receipts_too() -> None:
    """With the manifest that declares that flow too: each of them ends with what is due, in each entity."""
    manifest = EXAMPLES / "careful" / "with-receipts.toml"
    assert "receipt-to-grir" in load_manifest(manifest, CATALOG).flows
    done = run_check(manifest)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "procurement.receipt.read > erp.po.read > erp.gr.create > procurement.receipt.record_posting" in done.stdout
    assert "0 wrong, 0 to improve" in done.stdout


@pytest.mark.skipif(not NODE, reason="no node on the PATH, which the example in JavaScript is started with")
def test_the_node_connector_passes_the_check() -> None:
    """Another language and another design: onboarding, receipts and invoices end with what is due, in each entity."""
    manifest = EXAMPLES / "nodejs" / "connector.toml"
    assert set(load_manifest(manifest, CATALOG).flows) == {"supplier-onboarding", "receipt-to-grir", "invoice-to-posting"}
    done = run_check(manifest)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "screening.party.check > erp.vendor.create > procurement.supplier_request.record_vendor" in done.stdout
    assert "erp.po.read > erp.gr.create > procurement.receipt.record_posting" in done.stdout
    assert "erp.supplier_invoice.create > procurement.invoice.record_posting" in done.stdout
    assert "0 wrong, 0 to improve" in done.stdout
