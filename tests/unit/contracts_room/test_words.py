"""A verifier's mismatches as sentences."""

import pytest

from harness.contracts.door import said
from harness.contracts.words import pointer, reasons


@pytest.mark.parametrize(
    ("path", "expected"),
    [("$", "/"), ("$.a", "/a"), ("$.lines[0].amount", "/lines/0/amount"), ("$['a b']['c/d']", "/a b/c~1d"), ("$.a[*]", "/a/*")],
)
def test_places(path: str, expected: str) -> None:
    """The verifier's path as a JSON pointer."""
    assert pointer(path) == expected


@pytest.mark.parametrize(
    ("mismatch", "expected"),
    [
        (None, ("the verifier says that it failed, and not why",)),
        ({"type": "error", "message": "refused"}, ("no answer could be compared: refused",)),
        (
            {
                "type": "mismatches",
                "mismatches": [
                    {"type": "BodyMismatch", "path": "$", "mismatch": "Actual map is missing the following keys: a, b"},
                    {"type": "StatusMismatch", "expected": 200, "actual": 201},
                ],
            },
            ("status: expected 200, got 201", "/a: the member is missing", "/b: the member is missing"),
        ),
        (
            {
                "type": "mismatches",
                "mismatches": [
                    {"type": "BodyMismatch", "path": "$", "mismatch": "Actual map is missing the following keys: a"},
                    {"type": "StatusMismatch", "expected": 200, "actual": 409},
                ],
            },
            ("status: expected 200, got 409",),
        ),
        (
            {"type": "mismatches", "mismatches": [{"type": "MetadataMismatch", "key": "k", "expected": "a", "actual": "b"}]},
            ("message header k: expected a, got b",),
        ),
    ],
)
def test_sentences(mismatch: dict[str, object] | None, expected: tuple[str, ...]) -> None:
    """The status first; a refusal's body is not compared member by member; what is not known is passed on."""
    assert reasons(mismatch) == expected


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (200, b'{"code": "A"}', "200"),
        (409, b'{"code": "PERIOD_CLOSED", "detail": "closed"}', "409 PERIOD_CLOSED: closed"),
        (404, b'{"title": "Not found"}', "404: Not found"),
        (500, b"<html>", "500"),
        (500, b"[1]", "500"),
    ],
)
def test_answers(status: int, content: bytes, expected: str) -> None:
    """A problem document speaks for itself; anything else is its status."""
    assert said(status, content) == expected
