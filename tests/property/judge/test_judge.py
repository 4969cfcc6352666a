"""Properties of the judgement itself."""

import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.judge import Verdict
from harness.judge.synthetic import Row, Scribe, expense, order
from tests.unit.judge.history_builder import clean_run, insert, judged, refresh_views
from tests.unit.judge.one_question import answer

DOCUMENTS = ("purchase_order", "ap_invoice")
FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
WHOLE = settings(FEW, max_examples=4)  # each is a whole judgement


def judge_rows(scribe: Scribe) -> Verdict:
    """Judge in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return judged(scribe, Path(folder))


def creates(scribe: Scribe) -> list[int]:
    """Indexes of the rows that make a document."""
    return [
        i for i, row in enumerate(scribe.rows) if row["kind"] == "commit" and row["effect"] == "create" and row["entity_type"] in DOCUMENTS
    ]


@FEW
@given(data=st.data())
def test_any_second_document_is_found(data: Any) -> None:
    """Whichever create is repeated, wherever later it lands: C01 names its transaction."""
    scribe = clean_run()
    index = data.draw(st.sampled_from(creates(scribe)))
    last = next(i for i, row in enumerate(scribe.rows) if row["phase"] == "final")
    place = data.draw(st.integers(index + 1, last))
    made = scribe.rows[index]
    insert(scribe, place, {**made, "entity_id": "9999999999", "op_id": None, "ext_ref": None, "phase": scribe.rows[place]["phase"]})
    with tempfile.TemporaryDirectory() as folder:
        found = answer("C01", scribe, Path(folder))
    assert [row["txn_id"] for row in found.rows] == [made["txn_id"]]


@WHOLE
@given(seed=st.integers(0, 2**16))
def test_the_order_of_independent_transactions_changes_nothing(seed: int) -> None:
    """The same transactions interleaved in another way have the same verdicts."""
    assert outcome(interleaved(seed)) == in_one_order()


@cache
def in_one_order() -> dict[str, tuple[str, str, str | None]]:
    """What all the others are compared with."""
    return outcome(interleaved(0))


def interleaved(seed: int) -> Scribe:
    """Four transactions, one of them doubled, mixed row by row; each keeps its own order."""
    parts = []
    for number, make in enumerate((order, expense, order, expense), start=1):
        part = Scribe("t1", ops=number * 1000)
        make(part, number, wave="baseline-1", role="baseline")
        parts.append(part)
    extra = next(row for row in parts[2].rows if row.get("entity_type") == "purchase_order")
    parts[2].rows.append({**extra, "entity_id": "4599999999", "op_id": None, "ext_ref": None})
    scribe = Scribe("t1", plan=[entry for part in parts for entry in part.plan])
    scribe.begin()
    queues: list[list[Row]] = [list(part.rows) for part in parts]
    source = random.Random(seed)
    while any(queues):
        scribe.rows.append(source.choice([queue for queue in queues if queue]).pop(0))
    scribe.phase = "final"
    refresh_views(scribe)
    return scribe


def outcome(scribe: Scribe) -> dict[str, tuple[str, str, str | None]]:
    """What the verdict says of each transaction."""
    return {row["txn_id"]: (row["verdict"], row["outcome"], row["why"]) for row in judge_rows(scribe).by_experiment}


@WHOLE
@given(keep=st.integers(5, 600))
def test_any_prefix_is_judged_as_inconclusive(keep: int) -> None:
    """A run that was cut anywhere is readable, and never a pass."""
    scribe = clean_run()
    del scribe.rows[keep:]
    verdict = judge_rows(scribe)
    assert (verdict.verdict, verdict.experiments["fail"]) == ("inconclusive", 0), verdict.reasons
