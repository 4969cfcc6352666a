"""A planner over the real catalogue, and what a fault-free connector would have called."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.plan.model import Capabilities, Experiment, Sighting, Wave
from harness.plan.planner import Planner
from harness.plan.variants import reaches
from harness.scenario import ENTITIES, Scenario, Volume
from tests.shipped import CATALOG

EVERY_FAULT = tuple(CATALOG.faults)
VARIANTS = {"expense-to-posting": {"US01": "ap_invoice", "DE01": "journal_entry", "JP01": "ap_invoice"}}
FLOWS = tuple(CATALOG.flows)


def make_scenario(
    *, flows: Sequence[str] = FLOWS, entities: Sequence[str] = ENTITIES, faults: Iterable[str] = EVERY_FAULT, volume: Volume | None = None
) -> Scenario:
    """A scenario with every fault, unless said otherwise."""
    return Scenario("test", "test", Path("test.yaml"), tuple(flows), tuple(entities), tuple(faults), volume or Volume())


def make_planner(scenario: Scenario | None = None, *, seed: int = 1, **capabilities: object) -> Planner:
    """A planner for a connector that can do everything, unless said otherwise."""
    able = Capabilities(**{"flows": FLOWS, **capabilities})  # type: ignore[arg-type]
    return Planner(scenario or make_scenario(), CATALOG, able, seed=seed, variants=VARIANTS)


def reached(experiment: Experiment) -> Iterable[str]:
    """The call points of a fault-free transaction of a connector that calls everything that is normal."""
    flow = CATALOG.flows[experiment.flow]
    return (point.id for point in flow.call_points if point.stage == "normal" and reaches(flow, point.id, experiment.entity, VARIANTS))


def sightings(waves: Iterable[Wave], without: Iterable[str] = ()) -> list[Sighting]:
    """What such a connector did in these waves; `without` are call points that it never calls."""
    left_out = set(without)
    experiments = [experiment for wave in waves for experiment in wave.experiments]
    return [Sighting(e.flow, point, e.txn_id) for e in experiments for point in reached(e) if point not in left_out]


def play(planner: Planner, without: Iterable[str] = ()) -> list[Wave]:
    """Baselines, singles, run faults and kills, as a run would ask for them."""
    baselines = planner.baselines()
    waves = planner.waves(sightings(baselines, without))
    late = planner.after_outages()
    return [*baselines, *waves, *([late] if late else []), *planner.kills()]
