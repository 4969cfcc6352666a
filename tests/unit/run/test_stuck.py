"""A connector that does not get on with anything ends the faults, and nobody else does."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from harness.plan.model import Experiment, Wave
from harness.run import waves
from harness.run.phases import _Stuck
from harness.run.waves import StuckError, arrive


def experiment(number: int) -> Experiment:
    """A transaction of which only the id matters."""
    return Experiment(f"p2p-{number:06d}", "requisition-to-po", "US01", "t", "w", "faulted", number)


def wave(name: str) -> Wave:
    """Three of them."""
    return Wave(name, "singles", tuple(experiment(n) for n in (1, 2, 3)))


def session(open_now: list[int]) -> Any:
    """One of whose transactions these are open: how many at each look."""
    return SimpleNamespace(open_among=lambda experiments: list(experiments)[: open_now.pop(0)])


def test_two_fruitless_waves_in_a_row_are_enough() -> None:
    """The second one ends it."""
    stuck = _Stuck(session([3, 3]))
    stuck.saw([wave("one")])
    with pytest.raises(StuckError, match="of two and of the wave before it"):
        stuck.saw([wave("two")])


def test_one_settled_document_in_between_is_progress() -> None:
    """A slow connector, or one wave of hard faults, is not stuck."""
    stuck = _Stuck(session([3, 2, 3]))
    stuck.saw([wave("one"), wave("two"), wave("three")])


class Cast:
    """Begins transactions, and settles some of them."""

    def __init__(self, settles: int) -> None:
        self.begun: list[str] = []
        self.session: Any = SimpleNamespace(manifest=SimpleNamespace(concurrency=1), register=SimpleNamespace(settled={}), now=lambda: 0.0)
        self.settles = settles

    def begin(self, one: Experiment) -> None:
        """It settles while there are any left that do."""
        self.begun.append(one.txn_id)
        if len(self.session.register.settled) < self.settles:
            self.session.register.settled[one.txn_id] = "posted"


@pytest.mark.parametrize(("settles", "begun"), [(0, 9), (100, 40)])
def test_arrivals_stop_when_room_is_waited_for_in_vain_twice(monkeypatch: pytest.MonkeyPatch, settles: int, begun: int) -> None:
    """Every fifth arrival waits for room in vain; where documents settle meanwhile, that is no reason to stop."""
    asked = iter(range(1, 1000))

    async def room(*_: object) -> bool:
        return next(asked) % 5 != 0

    monkeypatch.setattr(waves, "_room", room)
    cast: Any = Cast(settles)
    experiments = [experiment(n) for n in range(1, 41)]
    if settles:
        asyncio.run(arrive(cast, experiments))
    else:
        with pytest.raises(StuckError):
            asyncio.run(arrive(cast, experiments))
    assert len(cast.begun) == begun
