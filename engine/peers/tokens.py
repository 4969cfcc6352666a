"""One access token for the whole process. However many calls find it spent, one request fetches the next."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
import msgspec

from contracts.catalog import ErrorCode
from engine.clock import Clock
from engine.model.failures import CallFailed, SystemDown, from_problem, unknown_outcome, unreachable
from engine.observability import SUCCESS, Observer
from engine.peers.breaker import Breaker
from engine.peers.waits import retry_after_s
from engine.structured_log import say

LOG = logging.getLogger("engine.tokens")
OPERATION = "identity.token.issue"
EARLY_S = 30.0  # fetch the next one this long before the old one expires, or at half its life when that is shorter


class _Grant(msgspec.Struct):
    access_token: str
    token_type: str
    expires_in: float


@dataclass(frozen=True, slots=True)
class Client:
    """The engine's own identity."""

    token_url: str
    client_id: str
    client_secret: str


class Tokens:
    """`get` gives a token believed to be good; `spoil` says that one is not."""

    def __init__(
        self,
        session: Callable[[], aiohttp.ClientSession],
        client: Client,
        *,
        breaker: Breaker,
        errors: Mapping[str, ErrorCode],
        clock: Clock,
        observer: Observer | None = None,
    ) -> None:
        self.breaker = breaker
        self._meter = (observer or Observer()).meter
        self._session = session
        self._client = client
        self._errors = errors
        self._clock = clock
        self._token: str | None = None
        self._good_until = 0.0
        self._flight: asyncio.Task[str] | None = None
        self._asked_to_wait: CallFailed | None = None  # by the endpoint, all of us, until _not_before
        self._not_before = 0.0

    async def get(self) -> str:
        """The token. Raises CallFailed when the endpoint gives none; everybody who waited for the same request gets the same failure."""
        if self._token is not None and self._clock.monotonic() < self._good_until:
            return self._token
        if self._asked_to_wait is not None and self._clock.monotonic() < self._not_before:
            self._asked_to_wait.retry_after_s = self._not_before - self._clock.monotonic()
            raise self._asked_to_wait
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._fetch_guarded())
        return await asyncio.shield(self._flight)  # one caller that is cancelled must not take the token from the others

    def spoil(self, token: str) -> None:
        """The system refused this token. A newer one, fetched by a neighbour meanwhile, stays."""
        if self._token == token:
            self._token = None

    async def _fetch_guarded(self) -> str:
        self.breaker.admit(OPERATION)
        try:
            self._token = await self._fetch()
        except CallFailed as failure:
            self._meter.count("dryclose_engine_token_requests_total", failure.failure_class)
            if failure.outage:
                self.breaker.outage(failure.retry_after_s)
                if not self.breaker.closed:
                    raise SystemDown(OPERATION, self.breaker.system, self.breaker.waits_s() or 0.0) from failure
            elif failure.status is None:
                self.breaker.no_verdict()
            else:
                self.breaker.answered()
                if failure.retry_after_s is not None:
                    self._asked_to_wait, self._not_before = failure, self._clock.monotonic() + failure.retry_after_s
            raise
        self.breaker.answered()
        self._meter.count("dryclose_engine_token_requests_total", SUCCESS)
        return self._token

    async def _fetch(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": self._client.client_id, "client_secret": self._client.client_secret}
        try:
            async with self._session().post(self._client.token_url, data=form, allow_redirects=False) as answer:
                body = await answer.content.read(65536)
                wait = retry_after_s(answer.headers.get("Retry-After"), self._clock.now(), answer.headers.get("Date"))
                status = answer.status
        except aiohttp.ClientConnectorError as error:
            raise unreachable(OPERATION, str(error.os_error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unknown_outcome(OPERATION, "NO_ANSWER", type(error).__name__) from error
        if status != 200:
            raise _refused(status, body, self._errors, wait)
        try:
            grant = msgspec.json.decode(body, type=_Grant)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise unknown_outcome(OPERATION, "UNREADABLE_ANSWER", str(error)) from error
        self._good_until = self._clock.monotonic() + grant.expires_in - min(EARLY_S, grant.expires_in / 2)
        say(LOG, logging.INFO, "token.fetched", expires_in_s=grant.expires_in)
        return grant.access_token


def _refused(status: int, body: bytes, errors: Mapping[str, ErrorCode], wait_s: float | None) -> CallFailed:
    try:
        problem = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        problem = {}
    failure = from_problem(OPERATION, status, problem, errors, retry_after_s=wait_s)
    if status in {400, 401, 403}:  # our own credentials are wrong: asking again cannot help
        failure.failure_class, failure.retry, failure.owner = "authentication", "no", "security"
    return failure
