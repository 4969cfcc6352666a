"""Which fact an event or a list item is. Facts are told apart by entity, revision and version, never by delivery id."""

import re
from dataclasses import replace
from typing import Any

import msgspec

from engine.flows.registry import JOB_EVENTS, SOURCE_EVENTS
from engine.store.inbox import Fact


class _Envelope(msgspec.Struct):
    id: str
    type: str
    data: dict[str, Any]
    correlationid: str | None = None


ID = re.compile("[!-~\u00a1-\ud7ff]{1,64}")
PLAIN = re.compile(r"[\x21-\x7e]{1,200}")  # fit for a column and for a header; anything else is left out
_ENVELOPE = msgspec.json.Decoder(_Envelope)


class EventError(Exception):
    """A genuine event that does not have the agreed shape: which member, what was expected."""


def fact_of_source(flow: str, source_id: str, revision: int, version: int, type_: str, *, only_known: bool = False) -> Fact:
    """A source document changed. The same version told twice, by event and by list, is one fact."""
    return Fact(f"{flow}:{source_id}:{revision}:{version}", flow, source_id, type_, only_known=only_known)


def fact_of_event(body: bytes, trace_id: str | None, correlation_id: str | None) -> Fact | None:
    """The fact that a verified event tells, or None when it is about nothing of ours. Raises EventError."""
    try:
        envelope = _ENVELOPE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EventError(f"not a CloudEvents envelope with id, type and data: {error}") from error
    fact = _fact(envelope)
    if fact is None:
        return None
    correlation = next((each for each in (envelope.correlationid, correlation_id) if each and PLAIN.fullmatch(each)), None)
    event_id = envelope.id if PLAIN.fullmatch(envelope.id) else None
    return replace(fact, event_id=event_id, trace_id=trace_id, correlation_id=correlation)


def _fact(envelope: _Envelope) -> Fact | None:
    known = SOURCE_EVENTS.get(envelope.type)
    if known is not None:
        source_id = _id(envelope, known.source_id)
        revision = _member(envelope, known.revision, int) if known.revision else 1
        return fact_of_source(known.flow, source_id, revision, _member(envelope, "version", int), envelope.type)
    told = JOB_EVENTS.get(envelope.type)
    if told is None:
        return None
    reference = envelope.data.get(told.reference)
    ours = told.source(reference) if isinstance(reference, str) and ID.fullmatch(reference) else None
    if ours is None:
        return None  # somebody else's posting
    job_id = _id(envelope, told.job)
    # What the event says about the job is not believed: it only makes the document look at the job.
    return Fact(f"posting:{job_id}:{envelope.type}", told.flow, ours, envelope.type, about_source=False, only_known=True)


def _id(envelope: _Envelope, name: str) -> str:
    """An id that the database can hold: PostgreSQL has no NUL, and an index row has an end."""
    value: str = _member(envelope, name, str)
    if not ID.fullmatch(value):
        raise EventError(f"data.{name} of {envelope.type}: expected 1 to 64 characters without blanks and controls")
    return value


def _member(envelope: _Envelope, name: str, expected: type[Any]) -> Any:
    value = envelope.data.get(name)
    if not isinstance(value, expected) or isinstance(value, bool):
        raise EventError(f"data.{name} of {envelope.type}: expected {expected.__name__}, got {type(value).__name__}")
    return value
