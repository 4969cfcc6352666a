"""A pact file as far as dryclose has to understand it: who, which states, which requests and events. Any version from 2 to 4."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from harness.bounded import read_text
from harness.errors import UsageError

Kind = Literal["http", "event", "unsupported"]
BYTES_MAX = 100_000_000  # examples may be whole documents
VERSIONS = ("2", "3", "4")
KINDS: dict[str, Kind] = {"Synchronous/HTTP": "http", "Asynchronous/Messages": "event"}


@dataclass(frozen=True, slots=True)
class Interaction:
    """One expectation of a consumer. `authorization`: the header's example; `event_type`: the CloudEvents type of a message's example."""

    description: str
    states: tuple[str, ...]
    kind: Kind
    method: str = ""
    path: str = ""
    query: str = ""
    status: int | None = None
    authorization: str | None = None
    event_type: str | None = None
    pending: bool = False  # version 4: not kept yet, and that is no failure

    @property
    def refuses_access(self) -> bool:
        """The consumer expects to be turned away, so its token is meant as it stands."""
        return self.status in {401, 403}


@dataclass(frozen=True, slots=True)
class PactFile:
    """One contract between a consumer and a provider."""

    path: Path
    consumer: str
    provider: str
    interactions: tuple[Interaction, ...]
    document: dict[str, Any]

    @property
    def states(self) -> tuple[str, ...]:
        """Every provider state that it names, once."""
        return tuple(dict.fromkeys(state for each in self.interactions for state in each.states if state))


def read_pact(path: Path) -> PactFile:
    """Read a pact file. Raises UsageError that says what is wrong with it."""
    try:
        document = json.loads(read_text(path, BYTES_MAX))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON: {error}. Expected a pact file") from None
    try:
        return _pact(path, document)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UsageError(
            f"{path}: not a pact file: expected an object with consumer.name, provider.name and interactions or messages, each with a "
            "description, and a request or contents"
        ) from None


def _pact(path: Path, document: dict[str, Any]) -> PactFile:
    entries = [*document.get("interactions", ()), *document.get("messages", ())]
    if "interactions" not in document and "messages" not in document:
        raise KeyError("interactions")
    _check_version(path, document)
    consumer, provider = str(document["consumer"]["name"]), str(document["provider"]["name"])
    return PactFile(path, consumer, provider, tuple(_interaction(entry) for entry in entries), document)


def _check_version(path: Path, document: dict[str, Any]) -> None:
    metadata = document.get("metadata") or {}
    stated = metadata.get("pactSpecification") or metadata.get("pact-specification") or {}
    version = str(stated.get("version") or metadata.get("pactSpecificationVersion") or VERSIONS[-1])
    if version.partition(".")[0] not in VERSIONS:
        raise UsageError(
            f"{path}: version {version} of the pact format is not supported; versions {VERSIONS[0]} to {VERSIONS[-1]} are read"
        )


def _interaction(entry: dict[str, Any]) -> Interaction:
    description, states = str(entry["description"]), tuple(_states(entry))
    kind: Kind = KINDS.get(entry["type"], "unsupported") if "type" in entry else "http" if "request" in entry else "event"
    if kind == "event":
        return Interaction(description, states, kind, event_type=_event_type(entry.get("contents")), pending=entry.get("pending") is True)
    if kind != "http":
        return Interaction(description, states, kind)
    request, response = entry["request"], entry.get("response", {})
    if type(response.get("status", 200)) is not int:
        raise UsageError(f"{description!r}: its response status is {response['status']!r}; expected a number such as 200")
    return Interaction(
        description,
        states,
        kind,
        method=str(request.get("method", "GET")).upper(),
        path=str(request.get("path", "/")),
        query=_query(request.get("query")),
        status=response.get("status", 200),
        authorization=_header(request.get("headers") or {}, "authorization"),
        pending=entry.get("pending") is True,
    )


def _states(entry: dict[str, Any]) -> Iterator[str]:
    for state in entry.get("providerStates") or ():
        yield str(state["name"])
    for name in ("providerState", "provider_state"):  # version 2 and before
        if isinstance(entry.get(name), str):
            yield entry[name]


def _query(query: Any) -> str:
    """Sorted and encoded, from version 2's text or the lists of later ones."""
    if isinstance(query, str):
        return "&".join(sorted(query.split("&")))
    pairs = [(name, value) for name, values in (query or {}).items() for value in (values if isinstance(values, list) else [values])]
    return "&".join(sorted(urlencode([pair]) for pair in pairs))


def _header(headers: dict[str, Any], wanted: str) -> str | None:
    for name, value in headers.items():
        if name.lower() == wanted:
            return str(value[0] if isinstance(value, list) and value else value)
    return None


def _event_type(contents: Any) -> str | None:
    """Of the example: version 4 wraps it, as text or as a value."""
    body = contents.get("content", contents) if isinstance(contents, dict) else contents
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return None
    return str(body["type"]) if isinstance(body, dict) and isinstance(body.get("type"), str) else None
