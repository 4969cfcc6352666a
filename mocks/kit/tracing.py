"""Spans of the mocks over OTLP/HTTP, when there is somewhere to send them. The SDK is imported only then.

A request continues the trace that it brings; a webhook continues the trace of the request or the person that caused it.
What has no trace belongs to the one that its correlation id stands for (`trace_of`), so that all that people do in one
transaction is one trace, and whoever knows the correlation id finds it.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mocks.kit.commits import Origin

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, SpanKind

SERVICE = "dryclose-world"
EXPORT_TIMEOUT_S = 2.0
EXPORT_EVERY_MS = 500
QUEUE_MAX = 32_768
UNDER_WAY_MAX = 20_000
OF_ROWS = {
    "status": "http.response.status_code",
    "code": "dryclose.code",
    "fault_id": "dryclose.fault.id",
    "mode": "dryclose.fault.mode",
    "reason": "dryclose.reason",
    "client_view": "dryclose.client_view",
}
"""Columns of the row that ends a span, and the attributes that they become."""


def trace_of(correlation_id: str) -> str:
    """The W3C trace id of a transaction that nobody gave one: the first half of SHA-256 of its correlation id."""
    return sha256(correlation_id.encode()).hexdigest()[:32]


def context_of(traceparent: str | None, correlation_id: str) -> tuple[str, str]:
    """Trace and parent span: those that came, or those that the correlation id stands for."""
    if traceparent:
        _, trace_id, span_id, _ = traceparent.split("-")
        return trace_id, span_id
    trace_id = trace_of(correlation_id)
    return trace_id, trace_id[16:]


class WorldSpans:
    """Server spans of requests and producer spans of webhooks. The rows that end them are those of the history."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry import trace  # noqa: PLC0415

        self._api = trace
        self._provider = provider
        self._tracer = provider.get_tracer("dryclose.world")
        self._open: dict[int, Span] = {}
        self._faults: dict[str, tuple[str, str]] = {}  # of events that are still to be sent

    def arrived(self, op_id: int, origin: Origin, attempt: int, method: str) -> None:
        """A request came in."""
        attributes: dict[str, Any] = {"http.request.method": method, "dryclose.attempt": attempt}
        self._begin(op_id, origin.call_point, self._api.SpanKind.SERVER, origin, attributes)

    def sending(self, op_id: int, origin: Origin, attempt: int, event_id: str) -> dict[str, str]:
        """An event goes out: the header under which its receiver goes on."""
        attributes: dict[str, Any] = {"dryclose.attempt": attempt}
        fault = self._faults.get(event_id)
        if fault is not None:
            attributes["dryclose.fault.id"], attributes["dryclose.fault.mode"] = fault
        context = self._begin(op_id, origin.call_point, self._api.SpanKind.PRODUCER, origin, attributes).get_span_context()
        return {"traceparent": f"00-{context.trace_id:032x}-{context.span_id:016x}-01"}

    def _begin(self, op_id: int, name: str, kind: "SpanKind", origin: Origin, attributes: dict[str, Any]) -> "Span":
        trace_id, parent_id = context_of(origin.traceparent, origin.correlation_id)
        sampled = self._api.TraceFlags(1)
        parent = self._api.SpanContext(int(trace_id, 16), int(parent_id, 16), is_remote=True, trace_flags=sampled)
        attributes |= {
            "dryclose.system": origin.node,
            "dryclose.call_point": origin.call_point,
            "dryclose.correlation_id": origin.correlation_id,
        }
        context = self._api.set_span_in_context(self._api.NonRecordingSpan(parent))
        span = self._open[op_id] = self._tracer.start_span(name, context, kind, attributes)
        if len(self._open) > UNDER_WAY_MAX:
            self._open.pop(next(iter(self._open))).end()
        return span

    def row(self, kind: str, _node: str, _mono_ns: int, columns: Mapping[str, Any]) -> None:
        """One row of the history was written: an end, or a fault that met an event."""
        if kind in {"response_end", "event_ack"}:
            span = self._open.pop(columns["op_id"], None)
            if span is not None:
                span.set_attributes({OF_ROWS[name]: value for name, value in columns.items() if name in OF_ROWS})
                span.end()
        elif kind == "fault_fired" and "event_id" in columns:
            self._faults[columns["event_id"]] = (columns["fault_id"], columns["mode"])
            if len(self._faults) > UNDER_WAY_MAX:
                self._faults.pop(next(iter(self._faults)))

    def close(self) -> None:
        """End what is open and send what is left, for a bounded time."""
        while self._open:
            self._open.popitem()[1].end()
        self._provider.shutdown()


def open_spans(endpoint: str | None) -> WorldSpans | None:
    """Spans to this OTLP/HTTP endpoint. Other OTEL_EXPORTER_OTLP_* variables (headers, certificate) are read by the exporter itself."""
    if endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint.rstrip("/") + "/v1/traces", timeout=EXPORT_TIMEOUT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=QUEUE_MAX, schedule_delay_millis=EXPORT_EVERY_MS))
    return WorldSpans(provider)
