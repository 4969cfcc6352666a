"""Transactions once more, alone: which copies there are of each, and what a copy has of the first one."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from harness.plan.model import Experiment


@dataclass(frozen=True, slots=True)
class Copy:
    """One more transaction with the document of `origin`; without_fault: and with nothing in its way."""

    origin: Experiment
    without_fault: bool = False

    def made_of(self, experiment: Experiment, *, shares_a_call: bool) -> Experiment:
        """The same document, amount included; but where several wait for one call together, an amount has to tell them apart."""
        origin = self.origin
        amount_of = None if shares_a_call else origin.twin_of or origin.amount_of or origin.txn_id
        of, typed_as, turn = origin.txn_id, origin.typed_from, origin.turn
        copy = replace(experiment, of=of, typed_as=typed_as, amount_of=amount_of, turn=turn)
        if self.without_fault:
            return replace(copy, steps=(), without_fault=True)
        return replace(copy, window=origin.window, arrives=origin.arrives)


def copies(experiments: Iterable[Experiment], free: Collection[str], how_many: Callable[[Experiment], int]) -> list[Copy]:
    """First once without a fault those in `free`: what a fault leaves behind in a connector is no part of their documents. Then all of
    them with their faults."""
    known = list(experiments)
    return [*(Copy(e, without_fault=True) for e in known if e.txn_id in free), *(Copy(e) for e in known for _ in range(how_many(e)))]
