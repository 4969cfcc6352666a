"""What the fault-free transactions came to, judged before any fault is played."""

import asyncio
from collections.abc import Collection, Sequence

from harness.judge import Verdict, judge
from harness.judge.invariants import Invariant, load_invariants
from harness.plan.model import Wave
from harness.stage.session import Session

GIVEN_UP = "L06"


async def baseline_wrong(session: Session, waves: Sequence[Wave]) -> str | None:
    """Which rules these settled transactions broke, in words; None when they broke none."""
    session.save_plan()
    session.world.recorder.flush()
    verdict = await asyncio.to_thread(judge, session.directory.path)
    owing = {flow.id for flow in session.catalog.flows.values() if any(due.cardinality != "none" for due in flow.due)}
    return in_words(verdict, load_invariants(), {experiment.txn_id for wave in waves for experiment in wave.experiments}, owing)


def in_words(verdict: Verdict, invariants: Sequence[Invariant], txn_ids: Collection[str], owing: Collection[str]) -> str | None:
    """The rules that are broken already; those that are judged only at rest have no say while the run goes on, but for one that needs no
    rest: without a fault there is no reason to park anything, or to refuse what a flow owes a document for (owing)."""
    rules = {rule.id: rule for rule in invariants if rule.kind == "fail" and (rule.at == "history" or rule.id == GIVEN_UP)}
    broken = {(str(v["invariant"]), str(v["txn_id"])) for v in verdict.violations if v["invariant"] in rules and v["txn_id"] in txn_ids}
    for e in verdict.by_experiment:
        if e["txn_id"] in txn_ids and (e["outcome"] == "parked" or (e["outcome"] == "refused" and e["flow"] in owing)):
            broken.add((GIVEN_UP, str(e["txn_id"])))
    if not broken:
        return None
    names = "; ".join(f"{name} ({rules[name].title})" for name in sorted({name for name, _ in broken}))
    wrong = len({txn_id for _, txn_id in broken})
    return f"{wrong} of {len(txn_ids)} fault-free transactions ended wrong, against {names}"
