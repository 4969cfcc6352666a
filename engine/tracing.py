"""Spans over OTLP/HTTP, when OTEL_EXPORTER_OTLP_ENDPOINT is set. The SDK is imported only then: it would double the time to start.

A document's trace comes with its webhook and is stored with the document. A document that polling found first gets the
trace that its correlation id stands for (`trace_of`), which whoever has the correlation id can compute.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

SERVICE = "dryclose-engine"
EXPORT_TIMEOUT_S = 2.0
EXPORT_EVERY_MS = 500
QUEUE_MAX = 16_384
Kind = Literal["server", "client", "internal"]
Value = str | int | float | bool


def trace_of(correlation_id: str) -> str:
    """The W3C trace id of a transaction that nobody gave one: the first half of SHA-256 of its correlation id."""
    return sha256(correlation_id.encode()).hexdigest()[:32]


def root_of(trace_id: str) -> str:
    """The span id that stands for the root of a trace whose root is not known."""
    return trace_id[16:] if trace_id[16:].strip("0") else trace_id[:16]


class Tracing:
    """Makes spans. `open_tracing` gives one only when there is somewhere to send them."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry import trace  # noqa: PLC0415

        self._api = trace
        self._provider = provider
        self._tracer = provider.get_tracer("dryclose.engine")
        self._kinds = {"server": trace.SpanKind.SERVER, "client": trace.SpanKind.CLIENT, "internal": trace.SpanKind.INTERNAL}

    @contextmanager
    def span(
        self, name: str, kind: Kind, trace_id: str, parent_id: str | None, attributes: Mapping[str, Value]
    ) -> "Iterator[tuple[Span, str]]":
        """A span under `parent_id`, and its own id. What is raised inside marks it as failed, by its type alone: texts may quote bodies."""
        sampled = self._api.TraceFlags(1)
        parent = self._api.SpanContext(int(trace_id, 16), int(parent_id or root_of(trace_id), 16), is_remote=True, trace_flags=sampled)
        context = self._api.set_span_in_context(self._api.NonRecordingSpan(parent))
        span = self._tracer.start_span(name, context, self._kinds[kind], dict(attributes), record_exception=False)
        try:
            yield span, f"{span.get_span_context().span_id:016x}"
        except Exception as error:
            span.set_status(self._api.StatusCode.ERROR, type(error).__name__)
            raise
        finally:
            span.end()

    def close(self) -> None:
        """Send what is left, for a bounded time."""
        self._provider.shutdown()


def open_tracing(endpoint: str | None) -> Tracing | None:
    """Tracing to this OTLP/HTTP endpoint. Other OTEL_EXPORTER_OTLP_* variables (headers, certificate) are read by the exporter itself."""
    if endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint.rstrip("/") + "/v1/traces", timeout=EXPORT_TIMEOUT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=QUEUE_MAX, schedule_delay_millis=EXPORT_EVERY_MS))
    return Tracing(provider)
