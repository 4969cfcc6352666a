"""Steps of a plan: resolved against the catalogue, put in place, and written down."""

from typing import Protocol

from contracts.catalog import Catalog, CatalogError
from mocks.kit.mechanics import Mechanics
from mocks.kit.operation import Refusal
from mocks.kit.plans import Armed


class StepLike(Protocol):
    """A step of a plan, by whomever it was made."""

    @property
    def call_point(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def fault_id(self) -> str: ...
    @property
    def mode(self) -> str: ...


def armed_step(catalog: Catalog, step: StepLike, txn_id: str, plan_id: str) -> Armed:
    """A step of a plan, resolved. Raises Refusal for a fault, mode or call point that does not exist."""
    fault = catalog.faults.get(step.fault_id)
    if fault is None:
        raise Refusal("VALIDATION_FAILED", f"fault {step.fault_id!r} is not known; known: {', '.join(catalog.faults)}")
    try:
        mode = fault.mode(step.mode)
    except CatalogError as error:
        raise Refusal("VALIDATION_FAILED", str(error)) from None
    if catalog.call_point(step.call_point) is None:
        raise Refusal("VALIDATION_FAILED", f"call point {step.call_point!r} is in no flow of contracts/flows")
    return Armed(txn_id, step.call_point, step.attempt, fault, mode, plan_id)


def arm(mechanics: Mechanics, armed: Armed) -> None:
    """Put a step in place, and say so in the history."""
    mechanics.plans.arm(armed)
    mechanics.recorder.write(
        "fault_armed",
        "harness",
        txn_id=armed.txn_id,
        flow=mechanics.books.flow_of(armed.txn_id),
        call_point=armed.call_point,
        attempt=armed.attempt,
        fault_id=armed.fault.id,
        mode=armed.mode.id,
        plan_id=armed.plan_id,
    )
