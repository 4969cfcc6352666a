"""Reading the history while it grows."""

import json
from pathlib import Path

import pytest

from harness.errors import NoRoom
from harness.plan.model import Plan, Sighting
from harness.run.tail import HistoryTail
from harness.stage.directory import RunDirectory


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


def test_a_history_that_somebody_else_wrote_in_is_one_message(tmp_path: Path) -> None:
    """A connector that truncates it in the middle of a run leaves half a row before the next one."""
    path = tmp_path / "history.ndjson"
    path.write_bytes(b'":"erp.po.create"}\n')
    with pytest.raises(NoRoom, match="somebody else wrote in it while the run was on"):
        HistoryTail(path).read()


def test_rows_of_nobody_are_no_sightings(tmp_path: Path) -> None:
    """Lists and tokens belong to no transaction."""
    path = tmp_path / "history.ndjson"
    path.write_bytes(line(kind="request", call_point="procurement.requisition.list") + line(kind="phase", phase="baseline-1"))
    tail = HistoryTail(path)
    tail.read()

    assert tail.sightings() == ()


def test_a_fault_that_came_out_otherwise_is_played_again(tmp_path: Path) -> None:
    """A slow answer that the client did not wait for on a loaded machine was no slow answer; one of two that was is enough."""
    path = tmp_path / "history.ndjson"
    marks = {"call_point": "erp.po.create", "fault_id": "F-A8", "mode": "under_timeout"}
    rows = [
        *(line(kind="fault_fired", txn_id=txn_id, **marks) for txn_id in ("p2p-000001", "p2p-000002", "p2p-000003")),
        line(kind="response_end", txn_id="p2p-000001", client_view="info", **marks),
        line(kind="response_end", txn_id="p2p-000002", client_view="ok", **marks),
        line(kind="response_end", txn_id="p2p-000003", client_view="info", **marks),
        line(kind="response_end", txn_id="p2p-000003", client_view="ok", **marks),
    ]
    path.write_bytes(b"".join(rows))
    tail = HistoryTail(path, {("F-A8", "under_timeout"): "ok"})
    tail.read()

    assert tail.fired == {("p2p-000002", "F-A8"), ("p2p-000003", "F-A8")}
    assert tail.reached == {*tail.fired, ("p2p-000001", "F-A8")}


def test_a_plan_that_somebody_put_a_folder_in_place_of_is_one_message(tmp_path: Path) -> None:
    """The run directory is the harness's; a connector that changes it ends the run, with a sentence."""
    directory = RunDirectory(tmp_path)
    directory.plan.mkdir()
    with pytest.raises(NoRoom, match="Somebody else changed the run directory"):
        directory.write_plan(Plan(), {})
