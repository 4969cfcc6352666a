"""The end of a budget year: what is still encumbered lapses, or goes into the next year together with its budget (PST-A10)."""

from collections.abc import Sequence

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import RESERVE, expired
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.budget.models import BudgetYearClose, BudgetYearRecord, OpenEncumbrance
from mocks.systems.erp.budget.policy import BudgetPolicy
from mocks.systems.erp.core import Erp
from mocks.systems.erp.ledger import Entry, Journal, moving
from mocks.systems.erp.periods import first_day, month, shifted

BUDGET_YEAR, ENCUMBRANCE = "budget_year", "9200"
Open = tuple[str, Spending]
"""Document and line."""


class YearEndDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._closed: set[tuple[str, int]] = set()

    def close(self, call: Call) -> Reply:
        """erp.budget_year.close"""
        body: BudgetYearClose = call.body
        erp = self._erp
        company = erp.master.companies.get(body.company_code)
        if company is None:
            raise Refusal("NOT_FOUND", f"no company code {body.company_code!r}")
        rules.check_employee(erp.master, call.actor)
        policy = erp.budget.policies[company.code]
        months = _months(policy, body.fiscal_year)
        self._check_over(call, company, body.fiscal_year, months)
        erp.budget.expire(call.now)
        found = tuple(erp.budget.open_encumbrances(company.code, months))
        carries = company.budget.year_end == "carry_forward"
        into = shifted(months[-1], 1)
        if found:
            self._require_open(call, company, (months[-1], into) if carries else (months[-1],))
        for owner, line in found:
            if carries:
                erp.budget.carry_forward(owner, line, into)
            else:
                erp.budget.lapse(owner, line)
        self._closed.add((company.code, body.fiscal_year))
        posted = self._post(company, body.fiscal_year, found, (months[-1], -1), *([(into, 1)] if carries else []))
        return Reply(
            _record(call, company, months, found, into if carries else None),
            effects=(_effect(company, body.fiscal_year, months[-1], found), *posted, *expired(erp.budget)),
        )

    def _check_over(self, call: Call, company: ErpCompany, year: int, months: Sequence[str]) -> None:
        if (company.code, year) in self._closed:
            raise Refusal("INVALID_TRANSITION", f"budget year {year} of company {company.code} is closed already", current_status="closed")
        if month(call.now.date()) <= months[-1]:
            said = f"budget year {year} of company {company.code} lasts until the end of {months[-1]}"
            raise Refusal("INVALID_TRANSITION", said, current_status="open")

    def _require_open(self, call: Call, company: ErpCompany, months: Sequence[str]) -> None:
        for each in months:
            self._erp.periods.require_open(company.code, first_day(each), "PO", call.now.date())

    def _post(self, company: ErpCompany, year: int, found: Sequence[Open], *sides: tuple[str, int]) -> tuple[Effect, ...]:
        """Dr 9900 / Cr 9200 in the last month of the year; where it is carried forward, the other way round in the next one."""
        effects: list[Effect] = []
        for period, sign in sides:
            by_center: dict[str, int] = {}
            for _, line in found:
                by_center[line.bucket.cost_center] = by_center.get(line.bucket.cost_center, 0) + sign * line.amount_minor
            lines = (Entry(ENCUMBRANCE, amount, center) for center, amount in by_center.items())
            entries = moving((*lines, Entry(RESERVE, -sum(by_center.values()))))
            if entries:
                name = f"{company.code}/{year}/{period}"
                effects += self._erp.ledger.post(Journal(name, "memo", company.code, company.currency, period, entries))
        return tuple(effects)


def _months(policy: BudgetPolicy, year: int) -> tuple[str, ...]:
    first = f"{year:04d}-{policy.year_starts:02d}"
    return tuple(shifted(first, number) for number in range(12))


def _effect(company: ErpCompany, year: int, period: str, found: Sequence[Open]) -> Effect:
    return Effect(
        BUDGET_YEAR,
        f"{company.code}/{year}",
        "update",
        version=2,
        amount_minor=sum(line.amount_minor for _, line in found),
        currency=company.currency,
        company=company.code,
        period=period,
        state="closed",
    )


def _record(call: Call, company: ErpCompany, months: tuple[str, ...], found: Sequence[Open], into: str | None) -> BudgetYearRecord:
    body: BudgetYearClose = call.body
    return BudgetYearRecord(
        company_code=company.code,
        currency=company.currency,
        fiscal_year=body.fiscal_year,
        periods=months,
        year_end=company.budget.year_end,
        carried_to=into,
        encumbrances=tuple(
            OpenEncumbrance(
                document_number=owner,
                line_no=int(line.line),
                cost_center=line.bucket.cost_center,
                account_group=line.bucket.account_group,
                project=line.bucket.project or None,
                period=line.period,
                amount=to_text(line.amount_minor, company.decimals),
            )
            for owner, line in found
        ),
        total=to_text(sum(line.amount_minor for _, line in found), company.decimals),
        closed_by=call.actor or "",
        reason=body.reason,
    )
