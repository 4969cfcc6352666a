"""Figures of a load: percentiles, backlog, drain, recovery, throttling."""

from dataclasses import replace

import pytest

from harness.load import figures
from harness.load.facts import Called, Throttled
from harness.load.percentiles import nearest_rank, spread
from tests.unit.load.values import P2P, click, driven, journey, requisitions

DAY = [*(journey(second / 10, 0.1) for second in range(100)), *(journey(10 + second / 10, 3.0 - second / 10) for second in range(20))]
WINDOW = (10.0, 12.0)


def test_percentiles_are_measured_values() -> None:
    """Nearest rank: 20 values have their 19th as p95 and their 20th as p99; one value is all of them; nothing has none."""
    values = [float(number) for number in range(1, 21)]
    assert [nearest_rank(values, share) for share in (50, 95, 99, 100)] == [10.0, 19.0, 20.0, 20.0]
    assert spread([7.0]) == {"count": 1, "p50": 7.0, "p95": 7.0, "p99": 7.0, "max": 7.0}
    assert spread([]) == {"count": 0, "p50": None, "p95": None, "p99": None, "max": None}


@pytest.mark.requirement("R09.07")
def test_backlog_is_the_most_that_waits_in_each_second() -> None:
    """Approved and not confirmed, whether it is confirmed later or never; a peak between two full seconds counts."""
    journeys = [journey(0.2, 0.5), journey(0.9, 1.5), journey(1.1, None)]
    assert figures.backlog_series(journeys, 4) == [1, 2, 2, 1]
    assert figures.backlog_series([journey(0.1, 0.3), journey(0.2, 0.3), journey(0.3, 0.3)], 2) == [3, 0]
    assert figures.waiting_at(journeys, 1.0) == 1


@pytest.mark.requirement("R08.14")
def test_drain_ends_with_the_last_document_that_waited() -> None:
    """Documents that were approved after the window do not count; one that never comes makes the drain endless."""
    found = figures.maintenance([*DAY, journey(12.5, 9.0)], WINDOW, "erp")
    assert found is not None
    assert (found["backlog_before"], found["backlog_at_end"], found["drain_s"]) == (1, 20, 1.0)
    endless = figures.maintenance([*DAY, journey(11.0, None)], WINDOW, "erp")
    assert endless is not None
    assert endless["drain_s"] is None


def test_a_window_that_nobody_met_has_no_drain() -> None:
    """Zero seconds would read as the best drain there is."""
    found = figures.maintenance([journey(1.0, 0.2), journey(20.0, 0.2)], WINDOW, "erp")
    assert found is not None
    assert (found["backlog_at_end"], found["drain_s"]) == (0, None)


@pytest.mark.requirement("R08.14")
def test_recovery_is_the_last_slow_second_after_the_window() -> None:
    """Slow: more than half as much again as p95 before, and at least 500 ms. Nothing after it proves nothing."""
    later = [journey(12.2, 2.0), journey(13.0, 0.9), journey(14.0, 0.2)]
    found = figures.maintenance([*DAY, *later], WINDOW, "erp")
    assert found is not None
    assert (found["p95_before_ms"], found["recovered_below_ms"], found["recovery_s"]) == (100.0, 500.0, 1.0)
    slow_to_the_end = figures.maintenance([*DAY, *later[:2]], WINDOW, "erp")
    assert slow_to_the_end is not None
    assert slow_to_the_end["recovery_s"] is None


def test_p95_before_leaves_out_what_the_window_caught() -> None:
    """A document that was approved before it and confirmed after it says how long the window was, not how fast the connector is."""
    caught = [journey(9.5 + second / 100, 4.0) for second in range(40)]
    found = figures.maintenance([*DAY, *caught], WINDOW, "erp")
    assert found is not None
    assert found["p95_before_ms"] == 100.0


def test_curves_hold_every_document() -> None:
    """A confirmation at exactly second 5 is on the curve, and so are documents that were due when the senders had given up."""
    found = figures.series(driven(clicks=(click(0.0),)), [journey(1.0, 4.0)])
    assert (sum(found["confirmed"]), found["backlog"][-1]) == (1, 0)
    short = replace(driven(clicks=(click(0.0),)), documents=requisitions(3, every_s=4.0))
    assert sum(figures.series(short, [])["offered"]) == 3


def test_calm_leaves_out_what_the_window_touched() -> None:
    """Also documents that were approved before it and waited into it; a slow document elsewhere stays in."""
    before, into, inside, after = journey(5.0, 4.0), journey(9.9, 5.0), journey(10.5, 3.0), journey(20.0, 8.0)
    assert figures.calm([before, into, inside, after], WINDOW, 5.0) == [before, after]
    assert figures.calm([into], None, 5.0) == [into]
    assert figures.latency([before, inside], [P2P], WINDOW, 5.0)[P2P]["calm"]["p95"] == 4000.0


def test_throttling_says_who_obeyed() -> None:
    """Too early: more than 50 ms before Retry-After was over; a call that never came again is not counted as obeying."""
    answers = [
        Throttled("a", 0, 1000, 1100.0),
        Throttled("a", 0, 1000, 960.0),
        Throttled("b", 0, 1000, 400.0),
        Throttled("b", 0, 1000, None),
    ]
    found = figures.throttling(answers, 2, 100)
    assert (found["answers"], found["came_again"], found["too_early"], found["obeyed_share"]) == (6, 3, 1, 0.6667)
    assert found["by_call_point"] == {"a": 2, "b": 2}


@pytest.mark.requirement("R08.04")
def test_people_and_connector_are_told_apart_with_their_errors() -> None:
    """Errors by code for people, by status for the connector."""
    people = figures.people([click(0.0), click(1.0, error="MAINTENANCE")])
    assert people["procurement.requisition.create"]["errors"] == 1
    assert people["procurement.requisition.create"]["codes"] == {"MAINTENANCE": 1}
    calls = [Called("erp.po.create", 0, 1.0, 201, True, None), Called("erp.po.create", 0, 2.0, 429, False, "RATE_LIMITED")]
    assert figures.connector(calls)["erp.po.create"]["statuses"] == {"429": 1}
