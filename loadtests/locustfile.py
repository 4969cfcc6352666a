"""`locust -f` starts here: one process alone, or a master and its workers on this or on other machines.

The master reads the documents, deals them out when all workers are there, collects what they measured, and ends the run when all are
done. Environment: DRYCLOSE_LOAD_WORK (documents), DRYCLOSE_LOAD_ROWS (measurements), DRYCLOSE_LOAD_SECRET; workers need none of them.
A worker keeps its own count in the file DRYCLOSE_LOAD_TALLY, when that is given.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, constant, events, task
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from loadtests.senders import Play
from loadtests.work import Work, parts, read_work, rows_text, work_of

REPORT_S = 0.25
BEGIN, ROWS, DONE = "dryclose_begin", "dryclose_rows", "dryclose_done"


class Sender(FastHttpUser):
    """A pair of hands: plays whatever document is due next."""

    wait_time = constant(0)
    host = "http://127.0.0.1"  # every request names its system
    connection_timeout = 10
    network_timeout = 30
    play: ClassVar[Play | None] = None  # what Locust's set-up hands to its users

    @task
    def next_document(self) -> None:
        """One document, or a short wait when none is due."""
        if Sender.play is None:
            gevent.sleep(0.05)
        else:
            Sender.play.work(self.client)


class Sheet:
    """The file of measurements. The first line says that the load began, and when (monotonic seconds of this machine)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append lines in one write."""
        text = rows_text(rows)
        if text:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(text)

    def begun(self, senders: int) -> None:
        """The first arrival is counted from now."""
        self.add([{"begun": time.monotonic(), "processes": senders}])


@dataclass(slots=True)
class Tally:
    """How many documents one worker was given, and how many it sent: with an answer to their first click."""

    path: Path | None
    given: int = 0
    sent: int = 0

    @classmethod
    def named(cls, path: str | None) -> "Tally":
        """In this file; None: nobody asks."""
        return cls(Path(path) if path else None)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count, and write it down at once: the master may end everything at any moment."""
        self.sent += sum(1 for row in rows if row["step"] == 0 and row["status"])
        if self.path is not None:
            self.path.write_text(json.dumps({"given": self.given, "sent": self.sent}), "utf-8")


class Alone:
    """One process without workers."""

    def __init__(self, environment: Environment, work: Work, sheet: Sheet) -> None:
        self._environment = environment
        self._sheet = sheet
        self._play = Play(work.access, work.documents, environment.events.request.fire)
        environment.events.spawning_complete.add_listener(self._begin)  # type: ignore[no-untyped-call]
        self._on = False

    def _begin(self, **_: Any) -> None:
        if self._on:
            return
        self._on = True
        Sender.play = self._play
        self._sheet.begun(1)
        gevent.spawn(self._run)

    def _run(self) -> None:
        playing = gevent.spawn(self._play.arrivals)
        while not playing.ready():
            playing.join(REPORT_S)
            self._sheet.add(self._play.take_rows())
        self._sheet.add([*self._play.take_rows(), {"end": True}])
        assert self._environment.runner is not None
        self._environment.runner.quit()


class Master:
    """Deals out, collects, ends."""

    def __init__(self, environment: Environment, runner: MasterRunner, work: Work, sheet: Sheet) -> None:
        self._runner = runner
        self._work = work
        self._sheet = sheet
        self._busy: set[str] = set()
        self._on = False
        environment.events.spawning_complete.add_listener(self._begin)  # type: ignore[no-untyped-call]
        runner.register_message(ROWS, self._rows)
        runner.register_message(DONE, self._done)

    def _begin(self, **_: Any) -> None:
        if self._on:
            return
        self._on = True
        workers = [client.id for client in self._runner.clients.all]
        self._busy = set(workers)
        self._sheet.begun(len(workers))
        for client_id, part in zip(workers, parts(self._work.documents, len(workers)), strict=True):
            self._runner.send_message(BEGIN, Work(self._work.access, part).message(), client_id)

    def _rows(self, environment: Environment, msg: Any) -> None:  # noqa: ARG002 (Locust's signature)
        self._sheet.add(msg.data)

    def _done(self, environment: Environment, msg: Any) -> None:  # noqa: ARG002 (Locust's signature)
        self._busy.discard(msg.node_id)
        if not self._busy:
            self._sheet.add([{"end": True}])
            gevent.spawn(self._runner.quit)


class Worker:
    """Plays the part that the master sends."""

    def __init__(self, environment: Environment, runner: WorkerRunner) -> None:
        self._environment = environment
        self._runner = runner
        self._tally = Tally.named(os.environ.get("DRYCLOSE_LOAD_TALLY"))
        runner.register_message(BEGIN, self._begin)

    def _begin(self, environment: Environment, msg: Any) -> None:  # noqa: ARG002 (Locust's signature)
        work = work_of(msg.data)
        play = Sender.play = Play(work.access, work.documents, self._environment.events.request.fire)
        self._tally.given = len(work.documents)
        gevent.spawn(self._run, play)

    def _run(self, play: Play) -> None:
        playing = gevent.spawn(play.arrivals)
        while not playing.ready():
            playing.join(REPORT_S)
            self._report(play)
        self._report(play)
        self._runner.send_message(DONE)

    def _report(self, play: Play) -> None:
        rows = play.take_rows()
        self._tally.add(rows)
        if rows:
            self._runner.send_message(ROWS, rows)  # type: ignore[arg-type]  # any JSON value travels


@events.init.add_listener  # type: ignore[untyped-decorator]
def set_up(environment: Environment, **_: Any) -> None:
    """Decide what this process is."""
    runner = environment.runner
    if isinstance(runner, WorkerRunner):
        Worker(environment, runner)
        return
    work = read_work(Path(os.environ["DRYCLOSE_LOAD_WORK"]), os.environ["DRYCLOSE_LOAD_SECRET"])
    sheet = Sheet(Path(os.environ["DRYCLOSE_LOAD_ROWS"]))
    if isinstance(runner, MasterRunner):
        Master(environment, runner, work, sheet)
    else:
        Alone(environment, work, sheet)
