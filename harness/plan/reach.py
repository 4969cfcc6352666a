"""Which call points a fault plan can count on: those that every baseline transaction reached, and those that a provoking step reaches."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog import CallPoint, Flow
from harness.plan.model import Experiment, Sighting, Step
from harness.plan.space import entities_of


@dataclass(frozen=True, slots=True)
class Reach:
    """The outcome of the baseline.

    certain: points by flow that every transaction of the right route reached; only these carry single faults.
    seldom: (flow, point) -> "3 of 24": called, but not by every transaction, so a fault there might never fire.
    """

    certain: Mapping[str, frozenset[str]]
    seldom: Mapping[tuple[str, str], str]

    def arrivals(self, template: tuple[str, str], routes: Mapping[str, str]) -> frozenset[str]:
        """The points that a fault-free transaction of this (flow, entity) certainly reaches."""
        flow, entity = template
        return frozenset(point for point in self.certain.get(flow, ()) if entities_of(point, (entity,), routes))


def learn(
    flows: Iterable[Flow], baseline: Sequence[Experiment], sightings: Iterable[Sighting], routes: Mapping[str, str], *, webhook: bool
) -> Reach:
    """What the baseline taught. Events of the normal course are certain for a connector that takes events: the world sends them."""
    callers: dict[tuple[str, str], set[str]] = defaultdict(set)
    known = {experiment.txn_id: experiment for experiment in baseline}
    for sighting in sightings:
        if sighting.txn_id in known:
            callers[sighting.flow, sighting.call_point].add(sighting.txn_id)
    certain: dict[str, frozenset[str]] = {}
    seldom: dict[tuple[str, str], str] = {}
    for flow in flows:
        reached = set()
        for point in flow.call_points:
            expected = {e.txn_id for e in baseline if e.flow == flow.id and entities_of(point.id, (e.entity,), routes)}
            seen = callers[flow.id, point.id] & expected
            if _sent_anyway(point, webhook) or (expected and seen == expected):
                reached.add(point.id)
            elif seen:
                seldom[flow.id, point.id] = f"{len(seen)} of {len(expected)}"
        certain[flow.id] = frozenset(reached)
    return Reach(certain, seldom)


def _sent_anyway(point: CallPoint, webhook: bool) -> bool:
    return webhook and point.kind == "event" and point.stage == "normal"


@dataclass(frozen=True, slots=True)
class Provocation:
    """The steps after which a point is reached, and how sure that is.

    alternatives: step tuples that are equally sure, of the same fault at different places; taking turns spreads the load.
    """

    alternatives: tuple[tuple[Step, ...], ...]
    reached: int
    of: int

    @property
    def sure(self) -> bool:
        """Every transaction with these steps reached the point."""
        return self.reached == self.of


def provocations(experiments: Sequence[Experiment], sightings: Iterable[Sighting]) -> dict[tuple[str, str], Provocation]:
    """The best provoking plan by (flow, point): surest, then most often tried, then shortest.

    Only faulted transactions count: a fault of the run cannot be repeated for one transaction, and what a control reached needs no step.
    """
    faulted = {experiment.txn_id: experiment for experiment in experiments if experiment.role == "faulted"}
    tried = Counter((experiment.flow, experiment.steps) for experiment in faulted.values())
    found: dict[tuple[str, str], dict[tuple[Step, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
    for sighting in sightings:
        experiment = faulted.get(sighting.txn_id)
        if experiment and all(step.call_point != sighting.call_point for step in experiment.steps):
            found[sighting.flow, sighting.call_point][experiment.steps].add(sighting.txn_id)
    return {(flow, point): _best(flow, by_steps, tried) for (flow, point), by_steps in found.items()}


def _best(flow: str, by_steps: Mapping[tuple[Step, ...], set[str]], tried: Mapping[tuple[str, tuple[Step, ...]], int]) -> Provocation:
    options = [Provocation((steps,), len(txns), tried[flow, steps]) for steps, txns in by_steps.items()]
    best = max(options, key=_preference)
    faults = [step.fault_id for step in best.alternatives[0]]
    equal = [o.alternatives[0] for o in options if o.sure and [step.fault_id for step in o.alternatives[0]] == faults]
    return Provocation(tuple(sorted(equal, key=_text)) or best.alternatives, best.reached, best.of)


def _preference(option: Provocation) -> tuple[float, bool, int, int, str]:
    steps = option.alternatives[0]
    lasting = any(step.attempt == 0 for step in steps)  # a fault on every attempt leaves the connector no other way
    return (option.reached / option.of, lasting, option.reached, -len(steps), _text(steps))


def _text(steps: Sequence[Step]) -> str:
    return " ; ".join(step.text() for step in steps)
