"""The words of one company in each system's own spelling: without them no generated request gets past the first rule."""

from collections.abc import Mapping
from typing import Any

from contracts.catalog import Catalog
from harness.fuzz.target import Vocabulary
from mocks.abilities.system_type import SystemType
from mocks.company import Company

TAGS = {"If-Match": ('"1"', '"2"', "*")}


def vocabulary(system: SystemType, company: Company) -> Vocabulary:
    """Of one kind of system."""
    words = system.words(company)
    bodies = {point: tuple(dict(body) for body in found) for point, found in words.bodies.items()}
    return Vocabulary({**words.members, **TAGS}, bodies, dict(words.actors))


def control_vocabulary(catalog: Catalog, document: Mapping[str, Any]) -> Vocabulary:
    """Steps, windows and states that exist, so that more than the refusal of unknown names is tried."""
    points = [point.id for flow in catalog.flows.values() for point in flow.call_points]
    steps = [
        {"txn_id": f"txn-fuzz-{number}", "call_point": points[number % len(points)], "fault_id": fault.id, "mode": mode.id, "attempt": 1}
        for number, (fault, mode) in enumerate((fault, mode) for fault in catalog.faults.values() for mode in fault.modes)
    ]
    of_the_run = [fault.id for fault in catalog.faults.values() if fault.scope == "run"]
    targets = (next(iter(catalog.hosted)), *catalog.token_services)
    windows = [{"fault_id": fault, "system": system, "on": on} for fault in of_the_run for system in targets for on in (True, False)]
    names = document["components"]["schemas"]["StateChange"]["properties"]["state"]["examples"]
    states = [{"state": name, "params": {}, "action": "setup"} for name in names] + [{"action": "teardown"}]
    return Vocabulary(bodies={"plans.arm": tuple(steps), "windows.change": tuple(windows), "states.set": tuple(states)})
