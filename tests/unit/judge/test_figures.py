"""The numbers beside the verdict, counted by hand for the clean run."""

from pathlib import Path

from harness.judge.coverage import coverage
from harness.judge.synthetic import Row
from tests.unit.judge.history_builder import clean_run, clean_verdict, drop, judged, rows


def test_straight_through_counts_by_family() -> None:
    """Recoverable plans only; what was parked on the way is not straight through."""
    rates = clean_verdict().straight_through
    assert rates["none"] == {"posted": 16, "expected": 16, "rate": 1.0}
    assert rates["connection"] == {"posted": 2, "expected": 2, "rate": 1.0}
    assert rates["business"]["expected"] == 0
    assert rates["all"]["expected"] <= sum(rate["expected"] for family, rate in rates.items() if family != "all")


def test_a_connector_that_parks_everything_is_visible(tmp_path: Path) -> None:
    """Parking what passes by itself lowers the rate, even when re-driving posts it in the end."""
    scribe = clean_run()
    index, parked = next(rows(scribe, kind="parked"))
    scribe.rows[index:index] = [{**parked, "entity_id": f"REQ-T1-{number:06d}"} for number in (9, 10, 11)]
    rates = judged(scribe, tmp_path).straight_through
    assert rates["connection"]["rate"] == 0.5


def test_parking_is_reconciled_both_ways() -> None:
    """Three items, all re-driven and recovered, one of them posted with the write-back pending."""
    parking = clean_verdict().parking
    assert (parking["declared_by"], parking["items"], parking["redriven"], parking["recovered"]) == ("http", 3, 3, 3)
    assert (parking["write_back_pending"], parking["declared_but_posted"], parking["lost"], parking["recovery"]) == (1, 0, 0, "proven")


def test_without_redrive_recovery_is_unproven(tmp_path: Path) -> None:
    """Neither pass nor fail: its own word."""
    scribe = clean_run()
    drop(scribe, lambda row: row["kind"] != "redrive")
    manifest: Row = {"connector": {"name": "c", "capabilities": {"parked": "file", "redrive": False}}}
    parking = judged(scribe, tmp_path, manifest).parking
    assert (parking["declared_by"], parking["recovery"]) == ("file", "unproven: the connector declares no redrive")


def test_a_parked_reference_that_nobody_knows_counts_for_nothing(tmp_path: Path) -> None:
    """A declaration must name the source document."""
    scribe = clean_run()
    index, parked = next(rows(scribe, kind="parked"))
    scribe.rows.insert(index, {**parked, "entity_id": "some items failed"})
    verdict = judged(scribe, tmp_path)
    assert (verdict.parking["unknown_references"], verdict.verdict) == (1, "pass")


def test_noise_compares_the_two_baselines(tmp_path: Path) -> None:
    """Twelve fault-free transactions, one of which made one call more."""
    scribe = clean_run()
    index, request = next(rows(scribe, kind="request", txn_id="p2p-000005", call_point="erp.po.create"))
    scribe.rows.insert(index, {**request, "op_id": 70_000})
    noise = judged(scribe, tmp_path).noise
    assert (noise["transactions"], noise["divergent"]) == (12, 1)
    assert noise["by_template"]["requisition-to-po/US01"] == {"transactions": 6, "paths": 2, "divergent": 1}


def test_coverage_counts_cells() -> None:
    """Planned, fired and judged are counted per cell; a multi-step experiment counts in each of its cells."""
    step: Row = {"flow": "f", "call_point": "a", "fault_id": "F-A3", "mode": "drop"}
    other = {**step, "call_point": "b"}
    steps = [
        {**step, "txn_id": "1", "has_fired": True},
        {**other, "txn_id": "1", "has_fired": False},
        {**step, "txn_id": "2", "has_fired": True},
    ]
    document, unfired = coverage([{**step, "status": "planned"}], steps, {"1": "void", "2": "pass"})
    assert document["cells"] == {"applicable": 2, "planned": 2, "fired": 1, "judged": 1, "not_applicable": 0}
    assert unfired == [("f", "b", "F-A3", "drop")]
    assert "1 pairs of call point and fault mode" in document["sentence"]
