"""Writes the manifest of a puppet."""

import json
from pathlib import Path
from typing import Any

PUPPET = Path(__file__).with_name("puppet.py")
FLOWS = ["requisition-to-po", "expense-to-posting"]  # those of the careful example
TOP = {"flows": FLOWS, "request_timeout_s": 1.5, "poll_interval_s": 2, "concurrency": 16, "gives_up_after": 10}
PATHS = {"redrive": "/redrive", "idle": "/idle"}


def puppet_manifest(
    folder: Path,
    script: dict[str, dict[str, Any]] | None = None,
    *,
    number: int | None = None,
    redrive: dict[str, str] | None = None,
    **top: Any,
) -> Path:
    """connector.toml in `folder`. script: behaviour to rule (puppet.py); number: PUPPET_NUMBER; redrive: what it claims to offer; top:
    members of the manifest."""
    environment = {"PUPPET_SCRIPT": json.dumps(script or {})}
    if number is not None:
        environment["PUPPET_NUMBER"] = str(number)
    lines = ['name = "puppet"', f"command = {json.dumps(['{python}', str(PUPPET)])}"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in {**TOP, **top}.items()]
    lines += ["[set_environment]", *(f"{name} = {json.dumps(value)}" for name, value in environment.items())]
    lines += ["[paths]", *(f"{name} = {json.dumps(value)}" for name, value in PATHS.items())]
    lines += ["[parked]", 'http = "/parked"']
    lines += ["[redrive]", *(f"{name} = {json.dumps(value)}" for name, value in (redrive or {}).items())]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "connector.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
