"""Limits say what was missed, by how much and since when; a saturated generator or mock is not held against the connector."""

import asyncio
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import contracts
from harness.load.documents import documents
from harness.load.drive import Driven
from harness.load.facts import Facts
from harness.load.figures import Part
from harness.load.knee import judged
from harness.load.limits import Held, limits_held, saturation, untested_texts
from harness.load.meter import TICK_S, Grid, Meter
from harness.load.outcome import exit_code, outcome
from harness.load.profile import Limits, Saturation, load_profile
from harness.load.sheet import Click
from mocks.company import generate
from tests.shipped import CATALOG
from tests.unit.load.values import EXPENSE, P2P, click, driven, journey

SCHEMA = json.loads((Path(contracts.__file__).parent / "schemas" / "load.schema.json").read_text())
LIMITS = Limits(p95_ms={P2P: 1000}, api_p95_ms=100, error_share=0.1, drain_s=5, backlog=3)
CALM = [journey(float(second), 0.2) for second in range(40)]
CLICKS = [click(float(second)) for second in range(40)]
SMOKE = load_profile("smoke", CATALOG)
WINDOW = (10.0, 12.0)
DRAIN = "drain after maintenance"


def held(journeys: list[Any], clicks: list[Click], backlog: list[int], drain: Part | None = None, **changes: Any) -> list[Held]:
    """Every limit of a load that measured this. drain: what is told of a maintenance from second 10 to 12."""
    profile = replace(SMOKE, **{"limits": LIMITS, "flows": (P2P,), **changes})
    figures = {"series": {"backlog": backlog}, "maintenance": drain}
    return limits_held(profile, journeys, clicks, WINDOW if drain else None, figures)


def missed(*measured: Any) -> dict[str, tuple[Any, Any]]:
    """Value and moment of each missed limit."""
    return {one.name: (one.value, one.since_s) for one in held(*measured) if one.ok is False}


def untested(*measured: Any, **changes: Any) -> list[str]:
    """Names of limits that the load says nothing about."""
    return [one.name for one in held(*measured, **changes) if one.ok is None]


@pytest.mark.requirement("R09.15")
def test_everything_within_its_limits_is_held() -> None:
    """No limit is missed by a calm load."""
    assert missed(CALM, CLICKS, [1, 2, 3]) == {}


@pytest.mark.requirement("R05.14")
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
    assert missed(CALM, CLICKS, [0], {"drain_s": 6.5, "backlog_at_end": 2}) == {DRAIN: (6.5, 17.0)}
    assert missed(CALM, CLICKS, [0], {"drain_s": None, "backlog_at_end": 2}) == {DRAIN: (None, 17.0)}


def test_a_limit_without_a_value_is_not_tested() -> None:
    """A hundred documents of thirty seconds each, and all of them met the maintenance: nothing is known of p95 outside it."""
    caught = [journey(8.0 + number / 100, 30.0) for number in range(100)]
    assert untested(caught, CLICKS, [1], {"drain_s": 3.0, "backlog_at_end": 9}) == [f"p95 {P2P}"]
    assert untested(CALM, CLICKS, [1], {"drain_s": None, "backlog_at_end": 0}) == [DRAIN]
    assert len(untested([], [], [])) == 5
    said = untested_texts(held(caught, CLICKS, [1], {"drain_s": 3.0}))
    assert "no document of this flow was confirmed outside the maintenance" in said[0]


def test_limits_of_flows_that_are_not_played_are_left_out() -> None:
    """A connector that serves one flow is not said to have held the other one's limit."""
    both = replace(LIMITS, p95_ms={P2P: 1000, EXPENSE: 1000})
    assert untested(CALM, CLICKS, [1], limits=both) == []
    assert untested(CALM, CLICKS, [1], limits=both, flows=(P2P, EXPENSE)) == [f"p95 {EXPENSE}"]


def test_a_stall_of_the_world_is_as_long_as_it_was() -> None:
    """Five seconds of sixteen in which nothing could run are far more than one percent, however few the moments were that noticed."""
    ticks, lags = Grid(TICK_S, due=0.0), []
    now = 0.0
    for number in range(16):
        for _ in range(40):
            now = max(now + TICK_S, ticks.due)
            lags += ticks.passed(now + 0.0003)
        now += 1.0 if number % 3 == 0 and number < 15 else 0.0
    _, doubts = saturation(Saturation(), replace(loaded(), lags=tuple(lags)))
    assert ["the world was saturated" in doubt for doubt in doubts] == [True]


def test_the_meter_counts_every_moment_of_a_stall() -> None:
    """Blocked for 0.4 s: twenty ticks were missed, and a stall that is still on at the end counts too."""

    async def measured() -> list[float]:
        async with Meter().running(lambda: {"world": os.getpid()}) as meter:
            await asyncio.sleep(0.1)
            time.sleep(0.4)  # noqa: ASYNC251 (what a saturated world does)
            await asyncio.sleep(0.1)
            time.sleep(0.3)  # noqa: ASYNC251
        assert meter.cpu, "a load of less than a second has CPU figures too"
        return [ms for _, ms in meter.lags]

    lags = asyncio.run(measured())
    assert sum(ms > 100 for ms in lags) >= 24
    assert sum(ms > 310 for ms in lags) >= 4


def loaded(**changes: Any) -> Driven:
    """A load of three documents whose senders saw what the test says."""
    profile = replace(SMOKE, volume=replace(SMOKE.volume, documents=3))
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
        ({"lags": ()}, "the lag of its event loop was not measured"),
        ({"world_cpu": ()}, "its CPU was not measured"),
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


def test_the_cpu_of_an_attached_world_is_not_known() -> None:
    """Null, not zero; its lag alone says whether it kept up."""
    part, doubts = saturation(Saturation(), loaded(world_cpu=(), hosted=False))
    assert (part["world_busy_s"], doubts) == (None, [])


def test_nothing_of_a_profile_reaches_an_attached_world() -> None:
    """So load.json does not say what its systems allow; nor is a world's own limit lost."""
    judge = {"run_id": "r", "seed": 1, "connector": "c", "verdict": "pass", "exit_code": 0, "reasons": []}
    profile = replace(SMOKE, maintenance=None)
    own, others = (outcome(profile, loaded(hosted=hosted), Facts((), (), (), 0), judge).document for hosted in (True, False))
    assert (own["attached"], own["throttling"]["limit_per_s"], own["profile"]["world"]["rate_limit_per_s"]) == (False, 150, 150)
    assert (others["attached"], others["throttling"]["limit_per_s"], others["profile"]["world"]) == (True, None, None)
    assert own["exit_code"] == 2
    assert any("limit not tested: p95 requisition-to-po" in reason for reason in own["reasons"])
    for document in (own, others):
        Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(document, default=str)))


def test_a_probe_that_lets_nothing_through_breaks() -> None:
    """That p95 is not known there is no doubt about the measurement; a probe without documents of a flow is one."""
    profile = replace(SMOKE, flows=(P2P,), limits=LIMITS)
    lost = judged(5.0, profile, loaded(), Facts((journey(1.0, None),), (), (), 0))
    assert (bool(lost.broke), lost.doubts) == (True, ())
    other = replace(profile, flows=(EXPENSE,), limits=replace(LIMITS, p95_ms={EXPENSE: 1}))
    empty = judged(5.0, other, loaded(), Facts(tuple(CALM), (), (), 0))
    assert empty.broke == ()
    assert "p95 expense-to-posting" in empty.doubts[0]


@pytest.mark.parametrize(
    ("judged_code", "missed_one", "doubtful", "untested_one", "code"),
    [
        (0, False, False, False, 0),
        (0, True, False, False, 1),
        (0, True, True, False, 2),
        (0, False, True, False, 2),
        (0, False, False, True, 2),
        (0, True, False, True, 1),
        (1, False, True, False, 1),
        (2, True, False, False, 2),
    ],
)
def test_exit_code(judged_code: int, missed_one: bool, doubtful: bool, untested_one: bool, code: int) -> None:
    """A violation is a proof under any load; a doubtful measurement proves no missed limit; an untested limit is no held one."""
    assert exit_code(judged_code, missed=missed_one, doubtful=doubtful, untested=untested_one) == code
