"""OAuth2: bearer tokens with scopes, expiry and revocation, for client credentials and, where they are given out, for refresh tokens."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, TypeVar

from mocks.kit.clock import WorldClock
from mocks.kit.refreshing import Family, Refreshing

_V = TypeVar("_V")
TOKEN_BYTES = 30


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client. The secret is never logged or recorded."""

    client_id: str
    secret: str
    scopes: frozenset[str]

    def __repr__(self) -> str:
        return f"Client({self.client_id!r})"


@dataclass(slots=True)
class Token:
    """An issued token. `token_id` is a hash that may be recorded."""

    token_id: str
    client_id: str
    scopes: frozenset[str]
    expires_ns: int
    revoked: bool = False

    def revoke(self) -> None:
        """It is worth nothing from now on."""
        self.revoked = True


class Grant(NamedTuple):
    """What a sign-in or a refresh brings."""

    access_token: str
    scopes: frozenset[str]
    refresh_token: str | None = None


class TokenStore:
    """Issues and checks tokens. refreshes: whether a sign-in brings a refresh token too."""

    def __init__(self, clients: Iterable[Client], clock: WorldClock, ttl_s: int, *, refreshes: bool = False) -> None:
        self._clients: dict[str, Client] = {client.client_id: client for client in clients}
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self._refused: set[str] = set()
        self.ttl_s = ttl_s
        self.refreshing = Refreshing() if refreshes else None

    def authenticate(self, client_id: str, secret: str) -> Client | None:
        """The client, or None when id or secret is wrong, or good for nothing now."""
        return self._clients[client_id] if self.knows(client_id, secret) and client_id not in self._refused else None

    def knows(self, client_id: str, secret: str) -> bool:
        """Whether they were given out in this world, whatever they are good for now."""
        client = self._clients.get(client_id)
        expected = client.secret if client else ""
        matches = hmac.compare_digest(expected.encode(), secret.encode())
        return client is not None and matches

    def refuse(self, client_id: str) -> None:
        """This client gets no token any more, until it is admitted again."""
        self._refused.add(client_id)

    def admit(self, client_id: str) -> None:
        """Its credentials are good again."""
        self._refused.discard(client_id)

    def issue(self, client: Client, scopes: frozenset[str]) -> str:
        """A new token for these scopes."""
        token = secrets.token_urlsafe(TOKEN_BYTES)  # nobody who knows the seed can guess it
        token_id = sha256(token.encode()).hexdigest()[:16]
        expires_ns = self._clock.mono_ns() + self.ttl_s * 1_000_000_000
        self._tokens[token] = Token(token_id, client.client_id, scopes, expires_ns)
        return token

    def sign_in(self, client: Client, scopes: frozenset[str]) -> Grant:
        """For credentials."""
        return self._grant(Family(client.client_id, scopes), client)

    def refresh(self, text: str, client: Client) -> Grant | None:
        """For a refresh token; None when it is not good (any more)."""
        family = self.refreshing.use(text, client.client_id) if self.refreshing is not None else None
        return self._grant(family, client) if family is not None else None

    def _grant(self, family: Family, client: Client) -> Grant:
        access = self.issue(client, family.scopes)
        if self.refreshing is None:
            return Grant(access, family.scopes)
        family.ends.append(self._tokens[access].revoke)
        return Grant(access, family.scopes, self.refreshing.rotate(family))

    def adopt(self, token: str, client_id: str, scopes: frozenset[str], *, live: bool) -> Callable[[], None]:
        """Know a token from elsewhere (the example of a contract), live or ended. What it answers undoes it."""
        token_id = sha256(token.encode()).hexdigest()[:16]
        expires_ns = self._clock.mono_ns() + self.ttl_s * 1_000_000_000
        return _swap(self._tokens, token, Token(token_id, client_id, scopes, expires_ns, revoked=not live))

    def register(self, client: Client) -> Callable[[], None]:
        """A further client, or other credentials of one. What it answers undoes it."""
        return _swap(self._clients, client.client_id, client)

    def scopes(self) -> frozenset[str]:
        """Every scope that some client may have."""
        return frozenset().union(*(client.scopes for client in self._clients.values()))

    def check(self, token: str) -> Token | None:
        """The live token, or None when it is unknown, expired or revoked."""
        found = self._tokens.get(token)
        if found is None or found.revoked or found.expires_ns <= self._clock.mono_ns():
            return None
        return found

    def identify(self, token: str) -> Token | None:
        """The token whether it is live or not, to record who came with a dead one."""
        return self._tokens.get(token)

    def revoke(self, client_id: str) -> int:
        """End every live token of a client; answers how many there were."""
        live = [token for token in self._tokens.values() if token.client_id == client_id and not token.revoked]
        for token in live:
            token.revoke()
        return len(live)


def _swap(table: dict[str, _V], key: str, value: _V) -> Callable[[], None]:
    before = table.get(key)
    table[key] = value

    def undo() -> None:
        if before is None:
            table.pop(key, None)
        else:
            table[key] = before

    return undo
