"""The one object that the engine's parts tell what they do: it counts always, and traces when there is somewhere to send spans."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.clock import WallClock
from engine.metrics import Meter
from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed
from engine.tracing import Tracing, Value

if TYPE_CHECKING:
    from opentelemetry.trace import Span

SUCCESS = "success"


@dataclass(slots=True)
class Watched:
    """One thing under way. `ended` says how it went; until then it counts as broken off."""

    span: "Span | None" = None
    span_id: str | None = None
    trace_id: str | None = None
    status: int | None = None  # of a success; a failure brings its own
    outcome: str = "broken_off"

    def ended(self, outcome: str, status: int | None = None) -> None:
        """How it went: a word of a closed set, and the HTTP status when there was one."""
        self.outcome = outcome
        if self.span is not None:
            self.span.set_attribute("dryclose.outcome", outcome)
            if status is not None:
                self.span.set_attribute("http.response.status_code", status)

    def describe(self, name: str, value: str) -> None:
        """One attribute more."""
        if self.span is not None:
            self.span.set_attribute(name, value)

    @property
    def context(self) -> str | None:
        """`<trace>-<span>`, as it is stored with a document."""
        return f"{self.trace_id}-{self.span_id}" if self.trace_id else None


class Observer:
    """Without arguments it counts for itself alone, which is what a test of one part wants."""

    def __init__(self, tracing: Tracing | None = None, monotonic: Callable[[], float] | None = None) -> None:
        self.meter = Meter()
        self._tracing = tracing
        self._monotonic = monotonic or WallClock().monotonic

    @contextmanager
    def call(self, system: str, request: Request, trace: Trace) -> Iterator[Watched]:
        """One call to a system, from before it is sent until its answer was read."""
        began = self._monotonic()
        watched = Watched()
        try:
            with self._client_span(system, request, trace, watched):
                yield watched
        finally:
            self.meter.count("dryclose_engine_calls_total", system, request.operation, watched.outcome)
            self.meter.time("dryclose_engine_call_duration_seconds", self._monotonic() - began, system, request.operation)

    @contextmanager
    def _client_span(self, system: str, request: Request, trace: Trace, watched: Watched) -> Iterator[None]:
        if self._tracing is None:
            with _outcome_of(watched):
                yield
            return
        attributes: dict[str, Value] = {
            "dryclose.call_point": request.operation,
            "dryclose.correlation_id": trace.correlation_id,
            "dryclose.attempt": trace.failures.get(request.operation, 0) + 1,
            "http.request.method": request.method,
            "peer.service": system,
        }
        with self._tracing.span(request.operation, "client", trace.trace_id, trace.span_id, attributes) as (span, span_id):
            watched.span, watched.span_id = span, span_id
            with _outcome_of(watched):
                yield

    @contextmanager
    def run(self, flow: str, trace: "Trace") -> Iterator[Watched]:
        """One run of one document. Its calls become children of its span, unless the trace is not known before the first of them."""
        if self._tracing is None or not trace.known:
            yield Watched()
            return
        attributes = {"dryclose.flow": flow, "dryclose.correlation_id": trace.correlation_id}
        with self._tracing.span(f"run {flow}", "internal", trace.trace_id, trace.span_id, attributes) as (span, span_id):
            trace.span_id = span_id
            yield Watched(span, span_id)

    @contextmanager
    def event(self, trace: tuple[str, str] | None) -> Iterator[Watched]:
        """One webhook, under the span of its sender."""
        if self._tracing is None or trace is None:
            yield Watched(None, trace[1], trace[0]) if trace else Watched()
            return
        with self._tracing.span("POST /webhooks", "server", *trace, {"http.request.method": "POST"}) as (span, span_id):
            yield Watched(span, span_id, trace[0])

    def snapshot(self, gauges: Mapping[str, Mapping[tuple[str, ...], float]]) -> bytes:
        """The exposition, with these gauges as they are now."""
        for name, values in gauges.items():
            self.meter.show(name, values)
        return self.meter.text()


@contextmanager
def _outcome_of(watched: Watched) -> Iterator[None]:
    """Success, or the class of the failure that leaves."""
    try:
        yield
    except CallFailed as failure:
        watched.ended(failure.failure_class, failure.status)
        raise
    watched.ended(SUCCESS, watched.status)
