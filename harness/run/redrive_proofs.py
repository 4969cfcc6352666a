"""What a redrive proved: pure, from the books before and after it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION

Status = Literal["PASS", "FAIL", "not offered", "not examined"]
SHOWN = 5  # troubles of one proof on the terminal


@dataclass(frozen=True, slots=True)
class Item:
    """A parked document. had: its document was there already when it was parked, only nobody had told the source."""

    txn_id: str
    reference: str
    had: bool


@dataclass(frozen=True, slots=True)
class Look:
    """The books at one moment, by transaction: documents that were made, changes by the connector's calls, who is told that it is posted,
    what is declared parked."""

    made: Mapping[str, int]
    written: Mapping[str, int]
    posted: frozenset[str]
    parked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proof:
    """One line. troubles: why it fails, or why it says nothing."""

    id: str
    what: str
    status: Status
    items: tuple[str, ...] = ()
    troubles: tuple[str, ...] = field(default=())

    def lines(self) -> Iterable[str]:
        """For a terminal or a log."""
        count = f" ({len(self.items)} item{'s' if len(self.items) != 1 else ''})" if self.items else ""
        reason = f": {self.troubles[0]}" if self.troubles and self.status not in {"PASS", "FAIL"} else ""
        yield f"  {self.status:<12} {self.what}{count}{reason}"
        if self.status == "FAIL":
            yield from (f"               {trouble}" for trouble in self.troubles[:SHOWN])
            if len(self.troubles) > SHOWN:
                yield f"               and {len(self.troubles) - SHOWN} more"


def proof(name: str, what: str, items: Sequence[Item], troubles: Iterable[str]) -> Proof:
    """PASS without troubles; of no items nothing is proven."""
    found = tuple(troubles)
    references = tuple(item.reference for item in items)
    if not items and not found:
        return not_examined(name, what, "nothing was parked for it")
    return Proof(name, what, "FAIL" if found else "PASS", references, found)


def not_offered(name: str, what: str, member: str) -> Proof:
    """The manifest declares no such thing."""
    return Proof(name, what, "not offered", troubles=(f"the manifest declares no {member}",))


def not_examined(name: str, what: str, why: str) -> Proof:
    """It could not be tried."""
    return Proof(name, what, "not examined", troubles=(why,))


def left_for_it(name: str, what: str, items: Sequence[Item], parked: Collection[str], found: int) -> Proof | list[Item]:
    """Those of a proof's items that are still parked when its turn comes; the proof that was not examined when none is, because somebody
    took them up before. found: how many items there were for all proofs."""
    if not items:
        return not_examined(name, what, f"only {found} documents were parked")
    left = [item for item in items if item.txn_id in parked]
    return left or not_examined(
        name, what, f"{len(items)} documents were kept for it, and none of them is parked any more: an earlier redrive took them"
    )


def not_brought_through(items: Iterable[Item], after: Look) -> Iterable[str]:
    """Items that did not become exactly one posting, of which the source knows."""
    for item in items:
        made = after.made.get(item.txn_id, 0)
        if made != 1:
            yield f"{item.reference}: {made or 'no'} documents stand for it, expected exactly one"
        elif item.txn_id not in after.posted:
            yield f"{item.reference}: its document is there, but the source was not told" + _still(item, after)
        elif item.txn_id in after.parked:
            yield f"{item.reference}: it is posted and still declared parked"


def _still(item: Item, after: Look) -> str:
    return "; it is still parked" if item.txn_id in after.parked else ""


def disturbed(others: Iterable[Item], before: Look, after: Look) -> Iterable[str]:
    """Items that nobody named, and that were taken up all the same."""
    for item in others:
        if after.made.get(item.txn_id, 0) != before.made.get(item.txn_id, 0):
            yield f"{item.reference}: a document was made for it, although it was not named"
        elif item.txn_id in before.parked and item.txn_id not in after.parked:
            yield f"{item.reference}: it is no longer parked, although it was not named"


def written_to(items: Iterable[Item], before: Look, after: Look) -> Iterable[str]:
    """Items for which a dry run did something after all."""
    for item in items:
        if after.written.get(item.txn_id, 0) != before.written.get(item.txn_id, 0):
            yield f"{item.reference}: something was written for it"
        elif item.txn_id not in after.parked:
            yield f"{item.reference}: it is no longer parked"


def made_again(items: Iterable[Item], before: Look, after: Look) -> Iterable[str]:
    """Items that were over, and for which something was made once more."""
    for item in items:
        more = after.made.get(item.txn_id, 0) - before.made.get(item.txn_id, 0)
        if more > 0:
            yield f"{item.reference}: {more} more document{'s' if more > 1 else ''} made, although it was posted already"


def not_named(asked: Collection[str], named: frozenset[str] | None) -> Iterable[str]:
    """What a dry run should have said and did not, and the other way round."""
    if named is None:
        yield 'the answer names nothing; expected {"items": [{"reference": ...}]}, what a redrive would take up'
        return
    yield from (f"{reference}: a redrive would take it up, but the answer does not name it" for reference in sorted(set(asked) - named))
    yield from (f"{reference}: named, although nobody asked about it" for reference in sorted(named - set(asked)))


def exit_code(proofs: Sequence[Proof]) -> int:
    """1 when one fails; 2 when something that is offered was not examined, or nothing at all was; else 0."""
    if any(one.status == "FAIL" for one in proofs):
        return EXIT_VIOLATION
    incomplete = any(one.status == "not examined" for one in proofs) or not any(one.status == "PASS" for one in proofs)
    return EXIT_NOT_ENOUGH_EVIDENCE if incomplete else EXIT_PASS


def document(proofs: Sequence[Proof], *, run_id: str, connector: str) -> dict[str, Any]:
    """redrive.json."""
    return {
        "schema": 1,
        "run_id": run_id,
        "connector": connector,
        "exit_code": exit_code(proofs),
        "proofs": [{**asdict(one), "items": list(one.items), "troubles": list(one.troubles)} for one in proofs],
    }
