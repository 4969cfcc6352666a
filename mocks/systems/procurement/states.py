"""States of procurement: requisitions in every status, played by the people who lead there."""

from collections.abc import Mapping
from typing import Literal

from mocks.abilities.people import (
    AMOUNT_MINOR,
    ENTITY_OF_HOUSE,
    GONE,
    WHY,
    Move,
    Play,
    Version,
    approve,
    approver,
    author,
    raise_version,
    refuse,
    refuse_taken,
    submit,
)
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.systems.procurement.system import ProcurementSystem


class RequisitionGiven(Parameters, frozen=True, kw_only=True):
    """A requisition; without `id` one is drawn and answered. `erp_order_number`: what an ordered one carries."""

    id: Name | None = None
    status: Literal["draft", "pending_approval", "approved", "rejected", "returned", "withdrawn", "cancelled", "ordered", "refused"] = (
        "approved"
    )
    legal_entity: Literal["ACME-US", "ACME-DE", "ACME-JP"] = "ACME-US"
    version: Version | None = None
    erp_order_number: Name = "4500012345"


class RequisitionGone(Parameters, frozen=True, kw_only=True):
    """The id that no requisition has."""

    id: Name = "REQ-EXAMPLE-00000404"


def states() -> tuple[State, ...]:
    """Every state of procurement."""
    return (
        State(
            "a requisition exists",
            "in this status, with the events that led there; `erp_order_number` is what an ordered one carries",
            RequisitionGiven,
            _requisition,
        ),
        State("there is no requisition", GONE, RequisitionGone, lambda _stage, given: {"id": given.id}),
    )


def _requisition(stage: Stage, given: RequisitionGiven) -> Values:
    desk = stage.system(ProcurementSystem).desk
    refuse_taken(given.id, desk.requisitions)
    draft = stage.company.draft_requisition(ENTITY_OF_HOUSE[given.legal_entity], given.id or WHY, AMOUNT_MINOR)
    desk.wanted = given.id
    play = Play(stage, draft, "procurement.requisition", "id")
    for step in _REQUISITION_STEPS[given.status]:
        step(play, given)
    raise_version(stage, "procurement.requisition.record_order", play, given.version, lambda: desk.requisitions.get(play.source_id).version)
    found = desk.requisitions.get(play.source_id)
    return {"id": found.id, "version": found.version, "revision": found.revision, "status": found.status}


def _order(play: Play, given: RequisitionGiven) -> None:
    play.by_connector("record_order", erpOrderNumber=given.erp_order_number, erpStatus="created")


_REQUISITION_STEPS: Mapping[str, tuple[Move, ...]] = {
    "draft": (),
    "pending_approval": (submit,),
    "approved": (submit, approve),
    "rejected": (submit, approver("reject")),
    "returned": (submit, approve, approver("reverse_approval")),
    "withdrawn": (submit, author("withdraw")),
    "cancelled": (submit, approve, author("cancel")),
    "ordered": (submit, approve, _order),
    "refused": (submit, approve, refuse),
}
