"""Idempotency-Key: the same key with the same body has one effect and one answer; with another body it is refused.

Our systems promise how they say so. Of somebody else's only the effect is looked at: whether a repeat made something new.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import requests

from harness.fuzz.key_header import KeyHeader
from harness.fuzz.replays import another_effect
from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.sender import Sender
from harness.fuzz.target import Target

CHECK = "one_effect_for_one_key"  # how often what was accepted was repeated
REFUSALS_EVERY = 5  # every so many-th refusal is repeated too: it must stay the same refusal
OTHERS_MAX = 6  # bodies that differ in one text, until one of them is valid
REUSED = (422, "IDEMPOTENCY_KEY_REUSED")
SHOWN = 200


class Keys:
    """Repeats what the generator sent."""

    def __init__(self, target: Target, sender: Sender) -> None:
        self._ours = target.ours
        self._sender = sender
        self._number = 0
        self._counts: Counter[str] = Counter()

    def take_counts(self) -> Counter[str]:
        """How often what was tried, since this was asked last."""
        counts, self._counts = self._counts, Counter()
        return counts

    def objections(self, sent: requests.PreparedRequest, answer: FuzzedAnswer, header: KeyHeader) -> Iterator[str]:
        """What is wrong with how this request and its repeats were answered."""
        self._number += 1
        accepted = answer.status < 300
        if not accepted and (not self._ours or answer.status < 400 or answer.status >= 500 or self._number % REFUSALS_EVERY):
            return
        try:
            if header.name not in sent.headers or not accepted:
                key = header.value(str(self._number))
                if key is None:
                    self._counts["no key that the document allows was found"] += 1
                    return
                sent = sent.copy()
                sent.headers[header.name] = key
                answer = self._sender.send(sent, {})
            yield from self._repeated(sent, answer)
        except requests.RequestException as error:
            yield f"no answer to the repeat: {type(error).__name__}"

    def _repeated(self, sent: requests.PreparedRequest, answer: FuzzedAnswer) -> Iterator[str]:
        if answer.status >= 300:
            if self._ours:
                yield from self._refused_again(sent, answer)
            return
        self._counts[CHECK] += 1
        again = self._sender.send(sent, {})
        yield from (_not_replayed if self._ours else _second_effect)(answer, again)
        yield from self._reuse(sent) if self._ours else self._effect_of_another(sent, answer)

    def _refused_again(self, sent: requests.PreparedRequest, answer: FuzzedAnswer) -> Iterator[str]:
        self._counts["refusals repeated with the same key"] += 1
        again = self._sender.send(sent, {})
        if (again.status, again.code) != (answer.status, answer.code):
            yield f"a refusal repeated: {answer.status} {answer.code}, then {again.status} {again.code}"

    def _reuse(self, sent: requests.PreparedRequest) -> Iterator[str]:
        for body in others(sent.body):
            found = self._sender.send(sent, {}, body)
            if (found.status, found.code) == REUSED:
                self._counts["reused with another body, refused"] += 1
                return
            if found.status < 300:
                yield f"the key of a served request was accepted with another body: {found.status} {found.text[:SHOWN]}"
                return
        self._counts["no other valid body was found"] += 1

    def _effect_of_another(self, sent: requests.PreparedRequest, answer: FuzzedAnswer) -> Iterator[str]:
        """A refusal is fine, and so is the answer of the first request: in both cases nothing came of the other body."""
        for body in others(sent.body):
            found = self._sender.send(sent, {}, body)
            place = another_effect(answer, found) if found.status < 300 else None
            if place is not None or found.status >= 500:
                what = f"has an effect of its own ({place} differs)" if place is not None else "is no refusal"
                yield f"another body under the key of a served request {what}: {found.status} {found.text[:SHOWN]}"
                return
        self._counts["reused with another body, without an effect"] += 1


def _not_replayed(first: FuzzedAnswer, again: FuzzedAnswer) -> Iterator[str]:
    if (again.status, again.body) != (first.status, first.body):
        yield f"the same key and body were answered {first.status}, then {again.status} {again.text[:SHOWN]}"
    elif again.headers.get("idempotency-replayed") != "true":
        yield "the repeat does not say Idempotency-Replayed: true, so it may have been executed again"


def _second_effect(first: FuzzedAnswer, again: FuzzedAnswer) -> Iterator[str]:
    """A repeat may be refused: nothing came of it then."""
    place = another_effect(first, again) if again.status < 300 else None
    if again.status >= 500:
        yield f"the same key and body were answered {first.status}, then {again.status} {again.text[:SHOWN]}"
    elif place is not None:
        yield f"the same key and body had a second effect: {place} differs; first {first.text[:SHOWN]}, then {again.text[:SHOWN]}"


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
