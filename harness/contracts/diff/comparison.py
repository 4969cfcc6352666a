"""What was found between two documents so far, and what a difference means."""

from harness.contracts.diff.change import Change, Direction, shown
from harness.contracts.diff.document import ANNOTATIONS, ApiDocument, Place
from harness.contracts.diff.unweighed import Position, differences
from harness.errors import UsageError

STEPS_MAX = 500_000  # schemas looked at; some documents say with a few references more than anybody can compare


class Findings:
    """Two documents and the changes between them."""

    def __init__(self, old: ApiDocument, new: ApiDocument) -> None:
        self.old = old
        self.new = new
        self.weighed: set[str] = set()  # pointers, of both documents
        self._changes: dict[Change, None] = {}
        self._steps = 0

    def sorted(self) -> list[Change]:
        """Every change once, the breaking ones first. What breaks in one direction is not told again as compatible in the other."""
        broken = {(each.pointer, each.text) for each in self._changes if each.breaking}
        kept = [each for each in self._changes if each.breaking or (each.pointer, each.text) not in broken]
        return sorted(kept, key=lambda each: (not each.breaking, each.pointer, each.text))

    def lost(self, place: Place, text: str) -> None:
        """Something that was relied on is gone: breaking whoever sends and whoever reads."""
        self._changes[Change(True, place.pointer, text)] = None

    def gained(self, place: Place, text: str) -> None:
        """Something is there in addition."""
        self._changes[Change(False, place.pointer, text)] = None

    def narrowed(self, place: Place, text: str, direction: Direction) -> None:
        """Less is possible than before: breaking for those who send."""
        self._changes[Change(direction != "response", place.pointer, text)] = None

    def widened(self, place: Place, text: str, direction: Direction) -> None:
        """More is possible than before: breaking for those who read."""
        self._changes[Change(direction != "request", place.pointer, text)] = None

    def changed(self, old: Place, new: Place, noun: str) -> None:
        """A fact that callers rely on as it is."""
        if old.value != new.value:
            self.lost(old, f"{noun} changed from {shown(old.value)} to {shown(new.value)}")

    def unweighed(self, old: Place, new: Place, position: Position) -> None:
        """What nobody here understands: every difference is told, and is never called compatible."""
        for place, text in differences((self.old, old), (self.new, new), position):
            self.lost(place, f"{text} (not weighed)")

    def rest(self, old: Place, new: Place, weighed: frozenset[str]) -> None:
        """The members of two objects of a document that the caller has not compared itself."""
        for name in sorted((set(old.members()) | set(new.members())) - weighed - ANNOTATIONS):
            if not name.startswith("x-"):
                self.unweighed(old.only({name}), new.only({name}), "object")

    def pair(self, old: Place, new: Place) -> tuple[Place, Place]:
        """Two places after their references, which count as compared from now on. What stands beside a reference may count or not."""
        self.rest(_beside_reference(old), _beside_reference(new), frozenset())
        old, new = self.old.follow(old), self.new.follow(new)
        self.weighed |= {old.pointer, new.pointer}
        return old, new

    def step(self, count: int) -> None:
        """Raises UsageError when there would be no end."""
        self._steps += count
        if self._steps > STEPS_MAX:
            raise UsageError(f"{self.old.name} or {self.new.name} combines its schemas in too many ways to be compared")


def _beside_reference(place: Place) -> Place:
    return place.without("$ref") if isinstance(place.value, dict) and "$ref" in place.value else Place(None, place.pointer, place.document)
