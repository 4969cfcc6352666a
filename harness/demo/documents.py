"""What is known about one document, one hop of it, one fault that it met, one moment that is worth telling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Row = Mapping[str, Any]
CardStage = Literal["approval", "approved", "connector", "posted", "stopped"]
Tone = Literal["", "ok", "info", "fail", "fault", "commit"]


@dataclass(slots=True)
class Hop:
    """One line of a trace. at_ns since the world started; took_ms of an answer; who acts, upon whom."""

    at_ns: int
    clock: str
    who: str
    to: str
    text: str
    detail: str = ""
    tone: Tone = ""
    took_ms: float | None = None


@dataclass(slots=True)
class Incident:
    """A fault that reached the connector. system: where. healed_ns: when everything that it met was settled, posted at most once."""

    fault_id: str
    label: str
    story: str
    system: str
    began_ns: int
    documents: set[str] = field(default_factory=set)
    window: bool = False
    ended_ns: int | None = None  # of a window
    healed_ns: int | None = None
    how: str = ""


@dataclass(slots=True)
class TrackedDocument:
    """One business document on its way."""

    txn_id: str
    flow: str
    entity: str
    title: str
    number: str = ""
    kind: str = ""
    requester: str = ""
    approver: str = ""
    amount_minor: int = 0
    currency: str = ""
    correlation_id: str = ""
    stage: CardStage = "approval"
    note: str = ""
    reason: str = ""  # what the person said who turned it down
    posted: dict[str, str] = field(default_factory=dict)  # live documents of the ERP: number to kind
    doubled: bool = False  # more than one live document of the ERP at one time
    handed_in: bool = False
    approved_ns: int | None = None
    settled_ns: int | None = None
    incidents: list[Incident] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    hops_left_out: int = 0

    @property
    def parked(self) -> bool:
        """The connector declared it parked; it may still be posted."""
        return self.stage == "stopped" and self.settled_ns is None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that is worth telling: submitted, returned, approved, posted, refused, rejected, parked, fault, healed."""

    what: str
    at_ns: int
    clock: str
    document: TrackedDocument | None = None
    incident: Incident | None = None


def clock_of(row: Row) -> str:
    """Business time of a row: `09:00:12.345`."""
    return str(row["t_biz"])[11:23]


def ms_between(start_ns: int, end_ns: int) -> float:
    """Milliseconds, to a tenth."""
    return round((end_ns - start_ns) / 1e6, 1)


def how_healed(document: TrackedDocument, incident: Incident) -> str:
    """What the connector did about it, as far as its calls show."""
    after = [hop for hop in document.hops if hop.at_ns >= incident.began_ns and hop.tone != "fault"]
    once = "it is booked once" if document.posted else "nothing was booked"
    deliveries = [hop for hop in document.hops if hop.text.startswith("webhook") and hop.tone == "ok"]
    signs = (
        (any(hop.detail.endswith("the first answer again") for hop in after), "asked again with the same key and got the first answer"),
        (any("looks up" in hop.text for hop in after), "looked it up by its reference"),
        (any("duplicate reference" in hop.detail for hop in after), "took up what exists already"),
        (incident.fault_id == "F-D1" and len(deliveries) > 1, "acknowledged both deliveries"),
        (incident.fault_id == "F-D5", "found it by polling"),
        (any(hop.text.endswith(", again") and hop.to != "connector" for hop in after), "waited and asked again"),
    )
    did = next((deed for seen, deed in signs if seen), None)
    return f"the connector {did}; {once}" if did else once
