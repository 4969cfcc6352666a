"""What is repeated alone."""

from dataclasses import replace

from harness.plan.model import Experiment
from harness.run.solo import to_repeat


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
