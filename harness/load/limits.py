"""What must hold, what was measured, since when it did not hold; and whether the figures say anything about the connector. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.load.drive import Driven
from harness.load.facts import Journey
from harness.load.figures import Part, Window, calm
from harness.load.percentiles import nearest_rank
from harness.load.profile import Limits, Profile, Saturation
from harness.load.sheet import Click

LAG_SHARE = 99
WORLD_CPU_S = 5  # in a row
NOBODY = "nobody clicked"
NOTHING = "no document was approved"


@dataclass(frozen=True, slots=True)
class Held:
    """One limit. ok None: nothing was measured, and `untested` says why. since_s: second of the load in which it was first missed."""

    name: str
    limit: float
    value: float | None
    unit: str
    ok: bool | None
    since_s: float | None = None
    untested: str = ""

    def row(self) -> dict[str, Any]:
        """As in load.json."""
        return {name: value for name, value in asdict(self).items() if name != "untested"}

    def text(self) -> str:
        """For a person: what was missed, by how much, since when; or why nobody knows."""
        if self.ok is None:
            return f"{self.name}: {self.untested}"
        value = "never" if self.value is None else f"{self.value:g} {self.unit}".strip()
        since = "" if self.since_s is None else f", since second {self.since_s:.0f}"
        return f"{self.name}: {value}, limit {self.limit:g} {self.unit}".strip() + since


def missed_texts(held: Iterable[Held]) -> list[str]:
    """What did not hold."""
    return [one.text() for one in held if one.ok is False]


def untested_texts(held: Iterable[Held]) -> list[str]:
    """Limits that this load says nothing about: neither held nor missed."""
    return [f"limit not tested: {one.text()}" for one in held if one.ok is None]


def limits_held(profile: Profile, journeys: Sequence[Journey], clicks: Sequence[Click], window: Window | None, figures: Part) -> list[Held]:
    """Every limit of the profile, but for those of flows that are not played. figures: series and maintenance of load.json."""
    limits = profile.limits
    quiet = calm(journeys, window, limits.drain_s)
    found = [_p95(flow, limits.p95_ms[flow], quiet) for flow in profile.flows if flow in limits.p95_ms]
    found += [_people(limits, clicks), _errors(limits, clicks), _backlog(limits, journeys, figures["series"]["backlog"])]
    found += [_unconfirmed(journeys)]
    if window is not None:
        found.append(_drain(limits, figures["maintenance"], window))
    return found


def _held(name: str, limit: float, value: float | None, unit: str, *, since: float | None, untested: str) -> Held:
    """No value is no proof: such a limit was not held."""
    if value is None:
        return Held(name, limit, None, unit, None, None, untested)
    ok = value <= limit
    return Held(name, limit, round(value, 1 if unit == "ms" else 4), unit, ok, None if ok else since)


def _p95(flow: str, most: int, journeys: Sequence[Journey]) -> Held:
    mine = [one for one in journeys if one.flow == flow and one.latency_ms is not None]
    value = nearest_rank(sorted(one.latency_ms or 0.0 for one in mine), 95)
    slow = min((one.approved_s for one in mine if (one.latency_ms or 0.0) > most), default=None)
    why = "no document of this flow was confirmed outside the maintenance and the drain after it"
    return _held(f"p95 {flow}", most, value, "ms", since=slow, untested=why)


def _people(limits: Limits, clicks: Sequence[Click]) -> Held:
    value = nearest_rank(sorted(click.ms for click in clicks), 95)
    slow = min((click.due_s for click in clicks if click.ms > limits.api_p95_ms), default=None)
    return _held("p95 of people's operations", limits.api_p95_ms, value, "ms", since=slow, untested=NOBODY)


def _errors(limits: Limits, clicks: Sequence[Click]) -> Held:
    failed = [click for click in clicks if click.error]
    share = len(failed) / len(clicks) if clicks else None
    first = min((click.due_s for click in failed), default=None)
    return _held("errors of people's operations", limits.error_share, share, "of all", since=first, untested=NOBODY)


def _backlog(limits: Limits, journeys: Sequence[Journey], backlog: Sequence[int]) -> Held:
    most = max(backlog, default=0) if journeys else None
    first = next((second for second, waiting in enumerate(backlog) if waiting > limits.backlog), None)
    return _held("backlog", limits.backlog, most, "documents", since=first, untested=NOTHING)


def _unconfirmed(journeys: Sequence[Journey]) -> Held:
    open_ = [one.approved_s for one in journeys if one.confirmed_s is None]
    number = len(open_) if journeys else None
    return _held("documents never confirmed", 0, number, "documents", since=min(open_, default=None), untested=NOTHING)


def _drain(limits: Limits, maintenance: Part, window: Window) -> Held:
    name, drain_s, since = "drain after maintenance", maintenance["drain_s"], window[1] + limits.drain_s
    if drain_s is None and maintenance["backlog_at_end"]:
        return Held(name, limits.drain_s, None, "s", ok=False, since_s=since)
    return _held(name, limits.drain_s, drain_s, "s", since=since, untested="no document waited when the maintenance ended")


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def saturation(limits: Saturation, driven: Driven) -> tuple[Part, list[str]]:
    """Lag of the generator and of the world, and why the figures may say more about these two than about the connector."""
    lags = sorted(click.lag_ms for click in driven.clicks)
    loops = sorted(ms for _, ms in driven.lags)
    generator, world = nearest_rank(lags, LAG_SHARE), nearest_rank(loops, LAG_SHARE)
    offered, begun = len(driven.documents), sum(1 for click in driven.clicks if click.step == 0)
    busy = _busy_s(driven.cpu, limits.world_cpu)
    part: Part = {
        "generator_lag_ms": {"p99": _short(generator), "max": _short(max(lags, default=None)), "limit": limits.generator_lag_ms},
        "world_lag_ms": {"p99": _short(world), "max": _short(max(loops, default=None)), "limit": limits.world_lag_ms},
        "world_busy_s": busy,
        "begun_share": round(begun / offered, 4) if offered else None,
    }
    doubts = [*_generator_doubts(limits, driven, generator, begun), *_world_doubts(limits, driven, world, busy)]
    return {**part, "ok": not doubts, "reasons": doubts}, doubts


def _generator_doubts(limits: Saturation, driven: Driven, lag_ms: float | None, begun: int) -> Iterable[str]:
    offered = len(driven.documents)
    if lag_ms is not None and lag_ms > limits.generator_lag_ms:
        yield f"the generator was late: p99 of its lag is {lag_ms:.0f} ms, more than {limits.generator_lag_ms} ms; try more --workers"
    if begun < limits.achieved_share * offered:
        yield f"the generator did not offer what was scheduled: {begun} of {offered} documents were begun"
    if driven.cut_short:
        yield "the load was cut short: it did not end within its bounds"


def _world_doubts(limits: Saturation, driven: Driven, lag_ms: float | None, busy_s: int | None) -> Iterable[str]:
    if lag_ms is None:
        yield "whether the world was saturated is not known: the lag of its event loop was not measured"
    elif lag_ms > limits.world_lag_ms:
        yield f"the world was saturated: p99 of its event loop's lag is {lag_ms:.0f} ms, more than {limits.world_lag_ms} ms"
    if busy_s is None and driven.hosted:
        yield "whether the world was saturated is not known: its CPU was not measured"
    elif busy_s is not None and busy_s >= WORLD_CPU_S:
        yield f"the world was saturated: it used at least {limits.world_cpu:.0%} of a core for {busy_s} seconds in a row"


def _busy_s(samples: Iterable[dict[str, float]], share: float) -> int | None:
    """The longest time for which the world used this share of a core; a sample that came late covers the seconds before it too."""
    longest = current = at = 0.0
    known = False
    for row in samples:
        if "world" in row:
            known = True
            current = current + row["t"] - at if row["world"] >= share else 0.0
            longest, at = max(longest, current), row["t"]
    return int(longest) if known else None
