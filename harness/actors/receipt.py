"""Receipts: whoever takes goods records them, and takes a wrong receipt back. A buyer makes the order before, in the ERP."""

from collections.abc import Mapping
from typing import Any

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.continuing import draft_receipt_of, seen


def write(occasion: Occasion) -> Draft:
    """What the receiver types, and the buyer before."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    supplier = occasion.seller if number is None else company.minted_supplier(entity, number)
    center = None if number is None else company.minted_cost_center(entity, number)
    return company.draft_receipt(entity, occasion.key, occasion.amount_minor, supplier=supplier, cost_center=center, **occasion.manner)


def continue_case(occasion: Occasion) -> Draft:
    """What comes of the order of a requisition."""
    return draft_receipt_of(occasion.company, occasion.entity, occasion.key, seen(occasion.elders[0]))


def event_data(body: Any, _status: str) -> dict[str, Any]:
    """`data` of the event that says that goods came: nobody approves them, so their status is what it is."""
    names = {"receiptId": "id", "revision": "revision", "version": "version", "status": "status"}
    return {name: member(body, own) for name, own in names.items()}


def taking_back(draft: Draft) -> Mapping[str, Any]:
    """Every other time the supplier sends the goods once more."""
    return {"reason": "counted wrong", "replacementExpected": draft.amount_minor % 2 == 0}


ACTOR = Actor(
    document="receipt",
    points="procurement.receipt",
    id_member="id",
    write=write,
    submit=None,
    approve=None,
    take_back="reverse",
    taking_back=taking_back,
    due_event="goods_receipt.recorded",
    event_data=event_data,
    picks_seller=True,
    is_prepared=True,
    continue_case=continue_case,
)
