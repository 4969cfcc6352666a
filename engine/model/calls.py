"""One outgoing call as data, and the trace that ties a document's calls together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.clock import Entropy
from engine.tracing import trace_of


@dataclass(slots=True)
class Trace:
    """What ties a document's calls together over all systems: the business correlation id, and the W3C trace.

    The gateways of one run share it; the one that reads the source document puts the document's own id in.
    """

    correlation_id: str
    trace_id: str
    span_id: str | None = None  # under which the next call belongs
    known: bool = True  # else the trace is only made up, until the document says which transaction it belongs to
    failures: Mapping[str, int] = field(default_factory=dict)  # of the document so far, by operation

    @classmethod
    def of_document(cls, correlation_id: str, stored: str | None, failures: Mapping[str, int], entropy: Entropy) -> "Trace":
        """As the document has it (`<trace>` or `<trace>-<span>`); made up when it has none."""
        trace_id, _, span_id = (stored or entropy.trace_id()).partition("-")
        return cls(correlation_id, trace_id, span_id or None, known=stored is not None, failures=failures)

    def adopt(self, correlation_id: str | None) -> None:
        """The document names its correlation id: it counts from here on, and so does the trace that it stands for."""
        if correlation_id:
            self.correlation_id = correlation_id
            if not self.known:
                self.trace_id, self.span_id, self.known = trace_of(correlation_id), None, True

    def headers(self, span_id: str) -> dict[str, str]:
        """A span of the same trace for each call."""
        return {"X-Correlation-ID": self.correlation_id, "traceparent": f"00-{self.trace_id}-{span_id}-01"}


@dataclass(frozen=True, slots=True)
class Request:
    """One operation as it goes out. `key` becomes Idempotency-Key, `if_match` the version that was decided upon."""

    operation: str  # its call point, for logs and attempt counts
    method: str
    path: str
    body: bytes | None = None
    params: Mapping[str, str] | None = None
    key: str | None = None
    if_match: int | None = None
