"""Asks the rules of users: over a copy of the public tables, in a process of its own (guest_process.py), so that nothing that a rule does
reaches what our own rules see. A rule that cannot be asked has an error, which is never a pass.
"""

# ruff: noqa: S608 (names of tables come from our own files)
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec

from contracts.catalog import Catalog
from harness.errors import ConfigError
from harness.judge.checks import Checked
from harness.judge.guest_process import GRACE_MS, GuestAnswer, GuestTask, Query
from harness.judge.guest_rules import PAGE, UNPRINTABLE, GuestRule
from harness.judge.invariants import Invariant
from harness.judge.public import TIMELINE, empty_history, macros, meanings

LIMIT_MS = 10_000  # of one rule: its candidates and violations together, and again for its explain
START_S = 30.0  # a busy machine starts a process
PROCESS = ("-P", "-m", "harness.judge.guest_process")
_PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP")


@dataclass(frozen=True, slots=True)
class Guests:
    """The rules of users over one history. con: our connection with all views built; it only gives, nothing comes back into it."""

    con: duckdb.DuckDBPyConnection
    rules: tuple[GuestRule, ...]
    limit_ms: int

    def ask(self, required: Callable[[Invariant], tuple[str, ...]], flow_of: Mapping[str, str]) -> list[Checked]:
        """What each rule says. flow_of: the flow of every transaction of the history."""
        if not self.rules:
            return []
        queries = [
            Query(id=rule.invariant.id, candidates=rule.invariant.candidates, violations=rule.invariant.violations) for rule in self.rules
        ]
        tables = tuple(name for name in meanings() if name != TIMELINE)
        answers = _asked(self.con, tables, queries, self.limit_ms)
        return [_checked(rule.invariant, answers[rule.invariant.id], required(rule.invariant), flow_of) for rule in self.rules]

    def marks(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[int]]:
        """Rows of the timeline that matter most, by (rule, transaction), for rules of users among them; the table `timeline` exists.
        A query that fails costs the marks, never the story."""
        txns: dict[str, list[str]] = {}
        for name, txn_id in wanted:
            txns.setdefault(name, []).append(txn_id)
        queries = [
            Query(id=rule.invariant.id, explain=rule.invariant.explain, txn_ids=tuple(txns[rule.invariant.id]))
            for rule in self.rules
            if rule.invariant.id in txns
        ]
        answers = _asked(self.con, tuple(meanings()), queries, self.limit_ms) if queries else {}
        return {(name, txn): set(seqs) for name, answer in answers.items() for txn, seqs in answer.marks.items()}


def prove(rules: Sequence[GuestRule], catalog: Catalog, limit_ms: int = LIMIT_MS) -> None:
    """Ask every rule about a history without rows. Raises ConfigError (file:line) for those that cannot be asked."""
    if not rules:
        return
    queries = []
    for rule in rules:
        one = rule.invariant
        queries.append(Query(id=one.id, candidates=one.candidates, violations=one.violations, explain=one.explain, prove=True))
    with empty_history(catalog) as con:
        answers = _asked(con, tuple(meanings()), queries, limit_ms)
    refused = [(rule, answer) for rule in rules if (answer := answers[rule.invariant.id]).error]
    if refused:
        (where, said), *others = ((_place(rule, answer), _said(answer)) for rule, answer in refused)
        more = "".join(f"\n{place}: {text}" for place, text in others)
        raise ConfigError(where, f"{said}. {PAGE} says how a rule is written{more}")


def _place(rule: GuestRule, answer: GuestAnswer) -> str:
    return rule.where(answer.section, answer.line) if answer.section else str(rule.path)


def _said(answer: GuestAnswer) -> str:
    error = UNPRINTABLE.sub("\ufffd", str(answer.error))  # it may quote the rule, and is shown on a terminal
    return f"section {answer.section}: {error}" if answer.section else error


def _checked(invariant: Invariant, answer: GuestAnswer, required: tuple[str, ...], flow_of: Mapping[str, str]) -> Checked:
    if answer.error:
        return Checked(invariant, required, {}, (), flow_of, error=_said(answer))
    examined: Counter[str | None] = Counter()
    for flow, n in answer.examined:
        examined[flow] += n
    stranger = next((row["txn_id"] for row in answer.rows if row["txn_id"] is not None and row["txn_id"] not in flow_of), None)
    if stranger is not None:
        said = f"violations names the transaction {stranger[:60]!r}, which this history does not have"
        return Checked(invariant, required, {}, (), flow_of, error=said)
    rows = tuple({**row, "story": row["story"] or f"not so: {invariant.title}"} for row in answer.rows)
    return Checked(invariant, required, examined, rows, flow_of)


def _asked(con: duckdb.DuckDBPyConnection, tables: tuple[str, ...], queries: Sequence[Query], limit_ms: int) -> dict[str, GuestAnswer]:
    """The answer of every query, by rule."""
    with tempfile.TemporaryDirectory(prefix="dryclose-rules-") as folder:
        database = Path(folder) / "public.duckdb"
        _copy(con, tables, database)
        answers: dict[str, GuestAnswer] = {}
        while waiting := [query for query in queries if query.id not in answers]:
            job = GuestTask(database=str(database), public=tables, limit_ms=limit_ms, queries=tuple(waiting))
            found, ended = _process(job, folder)
            answers |= {answer.id: answer for answer in found}
            if ended is not None and len(found) < len(waiting):  # the next one took the process with it
                name = waiting[len(found)].id
                answers[name] = GuestAnswer(id=name, error=ended)
        return answers


def _copy(con: duckdb.DuckDBPyConnection, tables: Iterable[str], database: Path) -> None:
    """The public tables as they stand now, in a file of their own."""
    con.execute(f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as guests")
    try:
        for name in tables:
            con.execute(f'create table guests."{name}" as select * from memory.main."{name}"')
        for name, body in macros().items():
            con.execute(f"create macro guests.{name}{body}")
    finally:
        con.execute("detach guests")


def _process(job: GuestTask, folder: str) -> tuple[list[GuestAnswer], str | None]:
    """Whole answers, and why there are no more, or None."""
    limit_s = START_S + len(job.queries) * (job.limit_ms + GRACE_MS) / 1000
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = [sys.executable, *PROCESS]
    child = subprocess.Popen(  # noqa: S603 (our own module)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
    )
    with child:
        try:
            output, _ = child.communicate(msgspec.json.encode(job), timeout=limit_s)
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
        except BaseException:
            child.kill()
            raise
    found = [msgspec.json.decode(line, type=GuestAnswer) for line in output.split(b"\n")[:-1]]
    if child.returncode == 0:
        return found, None if len(found) == len(job.queries) else "it gave no answer"
    return found, f"it ended the process in which it was asked, or took longer than {job.limit_ms:,} ms and could not be stopped"
