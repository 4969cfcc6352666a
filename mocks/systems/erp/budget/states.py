"""States of the ERP's budgets: a budget of this much, and a reservation in each status that people bring about."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.systems.erp.core import Erp
from mocks.systems.erp.periods import shifted

Company = Annotated[str, Meta(min_length=1, max_length=8)]
EXPENSE_ACCOUNT = "5400"
AMOUNT_UNITS = 100  # 100.00, or 100 in a currency without decimals


class BudgetGiven(Parameters, frozen=True, kw_only=True):
    """The budget of every cost centre, group of accounts and month of a company, as decimal text."""

    company_code: Company = "1000"
    amount: Name | None = None


class OwnBudgetGiven(Parameters, frozen=True, kw_only=True):
    """100.00 for supplies in each month of a cost centre's fiscal year, under this sequence. A cost centre that is named must exist."""

    company_code: Company = "1000"
    cost_center: Name | None = None
    fiscal_year: Annotated[int, Meta(ge=2000, le=2099)] = 2026
    sequence: Annotated[int, Meta(ge=1, le=1_000)] = 1


class ReservationGiven(Parameters, frozen=True, kw_only=True):
    """A reservation of 100.00; the ERP draws its id and answers it."""

    company_code: Company = "1000"
    external_ref: Name | None = None
    status: Literal["reserved", "approved", "released"] = "reserved"


class ReservationGone(Parameters, frozen=True, kw_only=True):
    """The id that no reservation has."""

    reservation_id: Name = "B000000000404"


ErpOf = Callable[[Stage], Erp]
CompanyOf = Callable[[Stage, str], ErpCompany]


def states(books: ErpOf, company_of: CompanyOf, open_center: Callable[[Stage, ErpCompany], str]) -> tuple[State, ...]:
    """books: the core of the ERP that a contract is about; open_center: a cost centre of a company that may be booked on."""

    def budget(stage: Stage, given: BudgetGiven) -> Values:
        company = company_of(stage, given.company_code)
        amount = given.amount or to_text(AMOUNT_UNITS * 10**company.decimals, company.decimals)
        sequence = books(stage).budget.versions[company.code].sequence + 1
        body = {"company_code": company.code, "currency": company.currency, "sequence": sequence, "other_amount": amount, "lines": []}
        version = stage.perform("erp.budget_version.create", body=body).body
        return {"budget_version": version.budget_version, "sequence": sequence}

    def own_budget(stage: Stage, given: OwnBudgetGiven) -> Values:
        company = company_of(stage, given.company_code)
        amount = to_text(AMOUNT_UNITS * 10**company.decimals, company.decimals)
        first = f"{given.fiscal_year}-{company.budget.year_starts:02d}"
        center = given.cost_center or open_center(stage, company)
        line = {"cost_center": center, "account_group": EXPENSE_ACCOUNT[:2], "amount": amount}
        body = {
            "company_code": company.code,
            "currency": company.currency,
            "cost_center": center,
            "fiscal_year": given.fiscal_year,
            "sequence": given.sequence,
            "lines": [{**line, "period": shifted(first, number)} for number in range(12)],
        }
        version = stage.perform("erp.budget_version.create", body=body).body
        told = {"budget_version": version.budget_version, "sequence": version.sequence, "checksum": version.checksum}
        return {**told, "cost_center": center}

    def reservation(stage: Stage, given: ReservationGiven) -> Values:
        company = company_of(stage, given.company_code)
        kept = stage.perform("erp.budget_reservation.create", body=_body(stage, company, open_center(stage, company), given)).body
        path = {"reservation_id": kept.reservation_id}
        if given.status == "approved":
            kept = stage.perform("erp.budget_reservation.approve", path=path, body={}).body
        elif given.status == "released":
            kept = stage.perform("erp.budget_reservation.release", path=path, body={"reason": "provider state"}).body
        return {**path, "version": kept.version, "external_ref": kept.external_ref}

    return (
        State("a budget is in force", "of this amount for whatever may be bought", BudgetGiven, budget),
        State("a cost centre has a budget of its own", "in a fiscal year, under this sequence", OwnBudgetGiven, own_budget),
        State("a budget reservation exists", "reserved, approved or released", ReservationGiven, reservation),
        State("there is no budget reservation", "with this id (so it is in every state; for readers)", ReservationGone, _gone),
    )


def _body(stage: Stage, company: ErpCompany, center: str, given: ReservationGiven) -> dict[str, Any]:
    amount = to_text(AMOUNT_UNITS * 10**company.decimals, company.decimals)
    line = {"line_no": 10, "gl_account": EXPENSE_ACCOUNT, "cost_center": center, "amount": amount}
    return {
        "company_code": company.code,
        "currency": company.currency,
        "document_date": stage.mechanics.business.now().strftime("%Y%m%d"),
        "lines": [line],
        "total": amount,
        **({"external_ref": given.external_ref} if given.external_ref else {}),
    }


def _gone(_stage: Stage, given: ReservationGone) -> Values:
    return {"reservation_id": given.reservation_id}
