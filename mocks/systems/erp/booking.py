"""What a connector states of how a line is booked, for an ERP that books what it is told (profile books_as_told).

Whoever derives all of it himself can tell no right connector from a wrong one. Here nothing is derived of a line that says how it is
booked: its figures go to the ledger and to the budget, as long as the journal balances, and to the history for the judge to compare.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, NamedTuple

from msgspec import Meta

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Effect, Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.budget.versions import Bucket
from mocks.systems.erp.models import Amount, Code, Day, Request
from mocks.systems.erp.periods import month

FACT = "posting_fact"
AccountGroup = Annotated[str, Meta(min_length=1, max_length=2, description="the first two digits of the accounts", examples=["54"])]


class StatedBucket(Request, frozen=True, kw_only=True):
    """Whose budget pays."""

    cost_center: Code
    account_group: AccountGroup
    project: Code | None = None


class BilledAs(Request, frozen=True, kw_only=True):
    """How a billed line is booked; all amounts are positive, of a credit too.

    relief_amount: what of the order line's worth it ends, at the order's price; nothing where there is no order, or only a price is
    credited. recoverable_tax: what of its tax comes back. self_assessed_tax: all that the company owes itself. budget_on: a day of the
    month that pays.
    """

    relief_amount: Amount
    recoverable_tax: Amount
    self_assessed_tax: Amount
    budget_on: Day
    budget_bucket: StatedBucket


class ReceivedAs(Request, frozen=True, kw_only=True):
    """How a received line is booked. accrual_amount: what it puts on GR/IR, at the order's price. budget_on: a day of the month that
    pays."""

    accrual_amount: Amount
    budget_on: Day
    budget_bucket: StatedBucket


class Place(NamedTuple):
    """Whose budget pays, and in which month."""

    bucket: Bucket
    period: str


def place_of(stated: BilledAs | ReceivedAs, company: ErpCompany) -> Place:
    """As it was stated; whether there is such a cost centre is asked of the coding, not of this."""
    asked = stated.budget_bucket
    bucket = Bucket(company.code, asked.cost_center, asked.account_group, asked.project or "")
    return Place(bucket, month(rules.to_day(stated.budget_on)))


def require_stated(lines: Iterable[tuple[int, BilledAs | ReceivedAs | None]]) -> None:
    """Raises BOOKING_NOT_STATED, naming the lines that do not say how they are booked."""
    silent = [str(line_no) for line_no, stated in lines if stated is None]
    if silent:
        raise Refusal("BOOKING_NOT_STATED", f"this ERP books what it is told, and line {', '.join(silent)} has no booking")


def place_facts(stated: BilledAs | ReceivedAs) -> dict[str, str]:
    """Whose budget pays and when, as the history calls it: cost centre, group and project in one word."""
    asked = stated.budget_bucket
    bucket = "/".join((asked.cost_center, asked.account_group, asked.project or ""))
    return {"budget_bucket": bucket, "budget_on": rules.to_day(stated.budget_on).isoformat()}


def facts(document: str, line: str | None, told: dict[str, str | int | None], *, currency: str, company: str) -> Iterator[Effect]:
    """What was stated, fact by fact: words as ext_ref, minor units as amount. line: the row of the line that they are about."""
    about = line or document
    for name, value in told.items():
        if value is None:
            continue
        said = {"amount_minor": value} if isinstance(value, int) else {"ext_ref": value}
        yield Effect(
            FACT,
            f"{about}/{name}",
            "create",
            category=name,
            parent_id=document,
            src_line=line,
            currency=currency,
            company=company,
            **said,
        )
