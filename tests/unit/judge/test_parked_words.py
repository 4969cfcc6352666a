"""What a connector says of its parked items: nothing, or its own words for who acts; what it says is not to be against the answers."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.judge.corrupt_conduct import parked_item
from tests.unit.judge.history_builder import clean_run, insert, one
from tests.unit.judge.one_question import answer

pytestmark = pytest.mark.requirement("R09.09", "R09.10")

CLOSED, POISONED, REFUSED = "ER-T1-000017", "REQ-T1-000012", "REQ-T1-000016"  # a closed period, server errors only, 422 for the write-back


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (CLOSED, {"class": None, "owner": None}),
        (CLOSED, {"class": "business", "owner": "accounts payable Berlin"}),
        (CLOSED, {"class": None, "owner": "FINANCE"}),
        (CLOSED, {"class": "mapping", "owner": "integration team"}),
        (POISONED, {"class": "transient", "owner": "integration team"}),
        (POISONED, {"class": "internal", "owner": "IT"}),
        (REFUSED, {"class": "business", "owner": "integration team"}),
    ],
    ids=str,
)
def test_right_words_are_silent(reference: str, said: dict[str, Any], tmp_path: Path) -> None:
    """Nobody is blamed for silence, for names of teams of its own, or for what only the connector can know."""
    scribe = clean_run()
    parked_item(scribe, reference).update(said)
    assert answer("L09", scribe, tmp_path).status == "ok"


def test_what_says_nothing_is_not_examined(tmp_path: Path) -> None:
    """Three items are declared; two say something."""
    scribe = clean_run()
    parked_item(scribe, CLOSED).update({"class": None, "owner": "accounts payable Berlin"})
    assert answer("L09", scribe, tmp_path).candidates == 2


def test_an_answer_that_could_not_be_read_is_a_reason_to_say_validation(tmp_path: Path) -> None:
    """Before the server errors an answer had another shape: who says that a person must look at the shape is not contradicted."""
    scribe = clean_run()
    parked_item(scribe, POISONED).update({"class": "validation", "owner": "integration team"})
    assert answer("L09", scribe, tmp_path / "plain").status == "warned"
    index, request = one(scribe, kind="request", txn_id="p2p-000012", call_point="erp.po.create")
    answered = {**request, "kind": "response_end", "op_id": 98_000, "status": 200, "client_view": "info"}
    insert(scribe, index, {**request, "op_id": 98_000, "call_point": "erp.supplier.read"}, {**answered, "call_point": "erp.supplier.read"})
    assert answer("L09", scribe, tmp_path / "drifted").status == "ok"


REFUSAL, ORDER, READ = "procurement.requisition.record_refusal", "procurement.requisition.record_order", "procurement.requisition.read"


@pytest.mark.parametrize(
    ("calls", "status"),
    [((REFUSAL,), "ok"), ((REFUSAL, READ), "ok"), ((ORDER,), "warned"), ((READ,), "warned")],
    ids=["untold", "untold, then a look", "its posting", "a look"],
)
def test_a_refusal_that_could_not_be_told(calls: tuple[str, ...], status: str, tmp_path: Path) -> None:
    """A rule that only the connector knows was to be written to the source, and that failed: the item is parked for what it was."""
    scribe = clean_run()
    parked_item(scribe, POISONED).update({"class": "business", "owner": None})
    _, request = one(scribe, kind="request", txn_id="p2p-000012", call_point="erp.po.create")
    answers = (row for row in scribe.rows if row["kind"] == "response_end" and row.get("txn_id") == "p2p-000012")
    failed = next(row for row in answers if row["status"] == 500)
    for number, call_point in enumerate(calls):
        told = {"call_point": call_point, "op_id": 98_000 + number}
        insert(scribe, scribe.rows.index(parked_item(scribe, POISONED)), {**request, **told}, {**failed, **told})
    assert answer("L09", scribe, tmp_path).status == status
