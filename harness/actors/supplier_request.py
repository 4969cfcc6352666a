"""Requests for suppliers: employees ask for one, approvers decide, compliance lists parties."""

from typing import Any

from harness.actors.actor import Actor, Occasion, Office, Show, member
from harness.actors.chance import lognormal
from mocks.company import Draft


def write(occasion: Occasion) -> Draft:
    """What the requester types: about a supplier that no other document asks for, however alike the two are."""
    return occasion.company.draft_supplier_request(
        occasion.entity, occasion.key, occasion.amount_minor, own=occasion.own, **occasion.manner
    )


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the approval's event."""
    revision, version = member(body, "revision"), member(body, "version") + 1
    return {"supplierRequestId": member(body, "id"), "revision": revision, "version": version, "status": status}


def list_party(office: Office, occasion: Occasion, txn_id: str | None) -> None:
    """Compliance puts the supplier that only this document asks for onto the sanctions list."""
    body = write(occasion).body
    office.act(
        "screening.list.add",
        path={},
        body={
            "entry_id": f"SL-{occasion.own}".upper(),
            "name": body["name"],
            "country": body["address"]["country"],
            "tax_id": body["taxId"],
            "programme": "FINANCE",
        },
        actor=office.company.controller(occasion.entity).erp_id,
        txn_id=txn_id,
    )


ACTOR = Actor(
    document="supplier_request",
    points="procurement.supplier_request",
    id_member="id",
    write=write,
    take_back="reverse_approval",
    cancel="cancel",
    amend="amend",
    amendable=("expectedSpend",),
    correctable=("name", "address", "taxId", "bank", "expectedSpend"),
    due_event="supplier_request.approved",
    event_data=event_data,
    races={"list_party": list_party},
    show=Show(
        asks="asks for a new supplier and wants to spend",
        reasons=("we have one for this already", "please get a second quote first"),
        amount=lambda stream, median: lognormal(stream, median, 1.1, median // 40, median * 12),
        turn_down="reject",
        comes_back=False,
    ),
)
