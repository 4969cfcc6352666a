"""Which call points a fault plan can count on: those that every baseline transaction reached, and those that a provoking step reaches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog import CallPoint, Catalog, Flow
from harness.plan.model import Experiment, Sighting, Step
from harness.plan.variants import VariantsTaken, reaches

_Steps = tuple[str, tuple[Step, ...]]  # of a flow
_Likeness = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The outcome of the baseline.

    certain: points by flow that every transaction of the right variant reached; only these carry single faults.
    seldom: (flow, point) -> "3 of 24": called, but not by every transaction, so a fault there might never fire.
    arrivals: (flow, entity) -> the points that a fault-free transaction of it certainly reaches.
    """

    certain: Mapping[str, frozenset[str]]
    seldom: Mapping[tuple[str, str], str]
    arrivals: Mapping[tuple[str, str], frozenset[str]]


def learn(
    flows: Iterable[Flow], baseline: Sequence[Experiment], sightings: Iterable[Sighting], variants: VariantsTaken, *, webhook: bool
) -> Reach:
    """What the baseline taught. A call that carries no transaction is sighted without one.

    Events of the normal course are certain for a connector that takes events, and questions for every connector: the world sends them.
    """
    callers: dict[tuple[str, str], set[str]] = defaultdict(set)
    shared: set[tuple[str, str]] = set()
    known = {experiment.txn_id: experiment for experiment in baseline}
    for sighting in sightings:
        if not sighting.txn_id:
            shared.add((sighting.flow, sighting.call_point))
        if sighting.txn_id in known:
            callers[sighting.flow, sighting.call_point].add(sighting.txn_id)
    certain: dict[str, frozenset[str]] = {}
    arrivals: dict[tuple[str, str], frozenset[str]] = {}
    seldom: dict[tuple[str, str], str] = {}
    for flow in flows:
        reached = set()
        for point in flow.call_points:
            expected = {e.txn_id for e in baseline if e.flow == flow.id and reaches(flow, point.id, e.entity, variants)}
            seen = callers[flow.id, point.id] & expected
            if _sent_anyway(point, webhook) or (flow.id, point.id) in shared or (expected and seen == expected):
                reached.add(point.id)
            elif seen:
                seldom[flow.id, point.id] = f"{len(seen)} of {len(expected)}"
        certain[flow.id] = frozenset(reached)
        for entity in {e.entity for e in baseline if e.flow == flow.id}:
            arrivals[flow.id, entity] = frozenset(point for point in reached if reaches(flow, point, entity, variants))
    return Reach(certain, seldom, arrivals)


def _sent_anyway(point: CallPoint, webhook: bool) -> bool:
    return point.stage == "normal" and (point.kind == "ask" or (webhook and point.kind == "event"))


@dataclass(frozen=True, slots=True)
class Provocation:
    """Steps after which a point is reached, and how sure that is: `reached` of the `tried` transactions with these steps reached it.

    like: the share of all transactions with such a step at such a point, in any flow, that reached such a point. One transaction that
    reached a look-up may have done so by chance; that the same fault led to a look-up in every flow hardly is.
    """

    steps: tuple[Step, ...]
    reached: int
    tried: int
    like: float = 1.0

    @property
    def sure(self) -> bool:
        """Every transaction with these steps reached the point."""
        return self.reached == self.tried


def provocations(
    experiments: Sequence[Experiment], sightings: Iterable[Sighting], catalog: Catalog, *, times: int = 1
) -> dict[tuple[str, str], list[Provocation]]:
    """The plans that provoke each (flow, point), best first. Only transactions with a single fault of their own count, which passes by
    itself where the point has to be reached several `times`."""
    tried: dict[_Steps, set[str]] = defaultdict(set)
    tried_alike: dict[_Likeness, set[str]] = defaultdict(set)
    reached: dict[tuple[str, str], dict[_Steps, set[str]]] = defaultdict(lambda: defaultdict(set))
    reached_alike: dict[tuple[_Likeness, _Likeness], set[str]] = defaultdict(set)
    single = {e.txn_id: e for e in experiments if e.role == "faulted" and len(e.steps) == 1 and (times == 1 or e.steps[0].attempt)}
    for e in single.values():
        tried[e.flow, e.steps].add(e.txn_id)
        tried_alike[_like_step(catalog, e.flow, e.steps[0])].add(e.txn_id)
    for sighting in sightings:
        found = single.get(sighting.txn_id)
        if found is None or sighting.times < times or (times == 1 and found.steps[0].call_point == sighting.call_point):
            continue
        reached[sighting.flow, sighting.call_point][found.flow, found.steps].add(sighting.txn_id)
        like = (_like_step(catalog, found.flow, found.steps[0]), _like_point(catalog, sighting.flow, sighting.call_point))
        reached_alike[like].add(sighting.txn_id)

    def provocation(key: tuple[str, str], steps: _Steps, txns: set[str]) -> Provocation:
        like = _like_step(catalog, steps[0], steps[1][0])
        share = len(reached_alike[like, _like_point(catalog, *key)]) / len(tried_alike[like])
        return Provocation(steps[1], len(txns), len(tried[steps]), share)

    return {
        key: sorted(
            (provocation(key, steps, txns) for steps, txns in options.items()), key=lambda option: _rank(option, catalog), reverse=True
        )
        for key, options in reached.items()
    }


def _like_point(catalog: Catalog, flow_id: str, point_id: str) -> _Likeness:
    """What this point has in common with points of other flows: a look-up in the target system, an undo there, a refusal at the source"""
    flow = catalog.flows[flow_id]
    point = flow.call_point(point_id)
    return (point.kind, point.stage, str(point.system == flow.source_system)) if point else (point_id,)


def _like_step(catalog: Catalog, flow_id: str, step: Step) -> _Likeness:
    return (step.fault_id, step.mode, *_like_point(catalog, flow_id, step.call_point))


def one_of_each_mode(turns: Sequence[tuple[Provocation, list[str]]]) -> list[tuple[Provocation, list[str]]]:
    """The first one of each mode of the provoking fault: each way in which the same thing comes about."""
    found: dict[str, tuple[Provocation, list[str]]] = {}
    for turn in turns:
        found.setdefault(turn[0].steps[0].mode, turn)
    return list(found.values())


def _rank(option: Provocation, catalog: Catalog) -> tuple[object, ...]:
    """Surest first. Then a fault after which the connector has to end right, at once, with something in the target system to be found."""
    step = option.steps[0]
    fault = catalog.faults[step.fault_id]
    mode = fault.mode(step.mode)
    at_once = mode.send not in {"hold", "drip"}
    return (option.sure, option.like, fault.recoverable, at_once, mode.commit == "once", option.reached, step.text())
