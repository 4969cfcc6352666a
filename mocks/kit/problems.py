"""RFC 9457 problem details from the error catalogue."""

from collections.abc import Mapping
from typing import Any

import msgspec

from contracts.catalog import ErrorCode

PROBLEM_TYPE = b"application/problem+json"


def title_of(code: str) -> str:
    """`DUPLICATE_REFERENCE` as people read it."""
    return code.replace("_", " ").capitalize()


class Problems:
    """Encodes problems. Never carries a stack trace, a secret or the request's body."""

    def __init__(self, errors: Mapping[str, ErrorCode]) -> None:
        self.errors = errors
        self._encoder = msgspec.json.Encoder()
        self._heads = {code: {"type": f"urn:dryclose:problem:{code}", "title": title_of(code)} for code in errors}

    def status(self, code: str) -> int:
        """HTTP status of a code. Raises KeyError for a code that is not in contracts/errors.yaml."""
        return self.errors[code].status

    def body(self, code: str, detail: str, instance: str, extra: Mapping[str, Any] | None = None, status: int | None = None) -> bytes:
        """The encoded document; `extra` are further members, such as existing_id."""
        document = {
            **self._heads[code],
            "status": status or self.errors[code].status,
            "detail": detail,
            "instance": instance,
            "code": code,
            **(extra or {}),
        }
        return self._encoder.encode(document)

    def view(self, status: int, code: str | None) -> str:
        """What a correct client may conclude from a complete answer: ok, fail (certainly no effect), info (unknown)."""
        if code is None:
            return "ok" if 200 <= status < 300 else "info"
        error = self.errors[code]
        if error.retry == "adopt":
            return "ok"  # it exists already: the goal is reached
        return "fail" if error.definite else "info"
