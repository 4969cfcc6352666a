"""Who of a wave with a fault of the run is there before the fault, and who arrives inside."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from harness.plan.model import Arrival, Experiment, Wave


def in_halves(wave: Wave, most: int) -> Wave:
    """Every second one is there before the fault begins, but at most so many: the fault has to meet them."""
    arrives: dict[str, Arrival] = {e.txn_id: "inside" for e in wave.others}
    arrives |= {e.txn_id: "before" for e in wave.others[::2][:most]}
    return replace(wave, experiments=tuple(replace(e, arrives=arrives.get(e.txn_id)) for e in wave.experiments))


def behind_others(wave: Wave, most: int) -> Wave:
    """Every second one has ended before the fault begins and does not meet it; at most so many, and of each flow somebody is left who does.
    They are no controls: what comes before the fault is no quiet time either."""
    left = Counter(e.flow for e in wave.others)
    early: set[str] = set()
    for experiment in wave.others[1::2]:
        if left[experiment.flow] > 1 and len(early) < most:
            left[experiment.flow] -= 1
            early.add(experiment.txn_id)
    others = {e.txn_id for e in wave.others}

    def placed(e: Experiment) -> Experiment:
        if e.txn_id in early:
            return replace(e, arrives="before", window=None)
        return replace(e, arrives="inside" if e.txn_id in others else None)

    return replace(wave, experiments=tuple(placed(e) for e in wave.experiments))


def mixed(first: Sequence[Experiment], second: Sequence[Experiment]) -> tuple[Experiment, ...]:
    """Each of the second behind two of the first."""
    found: list[Experiment] = []
    rest = iter(second)
    for number, experiment in enumerate(first):
        found.append(experiment)
        found += islice(rest, number % 2)
    return (*found, *rest)
