"""docs/scenarios.md from scenarios/*.yaml and the schema of a scenario."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from contracts.catalog import Catalog
from harness.docs.markdown import code, codes, page, table
from harness.scenario import Business, Limits, Lists, Scenario, Tokens, Volume, Waits, load_scenario, scenario_names

SCHEMA = Path(__file__).parents[2] / "contracts" / "schemas" / "scenario.schema.json"
LEAD = """A scenario is one YAML file: which flows, entities and faults, how many transactions, how long to wait, and what a verdict
needs. Use one by name
(`dryclose verify --scenario smoke`) or by path (`--scenario ./mine.yaml`). A mistake names file and line and says what would be valid."""
CANARIES = """A scenario with `expect` is a **canary**: it brings a connector that is wrong on purpose, and it must fail as stated. A
canary that passes means
that dryclose is blind, which is an internal error (exit code 4)."""


def scenarios_page(catalog: Catalog) -> str:
    """The page."""
    found = [load_scenario(name, catalog) for name in scenario_names()]
    return page(
        "Scenarios",
        "`scenarios/*.yaml`, `contracts/schemas/scenario.schema.json`",
        LEAD,
        table(("name", "what it is", "faults"), ((code(one.name), one.title, str(len(one.faults))) for one in found)),
        *(_scenario(one, catalog) for one in found),
        f"## Canaries\n\n{CANARIES}",
        "## What a scenario can say\n\nEvery field has a default; unknown fields are refused.",
        table(("field", "type", "default", "meaning"), _fields(json.loads(SCHEMA.read_text("utf-8")))),
    )


def _scenario(one: Scenario, catalog: Catalog) -> str:
    everything = len(one.faults) == len(catalog.faults)
    facts = [
        ("flows", codes(one.flows)),
        ("entities", ", ".join(one.entities)),
        ("faults", "all" if everything else codes(catalog.faults[fault].name for fault in one.faults) or "none"),
        ("must have been examined", ", ".join(one.require) or "nothing in particular"),
    ]
    if one.connector:
        facts.append(("brings its own connector", code("/".join(one.connector.parts[-4:]))))
    if one.expect:
        facts.append(("must end with", f"exit code {one.expect.exit_code}, {', '.join(one.expect.invariants)}"))
    facts += [(f"{part}.{name}", str(value)) for part, name, value in _changed(one)]
    return f"## {one.name}\n\n{_comment(one.path)}\n\n{table(('', ''), facts)}"


def _changed(one: Scenario) -> Iterator[tuple[str, str, object]]:
    """Settings that differ from the defaults."""
    for part, value, default in (
        ("volume", one.volume, Volume()),
        ("waits", one.waits, Waits()),
        ("limits", one.limits, Limits()),
        ("business", one.business, Business()),
        ("tokens", one.tokens, Tokens()),
        ("lists", one.lists, Lists()),
    ):
        usual: Mapping[str, object] = asdict(default)
        for name, setting in asdict(value).items():
            if setting != usual[name]:
                yield part, name, setting


def _comment(path: Path) -> str:
    """The comment at the top of the file."""
    lines = []
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines)


def _fields(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, ...]]:
    for name, entry in schema.get("properties", {}).items():
        kind = entry.get("type", "")
        default = code(json.dumps(entry["default"])) if "default" in entry else ""
        items = entry.get("items", {})
        choices = entry.get("enum") or items.get("enum")
        meaning = "; ".join(
            part for part in (entry.get("description", ""), f"one of {codes(map(str, choices))}" if choices else "") if part
        )
        shown = f"array of {items.get('type', 'values')}" if kind == "array" else "/".join(kind) if isinstance(kind, list) else kind
        yield code(prefix + name), shown, default, meaning
        yield from _fields(entry, f"{prefix}{name}.")
