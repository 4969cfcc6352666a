"""What the connector contract gives to a connector, and the whole environment that its processes get."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.catalog import SystemEntry
from harness.manifest import Manifest

CLIENT_SECRET = "CLIENT_SECRET"  # noqa: S105 (a name)
# Of the harness's own environment only what any program needs; a connector gets no secret that the contract does not name.
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE")


@dataclass(frozen=True, slots=True)
class ContractValues:
    """Ports and paths are those of this run.

    systems: the declared ones, which say under what name an address is given. urls: the address of each that stands in the world, by id.
    """

    systems: Mapping[str, SystemEntry]
    urls: Mapping[str, str]
    client_id: str
    client_secret: str
    webhook_secret: str
    port: int
    state_dir: Path
    mappings_dir: Path
    retry_base_ms: int
    run_id: str

    def variables(self, manifest: Manifest) -> dict[str, str]:
        """The addresses, CLIENT_ID .. RUN_ID and POLL_INTERVAL_S, under the names that the manifest's [environment] asks for."""
        addresses = {entry.variable: self.urls[entry.id] for entry in self.systems.values() if entry.variable and entry.id in self.urls}
        values = {
            **addresses,
            "CLIENT_ID": self.client_id,
            CLIENT_SECRET: self.client_secret,
            "WEBHOOK_SECRET": self.webhook_secret,
            "PORT": str(self.port),
            "STATE_DIR": str(self.state_dir),
            "MAPPINGS_DIR": str(self.mappings_dir),
            "RETRY_BASE_MS": str(self.retry_base_ms),
            "RUN_ID": self.run_id,
            "POLL_INTERVAL_S": f"{manifest.poll_interval_s:g}",
        }
        return {manifest.environment.get(name, name): value for name, value in values.items()}


def connector_environment(manifest: Manifest, values: ContractValues, outside: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of the connector's processes. outside: the environment that dryclose itself was started in."""
    inherited = {name: outside[name] for name in outside if name in INHERITED or name.startswith("LC_")}
    passed = {name: outside[name] for name in manifest.pass_environment if name in outside}
    return {**inherited, "PYTHONUNBUFFERED": "1", **manifest.set_environment, **passed, **values.variables(manifest)}
