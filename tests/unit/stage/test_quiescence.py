"""When waiting after the heal is over, decided from one observation."""

import asyncio
from time import monotonic_ns
from types import SimpleNamespace
from typing import Any

import pytest

from harness.stage.quiescence import BARREN_SHARE, BARREN_WAITS, IDLE_ANSWERS, Observation, Watch, ending


def seen(**changed: object) -> Observation:
    """A connector that has just worked: nothing speaks for ending, except what the test changes."""
    ages = dict.fromkeys(("shrank_s", "still_s", "in_vain_s"), 0.1)
    values: dict[str, object] = {"open": 3, "timers": 0, **ages, "waited_s": 0.5, "idle_answers": None}
    return Observation(**{**values, **changed})  # type: ignore[arg-type]


def end(observation: Observation, *, poll_interval_s: float = 2.0, limit_s: float = 20.0) -> str | None:
    """The decision with the usual bounds."""
    return ending(observation, poll_interval_s=poll_interval_s, limit_s=limit_s)


def test_a_connector_that_works_is_waited_for() -> None:
    """Something changed a moment ago and the limit is far."""
    assert end(seen()) is None


def test_idle_and_nothing_open_ends_at_once() -> None:
    """The connector's word is enough when every transaction is over."""
    assert end(seen(open=0, idle_answers=IDLE_ANSWERS)) == "idle"


def test_idle_with_something_open_waits_for_two_poll_cycles() -> None:
    """A lost event is found by the next poll only, of which an idle connector knows nothing yet."""
    assert end(seen(idle_answers=IDLE_ANSWERS, shrank_s=3.9, still_s=3.9, waited_s=3.9)) is None
    assert end(seen(idle_answers=IDLE_ANSWERS, shrank_s=4.1, still_s=4.1, waited_s=4.1)) == "idle"


def test_pending_timers_of_the_world_keep_everybody_waiting() -> None:
    """A delivery under way may still change everything."""
    assert end(seen(open=0, timers=1, idle_answers=9, still_s=3.0, waited_s=3.0, shrank_s=3.0)) is None


def test_three_poll_cycles_without_a_change_end_it_without_an_idle_path() -> None:
    """Who declares no idle path is watched over three polls."""
    assert end(seen(still_s=5.9, waited_s=5.9)) is None
    assert end(seen(still_s=6.1, waited_s=6.1)) == "polled"


def test_everything_settled_needs_one_poll_cycle_without_an_idle_path() -> None:
    """Nothing is open any more; one more poll shows whether it really rests."""
    assert end(seen(open=0, still_s=2.1, waited_s=2.1)) == "settled"


def test_a_number_that_stopped_shrinking_is_stuck_despite_timers() -> None:
    """A world that owes something for ever does not make a run endless."""
    assert end(seen(timers=1, shrank_s=6.5, still_s=6.5, waited_s=7.0)) == "stuck"


def test_the_limit_ends_a_run_that_still_shrinks() -> None:
    """Then the verdict is inconclusive, never fail."""
    assert end(seen(waited_s=20.5)) == "deadline"


def test_a_connector_that_writes_in_vain_for_ever_is_stuck_at_the_limit() -> None:
    """It is never still, but nothing gets settled by it: not a matter of more time."""
    assert end(seen(waited_s=20.5, still_s=0.1, shrank_s=15.0)) == "stuck"


def test_who_repeats_itself_in_vain_is_stuck_before_the_limit_but_later_than_who_stands_still() -> None:
    """A document in a long back-off may still come, while others are tried again and again."""
    assert end(seen(waited_s=15.0, still_s=0.1, shrank_s=11.9, in_vain_s=14.0)) is None
    assert end(seen(waited_s=15.0, still_s=0.1, shrank_s=12.1, in_vain_s=14.0)) == "stuck"
    assert end(seen(waited_s=15.0, still_s=0.1, shrank_s=12.1, in_vain_s=3.0)) is None


class World:
    """A connector that changed something a moment ago; whether it was anything new is what the tests say."""

    def __init__(self) -> None:
        self.pulse = SimpleNamespace(stalled_ms=lambda _since_ns: 0)
        self.last_progress_ns = monotonic_ns()

    def pending(self) -> dict[str, int]:
        """Nothing is owed."""
        return {}


def watched(world: World, barren_waits: int, clock: list[float]) -> Watch:
    """A watch with two seconds of patience over a wave whose tail may take twenty."""
    manifest = SimpleNamespace(parked=SimpleNamespace(by=None), paths=SimpleNamespace(idle=None, webhook="/w"), poll_interval_s=2.0)
    register = SimpleNamespace(open={"p2p-000001": 0.0}, barren_waits=barren_waits)
    scenario = SimpleNamespace(limits=SimpleNamespace(settle_s=20.0))
    session: Any = SimpleNamespace(world=world, manifest=manifest, register=register, scenario=scenario, now=lambda: clock[0])
    return Watch(session, 2.0)


def test_repeating_itself_in_vain_is_no_movement() -> None:
    """Nothing new for the patience of the wave: whatever the connector does, it did many times."""
    world, clock = World(), [100.0]
    watch = watched(world, 0, clock)
    clock[0] += 3.0
    assert not asyncio.run(watch.nothing_moves())
    world.last_progress_ns -= 3_000_000_000
    clock[0] += 1.0
    assert asyncio.run(watch.nothing_moves())


@pytest.mark.parametrize(("barren_waits", "ends"), [(0, False), (BARREN_WAITS, True)])
def test_after_waits_of_which_nothing_came_nobody_is_waited_for_so_long_again(barren_waits: int, ends: bool) -> None:
    """Something new is tried all the time, but nothing gets settled by it: the first waits are as long as they may be."""
    clock = [100.0]
    watch = watched(World(), barren_waits, clock)
    clock[0] += BARREN_SHARE * 20.0 + 0.1
    assert asyncio.run(watch.nothing_moves()) is ends


def test_a_wait_in_which_something_was_settled_lately_was_not_in_vain() -> None:
    """Slow is not stuck."""
    clock = [100.0]
    watch: Any = watched(World(), 0, clock)
    clock[0] += 1.0
    watch.gave_up()
    assert watch._session.register.barren_waits == 0
    clock[0] += 10.0
    watch.gave_up()
    assert watch._session.register.barren_waits == 1
