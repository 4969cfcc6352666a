"""Budget publication as it is declared: a right history passes, each planted corruption is found by the rule that is for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.judge import judge
from harness.judge.synthetic import Row, Scribe, final_views
from tests.unit.judge.history_builder import one, quiet, refresh_views, written
from tests.unit.judge.one_question import answer

TXN, PLAN, BUDGET = "bud-000001", "BP-T1-00000001", "1000/4711000/2026"
# Two accounts that are controlled together, in a quarter, and one by the month.
LINES = (("SERVICES", 100), ("TRAINING", 2), ("TRAVEL", 7))
SHARES = {1: (("53", (35, 34, 33)), ("51", (3, 2, 2))), 2: (("53", (69, 68, 67)), ("51", (5, 5, 4)))}
MONTHS = ("2026-08", "2026-09", "2026-10")


def told(corrupt: Callable[[Scribe], None] | None = None) -> Scribe:
    """A run of one budget in two versions; each is read, put in force and confirmed."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    scribe.experiment(TXN, "budget-publication", wave="baseline-1", role="baseline", template="budget-publication/US01")
    for sequence in (1, 2):
        published(scribe, sequence)
        scribe.event("wh.budget.published", TXN, event_id=f"msg_{sequence}")
        scribe.call("planning.budget.read", TXN)
        put_in_force(scribe, sequence)
        confirmed(scribe, sequence)
    if corrupt is not None:
        corrupt(scribe)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        scribe.row("read_view", **{"txn_id": "", "state": "unknown", **view})
    scribe.end()
    return scribe


def published(scribe: Scribe, sequence: int) -> None:
    """By people, with its lines."""
    head: Row = {"src_version": sequence, "currency": "USD", "company": "LE-US", "cost_center": "LE-US.MKT.CC00"}
    total = sum(amount for _, amount in LINES) * sequence
    point = "planning.budget.create" if sequence == 1 else "planning.budget.publish"
    scribe.person(point, TXN, "budget_plan", PLAN, "published", version=sequence, amount_minor=total, **head)
    for number, (account, amount) in enumerate(LINES, 1):
        line: Row = {"category": account, "amount_minor": amount * sequence, "document_date": "2026-08-01", "posting_date": "2026-10-31"}
        name = f"{PLAN}/{sequence}.{number}"
        made: Row = {"entity_type": "source_line", "entity_id": name, "effect": "create", "parent_id": PLAN}
        scribe.row("commit", "planning", txn_id=TXN, **made, **head, **line)


def put_in_force(scribe: Scribe, sequence: int) -> None:
    """By the connector, month by month."""
    head: Row = {"src_version": sequence, "currency": "USD", "company": "1000", "cost_center": "4711000"}
    total = sum(sum(parts) for _, parts in SHARES[sequence])
    version: Row = {
        "entity_type": "budget_version", "entity_id": BUDGET, "effect": "create" if sequence == 1 else "update", "version": sequence,
        "state": "in_force", "amount_minor": total, **head,
    }  # fmt: skip
    cells = [(group, month, part) for group, parts in SHARES[sequence] for month, part in zip(MONTHS, parts, strict=True)]
    lines: list[Row] = [
        {
            "entity_type": "budget_line", "entity_id": f"{BUDGET}/{sequence}.{number}", "effect": "create", "parent_id": BUDGET,
            "account": group, "period": month, "amount_minor": part, **head,
        }
        for number, (group, month, part) in enumerate(cells, 1)
    ]  # fmt: skip
    effects = [version, *lines]
    scribe.call("erp.budget_version.create", TXN, method="POST", status=201, outcome="committed", effects=effects, body_hash=f"b{sequence}")


def confirmed(scribe: Scribe, sequence: int) -> None:
    """Planning learns of it."""
    effect: Row = {
        "entity_type": "budget_publication", "entity_id": PLAN, "effect": "create" if sequence == 1 else "update", "version": sequence,
        "base_version": sequence - 1, "state": "in_force", "src_version": sequence, "currency": "USD",
        "amount_minor": sum(amount for _, amount in LINES) * sequence,
    }  # fmt: skip
    point = "planning.budget.record_publication"
    scribe.call(point, TXN, method="PUT", outcome="committed", effects=[effect], body_hash=f"p{sequence}")


def line(scribe: Scribe, sequence: int, group: str, month: str) -> Row:
    """A month of a group in the target."""
    return one(scribe, entity_type="budget_line", src_version=sequence, account=group, period=month)[1]


def unit_lost(scribe: Scribe) -> None:
    """Rounded down month by month: a unit of the quarter is gone, although no month is out of its share."""
    line(scribe, 2, "51", "2026-08")["amount_minor"] -= 1


def all_in_one_month(scribe: Scribe) -> None:
    """The sum is right, the months are not."""
    line(scribe, 1, "53", "2026-08")["amount_minor"] += 30
    line(scribe, 1, "53", "2026-10")["amount_minor"] -= 30


def month_outside(scribe: Scribe) -> None:
    """The fiscal year was taken for a calendar year."""
    line(scribe, 1, "51", "2026-10")["period"] = "2026-11"


def sign_kept(scribe: Scribe) -> None:
    """A cost is negative in planning, and was left so."""
    line(scribe, 1, "51", "2026-09")["amount_minor"] *= -1


def other_group(scribe: Scribe) -> None:
    """Training was put where nobody controls it with services."""
    line(scribe, 1, "53", "2026-10")["account"] = "54"


def told_too_early(scribe: Scribe) -> None:
    """Planning is told of the second version before the ERP has it."""
    index, row = one(scribe, entity_type="budget_publication", version=2)
    first, _ = one(scribe, entity_type="budget_version", version=2)
    scribe.rows.insert(first, scribe.rows.pop(index))
    assert row["src_version"] == 2


def old_version_stays(scribe: Scribe) -> None:
    """R07.12: the ERP was never given the second version."""
    gone = one(scribe, entity_type="budget_version", version=2)[1]["op_id"]
    scribe.rows[:] = [row for row in scribe.rows if row.get("op_id") != gone]
    refresh_views(scribe)


def old_version_again(scribe: Scribe) -> None:
    """A late event brought the first version back."""
    _, second = one(scribe, entity_type="budget_version", version=2)
    second["src_version"] = 1
    second["amount_minor"] = 109
    late: Row = {**second, "src_version": 2, "amount_minor": 218, "version": None}
    index, _ = one(scribe, entity_type="budget_version", version=2)
    scribe.rows.insert(index, late)


def not_confirmed(scribe: Scribe) -> None:
    """Planning never learned that the second version is in force."""
    gone = one(scribe, entity_type="budget_publication", version=2)[1]["op_id"]
    scribe.rows[:] = [row for row in scribe.rows if row.get("op_id") != gone]
    refresh_views(scribe)


def other_total(scribe: Scribe) -> None:
    """What the ERP has is nothing that planning ever published."""
    one(scribe, entity_type="budget_version", version=1)[1]["amount_minor"] += 1


PLANTED: list[tuple[str, str, Callable[[Scribe], None]]] = [
    ("B07", TXN, unit_lost),
    ("B07", TXN, all_in_one_month),
    ("B07", TXN, month_outside),
    ("B07", TXN, sign_kept),
    ("B07", TXN, other_group),
    ("B08", TXN, told_too_early),
    ("R01", TXN, old_version_stays),
    ("R01", TXN, not_confirmed),
    ("R02", TXN, old_version_again),
    ("R03", TXN, other_total),
]


@pytest.mark.requirement("R05.12", "R07.12")
@pytest.mark.parametrize(("invariant_id", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(invariant_id: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The rule names the transaction, with a story; on the history as it was it is silent."""
    assert answer(invariant_id, told(), tmp_path / "right").rows == ()
    found = answer(invariant_id, told(corrupt), tmp_path / "wrong")
    assert txn_id in {row["txn_id"] for row in found.rows}
    assert all(row["story"] for row in found.rows)


@pytest.mark.parametrize(
    ("corrupt", "stake"), [(unit_lost, [1]), (all_in_one_month, [30, 30]), (month_outside, [2, 2, 2]), (sign_kept, [4, 4])]
)
def test_what_is_at_stake_is_how_much_is_wrong_in_the_currency_of_the_plan(
    corrupt: Callable[[Scribe], None], stake: list[int], tmp_path: Path
) -> None:
    """Too little is no less wrong than too much; also where the target has nothing."""
    found = answer("B07", told(corrupt), tmp_path)
    assert {row["currency"] for row in found.rows} == {"USD"}
    assert sorted(row["money_minor"] for row in found.rows) == stake


def test_a_right_history_passes(tmp_path: Path) -> None:
    """Every rule that is about it had something to look at."""
    manifest: dict[str, Any] = {
        "scenario": {"name": "own", "flows": ["budget-publication"], "require": ["B07", "B08", "R01", "R02", "R03"]}
    }
    verdict = judge(written(told(), tmp_path / "run", manifest))
    assert (verdict.verdict, verdict.reasons) == ("pass", ())
    assert {entry["outcome"] for entry in verdict.by_experiment} == {"current"}
