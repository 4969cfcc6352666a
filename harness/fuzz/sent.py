"""One request as it went over the wire, whoever sent it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True, slots=True)
class Sent:
    """Values of headers are bytes: they need not be text."""

    method: str
    url: str
    headers: tuple[tuple[str, bytes], ...]
    body: bytes = b""

    @property
    def size(self) -> int:
        """How much a person has to read."""
        return len(self.url) + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def header(self, name: str) -> bytes | None:
        """The value of a header, whatever its case."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), None)

    def prepared(self) -> requests.PreparedRequest:
        """To be sent once more as it was."""
        again = requests.PreparedRequest()
        again.method, again.url, again.body = self.method, self.url, self.body or None
        again.headers = requests.structures.CaseInsensitiveDict(self.headers)
        again.hooks = requests.hooks.default_hooks()
        return again


def of_prepared(request: Any) -> Sent | None:
    """What an answer or an error of `requests` says that was sent; None when it says nothing."""
    if isinstance(request, requests.Request):
        request = request.prepare()
    if not isinstance(request, requests.PreparedRequest):
        return None
    return Sent(str(request.method), str(request.url), _headers(request.headers), _bytes(request.body))


def of_recorded(request: Any) -> Sent:
    """What the generator recorded; each of its headers has a list of values."""
    flat = ((name, value) for name, values in request.headers.items() for value in values)
    return Sent(str(request.method), str(request.uri), _headers(flat), _bytes(request.body))


def _headers(found: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> tuple[tuple[str, bytes], ...]:
    pairs = found.items() if isinstance(found, Mapping) else found
    return tuple((_name(name), _bytes(value, "latin-1")) for name, value in pairs)


def _name(name: Any) -> str:
    return name.decode("latin-1") if isinstance(name, bytes) else str(name)


def _bytes(value: Any, encoding: str = "utf-8") -> bytes:
    if isinstance(value, str):
        try:
            return value.encode(encoding)
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, bytes | bytearray) else b""
