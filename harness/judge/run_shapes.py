"""What manifest.json and plan.json have to look like, as far as the judge reads them. Members beyond these are nobody's business here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from harness.bounded import read_bounded
from harness.errors import RunUnreadable, UsageError

DOCUMENT_MAX = 400_000_000  # bytes; a plan of a million transactions


class StepShape(msgspec.Struct):
    """One planned fault."""

    call_point: str
    fault_id: str
    mode: str
    attempt: int = 1


class WindowShape(msgspec.Struct):
    """A fault of the run that an experiment meets."""

    fault_id: str
    mode: str | None = None
    target: str | None = None


class ExperimentShape(msgspec.Struct):
    """One planned transaction."""

    txn_id: str
    wave: str | None = None
    role: str | None = None
    steps: list[StepShape] | None = None
    window: WindowShape | None = None
    of: str | None = None
    plan: str | None = None


class CellShape(msgspec.Struct):
    """One cell of the fault space."""

    flow: str
    call_point: str
    fault_id: str
    mode: str
    status: str | None = None
    reason: str | None = None


class PlanShape(msgspec.Struct):
    """plan.json."""

    experiments: list[ExperimentShape]
    cells: list[CellShape] = []


Seconds = Annotated[float, msgspec.Meta(ge=0, le=604_800)]


class LimitsShape(msgspec.Struct):
    """Of a scenario."""

    attempts: int | None = None


class WaitsShape(msgspec.Struct):
    """Of a scenario."""

    retry_base_ms: Annotated[int, msgspec.Meta(ge=0)] | None = None


class ScenarioShape(msgspec.Struct):
    """The resolved scenario."""

    name: str | None = None
    require: list[str] | None = None
    flows: list[str] | None = None
    faults: list[str] | None = None
    limits: LimitsShape | None = None
    waits: WaitsShape | None = None
    period_closed: str | None = None


class CapabilitiesShape(msgspec.Struct):
    """What a connector can do."""

    flows: list[str] | None = None


class ConnectorShape(msgspec.Struct):
    """What a connector declared."""

    name: str | None = None
    capabilities: CapabilitiesShape | None = None
    gives_up_after: int | None = None
    ack_timeout_s: Seconds | None = None
    request_timeout_s: Seconds | None = None
    poll_interval_s: Seconds | None = None
    concurrency: int | None = None
    period_closed: str | None = None


class RulesShape(msgspec.Struct):
    """Digests of the rules that were asked, by id."""

    dryclose: dict[str, str] | None = None
    user: dict[str, str] | None = None


class EvidenceShape(msgspec.Struct):
    """Digests of the files that the judge compares with."""

    mappings: dict[str, str] | None = None
    plan: str | None = None


class ManifestShape(msgspec.Struct):
    """manifest.json."""

    run_id: str = ""
    seed: int | None = None
    scenario: ScenarioShape | str | None = None
    connector: ConnectorShape | None = None
    rules: RulesShape | None = None
    evidence: EvidenceShape | None = None
    status: str | None = None
    why: str | None = None
    strict: bool = False


def read_document(path: Path, shape: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The whole document, held against its shape. Raises RunUnreadable."""
    try:
        document = msgspec.json.decode(read_bounded(path, DOCUMENT_MAX), type=dict[str, Any])
    except UsageError as error:
        raise RunUnreadable(error.message) from None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise RunUnreadable(f"{path}: {error}. The run directory is damaged") from None
    hold(path, document, shape)
    return document


def hold(path: Path, document: Mapping[str, Any], shape: type[msgspec.Struct]) -> None:
    """Raises RunUnreadable when a document that was read is not of this shape."""
    try:
        msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        raise RunUnreadable(f"{path}: {error}. The run directory is damaged") from None
