"""report.html: one self-contained page. Nothing is fetched, nothing is needed but a browser; the script only adds comfort."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from contracts.catalog import Catalog, load_catalog
from reports.cases import Cases, cases
from reports.closing import closing_section
from reports.facts import Fact, Table, facts, table_of
from reports.fields import Record, clean, clip, percent, rows, table, text, texts, whole
from reports.flows import Evidence, chains, evidence, flow_lines
from reports.headline import headline, name_of
from reports.load import load_section
from reports.matrix import grids, legend, not_applicable
from reports.money import amounts_of, amounts_text
from reports.reading import RunFiles, read_run, write_whole
from reports.templating import TEMPLATES, digest, report_environment
from reports.walks import walks
from reports.words import FAMILY_WORD, GLYPH, OUTCOME_WORD, STATUS_WORD, whose, word

EXPERIMENTS_MAX = 2_000
_STATUS_ORDER = ("violated", "error", "warned", "vacuous", "ok", "not_applicable")


@dataclass(frozen=True, slots=True)
class InvariantLine:
    """One row of the table of invariants."""

    id: str
    title: str
    family: str
    severity: str
    status: str
    label: str
    required: bool
    candidates: int
    violations: int
    money: str
    error: str
    whose: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a small chart: `share` is the part of the full width, 0 to 100."""

    label: str
    value: str
    share: int


@dataclass(frozen=True, slots=True)
class ExperimentLine:
    """One row of the table of all experiments."""

    txn_id: str
    link: str
    template: str
    wave: str
    role: str
    plan: str
    verdict: str
    glyph: str
    outcome: str
    why: str
    solo: str


def write_report(run_dir: Path, catalog: Catalog | None = None) -> Path:
    """Write report.html into the run directory and return its path. Raises ReportError.

    Works on every run directory: without verdict.json the page says that, and what is known.
    catalog: what the run was played by; absent: the catalogue that ships.
    """
    return write_whole(run_dir / "report.html", render(read_run(run_dir), catalog or load_catalog()))


def render(files: RunFiles, catalog: Catalog) -> str:
    """The page as text."""
    style, script = (TEMPLATES / "report.css").read_text("utf-8"), (TEMPLATES / "report.js").read_text("utf-8")
    policy = f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; base-uri 'none'; form-action 'none'"
    # The two files are ours and must reach the browser byte by byte, or their digests would not match.
    page = report_environment().get_template("report.html.j2")
    return page.render(**_context(files, catalog), style=Markup(style), script=Markup(script), policy=policy)  # noqa: S704


def _context(files: RunFiles, catalog: Catalog) -> dict[str, Any]:
    verdict = files.verdict or {}
    found = cases(verdict, catalog)
    return {
        "closing": closing_section(files.closing, verdict, catalog),
        "walks": walks(files.closing, verdict, catalog),
        "run": files,
        "name": name_of(verdict, "connector") or name_of(files.manifest, "connector") or "connector",
        "banner": headline(files),
        "load": load_section(files.load),
        "cases": found,
        "grids": grids(verdict, catalog, found.links),
        "legend": legend(verdict),
        "not_applicable": not_applicable(verdict),
        "flows": flow_lines(verdict, catalog),
        "chains": chains(verdict),
        "coverage": _coverage_bars(verdict),
        "sentence": text(table(verdict, "coverage"), "sentence"),
        "invariants": _invariants(verdict),
        "rates": _rates(verdict),
        "experiments": _experiments(verdict, found),
        "experiments_left_out": max(0, len(rows(verdict, "by_experiment")) - EXPERIMENTS_MAX),
        "limits": "\n".join(texts(verdict, "limits_of_a_pass")),
        "sections": _sections(files),
        "notes": texts(table(files.manifest, "figures"), "notes"),
    }


def _coverage_bars(verdict: Record) -> tuple[Bar, ...]:
    cells = table(table(verdict, "coverage"), "cells")
    applicable = whole(cells, "applicable")
    if not applicable:
        return ()
    steps = ("applicable", "planned", "fired", "judged")
    return tuple(
        Bar(
            name,
            f"{whole(cells, name):,}" + (f" · {percent(whole(cells, name), applicable)}" if name != "applicable" else ""),
            _share(whole(cells, name), applicable),
        )
        for name in steps
    )


def _rates(verdict: Record) -> tuple[Bar, ...]:
    families = {name: row for name, row in table(verdict, "straight_through").items() if isinstance(row, dict)}
    return tuple(
        Bar(
            FAMILY_WORD.get(name, word(clean(name))),
            f"{whole(row, 'posted'):,} of {whole(row, 'expected'):,} · {percent(whole(row, 'posted'), whole(row, 'expected'))}",
            _share(whole(row, "posted"), whole(row, "expected")),
        )
        for name, row in families.items()
    )


def _share(part: int, of: int) -> int:
    return max(0, min(100, part * 100 // of)) if of else 0


def _invariants(verdict: Record) -> tuple[InvariantLine, ...]:
    found = [
        InvariantLine(
            id=text(row, "id"),
            title=text(row, "title"),
            family=text(row, "family"),
            severity=text(row, "severity"),
            status=text(row, "status", "error"),
            label=STATUS_WORD.get(text(row, "status"), text(row, "status", "no status")),
            required=row.get("required") is True,
            candidates=whole(row, "candidates"),
            violations=whole(row, "violations"),
            money=amounts_text(amounts_of(row, "money")),
            error=clip(text(row, "error"), 400),
            whose=whose(text(row, "origin")),
            evidence=evidence(row),
        )
        for row in rows(verdict, "invariants")
    ]
    return tuple(sorted(found, key=lambda line: (_STATUS_ORDER.index(line.status) if line.status in _STATUS_ORDER else 1, line.id)))


def _experiments(verdict: Record, found: Cases) -> tuple[ExperimentLine, ...]:
    anchors = {card.txn_id: card.anchor for card in found.cards}
    return tuple(
        ExperimentLine(
            txn_id=text(row, "txn_id"),
            link=anchors.get(text(row, "txn_id"), ""),
            template=text(row, "template"),
            wave=text(row, "wave"),
            role=text(row, "role"),
            plan=clip(text(row, "plan"), 240),
            verdict=word(text(row, "verdict", "no verdict")),
            glyph=GLYPH.get(text(row, "verdict"), "?"),
            outcome=OUTCOME_WORD.get(text(row, "outcome"), text(row, "outcome")),
            why=clip(text(row, "why"), 240),
            solo=text(row, "solo"),
        )
        for row in rows(verdict, "by_experiment")[:EXPERIMENTS_MAX]
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list of facts, perhaps with a table."""

    id: str
    title: str
    lead: str
    facts: tuple[Fact, ...]
    table: Table | None = None


def _sections(files: RunFiles) -> tuple[Section, ...]:
    """What surrounds the verdict: parking, interference, noise, figures, environment. Empty ones are left out."""
    verdict, manifest = files.verdict or {}, files.manifest
    interference = table_of(table(verdict, "interference"), "wave")
    found = (
        Section("parking", "Parked items", _PARKING, facts(table(verdict, "parking"))),
        Section("interference", "Interference", _INTERFERENCE, () if interference else facts(table(verdict, "interference")), interference),
        Section("noise", "Noise of the environment", _NOISE, facts(table(verdict, "noise"))),
        Section("waves", "Waves", _WAVES, (), table_of(table(table(manifest, "figures"), "waves"), "wave")),
        Section("figures", "Figures", "", facts({**table(manifest, "figures"), **table(verdict, "figures")}, without=("waves", "notes"))),
        Section("drawn", "Drawn options", "What the seed decided for this run.", facts(table(manifest, "drawn_options"))),
        Section("connector", "The connector as declared", "What is not declared is not assumed.", facts(table(manifest, "connector"))),
        Section("scenario", "Scenario", "", facts(table(manifest, "scenario"))),
        Section("environment", "Environment", "", facts(manifest, without=_SHOWN_ELSEWHERE)),
    )
    return tuple(section for section in found if section.facts or section.table)


_SHOWN_ELSEWHERE = ("figures", "drawn_options", "connector", "scenario", "schema", "rules")
_PARKING = "A parked item is neither lost nor wrong as long as the connector names it, says why, and posts it once when it is driven again."
_INTERFERENCE = "Fault-free controls ran among the faulted transactions. Where they suffered too, the wave is contaminated."
_WAVES = "Experiments run in waves, one family of faults at a time, with fault-free controls among them."
_NOISE = "The fault-free baseline ran twice; this is by how much the two differed."
