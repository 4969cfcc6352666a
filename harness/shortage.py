"""What looks like a mistake of dryclose and is none: the machine ran out of room, memory, processes or open files."""

import errno
import importlib.util
from collections.abc import Iterator

from harness.errors import DrycloseError, MachineError, NoRoom

ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SCARCE = {errno.ENOMEM: "memory", errno.EMFILE: "open files", errno.ENFILE: "open files", errno.EAGAIN: "processes"}
ADDRESS_SPACE_MIN = 5 * 2**28  # bytes, 1.25 GiB: with less (1,000,000 KiB measured) native libraries end the process without a word
DATABASE_MEMORY = "OutOfMemoryException"  # of DuckDB, by name: this room loads no database driver


def require_address_space() -> None:
    """Before a native library asks for memory that the shell's limit does not leave. Raises MachineError."""
    if importlib.util.find_spec("resource") is None:  # Windows has no such limit
        return
    import resource  # noqa: PLC0415

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < ADDRESS_SPACE_MIN:
        least = f"{ADDRESS_SPACE_MIN // 2**20} MiB at least"
        raise _too_few("memory", f"each process may have {limit // 2**20} MiB of address space (ulimit -v), and this takes {least}")


def shortage(error: BaseException) -> DrycloseError | None:
    """The error to show in its place, or None when the machine had enough of everything."""
    return next((found for one in _chain(error) if (found := _of(one)) is not None), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, also the members of a group."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or one in seen:
            continue
        seen.append(one)
        yield one
        waiting += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]


def _of(error: BaseException) -> DrycloseError | None:
    if isinstance(error, OSError) and error.errno in ROOM:
        where = f"{error.filename}: " if error.filename else ""
        return NoRoom(f"{where}it cannot be written: {error.strerror}. Make room, or name another place with --out")
    if isinstance(error, OSError) and error.errno in SCARCE:
        return _too_few(SCARCE[error.errno], error.strerror or str(error))
    if isinstance(error, MemoryError) or type(error).__name__ == DATABASE_MEMORY:
        return _too_few("memory", str(error).partition("\n")[0] or "none is left")
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return _too_few("processes", str(error))
    if "No space left on device" in str(error) or "File too large" in str(error):  # of DuckDB, which says it in words only
        return NoRoom(f"a file cannot be written: {str(error).partition(chr(10))[0]}. Make room, or set TMPDIR to a larger disk")
    return None


def _too_few(what: str, said: str) -> MachineError:
    return MachineError(f"this machine has too little of {what}: {said}. End other programs, or raise its limit (ulimit -a)")
