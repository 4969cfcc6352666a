"""When work arrives: one seeded series for the whole load, whatever the number of senders. Pure.

The day's shape is the default of the domain notes (share of a day's documents by hour); the deadline hour has a multiple of the mean
hour of the day that is then played. The played hours are compressed into the duration. Given their number, arrivals of a Poisson process
with that rate are independent draws from the shape: so the number is exact, and the moments are as irregular as in life.
"""

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from contracts.catalog import Flow
from harness.load.profile import Shape, Volume

# Percent of a day's documents by hour, 0 to 23: 08-09 5, 09-12 11 each, 12-14 6 each, 14-17 10 each, 17-19 3 each, night batch 22-02 10,
# all other hours 4 together.
OTHER = 4 / 9
HOUR_PERCENT: tuple[float, ...] = (
    *(2.5, 2.5),
    *(OTHER,) * 6,
    5.0,
    *(11.0,) * 3,
    *(6.0,) * 2,
    *(10.0,) * 3,
    *(3.0,) * 2,
    *(OTHER,) * 3,
    *(2.5, 2.5),
)
SUBMIT_AFTER_S = (0.10, 0.35)  # people look at what they typed, compressed like everything else
DECIDE_AFTER_S = (0.15, 0.60)  # for each approver


@dataclass(frozen=True, slots=True)
class Arrival:
    """One document: when its requester begins (seconds from the start), and what it is."""

    at_s: float
    flow: str
    entity: str


def weights(shape: Shape) -> tuple[float, ...]:
    """Relative number of documents in each played hour. A deadline hour of f times the mean needs more than f hours (profile.py)."""
    hours = range(shape.from_hour, shape.to_hour)
    if shape.kind == "flat":
        return (1.0,) * len(hours)
    others = sum(HOUR_PERCENT[hour] for hour in hours if hour != shape.deadline_hour)
    # The hour is part of the mean that it is a multiple of: d = factor * (others + d) / hours, solved for d.
    deadline = shape.deadline_factor * others / (len(hours) - shape.deadline_factor)
    return tuple(deadline if hour == shape.deadline_hour else HOUR_PERCENT[hour] for hour in hours)


def second_of(hour: float, shape: Shape, duration_s: float) -> float:
    """When an hour of the day comes in the compressed day, in seconds from the start."""
    return (hour - shape.from_hour) / (shape.to_hour - shape.from_hour) * duration_s


def moments(shape: Shape, documents: int, duration_s: float, rnd: random.Random) -> list[float]:
    """So many moments in [0, duration), in order, shaped like the day."""
    parts = weights(shape)
    bounds, width = list(accumulate(parts)), duration_s / len(parts)
    found = []
    for _ in range(documents):
        hour = min(bisect_right(bounds, rnd.random() * bounds[-1]), len(parts) - 1)
        found.append((hour + rnd.random()) * width)
    return sorted(found)


def mix(flows: Sequence[Flow], wanted: Mapping[str, float]) -> list[tuple[str, float]]:
    """(flow, share) in the order in which chance is asked, the shares adding up to one. wanted: shares of single flows, from the profile.

    Flows that declare a share have it; the others divide what is left as often as they happen on a close day.
    """
    fixed = {flow.id: share for flow in flows if (share := wanted.get(flow.id, flow.load.share if flow.load else None)) is not None}
    rest = [flow for flow in flows if flow.id not in fixed]
    left = max(0.0, 1 - sum(fixed.values()))
    weights = {flow.id: flow.load.weight if flow.load else 1.0 for flow in rest}
    total = sum(weights.values())
    found = [*fixed.items(), *((flow, left * weight / total) for flow, weight in weights.items())]
    scale = sum(share for _, share in found)
    return [(flow, share / scale) for flow, share in found] if scale else [(flow, 1 / len(found)) for flow, _ in found]


def schedule(
    shape: Shape, volume: Volume, *, shares: Sequence[tuple[str, float]], entities: Sequence[str], rnd: random.Random
) -> list[Arrival]:
    """The series of one load. shares: each flow with its part of the documents."""
    arrivals = []
    for at_s in moments(shape, volume.documents, volume.duration_s, rnd):
        flow = _one_of(shares, rnd)
        arrivals.append(Arrival(at_s, flow, rnd.choice(list(entities))))
    return arrivals


def _one_of(shares: Sequence[tuple[str, float]], rnd: random.Random) -> str:
    """The first, with its share; else one of the others."""
    (first, share), others = shares[0], shares[1:]
    if not others or rnd.random() < share:
        return first
    left = sum(part for _, part in others)
    return rnd.choice([flow for flow, _ in others]) if len(others) == 1 or not left else _one_of([(f, p / left) for f, p in others], rnd)


def steps_at(at_s: float, approvers: int, rnd: random.Random) -> tuple[float, ...]:
    """When each step of a document is due: create, submit, one approval for each approver."""
    due = [at_s, at_s + rnd.uniform(*SUBMIT_AFTER_S)]
    for _ in range(approvers):
        due.append(due[-1] + rnd.uniform(*DECIDE_AFTER_S))
    return tuple(due)


def most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    """The largest number of spans (from, to) that are open at one moment."""
    changes = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    return max(accumulate(change for _, change in changes), default=0)
