"""Whole runs through the command line, as a person starts them, and small connectors that go wrong in one way."""

import json
import os
import signal
import subprocess
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psutil

from tests.scenario.warm import Command

ROOT = Path(__file__).parents[2]
CAREFUL = ROOT / "examples" / "connectors" / "careful" / "connector.toml"
NAIVE = ROOT / "examples" / "connectors" / "naive" / "connector.toml"
GONE_S = 10.0

SERVER = """
import json, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, status):
        self.send_response(status); self.send_header("content-length", "2"); self.end_headers(); self.wfile.write(b"{{}}")
    def do_GET(self):
        self.answer(200)
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        {on_event}
    def log_message(self, *words):
        pass

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
DEAF = "self.answer(404)"
TAKES_AND_FORGETS = "self.answer(200)"
DIES = "print('the disk is full, giving up', flush=True); os._exit(7)"

SMALL = """
name: small
title: one flow, one entity, one fault
flows: [requisition-to-po]
entities: [US01]
volume: {baseline: 2}
faults: {include: [FAULTS]}
limits: {discovery_rounds: 0, settle_s: 8, quiesce_s: 8}
require: [C01]
"""


def narrowed(folder: Path, name: str, *flows: str) -> Path:
    """A scenario of ours with these flows alone: what a test asks does not become truer with every flow that there will be."""
    path = folder / f"{name}.yaml"
    path.write_text((ROOT / "scenarios" / f"{name}.yaml").read_text() + f"flows: [{', '.join(flows)}]\n")
    return path


def scenario(folder: Path, *faults: str) -> Path:
    """A small scenario file with these faults."""
    path = folder / "small.yaml"
    path.write_text(SMALL.replace("FAULTS", ", ".join(faults)))
    return path


def connector(folder: Path, on_event: str) -> Path:
    """A manifest of a connector that is healthy and does `on_event` with every event."""
    folder.mkdir()
    (folder / "server.py").write_text(SERVER.format(on_event=on_event))
    (folder / "connector.toml").write_text('command = ["{python}", "server.py"]\npoll_interval_s = 1\n')
    return folder / "connector.toml"


def start(*arguments: object, variables: dict[str, str] | None = None) -> Command:
    """`dryclose ...` as its own process, with further variables in its environment."""
    return Command(tuple(map(str, arguments)), {**os.environ, **(variables or {})}, ROOT)


def run(*arguments: object, timeout_s: float = 240.0, variables: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """`dryclose ...` to its end."""
    process = start(*arguments, variables=variables)
    try:
        output, errors = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        raise AssertionError(f"dryclose {arguments} did not end within {timeout_s} s:\n{output}\n{errors}") from None
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


def wait_for_line(process: Command, text: str) -> str:
    """Everything up to the first line of the progress that holds `text`."""
    seen = []
    for line in process.stderr:
        seen.append(line)
        if text in line:
            return "".join(seen)
    raise AssertionError(f"the progress never said {text!r}:\n{''.join(seen)}")


def document(run_dir: Path, name: str = "verdict.json") -> dict[str, Any]:
    """A JSON file of a run directory."""
    loaded: dict[str, Any] = json.loads((run_dir / name).read_text("utf-8"))
    return loaded


def violated(run_dir: Path) -> set[str]:
    """Ids of the violated invariants."""
    return {row["id"] for row in document(run_dir)["invariants"] if row["status"] == "violated"}


def left_over(run_dir: Path) -> list[str]:
    """Processes that still belong to a run: they know its directory from their command line or their environment. Waits a little."""
    deadline = monotonic() + GONE_S
    while (found := _belonging(str(run_dir))) and monotonic() < deadline:
        sleep(0.1)
    return found


def _belonging(text: str) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
        except (psutil.Error, OSError):
            continue
        if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE and any(text in word for word in words):
            found.append(f"{process.pid} {' '.join(process.cmdline())}")
    return found
