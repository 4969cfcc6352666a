"""The envelope of a wire dialect, as one seam: everything about an operation's wire that is not the operation.

A dialect decides where an operation is found (method and path), what the body of a request and of an answer looks like, how a list and a
problem are wrapped, how a version becomes an ETag and an If-Match a version, which header carries an idempotency key, and the content
types. It never touches the books, attribution, faults, idempotency, limits or the history: a call point is the same call point in every
dialect, its faults meet it unchanged, and its rows are the same rows.

`HOUSE` is today's JSON. A vendor's dialect overrides what differs. Schema drift (contracts/drift.yaml) names members of the house's
answers; a dialect whose members have other names has no such cells until it brings a table of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mocks.kit.intake import Incoming, idempotency_key, version_of, wrong_tag
from mocks.kit.operation import Operation, Refusal
from mocks.kit.problems import PROBLEM_TYPE, Problems
from mocks.kit.wire import Header

JSON_TYPE: Header = (b"content-type", b"application/json")


class HouseDialect:
    """Plain JSON: members as the operations declare them, RFC 9457 problems, strong ETags, the Idempotency-Key header."""

    content_type: Header = JSON_TYPE
    problem_type: Header = (b"content-type", PROBLEM_TYPE)

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder(decimal_format="string")

    def operations(self, declared: Sequence[Operation]) -> Sequence[Operation]:
        """The operations that this dialect serves, each where it serves it."""
        return declared

    def path(self, path: str) -> str:
        """A path as it came, as the table of routes spells it."""
        return path

    def request(self, operation: Operation, raw: bytes) -> bytes:  # noqa: ARG002 (a vendor's body depends on the operation)
        """The body as JSON with the members that the operation declares. Raises Refusal when it cannot be read."""
        return raw

    def answer(self, operation: Operation, body: Any) -> bytes:  # noqa: ARG002 (a vendor's envelope depends on the operation)
        """An answer's body on the wire. body: a struct, or a dict; a list is {"items", "next_cursor"}."""
        return self._encoder.encode(body)

    def problem(self, problems: Problems, code: str, detail: str, *, instance: str, extra: Mapping[str, Any] | None, status: int) -> bytes:
        """A problem's body on the wire."""
        return problems.body(code, detail, instance, extra, status)

    def etag(self, version: int) -> str:
        """The ETag of a version."""
        return f'"{version}"'

    def named_version(self, incoming: Incoming) -> tuple[int | None, Refusal | None]:
        """The version that the request is conditional on, and what is wrong with what it says."""
        given = incoming.header(b"if-match")
        return version_of(given), wrong_tag(given)

    def key(self, incoming: Incoming) -> tuple[str | None, Refusal | None]:
        """The idempotency key of the request, and what is wrong with it."""
        return idempotency_key(incoming)


HOUSE = HouseDialect()
