"""Idempotency-Key: the same key with the same body has one effect and one answer; with another body it is refused."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import requests

from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.sender import Sender
from harness.fuzz.target import Target

PREFIX = "dryclose-fuzz-"
NAME = "Idempotency-Key"
CHECK = "one_effect_for_one_key"  # how often what was accepted was repeated
REFUSALS_EVERY = 5  # every so many-th refusal is repeated too: it must stay the same refusal
OTHERS_MAX = 6  # bodies that differ in one text, until one of them is valid
REUSED = (422, "IDEMPOTENCY_KEY_REUSED")


class Keys:
    """Repeats what the generator sent."""

    def __init__(self, target: Target, sender: Sender) -> None:
        self._target = target
        self._sender = sender
        self._number = 0
        self._counts: Counter[str] = Counter()

    def take_counts(self) -> Counter[str]:
        """How often what was tried, since this was asked last."""
        counts, self._counts = self._counts, Counter()
        return counts

    def objections(self, sent: requests.PreparedRequest, answer: FuzzedAnswer) -> Iterator[str]:
        """What is wrong with how this request and its repeats were answered."""
        self._number += 1
        accepted = answer.status < 300
        if not accepted and (answer.status < 400 or answer.status >= 500 or self._number % REFUSALS_EVERY):
            return
        try:
            if NAME not in sent.headers or not accepted:
                sent = sent.copy()
                sent.headers[NAME] = f"{PREFIX}{self._number}"
                answer = self._sender.send(sent, {})
            yield from self._repeated(sent, answer)
        except requests.RequestException as error:
            yield f"no answer to the repeat: {type(error).__name__}"

    def _repeated(self, sent: requests.PreparedRequest, answer: FuzzedAnswer) -> Iterator[str]:
        if answer.status >= 300:
            self._counts["refusals repeated with the same key"] += 1
            again = self._sender.send(sent, {})
            if (again.status, again.code) != (answer.status, answer.code):
                yield f"a refusal repeated: {answer.status} {answer.code}, then {again.status} {again.code}"
            return
        self._counts[CHECK] += 1
        yield from _differences(answer, self._sender.send(sent, {}))
        yield from self._reuse(sent)

    def _reuse(self, sent: requests.PreparedRequest) -> Iterator[str]:
        for body in others(sent.body):
            found = self._sender.send(sent, {}, body)
            if (found.status, found.code) == REUSED:
                self._counts["reused with another body, refused"] += 1
                return
            if found.status < 300:
                yield f"the key of a served request was accepted with another body: {found.status} {found.text[:200]}"
                return
        self._counts["no other valid body was found"] += 1


def _differences(first: FuzzedAnswer, again: FuzzedAnswer) -> Iterator[str]:
    if (again.status, again.body) != (first.status, first.body):
        yield f"the same key and body were answered {first.status}, then {again.status} {again.text[:200]}"
    elif again.headers.get("idempotency-replayed") != "true":
        yield "the repeat does not say Idempotency-Replayed: true, so it may have been executed again"


def others(body: Any) -> Iterator[bytes]:
    """Bodies that differ from this JSON object in one text."""
    try:
        document = json.loads(body or b"null")
    except (ValueError, RecursionError):
        return
    if not isinstance(document, dict):
        return
    for number, (holder, name) in enumerate(_texts(document)):
        if number == OTHERS_MAX:
            return
        kept = holder[name]
        holder[name] = kept[:-1] + ("y" if kept.endswith("x") else "x")
        yield json.dumps(document).encode()
        holder[name] = kept


def _texts(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a non-empty text, those that are likely to be free first."""
    places = list(_places(value))
    free = ("reason", "text", "title", "comment", "description", "merchant", "owner", "code", "erp_document", "erpOrderNumber")
    return iter(sorted(places, key=lambda place: place[1] not in free))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in pairs:
        if isinstance(each, str) and each:
            yield value, name
        elif isinstance(each, dict | list):
            yield from _places(each)
