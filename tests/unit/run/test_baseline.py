"""What ends a run before any fault is played."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from harness.judge.invariants import load_invariants
from harness.plan.model import Experiment, Wave
from harness.run import phases
from harness.run.baseline import in_words, some

RULES = load_invariants()
BASELINE = ("p2p-000001", "p2p-000002", "exp-000003")


def verdict(*, violations: tuple[tuple[str, str], ...] = (), outcomes: dict[str, str] | None = None) -> Any:
    """As far as the gate reads it; every transaction is posted unless said otherwise."""
    rows = tuple(
        {"txn_id": txn_id, "flow": "requisition-to-po" if txn_id.startswith("p2p") else "expense-to-posting", "outcome": "posted"}
        | ({"outcome": outcomes[txn_id]} if outcomes and txn_id in outcomes else {})
        for txn_id in BASELINE
    )
    return SimpleNamespace(violations=tuple({"invariant": rule, "txn_id": txn_id} for rule, txn_id in violations), by_experiment=rows)


def words(found: Any, owing: tuple[str, ...] = ("requisition-to-po", "expense-to-posting"), parked: tuple[str, ...] = ()) -> str | None:
    """What the gate says."""
    return in_words(found, RULES, BASELINE, owing, parked)


def test_right_transactions_pass() -> None:
    """Nothing stands in the way of the faults."""
    assert words(verdict()) is None


@pytest.mark.parametrize("outcome", ["parked", "refused"])
def test_nobody_gives_up_without_a_fault(outcome: str) -> None:
    """L06, although the run is not at rest yet."""
    said = words(verdict(outcomes={"p2p-000002": outcome}))
    assert said is not None
    assert said.startswith("1 of 3 fault-free transactions ended wrong, against L06")
    assert said.endswith(": p2p-000002")


def test_what_only_the_connector_says_is_set_aside_counts() -> None:
    """The history tells of parked items at the end of a run; until then whoever has them is asked. Others' are none of the baseline."""
    said = words(verdict(outcomes={"exp-000003": "open"}), parked=("exp-000003", "exp-000099"))
    assert said is not None
    assert said.startswith("1 of 3 fault-free transactions ended wrong, against L06")
    assert said.endswith(": exp-000003")


def test_a_sentence_names_only_a_few() -> None:
    """A connector that fails everywhere does not fill the page."""
    assert some([f"p2p-{number}" for number in range(7)]) == "p2p-0, p2p-1, p2p-2, p2p-3, p2p-4 and 2 more"


def test_what_has_to_be_refused_is_refused() -> None:
    """A flow that owes no document has nothing else to do."""
    assert words(verdict(outcomes={"exp-000003": "refused"}), owing=("requisition-to-po",)) is None


def test_rules_of_the_end_have_no_say_yet() -> None:
    """C01 holds at any moment, L01 only at rest; others' transactions are not asked."""
    assert words(verdict(violations=(("L01", "p2p-000001"), ("C01", "p2p-000099")))) is None
    assert "C01" in (words(verdict(violations=(("C01", "p2p-000001"),))) or "")


class Session:
    """One in whose waves dryclose stands still, and transactions stay open, as often as told."""

    def __init__(self, stalls_ms: list[int], opens: list[int]) -> None:
        self._stalls, self._opens, self._total_ms = stalls_ms, opens, 0
        self.notes: list[str] = []
        self.register = SimpleNamespace(settled={"x": "posted"}, experiments={"p2p-000001": None})
        self.world = SimpleNamespace(pulse=SimpleNamespace(stalled_ms=lambda: self._total_ms))
        self.note = self.notes.append
        self.left = 0

    def play(self) -> None:
        """A wave."""
        self._total_ms += self._stalls.pop(0)
        self.left = self._opens.pop(0)

    def open_among(self, experiments: Any) -> list[Experiment]:
        """Those of the wave."""
        return list(experiments)[: self.left]


def wave(name: str) -> Wave:
    """Of one transaction."""
    return Wave(name, "baseline", (Experiment("p2p-000001", "requisition-to-po", "US01", "t", name, "baseline", 1),))


@pytest.mark.parametrize(
    ("stalls_ms", "opens", "holds"),
    [
        ([0, 0], [0, 0], True),
        ([0], [1], False),  # the connector's own doing
        ([2000, 0, 0], [1, 0, 0], True),  # another one takes its place
        ([2000, 0], [1, 1], False),
        ([2000, 0, 2000], [1, 0, 1], False),  # but once
    ],
)
def test_a_pause_of_our_own_spoils_one_baseline(
    monkeypatch: pytest.MonkeyPatch, stalls_ms: list[int], opens: list[int], holds: bool
) -> None:
    """What stayed open in a wave in which dryclose stood still says nothing about the connector."""
    session = Session(stalls_ms, opens)

    async def play(*_: object) -> None:
        session.play()

    monkeypatch.setattr(phases, "play", play)
    cast: Any = SimpleNamespace(session=session)
    assert asyncio.run(phases.baseline_holds(cast, [wave("baseline-1"), wave("baseline-2")], lambda: wave("baseline-3"))) is holds
