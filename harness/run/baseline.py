"""What the fault-free transactions came to, judged before any fault is played."""

import asyncio
from collections.abc import Collection, Sequence
from time import monotonic

from harness.judge import Look, look
from harness.judge.invariants import Invariant, load_invariants
from harness.plan.model import Wave
from harness.stage.parking import declared_parked
from harness.stage.patience import BASE_S, poll_s
from harness.stage.session import Session

GIVEN_UP = "L06"
LOOK_S = 0.2  # between two questions to whoever may still take up what it has set aside
NAMED = 5  # transactions that a sentence names


async def baseline_wrong(session: Session, waves: Sequence[Wave]) -> str | None:
    """Which rules these settled transactions broke, in words; None when they broke none."""
    txn_ids = {experiment.txn_id for wave in waves for experiment in wave.experiments}
    parked = await _left_parked(session, txn_ids)
    session.save_plan()
    session.world.recorder.flush()
    rules = [rule for rule in load_invariants() if _has_a_say(rule)]
    found = await asyncio.to_thread(look, session.directory.path, rules, session.catalog)
    owing = {flow.id for flow in session.catalog.flows.values() if any(due.cardinality != "none" for due in flow.due)}
    return in_words(found, rules, txn_ids, owing, parked)


def _has_a_say(rule: Invariant) -> bool:
    """Those that are judged only at rest have none while the run goes on, but for one that needs no rest: without a fault there is no
    reason to give up."""
    return rule.kind == "fail" and (rule.at == "history" or rule.id == GIVEN_UP)


async def _left_parked(session: Session, txn_ids: Collection[str]) -> Collection[str]:
    """What is set aside and stays so: the history does not say it before the end of the run, so the connector is asked. One that takes
    things up again by itself is given the time to."""
    deadline = monotonic() + BASE_S + poll_s(session)
    while True:
        parked = {txn_id for txn_id in await declared_parked(session) if txn_id in txn_ids and session.world.settled(txn_id) is None}
        if not parked or monotonic() > deadline:
            return parked
        await asyncio.sleep(LOOK_S)


def in_words(
    found: Look, invariants: Sequence[Invariant], txn_ids: Collection[str], owing: Collection[str], parked: Collection[str] = ()
) -> str | None:
    """The rules that are broken already, and what was parked (parked) or refused although a flow owes a document for it (owing)."""
    rules = {rule.id: rule for rule in invariants if _has_a_say(rule)}
    broken = {(str(v["invariant"]), str(v["txn_id"])) for v in found.violations if v["invariant"] in rules and v["txn_id"] in txn_ids}
    broken |= {(GIVEN_UP, txn_id) for txn_id in parked if txn_id in txn_ids}
    for e in found.by_experiment:
        if e["txn_id"] in txn_ids and (e["outcome"] == "parked" or (e["outcome"] == "refused" and e["flow"] in owing)):
            broken.add((GIVEN_UP, str(e["txn_id"])))
    if not broken:
        return None
    names = "; ".join(f"{name} ({rules[name].title})" for name in sorted({name for name, _ in broken}))
    wrong = sorted({txn_id for _, txn_id in broken})
    return f"{len(wrong)} of {len(txn_ids)} fault-free transactions ended wrong, against {names}: {some(wrong)}"


def never_ended(session: Session, waves: Sequence[Wave]) -> str:
    """How many of these were neither settled nor set aside, and which, in words."""
    experiments = [experiment for wave in waves for experiment in wave.experiments if experiment.txn_id in session.register.experiments]
    still = [experiment.txn_id for experiment in session.open_among(experiments)]
    return f"{len(still)} of {len(experiments)} fault-free transactions that were begun came to no end: {some(sorted(still))}"


def some(txn_ids: Sequence[str]) -> str:
    """The first few by name, the others as a number."""
    more = f" and {len(txn_ids) - NAMED} more" if len(txn_ids) > NAMED else ""
    return ", ".join(txn_ids[:NAMED]) + more
