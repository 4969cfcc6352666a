"""One document, one run after another until it is at rest: claim, let its flow decide, save. Failures become waits or parking."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.clock import Clock, Entropy
from engine.flows.outcomes import Parked, Retry, Settled, StepEnd, park, park_failure
from engine.mapping.rules import Unmapped, Unpostable
from engine.model.calls import Trace
from engine.model.failures import AGAIN, REFRESH, REREAD, CallFailed, SystemDown
from engine.model.progress import Progress
from engine.observability import Observer
from engine.peers.breaker import Breaker
from engine.peers.waits import backoff_s
from engine.store.documents import Claim, Documents, Key, LeaseLost
from engine.structured_log import say

LOG = logging.getLogger("engine.runner")
CRASHES_MAX = 10  # in a row
RUN_MAX_S = 45.0  # inside the lease: a run that takes longer ends as a failure of its own
THROTTLE_FACTOR = 3  # a system that says "later" works; its limit may be met by many documents at once
SPREAD = 1.0  # after an outage documents come back over this many extra waits, not all at once


class Flow(Protocol):
    """One run of one flow; see engine/flows."""

    async def advance(self) -> StepEnd: ...


@dataclass(frozen=True, slots=True)
class Process:
    """A flow as the runner knows it: how to make one run, and the breakers of all systems that it needs."""

    make: Callable[[Claim, Trace], Flow]
    breakers: Sequence[Breaker]


@dataclass(frozen=True, slots=True)
class Persistence:
    """How stubborn the engine is."""

    retry_base_s: float
    gives_up_after: int


class Runner:
    """`run` is safe to call any number of times for the same document, from any number of processes."""

    def __init__(
        self,
        documents: Documents,
        flows: Mapping[str, Process],
        persistence: Persistence,
        clock: Clock,
        entropy: Entropy,
        *,
        observer: Observer | None = None,
    ) -> None:
        self._observer = observer or Observer()
        self._documents = documents
        self._flows = flows
        self._persistence = persistence
        self._clock = clock
        self._entropy = entropy

    async def run(self, key: Key) -> None:
        """Until the document is at rest, waits, or is held by another run. Raises what the database raises."""
        if key.flow not in self._flows:
            say(LOG, logging.ERROR, "document.unknown_flow", flow=key.flow, document=key.source_id)
            return
        while (claim := await self._documents.claim(key)) is not None:
            trace = Trace.of_document(claim.correlation_id or key.source_id, claim.trace_id, claim.progress.failures, self._entropy)
            with self._observer.run(key.flow, trace) as watched:
                outcome = await self._advance(claim, trace)
                watched.ended(self._count(key.flow, outcome))
            _keep(claim.progress, outcome)
            self._tell(claim, trace, outcome)
            stored = claim.trace_id or (trace.trace_id if trace.known else None)
            try:
                more = await self._documents.save(claim, outcome, trace.correlation_id, stored)
            except LeaseLost as lost:
                say(LOG, logging.WARNING, "document.lease_lost", document=str(lost))
                return
            if not more:
                return

    async def _advance(self, claim: Claim, trace: Trace) -> StepEnd:
        progress = claim.progress
        progress.unsure = progress.unsure or claim.crashed
        if claim.redriven:
            progress.count_anew()
            progress.taken_up = True
        if claim.crashes > CRASHES_MAX:
            # Whatever it is in this document that ends processes: it must not go on for ever.
            return self._stop(claim, "KILLS_ITS_WORKER", f"{claim.crashes} runs of it ended with their process")
        process = self._flows[claim.key.flow]
        for breaker in process.breakers:
            wait = breaker.waits_s()
            if wait is not None:  # reading the source again and again would not bring the other system back
                return self._wait_for(breaker.system, wait, woken=True)
        try:
            async with asyncio.timeout(RUN_MAX_S):
                outcome = await process.make(claim, trace).advance()
        except Exception as error:  # noqa: BLE001 (a defect met by one document must not take the worker or its neighbours down)
            return self._ended_by(error, claim)
        if not isinstance(outcome, Parked):
            progress.parking = None
            if not isinstance(outcome, Retry):
                progress.failures = {}
        return outcome

    def _ended_by(self, error: Exception, claim: Claim) -> StepEnd:
        match error:
            case SystemDown():
                return self._wait_for(error.system, error.retry_after_s or 0.0, woken=not error.asked)
            case CallFailed():
                return self._failed(claim, error)
            case Unpostable():
                return self._stop(claim, "UNMAPPED" if isinstance(error, Unmapped) else "UNPOSTABLE", str(error))
            case TimeoutError():
                return self._failed(claim, _internal(f"no decision within {RUN_MAX_S} s"))
            case _:
                LOG.error("document.defect", exc_info=error, extra={"fields": {"document": claim.key.source_id}})
                return self._failed(claim, _internal(f"{type(error).__name__}: {error}"))

    def _failed(self, claim: Claim, failure: CallFailed) -> StepEnd:
        progress = claim.progress
        base_s = self._persistence.retry_base_s
        attempts = progress.failures.get(failure.operation, 0) + 1
        progress.failures[failure.operation] = attempts
        say(
            LOG,
            logging.INFO,
            "call.failed",
            document=claim.key.source_id,
            operation=failure.operation,
            code=failure.code,
            failure_class=failure.failure_class,
            status=failure.status,
            attempt=attempts,
            correlation_id=claim.correlation_id,
        )
        allowed = self._persistence.gives_up_after * (THROTTLE_FACTOR if failure.failure_class == "throttled" else 1)
        if failure.retry not in {AGAIN, REREAD, REFRESH} or attempts >= allowed:
            return park_failure(progress, failure, self._clock.now().timestamp())
        wait = backoff_s(base_s, attempts, self._entropy)
        if failure.retry_after_s is not None:
            wait = max(wait, failure.retry_after_s + base_s * self._entropy.fraction())
        return Retry(wait, str(failure))

    def _wait_for(self, system: str, wait_s: float, *, woken: bool) -> Retry:
        """Come back later, not all at once; `woken`: as soon as the system is back."""
        wait_s = max(wait_s, self._persistence.retry_base_s)
        delay_s = wait_s * (1 + SPREAD * self._entropy.fraction())
        return Retry(delay_s, f"{system} is down", waits_for=system if woken else None)

    def _stop(self, claim: Claim, code: str, reason: str) -> Parked:
        at = self._clock.now().timestamp()
        return park(claim.progress, failure_class="validation", code=code, reason=reason, owner="integration team", attempts=1, at=at)

    def _count(self, flow: str, outcome: StepEnd) -> str:
        """How the run ended, in one word."""
        word = outcome.how if isinstance(outcome, Settled) else type(outcome).__name__.lower()
        self._observer.meter.count("dryclose_engine_document_runs_total", flow, word)
        if isinstance(outcome, Retry):
            self._observer.meter.count("dryclose_engine_retries_total", flow, "system_down" if outcome.waits_for else "again")
        return word

    def _tell(self, claim: Claim, trace: Trace, outcome: StepEnd) -> None:
        level = logging.WARNING if isinstance(outcome, Parked) else logging.INFO
        if isinstance(outcome, Retry):
            level = logging.DEBUG
        facts = {name: getattr(outcome, name, None) for name in ("how", "why", "delay_s")}
        if isinstance(outcome, Parked):
            facts["why"] = outcome.parking.reason
        say(
            LOG,
            level,
            f"document.{type(outcome).__name__.lower()}",
            flow=claim.key.flow,
            document=claim.key.source_id,
            correlation_id=trace.correlation_id,
            trace_id=trace.trace_id,
            **facts,
        )


def _keep(progress: Progress, outcome: StepEnd) -> None:
    """A run that is only put off has not answered whoever asked for another go."""
    if isinstance(outcome, Parked):
        progress.parking = outcome.parking
    if not isinstance(outcome, Retry):
        progress.taken_up = False


def _internal(detail: str) -> CallFailed:
    return CallFailed("engine", "ambiguous", "INTERNAL", detail[:300], definite=False, retry=AGAIN, owner="integration team")
