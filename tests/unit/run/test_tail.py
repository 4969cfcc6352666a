"""Reading the history while it grows."""

import json
from pathlib import Path

from harness.plan.model import Sighting
from harness.run.tail import HistoryTail


def line(**columns: object) -> bytes:
    """One row of a history."""
    return json.dumps(columns).encode() + b"\n"


def test_a_torn_last_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    """Rows are appended while they are read; each is taken once."""
    path = tmp_path / "history.ndjson"
    row = line(kind="request", txn_id="p2p-000001", flow="requisition-to-po", call_point="erp.po.create")
    path.write_bytes(row + row[:20])
    tail = HistoryTail(path)
    tail.read()

    assert tail.sightings() == (Sighting("requisition-to-po", "erp.po.create", "p2p-000001"),)

    fired = line(kind="fault_fired", txn_id="p2p-000001", call_point="erp.po.create", fault_id="F-A3")
    path.write_bytes(row + row + fired)
    tail.read()

    assert len(tail.sightings()) == 1
    assert tail.fired == {("p2p-000001", "F-A3")}


def test_rows_of_nobody_are_no_sightings(tmp_path: Path) -> None:
    """Lists and tokens belong to no transaction."""
    path = tmp_path / "history.ndjson"
    path.write_bytes(line(kind="request", call_point="procurement.requisition.list") + line(kind="phase", phase="baseline-1"))
    tail = HistoryTail(path)
    tail.read()

    assert tail.sightings() == ()
