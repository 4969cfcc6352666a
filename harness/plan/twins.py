"""True twins: two documents that are alike in everything that is typed, amount and day included. Both are wanted; whoever knows a
document by its content loses one, or takes one for the other after a lost answer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from harness.plan.model import Experiment

ONE_IN = 4  # of the controls of a wave repeats what was typed before it; a baseline has one pair for each flow and entity


def twin(experiment: Experiment, origin: Experiment) -> Experiment:
    """The experiment with the other one's document."""
    return replace(experiment, twin_of=origin.txn_id, minted=origin.minted, eve=origin.eve, turn=origin.turn)


def paired(experiments: Iterable[Experiment], chance: Random) -> list[Experiment]:
    """Some controls become twins of the one before them in the same flow and entity, whether that one meets a fault or not. Objects that
    were minted for one transaction identify it, so what names some has no twin here."""
    latest: dict[str, Experiment] = {}
    found = []
    for experiment in experiments:
        origin = latest.get(experiment.template)
        may_be = experiment.role == "control" and experiment.minted is None and experiment.parent is None
        if origin is not None and may_be and chance.randrange(ONE_IN) == 0:
            found.append(twin(experiment, latest.pop(experiment.template)))
            continue
        found.append(experiment)
        latest.pop(experiment.template, None)
        if experiment.minted is None and experiment.parent is None:
            latest[experiment.template] = experiment
    return found


def one_of_each(experiments: Sequence[Experiment]) -> list[Experiment]:
    """The first transaction of each flow and entity that nothing grows out of, and that grows out of nothing."""
    parents = {experiment.parent for experiment in experiments}
    found: dict[str, Experiment] = {}
    for experiment in experiments:
        if experiment.parent is None and experiment.txn_id not in parents:
            found.setdefault(experiment.template, experiment)
    return list(found.values())
