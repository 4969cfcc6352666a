"""Standard Webhooks 1.0 out: signed, retried on the scenario's schedule, to allow-listed hosts only."""

import asyncio
import base64
import contextlib
import hmac
import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from mocks.kit.clock import WorldClock
from mocks.kit.commits import Origin
from mocks.kit.recorder import Recorder
from mocks.kit.settings import Settings
from mocks.kit.tracing import WorldSpans
from mocks.kit.traffic import Traffic

LOG = logging.getLogger("dryclose.world")
TOLERANCE_S = 300
RETRY_AFTER_S_MAX = 10.0  # a receiver may slow us down, not stop us
GONE = 410
THROTTLES = frozenset({429, 502, 503, 504})


class CallbackForbidden(Exception):  # noqa: N818 (named after what the user did)
    """The callback host is not on the allow-list."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One event as it is sent: the same id and body at every attempt."""

    event_id: str
    type: str
    call_point: str
    node: str
    txn_id: str | None
    flow: str | None
    body: bytes
    headers: Mapping[str, str]
    signature: str = "genuine"  # forged, unsigned: none of ours
    written: str = "usual"  # two_signatures: of the secret that goes and of ours; other_case: the names of the headers
    age_s: int = 0  # how old the timestamp pretends to be


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where events go."""

    url: str
    headers: Mapping[str, str]
    ack_timeout_ms: int


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the receiver said: status None when it said nothing."""

    status: int | None
    retry_after_s: float = 0.0


def sign(secret: bytes, event_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` value of Standard Webhooks."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, sha256)).decode()


class Sender:
    """Delivers notices. The subscriber may be away; then attempts fail as they would against a closed port."""

    def __init__(self, *, clock: WorldClock, recorder: Recorder, traffic: Traffic, settings: Settings, secret: bytes) -> None:
        self._clock = clock
        self._recorder = recorder
        self._traffic = traffic
        self._settings = settings
        self._secret = secret
        self._wrong_secret = sha256(secret).digest()
        self._session: aiohttp.ClientSession | None = None
        self._subscription: Subscription | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._attempts: dict[str, int] = {}
        self.ever_subscribed = False
        self.disabled = False
        self.acked = 0
        self.spans: WorldSpans | None = None

    def subscribe(self, subscription: Subscription) -> None:
        """Send every event here from now on. Raises CallbackForbidden when the host is not allowed."""
        host = urlsplit(subscription.url).hostname
        if host not in self._settings.callback_hosts:
            allowed = ", ".join(self._settings.callback_hosts)
            raise CallbackForbidden(
                f"webhooks may not go to host {host!r} ({subscription.url}); allowed: {allowed}. Add it to the callback hosts"
            )
        self._subscription = subscription
        self.ever_subscribed = True
        self.disabled = False

    def unsubscribe(self) -> None:
        """The receiver is away: deliveries fail until it subscribes again."""
        self._subscription = None

    @property
    def pending(self) -> int:
        """Deliveries under way or waiting for their next attempt."""
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Carry out a delivery on the loop."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            LOG.error("a webhook delivery broke", exc_info=task.exception())

    async def close(self) -> None:
        """Stop every delivery and let go of the connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def deliver(self, notice: Notice) -> int | None:
        """Try until a 2xx or the end of the schedule; answers the last status."""
        status: int | None = None
        throttle_s = 0.0
        for delay_ms in self._settings.webhook_schedule_ms:
            await asyncio.sleep(max(delay_ms / 1000, throttle_s))
            answer = await self.attempt(notice)
            status = answer.status
            if status is not None and 200 <= status < 300:
                return status
            if status == GONE:
                self.disabled = True
            if self.disabled:
                return status
            throttle_s = min(answer.retry_after_s, RETRY_AFTER_S_MAX) if status in THROTTLES else 0.0
        return status

    async def attempt(self, notice: Notice) -> Acknowledgement:
        """One delivery attempt, recorded with its answer."""
        target = self._subscription
        if target is None:
            return Acknowledgement(None)
        number = self._attempts[notice.event_id] = self._attempts.get(notice.event_id, 0) + 1
        op_id, sut_gen = self._traffic.op_id(), self._recorder.sut_gen  # who was asked, also when it is started again before it answers
        timestamp = int(self._clock.wall_s()) - notice.age_s
        self._recorder.write(
            "event_sent",
            notice.node,
            op_id=op_id,
            call_point=notice.call_point,
            attempt=number,
            event_id=notice.event_id,
            txn_id=notice.txn_id,
            flow=notice.flow,
            sig_ok=notice.signature == "genuine",
            fresh=abs(notice.age_s) < TOLERANCE_S,
            corr_id=notice.headers.get("x-correlation-id"),
            sut_gen=sut_gen,
        )
        self._traffic.saw_event(notice.call_point, notice.flow)
        answer, reason = await self._post(target, notice, timestamp, self._traced(notice, op_id, number))
        if answer.status is not None and 200 <= answer.status < 300:
            self.acked += 1
        self._recorder.write(
            "event_ack",
            notice.node,
            op_id=op_id,
            call_point=notice.call_point,
            attempt=number,
            event_id=notice.event_id,
            txn_id=notice.txn_id,
            flow=notice.flow,
            status=answer.status,
            reason=reason,
            sut_gen=sut_gen,
        )
        return answer

    def _traced(self, notice: Notice, op_id: int, number: int) -> Mapping[str, str]:
        if self.spans is None:
            return {}
        traceparent, correlation = notice.headers.get("traceparent"), notice.headers.get("x-correlation-id", "")
        origin = Origin(notice.node, notice.call_point, notice.txn_id, op_id, correlation, traceparent)
        return self.spans.sending(op_id, origin, number, notice.event_id)

    async def _post(
        self, target: Subscription, notice: Notice, timestamp: int, traced: Mapping[str, str]
    ) -> tuple[Acknowledgement, str | None]:
        headers = {**notice.headers, **traced, **target.headers, **self._signed(notice, timestamp), "content-type": "application/json"}
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), trust_env=False)
        timeout = aiohttp.ClientTimeout(total=target.ack_timeout_ms / 1000)
        try:
            async with self._session.post(target.url, data=notice.body, headers=headers, timeout=timeout, allow_redirects=False) as answer:
                return Acknowledgement(answer.status, _seconds(answer.headers.get("retry-after"))), None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Acknowledgement(None), type(error).__name__

    def _signed(self, notice: Notice, timestamp: int) -> dict[str, str]:
        headers = {"webhook-id": notice.event_id, "webhook-timestamp": str(timestamp)}
        if notice.signature != "unsigned":
            secret = self._wrong_secret if notice.signature == "forged" else self._secret
            headers["webhook-signature"] = sign(secret, notice.event_id, timestamp, notice.body)
        if notice.written == "two_signatures":  # while a secret is rotated every event carries both; the receiver knows one of them
            gone = sign(self._wrong_secret, notice.event_id, timestamp, notice.body)
            headers["webhook-signature"] = f"{gone} {headers['webhook-signature']}"
        return {name.title(): value for name, value in headers.items()} if notice.written == "other_case" else headers


def _seconds(header: str | None) -> float:
    with contextlib.suppress(TypeError, ValueError):
        return max(0.0, float(header or 0))
    return 0.0


def encode_event(envelope: Mapping[str, Any]) -> bytes:
    """The body of a notice: a CloudEvents JSON envelope.

    Senders write the same value in other bytes: with blanks, with other members first, with escapes that nobody needs. Which of them
    is decided by the event's id, so every attempt of one event has the same body.
    """
    return WRITERS[sha256(str(envelope.get("id")).encode()).digest()[0] % len(WRITERS)](envelope)


def _spaced(envelope: Mapping[str, Any]) -> bytes:
    return json.dumps(envelope, ensure_ascii=False).encode()


def _reordered(envelope: Mapping[str, Any]) -> bytes:
    data = envelope.get("data")
    turned = {name: value for name, value in reversed(list(envelope.items())) if name != "data"}
    return msgspec.json.encode({"data": dict(reversed(list(data.items()))) if isinstance(data, Mapping) else data, **turned})


def _escaped(envelope: Mapping[str, Any]) -> bytes:
    """Solidus and a letter of the first member's value as escapes, which mean the same (RFC 8259, section 7)."""
    text = json.dumps(envelope, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").replace('"application', '"\\u0061pplication').encode()


WRITERS: tuple[Callable[[Mapping[str, Any]], bytes], ...] = (msgspec.json.encode, _spaced, _reordered, _escaped)
