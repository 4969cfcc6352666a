"""Pact's verifier in a process of its own: it prints to standard output, cannot be interrupted, and is a megabyte of native code.

`python -m harness.contracts.verifier` reads one Job as JSON on standard input and answers a list of results as JSON on
standard output. Nothing else is printed.
"""

import os
import sys
from pathlib import Path
from typing import Any

import msgspec


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One pact file against one provider. `url` serves HTTP interactions, `message_url` gives messages, `state_url` sets states."""

    provider: str
    pact: str
    host: str
    url: str | None
    message_url: str | None = None
    state_url: str | None = None
    headers: dict[str, str] = {}
    timeout_ms: int = 5000


class VerifierTask(msgspec.Struct, frozen=True, kw_only=True):
    """What one process does, one run after another."""

    runs: tuple[Run, ...]


class VerifierReport(msgspec.Struct, frozen=True, kw_only=True):
    """The verifier's own result document of one run; `error` says why there is none."""

    results: dict[str, Any]
    error: str | None = None


def verify(run: Run) -> VerifierReport:
    """Carry out one run. Mismatches are results, not errors."""
    from pact import Verifier  # noqa: PLC0415 (the native library is loaded here, where its wish to report usage was declined)

    verifier = Verifier(run.provider, host=run.host)
    if run.url is not None:
        verifier.add_transport(url=run.url)
    if run.message_url is not None:
        port, path = run.message_url.removeprefix("http://").split(":", 1)[1].split("/", 1)
        verifier.add_transport(protocol="message", port=int(port), path=f"/{path}", scheme="http")
    if run.state_url is not None:
        verifier.state_handler(run.state_url, teardown=True, body=True)
    verifier.add_custom_headers(run.headers)
    verifier.set_request_timeout(run.timeout_ms)
    verifier.add_source(Path(run.pact))
    try:
        verifier.verify()
    except RuntimeError as error:
        results = _results(verifier)
        return VerifierReport(results=results, error=None if results else str(error))
    return VerifierReport(results=_results(verifier))


def _results(verifier: Any) -> dict[str, Any]:
    try:
        found = verifier.results
    except (RuntimeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def main() -> None:
    """The process."""
    os.environ["PACT_DO_NOT_TRACK"] = "true"
    answer = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the native verifier writes to descriptor 1 whatever Python does
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=VerifierTask)
    encoded = msgspec.json.encode([verify(run) for run in job.runs])
    with os.fdopen(answer, "wb") as out:
        out.write(encoded)


if __name__ == "__main__":
    main()
