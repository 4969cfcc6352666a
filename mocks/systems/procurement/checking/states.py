"""States of budget checks: of a requisition that is drafted, in every status, played by the people who lead there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from mocks.abilities.people import GONE, WHY, Move, Play, Version
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company import Draft
from mocks.company.checking import draft_budget_check
from mocks.systems.procurement.checking.desk import CheckDesk
from mocks.systems.procurement.checking.operations import POINT
from mocks.workflow.states import lead


class CheckGiven(Parameters, frozen=True, kw_only=True):
    """A budget check; without `id` one is drawn and answered."""

    id: Name | None = None
    status: Literal["asked", "within_budget", "exception_pending", "exception_approved", "exception_rejected"] = "asked"
    legal_entity: Literal["ACME-US", "ACME-DE", "ACME-JP"] = "ACME-US"
    version: Version | None = None


class CheckGone(Parameters, frozen=True, kw_only=True):
    """The id that no budget check has."""

    id: Name = "CHK-EXAMPLE-00000404"


def states(desk: Callable[[Stage], CheckDesk]) -> tuple[State, ...]:
    """Every state of budget checks. desk: where they are."""
    return (
        State(
            "a budget check exists",
            "of a drafted requisition, in this status",
            CheckGiven,
            lambda stage, given: _check(stage, given, desk(stage)),
        ),
        State("there is no budget check", GONE, CheckGone, lambda _stage, given: {"id": given.id}),
    )


def _check(stage: Stage, given: CheckGiven, desk: CheckDesk) -> Values:
    def draft(entity: str, key: str, amount_minor: int) -> Draft:
        drafted = draft_budget_check(stage.company, entity, key, amount_minor)
        known: dict[str, Any] = {}
        for one in drafted.before:
            answer = stage.act(one.point, actor=one.actor, body=one.body)
            known |= {name: getattr(answer, asked) for asked, name in one.tells.items()}
        return replace(drafted, body={**drafted.body, **known})

    steps = _STEPS[given.status]
    return lead(stage, desk, f"{POINT}.record_answer", draft=draft, house=given.legal_entity, steps=steps, given=given)


def _answered(word: str) -> Move:
    return lambda play, _given: play.by_author("record_answer", answer=word)


def _agree(play: Play, _given: Any) -> None:
    play.by_approver("agree")


def _refuse(play: Play, _given: Any) -> None:
    play.by_approver("refuse", reason=WHY)


_STEPS: Mapping[str, tuple[Move, ...]] = {
    "asked": (),
    "within_budget": (_answered("within_budget"),),
    "exception_pending": (_answered("over_budget"),),
    "exception_approved": (_answered("over_budget"), _agree),
    "exception_rejected": (_answered("over_budget"), _refuse),
}
