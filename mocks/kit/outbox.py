"""Turns facts into deliveries, and does to a delivery what the transaction's plan says."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from contracts.catalog import EventType, Mode
from mocks.kit.books import Books
from mocks.kit.clock import BusinessClock
from mocks.kit.commits import Origin
from mocks.kit.drift import drifted
from mocks.kit.operation import OutEvent
from mocks.kit.plans import Armed, Plans
from mocks.kit.recorder import Recorder
from mocks.kit.settings import Settings
from mocks.kit.streams import Streams
from mocks.kit.webhooks import Notice, Sender, encode_event

AFTER_BAD_COPY_S = 0.3  # the genuine event follows a forged one so much later
STALE_S = 900


@dataclass(frozen=True, slots=True)
class Fact:
    """One event before it has an id: what, about what, whose."""

    event: OutEvent
    type: EventType
    origin: Origin


@dataclass(frozen=True, slots=True)
class _Overtaken:
    """An event that waits until a newer one of its type was delivered (`by`)."""

    type: str
    by: asyncio.Event


class Outbox:
    """Events of all systems, with the faults of family webhook."""

    def __init__(
        self,
        *,
        events: Mapping[str, EventType],
        drifting: Callable[[str, Mode], tuple[str, ...] | None],
        sender: Sender,
        plans: Plans,
        books: Books,
        recorder: Recorder,
        business: BusinessClock,
        streams: Streams,
        settings: Settings,
    ) -> None:
        self._events = events
        self._drifting = drifting
        self._sender = sender
        self._plans = plans
        self._books = books
        self._recorder = recorder
        self._business = business
        self._streams = streams
        self._settings = settings
        self._numbers: dict[tuple[str, str], int] = {}
        self._awaited: dict[str, asyncio.Event] = {}
        self._older: dict[str | None, _Overtaken] = {}
        self.acked_then_kill: list[str] = []

    def emit(self, event: OutEvent, origin: Origin) -> None:
        """Send an event, as the plan of its transaction says."""
        if not self._sender.ever_subscribed or self._sender.disabled:
            return
        fact = Fact(event, self._events[event.type], origin)
        number = self._number(fact)
        armed = self._plans.take(origin.txn_id, fact.type.call_point, number)
        notice = self._notice(fact, number)
        overtaken = self._older.get(origin.txn_id)
        if armed is not None and armed.mode.deliver == "older_after_newer":
            # Now, not in the task: the newer event may be emitted before the task runs.
            first = self._older[origin.txn_id] = _Overtaken(event.type, asyncio.Event())
            self._sender.start(self._after_newer(notice, first, armed))
        elif armed is not None:
            self._sender.start(self._carry(fact, notice, armed))
        elif overtaken is None:
            self._sender.start(self._sender.deliver(notice))
        elif overtaken.type == event.type:
            self._sender.start(self._newer(notice, self._older.pop(origin.txn_id)))
        else:  # what happened between the two approvals is old news as well
            self._sender.start(self._after_newer(notice, overtaken, None))

    def _number(self, fact: Fact) -> int:
        key = (fact.origin.txn_id or fact.event.subject, fact.event.type)
        number = self._numbers[key] = self._numbers.get(key, 0) + 1
        return number

    def _notice(self, fact: Fact, number: int, copy: str = "") -> Notice:
        origin = fact.origin
        event_id = "msg_" + self._streams.text(24, "event", origin.txn_id or fact.event.subject, fact.event.type, number, copy)
        envelope = {
            "specversion": "1.0",
            "id": event_id,
            "type": fact.event.type,
            "source": fact.type.source,
            "subject": fact.event.subject,
            "time": self._business.peek().isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "correlationid": origin.correlation_id,
            "data": fact.event.data,
        }
        headers = {"x-correlation-id": origin.correlation_id}
        if origin.traceparent:
            headers["traceparent"] = origin.traceparent
        flow = self._books.flow_of(origin.txn_id)
        return Notice(event_id, fact.event.type, fact.type.call_point, origin.node, origin.txn_id, flow, encode_event(envelope), headers)

    async def _carry(self, fact: Fact, notice: Notice, armed: Armed) -> None:
        deliver = armed.mode.deliver
        if deliver == "never":
            self._fired(armed, notice)
            self._dropped(notice, armed)
        elif deliver == "late":
            self._fired(armed, notice)
            await asyncio.sleep(self._settings.event_delay_ms / 1000)
            await self._sender.deliver(notice)
        elif deliver == "twice_at_once":
            self._fired(armed, notice)
            await asyncio.gather(self._sender.deliver(notice), self._sender.deliver(notice))
        elif deliver in {"two_signatures", "other_case"}:
            self._fired(armed, notice)
            await self._sender.deliver(replace(notice, written=deliver))
        elif deliver in {"forged", "unsigned", "stale"}:
            await self._bad_first(fact, notice, armed)
        elif deliver == "before_response":
            await self._before_response(notice, armed)
        elif armed.mode.drift is not None:
            await self._in_another_shape(notice, armed, armed.mode.drift)
        else:
            await self._more_after(fact, notice, armed)

    async def _in_another_shape(self, notice: Notice, armed: Armed, drift: str) -> None:
        """F-E1 to F-E6: the event as a later release writes it, signed as ever; every delivery of it is the same."""
        paths = self._drifting(armed.call_point, armed.mode)
        body = drifted(notice.body, drift, paths) if paths is not None else None
        if body is not None:
            self._fired(armed, notice)
        await self._sender.deliver(notice if body is None else replace(notice, body=body))

    async def _more_after(self, fact: Fact, notice: Notice, armed: Armed) -> None:
        """The genuine event, then what the fault adds once it was acknowledged."""
        status = await self._sender.deliver(notice)
        if status is None or not 200 <= status < 300:
            return  # never acknowledged: there is nothing to repeat, and the fault did not fire
        self._fired(armed, notice)
        deliver = armed.mode.deliver
        if deliver == "then_kill":
            if armed.txn_id:
                self.acked_then_kill.append(armed.txn_id)
        elif deliver == "again_later":
            await asyncio.sleep(self._settings.event_delay_ms / 1000)
            await self._sender.deliver(notice)
        elif deliver == "second_id":
            await self._sender.deliver(self._notice(fact, armed.attempt, "second"))

    async def _after_newer(self, notice: Notice, overtaken: "_Overtaken", armed: Armed | None) -> None:
        """Keep this event back until a newer approval was delivered; when none comes, it goes out and nothing was reordered."""
        try:
            async with asyncio.timeout(self._settings.event_delay_ms / 1000):
                await overtaken.by.wait()
            if armed is not None:
                self._fired(armed, notice)
        except TimeoutError:
            self._older.pop(notice.txn_id, None)
        await self._sender.deliver(notice)

    async def _newer(self, notice: Notice, overtaken: "_Overtaken") -> None:
        try:
            await self._sender.deliver(notice)
        finally:
            overtaken.by.set()

    async def _bad_first(self, fact: Fact, notice: Notice, armed: Armed) -> None:
        bad = self._bad(fact, armed.mode.deliver or "", armed.attempt, armed.mode.age_s or STALE_S)
        self._fired(armed, bad)
        await self._sender.attempt(bad)
        await asyncio.sleep(AFTER_BAD_COPY_S)
        await self._sender.deliver(notice)

    def _bad(self, fact: Fact, deliver: str, number: int, age_s: int) -> Notice:
        """A copy that no receiver may trust, under an id of its own so that it hides no genuine event from a deduplicating one."""
        copy = self._notice(fact, number, deliver)
        return replace(copy, age_s=age_s) if deliver == "stale" else replace(copy, signature=deliver)

    async def _before_response(self, notice: Notice, armed: Armed) -> None:
        waiting = self._awaited.get(armed.txn_id)
        if waiting is not None:
            self._fired(armed, notice)
        await self._sender.deliver(notice)
        if waiting is not None:
            waiting.set()

    async def overtaken(self, txn_id: str, timeout_s: float) -> None:
        """The answer of a create waits here until its callback was delivered (F-D6), at most so long."""
        waiting = self._awaited[txn_id] = asyncio.Event()
        try:
            async with asyncio.timeout(timeout_s):
                await waiting.wait()
        except TimeoutError:
            pass
        finally:
            self._awaited.pop(txn_id, None)

    async def send_event(self, event: OutEvent, origin: Origin, *, deliver: str, armed: Armed | None) -> int | None:
        """Send one event on behalf of the harness. Answers the status of the acknowledgement, None when there was none.

        deliver: genuine (retried on the schedule), forged, unsigned or stale (one attempt).
        """
        fact = Fact(event, self._events[event.type], origin)
        number = self._number(fact) if deliver == "genuine" else 0
        if deliver == "genuine":
            notice = self._notice(fact, number, "harness")
        else:
            notice = self._bad(fact, deliver, number, armed.mode.age_s or STALE_S if armed else STALE_S)
        if armed is not None:
            self._plans.remove(armed.txn_id, armed.call_point, armed.fault.id, armed.attempt)
            self._fired(armed, notice)
        if deliver == "genuine":
            return await self._sender.deliver(notice)
        return (await self._sender.attempt(notice)).status

    def _fired(self, armed: Armed, notice: Notice) -> None:
        self._recorder.write(
            "fault_fired",
            notice.node,
            call_point=armed.call_point,
            attempt=armed.attempt,
            txn_id=armed.txn_id,
            flow=notice.flow,
            fault_id=armed.fault.id,
            mode=armed.mode.id,
            plan_id=armed.plan_id,
            event_id=notice.event_id,
        )

    def _dropped(self, notice: Notice, armed: Armed) -> None:
        self._recorder.write(
            "event_dropped",
            notice.node,
            call_point=notice.call_point,
            event_id=notice.event_id,
            txn_id=notice.txn_id,
            flow=notice.flow,
            fault_id=armed.fault.id,
            mode=armed.mode.id,
            plan_id=armed.plan_id,
        )
