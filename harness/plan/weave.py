"""The order of a wave: faulted experiments spread so thinly that no breaker, limiter or pool of the connector makes them meet.

Two rules hold in the sequence: of any `ceil(1 / density)` consecutive arrivals at a call point at most one is faulted there, and of
any `floor(1 / controls)` consecutive experiments at least one is a control. Where nothing else fits, a control is put in.
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from harness.plan.model import Step


@dataclass(frozen=True, slots=True)
class Draft:
    """An experiment without number and name. No steps: a control."""

    flow: str
    entity: str
    steps: tuple[Step, ...] = ()

    @property
    def template(self) -> tuple[str, str]:
        """What this experiment shares with its controls."""
        return (self.flow, self.entity)


Arrivals = Callable[[tuple[str, str]], frozenset[str]]  # the call points that a fault-free transaction of a template reaches


def weave(
    drafts: Sequence[Draft], arrivals: Arrivals, templates: Sequence[tuple[str, str]], *, controls: float, density: float, chance: Random
) -> list[Draft]:
    """The drafts in a random order that keeps both rules, with the controls that this takes."""
    loom = _Loom(list(drafts), arrivals, list(templates), controls=controls, density=density, chance=chance)
    while loom.queues:
        loom.place(loom.next())
    for draft in iter(loom.padding, None):
        loom.place(draft)
    return loom.placed


class _Loom:
    """The state of one weaving."""

    def __init__(
        self, drafts: list[Draft], arrivals: Arrivals, templates: list[tuple[str, str]], *, controls: float, density: float, chance: Random
    ) -> None:
        self.placed: list[Draft] = []
        self.arrivals = arrivals
        self.templates = templates
        self.window = max(1, math.ceil(1 / density - 1e-9))
        self.every = math.floor(1 / controls + 1e-9) if controls > 0 else 0
        chance.shuffle(drafts)
        chance.shuffle(self.templates)
        # Those that raise the density of the same points wait in one queue, each with its place among all.
        self.queues: dict[frozenset[str], deque[tuple[int, Draft]]] = {}
        for place, draft in enumerate(drafts):
            self.queues.setdefault(self.faulted_at(draft), deque()).append((place, draft))
        self.backlog = Counter(point for draft in drafts for point in self.faulted_at(draft))
        self.clear_at: Counter[str] = Counter()  # number of arrivals from which the next fault at a point is allowed
        self.arrived: Counter[str] = Counter()
        self.faulted: Counter[str] = Counter()
        self.used: Counter[tuple[str, str]] = Counter()
        self.since_control = self.every  # the first one is a control

    def faulted_at(self, draft: Draft) -> frozenset[str]:
        """The points whose density this experiment raises. Points that only faults provoke have no fault-free arrivals to be thinned by."""
        return frozenset(step.call_point for step in draft.steps) & self.arrivals(draft.template)

    def next(self) -> Draft:
        """The experiment for the next position."""
        if self.every and self.since_control >= self.every - 1:
            return self.control(self.templates)
        allowed = [points for points in self.queues if all(self.arrived[point] >= self.clear_at[point] for point in points)]
        if not allowed:
            return self.thinning()
        points = min(allowed, key=self.urgency)
        queue = self.queues[points]
        _, chosen = queue.popleft()
        if not queue:
            del self.queues[points]
        return chosen

    def urgency(self, points: frozenset[str]) -> tuple[int, int]:
        """Whose turn it is: where most others wait, and of those the first."""
        return -max((self.backlog[point] for point in points), default=0), self.queues[points][0][0]

    def thinning(self) -> Draft:
        """A control that reaches the point where most experiments wait."""
        crowded = max((point for points in self.queues for point in points), key=lambda point: (self.backlog[point], point))
        return self.control([template for template in self.templates if crowded in self.arrivals(template)])

    def control(self, templates: Sequence[tuple[str, str]]) -> Draft:
        """A control of the template that had fewest."""
        flow, entity = min(templates, key=lambda template: self.used[template])
        return Draft(flow, entity)

    def place(self, draft: Draft) -> None:
        """Put it at the end of the sequence and keep the counts."""
        self.placed.append(draft)
        points = self.faulted_at(draft)
        for point in points:
            # A fault on every attempt makes a retrying connector meet it many times, so it keeps twice the distance.
            distance = 2 * self.window if len(draft.steps) == 1 and not draft.steps[0].attempt else self.window
            self.clear_at[point] = self.arrived[point] + distance
            self.backlog[point] -= 1
        self.faulted.update(points)
        self.arrived.update(self.arrivals(draft.template))
        self.since_control = self.since_control + 1 if draft.steps else 0
        if not draft.steps:
            self.used[draft.template] += 1

    def padding(self) -> Draft | None:
        """A last control for a point that is still too dense over the whole wave; None when there is none."""
        dense = [point for point, count in self.faulted.items() if count * self.window > self.arrived[point]]
        if not dense:
            return None
        return self.control([template for template in self.templates if dense[0] in self.arrivals(template)])
