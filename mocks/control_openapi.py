"""The OpenAPI 3.1 document of the control port, and of which shape each of its operations is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.catalog import Catalog
from mocks import control_shapes as shapes
from mocks.kit.openapi import OF_BODIES, REF, problem_responses, problem_schema

TAIL_DEFAULT = 500
TAIL_MAX = 5000
NDJSON = "application/x-ndjson"
PLAIN = "text/plain"
COUNT = {"type": "string", "pattern": "^[0-9]{1,12}$"}
SECURITY = {"type": "http", "scheme": "bearer", "description": "the control token, in manifest.json of the run directory"}
CORRELATION = {
    "name": "X-Correlation-ID", "in": "header", "required": False, "description": "echoed", "schema": {"type": "string"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """One operation. response None: text of the media type `media`."""

    method: str
    path: str
    name: str
    summary: str
    response: Any
    request: Any = None
    status: int = 200
    codes: tuple[str, ...] = ()
    public: bool = False
    media: str = "application/json"


OPERATIONS = (
    Declared("GET", "/health", "health", "Whether the world is up", shapes.Health, public=True),
    Declared("GET", "/metrics", "metrics", "What was counted, in the text format of Prometheus", None, public=True, media=PLAIN),
    Declared("GET", "/seed", "seed", "Which world this is", shapes.WorldIdentity),
    Declared("GET", "/clock", "clock.read", "The business clock", shapes.ClockState),
    Declared("PUT", "/clock", "clock.set", "Set the business clock", shapes.ClockState, shapes.ClockSet),
    Declared("POST", "/clock/advance", "clock.advance", "Move the business clock", shapes.ClockState, shapes.ClockAdvance),
    Declared("GET", "/plans", "plans.list", "Steps that are armed", shapes.PlanList),
    Declared("POST", "/plans", "plans.arm", "Arm a step of a fault plan", shapes.PlanRow, shapes.PlanStep, 201),
    Declared("GET", "/windows", "windows.list", "Faults of the run that are in force", shapes.WindowList),
    Declared("POST", "/windows", "windows.change", "Begin or end a fault of the run", shapes.WindowList, shapes.WindowChange),
    Declared("GET", "/history", "history", "Rows after a number, one JSON object a line", None, codes=("INVALID_PARAMETER",), media=NDJSON),
    Declared("GET", "/provider-state", "states.list", "Provider states and their parameters", shapes.ProviderStateList),
    Declared(
        "POST", "/provider-state", "states.set", "Set a provider state, or (teardown) open the books anew", dict[str, Any],
        shapes.StateChange, codes=("INVALID_TRANSITION",),
    ),
    Declared("GET", "/people", "people", "Where people work, for a load in another process", shapes.PeopleDesk),
    Declared("POST", "/phases", "phases.begin", "A phase begins; people's documents may join it", shapes.WorldIdentity, shapes.PhaseBegin),
    Declared("POST", "/quiet", "quiet.mark", "Write down how the waiting for the end went", shapes.WorldIdentity, shapes.QuietMark),
    Declared("POST", "/final-views", "views.final", "Read every document into the history", shapes.WorldIdentity),
    Declared("POST", "/shutdown", "shutdown", "End the world", shapes.Stopping, status=202),
)  # fmt: skip
"""What the control port offers, apart from this document and from pages for people."""


def control_document(catalog: Catalog, *, version: str, states: Iterable[str]) -> dict[str, Any]:
    """The whole document. `states`: names of the provider states."""
    types = [each for one in OPERATIONS for each in (one.request, one.response) if each is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    by_type = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, catalog, by_type)
    _tell_names(components, catalog, [*states])
    return {
        "openapi": "3.1.0",
        "info": {"title": "dryclose control port", "version": version, "summary": "Clock, fault plans, windows, history of a world"},
        "paths": paths,
        "components": {"schemas": {**components, "Problem": problem_schema(catalog)}, "securitySchemes": {"control": SECURITY}},
    }


def _operation(one: Declared, catalog: Catalog, schemas: dict[int, Any]) -> dict[str, Any]:
    schema = {"type": "string"} if one.response is None else schemas[id(one.response)]
    codes = ["INTERNAL_ERROR", *one.codes, *(() if one.public else ("TOKEN_MISSING", "TOKEN_INVALID"))]
    declared: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "security": [] if one.public else [{"control": []}],
        "parameters": [CORRELATION],
        "responses": {str(one.status): {"description": one.summary, "content": {one.media: {"schema": schema}}}},
    }
    if one.media == NDJSON:
        declared["parameters"] = [CORRELATION, _count("after", "rows with a larger number"), _count("limit", f"at most {TAIL_MAX}")]
    if one.request is not None:
        codes += OF_BODIES
        declared["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas[id(one.request)]}}}
    declared["responses"].update(problem_responses(codes, catalog))
    return declared


def _count(name: str, doc: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": doc, "schema": COUNT}


def _tell_names(components: dict[str, Any], catalog: Catalog, states: list[str]) -> None:
    """What a name may be stands in the document, so that a client need not try."""
    step, window = components["PlanStep"]["properties"], components["WindowChange"]["properties"]
    modes = sorted({mode.id for fault in catalog.faults.values() for mode in fault.modes})
    points = [point.id for flow in catalog.flows.values() for point in flow.call_points] + [one.id for one in catalog.shared_call_points]
    step["call_point"] = {"enum": [*dict.fromkeys(points)]}
    step["fault_id"] = {"enum": [*catalog.faults]}
    step["mode"] = {"enum": modes, "description": "one of the modes of the fault"}
    window["fault_id"] = {"enum": [fault.id for fault in catalog.faults.values() if fault.scope == "run"]}
    window["system"] = {"enum": [*catalog.hosted, *catalog.token_services]}
    components["StateChange"]["properties"]["state"] |= {"examples": ["", *states], "description": "its name; ignored at a teardown"}
