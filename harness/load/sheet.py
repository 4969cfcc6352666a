"""What the senders measured: read while it grows, one row for each click."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Click:
    """One step of one document. Seconds from the start of the load; ms counts from the scheduled time."""

    txn_id: str
    op: str
    step: int
    last: bool
    due_s: float
    sent_s: float
    done_s: float
    lag_ms: float
    ms: float
    status: int
    error: str


@dataclass(slots=True)
class Sheet:
    """The file of measurements. begun: monotonic seconds of this machine at the start, as the senders counted it."""

    path: Path
    clicks: list[Click] = field(default_factory=list)
    begun: float | None = None
    processes: int = 0
    ended: bool = False
    _offset: int = 0

    def read(self) -> None:
        """Take in what was written since the last time. A torn last line waits for its end."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        end = data.rfind(b"\n") + 1
        self._offset += end
        for line in data[:end].splitlines():
            self._take(json.loads(line))

    def _take(self, row: dict[str, Any]) -> None:
        if "begun" in row:
            self.begun, self.processes = row["begun"], row["processes"]
        elif "end" in row:
            self.ended = True
        else:
            self.clicks.append(
                Click(
                    txn_id=row["txn"],
                    op=row["op"],
                    step=row["step"],
                    last=row["last"],
                    due_s=row["due"],
                    sent_s=row["sent"],
                    done_s=row["done"],
                    lag_ms=row["lag_ms"],
                    ms=row["ms"],
                    status=row["status"],
                    error=row["error"],
                )
            )

    @property
    def arrived(self) -> int:
        """Documents that somebody began."""
        return sum(1 for click in self.clicks if click.step == 0)
