"""States of requests for suppliers: one in every status, played by the people who lead there."""

from collections.abc import Mapping
from typing import Literal

from mocks.abilities.people import GONE, WHY, Move, Play, Version, approve, approver, author, submit
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.systems.procurement.system import ProcurementSystem
from mocks.workflow.states import lead


class SupplierRequestGiven(Parameters, frozen=True, kw_only=True):
    """A request; without `id` one is drawn and answered. `erp_vendor_id`: of an active one; `duplicate_of`: of a refused one."""

    id: Name | None = None
    status: Literal["draft", "pending_approval", "approved", "rejected", "returned", "withdrawn", "cancelled", "active", "refused"] = (
        "approved"
    )
    legal_entity: Literal["ACME-US", "ACME-DE", "ACME-JP"] = "ACME-US"
    version: Version | None = None
    erp_vendor_id: Name = "V30000017"
    duplicate_of: Name = "V100017"


class SupplierRequestGone(Parameters, frozen=True, kw_only=True):
    """The id that no request has."""

    id: Name = "SR-EXAMPLE-00000404"


def states() -> tuple[State, ...]:
    """Every state about them."""
    doc = "in this status, with the events that led there; `erp_vendor_id` is what an active one carries"
    return (
        State("a supplier request exists", doc, SupplierRequestGiven, _request),
        State("there is no supplier request", GONE, SupplierRequestGone, lambda _stage, given: {"id": given.id}),
    )


def _request(stage: Stage, given: SupplierRequestGiven) -> Values:
    return lead(
        stage,
        stage.system(ProcurementSystem).supplier_requests,
        "procurement.supplier_request.record_vendor",
        draft=stage.company.draft_supplier_request,
        house=given.legal_entity,
        steps=_STEPS[given.status],
        given=given,
    )


def _vendor(play: Play, given: SupplierRequestGiven) -> None:
    play.by_connector("record_vendor", erpVendorId=given.erp_vendor_id, erpStatus="active")


def _refusal(play: Play, given: SupplierRequestGiven) -> None:
    play.by_connector("record_refusal", code="DUPLICATE_SUPPLIER", reason=WHY, owner="procurement", duplicateOf=given.duplicate_of)


_STEPS: Mapping[str, tuple[Move, ...]] = {
    "draft": (),
    "pending_approval": (submit,),
    "approved": (submit, approve),
    "rejected": (submit, approver("reject")),
    "returned": (submit, approve, approver("reverse_approval")),
    "withdrawn": (submit, author("withdraw")),
    "cancelled": (submit, approve, author("cancel")),
    "active": (submit, approve, _vendor),
    "refused": (submit, approve, _refusal),
}
