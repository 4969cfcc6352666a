"""The single sequencer of the history: one totally ordered log, as NDJSON while the run lasts."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from mocks.kit.clock import BusinessClock, WorldClock

FLUSH_S = 0.05  # a crash of the whole process loses at most this much
BUFFER_BYTES_MAX = 1 << 18
TAIL_ROWS_MAX = 20_000


Observer = Callable[[str, str, int, Mapping[str, Any]], None]


def _nobody(error: OSError) -> None:
    """A recorder of which nobody wants to know that it lost its file must not go on without it."""
    raise error


class Recorder:
    """Numbers and writes rows. Columns that are None are left out; what each kind carries is in contracts/history.yaml."""

    def __init__(self, run_id: str, clock: WorldClock, business: BusinessClock, path: Path | None = None) -> None:
        """`path` None keeps every row in memory only (tests); otherwise the newest 20,000 stay for the history tail."""
        self.phase = "start"
        self.sut_gen: int | None = None
        self.observers: list[Observer] = []  # told of every row: kind, node, monotonic time, columns
        self.on_lost: Callable[[OSError], None] = _nobody  # told once, when the file takes no more rows
        self._encoder = msgspec.json.Encoder()
        self._run_id = self._quoted(run_id)
        self._phase_text = self._quoted(self.phase)
        self._clock = clock
        self._business = business
        self._path = path
        self._seq = 0
        self._lines: deque[bytes] = deque(maxlen=TAIL_ROWS_MAX if path else None)
        self._buffer = bytearray()
        self._file: BinaryIO | None = path.open("ab", buffering=0) if path else None
        self._timer: asyncio.TimerHandle | None = None

    def _quoted(self, text: str) -> str:
        return self._encoder.encode(text).decode()

    @property
    def seq(self) -> int:
        """Number of the newest row; rows are numbered from 1."""
        return self._seq

    def write(self, kind: str, node: str, **columns: Any) -> int:
        """Append one row; answers its number."""
        return self.append(kind, node, {name: value for name, value in columns.items() if value is not None})

    def append(self, kind: str, node: str, columns: dict[str, Any]) -> int:
        """Append one row whose columns are all set; answers its number."""
        self._seq = seq = self._seq + 1
        mono_ns = self._clock.mono_ns()
        head = (
            f'{{"run_id":{self._run_id},"seq":{seq},"t_mono_ns":{mono_ns},"t_wall":{self._clock.wall_at(mono_ns):.6f},'
            f'"t_biz":"{self._business.stamp(mono_ns)}","phase":{self._phase_text},"kind":"{kind}","node":"{node}"'
        )
        rest = self._encoder.encode(columns)
        line = head.encode() + (b"," + rest[1:] if columns else b"}")
        self._lines.append(line)
        if self._file is not None:
            self._append(line)
        for observe in self.observers:
            observe(kind, node, mono_ns, columns)
        return seq

    def _append(self, line: bytes) -> None:
        self._buffer += line
        self._buffer += b"\n"
        if len(self._buffer) > BUFFER_BYTES_MAX:
            self.flush()
        elif self._timer is None:
            self._schedule()

    def _schedule(self) -> None:
        try:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self.flush)
        except RuntimeError:  # no loop (a tool or a test without one): write at once
            self.flush()

    def flush(self) -> None:
        """Hand everything to the operating system: it survives a crash of this process from here on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._file is not None and self._buffer:
            rows = bytes(self._buffer)
            self._buffer.clear()
            self._write(self._file, rows)

    def _write(self, file: BinaryIO, rows: bytes) -> None:
        """On a disk that is full, whole rows stay and the file ends there: what is on it is a history so far as it goes."""
        began = file.tell()
        view = memoryview(rows)
        try:
            while view:
                view = view[file.write(view) :]
        except OSError as error:
            whole = rows.rfind(b"\n", 0, len(rows) - len(view)) + 1
            with contextlib.suppress(OSError):
                file.truncate(began + whole)
            file.close()
            self._file = None
            self.on_lost(error)

    def set_phase(self, name: str) -> None:
        """A phase begins: its row is the first that carries its name."""
        self.phase = name
        self._phase_text = self._quoted(name)
        self.write("phase", "harness")
        self.flush()

    def tail(self, after: int, limit: int) -> list[bytes]:
        """Up to `limit` encoded rows with numbers above `after`, oldest first."""
        first = self._seq - len(self._lines) + 1
        if after + 1 < first and self._path is not None:
            return self._tail_of_file(after, limit)
        start = max(0, after + 1 - first)
        return [self._lines[index] for index in range(start, min(start + limit, len(self._lines)))]

    def _tail_of_file(self, after: int, limit: int) -> list[bytes]:
        self.flush()
        assert self._path is not None
        found: list[bytes] = []
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if number > after:
                    found.append(line.rstrip(b"\n"))
                    if len(found) >= limit:
                        break
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The rows still in memory, decoded."""
        return [msgspec.json.decode(line) for line in self._lines]

    def close(self) -> None:
        """Flush and let go of the file. A row after this is kept in memory only."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None
