"""Runs the generator against one target, in the thread that calls it, and turns its events into findings and counts."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import SchemathesisError
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import RecordedScenario
from schemathesis.engine.run import PhaseName
from schemathesis.specs.openapi.checks import ignored_auth

from harness.fuzz.books import BALANCES, Audit
from harness.fuzz.checks import Objection, OwnChecks, answer_of, check_of, registered
from harness.fuzz.curl import Commands
from harness.fuzz.expected import Expected
from harness.fuzz.findings import Findings
from harness.fuzz.guide import filter_failure, guide, walks_begin_with_creates
from harness.fuzz.hostile import planned, probe
from harness.fuzz.options import Effort
from harness.fuzz.outcome import FuzzResult
from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.sender import Sender
from harness.fuzz.sent import Sent, of_prepared, of_recorded
from harness.fuzz.settings import REQUEST_TIMEOUT_S, settings_of
from harness.fuzz.signing import Signer
from harness.fuzz.target import Target, operations_of
from harness.fuzz.walks import Walks

LOGGER = logging.getLogger("dryclose.fuzz")
Auditor = Callable[[], Audit]  # the books as they stand
Show = Callable[[str], None]
# Our own walks from each root: at least so many, one for so many of the generator's, and more while an operation was never accepted.
WALKS_MIN, WALKS_PART, WALKS_MAX = 2, 5, 25
ALL_WALKS_EVERY = 3
# Of a budget: until when our own walks may go on, and until when the generator may. The rest belongs to sizes and depths.
WALKS_UNTIL, GENERATOR_UNTIL = 0.25, 0.75
TEXT_SHOWN = 200


class Drive:
    """One run of one target. `stop` may be called from another thread."""

    def __init__(
        self,
        target: Target,
        effort: Effort,
        expected: Expected,
        *,
        books: Auditor | None = None,
        show: Show | None = None,
        directory: Path | None = None,
    ) -> None:
        self._target = target
        self._effort = effort
        self._expected = expected
        self._books = books
        self._show = show or _silent
        self._stopping = threading.Event()
        self._findings = Findings(target, Commands(target, directory))
        self._sender = Sender(target)
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the machine is none of the target's
        self._signer = Signer(target.sign_with) if target.sign_with is not None else None
        labels = tuple(f"{method} {path}" for method, path, _ in operations_of(target.document))
        self._outcome = FuzzResult(target.name, effort.seed, labels, ours=target.ours)
        self._phase = ""
        self._gone = False
        self._began = monotonic()

    def stop(self) -> None:
        """End as soon as the request under way is answered."""
        self._stopping.set()

    def run(self) -> FuzzResult:
        """Try everything. Errors of the target become findings; whatever happens, what is known until then comes back."""
        self._began = monotonic()
        checks = OwnChecks(self._target, self._expected, self._sender)
        outcome = self._outcome
        outcome.required |= checks.required() | ({BALANCES} if self._books is not None else set())
        try:
            self._phases(checks)
        except Exception as error:  # noqa: BLE001 (an outcome is never lost: it goes to the report, the place to world.log)
            self._broke_off("dryclose itself", error)
            outcome.broken = True
        finally:
            self._sender.close()
            self._session.close()
        outcome.findings, outcome.examined = self._findings.all(), outcome.examined + checks.examined
        outcome.answered_again.update(self._sender.answered_again)
        outcome.seconds, outcome.interrupted = monotonic() - self._began, self._stopping.is_set()
        return outcome

    def _phases(self, checks: OwnChecks) -> None:
        with registered(checks.all()), walks_begin_with_creates():
            schema, document = self._schema()
            if "stateful" in self._effort.phases:
                self._attempt(lambda: self._walk(schema, document))
            self._attempt(lambda: self._generate(schema))
        if not (self._stopping.is_set() or self._gone):
            self._hostile()
        self._audit("at the end")

    def _attempt(self, step: Callable[[], None]) -> None:
        """What the generator cannot do with somebody's document is no mistake of dryclose, and ends one step only."""
        try:
            step()
        except Exception as error:
            if self._target.ours:
                raise
            self._broke_off("the generator", error)

    def _broke_off(self, who: str, error: Exception) -> None:
        LOGGER.error("%s broke off", who, exc_info=error)
        text = self._target.masked(str(error))
        self._doubt(f"{who} broke off: {type(error).__name__}: {text[:300]}; world.log has the place")

    def _doubt(self, problem: str) -> None:
        if problem not in self._outcome.problems:
            self._outcome.problems.append(problem)

    def _over(self, part: float = 1.0) -> bool:
        """Whether we were asked to stop, the target is gone, or this part of the budget is used up."""
        return self._stopping.is_set() or self._gone or self._left(part) <= 0

    def _left(self, part: float) -> float:
        budget = self._effort.budget_s
        return inf if budget is None else self._began + part * budget - monotonic()

    def _schema(self) -> tuple[Any, Mapping[str, Any]]:
        settings, document = settings_of(self._target, self._effort, self._expected)
        schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(settings))
        if self._signer is not None:
            schema.auth.set_from_requests(self._signer)
        schema.hook(guide(self._target.vocabulary))
        schema.hook(filter_failure)
        return schema, document

    def _walk(self, schema: Any, document: Mapping[str, Any]) -> None:
        """Walks along links with valid bodies; after each the books are looked at."""
        self._phase = "walks"
        walks = Walks(self._target, schema, document, self._effort.seed, self._checked)
        enough = max(WALKS_MIN, self._effort.scenarios // WALKS_PART)
        for number in range(max(enough, WALKS_MAX)):
            if number >= enough and not walks.missing():
                return
            # What one walk has blocked another one may open again, so every now and then all of them are walked.
            for root in walks.promising() if number >= enough and number % ALL_WALKS_EVERY else walks.roots():
                if self._over(WALKS_UNTIL):
                    return
                if walks.walk(root) > 1:
                    self._audit(f"after walk {number} from {root}")
            self._show(self._line(f"{number + 1}"))

    def _checked(self, case: Case[Any]) -> FuzzedAnswer | None:
        """Send a case of ours, and check its answer as the generator would."""
        label = case.operation.label
        more: dict[str, Any] = {"headers": dict(self._target.headers), **({} if self._signer is None else {"auth": self._signer})}
        try:
            response = case.call(base_url=self._target.base_url, session=self._session, timeout=REQUEST_TIMEOUT_S, **more)
        except requests.RequestException as error:
            self._unanswered("walks", label, type(error).__name__, of_prepared(error.request))
            return None
        answer = answer_of(response)
        self._count("walks", label, answer)
        try:
            case.validate_response(response, excluded_checks=[ignored_auth])
        except FailureGroup as group:
            for failure in group.exceptions:
                self._failed(check_of(failure), failure, label, answer.status, [of_prepared(response.request)])
        except SchemathesisError as error:
            self._doubt(f"{label}: the answer could not be judged: {str(error)[:300]}")
        return answer

    def _generate(self, schema: Any) -> None:
        left = self._left(GENERATOR_UNTIL)
        if left <= 0 or self._gone:
            return
        if left < inf:
            schema.config.max_time = left
        stream = from_schema(schema).execute()
        for event in stream:
            if self._stopping.is_set() or self._gone:
                stream.stop()
            self._take(event)

    def _take(self, event: events.EngineEvent) -> None:
        match event:
            case events.PhaseStarted(phase=phase):
                self._phase = phase.name.value
                self._show(self._line(""))
            case events.ScenarioFinished() as finished:
                self._scenario(finished)
            case events.NonFatalError(value=requests.RequestException() as error) as said if said.related_to_operation:
                self._unanswered(self._phase, said.label, type(error).__name__, of_prepared(error.request))
            case events.NonFatalError() as error:
                self._doubt(f"{error.label}: {error.info.title}: {error.info.message or error.value}"[:600])
            case events.FatalError(exception=exception):
                self._broke_off("the generator", exception)
            case events.EngineFinished() as end:
                for failure in end.failures:
                    self._findings.add(
                        phase="end", check=type(failure).__name__, operation="", title=failure.title, message=failure.message
                    )
            case _:
                pass

    def _scenario(self, event: events.ScenarioFinished) -> None:
        recorder, phase = event.recorder, event.phase.value
        for case_id, interaction in recorder.interactions.items():
            known = recorder.cases.get(case_id)
            label = known.value.operation.label if known else ""
            if interaction.response is None:
                self._outcome.cases[phase] += 1
                if known is not None and not self._stopping.is_set():
                    self._unanswered(phase, label, "the connection ended", of_recorded(interaction.request))
            else:
                self._count(phase, label, answer_of(interaction.response))
        for case_id, nodes in recorder.checks.items():
            for node in nodes:
                if node.status is Status.FAILURE and node.failure_info is not None:
                    self._objected(node.name, node.failure_info.failure, case_id, recorder)
        if event.phase is PhaseName.STATEFUL_TESTING:
            self._audit(f"after a walk of the generator ({len(recorder.cases)} requests)")
        self._show(self._line(event.label or ""))

    def _objected(self, check: str, failure: Failure, case_id: str, recorder: RecordedScenario) -> None:
        """A check failed, at this case or at one that it had made from it: the requests that led there are those on the wire."""
        if failure.case_id in recorder.cases:
            case_id = str(failure.case_id)
        chain = recorder.iter_chain_cases(case_id=case_id, related_case_ids=failure.related_case_ids())
        steps = [of_recorded(recorder.interactions[case.id].request) for case in chain if case.id in recorder.interactions]
        response = recorder.find_response(case_id=case_id)
        status = None if response is None else response.status_code
        self._failed(check, failure, recorder.cases[case_id].value.operation.label, status, steps)

    def _unanswered(self, phase: str, label: str, why: str, sent: Sent | None) -> None:
        """A request that gets no answer on a new connection either is a finding; when nobody is there any more, it was the last one."""
        if self._gone:
            return
        answer = None if sent is None else self._sender.once_more(sent)
        if answer is not None:
            self._answered_again(phase, label, answer, sent)
            return
        self._findings.add(phase=phase, check="answered", operation=label, title="no answer", message=why, steps=[sent])
        if not listens(self._target.base_url):
            self._gone = True
            self._doubt(f"nobody listens any more since {label} got no answer; nothing was tried after it")

    def _answered_again(self, phase: str, label: str, answer: FuzzedAnswer, sent: Sent | None) -> None:
        """That a connection broke is no finding; what is wrong with the answer is."""
        self._outcome.answered_again[label] += 1
        if answer.status >= 500:
            self._findings.add(
                phase=phase, check="not_a_server_error", operation=label, title="Server error",
                message=f"status {answer.status}: {answer.text[:TEXT_SHOWN]}", status=answer.status, steps=[sent],
            )  # fmt: skip

    def _count(self, phase: str, label: str, answer: FuzzedAnswer) -> None:
        outcome = self._outcome
        outcome.cases[phase] += 1
        outcome.statuses[str(answer.status)] += 1
        if answer.code:
            outcome.codes[answer.code] += 1
        if label:
            outcome.exercised.add(label)
            if answer.status < 300:
                outcome.accepted.add(label)

    def _failed(self, check: str, failure: Any, operation: str, status: int | None, steps: Sequence[Sent | None]) -> None:
        message = getattr(failure, "message", "") or str(failure)
        title = getattr(failure, "title", type(failure).__name__)
        where = getattr(failure, "operation", None) or operation
        if isinstance(failure, Objection):
            steps = [*steps[:-1], *failure.sent]
        self._findings.add(phase=self._phase, check=check, operation=where, title=title, message=message, status=status, steps=steps)

    def _hostile(self) -> None:
        """Sizes, depths and encodings that no document describes."""
        self._show(self._line("sizes and depths"))
        sent, all_of_them = 0, planned(self._target)
        for one in probe(self._target, self._sender, self._over):
            sent += 1
            self._outcome.cases["hostile"] += 1
            if one.status is None:
                self._unanswered("hostile", one.operation, f"{one.name}: {'; '.join(one.objections)}", one.sent)
            elif one.objections:
                self._findings.add(
                    phase="hostile", check=one.name, operation=one.operation, title=one.name, message="\n".join(one.objections),
                    status=one.status, steps=[one.sent],
                )  # fmt: skip
        if sent < all_of_them and not (self._stopping.is_set() or self._gone):
            self._doubt(f"the budget was used up after {sent} of {all_of_them} requests of odd size, depth and encoding")

    def _audit(self, when: str) -> None:
        if self._books is None:
            return
        audit = self._books()
        self._outcome.examined.update(audit.read)
        for objection in audit.objections:
            self._findings.add(phase=self._phase, check=BALANCES, operation="", title=objection, message=f"{when}: {objection}")

    def _line(self, label: str) -> str:
        found = len(self._findings)
        return f"{self._phase:<18} {sum(self._outcome.cases.values()):>6} requests  {found} findings  {label[:60]}"


def listens(base_url: str) -> bool:
    """Whether somebody takes connections there; a server that is just starting again gets a moment."""
    parts = urlsplit(base_url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    for pause_s in (0.0, 0.2, 1.0):
        sleep(pause_s)
        with contextlib.suppress(OSError), socket.create_connection((parts.hostname or "", port), timeout=2):
            return True
    return False


def _silent(_text: str) -> None:
    return
