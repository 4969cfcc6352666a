"""Whether a comparison says enough to call two documents compatible."""

from harness.contracts.diff.document import ANNOTATIONS, ApiDocument
from harness.contracts.diff.references import unfollowed
from harness.contracts.diff.schema import Comparison
from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, DrycloseError

SHOWN_MAX = 5
ROOMS = {
    "openapi": (("paths",), ("webhooks",), ("components", "schemas")),
    "asyncapi": (("operations",), ("channels",), ("components", "messages"), ("components", "schemas")),
}
NOUNS = {
    "openapi": "no operation, webhook or schema",
    "asyncapi": "no operation, channel, message or schema",
    "json schema": "no keyword that demands anything",
}


class NotComparable(DrycloseError):  # noqa: N818 (a state of the evidence, not a fault of the caller)
    """No change was found that breaks anything, but not everything could be compared."""

    exit_code = EXIT_NOT_ENOUGH_EVIDENCE


def add_unfollowed(comparison: Comparison) -> None:
    """What is behind a reference that leads nowhere may have changed. Raises NotComparable, unless something breaks anyway."""
    found = [(each, place, reason) for each in (comparison.old, comparison.new) for place, reason in unfollowed(each)]
    if not found:
        return
    if any(change.breaking for change in comparison.sorted()):
        for _, place, reason in found:
            comparison.lost(place, f"not compared: reference {reason}")
        return
    lines = [f"  {document.name} {place.pointer}: {reason}" for document, place, reason in found[:SHOWN_MAX]]
    more = [f"  and {len(found) - SHOWN_MAX} more"] if len(found) > SHOWN_MAX else []
    start = "nothing breaks as far as it could be compared, but not every reference could be followed:"
    raise NotComparable("\n".join([start, *lines, *more, "Bundle each document into one file and compare again."]))


def require_something(old: ApiDocument, new: ApiDocument) -> None:
    """Raises NotComparable when nobody can have relied on anything that the old document says."""
    if _is_empty(old) and (old.kind != "json schema" or _is_empty(new)):
        raise NotComparable(f"{old.name} says nothing that could be compared: {NOUNS[old.kind]} is in it")


def _is_empty(document: ApiDocument) -> bool:
    if document.kind == "json schema":
        return not document.root.keys() - ANNOTATIONS - {"$schema"}
    return not any(document.top().at(*room).members() for room in ROOMS[document.kind])
