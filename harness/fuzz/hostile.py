"""Requests that no document describes: too large, too deep, too many, not quite JSON. Each gets an answer, soon, and never a crash."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from harness.fuzz import rules
from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.sender import Sender
from harness.fuzz.sent import Sent, of_prepared
from harness.fuzz.settings import SLOW_S
from harness.fuzz.target import Target, operations_of, token_issuers

KIB = 1024
BODY = 250 * KIB  # just below the limit of our systems, where whatever is slow shows
SHOWN = 200
BELOW = frozenset({400, 413, 414, 431})


@dataclass(frozen=True, slots=True)
class Hostile:
    """One request. query: appended to the path as it is."""

    name: str
    body: bytes | None = None
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    below: bool = False  # a server may refuse it before the application sees it, in its own words


def bodies() -> Iterator[Hostile]:
    """For operations with a JSON body."""
    yield Hostile("deep arrays", b"[" * BODY)
    yield Hostile("deep objects", b'{"a":' * (BODY // 5))
    yield Hostile("deep and closed", b"[" * 100_000 + b"]" * 100_000)
    yield Hostile("quotes that never close", b"[" * 40 + b'"' + b'\\"' * (BODY // 2 - 40))
    yield Hostile("one long text", b'{"reason":"' + b"x" * BODY + b'"}')
    yield Hostile("a number of many digits", b'{"line_no":' + b"9" * BODY + b"}")
    yield Hostile("a huge exponent", b'{"line_no":1e999999999}')
    yield Hostile("many members", json.dumps({f"m{number}": number for number in range(20_000)}).encode())
    yield Hostile("many items", b'{"lines":[' + b",".join([b"{}"] * 60_000) + b"]}")
    yield Hostile("too large", b'"' + b"x" * (2 * BODY) + b'"')
    yield Hostile("a member twice", b'{"reason":"a","reason":"b"}')
    yield Hostile("no UTF-8", b'{"reason":"\xff\xfe"}')
    yield Hostile("a lone surrogate", b'{"reason":"\\ud800"}')
    yield Hostile("a NUL", b'{"reason":"\\u0000"}')
    yield Hostile("a byte order mark", b"\xef\xbb\xbf{}")
    yield Hostile("UTF-16", '{"reason":"x"}'.encode("utf-16"))
    yield Hostile("NaN", b'{"line_no":NaN}')
    yield Hostile("nothing", b"")
    yield Hostile("not an object", b"null")
    yield Hostile("a form", b"a=1&b=2", content_type="application/x-www-form-urlencoded")
    yield Hostile("no JSON at all", b"%PDF-1.7", content_type="application/pdf")


def queries() -> Iterator[Hostile]:
    """For operations without a body."""
    yield Hostile("many parameters", below=True, query="&".join(f"p{number}={number}" for number in range(6_000)))
    yield Hostile("one parameter many times", below=True, query="&".join(["limit=1"] * 6_000))
    yield Hostile("a long value", below=True, query="external_ref=" + "x" * 50_000)
    yield Hostile("a large limit", query="limit=999999999999999999999")
    yield Hostile("digits of another script", query="limit=" + quote("١٢"))
    yield Hostile("an invented cursor", query="cursor=" + "A" * 1_000)
    yield Hostile("no UTF-8 in the query", query="external_ref=%ff%fe")
    yield Hostile("a NUL in the query", query="external_ref=a%00b")
    yield Hostile("separators only", query="&=&==&%26;;")


def anywhere() -> Iterator[Hostile]:
    """For one operation of each kind."""
    yield Hostile("many headers", below=True, headers=tuple((f"X-Many-{number}", "1") for number in range(60)))
    yield Hostile("a long header", below=True, headers=(("X-Long", "x" * 30_000),))
    yield Hostile("an odd correlation id", headers=(("X-Correlation-ID", "ü" * 100),))
    yield Hostile("an odd trace", headers=(("traceparent", "00-" + "0" * 32 + "-0-00"),))
    yield Hostile("a long key", headers=(("Idempotency-Key", "k" * 5_000),))


def planned(target: Target) -> int:
    """How many probes there are."""
    chosen = _chooser()
    return sum(len(chosen(operation)) for _, _, operation in operations_of(target.document))


def _chooser() -> Callable[[Any], Sequence[Hostile]]:
    """Which requests an operation gets. They are long, and made once."""
    more = tuple(anywhere())
    with_body, without = (*bodies(), *more), (*queries(), *more)
    return lambda operation: with_body if "requestBody" in operation else without


@dataclass(frozen=True, slots=True)
class Probed:
    """What became of one probe. status None: no answer came."""

    name: str
    operation: str
    sent: Sent
    status: int | None
    objections: tuple[str, ...]


def probe(target: Target, sender: Sender, stopped: Callable[[], bool]) -> Iterator[Probed]:
    """Every probe, sent as the generator's client would."""
    chosen = _chooser()
    for method, path, operation in operations_of(target.document):
        for one in chosen(operation):
            if stopped():
                return
            yield _tried(target, sender, one, (method, path, operation))


def _tried(target: Target, sender: Sender, one: Hostile, at: tuple[str, str, Any]) -> Probed:
    method, path, operation = at
    request = sender.prepare(method, *_parts(target, one, path, operation))
    sent, label = of_prepared(request), f"{method} {path}"
    assert sent is not None
    try:
        answer, seconds = sender.timed(request)
    except requests.RequestException as error:
        return Probed(one.name, label, sent, None, (type(error).__name__,))
    return Probed(one.name, label, sent, answer.status, tuple(_objections(target, one, answer, seconds, at)))


def _parts(target: Target, one: Hostile, path: str, operation: Any) -> tuple[str, dict[str, str], bytes | None]:
    """Path, headers and body."""
    where = f"{_concrete(path)}?{one.query}" if one.query else _concrete(path)
    headers = {**_authority(target, operation), **target.headers, **{name: _wire(value) for name, value in one.headers}}
    if "requestBody" not in operation:
        return where, headers, None
    return where, {**headers, "Content-Type": one.content_type}, b"{}" if one.body is None else one.body


def _objections(target: Target, one: Hostile, answer: FuzzedAnswer, seconds: float, at: tuple[str, str, Any]) -> Iterator[str]:
    method, _, operation = at
    yield from rules.leaks(answer, target.secrets if operation.get("operationId") not in token_issuers() else ())
    if answer.status >= 500:
        yield f"status {answer.status}: {answer.text[:SHOWN]}"
    if seconds > SLOW_S:
        yield f"the answer took {seconds:.1f} s; expected at most {SLOW_S:g} s"
    if target.ours and not (one.below and answer.status in BELOW):
        yield from rules.wrong_problem(answer, target.codes, method)


def _authority(target: Target, operation: Any) -> dict[str, str]:
    """A bearer token for this operation, when it needs one."""
    for requirement in operation.get("security", []):
        for name, scopes in requirement.items():
            for scheme in (name, *(f"bearer_{scope.replace('.', '_')}" for scope in scopes)):
                found = target.credentials.get(scheme)
                if found is not None and found.bearer is not None:
                    return {"Authorization": f"Bearer {found.bearer}"}
    return {}


def _concrete(path: str) -> str:
    return "/".join("4500000001" if part.startswith("{") else part for part in path.split("/"))


def _wire(text: str) -> str:
    return text.encode().decode("latin-1")
