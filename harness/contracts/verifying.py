"""One pact verified: states set, events produced, requests played by Pact's verifier in its own process, results read."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from harness.contracts.door import Door, Seen
from harness.contracts.outcome import Expectation, Verification, What
from harness.contracts.pactfile import Interaction, PactFile
from harness.contracts.relay import Event, Relay, SetState, TakeEvent, open_door, serving
from harness.contracts.verifier import Run, VerifierReport, VerifierTask
from harness.contracts.words import reasons
from harness.errors import InternalError, did_you_mean

HOST = "127.0.0.1"
REQUEST_TIMEOUT_MS = 5000
START_S, EACH_S = 60.0, 10.0  # the verifier's process may take so long, and so much more for each interaction


@dataclass(frozen=True, slots=True)
class Target:
    """Who is verified. `states` None: whatever a pact names is passed on. `set_state` None: states are not set at all."""

    name: str
    url: str | None
    states: frozenset[str] | None
    set_state: SetState | None
    take_event: TakeEvent | None
    token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    outside: bool = False  # a system that is not ours: the machine's proxy settings count


async def verify_pact(pact: PactFile, target: Target) -> Verification:
    """Every interaction of a pact, in the pact's order."""
    hindrances = {index: why for index, each in enumerate(pact.interactions) if (why := _hindrance(each, target))}
    wanted = [each for index, each in enumerate(pact.interactions) if index not in hindrances]
    verified = iter(await _verified(pact, wanted, set(hindrances), target) if wanted else [])
    expectations = [
        Expectation(each.description, "unverified", (hindrances[index],)) if index in hindrances else next(verified)
        for index, each in enumerate(pact.interactions)
    ]
    return Verification(pact, target.name, tuple(expectations), target.note)


def _hindrance(interaction: Interaction, target: Target) -> str | None:
    """Why an interaction cannot be verified at all."""
    if interaction.kind == "unsupported":
        return "only HTTP interactions and asynchronous messages can be verified here"
    if interaction.kind == "http" and target.url is None:
        return f"{target.name} takes no requests, it sends events"
    if interaction.kind == "event" and target.take_event is None:
        return "a message cannot be verified at an address: it is for the side that sends it"
    unknown = [state for state in interaction.states if state and target.states is not None and state not in target.states]
    if unknown:
        return f"unknown provider state {unknown[0]!r}. {did_you_mean(unknown[0], target.states or ())}"
    return None


async def _verified(pact: PactFile, wanted: Sequence[Interaction], left_out: set[int], target: Target) -> list[Expectation]:
    relay = Relay(
        target.set_state or _no_states,
        target.take_event or _no_events,
        {each.description: each.event_type for each in wanted if each.kind == "event"},
    )
    door = Door(target.url or "", wanted, token=target.token, headers=target.headers, outside=target.outside)
    async with serving(relay) as relay_url, open_door(door) as door_url:
        with tempfile.TemporaryDirectory(prefix="dryclose-pact-") as folder:
            file = Path(folder) / "pact.json"
            file.write_text(json.dumps(_only(pact.document, left_out)), "utf-8")
            run = Run(
                provider=pact.provider,
                pact=str(file),
                host=HOST,
                url=door_url if any(each.kind == "http" for each in wanted) else None,
                message_url=f"{relay_url}/message" if any(each.kind == "event" for each in wanted) else None,
                state_url=f"{relay_url}/state" if target.set_state is not None else None,
                timeout_ms=REQUEST_TIMEOUT_MS,
            )
            answer = await run_verifier(run, START_S + EACH_S * len(wanted))
    if answer.error is not None:
        return [Expectation(each.description, "unverified", (f"the verifier stopped: {answer.error}",)) for each in wanted]
    return list(_read(wanted, answer.results, relay, door.seen))


def _only(document: dict[str, Any], left_out: set[int]) -> dict[str, Any]:
    """The pact without the interactions that cannot be verified."""
    kept: dict[str, Any] = dict(document)
    index = 0
    for name in ("interactions", "messages"):
        if name in document:
            entries = document[name] or []
            kept[name] = [entry for number, entry in enumerate(entries, start=index) if number not in left_out]
            index += len(entries)
    return kept


def _read(wanted: Sequence[Interaction], results: Mapping[str, Any], relay: Relay, seen: Sequence[Seen]) -> Iterator[Expectation]:
    """Results in the order of the pact. The verifier may answer in another one, and may leave some out."""
    by_name: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for result in results.get("interactionResults", ()):
        by_name.setdefault((str(result.get("description")), tuple(result.get("providerStates") or ())), []).append(result)
    answers = _answers(seen)
    for each in wanted:
        found = by_name.get((each.description, tuple(state for state in each.states)), [])
        yield _expectation(each, found.pop(0) if found else None, relay, answers)


def _answers(seen: Sequence[Seen]) -> dict[tuple[str, str, str], list[Seen]]:
    by_request: dict[tuple[str, str, str], list[Seen]] = {}
    for each in seen:
        by_request.setdefault((each.method, each.path, each.query), []).append(each)
    return by_request


def _expectation(
    each: Interaction, result: dict[str, Any] | None, relay: Relay, answers: Mapping[tuple[str, str, str], list[Seen]]
) -> Expectation:
    answered = answers.get((each.method, each.path, each.query)) if each.kind == "http" else None
    answer = answered.pop(0) if answered else None
    failed = [f"provider state {state!r}: {relay.state_errors[state]}" for state in each.states if state in relay.state_errors]
    if failed:
        return Expectation(each.description, "unverified", tuple(failed))
    if result is None:
        return Expectation(each.description, "unverified", ("the verifier left it out",))
    if answer is not None and not answer.answered:
        return Expectation(each.description, "unverified", (f"nobody answered: {answer.said}",))
    nameless = (
        each.kind == "event" and each.event_type is None
    )  # nothing was sent for it, and a message that expects nothing is kept by that
    if result.get("result") == "OK" and not nameless:
        return Expectation(each.description, "kept")
    what: What = "pending" if each.pending else "broken"
    if each.kind == "event" and each.description in relay.missing:
        return Expectation(each.description, what, (relay.missing[each.description],))
    return Expectation(each.description, what, reasons(result.get("mismatch")), answer.said if answer else None)


async def _no_states(_change: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    return {}, None


async def _no_events(_type: str) -> Event | str | None:
    return None


async def run_verifier(run: Run, timeout_s: float) -> VerifierReport:
    """The verifier's process for one run; it is killed when this is cancelled or takes too long."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "harness.contracts.verifier",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**without_proxies(os.environ), "PACT_DO_NOT_TRACK": "true", "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,  # Ctrl-C is for the parent, which ends this one
    )
    try:
        async with asyncio.timeout(timeout_s):
            out, complaint = await process.communicate(msgspec.json.encode(VerifierTask(runs=(run,))))
    except TimeoutError:
        return VerifierReport(results={}, error=f"no result after {timeout_s:.0f} s")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise InternalError(f"Pact's verifier ended with {process.returncode}: {complaint.decode('utf-8', 'replace').strip()[-500:]}")
    return msgspec.json.decode(out, type=tuple[VerifierReport, ...])[0]


def without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """The verifier talks to loopback alone; a proxy would not find its way back."""
    return {name: value for name, value in environment.items() if not name.lower().endswith("_proxy")}
