"""What a run leaves behind: the history closed, the verdict computed once and stored, the report, the exit code."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from rich.console import Console

from contracts.catalog import Catalog
from harness import wall
from harness.errors import DrycloseError
from harness.judge import Verdict, finish_history, judge_and_close, write_closing, write_verdict
from harness.shortage import shortage
from harness.stage.directory import RunDirectory
from harness.stage.progress import Progress
from harness.stage.setup import Setup
from reports import summary_text, write_ctrf, write_junit, write_report


def finish(setup: Setup, progress: Progress) -> int:
    """A run that came to its end: judge, store, show. Returns the exit code."""
    verdict = store(setup, progress)
    Console().print(summary_text(verdict.document(), report=setup.directory.report), markup=False, highlight=False, soft_wrap=True)
    return verdict.exit_code


def decided(directory: RunDirectory, catalog: Catalog) -> Verdict:
    """A run that came to its end is sealed, its whole history judged once and stored, the verdict written."""
    directory.seal(status="complete", why=None, finished_at=wall.now_iso())
    with ThreadPoolExecutor(1) as beside:
        stored = beside.submit(finish_history, directory.path)
        verdict, closed = judge_and_close(directory.path, catalog)
        stored.result()
    write_verdict(directory.path, verdict)
    write_closing(directory.path, closed)
    return verdict


def store(setup: Setup, progress: Progress) -> Verdict:
    """Judge, and write everything that shows the verdict."""
    directory = setup.directory
    with progress.phase("verdict") as phase:
        verdict = decided(directory, setup.catalog)
        write_report(directory.path, setup.catalog)
        write_junit(directory.path)
        write_ctrf(directory.path)
        phase.show(f"{verdict.verdict}, {directory.report}")
    return verdict


def give_up(setup: Setup, status: str, why: str, progress: Progress) -> None:
    """A run that was cut short: say so in its manifest, and judge what there is, so that the directory can be read like any other."""
    directory = setup.directory
    try:
        directory.seal(status=status, why=why, finished_at=wall.now_iso())
    except OSError as error:  # a full disk: the manifest as it stands says that the run has not finished, which is true
        progress.say(f"{directory.manifest}: {error.strerror or error}")
    if directory.history.exists() or directory.history_parquet.exists():
        _judge_what_there_is(directory, setup.catalog, progress)
    progress.say(f"the run was left in {directory.path} ({status})")


@contextmanager
def or_given_up(setup: Setup, progress: Progress) -> Iterator[None]:
    """No way out of the body leaves a directory that says "running"."""
    try:
        yield
    except asyncio.CancelledError:
        give_up(setup, "interrupted", "interrupted by a signal (Ctrl-C or SIGTERM)", progress)
        raise
    except DrycloseError as error:
        give_up(setup, "failed", error.message, progress)
        raise
    except Exception as error:
        if (short := shortage(error)) is not None:
            give_up(setup, "failed", short.message, progress)
            raise short from error
        give_up(setup, "failed", f"internal error: {type(error).__name__}: {error}", progress)
        error.run_directory = setup.directory.path  # type: ignore[attr-defined]  # where the command line puts crash.txt
        raise


def _judge_what_there_is(directory: RunDirectory, catalog: Catalog, progress: Progress) -> None:
    try:
        verdict, closed = judge_and_close(directory.path, catalog)
        write_verdict(directory.path, verdict)
        write_closing(directory.path, closed)
        write_report(directory.path, catalog)
        write_junit(directory.path)
        write_ctrf(directory.path)
    except Exception as error:  # noqa: BLE001 (whatever is wrong here must not hide why the run ended)
        progress.say(f"no verdict was written: {error}")
