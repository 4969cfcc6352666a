"""Budget checks of requisitions: what an answer leads to under both policies, who decides, and what is held up until then."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mocks.company import Company, Draft, generate
from mocks.company.checking import draft_budget_check
from mocks.kit.operation import Call, Operation, Refusal, Reply
from mocks.systems.procurement.system import ProcurementSystem

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
AMOUNT = 98_000


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(7)


class House:
    """One procurement system, its people, and a requisition that its requester asks about."""

    def __init__(self, company: Company) -> None:
        self.system = ProcurementSystem(company, namespace="T1")
        self._operations: dict[str, Operation] = {each.call_point: each for each in self.system.operations}
        self._draws = itertools.count(1)
        self.draft: Draft = draft_budget_check(company, "US01", "k", AMOUNT)
        asked = self.draft.before[-1]
        self.requisition = self.act(asked.point, asked.actor, **asked.body).body
        self.chain = company.draft_requisition("US01", "k", AMOUNT).approvers

    def act(self, point: str, actor: str, /, *, on: str = "", **body: Any) -> Reply:
        """Somebody does something; on: the id in the path."""
        operation = self._operations[point]
        request = msgspec.convert(body, operation.request) if operation.request else None
        draw = lambda name: hash((name, next(self._draws))) % 2**60  # noqa: E731 (only has to differ)
        return operation.handler(Call({"id": on}, {}, request, NOW, "people", actor, None, "c", draw))

    def check(self, answer: str | None) -> Any:
        """The requester asks and keeps the answer."""
        asked = self.act("procurement.budget_check.create", self.draft.actor, requisitionId=self.requisition.id).body
        return self.act("procurement.budget_check.record_answer", self.draft.actor, on=asked.id, answer=answer).body

    def approve(self) -> str:
        """The requester hands the requisition in, and everybody approves: its status then."""
        if self.system.desk.documents.get(self.requisition.id).status == "draft":
            self.act("procurement.requisition.submit", self.draft.actor, on=self.requisition.id)
        for approver in self.chain:
            self.act("procurement.requisition.approve", approver, on=self.requisition.id)
        return self.system.desk.documents.get(self.requisition.id).status

    def refused(self, point: str, actor: str, /, *, on: str, **body: Any) -> str:
        """The code with which this is refused."""
        with pytest.raises(Refusal) as refusal:
            self.act(point, actor, on=on, **body)
        return refusal.value.code


@pytest.mark.requirement("R06.01")
@pytest.mark.parametrize(
    ("policy", "answer", "status"),
    [
        ("closed", "within_budget", "within_budget"),
        ("closed", "over_budget", "exception_pending"),
        ("closed", "unknown", "exception_pending"),
        ("closed", None, "exception_pending"),
        ("open", "within_budget", "within_budget"),
        ("open", "over_budget", "exception_pending"),
        ("open", "unknown", "flagged"),
        ("open", None, "flagged"),
    ],
)
def test_what_an_answer_leads_to(company: Company, policy: Any, answer: str | None, status: str) -> None:
    """Over budget waits for the owner whatever the policy; no answer goes on flagged, or waits."""
    house = House(company)
    house.system.checks.on_no_answer = policy
    checked = house.check(answer)
    assert (checked.status, checked.answer, checked.on_no_answer) == (status, answer, policy)
    assert checked.next_approver_id == (house.draft.approvers[0] if status == "exception_pending" else None)
    if status == "exception_pending":
        with pytest.raises(Refusal, match="EXCEPTION_UNDECIDED"):
            house.approve()
    else:
        assert house.approve() == "approved"


@pytest.mark.requirement("R05.03")
def test_no_order_leaves_before_the_owner_agreed(company: Company) -> None:
    """Nobody can approve what is over budget, so no connector is told of it; when the owner agreed, everybody can."""
    house = House(company)
    checked = house.check("over_budget")
    house.act("procurement.requisition.submit", house.draft.actor, on=house.requisition.id)
    assert house.refused("procurement.requisition.approve", house.chain[0], on=house.requisition.id) == "EXCEPTION_UNDECIDED"
    assert house.refused("procurement.budget_check.agree", house.draft.actor, on=checked.id) == "SEGREGATION_OF_DUTIES"
    agreed = house.act("procurement.budget_check.agree", house.draft.approvers[0], on=checked.id).body
    assert (agreed.status, agreed.approvals[0].approver_id) == ("exception_approved", house.draft.approvers[0])
    assert house.approve() == "approved"


@pytest.mark.requirement("R05.03")
def test_what_the_owner_refused_can_be_rejected_and_not_approved(company: Company) -> None:
    """A no of the owner stops the approval; the approver may still say no as well."""
    house = House(company)
    checked = house.check("over_budget")
    house.act("procurement.budget_check.refuse", house.draft.approvers[0], on=checked.id, reason="not now")
    assert house.refused("procurement.budget_check.agree", house.draft.approvers[0], on=checked.id) == "INVALID_TRANSITION"
    house.act("procurement.requisition.submit", house.draft.actor, on=house.requisition.id)
    assert house.refused("procurement.requisition.approve", house.chain[0], on=house.requisition.id) == "EXCEPTION_UNDECIDED"
    assert (
        house.act("procurement.requisition.reject", house.chain[0], on=house.requisition.id, reason="no budget").body.status == "rejected"
    )


def test_a_new_revision_is_checked_anew(company: Company) -> None:
    """Nobody gets around an exception by amending the requisition; the last check counts."""
    house = House(company)
    house.check("within_budget")
    lines = house.draft.before[-1].body["lines"]
    house.act("procurement.requisition.amend", house.draft.actor, on=house.requisition.id, lines=[*lines, lines[0]])
    house.act("procurement.requisition.submit", house.draft.actor, on=house.requisition.id)
    assert house.refused("procurement.requisition.approve", house.chain[0], on=house.requisition.id) == "EXCEPTION_UNDECIDED"
    assert house.check("within_budget").requisition_revision == 2
    agreed = house.act("procurement.requisition.approve", house.chain[0], on=house.requisition.id).body
    assert agreed.status in ("approved", "pending_approval")


def test_who_may_ask_and_when(company: Company) -> None:
    """The requester, about what is drafted or waits; one answer is kept once; what nobody checks is approved as ever."""
    house = House(company)
    create = "procurement.budget_check.create"
    assert house.refused(create, house.chain[0], on="", requisitionId=house.requisition.id) == "SEGREGATION_OF_DUTIES"
    assert house.refused(create, house.draft.actor, on="", requisitionId="REQ-NONE") == "NOT_FOUND"
    assert house.approve() == "approved"
    assert house.refused(create, house.draft.actor, on="", requisitionId=house.requisition.id) == "INVALID_TRANSITION"
    other = House(company)
    checked = other.check("within_budget")
    keep = "procurement.budget_check.record_answer"
    assert other.refused(keep, other.draft.actor, on=checked.id, answer="over_budget") == "INVALID_TRANSITION"


def test_every_owner_decides(company: Company) -> None:
    """A requisition of two cost centres needs both owners, each once, in the order of its lines."""
    house = House(company)
    master = house.system.checks._master
    first = house.draft.before[-1].body["lines"][0]["costCenter"]
    owner = master.center_owners["ACME-US", first]
    places = [center for (place, center), who in master.center_owners.items() if place == "ACME-US" and who != owner]
    other = next(center for center in places if _open(house, center))
    line = house.draft.before[-1].body["lines"][0]
    lines = [{**line, "costCenter": center} for center in (first, other, first)]
    house.act("procurement.requisition.amend", house.draft.actor, on=house.requisition.id, lines=lines)
    checked = house.check("over_budget")
    deciders = [checked.next_approver_id]
    pending = house.act("procurement.budget_check.agree", deciders[0], on=checked.id).body
    assert pending.status == "exception_pending"
    assert pending.next_approver_id not in (None, deciders[0])
    assert house.act("procurement.budget_check.agree", pending.next_approver_id, on=checked.id).body.status == "exception_approved"


def _open(house: House, center: str) -> bool:
    return "ACME-US" in house.system.checks._master.cost_centers.get(center, ())


def test_the_budget_beside_it_is_for_this_cost_centre_and_month(company: Company) -> None:
    """What a controller types before: one line, which holds the requisition, or does not, by one minor unit too."""
    found = set()
    for number in range(24):
        draft = draft_budget_check(company, "JP01", f"k{number}", AMOUNT)
        budget, asked = (step.body for step in draft.before)
        assert sum(int(line["amount"]["amount"]) for line in asked["lines"]) == AMOUNT
        assert len({(line["costCenter"], line["category"]) for line in asked["lines"]}) == 1
        found.add(int(budget["total"]) - AMOUNT)
        assert budget["lines"][0]["period"] == "2026-10"
    assert found == {2 * AMOUNT, 0, -1, AMOUNT // 2 - AMOUNT}
    assert replace(draft, before=()).body == {"budgetDate": "2026-10-28"}
