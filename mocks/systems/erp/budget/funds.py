"""What a reservation leaves in the books and in the history: the memo entry of a pre-encumbrance, and one row for each of its steps."""

from dataclasses import dataclass

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Effect, Refusal, View
from mocks.systems.erp import rules
from mocks.systems.erp.budget.ledger import BudgetLedger, Overdrawn, Reservation, Shortfall
from mocks.systems.erp.budget.models import BudgetWarning, ReservationCreate
from mocks.systems.erp.ledger import Entry, Journal
from mocks.systems.erp.periods import month

KIND = "budget_reservation"
PRE_ENCUMBRANCE, RESERVE = "9100", "9900"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sender of a reservation said, and the ids that the record got."""

    id: int
    uuid: str
    body: ReservationCreate

    @property
    def period(self) -> str:
        """Whose budget pays."""
        return month(rules.to_day(self.body.document_date))


def memo(kept: Reservation, *, ends: bool) -> Journal:
    """PST-P01; ends: PST-P02, or the first half of PST-P03."""
    body: ReservationCreate = kept.asked.body
    amount = -kept.amount_minor if ends else kept.amount_minor
    entries = tuple(entry for entry in (Entry(PRE_ENCUMBRANCE, amount), Entry(RESERVE, -amount)) if amount)
    return Journal(kept.id, "memo", body.company_code, body.currency, kept.asked.period, entries)


def step_effect(kept: Reservation, base_version: int | None = None) -> Effect:
    """It came into being, or took a step."""
    body: ReservationCreate = kept.asked.body
    return Effect(
        KIND,
        kept.id,
        "create" if kept.version == 1 else "update",
        version=kept.version,
        base_version=base_version,
        src_version=body.source_revision,
        amount_minor=kept.amount_minor,
        currency=body.currency,
        company=body.company_code,
        period=kept.asked.period,
        ext_ref=body.external_ref,
        state=kept.status,
    )


def final_view(kept: Reservation) -> View:
    """How it stands at the end."""
    body: ReservationCreate = kept.asked.body
    return View(
        KIND,
        kept.id,
        kept.status,
        kept.version,
        amount_minor=kept.amount_minor,
        currency=body.currency,
        company=body.company_code,
        period=kept.asked.period,
        ext_ref=body.external_ref,
        src_version=body.source_revision,
    )


def expired(budget: BudgetLedger) -> tuple[Effect, ...]:
    """Time that went by is told by the next call that is accepted."""
    return tuple(step_effect(each) for each in budget.take_expired())


def exceeded(over: Overdrawn, company: ErpCompany) -> Refusal:
    """What a sender is told: the first bucket that is short, by how much, and how many others are."""
    first, *others = over.shortfalls
    more = f", and {len(others)} more" if others else ""
    where = f"cost centre {first.bucket.cost_center}, accounts {first.bucket.account_group}, {first.months[0]} to {first.months[-1]}"
    wanted, left = to_text(first.wanted, company.decimals), to_text(first.figures.available, company.decimals)
    return Refusal("BUDGET_EXCEEDED", f"{where}: {wanted} {company.currency} is wanted, {left} is available{more}")


def warning(short: Shortfall, company: ErpCompany) -> BudgetWarning:
    """A bucket that is overdrawn, on the wire."""
    return BudgetWarning(
        cost_center=short.bucket.cost_center,
        account_group=short.bucket.account_group,
        project=short.bucket.project or None,
        months=short.months,
        wanted=to_text(short.wanted, company.decimals),
        available=to_text(short.figures.available, company.decimals),
    )
