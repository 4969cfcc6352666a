"""Documents that a connector has to set aside: refused for good at the call that makes them, or at the one that tells their source."""

from collections.abc import Iterator, Mapping
from math import ceil

from contracts.catalog import CallPoint, Catalog, Fault, Flow
from harness.plan.model import Experiment, Plan, Step, Wave
from harness.plan.variants import VariantsTaken, reaches
from harness.scenario import Scenario

REFUSED = "F-B20"  # 422 at every attempt until the heal: certainly no effect, and nothing that passes by itself
WAVE = "parking"
ROUNDS = 2  # documents of each kind at least
ITEMS = 8  # so many at least, also of a connector with one flow: one, several, several twice, and the rest for "all"


def redrive_plan(catalog: Catalog, scenario: Scenario, flows: tuple[str, ...], variants: VariantsTaken) -> Plan:
    """One wave; empty when none of the flows makes documents out of approved ones."""
    experiments: list[Experiment] = []
    places = list(_places(catalog, scenario, flows, variants))
    for _ in range(max(ROUNDS, ceil(ITEMS / max(1, len(places))))):
        for flow, entity, point in places:
            experiments.append(_experiment(catalog.faults[REFUSED], flow, entity, point, number=len(experiments) + 1))
    return Plan(waves=(Wave(WAVE, "singles", tuple(experiments)),)) if experiments else Plan()


def _places(catalog: Catalog, scenario: Scenario, flows: tuple[str, ...], variants: VariantsTaken) -> Iterator[tuple[Flow, str, CallPoint]]:
    """Every alternative of every flow, first at the call that makes its document, then at the one that tells its source."""
    routes = [route for flow_id in flows for route in _routes(catalog.flows[flow_id], scenario, variants)]
    yield from ((flow, entity, _making(flow, entity, variants)) for flow, entity in routes)
    yield from ((flow, entity, point) for flow, entity in routes for point in _telling(flow))


def _routes(flow: Flow, scenario: Scenario, variants: VariantsTaken) -> Iterator[tuple[Flow, str]]:
    """One entity for each alternative; what grows out of another flow's documents is left to a verification."""
    if flow.kind != "document" or flow.parent is not None or not any(point.kind == "create" for point in flow.call_points):
        return
    taken: Mapping[str, str] = variants.get(flow.id, {})
    first: dict[str | None, str] = {}
    for entity in scenario.entities:
        first.setdefault(taken.get(entity), entity)
    yield from ((flow, entity) for entity in first.values())


def _making(flow: Flow, entity: str, variants: VariantsTaken) -> CallPoint:
    return next(point for point in flow.call_points if point.kind == "create" and reaches(flow, point.id, entity, variants))


def _telling(flow: Flow) -> Iterator[CallPoint]:
    yield from (point for point in flow.call_points if point.id in flow.settled_by and point.stage == "normal")


def _experiment(fault: Fault, flow: Flow, entity: str, point: CallPoint, *, number: int) -> Experiment:
    step = Step(point.id, 0, fault.id, fault.modes[0].id, fault.name)
    name = f"{flow.prefix}-{number:06d}"
    return Experiment(name, flow.id, entity, f"{flow.id}/{entity}", WAVE, "faulted", number, steps=(step,))
