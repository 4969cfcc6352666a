"""States of access: tokens, clients, idempotency keys, limits, maintenance."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from msgspec import Meta, defstruct

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.kit.idempotency import Scope
from mocks.kit.limits import RateLimiter
from mocks.kit.operation import Refusal
from mocks.kit.tokens import Client
from mocks.kit.windows import Window

Secret = Annotated[str, Meta(min_length=1, max_length=200)]
VERBS = ("read", "write", "act")
MAINTENANCE = "F-B5"
LIMITED_S = 10
PER_SECOND = 5


class TokenEnded(Parameters, frozen=True, kw_only=True):
    """The token that is worth nothing any more."""

    token: Secret = "spent-token"  # noqa: S105 (an example)


class ClientGiven(Parameters, frozen=True, kw_only=True):
    """Credentials as the contract sends them."""

    client_id: Name = "example-client"
    client_secret: Secret = "example-secret"  # noqa: S105 (an example)


class KeyUsed(Parameters, frozen=True, kw_only=True):
    """The key and the request that it came with."""

    key: Name = "example-key"
    method: Literal["POST", "PUT"] = "POST"
    path: Annotated[str, Meta(pattern="^/", max_length=200)] = "/purchase-orders"


class Nothing(Parameters, frozen=True, kw_only=True):
    """Takes nothing."""


def states(systems: Sequence[str], token_services: Sequence[str]) -> tuple[State, ...]:
    """Every state of access. systems: those that stand in the world, the first of them is meant where a contract names none."""
    scopes = frozenset(f"{name}.{verb}" for name in systems for verb in VERBS)
    where = Literal[(*systems, *token_services)]  # type: ignore[valid-type]
    options: dict[str, Any] = {"bases": (Parameters,), "frozen": True, "kw_only": True}
    at_system = defstruct("AtSystem", [("system", where, systems[0])], **options)
    given = defstruct("TokenGiven", [("token", Secret, "example-token"), ("scopes", tuple[str, ...], tuple(sorted(scopes)))], **options)
    return (
        State("the access token is valid", "the token of the example request is known and live", given, partial(_token_valid, scopes)),
        State(
            "the access token has expired",
            "the token was issued once and is worth nothing any more",
            TokenEnded,
            partial(_token_ended, scopes),
        ),
        State("the client is registered", "client id and secret are accepted by the token endpoint", ClientGiven, partial(_client, scopes)),
        State("the idempotency key is new", "no request has come with it (so it is in every state; for readers)", KeyUsed, _key_new),
        State("the idempotency key was used for another payload", "the key came before, with another body", KeyUsed, _key_used),
        State("the request limit is reached", f"every further request is answered 429 for {LIMITED_S} s", Nothing, _limited),
        State("the system is down for maintenance", "every request is answered 503 with Retry-After", at_system, _maintenance),
    )


def _token_valid(scopes: frozenset[str], stage: Stage, given: Any) -> Values:
    unknown = sorted(set(given.scopes) - scopes)
    if unknown:
        raise Refusal("VALIDATION_FAILED", f"scopes {', '.join(unknown)}: expected some of {', '.join(sorted(scopes))}")
    tokens, connector = stage.mechanics.tokens, stage.mechanics.connector_id
    stage.undo.append(tokens.adopt(given.token, connector, frozenset(given.scopes), live=True))
    return {"token": given.token}


def _token_ended(scopes: frozenset[str], stage: Stage, given: TokenEnded) -> Values:
    stage.undo.append(stage.mechanics.tokens.adopt(given.token, stage.mechanics.connector_id, scopes, live=False))
    return {"token": given.token}


def _client(scopes: frozenset[str], stage: Stage, given: ClientGiven) -> Values:
    theirs = frozenset(scope for scope in scopes if not scope.endswith(".act"))
    stage.undo.append(stage.mechanics.tokens.register(Client(given.client_id, given.client_secret, theirs)))
    return {"client_id": given.client_id, "client_secret": given.client_secret}


def _key_new(_stage: Stage, given: KeyUsed) -> Values:
    return {"key": given.key}


def _key_used(stage: Stage, given: KeyUsed) -> Values:
    scope = Scope(stage.mechanics.connector_id, f"{given.method} {given.path}", given.key)
    stage.mechanics.idempotency.begin(scope, "another payload")
    return {"key": given.key}


def _limited(stage: Stage, _given: Nothing) -> Values:
    mechanics = stage.mechanics
    before = mechanics.limiter

    def undo() -> None:
        mechanics.limiter = before

    stage.undo.append(undo)
    mechanics.limiter = RateLimiter(PER_SECOND)
    mechanics.limiter.exhaust(mechanics.connector_id, mechanics.clock.mono_ns(), LIMITED_S)
    return {}


def _maintenance(stage: Stage, given: Any) -> Values:
    windows = stage.mechanics.windows
    fault = stage.mechanics.catalog.faults[MAINTENANCE]
    windows.begin(Window(fault, fault.modes[0], given.system))

    def undo() -> None:
        windows.end(MAINTENANCE, given.system)

    stage.undo.append(undo)
    return {"system": given.system}
