"""Documents of which no event tells: only the lists bring them, before a crash of the connector or after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.catalog import Flow
from harness.plan.model import Step
from harness.plan.space import Place


@dataclass(frozen=True, slots=True)
class Unannounced:
    """A flow whose first event is lost, and a call of it at which the connector can be killed. What was listed before the crash has to be
    remembered after it; what was approved a moment before it nobody has listed yet, and it has to be found from where the list was left."""

    lost: Place
    kill: Place

    @property
    def steps(self) -> tuple[Step, ...]:
        """Of the document that the crash finds in work."""
        return (self.lost.step(), self.kill.step())


def unannounced(kills: Sequence[Place], ready: Sequence[Place]) -> Iterator[Unannounced]:
    """One of each flow, at its first create that can be killed; where a flow only writes copies, at the first of these."""
    flows: set[str] = set()
    for kill in kills:
        lost = lost_event(kill.flow, ready)
        if lost is not None and _makes(kill) and kill.flow.id not in flows:
            flows.add(kill.flow.id)
            yield Unannounced(lost, kill)


def _makes(kill: Place) -> bool:
    """Whether something comes of the call: a create, or, in a flow without any, a write that keeps a copy."""
    creates = any(point.kind == "create" for point in kill.flow.call_points)
    return kill.point is not None and (kill.point.kind == "create" if creates else kill.point.document is not None)


def lost_event(flow: Flow, ready: Sequence[Place]) -> Place | None:
    """How the event with which the flow begins is lost for good; None where no event is taken, or the scenario leaves that out."""
    return next((p for p in ready if p.flow.id == flow.id and p.mode.deliver == "never" and _announces(p)), None)


def lost_from_list(place: Place, ready: Sequence[Place]) -> Place | None:
    """How the event with which the flow begins is lost, so that its document comes by the list only; None where this is no list."""
    if place.point is None or place.point.kind != "list":
        return None
    return lost_event(place.flow, ready)


def _announces(place: Place) -> bool:
    return place.point is not None and place.point.stage == "normal" and place.point.system == place.flow.source_system
