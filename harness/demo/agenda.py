"""Who does what when: a list of appointments in seconds since the demo began. Pure; the driver asks what is due."""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.actors.chance import share
from mocks.company.streams import Stream

Deed = Callable[[], None]


@dataclass(order=True, slots=True)
class Appointment:
    """Something that happens at a time. Equal times keep the order in which they were made."""

    due_s: float
    number: int
    deed: Deed = field(compare=False)


class Agenda:
    """Appointments in the order of their times."""

    def __init__(self) -> None:
        self._heap: list[Appointment] = []
        self._made = 0

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, due_s: float, deed: Deed) -> None:
        """Make an appointment."""
        self._made += 1
        heapq.heappush(self._heap, Appointment(due_s, self._made, deed))

    def due(self, now_s: float) -> list[Deed]:
        """What is due, and no longer on the agenda."""
        deeds = []
        while self._heap and self._heap[0].due_s <= now_s:
            deeds.append(heapq.heappop(self._heap).deed)
        return deeds


def pause_s(stream: Stream, mean_s: float, speed: float) -> float:
    """How long people take: exponential around the mean, cut to between a third and twice of it, so that nobody waits too long."""
    return min(max(-math.log(share(stream)), 1 / 3), 2.0) * mean_s / speed
