"""The small parts of the demo: agenda, amounts, words, lines."""

import io

from rich.console import Console

from harness.actors.chance import lognormal
from harness.demo.agenda import Agenda, pause_s
from harness.demo.documents import Moment, TrackedDocument
from harness.demo.narrator import Line, Narrator, lapse, line_of, short
from harness.demo.words import call_words, fault_label, fault_story
from mocks.company.streams import Stream


def test_the_agenda_keeps_the_order_of_time() -> None:
    """What is due comes once, earliest first; equal times in the order in which they were made."""
    agenda, done = Agenda(), []
    for due_s, name in ((2.0, "c"), (1.0, "a"), (1.0, "b"), (9.0, "z")):
        agenda.at(due_s, lambda name=name: done.append(name))
    for deed in agenda.due(5.0):
        deed()
    assert (done, agenda.due(5.0), len(agenda)) == (["a", "b", "c"], [], 1)


def test_amounts_are_bounded_and_repeatable() -> None:
    """The same seed gives the same amounts, small ones more often than large ones."""
    stream = Stream(5, "amounts")
    drawn = [lognormal(stream, 1000, 1.1, 50, 9000) for _ in range(500)]
    assert (min(drawn) >= 50, max(drawn) <= 9000, 800 < sorted(drawn)[250] < 1250) == (True, True, True)
    assert drawn[:3] == [lognormal(one, 1000, 1.1, 50, 9000) for one in [Stream(5, "amounts")] for _ in range(3)]


def test_people_take_their_time_within_bounds() -> None:
    """Between a third and twice of the mean, and less at a higher speed."""
    pauses = [pause_s(Stream(1, number), 3.0, 1.0) for number in range(200)]
    assert (min(pauses) >= 1.0, max(pauses) <= 6.0) == (True, True)
    assert pause_s(Stream(1, 1), 3.0, 3.0) * 3 == pause_s(Stream(1, 1), 3.0, 1.0)


def test_what_is_declared_later_is_spelled_from_its_name() -> None:
    """A call point or fault that this room has no words for can be read all the same."""
    assert call_words("erp.gr.create") == "creates the goods receipt"
    assert call_words("bank.statement.collect") == "collects the statement"
    assert fault_label("F-Z9", "clock_skew") == "clock skew"
    assert fault_story("F-Z9", "clock_skew", "erp") == "clock skew at the ERP"


def test_numbers_are_short_and_times_readable() -> None:
    """The end of a number is what people say; a lapse has one unit."""
    assert (short("REQ-RABCD-56218844"), short("17")) == ("REQ …8844", "17")
    assert (lapse(41_400_000), lapse(2_340_000_000)) == ("41 ms", "2.3 s")


def test_texts_of_documents_act_on_nothing() -> None:
    """Neither markup nor terminal escapes in a title reach the terminal as such."""
    document = TrackedDocument(
        "p2p-1", "requisition-to-po", "", "[bold]x[/bold]\x1b[31m\x07", number="REQ-T-1", kind="requisition", currency="USD"
    )
    line = line_of(Moment("submitted", 0, "09:00:00.000", document))
    assert line is not None
    screen = io.StringIO()
    Narrator(Console(file=screen, force_terminal=False, width=400)).tell(line)
    assert "[bold]x[/bold]" in screen.getvalue()
    assert "\x1b" not in screen.getvalue()
    assert "\x07" not in screen.getvalue()


def test_a_line_has_time_money_and_mark_in_columns() -> None:
    """Lines stand under each other, with and without money."""
    screen = io.StringIO()
    narrator = Narrator(Console(file=screen, force_terminal=False, width=200))
    narrator.tell(Line("09:00:01", "work", "one", "USD 1.00"))
    narrator.tell(Line("09:00:02", "fault", "two"))
    first, second = screen.getvalue().splitlines()
    assert first.index("one") == second.index("two")
