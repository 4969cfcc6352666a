"""Who this process is over restarts: the first free seat in STATE_DIR. A killed process leaves its seat, and its name, to the next one."""

import contextlib
import fcntl
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from engine.clock import Entropy

SEATS = 64


class NoSeat(Exception):  # noqa: N818 (says what is missing)
    """More processes share one STATE_DIR than there are seats."""


@contextlib.contextmanager
def seat(state_dir: Path, entropy: Entropy) -> Iterator[uuid.UUID]:
    """Hold a seat for as long as the process lives; the kernel gives it back when it dies."""
    folder = state_dir / "seats"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(SEATS):
        descriptor = os.open(folder / str(number), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            continue
        try:
            yield _name(descriptor, entropy)
        finally:
            os.close(descriptor)
        return
    raise NoSeat(f"{SEATS} engines already use {folder}; give each group its own STATE_DIR.")


def _name(descriptor: int, entropy: Entropy) -> uuid.UUID:
    text = os.read(descriptor, 100).decode("ascii", "replace").strip()
    with contextlib.suppress(ValueError):
        return uuid.UUID(text)
    name = entropy.uuid()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{name}\n".encode(), 0)
    os.fsync(descriptor)
    return name
