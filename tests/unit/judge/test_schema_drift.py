"""Schema drift is judged by what it hit: an unreadable document may be parked, an unreadable notification is no excuse."""

from pathlib import Path
from typing import Any

import pytest

from harness.judge import Look, look
from harness.judge.synthetic import Fault, Scribe, order
from tests.unit.judge.history_builder import both, create_order, quiet, record_order, refresh_views, written

REMOVED = Fault("F-E2", "removed", commits=True, status=201, view="info")
ADDED = Fault("F-E1", "unknown_member", commits=True, status=200, view="ok")
READ, CREATE, EVENT = "procurement.requisition.read", "erp.po.create", "wh.requisition.approved"
TXN, SOURCE = "p2p-000020", "REQ-T1-000020"


def begun(point: str, fault: Fault) -> Scribe:
    """Baselines, and one approved requisition that meets the fault at a point; an event meets it where it is sent."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    both(scribe, (1, 2, 3), wave="baseline-1", role="baseline")
    scribe.enter("wave-drift")
    order(scribe, 20, wave="wave-drift", role="faulted", step=(point, fault), settle=False)
    if point == EVENT:
        scribe.row("fault_fired", txn_id=TXN, call_point=point, attempt=1, fault_id=fault.fault_id, mode=fault.mode, plan_id="x")
    return scribe


def parked(scribe: Scribe, state: str) -> None:
    """The connector declares the requisition parked when it is asked after the heal."""
    quiet(scribe)
    told: dict[str, Any] = {
        "reason": "lines[0].costCenter is missing",
        "class": "validation",
        "owner": "integration team",
        "retryable": True,
    }
    scribe.row("parked", "connector", entity_id=SOURCE, state=state, **told)


def end(scribe: Scribe, folder: Path, *, redrive: bool = True) -> Look:
    """Redrive, quiet, final reads, what the rules say."""
    if redrive:
        scribe.enter("redrive")
        scribe.row("redrive")
        create_order(scribe, 20, attempt=2)
        record_order(scribe, 20)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    refresh_views(scribe)
    return look(written(scribe, folder))


def violated(seen: Look) -> set[str]:
    """Invariants of kind fail that the requisition violates."""
    return {row["invariant"] for row in seen.violations if row["txn_id"] == TXN}


def test_an_unreadable_document_may_be_parked(tmp_path: Path) -> None:
    """Parked as not posted, posted once when it is re-driven: right."""
    scribe = begun(READ, REMOVED)
    scribe.call(READ, TXN, view="info", fault=REMOVED)
    parked(scribe, "not_posted")
    assert violated(end(scribe, tmp_path)) == set()


def test_a_tolerable_change_is_no_reason_to_park(tmp_path: Path) -> None:
    """An unknown member is to be ignored."""
    scribe = begun(READ, ADDED)
    scribe.call(READ, TXN, fault=ADDED)
    parked(scribe, "not_posted")
    assert violated(end(scribe, tmp_path)) == {"L06"}


def test_an_unreadable_notification_is_no_reason_to_park(tmp_path: Path) -> None:
    """The document that it names could have been read: F-E2 at an event is recoverable."""
    scribe = begun(EVENT, REMOVED)
    parked(scribe, "not_posted")
    assert violated(end(scribe, tmp_path)) == {"L06"}


def test_polling_makes_up_for_an_unreadable_notification(tmp_path: Path) -> None:
    """Found in a list, posted once."""
    scribe = begun(EVENT, REMOVED)
    create_order(scribe, 20)
    record_order(scribe, 20)
    assert violated(end(scribe, tmp_path, redrive=False)) == set()


def test_a_document_whose_notification_was_unreadable_is_not_lost(tmp_path: Path) -> None:
    """Neither posted nor parked."""
    assert {"C03", "P01"} <= violated(end(begun(EVENT, REMOVED), tmp_path, redrive=False))


@pytest.mark.parametrize(("declared", "found"), [("unknown", set()), ("posted", set()), ("not_posted", {"C04"})])
def test_a_create_that_did_not_tell_its_number_has_happened(declared: str, found: set[str], tmp_path: Path) -> None:
    """The answer was a 201: parked as unknown or posted is honest, as not posted is not."""
    scribe = begun(CREATE, REMOVED)
    create_order(scribe, 20, view="info", fault=REMOVED)
    parked(scribe, declared)
    scribe.enter("redrive")
    scribe.row("redrive")
    scribe.call("erp.po.find", TXN)
    record_order(scribe, 20)
    assert violated(end(scribe, tmp_path, redrive=False)) == found
