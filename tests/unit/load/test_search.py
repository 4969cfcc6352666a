"""The search for the knee: up until something breaks, then between; bounded, and honest about what it did not see."""

from harness.load.profile import Knee
from harness.load.search import Probe, Search

KNEE = Knee(start_per_s=4, factor=2, probes=10, precision=0.1)


def searched(breaks_at: float, knee: Knee = KNEE, doubtful_at: float = 1e9) -> Search:
    """The search over a connector that breaks above a rate."""
    search = Search(knee)
    while (rate := search.next_rate()) is not None:
        broke = ("p95: 9 ms, limit 5 ms",) if rate > breaks_at else ()
        search.tell(Probe(rate, broke, ("the generator was late",) if rate > doubtful_at else ()))
    return search


def test_the_knee_is_found_between_what_held_and_what_broke() -> None:
    """The answer is a rate that held, and the rate that broke is close above it."""
    for knee in (5.0, 13.0, 100.0):
        search = searched(knee)
        held, broken = search.sustained, search.broken
        assert held is not None
        assert broken is not None
        assert held.rate_per_s <= knee < broken.rate_per_s <= held.rate_per_s * 1.1 + 0.01
        assert search.sentence().startswith(f"Sustainable: {held.rate_per_s:g} documents a second. At {broken.rate_per_s:g} broke p95")


def test_a_search_below_the_first_rate_goes_down() -> None:
    """The first probe may be too much already."""
    held = searched(1.5).sustained
    assert held is not None
    assert 1.0 < held.rate_per_s <= 1.5


def test_a_search_without_a_break_says_at_least() -> None:
    """Bounded by its number of probes."""
    search = searched(1e9, Knee(start_per_s=4, factor=2, probes=3))
    assert search.sentence() == "At least 16 documents a second; no limit broke."
    assert search.document()["broke_at_per_s"] is None


def test_a_search_that_cannot_go_on_says_why() -> None:
    """A probe on top of the last one's documents would measure both: what was found until then is the answer."""
    search = Search(KNEE)
    search.tell(Probe(4.0))
    search.tell(Probe(8.0, ("backlog: 9, limit 5",)))
    assert search.next_rate() == 6.0
    search.ended = "7 documents were still open"
    assert search.next_rate() is None
    assert search.sentence() == (
        "Sustainable: 4 documents a second. At 8 broke backlog: 9, limit 5. The search ended early: 7 documents were still open."
    )


def test_a_generator_that_gives_way_first_is_no_knee() -> None:
    """What broke there was the measurement."""
    search = searched(1e9, doubtful_at=20.0)
    assert search.broken is None
    assert "the measurement failed at" in search.sentence()
