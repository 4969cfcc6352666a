"""States of invoicing: invoices in every status, played by the people who lead there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from msgspec import Meta

from mocks.abilities.people import GONE, Move, Play, Version, approve, approver, author, refuse, submit
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company import Draft
from mocks.systems.procurement.invoicing.desk import InvoiceDesk
from mocks.workflow.states import lead


class InvoiceGiven(Parameters, frozen=True, kw_only=True):
    """A supplier invoice; without `id` one is drawn and answered. `purchase_order`: of an order that is registered under this number, else
    of nothing that was ordered; `erp_invoice_number`: what a posted one carries; `payment`: what is known of its payment, when posted."""

    id: Name | None = None
    payment: Literal["paid", "rejected", "returned"] | None = None
    payment_sequence: Annotated[int, Meta(ge=1, le=50)] | None = None
    status: Literal["captured", "pending_approval", "approved", "rejected", "returned", "cancelled", "posted", "refused"] = "approved"
    legal_entity: Literal["ACME-US", "ACME-DE", "ACME-JP"] = "ACME-US"
    version: Version | None = None
    purchase_order: Name | None = None
    erp_invoice_number: Name = "5100012345"


class InvoiceGone(Parameters, frozen=True, kw_only=True):
    """The id that no invoice has."""

    id: Name = "INV-EXAMPLE-00000404"


def states(desk: Callable[[Stage], InvoiceDesk]) -> tuple[State, ...]:
    """Every state of invoicing. desk: where the invoices are."""
    return (
        State(
            "an invoice exists",
            "of an order that is registered under this number, or of none, in this status, with the events that led there; "
            "`erp_invoice_number` is what a posted one carries",
            InvoiceGiven,
            lambda stage, given: _invoice(stage, given, desk(stage)),
        ),
        State("there is no invoice", GONE, InvoiceGone, lambda _stage, given: {"id": given.id}),
    )


def _invoice(stage: Stage, given: InvoiceGiven, desk: InvoiceDesk) -> Values:
    def draft(entity: str, key: str, amount_minor: int) -> Draft:
        found = (stage.company.draft_invoice(entity, f"{key}/{turn}", amount_minor) for turn in range(64))
        drafted = next(each for each in found if bool(each.before) == (given.purchase_order is not None))
        if given.purchase_order is None:
            return drafted
        named = {"purchaseOrder": given.purchase_order}
        *_, registers = drafted.before
        stage.act(registers.point, actor=registers.actor, body={**registers.body, **named})
        return replace(drafted, body={**drafted.body, **named})

    found = lead(
        stage, desk, "procurement.invoice.record_posting", draft=draft, house=given.legal_entity, steps=_STEPS[given.status], given=given
    )
    return {**found, "purchase_order": given.purchase_order}


def _post(play: Play, given: InvoiceGiven) -> None:
    play.by_connector("record_posting", erpInvoiceNumber=given.erp_invoice_number)
    if given.payment is not None:
        play.by_connector("record_payment", status=given.payment, sequence=given.payment_sequence)


_STEPS: Mapping[str, tuple[Move, ...]] = {
    "captured": (),
    "pending_approval": (submit,),
    "approved": (submit, approve),
    "rejected": (submit, approver("reject")),
    "returned": (submit, approve, approver("reverse_approval")),
    "cancelled": (submit, approve, author("cancel")),
    "posted": (submit, approve, _post),
    "refused": (submit, approve, refuse),
}
