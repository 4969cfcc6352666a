"""The connector's log: its last lines for a message, and neither a secret of the run nor anything that acts on a terminal in it."""

import contextlib
import os
import re
import select
import threading
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harness.manifest import Manifest

MASK = "***"
TAIL_LINES = 12
TAIL_BYTES = 16_384
READ_BYTES = 1 << 16
READS_AT_ONCE = 1 << 10
LINE_BYTES = 1 << 18
SECRET_BYTES = 1 << 12
LOOK_S = 0.2
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\x9d\x90\n]*(?:\x07|\x1b\\\\|\x9c)"  # OSC, DCS, SOS, PM, APC with their text
    "|\x1b[ -/]+[0-~]|\x1b[0-Z\\\\^-~]"  # the short ones
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
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


def plain(text: str) -> str:
    """The text without anything that acts on a terminal: sequences of ECMA-48 with what they carry (titles, links, the clipboard),
    other control characters, and marks that turn the order of reading. Lines and tabs stay."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


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
    return "\n".join([f"\nLast lines of {path}:", *(f"  | {masked(plain(line), secrets)[:300]}" for line in lines)])


class ConnectorLog:
    """What a connector writes on its standard output and error, on its way into the log: no secret and no control sequence gets there.

    A thread reads a pipe, so that a connector that writes much is not held up by the world. `sink` is the end for its processes.
    """

    def __init__(self, path: Path, secrets: Collection[str]) -> None:
        self._path, self._secrets = path, secrets
        self._rest = b""
        self._source, self.sink = os.pipe()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._follow, name="connector-log", daemon=True)

    @classmethod
    @contextlib.contextmanager
    def open(cls, path: Path, secrets: Collection[str]) -> Iterator["ConnectorLog"]:
        """Follows until the body ends; what somebody writes afterwards (a service that outlives it) has no reader."""
        log = cls(path, secrets)
        path.touch()
        os.set_blocking(log._source, False)
        log._thread.start()
        try:
            yield log
        finally:
            os.close(log.sink)
            log.catch_up()
            log._stop()

    def hide(self, secrets: Collection[str]) -> None:
        """What must not be shown from now on, longest first."""
        self._secrets = secrets

    def catch_up(self) -> None:
        """Everything written so far stands in the log, also a line that was not ended."""
        with self._lock:
            for _ in range(READS_AT_ONCE):  # whoever never stops writing is not waited for
                if self._source < 0 or not self._take():
                    break
            if self._rest:
                self._write(self._rest)
                self._rest = b""

    def _stop(self) -> None:
        with self._lock:
            source, self._source = self._source, -1
        self._thread.join()
        os.close(source)

    def _follow(self) -> None:
        while (source := self._source) >= 0:
            ready, _, _ = select.select([source], [], [], LOOK_S)
            if not ready:
                continue
            with self._lock:
                if self._source < 0 or self._take() is None:
                    return

    def _take(self) -> bool | None:
        """Whether there was something; None when nobody can write any more."""
        try:
            read = os.read(self._source, READ_BYTES)
        except BlockingIOError:
            return False
        if not read:
            return None
        *lines, self._rest = (self._rest + read).split(b"\n")
        if lines:
            self._write(b"\n".join(lines) + b"\n")
        if len(self._rest) > LINE_BYTES:  # somebody who ends no line: a secret across the cut stays whole in the rest
            cut = len(self._rest) - SECRET_BYTES
            self._write(self._rest[:cut])
            self._rest = self._rest[cut:]
        return True

    def _write(self, raw: bytes) -> None:
        text = masked(plain(raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")), self._secrets)
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:  # a full disk ends the run elsewhere
            file.write(text)
