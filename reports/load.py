"""The load of a run, from load.json: what the page and the terminal say about it."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reports.facts import Table
from reports.fields import Record, count, number, rows, table, text, texts, whole
from reports.load_curves import Curves, curves
from reports.words import DASH, RUN_WORD, TIMES

WIDTH = 100
LABEL = 11
EXIT_WHY: Mapping[int, str] = MappingProxyType(
    {
        0: "every limit held, and every document was posted exactly once",
        1: "a limit of the profile was missed, or a document was not handled right",
        2: "not enough evidence: the generator or the mock was the bottleneck, or the run proves nothing about the connector",
    }
)


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One limit of the profile."""

    name: str
    limit: str
    value: str
    state: str  # held, missed, not tested
    since: str


@dataclass(frozen=True, slots=True)
class LoadSection:
    """Everything that the page shows about a load."""

    verdict: str
    word: str
    title: str
    lead: str
    exit_code: int
    exit_why: str
    reasons: tuple[str, ...]
    rates: Table
    latency: Table
    limits: tuple[LimitLine, ...]
    people: Table
    connector: Table
    drain: tuple[str, ...]
    throttling: tuple[str, ...]
    saturation: tuple[str, ...]
    knee: tuple[str, ...]
    curves: Curves | None
    locust: str


def load_section(load: Record | None) -> LoadSection | None:
    """None when the run was no load."""
    if not load:
        return None
    verdict, profile = text(load, "verdict", "error"), table(load, "profile")
    code = whole(load, "exit_code")
    return LoadSection(
        verdict=verdict,
        word=RUN_WORD.get(verdict, "Error"),
        title=_title(load),
        lead=text(profile, "title"),
        exit_code=code,
        exit_why=EXIT_WHY.get(code, "not known to this version"),
        reasons=tuple(texts(load, "reasons")),
        rates=_rates(table(load, "rates")),
        latency=_latency(table(load, "latency")),
        limits=tuple(_limit(row) for row in rows(load, "limits")),
        people=_people(table(load, "people")),
        connector=_connector(table(load, "connector_calls")),
        drain=tuple(_drain(table(load, "maintenance"))),
        throttling=tuple(_throttling(table(load, "throttling"), attached=load.get("attached") is True)),
        saturation=tuple(_saturation(load)),
        knee=tuple(knee_lines(table(load, "knee"))),
        curves=curves(table(load, "series"), table(load, "maintenance")),
        locust="load/locust.html" if not load.get("knee") else "",
    )


def _title(load: Record) -> str:
    offered, confirmed = (whole(table(table(load, "rates"), "documents"), name) for name in ("offered", "confirmed"))
    name = text(table(load, "profile"), "name")
    return f"{name}: {count(offered, 'document')} offered, {confirmed:,} confirmed"


def shown(value: float | None, unit: str = "") -> str:
    """A measured number for people; a dash when there is none."""
    if value is None:
        return DASH
    amount = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{amount} {unit}".strip()


def _rates(rates: Record) -> Table:
    """Offered and achieved side by side."""
    found = table(rates, "documents")
    lines = (
        ("offered", "offered_per_s", "peak_offered_per_s"),
        ("begun", "achieved_per_s", "peak_achieved_per_s"),
        ("confirmed", "confirmed_per_s", "peak_confirmed_per_s"),
    )
    return Table(
        ("documents", "number", "a second", "most in one second"),
        tuple((name, f"{whole(found, name):,}", shown(number(rates, mean)), shown(number(rates, most))) for name, mean, most in lines),
    )


def _latency(latency: Record) -> Table:
    header = ("approval to confirmed posting", "documents", "p50", "p95", "p99", "most")
    lines = []
    for flow, row in latency.items():
        for name, part in ((flow, row), (f"{flow}, outside maintenance and drain", table(row, "calm"))):
            lines.append((name, f"{whole(part, 'count'):,}", *_percentiles(part)))
    return Table(header, tuple(lines))


def _limit(row: Record) -> LimitLine:
    unit, since = text(row, "unit"), number(row, "since_s")
    return LimitLine(
        name=text(row, "name"),
        limit=shown(number(row, "limit"), unit),
        value=shown(number(row, "value"), unit),
        state="held" if row.get("ok") is True else "missed" if row.get("ok") is False else "not tested",
        since="" if since is None else f"second {since:.0f}",
    )


def _people(people: Record) -> Table:
    header = ("operation of people, from the scheduled time", "calls", "p50", "p95", "p99", "most", "errors")
    return Table(header, tuple(_call_line(op, row, whole(row, "count"), _codes(table(row, "codes"))) for op, row in people.items()))


def _connector(calls: Record) -> Table:
    header = ("call of the connector, time inside the system", "calls", "p50", "p95", "p99", "most", "no success")
    return Table(header, tuple(_call_line(op, row, whole(row, "calls"), _codes(table(row, "statuses"))) for op, row in calls.items()))


def _call_line(name: str, row: Record, calls: int, errors: str) -> tuple[str, ...]:
    return (name, f"{calls:,}", *_percentiles(row), errors)


def _percentiles(row: Record) -> tuple[str, ...]:
    return tuple(shown(number(row, column), "ms") for column in ("p50", "p95", "p99", "max"))


def _codes(codes: Record) -> str:
    return ", ".join(f"{whole(codes, code):,} {TIMES} {code}" for code in codes)


def _drain(window: Record) -> list[str]:
    if not window:
        return []
    drain, recovery = number(window, "drain_s"), number(window, "recovery_s")
    drained = "they were not all worked off" if drain is None else f"the last of them was confirmed {shown(drain, 's')} after its end"
    if not whole(window, "backlog_at_end"):
        drained = "so nothing was drained"
    normal = shown(number(window, "recovered_below_ms"), "ms")
    fast = (
        "no document that was approved later shows when latency was back to normal"
        if recovery is None
        else f"documents approved more than {shown(recovery, 's')} after it took at most {normal}"
    )
    begins, ends = shown(number(window, "begins_s")), shown(number(window, "ends_s"))
    waited = f"{count(whole(window, 'backlog_before'), 'document')} waited when it began, {whole(window, 'backlog_at_end'):,} when it ended"
    return [
        f"{text(window, 'system')} was in maintenance from second {begins} to {ends}.",
        f"{waited}; {drained}.",
        f"Before it p95 was {shown(number(window, 'p95_before_ms'), 'ms')}; {fast}.",
    ]


def _throttling(part: Record, *, attached: bool) -> list[str]:
    answers = whole(part, "answers")
    limit = number(part, "limit_per_s")
    head = "The systems did not limit the connector."
    if limit:
        head = f"The systems let the connector make {shown(limit)} calls a second."
    elif attached:
        head = "How many calls a second the systems of the attached world allow is not known here."
    if not answers:
        return [head, "No call was turned away with 429."]
    obeyed = f"{count(whole(part, 'came_again'), 'call')} came again, {whole(part, 'too_early'):,} of them before Retry-After was over"
    wait = shown(number(table(part, "waited_ms"), "p50"), "ms")
    return [head, f"{count(answers, 'call')} turned away with 429; {obeyed}; p50 of the wait {wait}."]


def _saturation(load: Record) -> list[str]:
    part, found = table(load, "saturation"), []
    for name, label in (("generator_lag_ms", "lag of the generator"), ("world_lag_ms", "lag of the world's event loop")):
        row = table(part, name)
        value, limit = shown(number(row, "p99"), "ms"), shown(number(row, "limit"), "ms")
        found.append(f"{label}: p99 {value}, most {shown(number(row, 'max'), 'ms')}; the measurement counts up to {limit}")
    if number(part, "world_busy_s") is None:
        found.append("CPU of the world: not measured")
    used = [f"{name} {shown(number(table(table(load, 'cpu'), name), 'mean'))}" for name in table(load, "cpu")]
    return [*found, *([f"cores used on average: {', '.join(used)}"] if used else [])]


def knee_lines(knee: Record) -> list[str]:
    """What --find-knee found, and what it tried."""
    if not knee:
        return []
    found = [text(knee, "sentence")]
    for probe in rows(knee, "probes"):
        broke = "; ".join(texts(probe, "broke")) or "every limit held"
        found.append(f"{shown(number(probe, 'rate_per_s'))} documents a second: {broke}")
    return found


def load_summary(load: Record, verdict: Record, *, report: Path | None = None) -> str:
    """The last lines in the terminal: what a person understands in ten seconds. Plain text, ending without a newline."""
    section = load_section(load)
    assert section is not None
    lines = [f"{section.word.upper()}  {section.title}", ""]
    lines += _labelled("rate", _rate_sentence(table(load, "rates")))
    lines += [line for flow, row in table(load, "latency").items() for line in _labelled("latency", _latency_sentence(flow, row))]
    for label, sentences in (("maintenance", section.drain[1:2]), ("throttling", section.throttling[1:]), ("knee", section.knee)):
        for sentence in sentences:
            lines += _labelled(label, sentence)
    lines += _labelled("limits", _limits_sentence(section))
    lines += _labelled("books", _books(table(load, "judge"), verdict))
    for reason in section.reasons:
        lines += textwrap.wrap(f"- {reason}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    lines += ["", *_labelled("report", str(report))] if report else [""]
    lines += _labelled("exit code", f"{section.exit_code}: {section.exit_why}")
    return "\n".join(line.rstrip() for line in lines)


def _labelled(label: str, content: str) -> list[str]:
    head = f"  {label:<{LABEL}} "
    return textwrap.wrap(content, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False) or [head]


def _rate_sentence(rates: Record) -> str:
    offered, achieved = shown(number(rates, "offered_per_s")), shown(number(rates, "achieved_per_s"))
    peak = f"{shown(number(rates, 'peak_offered_per_s'))} / {shown(number(rates, 'peak_achieved_per_s'))}"
    return f"offered {offered} documents a second, achieved {achieved}; most in one second {peak}"


def _latency_sentence(flow: str, row: Record) -> str:
    values = " / ".join(shown(number(row, name)) for name in ("p50", "p95", "p99"))
    calm = " / ".join(shown(number(table(row, "calm"), name)) for name in ("p50", "p95", "p99"))
    return f"{flow}: p50 / p95 / p99 {values} ms; outside maintenance and drain {calm} ms"


def _limits_sentence(section: LoadSection) -> str:
    held, untested = (sum(1 for line in section.limits if line.state == state) for state in ("held", "not tested"))
    return f"{held} of {len(section.limits)} held" + (f", {untested} not tested" if untested else "")


def _books(judge: Record, verdict: Record) -> str:
    experiments: Any = table(verdict, "experiments")
    words = {"pass": "every document was posted exactly once, balanced, with the amount of its source", "fail": "NOT RIGHT"}
    stated = text(judge, "verdict")
    return f"{words.get(stated, stated)} ({count(whole(experiments, 'total'), 'document')} judged)"
