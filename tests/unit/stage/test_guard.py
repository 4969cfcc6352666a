"""A harness that is killed leaves no connector behind, whatever sessions its processes made for themselves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from harness.stage.process_tree import adopt_orphans, kill, known, since, still_alive

HARNESS = """
import subprocess, sys, time, json
from pathlib import Path
from harness.stage.guarding import guard
grandchild = [sys.executable, "-c", "import time; time.sleep(60)"]
parent = f"import subprocess, time; p = subprocess.Popen({grandchild!r}, start_new_session=True); print(p.pid, flush=True); time.sleep(60)"
with guard([sys.executable, "-c", "open('cleaned', 'w')"], Path.cwd(), {}) as standing:
    child = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True, text=True)
    standing.tell(watch=child.pid)
    print(json.dumps([child.pid, int(child.stdout.readline())]), flush=True)
    time.sleep(1.5 if "dismissed" in sys.argv else 60)
"""


def gone(pids: list[int]) -> bool:
    """Within a while that no machine needs."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_who_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    """The tree ends, and what `prepare` started is cleaned up."""
    process = subprocess.Popen([sys.executable, "-c", HARNESS], cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=_here())
    assert process.stdout is not None
    pids = json.loads(process.stdout.readline())
    time.sleep(1.2)  # the guard has looked once
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gone(pids)
    deadline = time.monotonic() + 30
    while not (tmp_path / "cleaned").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (tmp_path / "cleaned").exists()


def test_a_dismissed_guard_touches_nothing(tmp_path: Path) -> None:
    """Who closes properly cleans up itself."""
    process = subprocess.Popen([sys.executable, "-c", HARNESS, "dismissed"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=_here())
    assert process.stdout is not None
    pids = json.loads(process.stdout.readline())
    assert process.wait() == 0
    assert all(psutil.pid_exists(pid) for pid in pids)
    assert not (tmp_path / "cleaned").exists()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_what_detached_itself_is_found(tmp_path: Path) -> None:
    """A daemon is a descendant still; what was there before is none of it."""
    adopt_orphans()
    before = known()
    daemon = "import os, sys, time\nif os.fork(): sys.exit()\nos.setsid()\nopen('up', 'w').close()\ntime.sleep(60)"
    subprocess.run([sys.executable, "-c", daemon], cwd=tmp_path, check=True)
    deadline = time.monotonic() + 30
    while not (tmp_path / "up").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    found = since(before)
    assert len(found) == 1
    kill(found)
    assert still_alive(found, 30.0) == []


def test_what_a_service_starts_later_is_its_own_business(tmp_path: Path) -> None:
    """A database forks for each connection: to kill that with the connector would be a crash of the database."""
    service = (
        "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\n"
        "os.fork()\nopen(f'up{os.getpid()}', 'w').close()\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", service], cwd=tmp_path)
    before = known()
    (tmp_path / "go").touch()
    deadline = time.monotonic() + 30
    while len(list(tmp_path.glob("up*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert since(before) == []
    kill([*psutil.Process(process.pid).children(), psutil.Process(process.pid)])
    process.wait()


def _here() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a birth is only known by the clock")
def test_who_was_there_is_known_when_the_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is corrected in the middle of a run makes nobody a stranger who has to be killed."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        before = known()
        real = psutil.boot_time()
        monkeypatch.setattr("psutil._pslinux.boot_time", lambda: real + 34.0)
        assert child.pid not in {one.pid for one in since(before)}
    finally:
        child.kill()
        child.wait()
