"""Faults at second arrivals: whoever took a call right at first may still trip over the same call when its document exists already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog import Catalog
from harness.plan.model import Experiment, Sighting, Step
from harness.plan.reach import Provocation, provocations
from harness.plan.space import Place

SECOND = 2
AT_ONCE = frozenset({"none", "once"})  # what becomes of the books; a late commit of a repeat is none
NOTICED = frozenset({"fail", "info"})  # what a client concludes from an answer that is not the one it asked for


@dataclass(frozen=True, slots=True)
class Later:
    """A fault at the second arrival at a place, behind a step that brings about that arrival."""

    place: Place
    option: Provocation

    @property
    def steps(self) -> tuple[Step, ...]:
        """What leads there, then the fault."""
        return (*self.option.steps, self.place.step(SECOND))


def later(ready: Sequence[Place], experiments: Sequence[Experiment], sightings: Iterable[Sighting], catalog: Catalog) -> Iterator[Later]:
    """One of each deed (what becomes of the books, what the client is told) at every call that comes again for sure: once while the
    document stands as it is, once after people have changed their minds about it."""
    options = provocations(experiments, sightings, catalog, times=SECOND)
    for place in _one_of_each_deed(ready):
        for option in _calm_and_changed(options.get((place.flow.id, place.target), ()), catalog, place):
            step = option.steps[0]
            if (step.call_point, step.fault_id, step.mode) != (place.target, place.fault.id, place.mode.id):
                yield Later(place, option)


def _one_of_each_deed(ready: Sequence[Place]) -> Iterable[Place]:
    """Reads of the source, creates and write-backs; of the faults that pass by themselves and that the client notices. And the event with
    which a flow begins, when it is lost the second time."""
    found: dict[tuple[object, ...], Place] = {}
    for place in ready:
        point, fault, mode = place.point, place.fault, place.mode
        if point is not None and point.stage == "normal" and point.system == place.flow.source_system and mode.deliver == "never":
            found[place.flow.id, place.target, mode.id] = place
        if point is None or not (point.source or point.kind == "create" or point.id in place.flow.settled_by):
            continue
        view = mode.view or fault.view
        passes = fault.scope == "transaction" and fault.repeat == "once" and fault.recoverable
        if passes and not mode.touch and mode.commit in AT_ONCE and view in NOTICED:
            books = mode.commit if point.kind != "read" else None  # a read changes nothing
            found.setdefault((place.flow.id, place.target, books, mode.send == "status", view), place)
    return found.values()


def _calm_and_changed(options: Iterable[Provocation], catalog: Catalog, place: Place) -> list[Provocation]:
    """The best option after which the document stands as it is, and the best one after which people changed something. An event that comes
    twice says something new in the second case only."""
    best: Mapping[bool, list[Provocation]] = {False: [], True: []}
    for option in options:
        step = option.steps[0]
        mode = catalog.faults[step.fault_id].mode(step.mode)
        if option.sure and option.like == 1.0:
            best[mode.then is not None].append(option)
    is_event = place.point is not None and place.point.kind == "event"
    return [found[0] for is_change, found in best.items() if found and (is_change or not is_event)]
