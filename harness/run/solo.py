"""Violations once more, alone: one transaction at a time with the same plan and no neighbours, so that nobody else can be blamed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from time import monotonic
from typing import Any

from contracts.catalog import Fault
from harness.plan.model import Experiment, Wave
from harness.run.cast import Cast
from harness.run.kills import play_kill
from harness.run.shared import is_shared, play_shared
from harness.run.waves import arrive, drain
from harness.run.windows import play_window
from harness.stage.patience import ALONE_S, patience_s
from harness.stage.progress import Phase

BUDGET_S = 45.0  # a connector that fails everywhere is not re-run for minutes; what is left out says so
FREE_S = 15.0  # the same for documents without their faults, which come first
SLOW_S = 5.0  # for a fault that meets every attempt: the connector has to have come there before it is taken away


def to_repeat(causes: Iterable[Mapping[str, Any]], known: Mapping[str, Experiment], most: int) -> list[Experiment]:
    """The example of each cause, at most `most`, the worst first; but no document that was handed in before a midnight and approved after
    it: that midnight is over, and only a replay plays it again."""
    examples = [str(cause["example"]) for cause in causes if cause.get("example") in known]
    return [known[txn_id] for txn_id in dict.fromkeys(examples) if not known[txn_id].eve][:most]


def may_be_the_document(causes: Iterable[Mapping[str, Any]], examples: Iterable[Experiment], faults: Mapping[str, Fault]) -> set[str]:
    """Those of the examples that are worth a look without a fault: what goes wrong is put down to a fault of this transaction alone. What
    a window or a kill does is done to many documents at once, and who was kept waiting by another one tells of that one."""
    blamed = {str(cause["example"]): cause for cause in causes if not cause.get("blocked_by")}
    alone = {fault.id for fault in faults.values() if fault.scope == "transaction"}
    return {
        e.txn_id
        for e in examples
        if e.txn_id in blamed
        and blamed[e.txn_id]["fault_id"] in alone
        and e.window is None
        and e.steps
        and all(step.fault_id in alone for step in e.steps)
    }


async def play_solo(cast: Cast, wave: Wave) -> Sequence[Experiment]:
    """Every experiment of the wave, one after another; first those without a fault, for a time of their own. Those that there was no time
    for are returned."""
    cast.session.world.set_phase(wave.name)
    experiments = wave.experiments
    behind = 1 + max((number for number, e in enumerate(experiments) if e.without_fault), default=-1)
    without, faulted = replace(wave, experiments=experiments[:behind]), replace(wave, experiments=experiments[behind:])
    with cast.session.progress.phase(wave.name) as phase:
        left_out = await _play(cast, without, phase, FREE_S, "documents were not tried without their faults")
        left_out += await _play(cast, faulted, phase, BUDGET_S, "violations were not re-run")
    return left_out


async def _play(cast: Cast, wave: Wave, phase: Phase, budget_s: float, what_is_left_out: str) -> list[Experiment]:
    deadline, left = monotonic() + budget_s, list(wave.experiments)
    for experiment, *others in _at_a_time(cast, wave):
        if monotonic() > deadline:
            cast.session.note(f"solo: {len(left)} {what_is_left_out} within {budget_s:.0f} s")
            break
        del left[: 1 + len(others)]
        phase.show(f"{len(wave.experiments) - len(left)} of {len(wave.experiments)}: {experiment.plan_text()}")
        await play_alone(cast, wave, experiment, *others)
    return left


def _at_a_time(cast: Cast, wave: Wave) -> list[tuple[Experiment, ...]]:
    """Each by itself, but together the copies of one that waits for a call at which something goes wrong for all."""

    def key(e: Experiment) -> str | None:
        return e.of if is_shared(cast.session, replace(wave, window=e.window)) else e.txn_id

    return [tuple(group) for _, group in groupby(wave.experiments, key)]


async def play_alone(cast: Cast, wave: Wave, experiment: Experiment, *others: Experiment) -> None:
    """One experiment in the way that its plan needs: with a kill, inside a window, or by itself. others: who wait for the same call."""
    session = cast.session
    alone = replace(wave, experiments=(experiment, *others), window=experiment.window)
    if any(session.catalog.faults[step.fault_id].scope == "kill" for step in experiment.steps):
        await play_kill(cast, alone)
    elif is_shared(session, alone):
        await play_shared(cast, [alone], wave.name)
    elif experiment.window is not None:
        await play_window(cast, alone)
    else:
        await arrive(cast, alone.experiments)
        await drain(session, alone.experiments, still_s=patience_s(session, alone.experiments, ALONE_S), slow_s=SLOW_S)
