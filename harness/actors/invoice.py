"""Supplier invoices: clerks key them, approvers agree, controllers block suppliers. Buyers and the warehouse act before, in the ERP."""

from collections.abc import Mapping
from typing import Any

from harness.actors.actor import Actor, Occasion, Office, member
from mocks.company import Draft
from mocks.company.company import BUSINESS_START
from mocks.company.continuing import draft_invoice_of, seen


def write(occasion: Occasion) -> Draft:
    """What the clerk types, and others before."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    supplier = occasion.seller if number is None else company.minted_supplier(entity, number)
    center = None if number is None else company.minted_cost_center(entity, number)
    return company.draft_invoice(
        entity,
        occasion.key,
        occasion.amount_minor,
        supplier=supplier,
        cost_center=center,
        serial=occasion.serial,
        author=occasion.author,
        **occasion.manner,
    )


def continue_case(occasion: Occasion) -> Draft:
    """What the supplier bills for the goods that came."""
    requisition, receipt = (seen(elder) for elder in occasion.elders)
    on = occasion.on or BUSINESS_START
    return draft_invoice_of(occasion.company, occasion.entity, occasion.key, requisition, receipt, on=on, serial=occasion.serial)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the approval's event."""
    revision, version = member(body, "revision"), member(body, "version") + 1
    return {"invoiceId": member(body, "id"), "revision": revision, "version": version, "status": status}


def taking_back(_draft: Draft) -> Mapping[str, Any]:
    """What an approver says who takes an approval back."""
    return {"reason": "not what was agreed"}


def block_supplier(office: Office, occasion: Occasion, txn_id: str | None) -> None:
    """The controller blocks the supplier that only this invoice uses: nothing may be posted for it."""
    assert occasion.minted is not None, f"{txn_id}: a blocked supplier must be minted"
    company = office.company
    office.act(
        "erp.supplier.block",
        path={"vendor_id": company.minted_supplier(occasion.entity, occasion.minted).erp_id},
        body={"block": "posting", "on": True},
        actor=company.controller(occasion.entity).erp_id,
        txn_id=txn_id,
    )


BILLED = ("supplierId", "purchaseOrder", "credit", "lines", "total")
ACTOR = Actor(
    document="invoice",
    points="procurement.invoice",
    id_member="id",
    write=write,
    take_back="reverse_approval",
    taking_back=taking_back,
    cancel="cancel",
    amend="amend",
    amendable=BILLED,
    correctable=BILLED,
    due_event="invoice.approved",
    event_data=event_data,
    races={"block_supplier": block_supplier},
    picks_seller=True,
    is_prepared=True,
    continue_case=continue_case,
)
