"""Master data as it is declared: a right history passes, and planted corruptions are found in each of the three targets by itself."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.judge import judge
from harness.judge.synthetic import Row, Scribe, final_views
from tests.unit.judge.history_builder import one, quiet, refresh_views, written
from tests.unit.judge.one_question import answer

TXN, NUMBER = "mdm-000001", "MD00000017"
DATES: Row = {"document_date": "2026-09-01", "posting_date": "2099-12-31"}
# The ERP's words, and each system's own, by the crosswalks of the tests (history_builder.CROSSWALKS).
OWNED: Row = {"company": "1000", "cost_center": "4711000", "party": "10081360"}
COPIES: dict[str, Row] = {
    "procurement": {"company": "ACME-US", "cost_center": "US-MKT-01", "party": "U1"},
    "expense": {"company": "10", "cost_center": "CC.10.4711", "party": "ann.lee1"},
    "planning": {"company": "LE-US", "cost_center": "LE-US.MKT.CC00"},
}
STATES = {1: "active", 2: "inactive"}


def told(corrupt: Callable[[Scribe], None] | None = None, revisions: tuple[int, ...] = (1, 2)) -> Scribe:
    """A run of one cost centre that was released twice; of these revisions each copy was written."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    template = "master-data-replication/US01"
    scribe.experiment(TXN, "master-data-replication", wave="baseline-1", role="baseline", template=template)
    for revision in STATES:
        released(scribe, revision)
        scribe.event("wh.master_data.changed", TXN, event_id=f"msg_{revision}")
        scribe.call("erp.master_record.read", TXN)
        if revision in revisions:
            for system in COPIES:
                copied(scribe, system, revision)
    if corrupt is not None:
        corrupt(scribe)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        scribe.row("read_view", **{"txn_id": "", "state": "unknown", **view})
    scribe.end()
    return scribe


def released(scribe: Scribe, revision: int) -> None:
    """By people."""
    members: Row = {"version": revision, "src_version": revision, **OWNED, **DATES}
    point = "erp.master_record.create" if revision == 1 else "erp.master_record.release"
    scribe.person(point, TXN, "master_record", NUMBER, STATES[revision], **members)


def copied(scribe: Scribe, system: str, revision: int, **members: Any) -> None:
    """By the connector."""
    effect: Row = {
        "entity_type": f"{system}_master_record", "entity_id": f"cost_center/{system}", "effect": "create" if revision == 1 else "update",
        "version": revision, "base_version": revision - 1, "src_version": revision, "state": STATES[revision], **COPIES[system], **DATES,
        **members,
    }  # fmt: skip
    point = f"{system}.master_record.put"
    scribe.call(point, TXN, method="PUT", outcome="committed", effects=[effect], body_hash=f"{system}{revision}")


def row_of(scribe: Scribe, system: str, revision: int) -> Row:
    """A copy as it was written."""
    return one(scribe, kind="commit", entity_type=f"{system}_master_record", src_version=revision)[1]


def never_copied(scribe: Scribe, system: str) -> None:
    """One system of the three was forgotten, or left behind."""
    gone = row_of(scribe, system, 2)["op_id"]
    scribe.rows[:] = [row for row in scribe.rows if row.get("op_id") != gone]
    refresh_views(scribe)


def went_back(scribe: Scribe, system: str) -> None:
    """A late event brought the first revision back."""
    late = {**row_of(scribe, system, 1), "effect": "update", "version": 3}
    copied(scribe, system, 1, **{name: late[name] for name in ("effect", "version", "base_version")} | {"base_version": 2})


def went_back_unsaid(scribe: Scribe, system: str) -> None:
    """The same by somebody who names no revision, so that nothing was guarded."""
    copied(scribe, system, 1, effect="update", version=3, base_version=None, src_version=None)


def ended_by_absence(scribe: Scribe, system: str) -> None:
    """It was not on a page of the list, and was taken for ended."""
    row_of(scribe, system, 1)["state"] = "inactive"


def other_key(scribe: Scribe, system: str) -> None:
    """Another company's."""
    row_of(scribe, system, 2)["company"] = "2000"


def owners_word_kept(scribe: Scribe, system: str) -> None:
    """The crosswalk was not asked."""
    row_of(scribe, system, 2)["cost_center"] = OWNED["cost_center"]


def other_days(scribe: Scribe, system: str) -> None:
    """Day and month were exchanged."""
    row_of(scribe, system, 2)["document_date"] = "2026-01-09"


def other_account(scribe: Scribe, system: str) -> None:
    """The record is of no account, and the copy is."""
    row_of(scribe, system, 2)["account"] = "5400"


def other_person(scribe: Scribe, system: str) -> None:
    """Somebody else is responsible."""
    row_of(scribe, system, 2)["party"] = "U2"


EVERYWHERE = [
    ("R01", never_copied),
    ("R01", went_back),
    ("R02", went_back),
    ("R02", went_back_unsaid),
    ("R03", ended_by_absence),
    ("R03", other_key),
    ("R03", owners_word_kept),
    ("R03", other_days),
    ("R03", other_account),
]
PLANTED = [(rule, system, plant) for rule, plant in EVERYWHERE for system in COPIES]
PLANTED += [("R03", system, other_person) for system in ("procurement", "expense")]


@pytest.mark.requirement("R02.01")
@pytest.mark.parametrize(("rule", "system", "plant"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption_in_each_target(rule: str, system: str, plant: Callable[[Scribe, str], None], tmp_path: Path) -> None:
    """The rule names the transaction, with a story; on the history as it was it is silent."""
    assert answer(rule, told(), tmp_path / "right").rows == ()
    found = answer(rule, told(partial(plant, system=system)), tmp_path / "wrong")
    assert {row["txn_id"] for row in found.rows} == {TXN}
    assert all(row["story"] for row in found.rows)


@pytest.mark.parametrize("revisions", [(1, 2), (2,)])
def test_a_right_history_passes(revisions: tuple[int, ...], tmp_path: Path) -> None:
    """Also of a connector that writes only the latest of several revisions: how often a copy is written does not matter."""
    manifest: dict[str, Any] = {"scenario": {"name": "own", "flows": ["master-data-replication"], "require": ["R01", "R03"]}}
    verdict = judge(written(told(revisions=revisions), tmp_path / "run", manifest))
    assert (verdict.verdict, verdict.reasons) == ("pass", ())
    assert {entry["outcome"] for entry in verdict.by_experiment} == {"current"}
