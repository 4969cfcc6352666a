"""What the live page is given: cards, traces, books, story and the state of the buttons."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from harness.demo.books import BooksOnShow
from harness.demo.documents import CardStage, Hop, Incident, TrackedDocument, ms_between
from harness.demo.floor import Floor
from harness.demo.mischief import Mischief
from harness.demo.narrator import Line, money_of, short
from harness.demo.words import document_name, system_name
from mocks.room.feed import Feed

STORY_MAX = 60
SHOWN: Mapping[CardStage, int] = {"approval": 40, "approved": 60, "connector": 80, "posted": 24, "stopped": 16}


class LiveShow:
    """The harness's side of mocks/room: `refresh` tells the readers what changed; the rest answers them."""

    def __init__(self, floor: Floor, mischief: Mischief, feed: Feed, page: tuple[str, str], knocked: Callable[[bool], None]) -> None:
        self._floor = floor
        self._mischief = mischief
        self._feed = feed
        self._page = (page[0].encode(), page[1])
        self._knocked = knocked
        self._story: deque[Line] = deque(maxlen=STORY_MAX)
        self._books: dict[str, Any] = BooksOnShow().document()
        self._weather: dict[str, Any] = {}

    # --- asked by the room

    def page(self) -> tuple[bytes, str]:
        """The page and its policy."""
        return self._page

    def snapshot(self) -> Mapping[str, Any]:
        """Everything that the page shows now."""
        documents: list[TrackedDocument] = []
        for stage, most in SHOWN.items():
            documents += [document for document in self._floor.open(stage) if document.handed_in][-most:]
        return {
            "documents": [card(document) for document in documents],
            "story": [line.row() for line in self._story],
            "books": self._books,
            "weather": self._now(),
        }

    def trace(self, txn_id: str) -> Mapping[str, Any] | None:
        """Every hop of one transaction."""
        document = self._floor.documents.get(txn_id)
        return trace(document) if document is not None else None

    def press(self, button: str, on: bool | None) -> Mapping[str, Any]:
        """A button."""
        self._mischief.press(button, on)
        self._tell_weather()
        return self._now()

    def knocked(self, *, opened: bool) -> None:
        """Somebody handed in a code."""
        self._knocked(opened)

    # --- told by the driver

    def refresh(self) -> None:
        """Tell every reader which cards changed, and the weather when it did."""
        changed = [card(document) for document in self._floor.take_changed() if document.handed_in]
        if changed:
            self._feed.tell("documents", changed)
        self._tell_weather()

    def tell_line(self, line: Line) -> None:
        """One line of the story."""
        self._story.append(line)
        self._feed.tell("story", line.row())

    def tell_books(self, books: BooksOnShow) -> None:
        """The books now; told when they differ."""
        document = books.document()
        if document != self._books:
            self._books = document
            self._feed.tell("books", document)

    def tell_end(self, facts: list[tuple[str, str]]) -> None:
        """The demo is over: name and text of what it came to."""
        self._feed.tell("end", {"facts": facts})

    def _tell_weather(self) -> None:
        weather = self._now()
        if weather != self._weather:
            self._weather = weather
            self._feed.tell("weather", weather)

    def _now(self) -> dict[str, Any]:
        floor = self._floor
        waiting = floor.open("connector", "approved")
        return {
            "buttons": self._mischief.state(),
            "windows": [incident.label for incident in floor.windows.values()],
            "counts": {
                "approval": sum(1 for document in floor.open("approval") if document.handed_in),
                "approved": len(floor.open("approved")),
                "connector": len(floor.open("connector")),
                "posted": floor.posted,
                "stopped": floor.stopped + sum(1 for document in floor.open("stopped") if document.parked),
            },
            "waiting": len(waiting),
            "thrown": floor.thrown,
            "healed": floor.healed,
        }


def card(document: TrackedDocument) -> dict[str, Any]:
    """One document on the board."""
    return {
        "id": document.txn_id,
        "number": short(document.number),
        "kind": document_name(document.kind),
        "title": document.title,
        "who": document.requester,
        "money": money_of(document),
        "stage": document.stage,
        "note": document.note,
        "doubled": document.doubled,
        "posted": [f"{document_name(kind)} {number}" for number, kind in document.posted.items()],
        "faults": [badge(incident) for incident in document.incidents],
    }


def badge(incident: Incident) -> dict[str, Any]:
    """A fault on a card."""
    return {"label": incident.label, "story": incident.story, "healed": incident.healed_ns is not None, "how": incident.how}


def trace(document: TrackedDocument) -> dict[str, Any]:
    """Every hop of one document."""
    first = document.hops[0].at_ns if document.hops else 0
    befores = [first, *(hop.at_ns for hop in document.hops)]
    return {
        **card(document),
        "full_number": document.number,
        "entity": document.entity,
        "approver": document.approver,
        "correlation_id": document.correlation_id,
        "hops": [hop_row(hop, before) for hop, before in zip(document.hops, befores, strict=False)],
        "left_out": document.hops_left_out,
    }


def hop_row(hop: Hop, before_ns: int) -> dict[str, Any]:
    """One line of a trace. gap_ms: since the line before."""
    return {
        "clock": hop.clock,
        "gap_ms": ms_between(before_ns, hop.at_ns),
        "who": hop.who,
        "to": system_name(hop.to),
        "text": hop.text,
        "detail": hop.detail,
        "tone": hop.tone,
        "took_ms": hop.took_ms,
    }
