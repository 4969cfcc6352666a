"""Faults of the run: windows that every open transaction meets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contracts.catalog import Fault, Mode
from mocks.kit.books import Books
from mocks.kit.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Window:
    """One fault in force at one system."""

    fault: Fault
    mode: Mode
    system: str
    secret_no: int | None = None  # which of the client's secrets is good in it, where it is about that

    @property
    def answers(self) -> bool:
        """Whether every request is answered with the mode's status; F-H2 answers nothing, F-B10 shows by the token itself,
        F-B11 and F-B12 by the client."""
        return self.fault.family == "outage" and self.mode.send == "status"


class Windows:
    """Windows in force. Each is credited to the transactions that are open at its beginning or join before its end, and whose flow needs
    the system: an outage of one that it never calls happens to others. needs: the systems by flow."""

    def __init__(self, recorder: Recorder, books: Books, needs: Mapping[str, Collection[str]]) -> None:
        self._recorder = recorder
        self._books = books
        self._needs = needs
        self._open: dict[tuple[str, str], Window] = {}

    def begin(self, window: Window) -> None:
        """A window begins; beginning it twice is beginning it once."""
        key = (window.fault.id, window.system)
        if key not in self._open:
            self._open[key] = window
            meeting = [txn_id for txn_id in self._books.unsettled() if self._meets(txn_id, window.system)]
            self._fired(window, meeting)

    def end(self, fault_id: str, system: str) -> bool:
        """The window ends; answers whether it was in force."""
        window = self._open.pop((fault_id, system), None)
        if window is not None:
            self._recorder.write("fault_healed", system, call_point=system, fault_id=fault_id, mode=window.mode.id)
            self._recorder.flush()
        return window is not None

    def fired(self, fault_id: str, mode_id: str, call_point: str, txn_ids: list[str], secret_no: int | None = None) -> None:
        """A fault of the run reached the connector while these transactions were open."""
        what = {"call_point": call_point, "fault_id": fault_id, "mode": mode_id, "secret_no": secret_no}
        self._recorder.write("fault_fired", "harness", experienced_by=" ".join(txn_ids), **what)
        self._recorder.flush()

    def joined(self, txn_id: str) -> None:
        """A transaction joins while windows are in force: it experiences them too."""
        for window in self._open.values():
            if self._meets(txn_id, window.system):
                self._fired(window, [txn_id])

    def _fired(self, window: Window, txn_ids: list[str]) -> None:
        self.fired(window.fault.id, window.mode.id, window.system, txn_ids, window.secret_no)

    def _meets(self, txn_id: str, system: str) -> bool:
        needed = self._needs.get(self._books.flow_of(txn_id) or "")
        return needed is None or system in needed

    def answering(self, system: str) -> Window | None:
        """The window that makes this system answer with an error status now."""
        if not self._open:
            return None
        return next((window for window in self._open.values() if window.system == system and window.answers), None)

    def listed(self) -> list[Window]:
        """Windows in force."""
        return list(self._open.values())
