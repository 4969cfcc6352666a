"""People change their minds after a document was made: what a right connector makes of it is right, what stays behind is found."""

from pathlib import Path

import pytest

from harness.judge import look
from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import cancel_effects, clean_run, insert, one, refresh_views, rows, written

pytestmark = pytest.mark.requirement("R05.18")

TXN, SOURCE = "p2p-000009", "REQ-T1-000009"
OLD, NEW = "4500000009", "4500000909"


def amended(scribe: Scribe, *, old_is_cancelled: bool = True, new_orders: int = 1) -> None:
    """9 is taken back after it was ordered, amended, approved again, and ordered anew; all of it behind its own write-back."""
    index, written = one(scribe, txn_id=TXN, kind="commit", state="ordered")
    index = max(position for position, row in rows(scribe, op_id=written["op_id"])) + 1
    said = [row for _, row in rows(scribe, txn_id=TXN, entity_id=SOURCE) if row["kind"] in {"source_action", "commit"}]
    people = [row for row in said if row is not written]
    lines = [row for _, row in rows(scribe, txn_id=TXN, kind="commit") if str(row["entity_id"]).startswith(f"{SOURCE}/")]
    approved = [row for row in people if row["state"] == "approved"]
    back = [{**row, "state": "returned", "call_point": "procurement.requisition.reverse_approval", "version": None} for row in approved]
    again = [{**row, "src_version": 2, "version": None} for row in approved]
    second = [{**row, "src_version": 2, "entity_id": row["entity_id"].replace("/1.", "/2.")} for row in lines]
    made = [row for _, row in rows(scribe, txn_id=TXN, kind="commit") if OLD in str(row["entity_id"]) or row.get("parent_id") == OLD]
    undone: list[Row] = []
    if old_is_cancelled:
        undone = [{**made[0], **effect, "op_id": None} for effect in cancel_effects(OLD, made[0]["amount_minor"])]
    new: list[Row] = []
    for number in range(new_orders):
        name = f"{int(NEW) + number}"
        new += [
            {
                **row,
                "src_version": 2 if row.get("src_version") else row.get("src_version"),
                "entity_id": str(row["entity_id"]).replace(OLD, name),
                "parent_id": row.get("parent_id") and str(row["parent_id"]).replace(OLD, name),
                "ext_ref": row.get("ext_ref") and f"{SOURCE}/{2 + number}",
            }
            for row in made
        ]
    told = {**written, "src_version": 2, "version": None}
    insert(scribe, index, *back, *second, *again, *undone, *new, told)
    for _, view in rows(scribe, kind="read_view", entity_id=SOURCE):
        view.update(parent_id=NEW, src_version=2)
    refresh_views(scribe)


def broken(scribe: Scribe, folder: Path) -> set[str]:
    """The rules that 9 broke."""
    return {str(v["invariant"]) for v in look(written(scribe, folder)).violations if v["txn_id"] == TXN}


def test_cancelled_and_made_anew_is_right(tmp_path: Path) -> None:
    """Two orders and one cancellation, because two revisions were approved: no rule, and not its twins, object."""
    scribe = clean_run()
    amended(scribe)
    assert broken(scribe, tmp_path) == set()


def test_the_order_of_the_older_revision_stays(tmp_path: Path) -> None:
    """Two live orders for one requisition."""
    scribe = clean_run()
    amended(scribe, old_is_cancelled=False)
    assert {"C02", "P01"} <= broken(scribe, tmp_path)


def test_the_newer_revision_is_ordered_twice(tmp_path: Path) -> None:
    """More than its revisions allow."""
    scribe = clean_run()
    amended(scribe, new_orders=2)
    assert {"C01", "D02"} <= broken(scribe, tmp_path)
