"""The answer in one look: the verdict, what was tested, what is at risk, why the process ended with its code, what to do next."""

from dataclasses import dataclass

from reports.fields import Record, count, number, rows, table, text, texts, whole
from reports.money import amounts_text, at_risk
from reports.reading import RunFiles
from reports.words import EXIT_WHY, RUN_WORD, TIMES


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name and a remark."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """verdict: pass, fail, inconclusive, error or incomplete. `tone` chooses the colour. told: what was not tested, and the like."""

    verdict: str
    word: str
    title: str
    tested: str
    exit_code: int | None
    exit_why: str
    money: str
    reasons: tuple[str, ...]
    told: tuple[str, ...]
    figures: tuple[Figure, ...]


def name_of(record: Record, member: str) -> str:
    """`connector` and `scenario` are a name, or an object that has one."""
    return text(table(record, member), "name") or text(record, member)


def verdict_of(verdict: Record | None) -> str:
    """One of pass, fail, inconclusive, error; anything else is an error of the judge; no verdict is incomplete."""
    if verdict is None:
        return "incomplete"
    stated = text(verdict, "verdict")
    return stated if stated in RUN_WORD else "error"


def exit_code_of(verdict: Record) -> int:
    """The stated exit code; a verdict that states none was not made by a working judge (4)."""
    code = verdict.get("exit_code")
    return code if isinstance(code, int) and not isinstance(code, bool) else 4


def straight_through_of(verdict: Record) -> tuple[int, int]:
    """Posted without parking, and expected to be posted. Not the sum of the families: one transaction may meet two of them."""
    total = table(verdict, "straight_through").get("all")
    return (whole(total, "posted"), whole(total, "expected")) if isinstance(total, dict) else (0, 0)


def headline(files: RunFiles) -> Headline:
    """The banner of the page."""
    verdict = files.verdict
    if verdict is None:
        return _without_verdict(files)
    kind = verdict_of(verdict)
    code = exit_code_of(verdict)
    return Headline(
        verdict=kind,
        word=RUN_WORD[kind],
        title=title_of(verdict),
        tested=tested_sentence(verdict),
        exit_code=code,
        exit_why=EXIT_WHY.get(code, "this code is not known to this version"),
        money=amounts_text(at_risk(verdict)),
        reasons=tuple(texts(verdict, "reasons")),
        told=tuple(texts(verdict, "told")),
        figures=_figures(verdict, files.manifest),
    )


def title_of(verdict: Record) -> str:
    """What happened, in one sentence with the connector as its subject."""
    name = name_of(verdict, "connector") or "The connector"
    kind = verdict_of(verdict)
    counts = table(verdict, "experiments")
    total, failed = whole(counts, "total"), whole(counts, "fail")
    if kind == "pass":
        rest = total - whole(counts, "pass")
        if rest > 0:
            return f"{name} ended all {count(total - rest, 'judged transaction')} as it should; {rest:,} more say nothing."
        return f"{name} ended every one of {count(total, 'transaction')} as it should."
    if kind == "fail":
        return f"{name} went wrong in {failed:,} of {count(total, 'transaction')}." if failed else f"{name} broke a rule of the whole run."
    if kind == "inconclusive" and failed:
        return f"{name} was not judged to the end, but {failed:,} of {count(total, 'transaction')} already went wrong."
    if kind == "inconclusive":
        return f"{name} was not proven right or wrong: the evidence of {count(total, 'transaction')} is not enough."
    return f"{name} was not judged."


def tested_sentence(verdict: Record) -> str:
    """What was looked at: transactions, flows, faults, call points, scenario, seed."""
    matrix = [cell for cell in rows(table(verdict, "coverage"), "matrix") if whole(cell, "planned")]
    flows = {text(row, "flow") for row in rows(verdict, "by_experiment")} - {""}
    faults, points = {text(cell, "fault_id") for cell in matrix}, {text(cell, "call_point") for cell in matrix}
    total = whole(table(verdict, "experiments"), "total")
    parts = [f"{count(total, 'transaction')} in {count(len(flows), 'flow')}"]
    if matrix:
        parts.append(f"{count(len(faults), 'kind')} of fault at {count(len(points), 'place')}")
    scenario = name_of(verdict, "scenario")
    tail = [f"scenario {scenario}"] if scenario else []
    tail += [f"seed {text(verdict, 'seed')}"] if text(verdict, "seed") else []
    return ", ".join(parts) + (f" ({', '.join(tail)})" if tail else "") + "."


def _figures(verdict: Record, manifest: Record) -> tuple[Figure, ...]:
    counts, cells, figures = table(verdict, "experiments"), table(table(verdict, "coverage"), "cells"), table(verdict, "figures")
    unsettled = {name: whole(counts, name) for name in ("void", "inconclusive", "contaminated")}
    said = ", ".join(f"{amount:,} {name}" for name, amount in unsettled.items() if amount)
    failing = len({text(v, "txn_id") for v in rows(verdict, "violations")} - {""})
    found = [
        Figure(f"{whole(counts, 'total'):,}", "experiments", said or "every one judged"),
        Figure(f"{whole(counts, 'pass'):,}", "passed"),
        Figure(
            f"{whole(counts, 'fail'):,}",
            "failed",
            f"{count(len(rows(verdict, 'violations')), 'violation')} in {count(failing, 'transaction')}" if failing else "",
        ),
        Figure(f"{whole(cells, 'judged'):,} / {whole(cells, 'applicable'):,}", "cells judged", f"call point {TIMES} fault that applies"),
    ]
    duration = number(figures, "duration_s")
    if duration is not None:
        found.append(Figure(f"{duration:,.0f} s", "duration", _rate(figures, table(manifest, "figures"))))
    return tuple(found)


def _rate(figures: Record, measured: Record) -> str:
    """Speed inside the waves as the harness measured it, else over the whole run as the history shows it."""
    inside = number(measured, "experiments_per_s_in_waves")
    rate = inside if inside is not None else number(figures, "experiments_per_s")
    if rate is None:
        return ""
    return f"{rate:,.{0 if rate >= 10 else 1}f} experiments a second{' in the waves' if inside is not None else ''}"


def _without_verdict(files: RunFiles) -> Headline:
    status, why = text(files.manifest, "status"), text(files.manifest, "why")
    said = f"The run is marked {status}." if status else "Nothing says how far the run came."
    said = f"The run {status}: {why.rstrip('.')}." if status and why else said
    planned = len(rows(files.plan, "experiments"))
    return Headline(
        verdict="incomplete",
        word=RUN_WORD["incomplete"],
        title="This run has no verdict, so it says nothing about the connector yet.",
        tested=f"{said} {count(planned, 'experiment')} had been planned." if planned else said,
        exit_code=None,
        exit_why="",
        money="",
        reasons=(*files.problems, f"If a history was written, `dryclose judge {files.path}` judges it as far as it goes."),
        told=(),
        figures=(),
    )
