"""`dryclose contracts verify`: our pacts, or a user's, against our mocks or against a real sandbox."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from contracts.catalog import load_catalog
from harness.addresses import is_loopback, without_credentials
from harness.contracts.outcome import Verification
from harness.contracts.pactfile import PactFile, read_pact
from harness.contracts.relay import Event
from harness.contracts.verifying import Target, verify_pact
from harness.errors import UsageError, did_you_mean
from harness.stage.provider import MockProvider, mock_provider, provider_states

PACTS = Path(__file__).parents[2] / "contracts" / "pacts"
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)")
VARIABLE = re.compile(r"\$\{(\w+)\}")
NOT_SET = "provider states were not set (give --state-url): an expectation that needs one may look broken"

Say = Callable[[str], None]


@cache
def providers() -> tuple[str, ...]:
    """What a pact may be verified against: every system that answers a connector, and, as messages, every one that sends events."""
    catalog = load_catalog()
    answering = [entry.id for entry in catalog.systems.values() if not entry.optional and entry.variable]
    sending = {event.source.strip("/") for event in catalog.events.values()}
    return (*answering, *(f"{name}-events" for name in answering if name in sending))


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """What was asked for. Without `pacts`: ours. Without `url`: our mocks."""

    pacts: tuple[Path, ...] = ()
    provider: str | None = None
    url: str | None = None
    headers: tuple[str, ...] = ()
    state_url: str | None = None
    state_headers: tuple[str, ...] = ()


async def verify(options: VerifyOptions, say: Say) -> list[Verification]:
    """Verify what was asked for; `say` is told before each pact. Raises UsageError before anything is opened."""
    chosen = choose(options)
    if options.state_headers and options.state_url is None:
        raise UsageError("--state-header belongs to --state-url")
    if options.url is not None:
        sandbox = _sandbox(options, options.url)
        return [await _at_sandbox(pact, sandbox, say) for pact, _ in chosen]
    if options.headers or options.state_url:
        raise UsageError("--header and --state-url belong to --url: our own mocks need neither")
    async with mock_provider() as mocks:
        states = frozenset(str(each["state"]) for each in provider_states())
        return [await _against_mock(pact, provider, mocks, states, say) for pact, provider in chosen]


def choose(options: VerifyOptions) -> list[tuple[PactFile, str]]:
    """Pacts and the provider that each is for. Raises UsageError."""
    if options.provider is not None and options.provider not in providers():
        raise UsageError(f"--provider {options.provider!r}: {did_you_mean(options.provider, providers())}")
    if options.pacts:
        return [_stood_for(read_pact(path), options) for path in options.pacts]
    if options.url is not None and options.provider is None:
        raise UsageError("--url needs --pact FILE, or --provider NAME to choose one of our pacts: " + ", ".join(providers()))
    return [(pact, pact.provider) for pact in ours() if options.provider in {None, pact.provider}]


def _stood_for(pact: PactFile, options: VerifyOptions) -> tuple[PactFile, str]:
    provider = options.provider or pact.provider
    if provider not in providers() and options.url is None:
        raise UsageError(
            f"{pact.path}: its provider is called {pact.provider!r}. Say with --provider which mock stands for it: "
            + ", ".join(providers())
        )
    return pact, provider


def ours() -> list[PactFile]:
    """The committed pacts, in the order of their names."""
    return [read_pact(path) for path in sorted(PACTS.glob("*.json"))]


def parse_headers(given: Sequence[str], option: str = "--header") -> dict[str, str]:
    """`Name: value`, with ${VARIABLE} from the environment so that no secret stands on a command line. Raises UsageError."""
    found = {}
    for text in given:
        match = HEADER.fullmatch(text)
        if match is None:
            raise UsageError(
                f"{option}: expected 'Name: value', for example 'Authorization: Bearer ${{TOKEN}}'; got {len(text)} characters"
            )
        value = VARIABLE.sub(_from_environment, match.group(2)).strip()
        if not value.isprintable():
            raise UsageError(f"{option} {match.group(1)}: its value holds a line break or another control character")
        found[match.group(1)] = value
    return found


def _from_environment(match: re.Match[str]) -> str:
    name = match.group(1)
    value = os.environ.get(name)
    if not value:
        raise UsageError(f"--header: the environment has no variable {name}")
    return value


def check_url(option: str, url: str) -> None:
    """Raises UsageError when it is no address of a server."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{option} {without_credentials(url)!r}: expected http://host:port or https://host, with a path if there is one")


def is_outside(url: str) -> bool:
    """Not on this machine, so that the machine's proxy settings count."""
    return not is_loopback(urlsplit(url).hostname or "")


async def _against_mock(pact: PactFile, provider: str, mocks: MockProvider, states: frozenset[str], say: Say) -> Verification:
    system = provider.removesuffix("-events")
    say(f"{pact.consumer} -> {pact.provider}: {len(pact.interactions)} interactions against our mock {system}")
    await mocks.set_state({"action": "teardown"})

    async def take_event(type_: str) -> Event | str | None:
        known = load_catalog().events.get(type_)
        if known is not None and known.source.strip("/") != system:
            return f"an event of type {type_!r} comes from {known.source.strip('/')}; {system} sends none"
        found = await mocks.take_event(type_)
        return Event(found.type, found.body, found.headers) if found else None

    return await verify_pact(pact, Target(f"our mock {system}", mocks.urls[system], states, mocks.set_state, take_event, mocks.token))


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A real system: where it is, where its states are set, and what goes with each request to either."""

    url: str
    headers: Mapping[str, str]
    state_url: str | None
    state_headers: Mapping[str, str]


def _sandbox(options: VerifyOptions, url: str) -> Sandbox:
    check_url("--url", url)
    if options.state_url is not None:
        check_url("--state-url", options.state_url)
    state_headers = parse_headers(options.state_headers, "--state-header")
    return Sandbox(url, parse_headers(options.headers), options.state_url, state_headers)


async def _at_sandbox(pact: PactFile, sandbox: Sandbox, say: Say) -> Verification:
    url, state_url = sandbox.url, sandbox.state_url
    shown = without_credentials(urlsplit(url)._replace(query="", fragment="").geturl())
    say(f"{pact.consumer} -> {pact.provider}: {len(pact.interactions)} interactions against {shown}")
    here = Target(shown, url, None, None, None, headers=sandbox.headers, outside=is_outside(url))
    if state_url is None:
        return await verify_pact(pact, replace(here, note=NOT_SET if pact.states else None))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30), headers=sandbox.state_headers) as http:

        async def set_state(change: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
            return await _post_state(http, state_url, change)

        return await verify_pact(pact, replace(here, set_state=set_state))


async def _post_state(http: aiohttp.ClientSession, url: str, change: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    try:
        async with http.post(url, json=change, allow_redirects=False) as answer:
            if not 200 <= answer.status < 300:
                hint = "; does it need --state-header?" if answer.status in {401, 403} else ""
                return {}, f"--state-url answered {answer.status}{hint}"
            values = await answer.json(content_type=None) if answer.content_length != 0 else {}
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return {}, f"--state-url: {type(error).__name__}: {error}"
    return (values if isinstance(values, dict) else {}), None
