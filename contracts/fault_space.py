"""Which fault can happen where: what contracts/faults.yaml calls `at`, held against the call points of the flows."""

from collections.abc import Set as AbstractSet

from contracts.catalog import Catalog
from contracts.entries import CallPoint, Fault, Flow, Mode


def labels(flow: Flow, point: CallPoint) -> frozenset[str]:
    """The words of contracts/faults.yaml `at` that this call point answers to."""
    found = {point.kind}
    if point.source:
        found.add("source")
    if point.kind == "event" and point.system == flow.source_system:
        found.add("source_event")
    if point.callback_of:
        found.add("callback")
    if point.names is not None:
        found.add(f"{point.names}_read")
    if point.id in flow.settled_by and point.kind == "update":
        found.add("write_back" if point.stage == "normal" else "refusal")
    if any(point.id in other.callback_of for other in flow.call_points):
        found.add("accepted")
    return frozenset(found)


def applies(catalog: Catalog, flow: Flow, point: CallPoint, fault: Fault, mode: Mode) -> bool:
    """Whether this mode can happen at this call point: it is of a kind that the fault names, and has a member that a drift could change."""
    return happens(catalog, point, labels(flow, point), fault, mode)


def happens(catalog: Catalog, point: CallPoint, answers_to: AbstractSet[str], fault: Fault, mode: Mode) -> bool:
    """The same for who knows already which labels the call point answers to."""
    return not answers_to.isdisjoint(mode.at or fault.at) and (mode.drift is None or catalog.drifting(point.id, mode) is not None)


def impossible(catalog: Catalog, call_point: str, fault: Fault, mode: Mode) -> str | None:
    """Why this mode can never happen at this call point, whatever anybody calls; None when it can."""
    if fault.scope == "run":
        return f"{fault.id} is a window over a whole system, not a step of one transaction"
    points = [(flow, point) for flow in catalog.flows.values() for point in flow.call_points if point.id == call_point]
    if any(point.is_shared for _, point in points):
        return f"{fault.id}/{mode.id} cannot be planned at {call_point}: a call there belongs to no transaction"
    if any(applies(catalog, flow, point, fault, mode) for flow, point in points):
        return None
    return f"{fault.id}/{mode.id} cannot happen at {call_point}; it happens at: {', '.join(mode.at or fault.at)}"
