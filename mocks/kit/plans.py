"""Fault plans in place: which fault meets which arrival of which transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.catalog import Fault, Mode

EVERY_ATTEMPT = 0


@dataclass(frozen=True, slots=True)
class Armed:
    """One step of a plan: at this attempt (0: every one) of this transaction at this call point, this fault."""

    txn_id: str
    call_point: str
    attempt: int
    fault: Fault
    mode: Mode
    plan_id: str

    @property
    def standing(self) -> bool:
        """Whether it meets every attempt until the run heals."""
        return self.attempt == EVERY_ATTEMPT or self.fault.repeat == "always"


class Plans:
    """Steps by (transaction, call point). A step that is not standing fires once."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, str], list[Armed]] = {}

    def arm(self, step: Armed) -> None:
        """Put a step in place."""
        self._steps.setdefault((step.txn_id, step.call_point), []).append(step)

    def take(self, txn_id: str | None, call_point: str, attempt: int) -> Armed | None:
        """The step that this arrival meets, if any; a step that fires once is used up."""
        if txn_id is None:
            return None
        steps = self._steps.get((txn_id, call_point))
        if not steps:
            return None
        for step in steps:
            if step.attempt == attempt and not step.standing:
                steps.remove(step)
                return step
        return next((step for step in steps if step.standing and step.attempt <= attempt), None)

    def waiting(self, txn_id: str | None, call_points: Iterable[str], deliver: str) -> bool:
        """Whether a step for one of these call points still waits that delivers an event in this way."""
        points = [self._steps.get((txn_id, point), ()) for point in call_points] if txn_id else []
        return any(step.mode.deliver == deliver for steps in points for step in steps)

    def find(self, txn_id: str, call_point: str, fault_id: str, attempt: int) -> Armed | None:
        """The step in place that is described so."""
        steps = self._steps.get((txn_id, call_point), ())
        return next((step for step in steps if (step.fault.id, step.attempt) == (fault_id, attempt)), None)

    def remove(self, txn_id: str, call_point: str, fault_id: str, attempt: int) -> None:
        """Somebody else carries out this step (an event that the harness sends itself)."""
        steps = self._steps.get((txn_id, call_point), [])
        steps[:] = [step for step in steps if (step.fault.id, step.attempt) != (fault_id, attempt)]

    def heal(self) -> list[Armed]:
        """Take away every standing step; answers them."""
        healed = [step for steps in self._steps.values() for step in steps if step.standing]
        for steps in self._steps.values():
            steps[:] = [step for step in steps if not step.standing]
        return healed

    def listed(self) -> list[Armed]:
        """Every step still in place."""
        return [step for steps in self._steps.values() for step in steps]
