"""What must hold, what was measured, since when it did not hold; and whether the figures say anything about the connector. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.load.drive import Driven
from harness.load.facts import Journey
from harness.load.figures import Part, Window, calm
from harness.load.percentiles import nearest_rank
from harness.load.profile import Limits, Saturation
from harness.load.sheet import Click

LAG_SHARE = 99
WORLD_CPU_S = 5  # so many samples in a row, one a second


@dataclass(frozen=True, slots=True)
class Held:
    """One limit. since_s: second of the load in which it was first missed."""

    name: str
    limit: float
    value: float | None
    unit: str
    ok: bool
    since_s: float | None = None

    def row(self) -> dict[str, Any]:
        """As in load.json."""
        return asdict(self)

    def text(self) -> str:
        """For a person: what was missed, by how much, since when."""
        value = "never" if self.value is None else f"{self.value:g} {self.unit}".strip()
        since = "" if self.since_s is None else f", since second {self.since_s:.0f}"
        return f"{self.name}: {value}, limit {self.limit:g} {self.unit}".strip() + since


def limits_held(limits: Limits, journeys: Sequence[Journey], clicks: Sequence[Click], window: Window | None, figures: Part) -> list[Held]:
    """Every limit of the profile. figures: series and maintenance of load.json."""
    quiet = calm(journeys, window, limits.drain_s)
    found = [_p95(flow, most, quiet) for flow, most in limits.p95_ms.items()]
    found += [_people(limits, clicks), _errors(limits, clicks), _backlog(limits, figures["series"]["backlog"])]
    found += [_unconfirmed(journeys)]
    if window is not None:
        found.append(_drain(limits, figures["maintenance"]["drain_s"], window))
    return found


def _p95(flow: str, most: int, journeys: Sequence[Journey]) -> Held:
    mine = [one for one in journeys if one.flow == flow and one.latency_ms is not None]
    value = nearest_rank(sorted(one.latency_ms or 0.0 for one in mine), 95)
    ok = value is None or value <= most
    slow = [one.approved_s for one in mine if (one.latency_ms or 0.0) > most]
    return Held(f"p95 {flow}", most, _short(value), "ms", ok, None if ok else min(slow, default=None))


def _people(limits: Limits, clicks: Sequence[Click]) -> Held:
    value = nearest_rank(sorted(click.ms for click in clicks), 95)
    ok = value is None or value <= limits.api_p95_ms
    slow = [click.due_s for click in clicks if click.ms > limits.api_p95_ms]
    return Held("p95 of people's operations", limits.api_p95_ms, _short(value), "ms", ok, None if ok else min(slow, default=None))


def _errors(limits: Limits, clicks: Sequence[Click]) -> Held:
    failed = [click for click in clicks if click.error]
    share = len(failed) / len(clicks) if clicks else 0.0
    ok = share <= limits.error_share
    first = min((click.due_s for click in failed), default=None)
    return Held("errors of people's operations", limits.error_share, round(share, 4), "of all", ok, None if ok else first)


def _backlog(limits: Limits, backlog: Sequence[int]) -> Held:
    most = max(backlog, default=0)
    ok = most <= limits.backlog
    first = next((second for second, waiting in enumerate(backlog) if waiting > limits.backlog), None)
    return Held("backlog", limits.backlog, most, "documents", ok, None if ok else first)


def _unconfirmed(journeys: Sequence[Journey]) -> Held:
    open_ = [one.approved_s for one in journeys if one.confirmed_s is None]
    return Held("documents never confirmed", 0, len(open_), "documents", not open_, min(open_, default=None))


def _drain(limits: Limits, drain_s: float | None, window: Window) -> Held:
    ok = drain_s is not None and drain_s <= limits.drain_s
    return Held("drain after maintenance", limits.drain_s, drain_s, "s", ok, None if ok else window[1] + limits.drain_s)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def saturation(limits: Saturation, driven: Driven) -> tuple[Part, list[str]]:
    """Lag of the generator and of the world, and why the figures may say more about these two than about the connector."""
    lags = sorted(click.lag_ms for click in driven.clicks)
    loops = sorted(ms for _, ms in driven.lags)
    generator, world = nearest_rank(lags, LAG_SHARE), nearest_rank(loops, LAG_SHARE)
    offered, begun = len(driven.documents), sum(1 for click in driven.clicks if click.step == 0)
    busy = _longest((row.get("world", 0.0) for row in driven.cpu), lambda share: share >= limits.world_cpu)
    part: Part = {
        "generator_lag_ms": {"p99": _short(generator), "max": _short(max(lags, default=None)), "limit": limits.generator_lag_ms},
        "world_lag_ms": {"p99": _short(world), "max": _short(max(loops, default=None)), "limit": limits.world_lag_ms},
        "world_busy_s": busy,
        "begun_share": round(begun / offered, 4) if offered else None,
    }
    doubts = list(_doubts(limits, driven, (generator, world), begun, busy))
    return {**part, "ok": not doubts, "reasons": doubts}, doubts


def _doubts(limits: Saturation, driven: Driven, lags: tuple[float | None, float | None], begun: int, busy: int) -> Iterable[str]:
    generator, world = lags
    offered = len(driven.documents)
    if generator is not None and generator > limits.generator_lag_ms:
        yield f"the generator was late: p99 of its lag is {generator:.0f} ms, more than {limits.generator_lag_ms} ms; try more --workers"
    if world is not None and world > limits.world_lag_ms:
        yield f"the world was saturated: p99 of its event loop's lag is {world:.0f} ms, more than {limits.world_lag_ms} ms"
    if busy >= WORLD_CPU_S:
        yield f"the world was saturated: it used at least {limits.world_cpu:.0%} of a core for {busy} seconds in a row"
    if begun < limits.achieved_share * offered:
        yield f"the generator did not offer what was scheduled: {begun} of {offered} documents were begun"
    if driven.cut_short:
        yield "the load was cut short: it did not end within its bounds"


def _longest(values: Iterable[float], holds: Callable[[float], bool]) -> int:
    """Length of the longest row of values that hold."""
    longest = current = 0
    for value in values:
        current = current + 1 if holds(value) else 0
        longest = max(longest, current)
    return longest
