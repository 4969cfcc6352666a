"""The verdict as a value and as verdict.json (contracts/schemas/verdict.schema.json)."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import EXIT_INTERNAL, EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION, RunUnreadable
from harness.judge.public import VIEWS_VERSION
from harness.shortage import shortage

SCHEMA = 1
FILE = "verdict.json"
EXIT_CODES = {"pass": EXIT_PASS, "fail": EXIT_VIOLATION, "inconclusive": EXIT_NOT_ENOUGH_EVIDENCE, "error": EXIT_INTERNAL}
EXPERIMENT_VERDICTS = ("pass", "fail", "void", "inconclusive", "contaminated")

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judged run. Every member is as in verdict.json; amounts are decimal strings by currency."""

    run_id: str
    seed: int | None
    scenario: str
    connector: str
    verdict: str
    reasons: tuple[str, ...]
    experiments: Mapping[str, int]
    by_experiment: tuple[JsonObject, ...]
    invariants: tuple[JsonObject, ...]
    causes: tuple[JsonObject, ...]
    violations: tuple[JsonObject, ...]
    coverage: JsonObject
    straight_through: JsonObject
    parking: JsonObject
    interference: JsonObject
    noise: JsonObject
    figures: JsonObject
    limits_of_a_pass: str
    told: tuple[str, ...] = ()
    views: int = VIEWS_VERSION
    schema: int = SCHEMA

    @property
    def exit_code(self) -> int:
        """0 pass, 1 violation, 2 not enough evidence, 4 internal error."""
        return EXIT_CODES[self.verdict]

    def document(self) -> JsonObject:
        """As in verdict.json."""
        first = {"schema": self.schema, "run_id": self.run_id, "seed": self.seed, "scenario": self.scenario, "connector": self.connector}
        head = {**first, "verdict": self.verdict, "exit_code": self.exit_code}
        return {**head, **{field.name: getattr(self, field.name) for field in fields(self) if field.name not in head}}


def write_verdict(run_dir: Path, verdict: Verdict) -> Path:
    """Write verdict.json in one step (a reader never sees half of it) and return its path. Raises NoRoom, RunUnreadable."""
    path = run_dir / FILE
    partial = run_dir / f".{FILE}.part"
    try:
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(verdict.document()), indent=1) + b"\n")
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise shortage(error) or RunUnreadable(f"{path}: cannot be written: {error.strerror or error}") from None
    return path


def plain(value: Any) -> Any:
    """A DuckDB value as JSON: whole decimals as integers, anything unknown as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def decimal_text(minor: int, currency: str, minor_units: Mapping[str, int]) -> str:
    """12000, USD -> "120.00". A currency that the catalogue lacks shows minor units."""
    digits = minor_units.get(currency, 0)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"
