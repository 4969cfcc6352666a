"""States of receiving: orders that are registered, and receipts in every status, played by the people who lead there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from mocks.abilities.people import GONE, WHY, Move, Play, Version, refuse
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company import Draft
from mocks.systems.procurement.receiving.desk import ReceiptDesk
from mocks.workflow.states import lead


class ReceiptGiven(Parameters, frozen=True, kw_only=True):
    """A receipt; without `id` one is drawn and answered. `erp_receipt_number`: what a posted one carries."""

    id: Name | None = None
    status: Literal["recorded", "posted", "refused", "reversed"] = "recorded"
    legal_entity: Literal["ACME-US", "ACME-DE", "ACME-JP"] = "ACME-US"
    version: Version | None = None
    purchase_order: Name = "4500012345"
    erp_receipt_number: Name = "5000012345"


class ReceiptGone(Parameters, frozen=True, kw_only=True):
    """The id that no receipt has."""

    id: Name = "GRN-EXAMPLE-00000404"


def states(desk: Callable[[Stage], ReceiptDesk]) -> tuple[State, ...]:
    """Every state of receiving. desk: where the receipts are."""
    return (
        State(
            "a receipt exists",
            "of an order that is registered under this number, in this status, with the events that led there; "
            "`erp_receipt_number` is what a posted one carries",
            ReceiptGiven,
            lambda stage, given: _receipt(stage, given, desk(stage)),
        ),
        State("there is no receipt", GONE, ReceiptGone, lambda _stage, given: {"id": given.id}),
    )


def _receipt(stage: Stage, given: ReceiptGiven, desk: ReceiptDesk) -> Values:
    def draft(entity: str, key: str, amount_minor: int) -> Draft:
        drafted = stage.company.draft_receipt(entity, key, amount_minor)
        named = {"purchaseOrder": given.purchase_order}
        *_, registers = drafted.before
        stage.act(registers.point, actor=registers.actor, body={**registers.body, **named})
        return replace(drafted, body={**drafted.body, **named})

    found = lead(
        stage, desk, "procurement.receipt.record_posting", draft=draft, house=given.legal_entity, steps=_STEPS[given.status], given=given
    )
    return {**found, "purchase_order": given.purchase_order}


def _post(play: Play, given: ReceiptGiven) -> None:
    play.by_connector("record_posting", erpReceiptNumber=given.erp_receipt_number)


def _reverse(play: Play, _given: ReceiptGiven) -> None:
    play.by_author("reverse", reason=WHY)


_STEPS: Mapping[str, tuple[Move, ...]] = {"recorded": (), "posted": (_post,), "refused": (refuse,), "reversed": (_reverse,)}
