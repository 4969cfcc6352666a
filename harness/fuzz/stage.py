"""Opens what is to be fuzzed: a world of its own for each system, so that one run does not depend on another; the engine beside it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import schemathesis
from schemathesis.config import SchemathesisConfig

from contracts.catalog import load_catalog
from harness.addresses import is_loopback
from harness.errors import UsageError
from harness.fuzz.books import TrialBalances
from harness.fuzz.curl import basic, basic_value
from harness.fuzz.document import foreign_references, scheme_of
from harness.fuzz.expected import Expected
from harness.fuzz.given import Given
from harness.fuzz.options import Effort
from harness.fuzz.reading import UnreadableError, read
from harness.fuzz.settings import settings_of
from harness.fuzz.signing import ID, PLACEHOLDER, PREFIX, SIGNATURE, TIMESTAMP
from harness.fuzz.target import Credentials, Target, Vocabulary, operations_of
from harness.fuzz.vocabulary import control_vocabulary, vocabulary
from harness.stage.opening import raise_curtain, stage
from harness.stage.options import Network, VerifyOptions
from harness.stage.progress import Progress
from harness.stage.setup import set_up
from mocks.identity import PATH as TOKEN_PATH
from mocks.world import CONTROL, IDENTITY, World, WorldConfig

RUN_ID = "fuzz"
TOKEN_TTL_S = 7 * 86_400
POSTING_DELAY_MS = 5
DOCUMENT_MAX = 20 * 1024 * 1024
MINTED = 5
SIGNERS = frozenset({ID, TIMESTAMP, SIGNATURE})


@dataclass(frozen=True, slots=True)
class Opened:
    """A target that is up. books: audits them; history: the world's, complete when the target was closed."""

    target: Target
    books: TrialBalances | None = None
    history: Path | None = None


@asynccontextmanager
async def opened(name: str, seed: int, directory: Path, progress: Progress) -> AsyncIterator[Opened]:
    """One of our systems, by name."""
    if name == "engine":
        async with _engine(seed, directory, progress) as target:
            yield Opened(target)
        return
    history = directory / f"history-{name}.ndjson"
    config = WorldConfig(
        seed=seed, run_id=RUN_ID, history_path=history, minted=MINTED, posting_delay_ms=POSTING_DELAY_MS, token_ttl_s=TOKEN_TTL_S
    )
    async with World.open(config) as world, aiohttp.ClientSession(trust_env=False) as http:
        cast = await _cast(world, http)
        # Whoever fuzzes the others, the control port included, posts nothing.
        books = _books(name, world, cast)
        yield Opened(await _target(name, world, cast, http), books, history)


@dataclass(frozen=True, slots=True)
class _Cast:
    """A token for each scope, one client for what connectors do and one for what people do."""

    tokens: Mapping[str, str]

    def secrets(self, world: World) -> tuple[str, ...]:
        """What nobody may see."""
        webhook = world.webhook_secret
        fixed = (world.client_secret, world.actor_client_secret, world.control_token, webhook, webhook.removeprefix("whsec_"))
        return (*fixed, basic_value(world.client_id, world.client_secret), *self.tokens.values())

    def expansions(self, world: World) -> dict[str, str]:
        """Of those that requests carry: the variable that a command reads, named as a connector knows it where it knows it."""
        tokens = {token: f"$TOKEN_{scope.replace('.', '_').upper()}" for scope, token in self.tokens.items()}
        by_header = {basic_value(world.client_id, world.client_secret): basic(world.client_id, "$CLIENT_SECRET")}
        return {world.client_secret: "$CLIENT_SECRET", world.control_token: "$CONTROL_TOKEN", **by_header, **tokens}


async def _cast(world: World, http: aiohttp.ClientSession) -> _Cast:
    tokens = {}
    for system in world.instances:
        for verb in ("read", "write", "act"):
            client = (world.actor_client_id, world.actor_client_secret) if verb == "act" else (world.client_id, world.client_secret)
            tokens[f"{system}.{verb}"] = await _token(world.token_url, client, f"{system}.{verb}", http)
    return _Cast(tokens)


async def _token(url: str, client: tuple[str, str], scope: str, http: aiohttp.ClientSession) -> str:
    form = {"grant_type": "client_credentials", "scope": scope, "client_id": client[0], "client_secret": client[1]}
    async with http.post(url, data=form) as answer:
        answer.raise_for_status()
        return str((await answer.json())["access_token"])


async def _target(name: str, world: World, cast: _Cast, http: aiohttp.ClientSession) -> Target:
    urls = {**world.urls, IDENTITY: world.token_url.removesuffix(TOKEN_PATH), CONTROL: world.control_url}
    codes = {code: error.status for code, error in load_catalog().errors.items()}
    document = await _document(f"{urls[name]}/openapi.json", {}, http)
    base = Target(name, urls[name], document, secrets=cast.secrets(world), expansions=cast.expansions(world), codes=codes)
    if name == IDENTITY:
        words = {"client_id": (world.client_id,), "client_secret": (world.client_secret,), "scope": _scopes(world)}
        return replace(
            base, credentials={"client": Credentials(basic=(world.client_id, world.client_secret))}, vocabulary=Vocabulary(words)
        )
    if name == CONTROL:
        control = {"control": Credentials(bearer=world.control_token)}
        return replace(base, credentials=control, vocabulary=control_vocabulary(load_catalog(), base.document))
    credentials = {scheme_of(scope): Credentials(bearer=token) for scope, token in cast.tokens.items()}
    other = next(system for system in reversed(world.instances) if system != name)
    own = vocabulary(world.instances[name], world.company)
    return replace(base, credentials=credentials, vocabulary=own, wrong_scope=cast.tokens[f"{other}.read"])


def _scopes(world: World) -> tuple[str, ...]:
    """One scope, and two at once."""
    first = next(iter(world.instances))
    return (f"{first}.read", f"{first}.read {first}.write")


def _books(name: str, world: World, cast: _Cast) -> TrialBalances | None:
    """The auditor of a system that keeps books."""
    system = world.instances.get(name)
    companies = system.companies(world.company) if system else ()
    return TrialBalances(world.urls[name], cast.tokens[f"{name}.read"], companies) if companies else None


@asynccontextmanager
async def _engine(seed: int, directory: Path, progress: Progress) -> AsyncIterator[Target]:
    setup = set_up(VerifyOptions(scenario="smoke", seed=seed, out=directory / "engine"))
    setup.directory.seal(status="complete", why="a connector was fuzzed here: dryclose fuzz")
    async with stage(setup, Network(), progress, minted=MINTED) as session:
        await raise_curtain(session)
        world, url = session.world, session.connector.base_url
        document = await _document(f"{url}/openapi.json", {}, session.http)
        target = Target(
            "engine",
            url,
            document,
            secrets=(world.client_secret, world.control_token),
            codes=_codes_of(document),
        )
        yield signing(target, world.webhook_secret, "WEBHOOK_SECRET")


def signing(target: Target, secret: str, variable: str) -> Target:
    """The same, whose events are signed. The headers that the signer sets leave the document: generated ones would be overwritten."""
    document = {**target.document, "paths": deepcopy(target.document.get("paths", {}))}
    for _, _, operation in operations_of(document):
        operation["parameters"] = [each for each in operation.get("parameters", []) if not _is_signers(each)]  # type: ignore[index]
    schemes = target.document.get("components", {}).get("securitySchemes", {})
    keys = {name: Credentials(key=PLACEHOLDER) for name, scheme in schemes.items() if _is_signers(scheme)}
    secrets = (*target.secrets, secret, secret.removeprefix(PREFIX))
    return replace(
        target,
        document=document,
        credentials={**target.credentials, **keys},
        secrets=tuple(dict.fromkeys(secrets)),
        sign_with=secret,
        webhook_variable=variable,
    )


def _is_signers(parameter: Any) -> bool:
    name, place = (parameter.get("name"), parameter.get("in")) if isinstance(parameter, dict) else (None, None)
    return place == "header" and isinstance(name, str) and name.lower() in SIGNERS


def _codes_of(document: Mapping[str, Any]) -> dict[str, int]:
    """Codes with their statuses, from the descriptions of the refusals."""
    found = {}
    for _, _, operation in operations_of(document):
        for status, response in operation.get("responses", {}).items():
            if "application/problem+json" in response.get("content", {}):
                found[response["description"]] = int(status)
    return {**found, "NOT_FOUND": 404, "METHOD_NOT_ALLOWED": 405}


async def own_target(url: str, headers: Mapping[str, Given], webhook: Given | None = None) -> Target:
    """Somebody's own document. Raises UsageError when it cannot be read, or leads away from this machine."""
    values = {name: given.value for name, given in headers.items()}
    async with aiohttp.ClientSession(trust_env=False) as http:
        document = await _document(url, values, http)
    if not operations_of(document):
        raise UsageError(f"{url}: no operation stands in this document (paths is empty); nothing could be fuzzed")
    foreign = foreign_references(document)
    if foreign:
        raise UsageError(f"{url}: the document refers to {min(foreign)!r}; references that lead out of it are not followed: bundle it")
    target = Target(
        "url", _base(url, document), document, headers=values, secrets=_values(values.values()), expansions=_expansions(headers.values())
    )
    if webhook is not None:
        target = signing(target, webhook.value, webhook.variable)
    await asyncio.to_thread(_check_generates, url, target)
    return target


def _check_generates(url: str, target: Target) -> None:
    """The generator is shown the document before anything is sent. Raises UsageError."""
    try:
        settings, document = settings_of(target, Effort(seed=0), Expected())
        schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(settings))
        for _ in schema.get_all_operations():
            pass  # an operation that cannot be read is told of by the run
    except Exception as error:  # noqa: BLE001 (whatever the generator thinks of a document: its owner gets one sentence)
        raise UsageError(f"{url}: the generator cannot read this document: {type(error).__name__}: {str(error)[:300]}") from None


def _values(values: Iterable[str]) -> tuple[str, ...]:
    """The values as they stand, and without the scheme in front."""
    return tuple(dict.fromkeys(part for value in values for part in (value, value.rsplit(" ", 1)[-1])))


def _expansions(given: Iterable[Given]) -> dict[str, str]:
    """What a shell makes of the variables: the values as they stand, and without the scheme in front."""
    found = {}
    for one in given:
        found[one.value.rsplit(" ", 1)[-1]] = f"${{{one.variable}##* }}" if " " in one.value else f"${one.variable}"
        found[one.value] = f"${one.variable}"
    return found


def _base(url: str, document: Mapping[str, Any]) -> str:
    """The address of the document's own server: where a document says that its API lives elsewhere, only the path of that is taken."""
    servers = document.get("servers") or [{"url": document.get("basePath", "/")}]  # basePath: OpenAPI 2
    first = servers[0].get("url", "/")
    try:
        path = urlsplit(first).path.rstrip("/")
    except ValueError as error:
        raise UsageError(f"{url}: the server address {first!r} is none: {error}") from None
    parts = urlsplit(url)
    if "{" in path:
        raise UsageError(f"{url}: the server address {first!r} has variables; give a document whose server is a plain path")
    return f"{parts.scheme}://{parts.netloc}{path}"


async def _document(url: str, headers: Mapping[str, str], http: aiohttp.ClientSession) -> dict[str, Any]:
    try:
        async with http.get(url, headers=dict(headers), allow_redirects=False, timeout=aiohttp.ClientTimeout(total=10)) as answer:
            body = b""
            async for chunk in answer.content.iter_chunked(1 << 16):
                body += chunk
                if len(body) > DOCUMENT_MAX:
                    raise UsageError(f"{url}: the document has more than {DOCUMENT_MAX >> 20} MiB")
            if answer.status != 200:
                raise UsageError(f"{url}: answered {answer.status}; expected an OpenAPI document")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UsageError(f"{url}: no answer: {error or type(error).__name__}") from None
    try:
        return await asyncio.to_thread(read, body)
    except UnreadableError as error:
        raise UsageError(f"{url}: {error}") from None


def leads_home(target: Target) -> bool:
    """Whether requests stay on this machine."""
    return is_loopback(urlsplit(target.base_url).hostname or "")
