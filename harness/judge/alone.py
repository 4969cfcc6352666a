"""What repeats of single transactions showed: what happened again with the same faults, and what happened without any."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from harness.judge.checks import Checked


@dataclass(frozen=True, slots=True)
class Repeats:
    """again: (reproduced, of) by rule and transaction, of the repeats with the same faults. free: by transaction, the repeat of its
    document without any. without: whether that broke the rule as well, by rule and transaction, as far as it can be said."""

    again: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    free: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[tuple[str, str], bool] = field(default_factory=dict)

    def any_without(self, rules: Iterable[str], txn_id: str) -> bool | None:
        """Whether one of these rules was broken without a fault too; None: nobody can say so of any."""
        found = [self.without[rule, txn_id] for rule in rules if (rule, txn_id) in self.without]
        return any(found) if found else None


def repeats(
    checks: Collection[Checked], solo_of: Mapping[str, str], free: Collection[str], *, met: Collection[str], well: Collection[str]
) -> Repeats:
    """What the rules said, repeats included, put side by side.

    solo_of: the original by repeat; free: the repeats without a fault; met: those of them that a fault of others reached, so that what they
    broke may be its work; well: transactions of which the judge is sure that nothing is wrong.
    """
    faulted = {solo: original for solo, original in solo_of.items() if solo not in free}
    control = {original: solo for solo, original in solo_of.items() if solo in free}
    broke = {solo: {one.invariant.id for one in checks for row in one.failing if row["txn_id"] == solo} for solo in control.values()}
    without: dict[tuple[str, str], bool] = {}
    for one in checks:
        for original in {str(row["txn_id"]) for row in one.failing} & set(control):
            solo = control[original]
            if one.invariant.id in broke[solo] and solo not in met:
                without[one.invariant.id, original] = True
            elif not broke[solo] and solo in well:
                without[one.invariant.id, original] = False
    return Repeats(_reproduced(checks, faulted), control, without)


def without_repeats(one: Checked, solo_of: Mapping[str, str]) -> Checked:
    """A solo run that violates what its original violated is a reproduction, not another violation."""
    violating = {row["txn_id"] for row in one.rows}
    known = {solo for solo, original in solo_of.items() if original in violating}
    kept, often = (tuple(row for row in some if row["txn_id"] not in known) for some in (one.rows, one.systematic))
    return replace(one, rows=kept, systematic=often)


def _reproduced(checks: Iterable[Checked], solo_of: Mapping[str, str]) -> dict[tuple[str, str], tuple[int, int]]:
    """(reproduced, of) by (invariant, original transaction), for originals that were repeated alone."""
    copies: dict[str, set[str]] = {}
    for solo, original in solo_of.items():
        copies.setdefault(original, set()).add(solo)
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for one in checks:
        violating = {row["txn_id"] for row in one.failing}
        for original in violating & set(copies):
            found[one.invariant.id, str(original)] = (len(copies[str(original)] & violating), len(copies[str(original)]))
    return found
