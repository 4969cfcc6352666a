"""Faults at calls that carry no transaction (a list, a token): the next such call meets one, on behalf of all who wait for it."""

from dataclasses import dataclass

from contracts.catalog import Fault, Mode
from mocks.kit.books import Books
from mocks.kit.plans import Armed
from mocks.kit.recorder import Recorder

FIRST = 1


@dataclass(frozen=True, slots=True)
class SharedFault:
    """One fault at one call point. on_behalf: who is credited with it, as far as they are still open when it comes."""

    call_point: str
    fault: Fault
    mode: Mode
    on_behalf: tuple[str, ...]

    @property
    def step(self) -> Armed:
        """As a step that a request can meet. It belongs to nobody."""
        return Armed("", self.call_point, FIRST, self.fault, self.mode, "")


class SharedFaults:
    """Those in place, one after another at each call point, and how many calls there met none."""

    def __init__(self, recorder: Recorder, books: Books) -> None:
        self._recorder = recorder
        self._books = books
        self._waiting: dict[str, list[SharedFault]] = {}
        self._served: dict[str, int] = {}

    def arm(self, one: SharedFault) -> None:
        """Put it behind those that wait at its call point."""
        self._waiting.setdefault(one.call_point, []).append(one)

    def next(self, call_point: str) -> SharedFault | None:
        """What the next call there meets. It stays in place until it has fired."""
        waiting = self._waiting.get(call_point)
        return waiting[0] if waiting else None

    def served(self, call_point: str) -> None:
        """A call there was answered without a fault."""
        self._served[call_point] = self._served.get(call_point, 0) + 1

    def times_served(self, call_point: str) -> int:
        """How many calls there were answered without a fault."""
        return self._served.get(call_point, 0)

    def fired(self, one: SharedFault, node: str, op_id: int, attempt: int) -> None:
        """It reached the connector: it is over, and those who waited for this call have experienced it."""
        self.withdraw(one)
        open_now = set(self._books.unsettled())
        self._recorder.write(
            "fault_fired",
            node,
            op_id=op_id,
            call_point=one.call_point,
            attempt=attempt,
            fault_id=one.fault.id,
            mode=one.mode.id,
            experienced_by=" ".join(txn_id for txn_id in one.on_behalf if txn_id in open_now),
        )

    def withdraw(self, one: SharedFault) -> bool:
        """Take it away; answers whether it was still in place."""
        waiting = self._waiting.get(one.call_point, [])
        if one not in waiting:
            return False
        waiting.remove(one)
        return True

    def heal(self) -> None:
        """Take all of them away."""
        self._waiting.clear()
