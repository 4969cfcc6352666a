"""What the same document without its fault shows: whether the fault is to blame."""

from pathlib import Path
from typing import Any

import pytest

from harness.judge import Verdict
from harness.judge.synthetic import RESPONSE_LOST, Scribe, order
from tests.unit.judge.corrupt_books import second_order
from tests.unit.judge.history_builder import clean_run, insert, judged, one, refresh_views

FIRST, AGAIN, FREE = "p2p-000009", "p2p-000020", "p2p-000021"


def repeated(*, doubled: tuple[int, ...]) -> Scribe:
    """9 is posted twice; 20 repeats it with its fault and 21 without; these are posted twice as well."""
    scribe = clean_run()
    scribe.rows = [row for row in scribe.rows if row["kind"] not in {"read_view", "run_end"}]
    order(scribe, 20, wave="solo", role="solo", step=("erp.po.create", RESPONSE_LOST))
    scribe.plan[-1]["of"] = FIRST
    order(scribe, 21, wave="solo", role="solo")
    scribe.plan[-1].update(of=FIRST, without_fault=True)
    second_order(scribe)
    for number in doubled:
        index, made = one(scribe, txn_id=f"p2p-{number:06d}", kind="commit", entity_type="purchase_order")
        insert(scribe, index + 1, {**made, "entity_id": f"45000999{number}", "ext_ref": None})
    refresh_views(scribe)
    return scribe


def cause(verdict: Verdict) -> dict[str, Any]:
    """The one that there is."""
    (found,) = verdict.causes
    return dict(found)


def violation(verdict: Verdict) -> dict[str, Any]:
    """What C01 says."""
    (found,) = [entry for entry in verdict.violations if entry["invariant"] == "C01"]
    return dict(found)


@pytest.mark.parametrize("again", [(), (20,)])
def test_who_fails_without_a_fault_too_is_not_blamed_on_it(again: tuple[int, ...], tmp_path: Path) -> None:
    """The cause and its sentence say so; n of m tells of the repeats with the fault alone."""
    verdict = judged(repeated(doubled=(*again, 21)), tmp_path)
    assert (cause(verdict)["also_without_fault"], cause(verdict)["example"], cause(verdict)["transactions"]) == (True, FIRST, 1)
    said = violation(verdict)
    assert (said["also_without_fault"], said["solo"]) == (True, {"reproduced": len(again), "of": 1})
    assert f"It met response lost after commit (F-A3) at erp.po.create. It fails without any fault too: {FREE} is" in said["story"]


def test_who_goes_well_without_the_fault_is_blamed_on_it(tmp_path: Path) -> None:
    """Which a reader may know."""
    verdict = judged(repeated(doubled=(20,)), tmp_path)
    assert (cause(verdict)["also_without_fault"], violation(verdict)["also_without_fault"]) == (False, False)
    assert "without any fault" not in violation(verdict)["story"]


def test_it_counts_as_nothing_else(tmp_path: Path) -> None:
    """No experiment of its own, no twin, no coverage, and no other violation of the same."""
    without, verdict = judged(repeated(doubled=()), tmp_path / "a"), judged(repeated(doubled=(21,)), tmp_path / "b")
    assert verdict.experiments == without.experiments
    assert verdict.coverage == without.coverage
    assert {entry["txn_id"] for entry in verdict.violations} == {FIRST}
    assert {entry["control_txn"] for entry in verdict.violations} & {AGAIN, FREE} == set()


def test_what_a_fault_reached_after_all_is_no_proof(tmp_path: Path) -> None:
    """A repeat that plan.json calls free of faults and that has one: nobody can tell which it was."""
    scribe = repeated(doubled=(20, 21))
    scribe.plan[-1].pop("without_fault")
    scribe.plan[-2]["without_fault"] = True  # it has steps, and they fired
    assert cause(judged(scribe, tmp_path))["also_without_fault"] is None


def test_a_fault_that_was_not_tried_without_says_nothing(tmp_path: Path) -> None:
    """As before."""
    scribe = clean_run()
    second_order(scribe)
    verdict = judged(scribe, tmp_path)
    assert (cause(verdict)["also_without_fault"], violation(verdict)["also_without_fault"]) == (None, None)
