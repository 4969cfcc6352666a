"""The pages say what the program does: they are generated from its registries, complete, and their links lead somewhere."""

import re
from pathlib import Path

from harness.docs import ASYNCAPI, OPENAPI, contract_files, differing, pages
from harness.docs.cli import helps
from harness.judge.invariants import load_invariants
from harness.scenario import scenario_names
from tests.shipped import CATALOG

ROOT = Path(__file__).parents[2]
WRITTEN_BY_HAND = {
    *("connector-contract.md", "contracts.md", "demo.md", "extending.md", "fuzzing.md", "load.md", "observability.md"),
    "own-rules.md",
    "requirements-coverage.md",  # tests/repo/test_requirements.py keeps it true
}
STALE = "run `make docs` and commit what it writes"


def test_every_page_is_as_generated() -> None:
    """A generated page equals what the registries say now."""
    assert differing(pages()) == [], STALE


def test_contract_documents_are_what_the_systems_emit() -> None:
    """contracts/openapi holds what /openapi.json of each running system answers, contracts/asyncapi their events, and nothing else."""
    emitted = contract_files()
    assert differing(emitted) == [], STALE
    assert {f"{folder}/{path.name}" for folder in (OPENAPI, ASYNCAPI) for path in (ROOT / folder).glob("*.json")} == set(emitted)


def test_every_page_is_generated_or_known() -> None:
    """No page lies in docs/ that nothing keeps true."""
    generated = {Path(path).name for path in pages() if path.startswith("docs/")}
    assert {path.name for path in (ROOT / "docs").glob("*.md")} == generated | WRITTEN_BY_HAND


def test_everything_that_has_a_name_is_documented() -> None:
    """Every fault, mode, flow, call point, event, invariant, scenario and command stands on its page."""
    catalog, text = CATALOG, pages()
    assert [fault.id for fault in catalog.faults.values() if f"| {fault.id} | `{fault.name}` |" not in text["docs/faults.md"]] == []
    assert [mode.id for fault in catalog.faults.values() for mode in fault.modes if f"`{mode.id}`:" not in text["docs/faults.md"]] == []
    points = [point.id for flow in catalog.flows.values() for point in flow.call_points] + [
        point.id for point in catalog.shared_call_points
    ]
    assert [name for name in [*catalog.flows, *points, *catalog.events] if f"`{name}`" not in text["docs/flows.md"]] == []
    assert [one.id for one in load_invariants() if f"**{one.id}** | {one.title} |" not in text["docs/invariants.md"]] == []
    assert [name for name in scenario_names() if f"\n## {name}\n" not in text["docs/scenarios.md"]] == []
    assert [name for name, _ in helps() if f"\n## {name}\n" not in text["docs/cli.md"]] == []


def test_every_command_and_option_explains_itself() -> None:
    """No command and no option is without help."""
    for name, text in helps():
        options = re.findall(r"^  (--?[a-z][^\n]*)$", text, re.MULTILINE)
        assert [option for option in options if not re.search(r"\S {2,}\S", option) and f"{option}\n       " not in text] == [], name


def test_links_lead_somewhere() -> None:
    """Relative links and anchors of the README and of docs/ exist."""
    broken = []
    for path in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
            file, _, anchor = target.partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            found = (path.parent / file) if file else path
            if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
