"""What is fuzzed: an address, its document, and who may do what there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

from contracts.catalog import load_catalog

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How one security scheme of the document is satisfied: exactly one of bearer, basic, key."""

    bearer: str | None = None
    basic: tuple[str, str] | None = None
    key: str | None = None

    def settings(self) -> dict[str, Any]:
        """As schemathesis wants it."""
        if self.basic is not None:
            return {"username": self.basic[0], "password": self.basic[1]}
        return {"bearer": self.bearer} if self.bearer is not None else {"api_key": self.key}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of the company: values by name of a member or parameter (or `operation id/name`), whole bodies by operation id."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bodies: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    actors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # who sends each of the bodies, by operation id


@dataclass(frozen=True, slots=True)
class Target:
    """One system. `codes`: it promises what all systems of dryclose promise, so all own checks apply."""

    name: str
    base_url: str
    document: Mapping[str, Any]
    credentials: Mapping[str, Credentials] = field(default_factory=dict)  # by security scheme of the document
    headers: Mapping[str, str] = field(default_factory=dict)  # on every request
    secrets: tuple[str, ...] = ()  # what no answer and no report may show
    expansions: Mapping[str, str] = field(default_factory=dict)  # what a shell puts in place of a secret: `$NAME`
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    codes: Mapping[str, int] = field(default_factory=dict)  # codes of problems with their statuses; empty: nothing is promised
    wrong_scope: str | None = None  # a live token that has no scope of these operations
    sign_with: str | None = None  # webhook secret: events are signed as Standard Webhooks
    webhook_variable: str = "WEBHOOK_SECRET"  # where a command finds that secret

    @property
    def ours(self) -> bool:
        """Whether it promises what our systems promise."""
        return bool(self.codes)

    def masked(self, text: str) -> str:
        """The text without secrets."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            for form in {secret, quote(secret, safe="")}:
                text = text.replace(form, "***")
        return text


def operations_of(document: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """(METHOD, path, operation) of every operation in a document."""
    return [
        (method.upper(), path, item[method])
        for path, item in document.get("paths", {}).items()
        if isinstance(item, dict)
        for method in METHODS
        if isinstance(item.get(method), dict)
    ]


@cache
def token_issuers() -> frozenset[str]:
    """Operations whose answers carry a token, because that is what they are for."""
    return frozenset(point.id for point in load_catalog().shared_call_points if point.kind == "token")
