"""What people type before they ask whether there is budget: a controller's budget of one cost centre, and somebody's requisition."""

from datetime import date
from typing import Any

from mocks.company.company import BUSINESS_START, Company
from mocks.company.drafts import Draft, Preparation, chain_ids
from mocks.company.model import CostCenter, Employee, Entity, Supplier
from mocks.company.money import to_text
from mocks.company.receiving import account_of
from mocks.company.shapes import PLAIN, Shape
from mocks.company.streams import Stream

GROUP_DIGITS = 2  # of an account: budgets are kept for groups of accounts


def draft_budget_check(
    company: Company,
    entity: str,
    key: str,
    amount_minor: int,
    *,
    supplier: Supplier | None = None,
    cost_center: CostCenter | None = None,
    on: date = BUSINESS_START,
    shape: Shape = PLAIN,
) -> Draft:
    """What a requester asks about a requisition of one cost centre and one category. Before it somebody gives the cost centre a budget that
    holds the requisition, or does not: far from it, or by one minor unit. approvers: who answers for the cost centre."""
    house, stream = company.entity(entity), Stream(company.seed, "budget check", entity, key)
    center = cost_center or stream.pick(company.cost_centers_of(entity))
    asked = company.draft_requisition(entity, key, amount_minor, supplier=supplier, cost_center=center, on=on, shape=shape)
    category = asked.body["lines"][0]["category"]
    body = {**asked.body, "lines": [{**line, "category": category, "project": None} for line in asked.body["lines"]]}
    room = stream.pick((3 * amount_minor, amount_minor, amount_minor - 1, amount_minor // 2))
    controller = company.controller(entity)
    return Draft(
        system="procurement",
        document="budget_check",
        entity=entity,
        actor=asked.actor,
        body={"budgetDate": on.isoformat()},
        approvers=chain_ids((_decider(company, company.employee(center.owner)),), "procurement"),
        amount_minor=amount_minor,
        currency=house.currency,
        keys=asked.keys,
        before=(
            Preparation("erp.budget_version.enter", controller.erp_id, _budget(house, center, account_of(category, on), on, room)),
            Preparation("procurement.requisition.create", asked.actor, body, {"id": "requisitionId"}),
        ),
    )


def _budget(house: Entity, center: CostCenter, account: str, on: date, room_minor: int) -> dict[str, Any]:
    """The only budget of a cost centre in its fiscal year: for one group of accounts, in the month of the day."""
    amount = to_text(room_minor, house.decimals)
    line = {"cost_center": center.erp_id, "account_group": account[:GROUP_DIGITS], "period": f"{on:%Y-%m}", "amount": amount}
    return {
        "company_code": house.erp_company,
        "currency": house.currency,
        "cost_center": center.erp_id,
        "fiscal_year": on.year - (on.month < house.budget.year_starts),
        "sequence": 1,
        "lines": [line],
        "total": amount,
    }


def _decider(company: Company, owner: Employee) -> Employee:
    """The owner, or who stands in for one who is away."""
    return company.employee(owner.delegate) if owner.delegate else owner
