"""A question that a system puts to the connector while a person waits: sent once, with a budget, and both sides written down.

It is signed as an event is (Standard Webhooks), so that nobody else can ask what a company has in its budgets.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from mocks.kit.mechanics import Mechanics
from mocks.kit.webhooks import CallbackForbidden, sign

ANSWER_BYTES_MAX = 65_536
PATIENCE = 2.0  # the wait ends after so many budgets: how late a late answer comes is worth knowing
WORD_MAX = 100
BEAT_S = 0.05  # patience is counted in beats; a beat on a loop that stood still is no more than
BEAT_MOST_S = 2 * BEAT_S  # this: a person's watch does not run while the world itself stands still


class _Answer(msgspec.Struct):
    """What a connector answers. as_of: the business time (ISO 8601) whose truth it tells; absent: that of now."""

    answer: str
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What came of a question: the answer's word and the time that it speaks of; nothing, where none came that could be read. in_time: the
    person was still waiting."""

    word: str | None
    as_of: str | None = None
    in_time: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by which system, about which document or record, in whose transaction. more: what is told beside it; budget_ms: how
    long the person waits."""

    call_point: str
    node: str
    about: str
    subject: str
    txn_id: str
    budget_ms: int
    more: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> bytes:
        """As it goes on the wire."""
        return msgspec.json.encode(
            {"question": self.call_point, "about": self.about, "id": self.subject, "budgetMs": self.budget_ms, **self.more}
        )


_Said = tuple[int | None, _Answer | None, str | None]  # status, answer, why there is none


class Asker:
    """Puts questions to the one address that answers them."""

    def __init__(self, mechanics: Mechanics, *, secret: bytes) -> None:
        """secret: that of the webhooks."""
        self._recorder, self._traffic, self._books = mechanics.recorder, mechanics.traffic, mechanics.books
        self._settings, self._clock, self._secret = mechanics.settings, mechanics.clock, secret
        self._url: str | None = None
        self._headers: Mapping[str, str] = {}

    def at(self, url: str | None, headers: Mapping[str, str]) -> None:
        """Ask here from now on; None: nobody answers. Raises CallbackForbidden when the host is not allowed."""
        host = urlsplit(url).hostname if url is not None else None
        if url is not None and host not in self._settings.callback_hosts:
            allowed = ", ".join(self._settings.callback_hosts)
            raise CallbackForbidden(f"questions may not go to host {host!r} ({url}); allowed: {allowed}. Add it to the callback hosts")
        self._url, self._headers = url, dict(headers)

    async def ask(self, question: Question, correlation: str) -> Reaction:
        """Ask, and wait a while longer than the person does. correlation: of the transaction."""
        op_id = self._traffic.op_id()
        attempt = self._traffic.arrival(question.txn_id, question.call_point)
        flow = self._books.flow_of(question.txn_id)
        common = {"op_id": op_id, "call_point": question.call_point, "txn_id": question.txn_id, "flow": flow}
        self._books.asked(question.txn_id)
        self._recorder.write("query_sent", question.node, attempt=attempt, entity_type=question.about, entity_id=question.subject, **common)
        self._traffic.saw_event(question.call_point, flow)
        began_ns = self._clock.mono_ns()
        (status, answer, reason), waited_s = await self._patiently(self._post(question, op_id, correlation), question.budget_ms / 1000)
        word = answer.answer[:WORD_MAX] if answer else None
        as_of = answer.as_of if answer else None
        stall_ms = round((self._clock.mono_ns() - began_ns) / 1e6 - waited_s * 1e3) or None
        self._recorder.write(
            "query_answer", question.node, status=status, state=word, as_of=as_of, reason=reason, stall_ms=stall_ms, **common
        )
        if word is not None:
            self._books.answered(question.txn_id)
        return Reaction(word, as_of, waited_s <= question.budget_ms / 1000)

    async def _patiently(self, asking: Coroutine[Any, Any, _Said], budget_s: float) -> tuple[_Said, float]:
        """What was said, and how many seconds were waited for it."""
        call, waited_s = asyncio.ensure_future(asking), 0.0
        try:
            while waited_s < PATIENCE * budget_s:
                before_ns = self._clock.mono_ns()
                done, _ = await asyncio.wait({call}, timeout=BEAT_S)
                waited_s += min((self._clock.mono_ns() - before_ns) / 1e9, BEAT_MOST_S)
                if done:
                    return call.result(), waited_s
        finally:
            call.cancel()
        return (None, None, "TimeoutError"), waited_s

    async def _post(self, question: Question, op_id: int, correlation: str) -> _Said:
        if self._url is None:
            return None, None, "nobody answers questions"
        body = question.body()
        headers = {**self._headers, **self._signed(f"ask-{self._settings.namespace}-{op_id}", body), "content-type": "application/json"}
        headers["x-correlation-id"] = correlation
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), trust_env=False) as http,
                http.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                raw = await answer.content.read(ANSWER_BYTES_MAX)
                return answer.status, *_decoded(answer.status, raw)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return None, None, type(error).__name__

    def _signed(self, event_id: str, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock.wall_s())
        signature = sign(self._secret, event_id, timestamp, body)
        return {"webhook-id": event_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def _decoded(status: int, raw: bytes) -> tuple[_Answer | None, str | None]:
    if status != 200:
        return None, f"status {status}"
    try:
        return msgspec.json.decode(raw, type=_Answer), None
    except msgspec.MsgspecError as error:
        return None, f"no answer: {error}"[:200]
