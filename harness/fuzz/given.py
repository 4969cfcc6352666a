"""Secrets that a person gives: through the environment, so that none stands in a shell's history, a process list or a report."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import UsageError
from harness.fuzz.signing import key_of


@dataclass(frozen=True, slots=True)
class Given:
    """A secret, and the environment variable that it came in."""

    variable: str
    value: str


def given_headers(headers: Iterable[tuple[str, str]]) -> dict[str, Given]:
    """The values of (header, variable). Raises UsageError."""
    found = dict(headers)
    _check_set("--header", found.values())
    values = {name: Given(variable, os.environ[variable].strip()) for name, variable in found.items()}
    for name, given in values.items():
        if not given.value.isascii() or not given.value.isprintable():
            raise UsageError(f"--header {name}: the value of the variable has characters that no header may have")
    return values


def given_secret(variable: str | None) -> Given | None:
    """What events are signed with. Raises UsageError."""
    if variable is None:
        return None
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", variable):
        raise UsageError("--webhook-secret: expected the name of an environment variable that holds the secret, such as WEBHOOK_SECRET")
    _check_set("--webhook-secret", [variable])
    given = Given(variable, os.environ[variable].strip())
    try:
        key_of(given.value)
    except ValueError:
        expected = "expected whsec_ and base64, as the connector has it"
        raise UsageError(f"--webhook-secret: the value of {variable} is no secret of Standard Webhooks; {expected}") from None
    return given


def _check_set(option: str, variables: Iterable[str]) -> None:
    missing = sorted({variable for variable in variables if not os.environ.get(variable)})
    if missing:
        raise UsageError(f"{option}: environment variable {', '.join(missing)} is not set (or is empty)")
