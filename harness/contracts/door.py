"""The door between the verifier and a provider: lets requests through, puts a valid token on those that need one, notes the answers.

The verifier tells what differed, never what came; a broken expectation is understood by the code of the answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import aiohttp
import msgspec
from aiohttp import hdrs, web
from yarl import URL

from harness.contracts.pactfile import Interaction

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "host"}
)
DETAIL_MAX = 200
BODY_MAX = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that went through, and what was answered: `said` in words, `answered` False when nobody did."""

    method: str
    path: str
    query: str
    said: str
    answered: bool = True


class _AsItCame(web.Response):
    """An answer without a Content-Type goes on without one: aiohttp would invent it, and the verifier would believe it."""

    async def _prepare_headers(self) -> None:
        named = hdrs.CONTENT_TYPE in self._headers
        await super()._prepare_headers()
        if not named:
            self._headers.popall(hdrs.CONTENT_TYPE, None)


class Door:
    """An aiohttp handler in front of `target`. `token`: put where the consumer's own example token cannot be meant as it stands."""

    def __init__(
        self, target: str, interactions: Iterable[Interaction], *, token: str | None, headers: Mapping[str, str], outside: bool = False
    ) -> None:
        self.seen: list[Seen] = []
        self._target = target.rstrip("/")
        self._token = token
        self._headers = headers
        self._outside = outside
        self._examples = frozenset(
            each.authorization for each in interactions if not each.refuses_access and not any("token" in state for state in each.states)
        )
        self._refused = frozenset(each.authorization for each in interactions if each.status == 401 and each.authorization is not None)
        self._bare_refusals = frozenset(
            (each.method, each.path, each.query) for each in interactions if each.refuses_access and each.authorization is None
        )
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Ready for requests."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=self._outside,
        )

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def pass_on(self, request: web.Request) -> web.Response:
        """The same request to the provider, the same answer back. 502 when nobody answers there."""
        assert self._session is not None
        url = URL(self._target + request.raw_path, encoded=True)
        body = await request.read()
        query = "&".join(sorted(urlencode([pair]) for pair in parse_qsl(request.query_string, keep_blank_values=True)))
        try:
            async with self._session.request(
                request.method, url, data=body or None, headers=self._to_send(request, query), allow_redirects=False
            ) as answer:
                content = await _whole(answer)
                self._note(request, query, answer.status, content)
                headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP | {"content-length"}]
                response = _AsItCame(status=answer.status, body=content)
                response.headers.clear()
                for name, value in headers:
                    response.headers.add(name, value)
                return response
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self.seen.append(Seen(request.method, request.path, query, f"{type(error).__name__}: {error}"[:DETAIL_MAX], answered=False))
            return web.Response(status=502, text="dryclose: the provider did not answer")

    def _to_send(self, request: web.Request, query: str) -> dict[str, str]:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP | {"content-length"}}
        sent = request.headers.get("Authorization")
        bare = sent is None and (request.method, request.path, query) in self._bare_refusals
        if self._token is not None and sent in self._examples and not bare:
            headers["Authorization"] = f"Bearer {self._token}"
        as_it_stands = bare or (sent in self._refused and sent not in self._examples)  # a consumer that expects to be turned away
        for name, value in self._headers.items():
            if as_it_stands and name.lower() == "authorization":
                continue
            for known in [each for each in headers if each.lower() == name.lower()]:
                del headers[known]
            headers[name] = value
        return headers

    def _note(self, request: web.Request, query: str, status: int, content: bytes) -> None:
        self.seen.append(Seen(request.method, request.path, query, said(status, content)))


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """The body to its end. Raises ValueError above the limit: half an answer would be judged as broken."""
    parts, size = [], 0
    async for part in answer.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > BODY_MAX:
            raise ValueError(f"the answer has more than {BODY_MAX} bytes")
    return b"".join(parts)


def said(status: int, content: bytes) -> str:
    """An answer in words: its status, and the code and detail of a problem document."""
    try:
        problem = msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return str(status)
    if status < 400 or not ("code" in problem or "detail" in problem or "title" in problem):
        return str(status)
    words = " ".join(str(problem[name]) for name in ("code",) if problem.get(name))
    detail = str(problem.get("detail") or problem.get("title") or "")[:DETAIL_MAX]
    return f"{status} {words}".rstrip() + (f": {detail}" if detail else "")
