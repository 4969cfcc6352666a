"""OAuth2: bearer tokens with scopes, expiry and revocation, for client credentials and, where they are given out, for refresh tokens."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple, TypeVar

from mocks.kit.clock import WorldClock
from mocks.kit.refreshing import Family, Refreshing

_V = TypeVar("_V")
TOKEN_BYTES = 30
SECRET_BYTES = 30


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
        self._further: dict[str, list[str]] = {}  # secrets beside the registered one, in the order in which they were made
        self._retired: dict[str, int] = {}  # how many of a client's secrets, from the first one on, are worth nothing any more
        self.ttl_s = ttl_s
        self.refreshing = Refreshing() if refreshes else None

    def authenticate(self, client_id: str, secret: str) -> Client | None:
        """The client with the secret that came, or None when id or secret is wrong, or good for nothing now."""
        number = self.which(client_id, secret)
        if number is None or number <= self._retired.get(client_id, 0) or client_id in self._refused:
            return None
        client = self._clients[client_id]
        return client if number == 1 else replace(client, secret=secret)

    def knows(self, client_id: str, secret: str) -> bool:
        """Whether they were given out in this world, whatever they are good for now."""
        return self.which(client_id, secret) is not None

    def which(self, client_id: str, secret: str) -> int | None:
        """Which of this client's secrets that is, the first being 1; None: none of them."""
        client = self._clients.get(client_id)
        given = [client.secret if client else "", *self._further.get(client_id, ())]
        same = [hmac.compare_digest(one.encode(), secret.encode()) for one in given]
        return 1 + same.index(True) if client is not None and True in same else None

    def add_secret(self, client_id: str) -> str:
        """One more secret of this client, which nobody can guess; those before stay good."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        self._further.setdefault(client_id, []).append(secret)
        return secret

    def retire(self, client_id: str) -> int:
        """Only the newest secret is good: no token is any more, and no refresh token that an older one brought. Answers its number."""
        older = len(self._further.get(client_id, ()))
        self._retired[client_id] = older
        self.revoke(client_id)
        if self.refreshing is not None:
            self.refreshing.retire(client_id, older + 1)
        return older + 1

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
        return self._grant(Family(client.client_id, scopes, self.which(client.client_id, client.secret) or 1), client)

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
