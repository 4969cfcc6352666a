"""States of the ERP's budget statements: one that was opened, or issued so many times, of a cost centre on which something was spent."""

from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Refusal
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.budget.statements.desk import StatementDesk
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.core import Erp
from mocks.systems.erp.models import Period

Company = Annotated[str, Meta(min_length=1, max_length=8)]
Revision = Annotated[int, Meta(ge=1, le=50)]
EXPENSE_ACCOUNT = "5400"
AMOUNT_UNITS = 100  # 100.00, or 100 in a currency without decimals


class StatementGiven(Parameters, frozen=True, kw_only=True):
    """The statement of a cost centre on which 100.00 was spent for supplies; without `number` one is drawn and answered."""

    number: Name | None = None
    company_code: Company = "1000"
    cost_center: Name | None = None
    period: Period = "2026-10"
    status: Literal["opened", "issued"] = "issued"
    revision: Revision = 1


class StatementGone(Parameters, frozen=True, kw_only=True):
    """The number that no statement has."""

    number: Name = "BS00000404"


DeskOf = Callable[[Stage], StatementDesk]
ErpOf = Callable[[Stage], Erp]
CompanyOf = Callable[[Stage, str], ErpCompany]


def states(desk_of: DeskOf, books: ErpOf, company_of: CompanyOf, open_center: Callable[[Stage, ErpCompany], str]) -> tuple[State, ...]:
    """desk_of: the statements of the ERP that a contract is about; books: its core; open_center: a cost centre that may be booked on."""

    def statement(stage: Stage, given: StatementGiven) -> Values:
        desk, company = desk_of(stage), company_of(stage, given.company_code)
        if given.number is not None and given.number in desk.book:
            raise Refusal("INVALID_TRANSITION", f"budget statement {given.number} exists already: send a teardown first")
        center = given.cost_center or open_center(stage, company)
        bucket = bucket_of(company.code, EXPENSE_ACCOUNT, center)
        books(stage).budget.book("provider state", (Spending("1", bucket, given.period, AMOUNT_UNITS * 10**company.decimals),))
        desk.wanted = given.number
        person = next(each.personnel_no for each in books(stage).master.people.values() if each.company_code == company.code)
        body = {"company_code": company.code, "cost_center": center, "period": given.period}
        made = stage.act("erp.budget_statement.open", actor=person, body=body)
        path = {"number": made.number}
        for _ in range(0 if given.status == "opened" else given.revision):
            made = stage.act("erp.budget_statement.issue", actor=person, path=path, body={})
        return {**path, "cost_center": center, "version": made.version, "revision": made.revision}

    return (
        State("a budget statement exists", "opened, or issued so many times", StatementGiven, statement),
        State("there is no budget statement", "with this number (so it is in every state; for readers)", StatementGone, _gone),
    )


def _gone(_stage: Stage, given: StatementGone) -> Values:
    return {"number": given.number}
