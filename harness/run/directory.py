"""The run directory: where everything of one run lies, and the only writer of manifest.json and plan.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.plan.model import Plan


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Paths of one run. `create` makes it, `open` takes an existing one."""

    path: Path

    @classmethod
    def create(cls, path: Path) -> "RunDirectory":
        """Make the directory with state/ and mappings/. Refuses (UsageError) a non-empty directory that is not a run, and one that is not writable.
        A directory that holds an older run is emptied of that run's files first."""
        raise NotImplementedError

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """An existing run. Raises RunUnreadable when there is no manifest.json in it."""
        raise NotImplementedError

    @property
    def manifest(self) -> Path:
        return self.path / "manifest.json"

    @property
    def plan(self) -> Path:
        return self.path / "plan.json"

    @property
    def history(self) -> Path:
        return self.path / "history.ndjson"

    @property
    def history_parquet(self) -> Path:
        return self.path / "history.parquet"

    @property
    def verdict(self) -> Path:
        return self.path / "verdict.json"

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    @property
    def connector_log(self) -> Path:
        return self.path / "connector.log"

    @property
    def state(self) -> Path:
        return self.path / "state"

    @property
    def mappings(self) -> Path:
        return self.path / "mappings"

    @property
    def crash(self) -> Path:
        return self.path / "crash.txt"

    def write_manifest(self, document: Mapping[str, Any]) -> None:
        """Replace manifest.json in one step (a reader never sees half of it)."""

    def read_manifest(self) -> dict[str, Any]:
        """manifest.json. Raises RunUnreadable."""
        raise NotImplementedError

    def update_manifest(self, **members: Any) -> None:
        """Read, change members, write: status, why, finished_at, figures, restarts, drawn_options ..."""

    def write_plan(self, plan: Plan, source_ids: Mapping[str, str]) -> None:
        """Replace plan.json."""


def new_manifest(*, run_id: str, seed: int, scenario: Mapping[str, Any], connector: Mapping[str, Any], started_at: str) -> dict[str, Any]:
    """The first manifest.json of a run: status "interrupted", why "the run has not finished", so that a killed harness leaves a true one."""
    raise NotImplementedError
