"""The judge's timeline as people read it: amounts with their decimals, and the short labels that fit into a diagram."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.fields import Record, number, text, whole
from reports.money import from_minor
from reports.words import word

_MINOR = re.compile(r"(?<![\w.])(-?\d{1,18}) ([A-Z]{3}) in minor units")
_NOW = re.compile(r"^(?:[a-z ]{1,20}: )?(?P<what>.+?) is now (?P<state>\w+)")
_PREFIX = re.compile(r"^(?:a person|create|update|reverse): ")
_ANSWER = re.compile(r"^(?P<seen>(?:no answer|\d{3})(?: [A-Z_]{4,40})?) (?P<truth>[a-z_]{4,20})$")
_TRUTHS = frozenset({"committed", "replayed", "rejected", "deferred", "not_reached"})
_KEY = re.compile(r"\bkey (\S+)")
_REFERENCE = re.compile(r"\breference (\S+)")
_FAULT = re.compile(r"\bF-[A-Z]\d{1,2}\b")


@dataclass(frozen=True, slots=True)
class Label:
    """What stands beside a mark: a line, and a smaller one beneath."""

    line: str
    beneath: str = ""


def readable(said: str) -> str:
    """`20629 USD in minor units` becomes `USD 206.29`."""
    return _MINOR.sub(lambda match: from_minor(match[1], match[2]) or match[0], said)


def since_start(entries: Sequence[Record]) -> list[Record]:
    """The same rows with t_ms counted from the first one: the judge counts from the start of the world."""
    start = next((at for at in (number(entry, "t_ms") for entry in entries) if at is not None), 0.0)
    return [{**entry, "t_ms": at - start} if (at := number(entry, "t_ms")) is not None else entry for entry in entries]


def clock(entry: Record) -> str:
    """Milliseconds since the transaction began, seconds when there are many."""
    elapsed = number(entry, "t_ms")
    if elapsed is None:
        return ""
    return f"{elapsed:,.0f} ms" if elapsed < 10_000 else f"{elapsed / 1000:,.1f} s"


def place(entry: Record) -> str:
    """`erp.po.create #2`; the first attempt has no number."""
    attempt = whole(entry, "attempt")
    point = text(entry, "call_point").removeprefix("wh.")
    return f"{point} #{attempt}" if point and attempt > 1 else point


def document_label(entry: Record) -> Label:
    """`4500012345` over `purchase order created`."""
    said = readable(text(entry, "text"))
    match = _NOW.match(said)
    if match is None:
        return Label(_PREFIX.sub("", said))
    kind, _, document = _PREFIX.sub("", match["what"]).rpartition(" ")
    return Label(document, f"{kind} {word(match['state'])}".strip())


def request_label(entry: Record) -> Label:
    """The call point over the idempotency key and the reference that came with it."""
    said = text(entry, "text")
    marks = [f"{name} {match[1]}" for name, pattern in (("key", _KEY), ("ref", _REFERENCE)) if (match := pattern.search(said))]
    return Label(place(entry) or said, " ".join(marks))


def answer_label(entry: Record, truth: str = "") -> Label:
    """What the client saw (`201`, `409 VERSION_CONFLICT`, `no answer`) over what was true (`committed`)."""
    said = text(entry, "text").removeprefix("the connector answered ").replace("the connector did not answer", "no answer")
    match = _ANSWER.match(said)
    if match:
        return Label(match["seen"], word(match["truth"]))
    return Label(said or text(entry, "view"), truth)


def event_label(entry: Record) -> Label:
    """The event; beneath it what is wrong with its signature or its time."""
    said = text(entry, "text")
    marks = [words for mark, words in ((", forged", "signature not genuine"), (", stale", "old timestamp")) if mark in said]
    return Label(place(entry) or said, ", ".join(marks))


def truth_of(decision: Record) -> str:
    """`committed` from a mock's decision `201 committed`; nothing when it only read."""
    last = text(decision, "text").rpartition(" ")[2]
    return word(last) if last in _TRUTHS else ""


def fault_label(entry: Record, names: Mapping[str, str]) -> Label:
    """`F-A3 response lost after commit` when the id is known, else what was said."""
    said = text(entry, "text")
    found = _FAULT.search(said) or _FAULT.search(text(entry, "fault_id"))
    if found and found[0] in names:
        return Label(f"{found[0]} {word(names[found[0]])}")
    return Label(word(said or text(entry, "fault_id", "fault")))
