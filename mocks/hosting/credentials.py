"""The secrets of a world: drawn from the operating system's randomness, or kept in a file that several worlds share."""

import base64
import binascii
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

SIGNING_BYTES = 32
FILE_BYTES_MAX = 10_000
TEXT = re.compile(r"[!-~]{20,200}")
WEBHOOK_PREFIX = "whsec_"


class CredentialsError(Exception):
    """A credentials file that cannot be used: where, what came, what was expected."""


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """webhook_secret: `whsec_` and base64, as Standard Webhooks writes it. Never logged or recorded."""

    client_secret: str
    webhook_secret: str
    people_secret: str
    control_token: str

    @classmethod
    def draw(cls) -> "Credentials":
        """New ones that nobody can guess."""
        key = base64.b64encode(secrets.token_bytes(SIGNING_BYTES)).decode()
        return cls(secrets.token_urlsafe(30), WEBHOOK_PREFIX + key, secrets.token_urlsafe(30), secrets.token_urlsafe(30))

    @property
    def signing_key(self) -> bytes:
        """The bytes that sign events."""
        return base64.b64decode(self.webhook_secret.removeprefix(WEBHOOK_PREFIX))


def shared_credentials(path: Path) -> Credentials:
    """Those of this file; a file that is not there yet is written with new ones, for its owner alone. Raises CredentialsError."""
    try:
        if path.exists():
            return _read(path)
        made = Credentials.draw()
        document = {member.name: getattr(made, member.name) for member in fields(made)}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror or error}; expected a file of credentials, or a place for one") from None
    return made


def _read(path: Path) -> Credentials:
    if not path.is_file():
        raise CredentialsError(f"{path}: this is no file; expected a file of credentials, or a place for one")
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise CredentialsError(f"{path}: mode {mode:04o}, others may read these secrets; expected 0600 (try: chmod 600 {path})")
    with path.open("rb") as file:
        raw = file.read(FILE_BYTES_MAX + 1)
    try:
        document = json.loads(raw) if len(raw) <= FILE_BYTES_MAX else None
    except (ValueError, RecursionError):
        document = None
    names = [member.name for member in fields(Credentials)]
    if not isinstance(document, Mapping) or any(not isinstance(document.get(name), str) for name in names):
        raise CredentialsError(f"{path}: expected a JSON object of texts {', '.join(names)}; remove it to have a new one")
    found = Credentials(**{name: document[name] for name in names})
    for name in names:
        if not TEXT.fullmatch(document[name]):
            raise CredentialsError(f"{path}: {name}: expected 20 to 200 printable characters without blanks")
    try:
        short = len(found.signing_key) < SIGNING_BYTES // 2 or not found.webhook_secret.startswith(WEBHOOK_PREFIX)
    except binascii.Error:
        short = True
    if short:
        raise CredentialsError(f"{path}: webhook_secret: expected whsec_ and base64 of at least {SIGNING_BYTES // 2} bytes")
    return found
