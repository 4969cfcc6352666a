"""Consumption back to planning as it is declared: a right history passes, each planted corruption is found by the rule that is for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.judge import judge
from harness.judge.synthetic import Row, Scribe, final_views
from tests.unit.judge.history_builder import insert, one, quiet, refresh_views, written
from tests.unit.judge.one_question import answer

TXN, STATEMENT, PLACE = "cns-000001", "BS00000017", "LE-US.MKT.CC00/FY27-P09"
ACCOUNTS = {"51": "TRAVEL", "53": "SERVICES"}
FIGURES = {"51": (700, 0, 300), "53": (200, 450, -50)}  # by group: actual, commitment, available
NAMES = ("actual", "commitment", "available")
DATES: Row = {"document_date": "2026-10-01", "posting_date": "2026-10-31"}
OURS: Row = {"currency": "USD", "company": "1000", "cost_center": "4711000"}
THEIRS: Row = {"currency": "USD", "company": "LE-US", "cost_center": "LE-US.MKT.CC00"}


def told(corrupt: Callable[[Scribe], None] | None = None, *, version: bool = True) -> Scribe:
    """A run of one statement that was issued twice; planning is told each time. version: and of which issue."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    scribe.experiment(TXN, "consumption-to-planning", wave="baseline-1", role="baseline", template="consumption-to-planning/US01")
    for revision in (1, 2):
        issued(scribe, revision)
        scribe.event("wh.budget_statement.issued", TXN, event_id=f"msg_{revision}")
        scribe.call("erp.budget_statement.read", TXN)
        known(scribe, revision, version=version)
    if corrupt is not None:
        corrupt(scribe)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        scribe.row("read_view", **{"txn_id": "", "state": "unknown", **view})
    scribe.end()
    return scribe


def total(revision: int) -> int:
    """Actual and commitment of all groups."""
    return sum(actual + commitment for actual, commitment, _ in FIGURES.values()) * revision


def issued(scribe: Scribe, revision: int) -> None:
    """By people, with its figures; of the second issue each is twice as much."""
    point = "erp.budget_statement.open" if revision == 1 else "erp.budget_statement.issue"
    head: Row = {"version": revision, "src_version": revision, "amount_minor": total(revision), **OURS, **DATES}
    scribe.person(point, TXN, "budget_statement", STATEMENT, "issued", **head)
    rows = [(name, group, figure) for group, figures in FIGURES.items() for name, figure in zip(NAMES, figures, strict=True)]
    for number, (name, group, figure) in enumerate(rows, 1):
        made: Row = {"entity_type": f"stated_{name}", "entity_id": f"{STATEMENT}/{revision}.{number}", "effect": "create"}
        line: Row = {"version": revision, "src_version": revision, "amount_minor": figure * revision, "category": group}
        scribe.row("commit", "erp", txn_id=TXN, parent_id=STATEMENT, **made, **line, **OURS)


def known(scribe: Scribe, revision: int, *, version: bool = True, change: int | None = None) -> None:
    """By the connector. change: which change of what planning knows it is."""
    number = change or revision
    source: Row = {"src_version": revision} if version else {}
    head: Row = {
        "entity_type": "budget_consumption", "entity_id": PLACE, "effect": "create" if number == 1 else "update", "version": number,
        "base_version": number - 1, "state": "known", "amount_minor": total(revision), **source, **THEIRS, **DATES,
    }  # fmt: skip
    cells = [(name, group, figure) for group, parts in FIGURES.items() for name, figure in zip(NAMES, parts, strict=True)]
    lines: list[Row] = [
        {
            "entity_type": f"known_{name}", "entity_id": f"{PLACE}/{number}.{place}", "effect": "create", "parent_id": PLACE,
            "version": number, "account": ACCOUNTS[group], "amount_minor": figure * revision, **source, **THEIRS,
        }
        for place, (name, group, figure) in enumerate(cells, 1)
    ]  # fmt: skip
    point, digest = "planning.consumption.record", f"c{number}"
    scribe.call(point, TXN, method="PUT", outcome="committed", effects=[head, *lines], body_hash=digest)


def figure(scribe: Scribe, name: str, account: str, revision: int = 2) -> Row:
    """One figure as planning knows it."""
    return one(scribe, entity_type=f"known_{name}", account=account, src_version=revision)[1]


def head(scribe: Scribe, revision: int = 2) -> Row:
    """What planning knows of the month."""
    return one(scribe, kind="commit", entity_type="budget_consumption", src_version=revision)[1]


def exchanged(scribe: Scribe) -> None:
    """What is committed was told as spent and the other way round: the total is right."""
    for name, other in (("actual", "commitment"), ("commitment", "actual")):
        figure(scribe, name, "SERVICES")["entity_type"] = f"other_{other}"
    for row in scribe.rows:
        row["entity_type"] = str(row.get("entity_type") or "").replace("other_", "known_") or None


def other_account(scribe: Scribe) -> None:
    """Services were told as travel."""
    for name in NAMES:
        figure(scribe, name, "SERVICES")["account"] = "TRAVEL"


def sign_kept(scribe: Scribe) -> None:
    """A cost is negative in planning, and was told as the ERP has it."""
    figure(scribe, "actual", "TRAVEL")["amount_minor"] *= -1


def overdrawn_untold(scribe: Scribe) -> None:
    """Nothing is said of a bucket of which less than nothing is left."""
    gone = figure(scribe, "available", "SERVICES")
    scribe.rows[:] = [row for row in scribe.rows if row is not gone]


def overdrawn_hidden(scribe: Scribe) -> None:
    """It is told as if something were left."""
    figure(scribe, "available", "SERVICES")["amount_minor"] = 0


def never_told(scribe: Scribe) -> None:
    """The second issue stayed in the ERP."""
    gone = head(scribe)["op_id"]
    scribe.rows[:] = [row for row in scribe.rows if row.get("op_id") != gone]
    refresh_views(scribe)


def went_back(scribe: Scribe) -> None:
    """An older issue takes the place of the newer one."""
    known(scribe, 1, change=3)


def spent_alone(scribe: Scribe) -> None:
    """What is committed was left out."""
    head(scribe)["amount_minor"] = sum(actual for actual, _, _ in FIGURES.values()) * 2


def other_month(scribe: Scribe) -> None:
    """The fiscal year was taken for a calendar year."""
    head(scribe).update(document_date="2026-09-01", posting_date="2026-09-30")


def other_node(scribe: Scribe) -> None:
    """Another cost centre's."""
    head(scribe)["cost_center"] = "LE-US.SAL.CC01"


PLANTED = [
    ("B11", exchanged), ("B11", other_account), ("B11", sign_kept), ("B11", overdrawn_untold), ("B11", overdrawn_hidden),
    ("R01", never_told), ("R01", went_back), ("R02", went_back), ("R03", spent_alone), ("R03", other_month), ("R03", other_node),
]  # fmt: skip


@pytest.mark.requirement("R05.21")
@pytest.mark.parametrize(("rule", "plant"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(rule: str, plant: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The rule names the transaction, with a story; on the history as it was it is silent."""
    assert answer(rule, told(), tmp_path / "right").rows == ()
    found = answer(rule, told(plant), tmp_path / "wrong")
    assert {row["txn_id"] for row in found.rows} == {TXN}
    assert all(row["story"] for row in found.rows)


def test_a_right_history_passes(tmp_path: Path) -> None:
    """With figures and versions."""
    manifest: dict[str, Any] = {"scenario": {"name": "own", "flows": ["consumption-to-planning"], "require": ["B11", "R01", "R03"]}}
    verdict = judge(written(told(), tmp_path / "run", manifest))
    assert (verdict.verdict, verdict.reasons) == ("pass", ())
    assert {entry["outcome"] for entry in verdict.by_experiment} == {"current"}


def test_who_names_no_version_is_judged_by_what_is_known(tmp_path: Path) -> None:
    """`as-of` alone guards the figures; B11 has nothing to hold them against and examines nothing, R01 to R03 do."""
    manifest: dict[str, Any] = {"scenario": {"name": "own", "flows": ["consumption-to-planning"], "require": ["R01", "R03"]}}
    verdict = judge(written(told(version=False), tmp_path / "run", manifest))
    assert (verdict.verdict, verdict.reasons) == ("pass", ())


def test_two_instances_of_planning_may_know_it(tmp_path: Path) -> None:
    """Each its own figures: they are not added up."""

    def twice(scribe: Scribe) -> None:
        other = [
            {**row, "node": "planning-2", "op_id": (row.get("op_id") or 0) + 9_000} for row in scribe.rows if row.get("node") == "planning"
        ]
        insert(scribe, len(scribe.rows), *other)

    assert answer("B11", told(twice), tmp_path / "run").rows == ()


def test_what_is_left_need_not_be_told_where_something_is(tmp_path: Path) -> None:
    """Only less than nothing has to be."""

    def silent(scribe: Scribe) -> None:
        gone = figure(scribe, "available", "TRAVEL")
        scribe.rows[:] = [row for row in scribe.rows if row is not gone]

    assert answer("B11", told(silent), tmp_path / "run").rows == ()
