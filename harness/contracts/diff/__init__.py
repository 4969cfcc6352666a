"""Two versions of a document compared: what breaks whoever relied on the old one, and what does not.

Direction decides. Data that a consumer sends (a request) must still be accepted: narrower is breaking. Data that a consumer reads
(a response, an event) must still be what it was: wider, or less certain, is breaking. A JSON Schema alone says neither, so both count.
Whatever is not understood counts as breaking when it differs, and what cannot be looked at is no evidence for anything.
"""

from harness.contracts.diff.asyncapi import compare_asyncapi
from harness.contracts.diff.change import Change, Direction
from harness.contracts.diff.document import ApiDocument, same_kind
from harness.contracts.diff.evidence import NotComparable, add_unfollowed, require_something
from harness.contracts.diff.loading import load_document
from harness.contracts.diff.openapi import compare_openapi, compare_shared_schemas
from harness.contracts.diff.schema import Comparison
from harness.errors import UsageError

__all__ = ["ApiDocument", "Change", "Direction", "NotComparable", "compare", "load_document"]


def compare(old: ApiDocument, new: ApiDocument, direction: Direction = "both") -> list[Change]:
    """Every change, the breaking ones first. `direction` is for JSON Schemas only.

    Raises UsageError for documents of different kinds or with values of a wrong kind, NotComparable for too little evidence.
    """
    same_kind(old, new)
    comparison = Comparison(old, new)
    try:
        require_something(old, new)
        _compare(comparison, direction)
        add_unfollowed(comparison)
    except RecursionError:
        raise UsageError(f"{old.name} or {new.name} nests too deep to be compared") from None
    return comparison.sorted()


def _compare(comparison: Comparison, direction: Direction) -> None:
    old, new = comparison.old.top(), comparison.new.top()
    if comparison.old.kind == "openapi":
        compare_openapi(comparison)
    elif comparison.old.kind == "asyncapi":
        compare_asyncapi(comparison)
    else:
        comparison.schemas(old, new, direction)
        for name in ("$defs", "definitions"):
            compare_shared_schemas(comparison, old.at(name), new.at(name))
