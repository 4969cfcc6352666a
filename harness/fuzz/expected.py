"""contracts/fuzz/expected.yaml: what a fuzzer has to expect, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import contracts
from harness.errors import ConfigError

FILE = Path(contracts.__file__).parent / "fuzz" / "expected.yaml"
ALLOWED = {
    "refusals": {"codes", "systems", "operations", "reason"},
    "rejections": {"statuses", "systems", "reason"},
    "checks_off": {"check", "systems", "reason"},
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that the document allows may be answered with these codes. operations empty: all."""

    codes: frozenset[str]
    systems: frozenset[str]
    operations: tuple[str, ...]
    reason: str

    def covers(self, system: str, operation: str, code: str) -> bool:
        """Whether this entry forgives that code there."""
        here = system in self.systems and code in self.codes
        return here and (not self.operations or operation.startswith(self.operations))


@dataclass(frozen=True, slots=True)
class Expected:
    """The whole table."""

    refusals: tuple[Refusal, ...] = ()
    rejections: tuple[tuple[frozenset[str], str], ...] = ()  # (systems, status)
    checks_off: tuple[tuple[frozenset[str], str], ...] = ()  # (systems, check)

    def refusal(self, system: str, operation: str, code: str) -> Refusal | None:
        """The entry that forgives this answer to a request that the document allows."""
        return next((each for each in self.refusals if each.covers(system, operation, code)), None)

    def rejected_with(self, system: str) -> list[str]:
        """Further statuses that refuse a request which the document does not allow."""
        return sorted({status for systems, status in self.rejections if system in systems})

    def off(self, system: str) -> list[str]:
        """Checks that are not run there."""
        return sorted({check for systems, check in self.checks_off if system in systems})


def load_expected(file: Path = FILE) -> Expected:
    """Read and check the table. Raises ConfigError."""
    try:
        raw = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(str(file), f"cannot be read: {error}") from None
    if not isinstance(raw, dict) or not raw.keys() <= ALLOWED.keys():
        raise ConfigError(str(file), f"expected a mapping with {', '.join(ALLOWED)}")
    for kind, entries in raw.items():
        for entry in entries or []:
            _check(entry, kind, file)
    return Expected(
        tuple(_refusal(entry) for entry in raw.get("refusals") or []),
        tuple((frozenset(entry["systems"]), str(status)) for entry in raw.get("rejections") or [] for status in entry["statuses"]),
        tuple((frozenset(entry["systems"]), entry["check"]) for entry in raw.get("checks_off") or []),
    )


def _check(entry: Any, kind: str, file: Path) -> None:
    if not isinstance(entry, dict) or not entry.keys() <= ALLOWED[kind]:
        raise ConfigError(str(file), f"{kind}: {entry!r}: expected {', '.join(sorted(ALLOWED[kind]))}")
    missing = ALLOWED[kind] - {"operations"} - entry.keys()
    if missing or not str(entry["reason"]).strip():
        raise ConfigError(str(file), f"{kind}: {entry!r}: {', '.join(sorted(missing)) or 'a reason'} is missing")


def _refusal(entry: Mapping[str, Any]) -> Refusal:
    return Refusal(frozenset(entry["codes"]), frozenset(entry["systems"]), tuple(entry.get("operations", ())), entry["reason"])
