"""Sends requests beside the generator's own: repeats of what it sent, and probes of size."""

import time
from collections.abc import Iterable, Iterator, Mapping

import requests
from requests.adapters import HTTPAdapter

from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.target import Target, token_issuers

TIMEOUT_S = 15.0


class Sender:
    """One session without proxies. Counts what it sends."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", HTTPAdapter(pool_maxsize=1))
        self.sent = 0

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def send(self, prepared: requests.PreparedRequest, headers: Mapping[str, str], body: bytes | None = None) -> FuzzedAnswer:
        """The same request again, with these headers; body: another one."""
        again = prepared.copy()
        if body is not None:
            again.prepare_body(body, None)
        again.headers.update(headers)
        return self._send(again)

    def request(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None = None) -> tuple[FuzzedAnswer, float]:
        """A new request to this path as it is written; the answer, and the seconds that it took."""
        prepared = requests.Request(method, self._target.base_url, headers=dict(headers), data=body).prepare()
        prepared.url = self._target.base_url.rstrip("/") + path  # nothing is normalised on the way
        began = time.perf_counter()
        answer = self._send(prepared)
        return answer, time.perf_counter() - began

    def _send(self, prepared: requests.PreparedRequest) -> FuzzedAnswer:
        self.sent += 1
        found = self._session.send(prepared, timeout=TIMEOUT_S, allow_redirects=False)
        return FuzzedAnswer(found.status_code, {name.lower(): value for name, value in found.headers.items()}, found.content)

    def secrets_foreign_to(self, answer: FuzzedAnswer, operation: str) -> Iterable[str]:
        """The secrets that this answer may not show: a token endpoint shows the token that it has just issued, and no other."""
        document = answer.json() if operation in token_issuers() and answer.status == 200 else None
        own = document.get("access_token") if isinstance(document, dict) else None
        return self._without(own)

    def _without(self, own: object) -> Iterator[str]:
        return (secret for secret in self._target.secrets if secret != own)
