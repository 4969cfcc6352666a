"""From planning's values to what goes over its wire and into the history.

In the history a debit is positive, so a cost that planning states as -980.00 is 98000 there. Three things have rows of their own: the
versions that people work on, and, each counting its own changes, what is in force and what is known of that.
"""

from typing import Literal

from mocks.company.fiscal import FiscalCalendar
from mocks.company.money import to_text
from mocks.company.projections import House
from mocks.kit.operation import Effect, View
from mocks.systems.planning import models
from mocks.systems.planning.plans import Plan, PlanVersion, Recorded

HISTORY_STATE = {"in-force": "in_force", "refused": "refused"}


def budget(plan: Plan, version: PlanVersion, house: House, turn: str | None) -> models.Budget:
    """A version of a plan on the wire. turn: whose step is next."""
    return models.Budget(
        plan_id=plan.id,
        number=plan.number,
        uuid=plan.uuid,
        version=plan.version,
        scenario=plan.scenario,
        entity=plan.house,
        node=plan.node,
        fiscal_year=plan.year,
        grain=plan.grain,
        currency=plan.currency,
        title=plan.title,
        control_relevant=plan.is_controlled,
        revision=version.no,
        status=version.status,
        sequence=version.sequence,
        checksum=version.checksum,
        total=to_text(version.total_minor, house.decimals),
        lines=tuple(
            models.Line(account=line.account, period=line.period, amount=to_text(line.amount_minor, house.decimals))
            for line in version.lines
        ),
        waits_for=turn,
        written_by=version.written_by,
        submitted_by=version.submitted_by,
        approved_by=version.approved_by,
        published_by=version.published_by,
        published_at=version.published_at,
        publication=_publication(plan.recorded) if plan.recorded else None,
        exported=False,
        external_id=None,
        correlation_id=plan.correlation_id,
        created_at=plan.created_at,
        updated_at=plan.updated_at,
    )


def _publication(told: Recorded) -> models.Publication:
    return models.Publication(
        sequence=told.sequence,
        outcome=told.outcome,
        target_version=told.target_version,
        overdrawn=told.overdrawn,
        reason=told.reason,
        owner=told.owner,
        recorded_at=told.recorded_at,
    )


def published(plan: Plan, version: PlanVersion) -> models.PublishedVersion:
    """A publication in the list."""
    assert version.sequence is not None
    assert version.plan_version is not None
    assert version.published_at is not None
    return models.PublishedVersion(
        plan_id=plan.id,
        sequence=version.sequence,
        version=version.plan_version,
        checksum=version.checksum,
        scenario=plan.scenario,
        entity=plan.house,
        node=plan.node,
        fiscal_year=plan.year,
        control_relevant=plan.is_controlled,
        status=version.status,
        published_at=version.published_at,
    )


def event_data(plan: Plan, version: PlanVersion) -> dict[str, object]:
    """`data` of budget.published."""
    return {"plan-id": plan.id, "sequence": version.sequence, "version": plan.version, "status": version.status}


def version_effect(plan: Plan, version: PlanVersion, effect: Literal["create", "update"]) -> Effect:
    """A version came into being or took a step: what people work on, which is due to nobody."""
    return Effect(
        "plan_version",
        f"{plan.id}/{version.no}",
        effect,
        amount_minor=-version.total_minor,
        currency=plan.currency,
        company=plan.house,
        cost_center=plan.node,
        parent_id=plan.id,
        state=version.status,
    )


def plan_effect(plan: Plan, version: PlanVersion, house: House, effect: Literal["create", "update"]) -> Effect:
    """What every target has to hold from now on. src_version: the sequence."""
    return Effect(
        "budget_plan",
        plan.id,
        effect,
        version=plan.facts,
        src_version=version.sequence,
        amount_minor=-version.total_minor,
        currency=house.currency,
        company=house.id,
        cost_center=plan.node,
        approvers=version.approved_by,
        state=version.status,
    )


def source_lines(plan: Plan, version: PlanVersion, calendar: FiscalCalendar) -> tuple[Effect, ...]:
    """What is planned, line by line, in planning's own words; the two dates are the first and the last day of the line's period."""
    spans = {line.period: calendar.span(line.period) for line in version.lines}
    return tuple(
        Effect(
            "source_line",
            f"{plan.id}/{version.sequence}.{number}",
            "create",
            src_version=version.sequence,
            amount_minor=-line.amount_minor,
            currency=plan.currency,
            company=plan.house,
            cost_center=plan.node,
            document_date=spans[line.period][0].isoformat(),
            posting_date=spans[line.period][1].isoformat(),
            parent_id=plan.id,
            category=line.account,
        )
        for number, line in enumerate(version.lines, 1)
    )


def publication_effect(plan: Plan, version: PlanVersion, effect: Literal["create", "update"], *, is_guarded: bool) -> Effect:
    """What planning was told of a published version. is_guarded: whoever told it named the version of the plan that it is about."""
    assert plan.recorded is not None
    return Effect(
        "budget_publication",
        plan.id,
        effect,
        version=plan.recorded.changes,
        base_version=plan.recorded.changes - 1 if is_guarded else None,
        src_version=version.sequence,
        amount_minor=-version.total_minor,
        currency=plan.currency,
        company=plan.house,
        cost_center=plan.node,
        state=HISTORY_STATE[plan.recorded.outcome],
    )


def final_views(plan: Plan) -> list[View]:
    """How a plan that was ever published stands at the end, and what is known of it."""
    version, told = plan.published, plan.recorded
    found = []
    if version is not None:
        found.append(_view("budget_plan", plan, version, number=plan.facts, state=version.status))
    known = plan.of_sequence(told.sequence) if told else None
    if told is not None and known is not None:
        found.append(_view("budget_publication", plan, known, number=told.changes, state=HISTORY_STATE[told.outcome], reason=told.reason))
    return found


def _view(kind: str, plan: Plan, version: PlanVersion, *, number: int, state: str, reason: str | None = None) -> View:
    return View(
        kind,
        plan.id,
        state,
        number,
        amount_minor=-version.total_minor,
        currency=plan.currency,
        company=plan.house,
        src_version=version.sequence,
        reason=reason,
    )
