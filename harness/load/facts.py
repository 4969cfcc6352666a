"""Reads what a load's figures need out of a run's history, through the judge's views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.catalog import Catalog
from harness.errors import ConnectorError
from harness.judge.checks import build_views, fetch
from harness.judge.load import open_history
from harness.judge.queries import sections
from harness.judge.reference import read_run

QUESTIONS = Path(__file__).parent / "questions.sql"
NS = 1e9


@dataclass(frozen=True, slots=True)
class Journey:
    """One approved document. Seconds from the start of its wave; confirmed_s None: never."""

    txn_id: str
    flow: str
    approved_s: float
    confirmed_s: float | None
    posted: bool

    @property
    def latency_ms(self) -> float | None:
        """From approval to the confirmed posting; None while there is none."""
        return None if self.confirmed_s is None or not self.posted else (self.confirmed_s - self.approved_s) * 1000


@dataclass(frozen=True, slots=True)
class Called:
    """One call of the connector. ok: a correct client could take the answer as a success."""

    call_point: str
    at_s: float
    ms: float | None
    status: int | None
    ok: bool
    code: str | None


@dataclass(frozen=True, slots=True)
class Throttled:
    """One 429. waited_ms None: the same call never came again."""

    call_point: str
    at_s: float
    asked_ms: int
    waited_ms: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of one wave. Times are seconds from its start."""

    journeys: tuple[Journey, ...]
    calls: tuple[Called, ...]
    throttled: tuple[Throttled, ...]
    throttled_shared: int


def read_facts(run_dir: Path, catalog: Catalog, starts: Mapping[str, float], wave: str) -> Facts:
    """Facts of one wave. starts: for each wave, how many seconds after its first document the phase row was written; a wave ends where the
    next begins. Raises ConnectorError when the history does not say when it began."""
    with open_history(run_dir, catalog.history) as loaded:
        build_views(loaded.con, catalog, read_run(run_dir))
        found = {name: fetch(loaded.con, sql) for name, sql in sections(QUESTIONS).items()}
    zero = {row["wave"]: row["t"] - starts[row["wave"]] * NS for row in found["zero"] if row["wave"] in starts}
    if wave not in zero:
        raise ConnectorError(f"{run_dir}: the history has no row of kind phase for {wave!r}, so nothing can be timed")
    return _facts(found, wave, zero[wave], _next(zero, zero[wave]))


def _next(zero: Mapping[str, float], t0: float) -> float:
    return min((t for t in zero.values() if t > t0), default=float("inf"))


def _facts(found: Mapping[str, Sequence[Mapping[str, Any]]], wave: str, t0: float, until: float) -> Facts:
    def seconds(t: float) -> float:
        return float(t - t0) / NS

    journeys = tuple(
        Journey(
            txn_id=row["txn_id"],
            flow=row["flow"],
            approved_s=seconds(row["approved_t"]),
            confirmed_s=None if row["settled_t"] is None else seconds(row["settled_t"]),
            posted=row["meaning"] == "posted",
        )
        for row in found["documents"]
        if row["wave"] == wave
    )
    calls = tuple(
        Called(
            call_point=row["call_point"],
            at_s=seconds(row["t"]),
            ms=None if row["t_end"] is None else (row["t_end"] - row["t"]) / 1e6,
            status=row["status"],
            ok=row["client_view"] == "ok",
            code=row["code"],
        )
        for row in found["calls"]
        if t0 <= row["t"] < until
    )
    throttled = tuple(
        Throttled(row["call_point"], seconds(row["t"]), int(row["retry_after_ms"] or 0), row["waited_ms"])
        for row in found["throttled"]
        if t0 <= row["t"] < until
    )
    shared = sum(1 for row in found["throttled_shared"] if t0 <= row["t"] < until)
    return Facts(journeys, calls, throttled, shared)
