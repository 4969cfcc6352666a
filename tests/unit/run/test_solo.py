"""Which violations are repeated alone."""

from harness.plan.model import Experiment
from harness.run.solo import to_repeat


def experiment(txn_id: str) -> Experiment:
    """A transaction of which only the id matters."""
    return Experiment(txn_id, "requisition-to-po", "US01", "requisition-to-po/US01", "wave-status", "faulted", 1)


def violation(invariant: str, call_point: str, fault_id: str, txn_id: str) -> dict[str, str]:
    """As in verdict.json, as far as it matters here."""
    return {"invariant": invariant, "call_point": call_point, "fault_id": fault_id, "txn_id": txn_id}


KNOWN = {name: experiment(name) for name in ("a", "b", "c")}


def test_one_of_each_invariant_call_point_and_fault() -> None:
    """The second transaction with the same three is not repeated."""
    violations = [violation("C01", "erp.po.create", "F-A3", "a"), violation("C01", "erp.po.create", "F-A3", "b")]

    assert [e.txn_id for e in to_repeat(violations, KNOWN, 20)] == ["a"]


def test_a_transaction_that_shows_several_is_repeated_once() -> None:
    """One repeat answers for all of its invariants."""
    violations = [violation("C01", "erp.po.create", "F-A3", "a"), violation("P01", "erp.po.create", "F-A3", "a")]

    assert [e.txn_id for e in to_repeat(violations, KNOWN, 20)] == ["a"]


def test_no_more_than_asked_for() -> None:
    """A connector that fails everywhere does not make a run endless."""
    violations = [violation("C01", "erp.po.create", fault, txn) for fault, txn in (("F-A3", "a"), ("F-A5", "b"), ("F-B8", "c"))]

    assert [e.txn_id for e in to_repeat(violations, KNOWN, 2)] == ["a", "b"]


def test_violations_without_a_transaction_are_left_out() -> None:
    """A trial balance belongs to nobody, so nobody can be repeated."""
    assert to_repeat([{"invariant": "C08", "txn_id": None}], KNOWN, 20) == []
