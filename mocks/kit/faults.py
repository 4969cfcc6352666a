"""Interprets the fault vocabulary: `commit` says what happens to the books, `send` what goes on the wire."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mocks.kit.drift import drifted
from mocks.kit.exchange import Endpoint, Exchange, record_action
from mocks.kit.idempotency import Scope as KeyScope
from mocks.kit.mechanics import Mechanics
from mocks.kit.operation import Refusal
from mocks.kit.outcome import Outcome
from mocks.kit.paging import paged
from mocks.kit.plans import Armed
from mocks.kit.shared import SharedFault
from mocks.kit.veil import draw
from mocks.kit.wire import Headers, Wire

HTML = b"<!doctype html><html><head><title>Sign in</title></head><body><p>Please accept the terms of use.</p></body></html>"
HTML_TYPE = (b"content-type", b"text/html; charset=utf-8")
SHORT = frozenset({"short", "expired"})  # what needs a second page gets one
DETAILS = {
    "INVALID_CURSOR": "the cursor has expired",
    "RATE_LIMITED": "too many requests",
    "UNAVAILABLE": "the system cannot serve this request now",
    "INTERNAL_ERROR": "the system failed",
    "BAD_GATEWAY": "the gateway could not reach the system",
    "GATEWAY_TIMEOUT": "the gateway gave up waiting",
    "VERSION_CONFLICT": "the object has a newer version than the one decided upon",
    "VALIDATION_FAILED": "a value in the body is not acceptable",
    "DUPLICATE_REFERENCE": "a document with this reference exists",
    "POSTING_FAILED": "the posting run stopped at this document",
}


@dataclass(slots=True)
class Meeting:
    """One request that meets one fault. shared: the fault, where the request belongs to no transaction."""

    endpoint: Endpoint
    exchange: Exchange
    armed: Armed
    wire: Wire
    shared: SharedFault | None = None

    @property
    def mechanics(self) -> Mechanics:
        """The collaborators."""
        return self.endpoint.mechanics

    # --- the books

    def decide(self) -> Outcome:
        """What the books do, and the answer that the system would give. Recorded as the decision."""
        mode = self.armed.mode
        if mode.touch:
            self._touch()
        if mode.follow_up == "refused":
            code = mode.code or "INTERNAL_ERROR"
            self.exchange.follow_up = Refusal(code, DETAILS[code])
        if mode.commit == "once":
            outcome = self.endpoint.perform(self.exchange)
        elif mode.commit == "silent":
            outcome = self._silent()
        else:
            outcome = self._planned(truth="not_reached")
        self.endpoint.record_decision(self.exchange, outcome)
        return outcome

    def _planned(self, truth: str) -> Outcome:
        """The error that the fault answers with; for faults without one, the placeholder of an answer that is never sent."""
        mode = self.armed.mode
        code = mode.code or "INTERNAL_ERROR"
        return self.endpoint.problem(
            self.exchange,
            code,
            DETAILS.get(code, "the request was not served"),
            truth=truth,
            retry_after_s=mode.retry_after_s if mode.retry_after else None,
            as_date=mode.retry_after == "http_date",
            status=mode.status,
        )

    def _silent(self) -> Outcome:
        """The operation is carried out, and the client is told that it exists already (F-B17)."""
        outcome = self.endpoint.perform(self.exchange)
        if outcome.reply is None or outcome.truth == "replayed":
            return outcome  # refused by a rule or served before: nothing to keep silent about
        told = self.endpoint.problem(
            self.exchange,
            "DUPLICATE_REFERENCE",
            DETAILS["DUPLICATE_REFERENCE"],
            truth="committed",
            extra=outcome.reply.created,
        )
        told = replace(told, effect_ids=outcome.effect_ids, commit_seq=outcome.commit_seq, reply=outcome.reply)
        scope = self.endpoint.key_scope(self.exchange)
        if scope is not None:
            self.mechanics.idempotency.finish(scope, told)
        return told

    def _touch(self) -> None:
        """A person edits the same object first, so that the client's version is old."""
        endpoint = self.endpoint
        touch = endpoint.operation.touch
        if touch is None:
            return
        origin = replace(self.exchange.origin, op_id=None, sut_gen=None)
        try:
            reply = touch(self.exchange.call)
        except Refusal:
            return  # the object does not exist or cannot be edited: the conflict is told all the same
        if reply.effects:  # what is not in the books yet is edited without a trace in them
            record_action(self.mechanics, endpoint.node, f"{endpoint.operation.call_point}.touch", reply, origin, actor="somebody")
        self.mechanics.commits.apply(reply, self.exchange.call, origin)

    # --- the wire

    async def send(self, outcome: Outcome) -> None:
        """Put on the wire what the fault says."""
        self.fired()
        senders = {
            "status": self._send_status,
            "response": self._send_response,
            "nothing": self._send_nothing,
            "reset": self._send_reset,
            "hold": self._send_hold,
            "drip": self._send_drip,
            "truncated": self._send_truncated,
            "malformed": self._send_malformed,
            "html": self._send_html,
        }
        await senders[self.armed.mode.send or "response"](outcome)
        if self.armed.mode.then and self.mechanics.then is not None:
            self.mechanics.then(self.armed.mode.then, self.armed.txn_id)

    async def _send_status(self, outcome: Outcome) -> None:
        """A complete error answer. After a commit the error is not what the books say, so it is built here."""
        told = outcome
        if self.armed.mode.commit == "once":
            told = self._planned(truth=outcome.truth)
        await self._whole(told, told.body, self.endpoint.headers_for(self.exchange, told))

    async def _send_response(self, outcome: Outcome) -> None:
        if outcome.executed:
            await self.endpoint.let_overtake(self.exchange)
        await self._whole(outcome, outcome.body, self.endpoint.headers_for(self.exchange, outcome))

    async def _send_html(self, _outcome: Outcome) -> None:
        headers = [HTML_TYPE, (b"content-length", str(len(HTML)).encode())]
        if await self.wire.answer(200, headers, HTML):
            self._partial()
        self._end("info", status=200)

    async def _send_malformed(self, outcome: Outcome) -> None:
        broken = outcome.body[: max(1, len(outcome.body) * 2 // 3)]
        headers = [(name, value) for name, value in self._headers(outcome) if name != b"content-length"]
        if await self.wire.answer(outcome.status, [*headers, (b"content-length", str(len(broken)).encode())], broken):
            self._partial()
        self._end("info", status=outcome.status)

    async def _send_truncated(self, outcome: Outcome) -> None:
        self.wire.truncated(outcome.status, self._headers(outcome), outcome.body)
        self._partial()
        self._end("info", status=outcome.status)

    async def _send_drip(self, outcome: Outcome) -> None:
        total_s = self.mechanics.settings.client_timeout_ms * (self.armed.mode.total_share_of_timeout or 1.0) / 1000
        complete = await self.wire.drip(outcome.status, self._headers(outcome), outcome.body, total_s)
        if not complete:
            self._partial()
            self._connection("client_left")
        self._end(self._view(outcome) if complete else "info", status=outcome.status, code=outcome.code, etag_out=outcome.etag)

    async def _send_nothing(self, _outcome: Outcome) -> None:
        self.wire.drop()
        self._connection("closed_without_answer")
        self._end("info")

    async def _send_reset(self, _outcome: Outcome) -> None:
        self.wire.reset()
        self._connection("reset")
        self._end("info")

    async def _send_hold(self, _outcome: Outcome) -> None:
        await self.hold_open()
        self._end("info")

    async def hold_open(self) -> None:
        """Say nothing until the client leaves; one that never does is left after a while."""
        left = await self.wire.wait_left(self.mechanics.settings.hold_s)
        if not left:
            self.wire.drop()
        self._connection("client_left" if left else "closed_without_answer")

    async def send_drifted(self, outcome: Outcome) -> None:
        """The answer in another shape. One that has nothing to change goes out as it is, and the step waits for the next one."""
        armed, mode = self.armed, self.armed.mode
        paths = self.mechanics.catalog.drifting(armed.call_point, mode)
        body = drifted(outcome.body, mode.drift or "", paths) if paths is not None and outcome.code is None else None
        if body is None:
            if not armed.standing and self.shared is None:
                self.mechanics.plans.arm(replace(armed, attempt=armed.attempt + 1))
            await self._answer_without_fault(outcome)
            return
        self.fired()
        changed = replace(outcome, body=body)
        await self._whole(changed, body, self._headers(changed), view=armed.fault.view)

    async def send_refused_later(self, outcome: Outcome) -> None:
        """The normal answer, when the request left something to refuse. A repeat or a refused request does not: the step waits."""
        reply = outcome.reply
        if outcome.truth == "committed" and reply is not None and reply.deferred:
            await self.send(outcome)
            return
        self.mechanics.plans.arm(replace(self.armed, attempt=self.armed.attempt + 1))
        await self._answer_without_fault(outcome)

    async def send_paged(self) -> None:
        """A page of a list as it may be and seldom is. One on which nothing can be shown goes out as it is, and the fault waits."""
        exchange, mode = self.exchange, self.armed.mode
        if mode.page == "expired" and exchange.call.after is not None:
            self.mechanics.cursors.expire(exchange.call.query["cursor"])
            await self.send(self.decide())
            return
        if mode.page in SHORT:
            exchange.call = replace(exchange.call, limit=1)
        outcome = self.endpoint.perform(exchange)
        self.endpoint.record_decision(exchange, outcome)
        body = paged(outcome.body, mode.page or "") if outcome.code is None else None
        if body is None or mode.page == "expired":
            await self._answer_without_fault(outcome)
            return
        self.fired()
        changed = replace(outcome, body=body)
        await self._whole(changed, body, self._headers(changed), view=mode.view)

    async def _answer_without_fault(self, outcome: Outcome) -> None:
        sent = await self.wire.answer(outcome.status, self._headers(outcome), outcome.body)
        answered = {"status": outcome.status, "code": outcome.code, "retry_after_ms": outcome.retry_after_ms, "etag_out": outcome.etag}
        view = self._view(outcome) if sent else "info"
        if not sent:
            self.endpoint.record_left(self.exchange)
        self.endpoint.record_end(self.exchange, client_view=view, bytes_out=self.wire.bytes_out, **answered)

    async def _whole(self, outcome: Outcome, body: bytes, headers: Headers, *, view: str | None = None) -> None:
        sent = await self.wire.answer(outcome.status, headers, body)
        view = (view or self._view(outcome)) if sent else "info"
        self._end(view, status=outcome.status, code=outcome.code, retry_after_ms=outcome.retry_after_ms, etag_out=outcome.etag)

    # --- rows

    def fired(self) -> None:
        """The fault reaches the connector now."""
        armed = self.armed
        draw(self.mechanics, armed, self.exchange.flow)
        if self.shared is not None:
            self.mechanics.shared.fired(self.shared, self.endpoint.node, self.exchange.op_id, self.exchange.attempt)
            return
        self.mechanics.recorder.write(
            "fault_fired",
            self.endpoint.node,
            op_id=self.exchange.op_id,
            call_point=armed.call_point,
            attempt=self.exchange.attempt,
            txn_id=armed.txn_id,
            flow=self.exchange.flow,
            fault_id=armed.fault.id,
            mode=armed.mode.id,
            plan_id=armed.plan_id,
        )

    def _headers(self, outcome: Outcome) -> Headers:
        return self.endpoint.headers_for(self.exchange, outcome)

    def _view(self, outcome: Outcome) -> str:
        return self.mechanics.problems.view(outcome.status, outcome.code)

    def _end(self, view: str, **columns: object) -> None:
        armed = self.armed
        self.endpoint.record_end(
            self.exchange,
            client_view=view,
            bytes_out=self.wire.bytes_out,
            fault_id=armed.fault.id,
            mode=armed.mode.id,
            plan_id=armed.plan_id or None,
            **columns,
        )

    def _partial(self) -> None:
        self._row("bytes_out", bytes_out=self.wire.bytes_out)

    def _connection(self, reason: str) -> None:
        self._row("conn_event", reason=reason)

    def _row(self, kind: str, **columns: object) -> None:
        self.mechanics.recorder.write(
            kind,
            self.endpoint.node,
            op_id=self.exchange.op_id,
            call_point=self.armed.call_point,
            attempt=self.exchange.attempt,
            txn_id=self.armed.txn_id or None,
            **columns,
        )

    def placeholder(self, truth: str) -> Outcome:
        """The decision about a request that gets no answer of its own."""
        return self._planned(truth)

    async def answer(self, outcome: Outcome) -> None:
        """A normal answer after all."""
        await self._whole(outcome, outcome.body, self._headers(outcome))

    def pusher(self, outcome: Outcome) -> Callable[[], None]:
        """What puts the answer on the wire at once, without waiting for the loop."""
        return lambda: self.wire.push(outcome.status, self._headers(outcome), outcome.body)

    def end_unanswered(self, reason: str | None = None) -> None:
        """The connection ended without an answer from here."""
        if reason is not None:
            self._connection(reason)
        self._end("info")

    def end_pushed(self, outcome: Outcome) -> None:
        """The answer went to the kernel, and then the client was killed: whether it read it, nobody knows."""
        self._partial()
        self._end("info", status=outcome.status, code=outcome.code, etag_out=outcome.etag)


async def meet(meeting: Meeting) -> None:
    """Carry out one fault on one request."""
    mode = meeting.armed.mode
    if mode.commit == "later":
        await _late_commit(meeting)
    elif mode.hold is not None:
        await _hold_for_kill(meeting)
    elif mode.page is not None:
        await meeting.send_paged()
    elif mode.drift is not None:
        await meeting.send_drifted(meeting.decide())
    elif mode.follow_up is not None:
        await meeting.send_refused_later(meeting.decide())
    else:
        await meeting.send(meeting.decide())


async def _late_commit(meeting: Meeting) -> None:
    """F-A6: the client times out, and the request is carried out all the same, a while after it left."""
    endpoint, exchange, mechanics = meeting.endpoint, meeting.exchange, meeting.mechanics
    scope = endpoint.key_scope(exchange)
    if scope is not None and mechanics.idempotency.begin(scope, exchange.body_hash or "").what != "fresh":
        outcome = endpoint.perform(exchange)  # the key is in progress, served before or reused: the fault cannot happen
        endpoint.record_decision(exchange, outcome)
        await meeting.answer(outcome)
        return
    deferred = meeting.placeholder("deferred")
    endpoint.record_decision(exchange, deferred)
    meeting.fired()
    await meeting.hold_open()
    meeting.end_unanswered()
    mechanics.scheduler.later(mechanics.settings.late_commit_ms / 1000, carry_out_late(meeting, scope))


def carry_out_late(meeting: Meeting, scope: KeyScope | None) -> Callable[[], None]:
    """The late half of a late commit. A reference that was used meanwhile makes it no effect."""

    def work() -> None:
        endpoint = meeting.endpoint
        again = endpoint.call_again(meeting.exchange)
        endpoint.record_decision(again, endpoint.execute_and_keep(again, scope))

    return work


async def _hold_for_kill(meeting: Meeting) -> None:
    """F-G1 to F-G3: the request waits at its call point until the connector is killed."""
    endpoint, exchange, mechanics = meeting.endpoint, meeting.exchange, meeting.mechanics
    after_commit = meeting.armed.mode.hold == "after_commit"
    outcome = endpoint.perform(exchange) if after_commit else None
    if outcome is not None:
        endpoint.record_decision(exchange, outcome)
    push = meeting.pusher(outcome) if outcome is not None else None
    end = await mechanics.holds.hold(
        meeting.armed, op_id=exchange.op_id, node=endpoint.node, wire=meeting.wire, limit_s=mechanics.settings.hold_s, push=push
    )
    await _after_hold(meeting, outcome, end)


async def _after_hold(meeting: Meeting, outcome: Outcome | None, end: str) -> None:
    endpoint, exchange = meeting.endpoint, meeting.exchange
    if end == "released" and not meeting.wire.left:
        if outcome is None:
            outcome = endpoint.perform(exchange)
            endpoint.record_decision(exchange, outcome)
        await meeting.answer(outcome)
        return
    if outcome is None:
        endpoint.record_decision(exchange, meeting.placeholder("not_reached"))
    if end == "answered" and outcome is not None:
        meeting.end_pushed(outcome)
    else:
        meeting.wire.close_if_open()
        meeting.end_unanswered("client_left")
