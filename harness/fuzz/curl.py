"""A finding's request as a command: what was on the wire goes over the wire again, byte for byte, and no secret is printed.

Where a secret stood, the command reads an environment variable. A command that is too long for a person becomes a script beside the report.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from harness.fuzz.sent import Sent
from harness.fuzz.shell import Part, is_text, printing, without_secrets, word
from harness.fuzz.signing import ID, SIGNATURE, TIMESTAMP, Signer
from harness.fuzz.target import Target

SHOWN_MAX = 2_000  # of a command in a report
WORD_MAX = 30_000  # of one word: an operating system takes so much, whatever it is
CLIENTS_OWN = ("schemathesis/", "python-requests/")  # the generator's User-Agent: no server was told to look at it
NO_PART_OF_IT = frozenset({"connection", "accept-encoding", "x-schemathesis-testcaseid"})  # of the client and the generator themselves
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
SIGN = (
    # An id of its own: the one of the finding is known to the receiver, who may pass over it.
    'key=$(printf %s "${{{variable}#whsec_}}" | base64 -d | od -An -v -tx1 | tr -d " \\n"); id=evt_again_$$; at=$(date +%s); '
    'signature=$({{ printf %s "$id.$at."; {body}; }} | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64); '
)


class Commands:
    """Of one target. directory: where scripts go; without one, a command stands in the report at any length."""

    def __init__(self, target: Target, directory: Path | None = None) -> None:
        self._target = target
        self._directory = directory
        self._signer = Signer(target.sign_with) if target.sign_with is not None else None

    def of(self, sent: Sent) -> str:
        """The command, or the one that runs its script."""
        command = self._target.masked(self._command(sent))
        if len(command) <= SHOWN_MAX or self._directory is None:
            return command
        name = f"request-{hashlib.sha256(command.encode()).hexdigest()[:12]}.sh"
        (self._directory / name).write_text(f"{command}\n", "utf-8")
        return f"sh {word([str(self._directory / name).encode()])}"

    def _command(self, sent: Sent) -> str:
        body = self._parts(sent.body)
        signed = self._signed(sent)
        words = [*_curl(sent), word(self._parts(sent.url.encode())), *self._headers(sent, signed)]
        before = ""
        if signed:
            before = SIGN.format(variable=self._target.webhook_variable, body=printing(body))
        if sent.body and not (is_text(body) and len(sent.body) <= WORD_MAX):
            return f"{before}{printing(body)} | {' '.join(words)} --data-binary @-"
        if sent.body or sent.method in WITH_BODY:
            words.append(f"--data-raw {word(body)}")
        return before + " ".join(words)

    def _headers(self, sent: Sent, signed: bool) -> Iterator[str]:
        for name, value in sent.headers:
            if not _left_to_curl(name, value, sent):
                parts = self._parts(name.encode("latin-1") + (b": " + value if value else b";"))
                yield f"-H {word(parts)}" if not (signed and name.lower() in _SIGNED) else f'-H "{name}: {_SIGNED[name.lower()]}"'
        if sent.header("content-type") is None and (sent.body or sent.method in WITH_BODY):
            yield "-H 'Content-Type:'"  # curl would call it a form

    def _signed(self, sent: Sent) -> bool:
        if self._signer is None:
            return False
        headers = {name: (sent.header(name) or b"").decode("latin-1") for name in (ID, TIMESTAMP, SIGNATURE)}
        return self._signer.signed(headers, sent.body)

    def _parts(self, text: bytes) -> list[Part]:
        return without_secrets(text, self._target.expansions)


_SIGNED = {ID: "$id", TIMESTAMP: "$at", SIGNATURE: "v1,$signature"}


def basic(user: str, secret_expansion: str) -> str:
    """The expansion of HTTP Basic credentials: they are no secret's own letters."""
    return f"$(printf %s {word([f'{user}:'.encode()])}\"{secret_expansion}\" | base64 | tr -d '\\n')"


def basic_value(user: str, secret: str) -> str:
    """What stands behind `Basic ` on the wire."""
    return base64.b64encode(f"{user}:{secret}".encode()).decode()


def _curl(sent: Sent) -> list[str]:
    # Whoever pastes it wants to see the status too.
    words = ["curl", *(["--head"] if sent.method == "HEAD" and not sent.body else ["-i", "-X", word([sent.method.encode()])])]
    if re.search(r"[\[\]{}]", sent.url):
        words.append("--globoff")
    if re.search(r"/\.{1,2}(/|\?|$)", sent.url):
        words.append("--path-as-is")
    return words


def _left_to_curl(name: str, value: bytes, sent: Sent) -> bool:
    match name.lower():
        case "content-length":
            return value == str(len(sent.body)).encode()
        case "host":
            return value == urlsplit(sent.url).netloc.encode()
        case "accept":
            return value == b"*/*"
        case "user-agent":
            return value.decode("latin-1").startswith(CLIENTS_OWN)
        case known:
            return known in NO_PART_OF_IT
