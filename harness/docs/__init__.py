"""The pages of docs/ and the OpenAPI and AsyncAPI documents of contracts/, generated from the registries that the program itself runs by.

`python -m harness.docs` writes them, `python -m harness.docs --check` only says which ones differ (exit 1).
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.catalog import Catalog, load_catalog
from harness.docs.asyncapi import asyncapi_document
from harness.docs.cli import cli_page
from harness.docs.documents import documents_page
from harness.docs.faults import faults_page
from harness.docs.flows import flows_page
from harness.docs.history import history_page
from harness.docs.invariants import invariants_page
from harness.docs.picture import with_picture
from harness.docs.provider_states import provider_states_page
from harness.docs.run_directory import run_directory_page
from harness.docs.scenarios import scenarios_page
from harness.stage.openapi_documents import openapi_documents

ROOT = Path(__file__).parents[2]
DOCS = "docs"
ARCHITECTURE = "ARCHITECTURE.md"  # by hand, but for its picture
OPENAPI = "contracts/openapi"
ASYNCAPI = "contracts/asyncapi"

PAGES: Mapping[str, Callable[[Catalog], str]] = {
    "flows": flows_page,
    "documents": documents_page,
    "faults": faults_page,
    "invariants": invariants_page,
    "history": history_page,
    "scenarios": scenarios_page,
    "cli": cli_page,
    "run-directory": run_directory_page,
    "provider-states": provider_states_page,
}


def pages() -> dict[str, str]:
    """The text of every generated page by its path in the project."""
    catalog = load_catalog()
    found = {f"{DOCS}/{name}.md": page(catalog) for name, page in PAGES.items()}
    return {**found, ARCHITECTURE: with_picture((ROOT / ARCHITECTURE).read_text("utf-8"), catalog)}


def contract_files() -> dict[str, str]:
    """The OpenAPI document of every system, and the AsyncAPI document of the events, by path. Opens a world for a moment."""
    found = openapi_documents()
    files = {f"{OPENAPI}/{name}.json": document for name, document in found.items()}
    files[f"{ASYNCAPI}/events.json"] = asyncapi_document(load_catalog(), found)
    return {path: json.dumps(document, indent=1, ensure_ascii=False) + "\n" for path, document in files.items()}


def differing(files: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """Paths whose file is missing or is not as generated."""
    return [path for path, content in files.items() if not (root / path).is_file() or (root / path).read_text("utf-8") != content]


def write(files: Mapping[str, str], root: Path = ROOT) -> None:
    """Write every file that differs."""
    for path in differing(files, root):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files[path], "utf-8")
