"""`dryclose doctor`: can this machine run a verification? Each finding is a plain sentence, and says what to do when it is bad."""

import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from contracts.catalog import load_catalog
from harness.errors import DrycloseError
from harness.manifest import REFERENCE_ENGINE, load_manifest
from harness.scenario import load_scenario, scenario_names
from harness.stage.connector import Connector, free_port
from harness.stage.contract import ContractValues
from harness.stage.loop import run_until_done

ROOT = Path(__file__).parents[1]
PYTHONS = ((3, 11), (3, 14))  # the embedded PostgreSQL has builds for these and those between
DATA = (  # each of these has at least one file
    "contracts/*.yaml",
    "contracts/flows/*.yaml",
    "contracts/schemas/*.json",
    "scenarios/standard.yaml",
    "harness/judge/views/*.sql",
    "harness/judge/invariants/*/*.sql",
    "engine/connector.toml",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. text: what was looked at and what came; advice: what to do, when it is not ok."""

    ok: bool
    text: str
    advice: str = ""


def examine() -> list[Finding]:
    """Every check, in the order in which a first run would need it. Takes a few seconds: it starts the engine's database."""
    checks: tuple[Callable[[], Finding], ...] = (_python, _packages, _data, _settings, _writable, _ports, _database)
    return [check() for check in checks]


def findings_text(findings: Iterable[Finding]) -> str:
    """For a terminal."""
    lines = []
    for finding in findings:
        lines.append(f"{'ok   ' if finding.ok else 'BAD  '} {finding.text}")
        if not finding.ok and finding.advice:
            lines.append(f"      -> {finding.advice}")
    bad = sum(1 for line in lines if line.startswith("BAD"))
    verdict = "This machine can run `dryclose verify`." if not bad else f"{bad} thing(s) to repair before `dryclose verify` can work."
    return "\n".join([*lines, "", verdict])


def _python() -> Finding:
    version = sys.version_info[:2]
    wanted = f"{PYTHONS[0][0]}.{PYTHONS[0][1]} to {PYTHONS[1][0]}.{PYTHONS[1][1]}"
    text = f"Python {sys.version.split()[0]} (needed: {wanted})"
    return Finding(PYTHONS[0] <= version <= PYTHONS[1], text, f"install one of Python {wanted} and make a new environment with it")


def _packages() -> Finding:
    wanted = [Requirement(text) for text in metadata.requires("dryclose") or []]
    missing = [str(one) for one in wanted if (one.marker is None or one.marker.evaluate()) and not _installed(one)]
    text = f"packages: {', '.join(missing)} missing or of another version" if missing else "all packages are installed"
    return Finding(not missing, text, f"install them: {sys.executable} -m pip install {' '.join(repr(one) for one in missing)}")


def _installed(requirement: Requirement) -> bool:
    try:
        return metadata.version(requirement.name) in requirement.specifier
    except metadata.PackageNotFoundError:
        return False


def _data() -> Finding:
    missing = [pattern for pattern in DATA if not any(ROOT.glob(pattern))]
    text = f"data files missing from the installation: {', '.join(missing)}" if missing else "the installation is complete"
    return Finding(not missing, text, "install dryclose again")


def _settings() -> Finding:
    try:
        catalog = load_catalog()
        for name in scenario_names():
            if not name.startswith("canary-"):  # they need the examples of a source checkout
                load_scenario(name, catalog)
        load_manifest(REFERENCE_ENGINE, catalog)
    except Exception as error:  # noqa: BLE001 (a doctor reports whatever is wrong)
        return Finding(False, f"scenarios and manifest: {error}", "install dryclose again, or undo the change in that file")
    return Finding(True, f"{len(scenario_names())} scenarios and the engine's manifest are valid")


def _writable() -> Finding:
    folder = Path("runs") if Path("runs").exists() else Path()
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding(True, f"run directories can be written here ({folder.absolute()})")
    except OSError as error:
        return Finding(False, f"{folder.absolute()} cannot be written: {error.strerror}", "change to another directory, or use --out")


def _ports() -> Finding:
    probes = []
    try:
        for _ in (*load_catalog().systems, "connector"):
            probe = socket.socket()
            probes.append(probe)
            probe.bind(("127.0.0.1", 0))
        free_port()
    except (OSError, DrycloseError) as error:
        return Finding(False, f"loopback ports: {error}", "allow local connections on 127.0.0.1")
    finally:
        for probe in probes:
            probe.close()
    return Finding(True, "loopback ports are free")


def _database() -> Finding:
    what = "PostgreSQL at DATABASE_URL" if os.environ.get("DATABASE_URL") else "embedded PostgreSQL"
    try:
        with tempfile.TemporaryDirectory(prefix="dryclose-doctor-") as folder:
            run_until_done(_prepare_engine(Path(folder)))
    except (DrycloseError, OSError) as error:
        return Finding(
            False, f"{what} for the reference engine: {error}", "see the last lines above; DATABASE_URL names another PostgreSQL"
        )
    return Finding(True, f"{what} for the reference engine starts and stops")


async def _prepare_engine(folder: Path) -> None:
    """The engine's own prepare and cleanup commands, through the connector contract: the harness never imports the engine."""
    catalog = load_catalog()
    manifest = load_manifest(REFERENCE_ENGINE, catalog)
    nowhere = "http://127.0.0.1:9"
    (folder / "state").mkdir()
    (folder / "mappings").mkdir()
    values = ContractValues(
        systems=catalog.systems,
        urls=dict.fromkeys(catalog.systems, nowhere),
        client_id="doctor",
        client_secret="unused-by-the-doctor",  # noqa: S106 (nothing is called with it)
        webhook_secret="whsec_ZG9jdG9y",  # noqa: S106
        port=free_port(),
        state_dir=folder / "state",
        mappings_dir=folder / "mappings",
        retry_base_ms=50,
        run_id="rdoctor",
    )
    async with Connector.open(manifest, values, folder / "connector.log", listener=lambda *_: None, progress=lambda _: None):
        pass
