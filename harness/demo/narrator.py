"""What the demo tells: one line for each moment that matters, the same on the terminal and on the page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from harness.actors.registry import ACTORS
from harness.demo.books import BooksOnShow
from harness.demo.documents import Incident, Moment, TrackedDocument
from harness.demo.words import books_of, document_name
from reports.fields import clean, clip
from reports.money import from_minor

TITLE_WIDTH = 44
NUMBER_WIDTH = 4
STYLES = {"work": "", "done": "green", "stop": "yellow", "fault": "bold red", "healed": "bold green", "money": "cyan", "alarm": "bold red"}
MARKS = {"work": "·", "done": "✓", "stop": "x", "fault": "⚡", "healed": "♥", "money": "=", "alarm": "!"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line. tone: a key of STYLES. clock: business time to the second."""

    clock: str
    tone: str
    text: str
    money: str = ""
    txn_id: str = ""

    def row(self) -> dict[str, str]:
        """For the page."""
        return {"clock": self.clock, "tone": self.tone, "text": self.text, "money": self.money, "txn": self.txn_id}


def line_of(moment: Moment) -> Line | None:
    """The line of a moment, or None for one that its successor tells better."""
    teller = _TELLERS.get(moment.what)
    return teller(moment) if teller is not None else None


def money_of(document: TrackedDocument) -> str:
    """`USD 1,204.10`."""
    return from_minor(document.amount_minor, document.currency)


def short(number: str) -> str:
    """The end of a document's number, by which people call it: `REQ …8844`."""
    kind, _, rest = number.partition("-")
    return f"{kind} …{rest[-NUMBER_WIDTH:]}" if rest else number


def lapse(nanoseconds: int) -> str:
    """`41 ms`, `2.3 s`."""
    return f"{nanoseconds / 1e6:.0f} ms" if nanoseconds < 1_000_000_000 else f"{nanoseconds / 1e9:.1f} s"


def _about(moment: Moment, tone: str, text: str) -> Line:
    assert moment.document is not None
    return Line(moment.clock[:8], tone, clean(text), money_of(moment.document), moment.document.txn_id)


def _submitted(moment: Moment) -> Line:
    document = moment.document
    assert document is not None
    actor = ACTORS.get(document.kind)
    asks = actor.show.asks if actor and actor.show else "hands in"
    return _about(moment, "work", f"{short(document.number)}  {document.requester} {asks} {clip(document.title, TITLE_WIDTH)}")


def _posted(moment: Moment) -> Line:
    document = moment.document
    assert document is not None
    number, kind = next(iter(document.posted.items()), ("?", "document"))
    took = f", {lapse(moment.at_ns - document.approved_ns)} later" if document.approved_ns is not None else ""
    approved = f"approved by {document.approver}; " if document.approver else ""
    return _about(moment, "done", f"{short(document.number)}  {approved}{document_name(kind)} {number} is in the {books_of(kind)}{took}")


def _doubled(moment: Moment) -> Line:
    document = moment.document
    assert document is not None
    numbers = " and ".join(f"{document_name(kind)} {number}" for number, kind in document.posted.items())
    met = " and ".join(dict.fromkeys(incident.label for incident in document.incidents if not incident.window))
    unhealed = f"; not healed: {met}" if met else ""
    return _about(moment, "alarm", f"{short(document.number)}  BOOKED MORE THAN ONCE: {numbers}{unhealed}")


def _stopped(moment: Moment) -> Line:
    assert moment.document is not None
    return _about(moment, "stop", f"{short(moment.document.number)}  {moment.document.note}")


def _fault(moment: Moment) -> Line:
    return _incident(moment, "fault", lambda incident: f"fault: {incident.label}. {incident.story[:1].upper()}{incident.story[1:]}")


def _ended(moment: Moment) -> Line:
    return _incident(moment, "work", lambda incident: f"{incident.label} is over")


def _healed(moment: Moment) -> Line:
    def text(incident: Incident) -> str:
        return f"healed: {incident.label}, after {lapse((incident.healed_ns or 0) - incident.began_ns)}: {incident.how}"

    return _incident(moment, "healed", text)


def _incident(moment: Moment, tone: str, text: Callable[[Incident], str]) -> Line:
    assert moment.incident is not None
    if moment.document is None:
        return Line(moment.clock[:8], tone, text(moment.incident))
    return _about(moment, tone, f"{short(moment.document.number)}  {text(moment.incident)}")


_TELLERS: dict[str, Callable[[Moment], Line]] = {
    "submitted": _submitted,
    "posted": _posted,
    "doubled": _doubled,
    "returned": _stopped,
    "rejected": _stopped,
    "refused": _stopped,
    "parked": _stopped,
    "fault": _fault,
    "ended": _ended,
    "healed": _healed,
}


def money_lines(books: BooksOnShow, clock: str) -> Iterable[Line]:
    """Where the money stands, one line for each currency."""
    for balance in (books.balances[currency] for currency in sorted(books.balances)):
        row = balance.row()
        rest = ("in_flight", "parked", "refused")
        parts = [f"posted {row['posted']}", *(f"{name.replace('_', ' ')} {row[name]}" for name in rest if getattr(balance, name))]
        verdict = "agrees" if balance.agrees else f"DOES NOT AGREE: {row['unexplained']} unexplained"
        text = f"approved {row['approved']} = {' + '.join(parts)}; {verdict}"
        yield Line(clock[:8], "money" if balance.agrees else "alarm", text)


class Narrator:
    """Writes lines to a console. Names and titles come from documents, so nothing in them is taken for markup."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def tell(self, line: Line) -> None:
        """One line; it is cut to the terminal, and whole where there is none."""
        style = STYLES[line.tone]
        text = Text(no_wrap=self._console.is_terminal, overflow="ellipsis")
        text.append(f"{line.clock} ", "dim")
        text.append(f"{line.money:>16}  ", style or "bold")
        text.append(f"{MARKS[line.tone]} {line.text}", style)
        self._console.print(text, highlight=False, soft_wrap=not self._console.is_terminal)

    def say(self, text: str = "") -> None:
        """One line without a time."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
