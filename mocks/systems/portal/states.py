"""States of the supplier portal: an invoice that a supplier sent, and what it was told of the money."""

from typing import Annotated, Literal

from msgspec import Meta

from mocks.abilities.people import GONE, Version
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.company import BUSINESS_START
from mocks.company.portal import customer_id, sent_invoice
from mocks.systems.portal.operations import POINT
from mocks.systems.portal.system import PortalSystem

AMOUNT = 98_000


class SentGiven(Parameters, frozen=True, kw_only=True):
    """An invoice; without `id` one is drawn and answered. account_id: of its supplier, who has one then; absent: of the entity's first
    supplier. payment: what that was told."""

    id: Name | None = None
    account_id: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    status: Literal["received", "withdrawn"] = "received"
    entity: Literal["US01", "DE01", "JP01"] = "US01"
    invoice_number: Annotated[str, Meta(min_length=1, max_length=40)] = "INV-EXAMPLE-1"
    payment: Literal["paid", "payment_failed", "payment_returned"] | None = None
    payment_sequence: Annotated[int, Meta(ge=1, le=50)] | None = None
    version: Version | None = None


class NumberGone(Parameters, frozen=True, kw_only=True):
    """The account and the number under which nobody sent anything."""

    account_id: Name = "AN000000404"
    invoice_number: Name = "INV-EXAMPLE-404"


class SentGone(Parameters, frozen=True, kw_only=True):
    """The id that no invoice has."""

    id: Name = "PI-EXAMPLE-00000404"


def states() -> tuple[State, ...]:
    """Every state of the portal."""
    return (
        State(
            "a supplier has sent an invoice",
            "of this account, under this number, in this status, and what it was told of the money",
            SentGiven,
            _sent,
        ),
        State(
            "no supplier has sent the number",
            "of this account (so it is in every state; for readers)",
            NumberGone,
            lambda _stage, given: {"invoice_number": given.invoice_number, "account_id": given.account_id},
        ),
        State("there is no invoice in the portal", GONE, SentGone, lambda _stage, given: {"id": given.id}),
    )


def _sent(stage: Stage, given: SentGiven) -> Values:
    company, desk = stage.company, stage.system(PortalSystem).desk
    supplier, entity = company.suppliers_of(given.entity)[0], company.entity(given.entity)
    sent = sent_invoice(entity, supplier, given.invoice_number, BUSINESS_START, AMOUNT)
    account = given.account_id or sent.account
    if account not in desk.master.sells_to:
        desk.master.sells_to[account] = customer_id(entity)
        stage.undo.append(lambda: desk.master.sells_to.__delitem__(account))
    desk.wanted = given.id
    made = stage.act(f"{POINT}.submit", actor=account, body=sent.body)
    path = {"id": made.id}
    if given.status == "withdrawn":
        made = stage.act(f"{POINT}.withdraw", actor=account, path=path, body={})
    elif given.payment is not None:
        told = {"status": given.payment, **({"sequence": given.payment_sequence} if given.payment_sequence else {})}
        made = stage.perform(f"{POINT}.record_payment", path=path, body=told).body
    while given.version is not None and made.version < given.version:
        stage.touch(f"{POINT}.record_payment", path)
        made = stage.act(f"{POINT}.show", actor=account, path=path)
    return {"id": made.id, "account_id": account, "invoice_number": given.invoice_number, "version": made.version}
