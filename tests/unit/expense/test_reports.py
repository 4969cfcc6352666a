"""Expense reports: the approval chain, who may take which step, what the connector records."""

from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from mocks.systems.expense.models import State
from mocks.systems.expense.reports import LIFECYCLE
from tests.unit.company.play import COMPANY, World, changed

DRAFT = COMPANY.draft_expense_report("DE01", "exp-1", 12_345)
BOSS = DRAFT.approvers[0]
OTHER = next(person.expense_id for person in COMPANY.employees if person.expense_id not in {DRAFT.actor, BOSS})
POSTING = {"erp_document": "1000000001", "erp_document_type": "journal_entry", "posted_on": "30/10/2026"}
REFUSAL = {"code": "PERIOD_CLOSED", "reason": "closed", "owner": "finance"}

# How to take each step: body, who.
STEPS: dict[str, tuple[dict[str, Any], str | None]] = {
    "submit": ({}, DRAFT.actor),
    "approve": ({}, BOSS),
    "send_back": ({"reason": "receipt missing"}, BOSS),
    "recall": ({}, DRAFT.actor),
    "revise": ({}, DRAFT.actor),
    "record_posting": (POSTING, None),
    "record_refusal": (REFUSAL, None),
}

# The steps that lead to each state that a person can see.
WAY: dict[State, tuple[str, ...]] = {
    "draft": (),
    "pending_manager": ("submit",),
    "approved": ("submit", "approve"),
    "posted": ("submit", "approve", "record_posting"),
    "sent_back": ("submit", "approve", "send_back"),
    "recalled": ("submit", "recall"),
    "on_hold": ("submit", "approve", "record_refusal"),
}


def take(world: World, report_id: str, step: str) -> Any:
    """Take one step; the record after it."""
    body, actor = STEPS[step]
    return world.call(f"expense.report.{step}", body, path={"report_id": report_id}, actor=actor).body


def report_in(state: State) -> tuple[World, str]:
    """A world with one report in a state."""
    world = World()
    report_id = world.call("expense.report.create", DRAFT.body, actor=DRAFT.actor).body.report_id
    for step in WAY[state]:
        take(world, report_id, step)
    return world, report_id


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", WAY)
def test_only_the_transitions_of_the_table_exist(state: State, step: str) -> None:
    """Each state times each step: the table's next state, or 409 INVALID_TRANSITION and no trace."""
    world, report_id = report_in(state)
    allowed = LIFECYCLE.transitions.get((state, step))  # type: ignore[call-overload]
    if allowed is None:
        repeated = (state, step) in {("posted", "record_posting"), ("on_hold", "record_refusal")}  # the same again is no step
        body, actor = STEPS[step]
        refused = world.refused(f"expense.report.{step}", body, path={"report_id": report_id}, actor=actor)
        assert refused == ("accepted" if repeated else "INVALID_TRANSITION")
    else:
        assert take(world, report_id, step).state == ("pending_manager" if allowed == "submitted" else allowed)


def test_every_state_of_the_table_is_declared() -> None:
    """The table speaks of no state that the wire does not know; paying and rejecting come with later systems."""
    reached = {"draft", *LIFECYCLE.transitions.values()}
    assert reached <= set(get_args(State))
    assert set(get_args(State)) - reached == {"paid", "rejected"}


@pytest.mark.requirement("R01.03", "R04.11")
def test_approval_tells_the_connector() -> None:
    """One event with the version that the connector will read; dates in the system's own format."""
    world = World()
    report = world.approved_report(DRAFT)
    assert (report.total_minor, report.submitted_on, report.approved_on) == (12_345, "28/10/2026", "28/10/2026")
    assert [event.type for event in world.events] == ["expense_report.approved"]
    assert world.events[0].data == {"report_id": report.report_id, "revision": 1, "version": 3, "state": "approved"}
    wire = msgspec.json.decode(msgspec.json.encode(report))
    assert wire["approvals"][0]["limit_minor"] == 500_000
    assert wire["report_id"] == f"ER-T-{report.number:08d}"


def test_sending_back_an_approved_report_tells_the_connector() -> None:
    """What was posted from it must be reversed; the evidence is marked as reversed. Before approval nobody is told."""
    world, report_id = report_in("approved")
    sent_back = take(world, report_id, "send_back")
    assert [step.decision for step in sent_back.approvals] == ["reversed"]
    assert (world.events[-1].type, world.events[-1].data["reason"]) == ("expense_report.sent_back", "receipt missing")
    world, report_id = report_in("pending_manager")
    assert [step.decision for step in take(world, report_id, "send_back").approvals] == ["sent_back"]
    assert world.events == []


@pytest.mark.parametrize("actor", [DRAFT.actor, OTHER])
def test_nobody_approves_their_own_or_out_of_turn(actor: str) -> None:
    """Segregation of duties, for approving and for sending back."""
    world, report_id = report_in("pending_manager")
    path = {"report_id": report_id}
    assert world.refused("expense.report.approve", {}, path=path, actor=actor) == "SEGREGATION_OF_DUTIES"
    assert world.refused("expense.report.send_back", {"reason": "x"}, path=path, actor=actor) == "SEGREGATION_OF_DUTIES"


def test_nobody_approves_the_report_of_a_superior() -> None:
    """A director's report waits for the CFO; somebody below the director gets the reason."""
    world = World()
    director = next(person for person in COMPANY.employees if person.entity == "DE01" and person.level == 3)
    below = next(person for person in COMPANY.employees if person.manager == director.key)
    report_id = world.call("expense.report.create", DRAFT.body, actor=director.expense_id).body.report_id
    path = {"report_id": report_id}
    world.call("expense.report.submit", {}, path=path, actor=director.expense_id)
    assert world.refused("expense.report.approve", {}, path=path, actor=below.expense_id) == "SEGREGATION_OF_DUTIES"
    cfo = COMPANY.controller("DE01").expense_id
    assert world.call("expense.report.approve", {}, path=path, actor=cfo).body.state == "approved"


def test_a_large_amount_needs_the_whole_chain() -> None:
    """Each approver in order; the report is approved with the last."""
    world = World()
    draft = COMPANY.draft_expense_report("JP01", "exp-2", 4_000_000)
    assert len(draft.approvers) == 3
    report = world.approved_report(draft)
    assert (report.state, [step.approver_login for step in report.approvals]) == ("approved", list(draft.approvers))


def test_the_same_posting_again_changes_nothing_and_another_is_refused() -> None:
    """Whoever lost the answer repeats the call and gets the record."""
    world, report_id = report_in("approved")
    path = {"report_id": report_id}
    first = world.call("expense.report.record_posting", POSTING, path=path).body
    assert (first.state, first.posting.erp_document) == ("posted", "1000000001")
    assert world.call("expense.report.record_posting", {**POSTING, "posted_on": "31/10/2026"}, path=path).body == first
    assert world.refused("expense.report.record_posting", {**POSTING, "erp_document": "2"}, path=path) == "INVALID_TRANSITION"
    assert world.expense.final_views()[0].parent_id == "1000000001"


def test_a_posting_of_an_older_revision_is_refused() -> None:
    """Sent back, revised, approved again: a posting made from revision 1 must not settle revision 2."""
    world, report_id = report_in("sent_back")
    for step in ("revise", "submit", "approve"):
        report = take(world, report_id, step)
    assert report.revision == 2
    path = {"report_id": report_id}
    assert world.refused("expense.report.record_posting", {**POSTING, "revision": 1}, path=path) == "VERSION_CONFLICT"
    assert world.refused("expense.report.record_posting", {**POSTING, "revision": 2}, path=path) == "accepted"


def test_if_match_guards_the_update() -> None:
    """A remark by a person moves the version under the connector's feet."""
    world, report_id = report_in("approved")
    path = {"report_id": report_id}
    touch = world.operations["expense.report.record_refusal"].touch
    assert touch is not None
    assert world.run(touch, replace(world.bare(), path=path)).version == 4
    assert world.refused("expense.report.record_refusal", REFUSAL, path=path, if_match=3) == "PRECONDITION_FAILED"
    assert world.call("expense.report.record_refusal", REFUSAL, path=path, if_match=4).body.state == "on_hold"


@pytest.mark.requirement("R03.10")
def test_revising_replaces_the_lines() -> None:
    """New lines, new total, next revision; the refusal is gone."""
    world, report_id = report_in("on_hold")
    lines = COMPANY.draft_expense_report("DE01", "exp-3", 777).body["lines"]
    revised = world.call("expense.report.revise", {"lines": lines}, path={"report_id": report_id}, actor=DRAFT.actor).body
    assert (revised.total_minor, revised.revision, revised.refusal, revised.approvals) == (777, 2, None, ())


REFUSALS = {
    "category": (changed(DRAFT.body, category="YACHT"), "CODING_INVALID"),
    "cost object": (changed(DRAFT.body, cost_object="CC.20.0"), "COST_CENTER_INACTIVE"),
    "cost object of another entity": (
        changed(DRAFT.body, cost_object=COMPANY.cost_centers_of("US01")[0].expense_id),
        "COST_CENTER_INACTIVE",
    ),
    "more tax than amount": (changed(DRAFT.body, amount_minor=1, tax_minor=2), "AMOUNT_MISMATCH"),
    "tax of the other sign": (changed(DRAFT.body, tax_minor=-1), "AMOUNT_MISMATCH"),
    "claims less than nothing": (
        {**DRAFT.body, "lines": [{**DRAFT.body["lines"][0], "amount_minor": -100, "tax_minor": 0}]},
        "AMOUNT_MISMATCH",
    ),
    "receipt of another amount": (
        changed(DRAFT.body, receipt={"currency": "CHF", "amount_minor": 100_000_000, "rate": "1.07"}),
        "AMOUNT_MISMATCH",
    ),
    "receipt of an unknown currency": (
        changed(DRAFT.body, receipt={"currency": "XTS", "amount_minor": 1, "rate": "1"}),
        "CURRENCY_INVALID",
    ),
    "receipt of the report's currency": (
        changed(DRAFT.body, receipt={"currency": "EUR", "amount_minor": 1, "rate": "1"}),
        "CURRENCY_INVALID",
    ),
    "currency": ({**DRAFT.body, "currency": "USD"}, "CURRENCY_INVALID"),
    "entity": ({**DRAFT.body, "entity_code": "99"}, "CODING_INVALID"),
    "somebody else's entity": (COMPANY.draft_expense_report("US01", "e", 100).body, "EMPLOYEE_UNKNOWN"),
    "claims nothing": ({**DRAFT.body, "lines": [{**DRAFT.body["lines"][0], "amount_minor": 0, "tax_minor": 0}]}, "AMOUNT_MISMATCH"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_draft_that_breaks_a_rule_is_refused(name: str) -> None:
    """Coding, currency and amounts are checked when the draft is typed."""
    body, code = REFUSALS[name]
    assert World().refused("expense.report.create", body, actor=DRAFT.actor) == code


def test_a_list_follows_the_last_change() -> None:
    """Changed ones move to the end; pages neither lose nor repeat; bad filters are refused."""
    world = World()
    drafts = [COMPANY.draft_expense_report("DE01", f"exp-{number}", 100 + number) for number in range(4)]
    ids = [world.approved_report(draft).report_id for draft in drafts]
    world.call("expense.report.comment", {}, path={"report_id": ids[1]}, actor=OTHER)
    first = world.call("expense.report.list", query={"state": "approved"}, limit=3).body
    second = world.call("expense.report.list", query={"state": "approved"}, limit=3, after=first["next"]).body
    assert [item.report_id for item in (*first["items"], *second["items"])] == [ids[0], ids[2], ids[3], ids[1]]
    assert second["next"] is None
    assert world.refused("expense.report.list", query={"state": "approved,"}) == "INVALID_PARAMETER"
    assert world.refused("expense.report.list", query={"updated_since": "2026-10-28T09:00:00"}) == "INVALID_PARAMETER"
