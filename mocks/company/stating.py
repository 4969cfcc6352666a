"""What controllers state of the budget of a cost centre: what people ordered and billed by hand before, and against which budget."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from mocks.company import paying, receiving
from mocks.company.company import BUSINESS_START, Company
from mocks.company.drafts import Draft, Preparation
from mocks.company.model import CostCenter, Employee, Entity, Supplier
from mocks.company.money import split, to_text
from mocks.company.receiving import account_of
from mocks.company.streams import Stream

BOUGHT = {
    "OFFICE_SUPPLIES": "office supplies", "SOFTWARE": "licences", "PROFESSIONAL_SERVICES": "consulting", "FACILITIES": "cleaning",
    "TELECOM": "lines and data",
}  # fmt: skip
"""Categories of which each is controlled by itself, and what people call it."""
ENOUGH = 8  # times what is ordered at once: also after several statements
OVERDRAWN_ONE_IN = 3
PARTS = 97  # into which ordered and billed are split, at most


@dataclass(frozen=True, slots=True)
class Purse:
    """Whose budget it is, and who spends it. own: tells these papers from others with the same key; ordered, billed: which category each
    is of."""

    company: Company
    entity: Entity
    center: CostCenter
    buyer: Employee
    seller: Supplier
    on: date
    own: str
    ordered: str
    billed: str


def draft_budget_statement(
    company: Company,
    entity: str,
    key: str,
    amount_minor: int,
    *,
    cost_center: CostCenter | None = None,
    on: date = BUSINESS_START,
    own: str | None = None,
    is_further: bool = False,
) -> Draft:
    """`amount_minor` is ordered and billed before it is issued. is_further: of a statement that was issued before; its budget is there. One
    in three leaves a bucket overdrawn, where the control of the budget is not absolute: there such a bill is parked."""
    house, stream = company.entity(entity), Stream(company.seed, "budget statement", entity, key)
    center = cost_center or stream.pick(company.cost_centers_of(entity))
    names = list(BOUGHT)
    ordered = names.pop(stream.below(len(names)))
    purse = Purse(
        company=company,
        entity=house,
        center=center,
        buyer=company.requester(entity, key),
        seller=stream.pick(company.suppliers_of(entity)),
        on=on,
        own=f"{own or key}/{amount_minor}",
        ordered=ordered,
        billed=stream.pick(names),
    )
    ordered_minor, billed_minor = split(amount_minor, (1 + stream.below(PARTS), 1 + stream.below(PARTS)))
    is_short = stream.below(OVERDRAWN_ONE_IN) == 0 and house.budget.level != "absolute"
    controller = company.controller(entity).erp_id
    body = {"company_code": house.erp_company, "cost_center": center.erp_id, "period": f"{on:%Y-%m}"}
    given = () if is_further else (_budget(purse, controller, ordered_minor, billed_minor // 2 if is_short else ENOUGH * billed_minor),)
    return Draft(
        system="erp",
        document="budget_statement",
        entity=entity,
        actor=controller,
        body=body,
        approvers=(controller,),
        amount_minor=amount_minor,
        currency=house.currency,
        keys=(("cost_center", cost_center.erp_id),) if cost_center else (),
        before=(*given, _order(purse, ordered_minor), _bill(purse, billed_minor)),
    )


def _budget(purse: Purse, controller: str, ordered_minor: int, billed_minor: int) -> Preparation:
    """The controller types the budget of the cost centre for its fiscal year: two groups of accounts, in this month."""
    house, on = purse.entity, purse.on
    amounts = ((purse.ordered, ENOUGH * ordered_minor), (purse.billed, billed_minor))
    body = {
        "company_code": house.erp_company,
        "currency": house.currency,
        "cost_center": purse.center.erp_id,
        "fiscal_year": on.year - (on.month < house.budget.year_starts),
        "sequence": 1,
        "lines": [
            {
                "cost_center": purse.center.erp_id,
                "account_group": account_of(category, on)[:2],
                "period": f"{on:%Y-%m}",
                "amount": to_text(minor, house.decimals),
            }
            for category, minor in amounts
        ],
    }
    return Preparation("erp.budget_version.enter", controller, body)


def _order(purse: Purse, minor: int) -> Preparation:
    """A buyer types an order, which commits the budget."""
    line = receiving.Delivered(
        text=BOUGHT[purse.ordered],
        ordered=Decimal(1),
        came=None,
        price=Decimal(minor).scaleb(-purse.entity.decimals),
        minor=minor,
        category=purse.ordered,
        cost_center=purse.center,
        project=None,
    )
    chain = purse.company.approval_chain(purse.buyer, minor)
    purchase = receiving.Purchase(purse.entity, purse.seller, purse.buyer, chain, purse.on, (line,), (receiving.LINE_STEP,))
    return receiving.entered(purchase)


def _bill(purse: Purse, minor: int) -> Preparation:
    """A clerk types a bill without an order, which spends it."""
    clerk, account = purse.buyer, account_of(purse.billed, purse.on)
    reference = f"{purse.on:%y}-{Stream(purse.company.seed, 'bill of a statement', purse.own).below(paying.REFERENCE_SPACE):07d}"
    bill = paying.SupplierBill(purse.seller, reference, BOUGHT[purse.billed], minor, account, purse.center)
    chain = purse.company.approval_chain(clerk, minor)
    return replace(paying.entry(paying.Stack(purse.entity, clerk, chain, purse.on, (bill,))), tells={})
