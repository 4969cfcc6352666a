"""The files of a run directory, read so far as they can be read."""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from reports.fields import Record, text

BYTES_MAX = 400 * 1024 * 1024  # more than this is no verdict; reading it would only exhaust the memory


class ReportError(Exception):
    """There is no directory to report on, or it cannot be written."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """What a run left. Missing files are empty objects; `problems` says in words what is missing or torn."""

    path: Path
    manifest: Record
    plan: Record
    verdict: Record | None
    problems: tuple[str, ...]
    load: Record | None = None  # load.json; None when the run was no load
    closing: Record | None = None  # reconciliation.json; None for a run of a dryclose that wrote none

    @property
    def run_id(self) -> str:
        """The run's id as far as any file knows it."""
        return text(self.verdict or {}, "run_id") or text(self.manifest, "run_id") or self.path.name

    @property
    def complete(self) -> bool:
        """The run went to its end and was judged."""
        return self.verdict is not None and text(self.manifest, "status", "complete") == "complete"


def read_run(run_dir: Path) -> RunFiles:
    """Read manifest.json, plan.json and verdict.json. Raises ReportError when `run_dir` is not a directory."""
    if not run_dir.is_dir():
        raise ReportError(f"{run_dir} is not a directory. Give the run directory of a `dryclose verify`, usually runs/NAME.")
    problems: list[str] = []
    manifest = _read(run_dir / "manifest.json", problems)
    plan = _read(run_dir / "plan.json", problems)
    verdict = _read(run_dir / "verdict.json", problems)
    load = _read(run_dir / "load.json", problems) if (run_dir / "load.json").exists() else None
    closing = _read(run_dir / "reconciliation.json", problems) if (run_dir / "reconciliation.json").exists() else None
    return RunFiles(run_dir, manifest or {}, plan or {}, verdict, tuple(problems), load, closing)


def _read(path: Path, problems: list[str]) -> Record | None:
    try:
        if path.stat().st_size > BYTES_MAX:
            problems.append(f"{path.name} is larger than {BYTES_MAX // 2**20} MiB and was not read.")
            return None
        document = json.loads(path.read_text("utf-8", errors="replace"))
    except FileNotFoundError:
        problems.append(f"{path.name} does not exist.")
        return None
    except OSError as error:
        problems.append(f"{path.name} cannot be read: {error.strerror or error}.")
        return None
    except (ValueError, RecursionError) as error:
        problems.append(f"{path.name} is damaged: {error}.")
        return None
    if not isinstance(document, dict):
        problems.append(f"{path.name} holds a {type(document).__name__}, not an object.")
        return None
    return document


def write_whole(path: Path, content: str) -> Path:
    """Replace a file in one step, so that a reader never sees half of it. Raises ReportError when it cannot be written."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content.encode("utf-8", errors="replace"))
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise ReportError(
            f"{path} cannot be written: {error.strerror or error}. Check the rights and the free space of {path.parent}."
        ) from None
    return path
