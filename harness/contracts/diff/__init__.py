"""Two versions of a document compared: what breaks whoever relied on the old one, and what does not.

Direction decides. Data that a consumer sends (a request) must still be accepted: narrower is breaking. Data that a consumer reads
(a response, an event) must still be what it was: wider, or less certain, is breaking. A JSON Schema alone says neither, so both count.
"""

from harness.contracts.diff.asyncapi import compare_asyncapi
from harness.contracts.diff.change import Change, Direction
from harness.contracts.diff.document import Document, load_document, same_kind
from harness.contracts.diff.openapi import compare_openapi, definitions
from harness.contracts.diff.schema import Comparison
from harness.errors import UsageError

__all__ = ["Change", "Direction", "Document", "compare", "load_document"]


def compare(old: Document, new: Document, direction: Direction = "both") -> list[Change]:
    """Every change, the breaking ones first. `direction` is for JSON Schemas only. Raises UsageError for documents of different kinds."""
    same_kind(old, new)
    comparison = Comparison(old, new)
    try:
        _compare(comparison, direction)
    except RecursionError:
        raise UsageError(f"{old.name} or {new.name} nests too deep to be compared") from None
    return comparison.sorted()


def _compare(comparison: Comparison, direction: Direction) -> None:
    old, new = comparison.old, comparison.new
    if old.kind == "openapi":
        compare_openapi(comparison)
    elif old.kind == "asyncapi":
        compare_asyncapi(comparison)
    else:
        comparison.schemas(old.top(), new.top(), direction)
        definitions(comparison)
