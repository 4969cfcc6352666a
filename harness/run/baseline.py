"""What the fault-free transactions came to, judged before any fault is played."""

import asyncio
from collections.abc import Collection, Sequence

from harness.judge import Verdict, judge
from harness.judge.invariants import Invariant, load_invariants
from harness.plan.model import Wave
from harness.stage.session import Session


async def baseline_wrong(session: Session, waves: Sequence[Wave]) -> str | None:
    """Which rules these settled transactions broke, in words; None when they broke none."""
    session.save_plan()
    session.world.recorder.flush()
    verdict = await asyncio.to_thread(judge, session.directory.path)
    return in_words(verdict, load_invariants(), {experiment.txn_id for wave in waves for experiment in wave.experiments})


def in_words(verdict: Verdict, invariants: Sequence[Invariant], txn_ids: Collection[str]) -> str | None:
    """The broken rules that hold at any moment; those that are judged only at rest have no say while the run goes on."""
    rules = {rule.id: rule for rule in invariants if rule.kind == "fail" and rule.at == "history"}
    broken = [v for v in verdict.violations if v["invariant"] in rules and v["txn_id"] in txn_ids]
    if not broken:
        return None
    names = "; ".join(f"{name} ({rules[name].title})" for name in sorted({str(v["invariant"]) for v in broken}))
    wrong = len({v["txn_id"] for v in broken})
    return f"{wrong} of {len(txn_ids)} fault-free transactions ended wrong, against {names}"
