"""The frozen frontier: requests held at their call points until the connector is killed."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from mocks.kit.clock import WorldClock
from mocks.kit.plans import Armed
from mocks.kit.recorder import Recorder
from mocks.kit.wire import Wire

End = Literal["released", "discarded", "answered", "left"]
ANSWER_THEN_KILL = "F-G3"


@dataclass(frozen=True, slots=True)
class Hold:
    """A request that waits for the kill."""

    txn_id: str
    call_point: str
    fault_id: str
    op_id: int
    since_ns: int


@dataclass(slots=True)
class _Waiting:
    hold: Hold
    armed: Armed
    node: str
    push: Callable[[], None] | None  # puts the answer on the wire at once, for F-G3
    done: asyncio.Future[End] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Holds:
    """Holds in force. Ends: the kill (discarded or answered), a release, or the client leaving by itself."""

    def __init__(self, recorder: Recorder, clock: WorldClock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._waiting: dict[int, _Waiting] = {}
        self._joined = asyncio.Event()

    @property
    def held(self) -> tuple[Hold, ...]:
        """Requests that wait now."""
        return tuple(waiting.hold for waiting in self._waiting.values())

    async def wait_for(self, count: int, timeout_s: float) -> None:
        """Wait until so many requests are held, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while len(self._waiting) < count:
                    self._joined.clear()
                    await self._joined.wait()

    async def hold(self, armed: Armed, *, op_id: int, node: str, wire: Wire, limit_s: float, push: Callable[[], None] | None) -> End:
        """Wait for the end of this hold, at most `limit_s` seconds (then it counts as the client leaving)."""
        hold = Hold(armed.txn_id, armed.call_point, armed.fault.id, op_id, self._clock.mono_ns())
        waiting = self._waiting[op_id] = _Waiting(hold, armed, node, push)
        self._joined.set()
        self._write("hold", waiting)
        leaving = asyncio.ensure_future(wire.wait_left(limit_s))
        try:
            await asyncio.wait((waiting.done, leaving), return_when=asyncio.FIRST_COMPLETED)
            end: End = waiting.done.result() if waiting.done.done() else "left"
            if end == "discarded":
                await leaving  # the client is about to be killed: say nothing until its socket is gone
        finally:
            leaving.cancel()
            self._waiting.pop(op_id, None)
        self._write("release", waiting, end)
        return end

    def _write(self, kind: str, waiting: _Waiting, reason: str | None = None) -> None:
        armed = waiting.armed
        self._recorder.write(
            kind,
            waiting.node,
            op_id=waiting.hold.op_id,
            call_point=armed.call_point,
            attempt=armed.attempt,
            txn_id=armed.txn_id,
            fault_id=armed.fault.id,
            mode=armed.mode.id,
            plan_id=armed.plan_id,
            reason=reason,
        )

    def kill_moment(self) -> None:
        """F-G3: the held answers go on the wire now. F-G1, F-G2: the requests will never be answered."""
        for waiting in list(self._waiting.values()):
            if waiting.done.done():
                continue
            if waiting.armed.fault.id == ANSWER_THEN_KILL and waiting.push is not None:
                waiting.push()
                waiting.done.set_result("answered")
            else:
                waiting.done.set_result("discarded")

    def clear(self) -> None:
        """No kill comes: what is still held goes on as if nothing had been planned."""
        for waiting in self._waiting.values():
            if not waiting.done.done():
                waiting.done.set_result("released")
