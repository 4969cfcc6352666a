"""`dryclose contracts publish`: pacts and verification results to a Pact Broker, over its HTTP interface."""

import os
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from harness.addresses import without_credentials
from harness.contracts.outcome import Verification
from harness.contracts.pactfile import PactFile
from harness.contracts.verify import Say, VerifyOptions, check_url, choose, is_outside, verify
from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, UsageError

RESULTS_LINK = "pb:publish-verification-results"
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
TIMEOUT_S = 30
SAID_MAX = 300


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """What was asked for. `version`: of the consumer; ours is dryclose's own. `token_env`: name of a variable, never its value."""

    broker: str
    version: str | None = None
    branch: str | None = None
    token_env: str | None = None
    pacts: tuple[Path, ...] = ()
    provider: str | None = None
    provider_version: str | None = None
    pacts_only: bool = False


async def publish(options: PublishOptions, say: Say) -> list[Verification]:
    """Verify, publish every pact, then the results that there are. Answers the outcomes (none with `pacts_only`). Raises UsageError."""
    check_url("--broker", options.broker)
    if urlsplit(options.broker).username is not None:
        raise UsageError("--broker: no credentials in the address; use --token-env, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD")
    auth = credentials(options.token_env)
    chosen = [pact for pact, _ in choose(VerifyOptions(options.pacts, options.provider))]
    version = options.version or _own_version(options.pacts)
    outcomes = [] if options.pacts_only else await verify(VerifyOptions(options.pacts, options.provider), say)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout, headers=auth, trust_env=is_outside(options.broker)) as http:
        broker = Broker(options.broker, http)
        for pact in chosen:
            link = await broker.publish(pact, version)
            say(f"published {pact.consumer} {version} -> {pact.provider}")
            for outcome in outcomes:
                if outcome.pact.path == pact.path:
                    await _results(broker, link, outcome, options.provider_version or product_version(), say)
        if options.branch:
            for name in dict.fromkeys(pact.consumer for pact in chosen):
                await broker.branch(name, options.branch, version)
                say(f"{name} {version} is on branch {options.branch}")
    return outcomes


async def _results(broker: "Broker", link: str | None, outcome: Verification, provider_version: str, say: Say) -> None:
    pact = outcome.pact
    if outcome.exit_code == EXIT_NOT_ENOUGH_EVIDENCE:
        say(f"no result for {pact.consumer} -> {pact.provider}: not everything could be verified")
        return
    if link is None:
        raise UsageError(f"the broker's answer to {pact.consumer} -> {pact.provider} has no link {RESULTS_LINK}: it takes no results")
    await broker.results(link, outcome, provider_version)
    say(f"result of {pact.provider} {provider_version} for {pact.consumer}: {'kept' if outcome.exit_code == 0 else 'BROKEN'}")


def credentials(token_env: str | None) -> dict[str, str]:
    """The header that lets us in, from the environment: the named variable, else Pact's own usual ones, else none. Raises UsageError."""
    if token_env is not None and not VARIABLE_NAME.fullmatch(token_env):
        raise UsageError("--token-env takes the NAME of an environment variable that holds the token, not the token itself")
    token = os.environ.get(token_env or "PACT_BROKER_TOKEN")
    if token_env is not None and not token:
        raise UsageError(
            f"--token-env: the environment has no variable of this name ({len(token_env)} characters; it takes a name, not the token)"
        )
    if token:
        return {"Authorization": f"Bearer {token}"}
    user, password = os.environ.get("PACT_BROKER_USERNAME"), os.environ.get("PACT_BROKER_PASSWORD")
    return {"Authorization": aiohttp.encode_basic_auth(user, password)} if user and password else {}


def _own_version(pacts: tuple[Path, ...]) -> str:
    if pacts:
        raise UsageError("--pact needs --version: the version of your consumer that this pact belongs to, such as a commit id")
    return product_version()


def product_version() -> str:
    """The installed version."""
    try:
        return metadata.version("dryclose")
    except metadata.PackageNotFoundError:
        return "0"


class Broker:
    """A Pact Broker. Every method raises UsageError when it refuses or does not answer; no message holds the credentials."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        parts = urlsplit(url)
        self._base = url.rstrip("/")
        self._origin = (parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme])
        self._http = http

    async def publish(self, pact: PactFile, version: str) -> str | None:
        """Hand over one pact; the address for its verification results, when the broker gives one."""
        path = f"/pacts/provider/{_part(pact.provider)}/consumer/{_part(pact.consumer)}/version/{_part(version)}"
        answer = await self._send("PUT", self._base + path, pact.document, f"pact {pact.consumer} -> {pact.provider}")
        link = (answer.get("_links") or {}).get(RESULTS_LINK) or {}
        return str(link["href"]) if isinstance(link, dict) and link.get("href") else None

    async def results(self, link: str, outcome: Verification, provider_version: str) -> None:
        """Hand over what a verification found. The link must lead to the same server: the credentials go with it."""
        parts = urlsplit(link)
        if (parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)) != self._origin:
            raise UsageError(
                f"the broker's link for results leads to {parts.scheme}://{parts.netloc}, not to --broker: check its base address"
            )
        tests = [
            {"interactionDescription": each.description, "success": each.what == "kept", "mismatches": list(each.reasons)}
            for each in outcome.expectations
        ]
        body = {
            "success": outcome.exit_code == 0,
            "providerApplicationVersion": provider_version,
            "verifiedBy": {"implementation": "dryclose", "version": product_version()},
            "testResults": tests,
        }
        await self._send("POST", link, body, f"result of {outcome.pact.provider} for {outcome.pact.consumer}")

    async def branch(self, name: str, branch: str, version: str) -> None:
        """Say on which branch a version of a participant is."""
        path = f"/pacticipants/{_part(name)}/branches/{_part(branch)}/versions/{_part(version)}"
        await self._send("PUT", self._base + path, {}, f"branch {branch} of {name}")

    async def _send(self, method: str, url: str, body: dict[str, Any], what: str) -> dict[str, Any]:
        headers = {"Accept": "application/hal+json, application/json"}
        try:
            async with self._http.request(method, url, json=body, headers=headers, allow_redirects=False) as answer:
                text = await answer.text(errors="replace")
                if not 200 <= answer.status < 300:
                    raise UsageError(_refused(what, answer.status, text))
                found = await answer.json(content_type=None) if text else {}
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UsageError(f"{what}: the broker at {self._base_shown()} does not answer: {type(error).__name__}: {error}") from None
        except ValueError:
            raise UsageError(f"{what}: the broker answered something that is not JSON") from None
        return found if isinstance(found, dict) else {}

    def _base_shown(self) -> str:
        return without_credentials(self._base)


def _refused(what: str, status: int, text: str) -> str:
    hint = {
        401: ": the credentials are missing or wrong (--token-env)",
        403: ": these credentials may not publish",
        404: ": nothing takes pacts at this address",
        409: ": this version was published with other contents; a version is published once, give another --version",
    }.get(status, "")
    return f"{what}: the broker answered {status}{hint}. {' '.join(text.split())[:SAID_MAX]}".rstrip()


def _part(name: str) -> str:
    return quote(name, safe="")
