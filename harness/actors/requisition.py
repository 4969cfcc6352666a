"""Requisitions: employees ask for something, approvers decide, controllers block suppliers."""

from typing import Any

from harness.actors.actor import Actor, Occasion, Office, Show, member
from harness.actors.chance import lognormal
from mocks.company import Draft


def write(occasion: Occasion) -> Draft:
    """What the requester types."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    supplier = occasion.seller if number is None else company.minted_supplier(entity, number)
    center = None if number is None else company.minted_cost_center(entity, number)
    return company.draft_requisition(entity, occasion.key, occasion.amount_minor, supplier=supplier, cost_center=center, **occasion.manner)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the approval's event."""
    revision, version = member(body, "revision"), member(body, "version") + 1
    return {"requisitionId": member(body, "id"), "revision": revision, "version": version, "status": status}


def block_supplier(office: Office, occasion: Occasion, txn_id: str | None) -> None:
    """The controller blocks the supplier that only this document uses."""
    assert occasion.minted is not None, f"{txn_id}: a blocked supplier must be minted"
    company = office.company
    office.act(
        "erp.supplier.block",
        path={"vendor_id": company.minted_supplier(occasion.entity, occasion.minted).erp_id},
        body={"block": "purchasing", "on": True},
        actor=company.controller(occasion.entity).erp_id,
        txn_id=txn_id,
    )


ACTOR = Actor(
    document="requisition",
    points="procurement.requisition",
    id_member="id",
    write=write,
    take_back="reverse_approval",
    cancel="cancel",
    amend="amend",
    amendable=("lines",),
    correctable=("supplierId", "lines"),
    due_event="requisition.approved",
    event_data=event_data,
    races={"block_supplier": block_supplier},
    picks_seller=True,
    show=Show(
        asks="asks for",
        reasons=("the budget of this quarter is spent", "please compare a second quote", "we have these in stock"),
        amount=lambda stream, median: lognormal(stream, median, 1.1, median // 40, median * 12),
        turn_down="reject",
        comes_back=False,
    ),
)
