"""What is measured. Each section answers rows of (figure, value, baseline, ratio) as text; `started` processes are always ended."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faker import Faker

from harness.bench.bare_loop import measure_bare_loop
from harness.bench.wire_load import Rate, measure
from harness.judge import judge
from harness.judge.synthetic import make_history
from mocks.company import generate

RATE_SECONDS = 5.0
RATE_CONNECTIONS = 20
EVENTS = 1_000_000
PEOPLE, SUPPLIERS = 300, 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ratio` is value over baseline, or empty where no baseline makes sense."""

    name: str
    value: str
    baseline: str = "-"
    ratio: str = "-"


@contextmanager
def scratch() -> Iterator[Path]:
    """A short directory name: sockets of the embedded database live in it."""
    with tempfile.TemporaryDirectory(prefix="dc-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@asynccontextmanager
async def server(*command: str) -> AsyncIterator[dict[str, Any]]:
    """A child on a core of its own that prints one line of JSON when it serves."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(child.pid, {0})
    try:
        yield json.loads(await asyncio.wait_for(child.stdout.readline(), timeout=60))
    finally:
        child.terminate()
        await child.wait()


async def _rate(where: dict[str, Any], body: bytes, status: int) -> Rate:
    headers = {"Content-Type": "application/json", **where["headers"]}
    await measure(where["url"], headers, body, seconds=1.0, connections=RATE_CONNECTIONS, status_wanted=status)
    return await measure(where["url"], headers, body, seconds=RATE_SECONDS, connections=RATE_CONNECTIONS, status_wanted=status)


async def _rates(directory: Path) -> tuple[Rate, Rate]:
    async with server("harness.bench.erp_server", str(directory / "history.ndjson")) as erp:
        body = json.dumps(erp["body"]).encode()
        ours = await _rate(erp, body, 201)
    async with server("harness.bench.bare_server") as bare:
        return ours, await _rate(bare, body, 201)


def erp_rate() -> list[Figure]:
    """Purchase orders created a second on one core, books and history included, beside a bare Starlette route."""
    with scratch() as directory:
        ours, bare = asyncio.run(_rates(directory))
    assert ours.errors == bare.errors == 0, f"{ours.errors} of the ERP's answers were not 201"
    ratio = f"{ours.per_s / bare.per_s:.2f}"
    return [Figure("ERP purchase orders created, one core", f"{ours.per_s:,.0f}/s", f"bare Starlette {bare.per_s:,.0f}/s", ratio)]


def judging() -> list[Figure]:
    """Every invariant over a million events."""
    with scratch() as directory:
        make_history(EVENTS, directory)
        started = time.perf_counter()
        verdict = judge(directory)
        took = time.perf_counter() - started
        raw = _read_seconds(directory / "history.ndjson")
    return [
        Figure(
            f"history of {EVENTS:,} events judged ({verdict.verdict})",
            f"{took:.1f} s",
            f"reading its lines {raw:.1f} s",
            f"{took / raw:.0f}",
        )
    ]


def _read_seconds(path: Path) -> float:
    started = time.perf_counter()
    with path.open("rb") as lines:
        sum(1 for _ in lines)
    return time.perf_counter() - started


def company() -> list[Figure]:
    """The whole company beside as many bare Faker records."""
    ours = _best_of(3, lambda: generate(1))
    bare = _best_of(1, _bare_faker)
    value = f"{ours * 1000:.0f} ms"
    return [
        Figure(f"company of {SUPPLIERS} suppliers, {PEOPLE} employees", value, f"bare Faker {bare * 1000:.0f} ms", f"{ours / bare:.2f}")
    ]


def _bare_faker() -> None:
    fake = Faker(["en_US", "de_DE", "ja_JP"])
    fake.seed_instance(1)
    for _ in range(PEOPLE):
        fake.name(), fake.user_name(), fake.email()
    for _ in range(SUPPLIERS):
        fake.company(), fake.street_address(), fake.city()


def _best_of(times: int, work: Callable[[], object]) -> float:
    def once() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return min(once() for _ in range(times))


def experiments() -> list[Figure]:
    """Experiments a second with the engine while waves run, beside the bare loop; and the wall time of the standard verification."""
    with scratch() as directory:
        started = time.perf_counter()
        command = [str(Path(sys.executable).parent / "dryclose"), "verify", "--out", str(directory / "run")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own command)
        wall = time.perf_counter() - started
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        figures = json.loads((directory / "run" / "manifest.json").read_text())["figures"]
    bare = asyncio.run(measure_bare_loop(2000))
    rate, overall, beside = figures["experiments_per_s_in_waves"], figures["experiments"] / wall, f"bare loop {bare:.0f}/s"
    return [
        Figure("experiments with the engine, inside waves", f"{rate:.0f}/s", beside, f"{rate / bare:.2f}"),
        Figure("the same over the whole run, start and waits included", f"{overall:.0f}/s", beside, f"{overall / bare:.2f}"),
        Figure("dryclose verify, warm", f"{wall:.0f} s", "aim: under 60 s"),
    ]


def from_nothing() -> list[Figure]:
    """`make verify` in a fresh clone, nothing installed and no package cached: downloads included."""
    with scratch() as directory:
        clone, out = directory / "clone", directory / "run"
        subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(clone)], check=True)  # noqa: S603, S607 (our own tree)
        env = {**os.environ, "UV_CACHE_DIR": str(directory / "cache"), "PIP_NO_CACHE_DIR": "1"}
        env.pop("VIRTUAL_ENV", None)
        started = time.perf_counter()
        command = ["make", "verify", f"ARGS=--out {out}"]
        done = subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True, check=False)  # noqa: S603 (our own command)
        wall = time.perf_counter() - started
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return [Figure("make verify from nothing, downloads included", f"{wall:.0f} s")]


SECTIONS: dict[str, Callable[[], list[Figure]]] = {
    "erp": erp_rate,
    "experiments": experiments,
    "judge": judging,
    "company": company,
    "nothing": from_nothing,
}
