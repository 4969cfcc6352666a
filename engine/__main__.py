"""`python -m engine [serve|work|prepare|reset|cleanup]`: one engine, or the database that belongs to its STATE_DIR.

serve (the default) answers HTTP and works; work only works (more workers on one DATABASE_URL); prepare starts the private
PostgreSQL; reset forgets everything; cleanup stops the private PostgreSQL and removes it. Exit codes: 0, 2 could not
start or lost a part, 3 wrong settings.
"""

import asyncio
import errno
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from engine.cluster import ClusterError, ensure_running, exists, remove
from engine.instance import NoSeat
from engine.mapping.rules import RulesError
from engine.settings import SettingsError, state_dir
from engine.store.address import Address, DatabaseError

COULD_NOT, WRONG_SETTINGS = 2, 3


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    """The exit code. Every expected failure is one line on stderr."""
    command = arguments[0] if arguments else "serve"
    commands = {"serve": _engine, "work": _engine, "prepare": _prepare, "reset": _reset, "cleanup": _cleanup}
    if command not in commands or len(arguments) > 1:
        return _say(f"unknown command {' '.join(arguments)!r}; try one of {', '.join(commands)}", WRONG_SETTINGS)
    try:
        commands[command](command, environment)
    except (SettingsError, RulesError) as error:
        return _say(str(error), WRONG_SETTINGS)
    except (DatabaseError, ClusterError, NoSeat) as error:
        return _say(str(error), COULD_NOT)
    except OSError as error:
        hint = "; stop whatever uses the port, or set PORT" if error.errno == errno.EADDRINUSE else ""
        return _say(f"{error}{hint}", COULD_NOT)
    except KeyboardInterrupt:
        return 130
    return 0


def _say(message: str, code: int) -> int:
    sys.stderr.write(f"engine: {message}\n")
    return code


def _address(environment: Mapping[str, str]) -> Address:
    """DATABASE_URL, or the private cluster, started when it does not run."""
    url = environment.get("DATABASE_URL")
    if not url:
        cluster = ensure_running(state_dir(environment))
        return Address(cluster.connection(), f"in {cluster.folder}")
    if not url.startswith(("postgres://", "postgresql://")):
        raise SettingsError("DATABASE_URL: expected postgresql://user:password@host:port/name")
    try:
        parts = urlsplit(url)
        where = f"{parts.hostname or 'local socket'}:{parts.port or 5432}{parts.path} (DATABASE_URL)"
    except ValueError as error:
        raise SettingsError(f"DATABASE_URL: {error}") from None  # its text names the port, never the password
    return Address({"dsn": url}, where)


def _prepare(_command: str, environment: Mapping[str, str]) -> None:
    with ThreadPoolExecutor(1) as beside:  # a new cluster takes a second, and loading the queue's package a third of one
        address = beside.submit(_address, environment)
        from engine.store.database import install  # noqa: PLC0415 (each command loads what it needs: a run starts three of them)

    asyncio.run(install(address.result()))


def _reset(_command: str, environment: Mapping[str, str]) -> None:
    if environment.get("DATABASE_URL") or exists(state_dir(environment)):
        from engine.store.database import drop  # noqa: PLC0415

        asyncio.run(drop(_address(environment)))


def _cleanup(_command: str, environment: Mapping[str, str]) -> None:
    if not environment.get("DATABASE_URL"):
        remove(state_dir(environment))


def _engine(command: str, environment: Mapping[str, str]) -> None:
    from engine.serving import serve  # noqa: PLC0415

    serve(command, environment, _address)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
