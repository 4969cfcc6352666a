"""Limits say what was missed, by how much and since when; a saturated generator or mock is not held against the connector."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.catalog import load_catalog
from harness.load.documents import documents
from harness.load.drive import Driven
from harness.load.limits import limits_held, saturation
from harness.load.outcome import exit_code
from harness.load.profile import Limits, Saturation, load_profile
from harness.load.sheet import Click
from mocks.company import generate
from tests.unit.load.values import P2P, click, driven, journey

LIMITS = Limits(p95_ms={P2P: 1000}, api_p95_ms=100, error_share=0.1, drain_s=5, backlog=3)
CALM = [journey(float(second), 0.2) for second in range(40)]
CLICKS = [click(float(second)) for second in range(40)]


def missed(journeys: list[Any], clicks: list[Click], backlog: list[int], drain: float | None = None) -> dict[str, tuple[Any, Any]]:
    """Value and moment of each missed limit."""
    window = (10.0, 12.0) if drain is not None else None
    figures = {"series": {"backlog": backlog}, "maintenance": {"drain_s": drain}}
    return {one.name: (one.value, one.since_s) for one in limits_held(LIMITS, journeys, clicks, window, figures) if not one.ok}


def test_everything_within_its_limits_is_held() -> None:
    """No limit is missed by a calm load."""
    assert missed(CALM, CLICKS, [1, 2, 3]) == {}


def test_a_missed_limit_names_value_and_second() -> None:
    """The first second in which it was missed, not the end of the load."""
    slow = [*CALM, *(journey(second, 2.5) for second in (50.0, 51.0, 52.0))]
    assert missed(slow, CLICKS, [0]) == {f"p95 {P2P}": (2500.0, 50.0)}
    assert missed(CALM, CLICKS, [1, 2, 9, 4, 1]) == {"backlog": (9, 2)}
    late = [*CLICKS, *(click(second, ms=400.0) for second in (41.0, 42.0, 43.0))]
    assert missed(CALM, late, [0]) == {"p95 of people's operations": (400.0, 41.0)}
    failing = [*CLICKS, *(click(second, error="x") for second in (42.0, 41.0, 43.0, 44.0, 45.0))]
    assert missed(CALM, failing, [0]) == {"errors of people's operations": (0.1111, 41.0)}
    assert missed([*CALM, journey(7.5, None)], CLICKS, [0]) == {"documents never confirmed": (1, 7.5)}
    assert missed(CALM, CLICKS, [0], drain=6.5) == {"drain after maintenance": (6.5, 17.0)}


def loaded(**changes: Any) -> Driven:
    """A load of three documents whose senders saw what the test says."""
    profile = load_profile("smoke", load_catalog())
    profile = replace(profile, volume=replace(profile.volume, documents=3))
    work = documents(profile, profile.flows, generate(1), 1, wave="load")
    given = {"clicks": tuple(click(float(second)) for second in range(3)), **changes}
    return replace(driven(**given), documents=tuple(work))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"clicks": tuple(click(float(second), lag_ms=900.0) for second in range(3))}, "the generator was late: p99 of its lag is 900 ms"),
        ({"lags": (1.0, 2.0, 800.0)}, "the world was saturated: p99 of its event loop's lag is 800 ms"),
        ({"world_cpu": (0.2, 0.99, 1.0, 0.98, 0.99, 0.99)}, "at least 97% of a core for 5 seconds in a row"),
        ({"clicks": (click(0.0),)}, "1 of 3 documents were begun"),
        ({"cut_short": True}, "the load was cut short"),
    ],
)
def test_a_saturated_generator_or_mock_is_reported(changes: dict[str, Any], reason: str) -> None:
    """Each way in which the figures would say nothing about the connector."""
    part, doubts = saturation(Saturation(), loaded(**changes))
    assert [reason in doubt for doubt in doubts] == [True]
    assert part["ok"] is False


def test_a_fit_generator_and_mock_leave_no_doubt() -> None:
    """A short burst of CPU is no saturation."""
    part, doubts = saturation(Saturation(), loaded(world_cpu=(1.0, 1.0, 0.3, 1.0, 1.0)))
    assert (part["ok"], doubts) == (True, [])


@pytest.mark.parametrize(
    ("judged", "missed_one", "doubtful", "code"),
    [(0, False, False, 0), (0, True, False, 1), (0, True, True, 2), (0, False, True, 2), (1, False, True, 1), (2, True, False, 2)],
)
def test_exit_code(judged: int, missed_one: bool, doubtful: bool, code: int) -> None:
    """A violation is a proof under any load; a doubtful measurement proves no missed limit."""
    assert exit_code(judged, missed=missed_one, doubtful=doubtful) == code
