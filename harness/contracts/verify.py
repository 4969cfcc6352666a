"""`dryclose contracts verify`: our pacts, or a user's, against our mocks or against a real sandbox."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from harness.addresses import is_loopback, without_credentials
from harness.contracts.outcome import Outcome
from harness.contracts.pactfile import PactFile, read_pact
from harness.contracts.relay import Event
from harness.contracts.verifying import Target, verify_pact
from harness.errors import UsageError, did_you_mean
from harness.run.provider import MockProvider, mock_provider, provider_states

PACTS = Path(__file__).parents[2] / "contracts" / "pacts"
SYSTEMS = ("erp", "procurement", "expense", "identity")
PROVIDERS = (*SYSTEMS, *(f"{name}-events" for name in SYSTEMS[:3]))
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)")
VARIABLE = re.compile(r"\$\{(\w+)\}")
NOT_SET = "provider states were not set (give --state-url): an expectation that needs one may look broken"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """What was asked for. Without `pact`: ours. Without `url`: our mocks."""

    pact: Path | None = None
    provider: str | None = None
    url: str | None = None
    headers: tuple[str, ...] = ()
    state_url: str | None = None


async def verify(options: VerifyOptions, say: Say) -> list[Outcome]:
    """Verify what was asked for; `say` is told before each pact. Raises UsageError before anything is opened."""
    chosen = choose(options)
    headers = parse_headers(options.headers)
    if options.url is not None:
        check_url("--url", options.url)
        if options.state_url is not None:
            check_url("--state-url", options.state_url)
        return [await _at_sandbox(pact, options.url, headers, options.state_url, say) for pact, _ in chosen]
    if options.headers or options.state_url:
        raise UsageError("--header and --state-url belong to --url: our own mocks need neither")
    async with mock_provider() as mocks:
        states = frozenset(str(each["state"]) for each in provider_states())
        return [await _against_mock(pact, provider, mocks, states, say) for pact, provider in chosen]


def choose(options: VerifyOptions) -> list[tuple[PactFile, str]]:
    """Pacts and the provider that each is for. Raises UsageError."""
    if options.provider is not None and options.provider not in PROVIDERS:
        raise UsageError(f"--provider {options.provider!r}: {did_you_mean(options.provider, PROVIDERS)}")
    if options.pact is not None:
        pact = read_pact(options.pact)
        provider = options.provider or pact.provider
        if provider not in PROVIDERS and options.url is None:
            raise UsageError(
                f"{options.pact}: its provider is called {pact.provider!r}. Say with --provider which mock stands for it: "
                + ", ".join(PROVIDERS)
            )
        return [(pact, provider)]
    if options.url is not None and options.provider is None:
        raise UsageError("--url needs --pact FILE, or --provider NAME to choose one of our pacts: " + ", ".join(PROVIDERS))
    return [(pact, pact.provider) for pact in ours() if options.provider in {None, pact.provider}]


def ours() -> list[PactFile]:
    """The committed pacts, in the order of their names."""
    return [read_pact(path) for path in sorted(PACTS.glob("*.json"))]


def parse_headers(given: Sequence[str]) -> dict[str, str]:
    """`Name: value`, with ${VARIABLE} from the environment so that no secret stands on a command line. Raises UsageError."""
    found = {}
    for text in given:
        match = HEADER.fullmatch(text)
        if match is None:
            raise UsageError(
                f"--header: expected 'Name: value', for example 'Authorization: Bearer ${{TOKEN}}'; got {len(text)} characters"
            )
        value = VARIABLE.sub(_from_environment, match.group(2)).strip()
        if not value.isprintable():
            raise UsageError(f"--header {match.group(1)}: its value holds a line break or another control character")
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
        raise UsageError(
            f"{option} {without_credentials(url)!r}: expected http://host:port or https://host, with a path if there is one"
        )


def is_outside(url: str) -> bool:
    """Not on this machine, so that the machine's proxy settings count."""
    return not is_loopback(urlsplit(url).hostname or "")


async def _against_mock(pact: PactFile, provider: str, mocks: MockProvider, states: frozenset[str], say: Say) -> Outcome:
    system = provider.removesuffix("-events")
    say(f"{pact.consumer} -> {pact.provider}: {len(pact.interactions)} interactions against our mock {system}")
    await mocks.set_state({"action": "teardown"})

    async def take_event(type_: str) -> Event | None:
        found = await mocks.take_event(type_)
        return Event(found.type, found.body, found.headers) if found else None

    return await verify_pact(pact, Target(f"our mock {system}", mocks.urls[system], states, mocks.set_state, take_event, mocks.token))


async def _at_sandbox(pact: PactFile, url: str, headers: dict[str, str], state_url: str | None, say: Say) -> Outcome:
    shown = without_credentials(urlsplit(url)._replace(query="", fragment="").geturl())
    say(f"{pact.consumer} -> {pact.provider}: {len(pact.interactions)} interactions against {shown}")
    if state_url is None:
        note = NOT_SET if pact.states else None
        return await verify_pact(pact, Target(shown, url, None, None, None, headers=headers, note=note, outside=is_outside(url)))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:

        async def set_state(change: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
            return await _post_state(http, state_url, change)

        return await verify_pact(pact, Target(shown, url, None, set_state, None, headers=headers, outside=is_outside(url)))


async def _post_state(http: aiohttp.ClientSession, url: str, change: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    try:
        async with http.post(url, json=change, allow_redirects=False) as answer:
            if not 200 <= answer.status < 300:
                return {}, f"--state-url answered {answer.status}"
            values = await answer.json(content_type=None) if answer.content_length != 0 else {}
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return {}, f"--state-url: {type(error).__name__}: {error}"
    return (values if isinstance(values, dict) else {}), None
