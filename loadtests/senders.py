"""An open model on gevent: documents arrive when the schedule says so, and each is played by the first sender that is free.

Latency counts from the scheduled time of a step. The lag of the generator is the part of it that the generator itself caused: from the
moment in which the step was due and its predecessor done, to the moment in which it was sent.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gevent
from gevent.queue import Empty, Queue

from loadtests.work import Access, Click, Paperwork

TAKE_S = 0.2
WAIT_S = 0.05
PASSES = frozenset({429, 503})
LOOK_S, LOOKS_MAX = 0.25, 240
Row = dict[str, Any]
Client = Any  # locust's FastHttpSession: post() with catch_response


@dataclass(slots=True)
class Tokens:
    """One bearer token for all people of a process, got again when it stops working."""

    access: Access
    value: str = ""

    def header(self, client: Client) -> str:
        """The value of the Authorization header."""
        if not self.value:
            self.renew(client)
        return f"Bearer {self.value}"

    def renew(self, client: Client) -> None:
        """Raises RuntimeError when no token comes."""
        form = {"grant_type": "client_credentials", "client_id": self.access.client_id, "client_secret": self.access.client_secret}
        with client.post(self.access.token_url, data=form, name="token", catch_response=True, allow_redirects=False) as answer:
            if answer.status_code != 200:
                answer.failure(f"status {answer.status_code}")
                raise RuntimeError(f"the token endpoint answered {answer.status_code}")
            self.value = answer.json()["access_token"]


@dataclass(slots=True)
class Play:
    """One process's part of the load."""

    access: Access
    documents: Sequence[Paperwork]
    fire: Callable[..., None]  # locust's events.request.fire
    begun: float = 0.0
    finished: int = 0
    rows: list[Row] = field(default_factory=list)
    queue: "Queue[Paperwork]" = field(default_factory=Queue)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.access)

    def now(self) -> float:
        """Seconds since this process began to play."""
        return time.perf_counter() - self.begun

    def arrivals(self) -> None:
        """Hand every document to the senders when it is due; returns when all of them were played."""
        self.begun = time.perf_counter()
        for document in self.documents:
            gevent.sleep(max(0.0, document.steps[0].due_s - self.now()))
            self.queue.put(document)
        while self.finished < len(self.documents):
            gevent.sleep(WAIT_S)

    def take_rows(self) -> list[Row]:
        """Measurements since the last time."""
        rows, self.rows = self.rows, []
        return rows

    def work(self, client: Client) -> None:
        """What a sender does all day: one document, from its first to its last step."""
        try:
            document = self.queue.get(timeout=TAKE_S)
        except Empty:
            return
        try:
            self._play(client, document)
        finally:
            self.finished += 1

    def _play(self, client: Client, document: Paperwork) -> None:
        ready, source_id = 0.0, ""
        known: dict[str, Any] = {}  # what the document and those who act before it have to name
        for number, step in enumerate(document.steps):
            gevent.sleep(max(0.0, step.due_s - self.now()))
            sent = self.now()
            answer = self._patiently(client, document, replace(step, body=step.filled(known), path=step.where(known)), source_id)
            done = self.now()
            lag = sent - max(step.due_s, ready)
            self._measured(document, number, step, (sent, done, lag), answer)
            if answer["error"]:
                return
            ready, source_id = done, answer["id"] or source_id
            known = known | answer["told"] if step.is_before else {}

    def _patiently(self, client: Client, document: Paperwork, step: Click, source_id: str) -> Row:
        """Whoever makes what a document grows out of waits for a system that is in maintenance: the document is due later then."""
        answer = self._send(client, document, step, source_id)
        for _ in range(LOOKS_MAX if step.is_before else 0):
            if answer["status"] not in PASSES:
                break
            gevent.sleep(LOOK_S)
            answer = self._send(client, document, step, source_id)
        return answer

    def _send(self, client: Client, document: Paperwork, step: Click, source_id: str) -> Row:
        """Status, id of the document, what went wrong. A token that expired is renewed once."""
        answer: Row = {"status": 0, "id": "", "told": {}, "error": "no answer"}
        for _ in range(2):
            try:
                answer = self._post(client, document, step, source_id)
            except Exception as error:  # noqa: BLE001 (whatever goes wrong with one request is a measurement, not the end of the load)
                return {"status": 0, "id": "", "told": {}, "error": f"{type(error).__name__}: {error}"[:200]}
            if answer["status"] != 401:
                break
            self.tokens.value = ""
        return answer

    def _post(self, client: Client, document: Paperwork, step: Click, source_id: str) -> Row:
        url = self.access.urls[step.system] + step.path.replace("{id}", source_id)
        headers = {"Authorization": self.tokens.header(client), "X-Acting-User": step.actor, "X-Correlation-ID": document.correlation_id}
        # Whoever answers may name another address; a token and a load are not carried there.
        with client.post(url, json=dict(step.body), headers=headers, name=step.op, catch_response=True, allow_redirects=False) as response:
            status = int(response.status_code or 0)
            if 200 <= status < 300:
                body: Mapping[str, Any] = response.json()
                source_id = "" if step.is_before else str(body.get(document.id_member, ""))
                return {"status": status, "id": source_id, "told": {name: body[member] for member, name in step.takes.items()}, "error": ""}
            response.failure(f"status {status}")
            return {"status": status, "id": "", "told": {}, "error": _code(response, status)}

    def _measured(self, document: Paperwork, number: int, step: Click, times: tuple[float, float, float], answer: Row) -> None:
        sent, done, lag = times
        self.rows.append(
            {
                "txn": document.txn_id,
                "op": step.op,
                "step": number,
                "last": number == len(document.steps) - 1,
                "due": round(step.due_s, 4),
                "sent": round(sent, 4),
                "done": round(done, 4),
                "lag_ms": round(lag * 1000, 2),
                "ms": round((done - step.due_s) * 1000, 2),
                "status": answer["status"],
                "error": answer["error"],
            }
        )
        failure = RuntimeError(answer["error"]) if answer["error"] else None
        for kind, seconds, exception in (("OPEN", done - step.due_s, failure), ("LAG", lag, None)):
            self.fire(request_type=kind, name=step.op, response_time=seconds * 1000, response_length=0, exception=exception, context={})


def _code(response: Any, status: int) -> str:
    """The machine code of a refusal, else the status."""
    try:
        return str(response.json().get("code") or f"status {status}")
    except (ValueError, AttributeError, TypeError):
        return f"status {status}" if status else "no answer"
