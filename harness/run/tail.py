"""Reading the history while it grows: who called what, which faults fired. Only what the planner needs to go on."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from harness.errors import NoRoom
from harness.plan.model import Sighting

ARRIVALS = ("request", "event_sent", "query_sent")  # something came to a call point, or was sent from it


class _Row(msgspec.Struct, frozen=True):
    kind: str
    txn_id: str | None = None
    flow: str | None = None
    call_point: str | None = None
    fault_id: str | None = None
    mode: str | None = None
    client_view: str | None = None


class HistoryTail:
    """Takes in whole lines as they appear; each is read once."""

    def __init__(self, path: Path, views: Mapping[tuple[str, str], str] = MappingProxyType({})) -> None:
        """views: what a client can conclude from an answer in which a mode really happened, by (fault, mode); those that are not in it are
        proven by their mark."""
        self._path, self._views = path, views
        self._offset = 0
        self._decoder = msgspec.json.Decoder(_Row)
        self._sightings: Counter[tuple[str, str, str]] = Counter()  # flow, call point, transaction
        self._marked: set[tuple[str, str]] = set()  # (transaction, fault id)
        self._spoilt: set[tuple[str, str]] = set()  # an answer that looks otherwise: late on a loaded machine, given up by the client
        self._shown: set[tuple[str, str]] = set()

    @property
    def fired(self) -> set[tuple[str, str]]:
        """(transaction, fault id) of what really happened: marked, and not only in answers that look otherwise."""
        return self._marked - (self._spoilt - self._shown)

    @property
    def reached(self) -> set[tuple[str, str]]:
        """(transaction, fault id) of every call that met its fault, also where the answer came out otherwise."""
        return set(self._marked)

    def sightings(self) -> tuple[Sighting, ...]:
        """Every call point that a transaction reached so far, in order of first arrival."""
        return tuple(Sighting(*seen, times) for seen, times in self._sightings.items())

    def read(self) -> None:
        """Take in what was written since the last time. A torn last line waits for its end. Raises NoRoom when it is not ours."""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        end = data.rfind(b"\n") + 1
        self._offset += end
        try:
            for line in data[:end].splitlines():
                self._take(self._decoder.decode(line))
        except msgspec.MsgspecError as error:
            raise NoRoom(f"{self._path}: somebody else wrote in it while the run was on ({error}). Keep the connector out of it") from None

    def _take(self, row: _Row) -> None:
        if row.txn_id is None or row.call_point is None:
            return
        if row.kind in ARRIVALS and row.flow is not None:
            self._sightings[row.flow, row.call_point, row.txn_id] += 1
        elif row.kind == "fault_fired" and row.fault_id is not None:
            self._marked.add((row.txn_id, row.fault_id))
        elif row.kind == "response_end" and row.fault_id is not None and (row.fault_id, row.mode) in self._views:
            is_shown = self._views[row.fault_id, row.mode or ""] == row.client_view
            (self._shown if is_shown else self._spoilt).add((row.txn_id, row.fault_id))
