"""What is repeated alone."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from harness.plan.model import Experiment, Step, Wave, Window
from harness.run import solo
from harness.run.solo import may_be_the_document, to_repeat
from tests.shipped import CATALOG


def experiment(txn_id: str) -> Experiment:
    """A transaction of which only the id matters."""
    return Experiment(txn_id, "requisition-to-po", "US01", "requisition-to-po/US01", "wave-status", "faulted", 1)


def cause(example: str | None) -> dict[str, str | None]:
    """As in verdict.json, as far as it matters here."""
    return {"example": example}


KNOWN = {name: experiment(name) for name in ("a", "b", "c")}


def test_one_of_each_cause() -> None:
    """The example of each; one that stands for two causes is repeated once."""
    assert [e.txn_id for e in to_repeat([cause("b"), cause("a"), cause("b")], KNOWN, 20)] == ["b", "a"]


def test_no_more_than_asked_for() -> None:
    """A connector that fails everywhere does not make a run endless; the worst come first."""
    assert [e.txn_id for e in to_repeat([cause("c"), cause("b"), cause("a")], KNOWN, 2)] == ["c", "b"]


def test_causes_without_a_transaction_are_left_out() -> None:
    """A trial balance belongs to nobody, so nobody can be repeated."""
    assert to_repeat([cause(None)], KNOWN, 20) == []


def test_a_midnight_that_is_over_is_not_repeated() -> None:
    """What was handed in before it and approved after it needs that midnight once more: a replay has it."""
    known = {**KNOWN, "b": replace(KNOWN["b"], eve=True)}
    assert [e.txn_id for e in to_repeat([cause("b"), cause("a")], known, 20)] == ["a"]


OWN = Step("erp.po.create", 1, "F-A3", "drop")
WINDOW = Window("F-B5", "window", "erp", 800)
FAULTS = CATALOG.faults


@pytest.mark.parametrize(
    ("change", "blame", "looked_at"),
    [
        ({}, {}, True),
        ({"steps": ()}, {"fault_id": None}, False),
        ({}, {"fault_id": None}, False),
        ({}, {"fault_id": "F-B5"}, False),
        ({"window": WINDOW}, {}, False),
        ({"steps": (OWN, Step("erp.po.create", 1, "F-G2", "kill"))}, {}, False),
        ({}, {"fault_id": "kill"}, False),
        ({}, {"blocked_by": "b"}, False),
    ],
    ids=["own-fault", "control", "not-reached", "blames-window", "meets-window", "kill", "blames-kill", "blocked"],
)
def test_whose_document_is_tried_without_its_fault(change: dict[str, Any], blame: dict[str, Any], looked_at: bool) -> None:
    """Only where the finding is put down to a fault of this one transaction."""
    one = replace(KNOWN["a"], **{"steps": (OWN,), **change})
    found = {"example": "a", "fault_id": "F-A3", "blocked_by": None, **blame}
    assert may_be_the_document([found], [one], FAULTS) == ({"a"} if looked_at else set())


@pytest.mark.parametrize(("budget_s", "left"), [(60.0, []), (-1.0, ["a", "b"])])
def test_what_there_is_no_time_for_is_told(budget_s: float, left: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without a fault have a time of their own, so they take none from the others."""
    played: list[str] = []

    async def play_alone(_cast: Any, _wave: Wave, one: Experiment, *_others: Experiment) -> None:
        played.append(one.txn_id)

    monkeypatch.setattr(solo, "play_alone", play_alone)
    monkeypatch.setattr(solo, "is_shared", lambda _session, _wave: False)
    monkeypatch.setattr(solo, "FREE_S", budget_s)
    free = [replace(KNOWN[name], without_fault=True) for name in ("a", "b")]
    notes: list[str] = []
    phase = SimpleNamespace(show=lambda _text: None)
    session = SimpleNamespace(
        world=SimpleNamespace(set_phase=lambda _name: None),
        progress=SimpleNamespace(phase=lambda _name: nullcontext(phase)),
        note=notes.append,
    )
    cast: Any = SimpleNamespace(session=session)
    never = asyncio.run(solo.play_solo(cast, Wave("solo", "solo", (*free, KNOWN["c"]))))
    assert [e.txn_id for e in never] == left
    assert played == [name for name in ("a", "b", "c") if name not in left]
    assert len(notes) == bool(left)
