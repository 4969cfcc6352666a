"""`dryclose fuzz` from its options to its exit code."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic

import click

from harness import wall
from harness.errors import UsageError
from harness.fuzz.books import EFFECTS, JOURNALS, audit_history, rows_of
from harness.fuzz.checks import generator_version
from harness.fuzz.direct import without_proxies
from harness.fuzz.drive import Drive
from harness.fuzz.expected import Expected, load_expected
from harness.fuzz.findings import Findings
from harness.fuzz.given import given_headers, given_secret
from harness.fuzz.keys import CHECK as KEYS
from harness.fuzz.options import EXAMPLES, SYSTEMS, Effort, FuzzOptions, check_loopback
from harness.fuzz.outcome import FuzzResult
from harness.fuzz.report import FINDINGS, Report
from harness.fuzz.stage import Opened, opened, own_target
from harness.fuzz.target import Target
from harness.stage.directory import versions
from harness.stage.interrupt import or_interrupted
from harness.stage.progress import Progress, new_progress

OwnTarget = Callable[[str], Awaitable[Target]]
RUNS = Path("runs")
LOGS = ("dryclose", "uvicorn.error", "asyncio")


async def fuzz(options: FuzzOptions) -> int:
    """The exit code: 0 no findings, 1 findings, 2 not everything was tried, 130 interrupted. Raises DrycloseError."""
    headers, webhook = given_headers(options.headers), given_secret(options.webhook_secret)
    if options.url is not None:
        check_loopback(options.url)
    directory = _directory(options.out)
    seed = options.seed if options.seed is not None else wall.draw_seed()
    chosen = {**versions(), "schemathesis": generator_version()}
    report = Report(seed, _again(options, seed), directory, chosen)
    progress = new_progress(quiet=options.quiet)
    progress.say(f"seed {seed}   directory {directory}")
    try:
        with _logs(directory / "world.log"), without_proxies():
            code = await or_interrupted(_all(options, partial(own_target, headers=headers, webhook=webhook), report, progress))
    finally:
        if report.outcomes:
            report.write()
            click.echo(report.text(), nl=False)
    return code


async def _all(options: FuzzOptions, own: OwnTarget, report: Report, progress: Progress) -> int:
    expected = load_expected()
    names = ("url",) if options.url is not None else options.systems
    effort = Effort(report.seed, options.examples, options.examples)
    ends = inf if options.budget_s is None else monotonic() + options.budget_s
    for behind, name in enumerate(names):
        if monotonic() >= ends:
            report.outcomes.append(FuzzResult(name, report.seed, problems=["not opened: the budget was used up"]))
            continue
        target: AbstractAsyncContextManager[Opened]
        target = opened(name, report.seed, report.directory, progress) if options.url is None else _own(options.url, own)
        async with target as one:
            share = None if ends == inf else max(0.0, ends - monotonic()) / (len(names) - behind)
            outcome = await _one(one, replace(effort, budget_s=share), expected, report, progress)
        if one.history is not None:
            _read_history(one, outcome, one.history)
    return report.exit_code


async def _one(one: Opened, effort: Effort, expected: Expected, report: Report, progress: Progress) -> FuzzResult:
    """Fuzz one target in a thread of its own; when we are cancelled, it ends after the request under way, and what it found is kept."""
    with progress.phase(f"fuzz {one.target.name}") as phase:
        drive = Drive(one.target, effort, expected, books=one.books, show=phase.show, directory=report.directory)
        running = asyncio.get_running_loop().run_in_executor(None, drive.run)
        try:
            outcome = await asyncio.shield(running)
        except asyncio.CancelledError:
            drive.stop()
            report.outcomes.append(await running)
            report.interrupted = True
            raise
        report.outcomes.append(outcome)
        sent, accepted = sum(outcome.cases.values()), f"{len(outcome.accepted)} of {len(outcome.operations)} operations accepted"
        phase.show(f"{sent} requests, {accepted}, {len(outcome.findings)} findings")
    return outcome


def _read_history(one: Opened, outcome: FuzzResult, history: Path) -> None:
    """Journals and keys over the whole run; the history is kept only when it may explain something."""
    findings = Findings(one.target)
    audit = audit_history(rows_of(history))
    for objection in audit.objections:
        findings.add(phase="history", check=JOURNALS, operation="", title=objection, message=objection)
    outcome.findings += findings.all()
    outcome.examined.update({name: count for name, count in audit.read.items() if count})
    outcome.required |= ({JOURNALS} if one.books is not None else set()) | ({EFFECTS} if KEYS in outcome.required else set())
    if not outcome.findings:
        history.unlink()


@asynccontextmanager
async def _own(url: str, own: OwnTarget) -> AsyncIterator[Opened]:
    yield Opened(await own(url))


def _again(options: FuzzOptions, seed: int) -> list[str]:
    command = ["dryclose", "fuzz", "--seed", str(seed)]
    if options.url is not None:
        command += ["--url", options.url, *(part for name, variable in options.headers for part in ("--header", f"{name}:{variable}"))]
        command += ["--webhook-secret", options.webhook_secret] if options.webhook_secret is not None else []
    elif options.systems != SYSTEMS:
        command += [part for name in options.systems for part in ("--system", name)]
    if options.examples != EXAMPLES:
        command += ["--examples", str(options.examples)]
    if options.budget_s is not None:
        command += ["--budget", f"{options.budget_s}s"]
    return command


def _directory(out: Path | None) -> Path:
    """The run directory, empty of what an older fuzz run left. Raises UsageError for one that holds anything else."""
    path = (out or RUNS / f"fuzz-{wall.draw_run_id()}").absolute()
    try:
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path}: this is a file, not a directory. Name another one with --out.")
        if path.is_dir() and any(path.iterdir()) and not (path / FINDINGS).is_file():
            raise UsageError(f"{path}: the directory is not empty and holds no fuzz run. Name another one with --out.")
        path.mkdir(parents=True, exist_ok=True)
        for old in (*path.glob("history-*.ndjson"), *path.glob("request-*.sh")):
            old.unlink()
        (path / "world.log").write_bytes(b"")
    except OSError as error:
        raise UsageError(f"{path}: the run directory cannot be written: {error.strerror or error}. Name another one with --out.") from None
    return path


@contextmanager
def _logs(file: Path) -> Iterator[None]:
    """What the systems log goes to a file instead of the terminal."""
    handler = logging.FileHandler(file, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    kept = {name: logging.getLogger(name).propagate for name in LOGS}
    for name in LOGS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
    try:
        yield
    finally:
        for name, propagate in kept.items():
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).propagate = propagate
        handler.close()
