"""The run directory: where everything of one run lies, and the only writer of manifest.json and plan.json."""

import contextlib
import json
import platform
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from harness.bounded import read_bounded
from harness.errors import NoRoom, RunUnreadable, UsageError
from harness.judge.guest_rules import KEPT, GuestRule, our_digests
from harness.judge.public import VIEWS_VERSION
from harness.judge.reference import TRUTH
from harness.judge.run_shapes import DOCUMENT_MAX, ManifestShape, PlanShape, hold
from harness.plan.model import Plan

SCHEMA = 1
LEFT_BY_A_RUN = (
    "manifest.json*",
    "plan.json*",
    "history.*",
    ".history.*",
    "verdict.json*",
    "reconciliation.json*",
    "report.html",
    "junit.xml",
    "ctrf.json",
    "connector.log",
    "crash.txt",
    "load.json*",
    "redrive.json",
    "load",
    "state",
    "mappings",
    TRUTH,
    KEPT,
    "replay-*",
)
UNFINISHED = "the run has not finished: dryclose is still at work, or was killed"


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Paths of one run. `create` makes it, `open` takes an existing one."""

    path: Path
    replaced: str | None = None  # the run that was here before

    @classmethod
    def create(cls, path: Path) -> "RunDirectory":
        """Make the directory with state/ and mappings/; what an older run left in it is removed first.
        Raises UsageError for a directory that holds anything but a run, and for one that cannot be written."""
        try:
            directory = cls(path.absolute(), _run_in(path))
            directory.empty()
            for folder in (directory.path, directory.state, directory.mappings):
                folder.mkdir(parents=True, exist_ok=True)
            probe = directory.path / ".probe"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise UsageError(
                f"{path}: the run directory cannot be written: {error.strerror or error}. Name another one with --out."
            ) from None
        return directory

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """An existing run. Raises RunUnreadable when there is no readable manifest.json in it."""
        directory = cls(path.absolute())
        if not path.exists():
            raise RunUnreadable(f"{path}: there is no such run directory")
        if not directory.manifest.is_file():
            raise RunUnreadable(f"{path}: this is not a run directory: manifest.json is missing")
        directory.read_manifest()
        return directory

    def empty(self) -> None:
        """Remove what an older run left, and nothing that somebody else put there."""
        for name in LEFT_BY_A_RUN:
            for found in self.path.glob(name):
                shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()

    @property
    def manifest(self) -> Path:
        """Seed, scenario, connector, versions, status."""
        return self.path / "manifest.json"

    @property
    def plan(self) -> Path:
        """Experiments and cells."""
        return self.path / "plan.json"

    @property
    def history(self) -> Path:
        """What happened, while running."""
        return self.path / "history.ndjson"

    @property
    def history_parquet(self) -> Path:
        """What happened, when complete."""
        return self.path / "history.parquet"

    @property
    def verdict(self) -> Path:
        """The judge's word."""
        return self.path / "verdict.json"

    @property
    def reconciliation(self) -> Path:
        """Reconciliations, GR/IR by age, accruals, cases (`contracts/schemas/reconciliation.schema.json`)."""
        return self.path / "reconciliation.json"

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.path / "report.html"

    @property
    def connector_log(self) -> Path:
        """What the connector wrote on its standard output and error."""
        return self.path / "connector.log"

    @property
    def state(self) -> Path:
        """The connector's STATE_DIR."""
        return self.path / "state"

    @property
    def mappings(self) -> Path:
        """The connector's MAPPINGS_DIR."""
        return self.path / "mappings"

    @property
    def truth(self) -> Path:
        """The judge's copy of the crosswalks: what the connector writes into its own folder changes nothing here."""
        return self.path / TRUTH

    @property
    def rules(self) -> Path:
        """The user's own rules that this run was asked, one file each"""
        return self.path / KEPT

    @property
    def crash(self) -> Path:
        """Details of a mistake of dryclose itself."""
        return self.path / "crash.txt"

    def write_manifest(self, document: Mapping[str, Any]) -> None:
        """Replace manifest.json in one step (a reader never sees half of it)."""
        _replace(self.manifest, document)

    def read_manifest(self) -> dict[str, Any]:
        """manifest.json. Raises RunUnreadable."""
        return _document(self.manifest, ManifestShape)

    def update_manifest(self, **members: Any) -> None:
        """Change members: status, why, finished_at, figures, restarts, drawn_options ..."""
        self.write_manifest({**self.read_manifest(), **members})

    def keep_truth(self) -> None:
        """Copy the crosswalks for the judge, and write down their digests (SHA-256 by file) where there is a manifest to judge by."""
        shutil.rmtree(self.truth, ignore_errors=True)
        shutil.copytree(self.mappings, self.truth)
        if self.manifest.is_file():
            digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(self.truth.iterdir())}
            self.update_manifest(evidence={"mappings": digests})

    def seal(self, **members: Any) -> None:
        """Change members of manifest.json when a run is over, and write down the digest of plan.json, which nobody writes any more."""
        evidence = dict(self.read_manifest().get("evidence") or {})
        if self.plan.is_file():
            evidence["plan"] = sha256(self.plan.read_bytes()).hexdigest()
        self.update_manifest(**members, **({"evidence": evidence} if evidence else {}))

    def keep_rules(self, rules: Sequence[GuestRule]) -> None:
        """Keep a copy of the user's own rules in place of those that were here, so that the run can be judged again by the same ones;
        manifest.json says which they are."""
        if self.rules.is_symlink():
            self.rules.unlink()
        shutil.rmtree(self.rules, ignore_errors=True)
        if rules:
            self.rules.mkdir()
        for rule in rules:
            (self.rules / f"{rule.invariant.id}.sql").write_bytes(rule.text.encode())
        self.update_manifest(rules=asked_rules(rules))

    def write_plan(self, plan: Plan, source_ids: Mapping[str, str]) -> None:
        """Replace plan.json."""
        _replace(self.plan, plan.document(source_ids))

    def read_plan(self) -> dict[str, Any]:
        """plan.json. Raises RunUnreadable."""
        return _document(self.plan, PlanShape)


def new_manifest(*, run_id: str, seed: int, scenario: Mapping[str, Any], connector: Mapping[str, Any], started_at: str) -> dict[str, Any]:
    """The first manifest.json of a run. It says "interrupted", so that a harness that is killed leaves a true one."""
    return {
        "schema": SCHEMA,
        "run_id": run_id,
        "seed": seed,
        "scenario": dict(scenario),
        "connector": dict(connector),
        "versions": versions(),
        "rules": asked_rules(()),
        "started_at": started_at,
        "finished_at": None,
        "status": "interrupted",
        "why": UNFINISHED,
        "figures": {},
        "drawn_options": {},
        "restarts": [],
    }


def asked_rules(rules: Sequence[GuestRule]) -> dict[str, Any]:
    """`rules` of manifest.json: the version of the tables that rules read, and the SHA-256 of every rule that is asked, by id."""
    return {"views": VIEWS_VERSION, "dryclose": our_digests(), "user": {rule.invariant.id: rule.digest for rule in rules}}


def versions() -> dict[str, str]:
    """Versions of dryclose, Python, the machine, and the packages that decide what happens."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in ("dryclose", "duckdb", "uvicorn", "fastapi", "aiohttp"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _run_in(path: Path) -> str | None:
    """Id of the run that is there. Only an empty directory, or one that a run made, is taken: nobody's files are deleted."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: this is a file, not a directory. Name another one with --out.")
    if not path.exists() or not any(path.iterdir()):
        return None
    try:
        known = RunDirectory(path).read_manifest().get("run_id")
    except RunUnreadable:
        known = None
    if not known:
        raise UsageError(f"{path}: the directory is not empty and is not a run of dryclose. Name another one with --out.")
    return str(known)


def _document(file: Path, shape: type[ManifestShape] | type[PlanShape]) -> dict[str, Any]:
    try:
        value = json.loads(read_bounded(file, DOCUMENT_MAX))
    except UsageError as error:
        if not file.exists():
            raise RunUnreadable(f"{file.parent}: this is not a complete run directory: {file.name} is missing") from None
        raise RunUnreadable(error.message) from None
    except (ValueError, RecursionError) as error:
        raise RunUnreadable(f"{file}: cannot be read: {error}") from None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise RunUnreadable(f"{file}: expected a JSON object with schema {SCHEMA}; this is a file of another program or version")
    hold(file, value, shape)
    return value


def _replace(file: Path, document: Mapping[str, Any]) -> None:
    draft = file.with_suffix(".json.part")
    try:
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=1) + b"\n")
        draft.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        if isinstance(error, IsADirectoryError | NotADirectoryError | FileNotFoundError):
            raise NoRoom(f"{file}: {error.strerror}. Somebody else changed the run directory while the run was on") from None
        raise
