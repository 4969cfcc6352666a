"""What every answer of every system owes, whatever was asked. Pure: an answer in, objections out."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PROBLEM = "application/problem+json"
MEMBERS = ("type", "title", "status", "detail", "code")
TRACES = (
    re.compile(r"Traceback \(most recent call last\)"),
    re.compile(r'File "[^"\n]{1,200}", line [0-9]+'),
    re.compile(r"\bat [\w.$<>]{3,100}\([\w.]{1,60}\.(?:java|js|ts|cs|rb|go|php):?[0-9]*\)"),
    re.compile(r"(?:^|\s)(?:/[\w.-]+){2,}\.(?:py|rb|php|js):[0-9]+"),
    re.compile(r"goroutine [0-9]+ \["),
)
CORRELATION = re.compile(r"[\x21-\x7e]{1,128}")
SHORT = 8  # a secret shorter than this would be found everywhere


@dataclass(frozen=True, slots=True)
class FuzzedAnswer:
    """One answer. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body, whatever it is."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The decoded body, or None."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        document = self.json() if self.status >= 400 else None
        code = document.get("code") if isinstance(document, dict) else None
        return code if isinstance(code, str) else None


def leaks(answer: FuzzedAnswer, secrets: Iterable[str]) -> Iterator[str]:
    """Secrets and stack traces in an answer; a secret is not repeated in the objection."""
    shown = answer.text + "\n" + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    for number, secret in enumerate(secrets, 1):
        if len(secret) >= SHORT and (secret in shown or quote(secret, safe="") in shown):
            yield f"the answer shows a secret (number {number} of those that this run knows)"
    for pattern in TRACES:
        if pattern.search(shown):
            yield f"the answer shows the inside of the program: text like {pattern.pattern[:60]!r}"


def wrong_problem(answer: FuzzedAnswer, statuses: Mapping[str, int], method: str = "GET") -> Iterator[str]:
    """What is wrong with an error as an RFC 9457 problem with one of these codes."""
    if answer.status < 400 or method == "HEAD":
        return
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != PROBLEM:
        yield f"status {answer.status} comes as {kind or 'nothing'}; expected {PROBLEM}"
        return
    document = answer.json()
    if not isinstance(document, dict):
        yield f"status {answer.status} is no JSON object"
        return
    missing = [name for name in MEMBERS if name not in document]
    if missing:
        yield f"the problem lacks {', '.join(missing)}"
    if document.get("status") != answer.status:
        yield f"the problem says status {document.get('status')!r}, the answer {answer.status}"
    if statuses.get(str(document.get("code"))) != answer.status:
        yield f"code {document.get('code')!r} is not one of the codes with status {answer.status}"


def not_echoed(answer: FuzzedAnswer, sent: str | None) -> str | None:
    """Why the correlation id did not come back, when one was sent that is fit to."""
    if sent is None or not CORRELATION.fullmatch(sent):
        return None
    found = answer.headers.get("x-correlation-id")
    return None if found == sent else f"X-Correlation-ID {sent!r} was sent, {found!r} came back"
