"""When waiting after the heal is over, decided from one observation."""

from harness.stage.quiescence import IDLE_ANSWERS, Observation, ending


def seen(**changed: object) -> Observation:
    """A connector that has just worked: nothing speaks for ending, except what the test changes."""
    values: dict[str, object] = {"open": 3, "timers": 0, "shrank_s": 0.1, "still_s": 0.1, "waited_s": 0.5, "idle_answers": None}
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
