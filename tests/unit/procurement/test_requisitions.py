"""Requisitions: the approval chain, who may take which step, what the connector records."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from mocks.systems.procurement.models import Status
from mocks.systems.procurement.requisitions import LIFECYCLE
from tests.unit.company.play import COMPANY, World, changed

DRAFT = COMPANY.draft_requisition("US01", "p2p-1", 98_000)
BOSS = DRAFT.approvers[0]
OTHER = next(person.procurement_id for person in COMPANY.employees if person.procurement_id not in {DRAFT.actor, BOSS})
ORDER = {"erpOrderNumber": "4500000001", "erpOrderId": 7, "erpStatus": "created"}
REFUSAL = {"code": "SUPPLIER_BLOCKED", "reason": "blocked", "owner": "finance"}

# How to take each step: operation, body, who.
STEPS: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "submit": ("submit", {}, DRAFT.actor),
    "approve": ("approve", {}, BOSS),
    "reject": ("reject", {"reason": "no"}, BOSS),
    "withdraw": ("withdraw", {}, DRAFT.actor),
    "reverse_approval": ("reverse_approval", {"reason": "recall"}, BOSS),
    "amend": ("amend", {}, DRAFT.actor),
    "cancel": ("cancel", {}, DRAFT.actor),
    "record_order": ("record_order", ORDER, None),
    "record_refusal": ("record_refusal", REFUSAL, None),
}

# The steps that lead to each status that a person can see.
WAY: dict[Status, tuple[str, ...]] = {
    "draft": (),
    "pending_approval": ("submit",),
    "approved": ("submit", "approve"),
    "rejected": ("submit", "reject"),
    "returned": ("submit", "approve", "reverse_approval"),
    "withdrawn": ("submit", "withdraw"),
    "ordered": ("submit", "approve", "record_order"),
    "refused": ("submit", "approve", "record_refusal"),
    "cancelled": ("cancel",),
}


def take(world: World, requisition_id: str, step: str) -> Any:
    """Take one step; the record after it."""
    name, body, actor = STEPS[step]
    return world.call(f"procurement.requisition.{name}", body, path={"id": requisition_id}, actor=actor).body


def requisition_in(status: Status) -> tuple[World, str]:
    """A world with one requisition in a status."""
    world = World()
    requisition_id = world.call("procurement.requisition.create", DRAFT.body, actor=DRAFT.actor).body.id
    for step in WAY[status]:
        take(world, requisition_id, step)
    return world, requisition_id


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", WAY)
def test_only_the_transitions_of_the_table_exist(status: Status, step: str) -> None:
    """Each status times each step: the table's next status, or 409 INVALID_TRANSITION and no trace."""
    world, requisition_id = requisition_in(status)
    allowed = LIFECYCLE.transitions.get((status, step))  # type: ignore[call-overload]
    if allowed is None:
        repeated = (status, step) in {("ordered", "record_order"), ("refused", "record_refusal")}  # the same again is no step
        name, body, actor = STEPS[step]
        refused = world.refused(f"procurement.requisition.{name}", body, path={"id": requisition_id}, actor=actor)
        assert refused == ("accepted" if repeated else "INVALID_TRANSITION")
    else:
        expected = "pending_approval" if allowed == "submitted" else allowed
        assert take(world, requisition_id, step).status == expected


def test_every_status_of_the_table_is_declared() -> None:
    """The table speaks of no status that the wire does not know, and every status but the last two is reached."""
    reached = {"draft", *LIFECYCLE.transitions.values()}
    assert reached <= set(get_args(Status))
    assert set(get_args(Status)) - reached == {"closed"}


@pytest.mark.requirement("R01.02", "R04.04")
def test_approval_tells_the_connector() -> None:
    """One event with the version that the connector will read."""
    world = World()
    requisition = world.approved_requisition(DRAFT)
    event = world.events[-1]
    assert (event.type, event.subject, len(world.events)) == ("requisition.approved", requisition.id, 1)
    assert event.data == {"requisitionId": requisition.id, "revision": 1, "version": requisition.version, "status": "approved"}
    assert [(each.effect, each.state, each.version) for each in world.effects if each.entity_type == "requisition"] == [
        ("create", "draft", 1),
        ("update", "pending_approval", 2),
        ("update", "approved", 3),
    ]
    assert world.effects[-1].amount_minor == 98_000


@pytest.mark.requirement("R03.04", "R03.05")
def test_a_large_amount_needs_the_whole_chain() -> None:
    """Each approver in order; the event goes out with the last."""
    world = World()
    draft = COMPANY.draft_requisition("US01", "p2p-2", 3_000_000)
    assert len(draft.approvers) == 3
    requisition_id = world.call("procurement.requisition.create", draft.body, actor=draft.actor).body.id
    path = {"id": requisition_id}
    world.call("procurement.requisition.submit", {}, path=path, actor=draft.actor)
    assert world.refused("procurement.requisition.approve", {}, path=path, actor=draft.approvers[1]) == "SEGREGATION_OF_DUTIES"
    for place, approver in enumerate(draft.approvers, 1):
        found = world.call("procurement.requisition.approve", {"comment": "ok"}, path=path, actor=approver).body
        assert (found.status == "approved", len(world.events)) == (place == 3, place // 3)
    assert [step.approver_id for step in found.approvals] == list(draft.approvers)


@pytest.mark.parametrize("actor", [DRAFT.actor, OTHER])
def test_nobody_approves_their_own_or_out_of_turn(actor: str) -> None:
    """Segregation of duties, for the requester and for a colleague."""
    world, requisition_id = requisition_in("pending_approval")
    assert world.refused("procurement.requisition.approve", {}, path={"id": requisition_id}, actor=actor) == "SEGREGATION_OF_DUTIES"


@pytest.mark.requirement("R01.22")
def test_only_the_requester_submits_and_withdraws() -> None:
    """A colleague may not; a stranger is no employee."""
    world, requisition_id = requisition_in("draft")
    path = {"id": requisition_id}
    assert world.refused("procurement.requisition.submit", {}, path=path, actor=OTHER) == "SEGREGATION_OF_DUTIES"
    assert world.refused("procurement.requisition.submit", {}, path=path, actor="U0") == "EMPLOYEE_UNKNOWN"
    assert world.refused("procurement.requisition.submit", {}, path=path, actor=None) == "EMPLOYEE_UNKNOWN"


@pytest.mark.requirement("R04.05")
def test_an_approval_is_taken_back_by_who_gave_it_and_only_before_the_order() -> None:
    """The event names the reason; the evidence is marked as reversed; afterwards no order can be recorded."""
    world, requisition_id = requisition_in("approved")
    path = {"id": requisition_id}
    assert world.refused("procurement.requisition.reverse_approval", {"reason": "x"}, path=path, actor=OTHER) == "SEGREGATION_OF_DUTIES"
    returned = take(world, requisition_id, "reverse_approval")
    assert [step.decision for step in returned.approvals] == ["reversed"]
    assert (world.events[-1].type, world.events[-1].data["reason"]) == ("approval.reversed", "recall")
    assert world.refused("procurement.requisition.record_order", ORDER, path=path) == "INVALID_TRANSITION"


def test_cancelling_an_approved_requisition_tells_the_connector() -> None:
    """What was created from it must be undone, as after a reversed approval."""
    world, requisition_id = requisition_in("approved")
    take(world, requisition_id, "cancel")
    assert (world.events[-1].type, world.events[-1].data["status"]) == ("approval.reversed", "cancelled")


def test_the_same_order_again_changes_nothing_and_another_is_refused() -> None:
    """Whoever lost the answer repeats the call and gets the record."""
    world, requisition_id = requisition_in("approved")
    path = {"id": requisition_id}
    first = world.call("procurement.requisition.record_order", ORDER, path=path).body
    assert (first.status, first.erp_order.number, first.erp_order.status) == ("ordered", "4500000001", "created")
    assert world.call("procurement.requisition.record_order", {**ORDER, "erpStatus": "open"}, path=path).body == first
    assert (
        world.refused("procurement.requisition.record_order", {**ORDER, "erpOrderNumber": "4500000002"}, path=path) == "INVALID_TRANSITION"
    )
    assert world.procurement.final_views()[0].parent_id == "4500000001"


def test_an_order_for_an_older_revision_is_refused() -> None:
    """Refused, amended, approved again: an order made from revision 1 must not settle revision 2."""
    world, requisition_id = requisition_in("refused")
    for step in ("amend", "submit", "approve"):
        requisition = take(world, requisition_id, step)
    assert (requisition.revision, requisition.erp_refusal) == (2, None)
    path = {"id": requisition_id}
    assert world.refused("procurement.requisition.record_order", {**ORDER, "revision": 1}, path=path) == "VERSION_CONFLICT"
    assert world.call("procurement.requisition.record_order", {**ORDER, "revision": 2}, path=path).body.status == "ordered"


def test_if_match_guards_the_update() -> None:
    """A remark by a person moves the version under the connector's feet."""
    world, requisition_id = requisition_in("approved")
    path = {"id": requisition_id}
    touch = world.operations["procurement.requisition.record_order"].touch
    assert touch is not None
    assert world.run(touch, replace(world.bare(), path=path, if_match=3)).version == 4
    assert world.refused("procurement.requisition.record_order", ORDER, path=path, if_match=3) == "PRECONDITION_FAILED"
    assert world.call("procurement.requisition.record_order", ORDER, path=path, if_match=4).version == 5
    assert world.effects[-1].base_version == 4


def test_amending_replaces_the_content() -> None:
    """New lines, new total, next revision, approvals gone."""
    world, requisition_id = requisition_in("returned")
    other = COMPANY.draft_requisition("US01", "p2p-3", 4_711)
    body = {"lines": other.body["lines"], "title": "smaller"}
    amended = world.call("procurement.requisition.amend", body, path={"id": requisition_id}, actor=DRAFT.actor).body
    assert (amended.total.amount, amended.title, amended.revision, amended.approvals) == ("47.11", "smaller", 2, ())


UNKNOWN = {"amount": {"amount": "1.00", "currency": "EUR"}}
REFUSALS = {
    "supplier of another entity": ({**DRAFT.body, "supplierId": COMPANY.suppliers_of("DE01")[1].procurement_id}, "SUPPLIER_UNKNOWN"),
    "inactive supplier": (
        {**DRAFT.body, "supplierId": next(each.procurement_id for each in COMPANY.suppliers if not each.active)},
        "SUPPLIER_BLOCKED",
    ),
    "cost centre": (changed(DRAFT.body, costCenter="US-ZZZ-01"), "COST_CENTER_INACTIVE"),
    "category": (changed(DRAFT.body, category="YACHTS"), "CODING_INVALID"),
    "project": (changed(DRAFT.body, project="PRJ-030"), "CODING_INVALID"),
    "currency of the entity": ({**DRAFT.body, "currency": "EUR"}, "CURRENCY_INVALID"),
    "currency of a line": (changed(DRAFT.body, **UNKNOWN), "CURRENCY_INVALID"),
    "decimals": (changed(DRAFT.body, amount={"amount": "1", "currency": "USD"}), "CURRENCY_INVALID"),
    "extension": (changed(DRAFT.body, quantity="7"), "AMOUNT_MISMATCH"),
    "entity": ({**DRAFT.body, "legalEntity": "ACME-FR"}, "CODING_INVALID"),
    "somebody else's entity": (COMPANY.draft_requisition("DE01", "p", 100).body, "EMPLOYEE_UNKNOWN"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_draft_that_breaks_a_rule_is_refused(name: str) -> None:
    """Coding, supplier, currency and amounts are checked when the draft is typed."""
    body, code = REFUSALS[name]
    assert World().refused("procurement.requisition.create", body, actor=DRAFT.actor) == code


def test_nobody_above_can_approve_the_group_cfo() -> None:
    """Whoever has no manager cannot submit."""
    world = World()
    top = COMPANY.employees[0].procurement_id
    requisition_id = world.call("procurement.requisition.create", DRAFT.body, actor=top).body.id
    assert world.refused("procurement.requisition.submit", {}, path={"id": requisition_id}, actor=top) == "LIMIT_EXCEEDED"


def test_a_list_follows_the_last_change() -> None:
    """Changed ones move to the end; filters by status and instant; pages neither lose nor repeat."""
    world = World()
    drafts = [COMPANY.draft_requisition("US01", f"p2p-{number}", 100 + number) for number in range(5)]
    ids = [world.approved_requisition(draft).id for draft in drafts]
    last = world.call("procurement.requisition.comment", {"text": "hm"}, path={"id": ids[0]}, actor=OTHER).body.updated_at
    expected = [*ids[1:], ids[0]]
    found, after = [], None
    while True:
        page = world.call("procurement.requisition.list", query={"status": "approved,ordered"}, limit=2, after=after).body
        found += [item.id for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == expected
    since = (last - timedelta(microseconds=500)).isoformat()
    recent = world.call("procurement.requisition.list", query={"updatedSince": since}).body["items"]
    assert [item.id for item in recent] == [ids[0]]
    assert world.call("procurement.requisition.list", query={"status": "draft"}).body["items"] == []
    assert world.refused("procurement.requisition.list", query={"status": "bought"}) == "INVALID_PARAMETER"
    assert world.refused("procurement.requisition.list", query={"updatedSince": "yesterday"}) == "INVALID_PARAMETER"


def test_the_directory_answers_in_procurements_ids() -> None:
    """Suppliers by page and by id, people with their manager and limit."""
    world = World()
    page = world.call("procurement.supplier.list", limit=3).body
    everybody = sorted(supplier.procurement_id for supplier in world.company.suppliers)
    assert [item.id for item in page["items"]] == everybody[:3]
    assert world.call("procurement.supplier.list", limit=1, after=page["next"]).body["items"][0].id == everybody[3]
    assert everybody.count("PS-00001") == 3  # three legal entities, three suppliers
    assert world.call("procurement.supplier.read", path={"id": "PS-00002"}).body.status == "active"
    boss = world.call("procurement.user.read", path={"id": BOSS}).body
    assert boss.approval_limit.amount == "5000.00"
    assert world.refused("procurement.user.read", path={"id": "U0"}) == "NOT_FOUND"
    assert world.refused("procurement.supplier.read", path={"id": "PS"}) == "NOT_FOUND"
