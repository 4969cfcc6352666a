"""The rules about answers while somebody waits, in the flow that ships: silent on correct ones, and each finds its corruption."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import drop, insert, invariant, judged, one, rows
from tests.unit.judge.one_question import answer, uncounted

FLOW, ASK = "requisition-check", "ask.requisition.check"
BUDGET = 50_000
pytestmark = pytest.mark.requirement("R06.01")


def checked(scribe: Scribe, number: int, amount: int, word: str, *, status: int = 200, view: str = "ok", took_ms: float = 90) -> None:
    """A cost centre gets a budget, somebody asks about an amount, the connector looks and answers, the form keeps that."""
    txn_id, check = f"chk-{number:06d}", f"CHK-T1-{number:08d}"
    scribe.experiment(txn_id, FLOW, wave="baseline-1", role="baseline", template=f"{FLOW}/US01")
    about: Row = {"amount_minor": amount, "currency": "USD", "company": "ACME-US"}
    bound: Row = {"amount_minor": BUDGET, "currency": "USD", "company": "1000"}
    scribe.person("erp.budget_version.enter", txn_id, "budget_version", f"1000/{number}/2026", "in_force", src_version=1, **bound)
    scribe.person("procurement.budget_check.create", txn_id, "budget_check", check, "asked", src_version=1, **about)
    scribe.ops += 1
    op: Row = {"op_id": scribe.ops, "call_point": ASK, "txn_id": txn_id}
    scribe.row("query_sent", "procurement", attempt=1, entity_type="budget_check", entity_id=check, **op)
    scribe.call("erp.budget.read", txn_id, status=status, view=view)
    scribe.t_ms += took_ms
    scribe.row("query_answer", "procurement", status=200, state=word, **op)
    kept = {"within_budget": "within_budget", "over_budget": "exception_pending"}.get(word, "flagged")
    scribe.person("procurement.budget_check.record_answer", txn_id, "budget_check", check, kept, src_version=1, **about)
    if kept == "exception_pending":
        scribe.person("procurement.budget_check.agree", txn_id, "budget_check", check, "exception_approved", src_version=1, **about)


def run() -> Scribe:
    """Far within, exactly within, over by one minor unit, and one of which nothing could be known."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    checked(scribe, 1, 20_000, "within_budget")
    checked(scribe, 2, BUDGET, "within_budget")
    checked(scribe, 3, BUDGET + 1, "over_budget")
    checked(scribe, 4, 20_000, "unknown", status=503, view="fail")
    scribe.enter("final")
    for number in (1, 2, 3, 4):
        check: Row = {"entity_type": "budget_check", "entity_id": f"CHK-T1-{number:08d}", "state": "within_budget"}
        scribe.row("read_view", "procurement", txn_id=f"chk-{number:06d}", flow=FLOW, **check)
    return scribe


def ordered_before(scribe: Scribe) -> None:
    """The order for 3 left while its owner still thought about it."""
    index, _ = one(scribe, txn_id="chk-000003", kind="commit", state="exception_approved")
    order: Row = {**scribe.rows[index], "entity_type": "purchase_order", "entity_id": "4500000003", "effect": "create", "state": "created"}
    insert(scribe, index, {**order, "kind": "commit", "call_point": "erp.po.create"})


def refused_and_ordered(scribe: Scribe) -> None:
    """The owner did not agree to 3, and the order left all the same."""
    index, agreed = one(scribe, txn_id="chk-000003", kind="commit", state="exception_approved")
    order: Row = {**agreed, "entity_type": "purchase_order", "entity_id": "4500000003", "effect": "create", "state": "created"}
    insert(scribe, index + 1, {**order, "call_point": "erp.po.create"})
    for _, row in rows(scribe, txn_id="chk-000003", state="exception_approved"):
        row["state"] = "exception_rejected"


def decides_by_itself(scribe: Scribe) -> None:
    """Over budget, said the connector of 3; procurement went on."""
    for _, row in rows(scribe, txn_id="chk-000003", state="exception_pending"):
        row["state"] = "within_budget"


def went_on_without_an_answer(scribe: Scribe) -> None:
    """Nobody knew about 4, and procurement took it for within budget."""
    for _, row in rows(scribe, txn_id="chk-000004", state="flagged"):
        row["state"] = "within_budget"


def over_by_one(scribe: Scribe) -> None:
    """2 wants one minor unit more than there is."""
    for _, row in rows(scribe, txn_id="chk-000002", entity_type="budget_check"):
        row["amount_minor"] = BUDGET + 1


def cut_before_the_question(scribe: Scribe) -> None:
    """The budget of 1 was cut before anybody asked; the answer is that of the time before."""
    index, budget = one(scribe, txn_id="chk-000001", kind="commit", entity_type="budget_version")
    insert(scribe, index + 1, {**budget, "effect": "update", "amount_minor": 100})


def late(scribe: Scribe) -> None:
    """3 was answered after the person had gone."""
    index, _ = one(scribe, txn_id="chk-000003", kind="query_answer")
    for row in scribe.rows[index:]:
        row["t_mono_ns"] += 2_500_000_000


def slow(scribe: Scribe) -> None:
    """1 was answered in time, but not within the target."""
    index, _ = one(scribe, txn_id="chk-000001", kind="query_answer")
    for row in scribe.rows[index:]:
        row["t_mono_ns"] += 1_500_000_000


def guessed(scribe: Scribe) -> None:
    """Of 4 nothing could be known, and a word came."""
    one(scribe, txn_id="chk-000004", kind="query_answer")[1]["state"] = "within_budget"


def does_not_look(scribe: Scribe) -> None:
    """Nobody knows, it says of 1, without having looked, and nothing had failed."""
    drop(scribe, lambda row: not (row.get("txn_id") == "chk-000001" and row.get("call_point") == "erp.budget.read"))
    one(scribe, txn_id="chk-000001", kind="query_answer")[1]["state"] = "unknown"


def holds_on(scribe: Scribe) -> None:
    """1 reserved the funds, and never gave them back."""
    index, answered = one(scribe, txn_id="chk-000001", kind="query_answer")
    held: Row = {
        "kind": "commit",
        "node": "erp",
        "entity_type": "budget_reservation",
        "entity_id": "B1",
        "effect": "create",
        "state": "reserved",
    }
    insert(scribe, index, {**answered, **held, "call_point": "erp.budget_reservation.create"})


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("B09", "chk-000003", ordered_before),
    ("B09", "chk-000003", refused_and_ordered),
    ("B10", "chk-000003", decides_by_itself),
    ("B10", "chk-000004", went_on_without_an_answer),
    ("Q01", "chk-000003", late),
    ("Q02", "chk-000002", over_by_one),
    ("Q02", "chk-000001", cut_before_the_question),
    ("Q02", "chk-000001", does_not_look),
    ("Q03", "chk-000004", guessed),
    ("Q04", "chk-000001", holds_on),
    ("L11", "chk-000001", slow),
)


@pytest.mark.parametrize(("rule", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(rule: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared rule names the corrupted transaction and no other one, with a story, and has looked at what it found."""
    scribe = run()
    corrupt(scribe)
    found = answer(rule, scribe, tmp_path)
    assert {row["txn_id"] for row in found.rows} == {txn_id}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


@pytest.mark.parametrize("rule", ["B09", "B10", "L11", "Q01", "Q02", "Q03", "Q04"])
def test_right_answers_are_silent(rule: str, tmp_path: Path) -> None:
    """What is within, over by a minor unit, and not known is examined, and nobody is blamed."""
    found = answer(rule, run(), tmp_path)
    assert found.rows == ()
    assert found.candidates > 0 or rule == "Q04"  # who reserves nothing leaves nothing


def cut_at_once(scribe: Scribe) -> None:
    """The budget of 1 is cut between look and answer: both answers were true while the person waited."""
    index, answered = one(scribe, txn_id="chk-000001", kind="query_answer")
    _, budget = one(scribe, txn_id="chk-000001", kind="commit", entity_type="budget_version")
    insert(scribe, index, {**budget, "t_mono_ns": answered["t_mono_ns"], "effect": "update", "amount_minor": 100})


def answered_before_the_look_came_back(scribe: Scribe) -> None:
    """The look at 1 was slow: nobody knew when the time was up, and the figures came after the answer."""
    index, answered = one(scribe, txn_id="chk-000001", kind="query_answer")
    answered["state"] = "unknown"
    ended = next(row for _, row in rows(scribe, txn_id="chk-000001", kind="response_end"))
    scribe.rows.remove(ended)
    index = scribe.rows.index(answered)
    insert(scribe, index + 1, {**ended, "t_mono_ns": answered["t_mono_ns"] + 1})
    for _, row in rows(scribe, txn_id="chk-000001", state="within_budget"):
        row["state"] = "flagged"


def gave_a_broken_look_up(scribe: Scribe) -> None:
    """Half of the figures of 1 came; nobody knows, it says, and does not look again."""
    for _, row in rows(scribe, txn_id="chk-000001", kind="response_end"):
        row["client_view"] = "info"
    answered_before_the_look_came_back(scribe)


def waits_for_the_system(scribe: Scribe) -> None:
    """The look for 4 failed; of 5, which is asked right behind it, nobody knows, without a call: the breaker is open."""
    index = next(place for place, row in enumerate(scribe.rows) if row.get("phase") == "final")
    scribe.rows, behind = scribe.rows[:index], scribe.rows[index:]
    checked(scribe, 5, 20_000, "unknown")
    drop(scribe, lambda row: not (row.get("txn_id") == "chk-000005" and row.get("call_point") == "erp.budget.read"))
    scribe.rows += behind


@pytest.mark.parametrize("unusual", [cut_at_once, answered_before_the_look_came_back, gave_a_broken_look_up, waits_for_the_system])
def test_right_but_unusual_is_not_blamed(unusual: Callable[[Scribe], None], tmp_path: Path) -> None:
    """None of the rules about answers says anything."""
    for rule in ("Q01", "Q02", "Q03", "B10"):
        scribe = run()
        unusual(scribe)
        assert [row["story"] for row in answer(rule, scribe, tmp_path / rule).rows] == []


def test_what_was_said_while_the_world_stood_still_proves_nothing(tmp_path: Path) -> None:
    """The connector's time was over when the question's look came through: neither its fault, nor a proof that it is right."""
    scribe = run()
    does_not_look(scribe)
    index, row = one(scribe, txn_id="chk-000001", kind="query_sent")
    stall = {**{name: row[name] for name in ("run_id", "t_mono_ns", "t_biz", "phase")}, "kind": "stall", "node": "harness"}
    insert(scribe, index + 1, {**stall, "stall_ms": 2_000})
    assert invariant(judged(scribe, tmp_path), "Q02")["status"] == "ok"
