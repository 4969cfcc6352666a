"""The fault space: which faults apply at which call points of which flow, and why a cell of it cannot be planned."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from contracts.catalog import CallPoint, Catalog, Fault, Flow, Mode
from contracts.fault_space import happens, labels
from harness.plan.model import Capabilities, Cell, CellStatus, Step
from harness.plan.variants import VariantsTaken, entities_of
from harness.scenario import Scenario

LEFT_OUT = "left out by the scenario"
NO_FLOW = "the connector does not declare this flow"
NO_EVENTS = "the connector takes no events: its manifest declares no webhook path"
NO_ANSWERS = "the connector answers no questions: its manifest declares no check path"
NO_KILLS = "the harness did not start this connector, so it cannot kill it"
NO_RESTART = "the connector has to be started again in it or behind it, and the harness did not start this connector"
NO_ROUTE = "no entity of this scenario takes this route"
UNDO_REFUSED = "the undo itself would be refused for good, which this vocabulary does not cover"
NEWEST_EVENT = "no newer event of the document exists that could overtake this one"
NO_RECOVERY_KILL = "a kill at a point that only another fault provokes; volume.kill_recovery: true plans it"
NO_RECOVERY_DRIFT = "a drift at a point that only another fault provokes; volume.drift_recovery: true plans it"
NOTHING_WAITS = "nothing waits for a list where no event is lost: the scenario leaves that fault out"
NOT_CALLED = "this connector did not call it in the baseline, and no fault made it do so"
OF_TOKENS = ("authentication", "credentials")  # families of faults that only a token service has


@dataclass(frozen=True, slots=True)
class Place:
    """A cell before it has a status: a fault's mode at a call point of a flow (scope run: `point` is None, `target` the window's)."""

    flow: Flow
    target: str
    fault: Fault
    mode: Mode
    point: CallPoint | None = None

    def cell(self, reason: str | None = None) -> Cell:
        """Planned, or not applicable for this reason."""
        status: CellStatus = "not_applicable" if reason else "planned"
        return Cell(self.flow.id, self.target, self.fault.id, self.mode.id, status, reason)

    @property
    def attempt(self) -> int:
        """Of the step: the first arrival, or every one."""
        return 0 if self.fault.repeat == "always" else 1

    def step(self, attempt: int | None = None) -> Step:
        """The fault put there, at its first arrival or at every one; attempt: at that one."""
        return Step(self.target, self.attempt if attempt is None else attempt, self.fault.id, self.mode.id, self.fault.name)

    @property
    def is_shared(self) -> bool:
        """It stands at a call that carries no transaction."""
        return self.point is not None and self.point.is_shared

    @property
    def needs_minted(self) -> bool:
        """The fault touches master data, or stands at a call that names nothing else: other transactions must not share that."""
        return self.mode.party is not None or (self.point is not None and self.point.names is not None)


def places(catalog: Catalog, scenario: Scenario) -> Iterator[Place]:
    """The whole fault space of the scenario's flows, in the order of the catalogue."""
    for flow in (catalog.flows[flow_id] for flow_id in scenario.flows):
        points = [(point, labels(flow, point)) for point in (*flow.call_points, *catalog.shared_call_points)]
        for fault in catalog.faults.values():
            for mode in fault.modes:
                if fault.scope == "run":
                    yield from (Place(flow, target, fault, mode) for target in run_targets(catalog, flow, fault, scenario.entities))
                    continue
                for point, answers_to in points:
                    if happens(catalog, point, answers_to, fault, mode):
                        yield Place(flow, point.id, fault, mode, point)


def run_targets(catalog: Catalog, flow: Flow, fault: Fault, entities: Collection[str]) -> tuple[str, ...]:
    """What a fault of the run hits: systems of the flow and where tokens come from, or entities in which the flow needs a period."""
    if "company" in fault.at:
        return tuple(entities) if any(catalog.documents[name].module for name in flow.target_documents) else ()
    if fault.family in OF_TOKENS:
        return catalog.token_services
    return (*flow.systems, *catalog.token_services)


def unserved_parent(catalog: Catalog, flow: Flow, flows: Collection[str]) -> str | None:
    """The flow among this one's ancestors that is not among `flows`, so that nothing could grow out of its documents; None: all are."""
    parent = flow.parent
    while parent is not None and parent in flows:
        parent = catalog.flows[parent].parent
    return parent


def obstacle(catalog: Catalog, place: Place, scenario: Scenario, capabilities: Capabilities, variants: VariantsTaken) -> str | None:
    """Why this cell can never be planned in this run, whatever the connector calls; None when nothing stands in the way."""
    reason = unserved(catalog, place.flow, capabilities) or _excluded(catalog, place, scenario, capabilities)
    if reason is not None or place.point is None:
        return reason
    return _obstacle_at(place, place.point, scenario, capabilities, variants)


def unserved(catalog: Catalog, flow: Flow, capabilities: Capabilities) -> str | None:
    """Why no transaction of this flow can be played with this connector; None when it can."""
    if flow.id not in capabilities.flows:
        return NO_FLOW
    if not capabilities.answers and any(point.kind == "ask" for point in flow.call_points):
        return NO_ANSWERS
    missing = unserved_parent(catalog, flow, capabilities.flows)
    return f"its documents grow out of those of {missing}, which this run does not play" if missing else None


def _excluded(catalog: Catalog, place: Place, scenario: Scenario, capabilities: Capabilities) -> str | None:
    """What scenario, flow or connector say of the fault, wherever it would happen."""
    flow, fault = place.flow, place.fault
    if fault.id not in scenario.faults:
        return LEFT_OUT
    if flow.kind not in fault.kinds:
        return f"it happens to flows of kind {' and '.join(fault.kinds)}, and this one is of kind {flow.kind}"
    if place.mode.party not in (None, flow.party):
        return f"no {place.mode.party} takes part in this flow"
    source = catalog.documents[flow.source_document]
    never = [act for act in place.mode.acts if act not in source.acts]
    if never:
        return f"{source.name}: not done to it by people: {', '.join(act.replace('_', ' ') for act in never)}"
    if fault.starts_again and not capabilities.kills:
        return NO_RESTART
    return NO_KILLS if fault.scope == "kill" and not capabilities.kills else None


def _obstacle_at(place: Place, point: CallPoint, scenario: Scenario, capabilities: Capabilities, variants: VariantsTaken) -> str | None:
    if point.kind == "event" and not capabilities.webhook:
        return NO_EVENTS
    if not entities_of(place.flow, point.id, scenario.entities, variants):
        return NO_ROUTE
    return _obstacle_in_recovery(place, point, scenario) if point.stage == "recovery" else None


def _obstacle_in_recovery(place: Place, point: CallPoint, scenario: Scenario) -> str | None:
    refused = place.mode.commit == "none" and not place.fault.recoverable
    if refused and point.kind == "update" and point.id not in place.flow.settled_by:
        return UNDO_REFUSED
    if place.mode.deliver == "older_after_newer":
        return NEWEST_EVENT
    if place.fault.scope == "kill" and not scenario.volume.kill_recovery:
        return NO_RECOVERY_KILL
    return NO_RECOVERY_DRIFT if place.mode.drift is not None and not scenario.volume.drift_recovery else None
