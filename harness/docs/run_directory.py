"""docs/run-directory.md from the run directory's own description and the schemas of what lies in it."""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.catalog import Catalog
from harness.docs.markdown import code, fence, page, table
from harness.stage.directory import RunDirectory
from reports import ctrf, junit

HISTORY_YAML = Path(__file__).parents[2] / "contracts" / "history.yaml"
VERDICT_SCHEMA = Path(__file__).parents[2] / "contracts" / "schemas" / "verdict.schema.json"
RECONCILIATION_SCHEMA = VERDICT_SCHEMA.with_name("reconciliation.schema.json")
LEAD = """One run leaves one directory: `runs/<run id>`, or what `--out` names. It is complete in itself: `dryclose judge RUN` computes
the verdict again from the
history (also from a truncated one), `dryclose report RUN` writes the page again, `dryclose replay RUN TXN` runs one transaction again
alone.
Verdicts are computed once and stored; every report only shows them."""
MANIFEST = """`status` is `complete`, `interrupted` or `failed`, with `why`. The file says `interrupted` from the first moment on, so
that a run that is killed leaves a
true one. `rules` names the version of the tables that rules read, and the SHA-256 of every rule, ours (`dryclose`) and yours (`user`),
by id. `connector` holds what was declared (what is not declared was not assumed), `drawn_options` what the seed decided, `restarts`
every restart of the connector."""
RECONCILIATION = """Written beside the verdict, and shown in the report; `dryclose reconcile RUN --at INSTANT` prints the same for
any instant of business time. `contracts/schemas/reconciliation.schema.json` is its JSON Schema. What is compared is declared in
`harness/judge/reconciliations/`, one SQL file each. A break is no violation, and moves no exit code."""
HISTORY = """One append-only, totally ordered log, written only by the world's recorder: NDJSON while running, Parquet at the end (both
stay). Facts only; every derived
notion is a view in `harness/judge/views/`. Columns that are null are left out of the NDJSON. Amounts are whole minor units of
`currency`."""
EXAMPLE = """import duckdb
duckdb.sql("select phase, fault_id, count(*) from 'runs/RUN/history.parquet' where kind = 'fault_fired' group by all order by all")"""
OTHERS = (
    ("junit.xml", "the same for CI servers that read JUnit"),
    ("ctrf.json", "the same in the Common Test Report Format"),
    (
        "redrive.json",
        "of `dryclose redrive-check`: each proof with its items (`contracts/schemas/redrive.schema.json`)",
    ),
    ("load.json", "of `dryclose load`: rates, latencies, limits (`contracts/schemas/load.schema.json`)"),
    ("load/", "of `dryclose load`: what the senders played and measured, Locust's own page and log"),
)


def run_directory_page(catalog: Catalog) -> str:
    """The page."""
    return page(
        "The run directory",
        "`harness/stage/directory.py`, `contracts/schemas/*.schema.json`, `contracts/history.yaml`, `reports/`",
        LEAD,
        table(("file", "what is in it"), _files()),
        f"## manifest.json\n\n{MANIFEST}",
        "## verdict.json\n\nWritten by the judge; `contracts/schemas/verdict.schema.json` is its JSON Schema.",
        table(("member", "type", "meaning"), _members(json.loads(VERDICT_SCHEMA.read_text("utf-8")))),
        f"## reconciliation.json\n\n{RECONCILIATION}",
        table(("member", "type", "meaning"), _members(json.loads(RECONCILIATION_SCHEMA.read_text("utf-8")))),
        f"## history\n\n{HISTORY}\n\n{fence(EXAMPLE, 'python')}",
        table(("kind", "what the row says", "always has"), kind_rows(catalog)),
        table(("column", "SQL type", "remark"), column_rows(catalog)),
        f"## junit.xml\n\n{_about(junit)}",
        f"## ctrf.json\n\n{_about(ctrf)}",
    )


def _about(module: object) -> str:
    return (inspect.getdoc(module) or "").partition("\n\n")[2] or (inspect.getdoc(module) or "")


def _files() -> Iterator[tuple[str, str]]:
    """Every path that a run directory knows, with what its own documentation says."""
    directory = RunDirectory(Path("run"))
    for name, member in vars(RunDirectory).items():
        if isinstance(member, property):
            path: Path = getattr(directory, name)
            yield code(path.name + ("" if path.suffix else "/")), (inspect.getdoc(member) or "").rstrip(".")
    yield from ((code(name), what) for name, what in OTHERS)


def kind_rows(catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """The kinds of rows of a history."""
    for kind, needs in catalog.history.kinds.items():
        yield code(kind), catalog.history.docs.get(kind, ""), ", ".join(needs)


def column_rows(catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """The columns with the comments that stand behind them in the file."""
    remarks = dict(re.findall(r"^  (\w+): [A-Z]+ +# (.+)$", HISTORY_YAML.read_text("utf-8"), re.MULTILINE))
    for name, kind in catalog.history.columns.items():
        yield code(name), kind, remarks.get(name, "")


def _members(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, ...]]:
    for name, entry in schema.get("properties", {}).items():
        path = prefix + name
        choices = entry.get("enum") or ([entry["const"]] if "const" in entry else [])
        said = [
            entry.get("description", ""),
            f"one of {', '.join(code('null' if choice is None else str(choice)) for choice in choices)}" if choices else "",
        ]
        yield code(path), _type(entry), "; ".join(part for part in said if part)
        yield from _members(entry, f"{path}.")
        yield from _members(entry.get("items", {}), f"{path}[].")


def _type(entry: Mapping[str, Any]) -> str:
    kind = entry.get("type")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind is None:
        alternatives = entry.get("oneOf") or entry.get("anyOf") or []
        return " or ".join(dict.fromkeys(str(one.get("type", "value")) for one in alternatives))
    return str(kind)
