"""The connector's log: its last lines for a message, and no secret of the run in it."""

from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harness.manifest import Manifest

MASK = "***"
TAIL_LINES = 12
TAIL_BYTES = 16_384
SECRET_LENGTH_MIN = 6  # a shorter text would mask ordinary words


def secrets_of(manifest: Manifest, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Every text that must not be shown, longest first: the contract's secrets, header values, passwords in passed URLs."""
    names = [manifest.environment.get(name, name) for name in ("CLIENT_SECRET", "WEBHOOK_SECRET")]
    found = {environment[name] for name in names if name in environment}
    found |= {secret.partition("_")[2] for secret in found if secret.startswith("whsec_")}
    found |= set(manifest.headers.values())
    for name in manifest.pass_environment:
        value = environment.get(name, "")
        password = _password(value)
        found |= {password, unquote(password)} if "://" in value else {value}
    return tuple(sorted((secret for secret in found if len(secret) >= SECRET_LENGTH_MIN), key=len, reverse=True))


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return url


def masked(text: str, secrets: Collection[str]) -> str:
    """The text without secrets."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def log_tail(path: Path, secrets: Collection[str]) -> str:
    """The last lines of the log under a heading; says so when it is empty."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - TAIL_BYTES))
            lines = log.read().decode("utf-8", "replace").splitlines()[-TAIL_LINES:]
    except OSError:
        lines = []
    if not lines:
        return "\nIt wrote nothing to its standard output or error."
    return "\n".join([f"\nLast lines of {path}:", *(f"  | {masked(line, secrets)[:300]}" for line in lines)])


def mask_log(path: Path, secrets: Collection[str]) -> None:
    """Rewrite the whole log without secrets. Call when nothing writes to it any more."""
    if not secrets or not path.exists():
        return
    draft = path.with_suffix(".part")
    with path.open("rb") as log, draft.open("wb") as clean:
        for line in log:
            clean.write(masked(line.decode("utf-8", "surrogateescape"), secrets).encode("utf-8", "surrogateescape"))
    draft.replace(path)
