"""Reading the history while it grows: who called what, which faults fired. Only what the planner needs to go on."""

from pathlib import Path

import msgspec

from harness.plan.model import Sighting

ARRIVALS = ("request", "event_sent", "query_sent")  # something came to a call point, or was sent from it


class _Row(msgspec.Struct, frozen=True):
    kind: str
    txn_id: str | None = None
    flow: str | None = None
    call_point: str | None = None
    fault_id: str | None = None


class HistoryTail:
    """Takes in whole lines as they appear; each is read once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._decoder = msgspec.json.Decoder(_Row)
        self._sightings: dict[Sighting, None] = {}
        self.fired: set[tuple[str, str]] = set()  # (transaction, fault id)

    def sightings(self) -> tuple[Sighting, ...]:
        """Every call point that a transaction reached so far, in order of first arrival."""
        return tuple(self._sightings)

    def read(self) -> None:
        """Take in what was written since the last time. A torn last line waits for its end."""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        end = data.rfind(b"\n") + 1
        self._offset += end
        for line in data[:end].splitlines():
            self._take(self._decoder.decode(line))

    def _take(self, row: _Row) -> None:
        if row.txn_id is None or row.call_point is None:
            return
        if row.kind in ARRIVALS and row.flow is not None:
            self._sightings[Sighting(row.flow, row.call_point, row.txn_id)] = None
        elif row.kind == "fault_fired" and row.fault_id is not None:
            self.fired.add((row.txn_id, row.fault_id))
