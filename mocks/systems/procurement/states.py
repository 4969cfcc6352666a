"""States of procurement: requisitions, receipts and invoices in every status, played by the people who lead there."""

from collections.abc import Mapping
from typing import Any, Literal

from mocks.abilities.people import GONE, Move, Play, Version, approve, approver, author, refuse, submit
from mocks.abilities.replica_states import EmployeeCopyGiven, ReplicaGiven, replica_state, staff_state
from mocks.abilities.replicas import SAID
from mocks.abilities.staff import EMPLOYED, EMPLOYEE
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.systems.procurement.checking import states as checking
from mocks.systems.procurement.invoicing import states as invoicing
from mocks.systems.procurement.receiving import states as receiving
from mocks.systems.procurement.replicas import POINT
from mocks.systems.procurement.staff import POINT as STAFF
from mocks.systems.procurement.suppliers.states import states as supplier_request_states
from mocks.systems.procurement.system import ProcurementSystem
from mocks.workflow.states import lead


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
        *receiving.states(lambda stage: stage.system(ProcurementSystem).receipts),
        *supplier_request_states(),
        *invoicing.states(lambda stage: stage.system(ProcurementSystem).invoices),
        replica_state(POINT, "sourceRecord", _copy),
        staff_state(STAFF, "employeeNo", _employee),
        *checking.states(lambda stage: stage.system(ProcurementSystem).checks),
    )


def _copy(stage: Stage, given: ReplicaGiven) -> Mapping[str, Any]:
    told = {
        "legalEntity": "ACME-US",
        "sourceRevision": given.revision,
        "responsibleId": stage.company.employees[0].procurement_id,
    }
    return {**SAID, **told, "validFrom": "2026-01-01", "validTo": "2099-12-31"}


def _employee(stage: Stage, given: EmployeeCopyGiven) -> Mapping[str, Any]:
    center = stage.company.cost_centers_of(stage.company.entities[0].key)[0].procurement_id
    told = {"userId": EMPLOYEE, "managerId": stage.company.employees[0].procurement_id, "legalEntity": "ACME-US", "costCenter": center}
    return {**EMPLOYED, **told, "sourceRevision": given.revision, "validFrom": "2026-01-01", "validTo": "2099-12-31"}


def _requisition(stage: Stage, given: RequisitionGiven) -> Values:
    return lead(
        stage,
        stage.system(ProcurementSystem).desk,
        "procurement.requisition.record_order",
        draft=stage.company.draft_requisition,
        house=given.legal_entity,
        steps=_REQUISITION_STEPS[given.status],
        given=given,
    )


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
