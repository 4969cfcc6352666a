"""Sends requests beside the generator's own: repeats of what it sent, probes of size, and once more what got no answer."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import requests
from requests.adapters import HTTPAdapter

from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.sent import Sent, of_prepared
from harness.fuzz.signing import SIGNATURE, Signer
from harness.fuzz.target import Target, token_issuers

TIMEOUT_S = 15.0


class Sender:
    """One session without proxies. `answered_again`: how often a request got its answer on a second connection only, by its path."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._session = _session()
        self._signer = Signer(target.sign_with) if target.sign_with is not None else None
        self._trail: list[Sent | None] = []
        self.answered_again: Counter[str] = Counter()

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    @contextlib.contextmanager
    def followed(self) -> Iterator[list[Sent | None]]:
        """What is sent while this is on, in its order: whoever finds something by several requests shows them all."""
        self._trail = []
        yield self._trail
        self._trail = []

    def prepare(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> requests.PreparedRequest:
        """A new request to this path as it is written; an event, where events are signed."""
        prepared = requests.Request(method, self._target.base_url, headers=dict(headers), data=body).prepare()
        prepared.url = self._target.base_url.rstrip("/") + path  # nothing is normalised on the way
        return prepared if self._signer is None else self._signer(prepared)

    def send(self, prepared: requests.PreparedRequest, headers: Mapping[str, str], body: bytes | None = None) -> FuzzedAnswer:
        """The same request again, with these headers; body: another one, signed anew where the first one was signed."""
        again = prepared.copy()
        if body is not None:
            again.prepare_body(body, None)
            if self._signer is not None and SIGNATURE in again.headers:
                self._signer.renew(again)
        again.headers.update(headers)
        self._trail.append(of_prepared(again))
        return self.timed(again)[0]

    def timed(self, prepared: requests.PreparedRequest) -> tuple[FuzzedAnswer, float]:
        """The answer, and the seconds that it took. A connection may have been closed while nobody used it, or may break: what gets no
        answer is sent once more on a new one. Raises RequestException when that gets none either."""
        try:
            return _exchange(self._session, prepared)
        except requests.RequestException:
            with contextlib.closing(_session()) as another:
                found = _exchange(another, prepared)
        self.answered_again[str(prepared.path_url).split("?")[0]] += 1
        return found

    def once_more(self, sent: Sent) -> FuzzedAnswer | None:
        """The answer to a request that got none, on a new connection."""
        with contextlib.closing(_session()) as another, contextlib.suppress(requests.RequestException):
            return _exchange(another, sent.prepared())[0]
        return None

    def secrets_foreign_to(self, answer: FuzzedAnswer, operation: str) -> Iterable[str]:
        """The secrets that this answer may not show: a token endpoint shows the token that it has just issued, and no other."""
        document = answer.json() if operation in token_issuers() and answer.status == 200 else None
        own = document.get("access_token") if isinstance(document, dict) else None
        return self._without(own)

    def _without(self, own: object) -> Iterator[str]:
        return (secret for secret in self._target.secrets if secret != own)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(pool_maxsize=1))
    return session


def _exchange(session: requests.Session, prepared: requests.PreparedRequest) -> tuple[FuzzedAnswer, float]:
    began = time.perf_counter()
    found = session.send(prepared, timeout=TIMEOUT_S, allow_redirects=False)
    answer = FuzzedAnswer(found.status_code, {name.lower(): value for name, value in found.headers.items()}, found.content)
    return answer, time.perf_counter() - began
