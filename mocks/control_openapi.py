"""The OpenAPI 3.1 document of the control port, and of which shape each of its operations is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.catalog import Catalog
from mocks import control_shapes as shapes
from mocks.kit.imprint import preface, tags, unreadable
from mocks.kit.openapi import OF_BODIES, REF, problem_responses, problem_schema

TAIL_DEFAULT = 500
TAIL_MAX = 5000
NDJSON = "application/x-ndjson"
PLAIN = "text/plain"
DESCRIPTION = "Steers one world, for whoever runs it: never for a connector under test. Errors are RFC 9457 problems."
COUNT = {"type": "string", "pattern": "^[0-9]{1,12}$"}
SECURITY = {"type": "http", "scheme": "bearer", "description": "the control token, in manifest.json of the run directory"}
CORRELATION = {
    "name": "X-Correlation-ID", "in": "header", "required": False, "description": "echoed", "schema": {"type": "string"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """One operation. response None: text of the media type `media`."""

    tag: str
    method: str
    path: str
    name: str
    summary: str
    response: Any
    request: Any = None
    status: int = 200
    doc: str = ""
    codes: tuple[str, ...] = ()
    public: bool = False
    media: str = "application/json"


TAGS = {
    "world": "which world this is, and its end",
    "clock": "the business clock, which document dates and periods obey",
    "faults": "faults of single transactions (plans) and of the whole run (windows)",
    "history": "what the world saw and did",
    "states": "what a consumer's contract presumes about a system",
    "course": "people and phases of a run that another process drives",
}

OPERATIONS = (
    Declared("world", "GET", "/health", "health", "Whether the world is up", shapes.Health,
        doc="Answers as soon as every system is served; needs no token.", public=True),
    Declared("world", "GET", "/metrics", "metrics", "What was counted, in the text format of Prometheus", None,
        doc="Counts and durations only, no content of any document; needs no token.", public=True, media=PLAIN),
    Declared("world", "GET", "/seed", "seed", "Which world this is", shapes.WorldIdentity,
        doc="Run, seed, phase, and the number of the last row of the history."),
    Declared("clock", "GET", "/clock", "clock.read", "The business clock", shapes.ClockState,
        doc="Its time, and how many business seconds pass in a second; 0: it stands."),
    Declared("clock", "PUT", "/clock", "clock.set", "Set the business clock", shapes.ClockState, shapes.ClockSet,
        doc="Forward or back, in the years 2000 to 2099; what had to happen in between happens now."),
    Declared("clock", "POST", "/clock/advance", "clock.advance", "Move the business clock", shapes.ClockState, shapes.ClockAdvance,
        doc="By so many seconds; its speed stays."),
    Declared("faults", "GET", "/plans", "plans.list", "Steps that are armed", shapes.PlanList,
        doc="A step that has fired is listed no more."),
    Declared("faults", "POST", "/plans", "plans.arm", "Arm a step of a fault plan", shapes.PlanRow, shapes.PlanStep, 201,
        doc="It fires when this transaction comes to this call point for the so many-th time."),
    Declared("faults", "GET", "/windows", "windows.list", "Faults of the run that are in force", shapes.WindowList,
        doc="A window meets every transaction that is open while it lasts."),
    Declared("faults", "POST", "/windows", "windows.change", "Begin or end a fault of the run", shapes.WindowList, shapes.WindowChange,
        doc="At one system; the answer lists what is in force afterwards."),
    Declared("history", "GET", "/history", "history", "Rows after a number, one JSON object a line", None,
        doc=f"At most {TAIL_DEFAULT} when `limit` is not given; go on after the `seq` of the last line.",
        codes=("INVALID_PARAMETER",), media=NDJSON),
    Declared("states", "GET", "/provider-state", "states.list", "Provider states and their parameters", shapes.ProviderStateList,
        doc="With the defaults of each parameter and, where they are few, its possible values."),
    Declared("states", "POST", "/provider-state", "states.set", "Set a provider state, or (teardown) open the books anew", dict[str, Any],
        shapes.StateChange, doc="As Pact verifiers call it; the answer has the values that a contract's generators ask for.",
        codes=("INVALID_TRANSITION",)),
    Declared("course", "GET", "/people", "people", "Where people work, for a load in another process", shapes.PeopleDesk,
        doc="Addresses and client of those who write and approve documents; their secret is not told here."),
    Declared("course", "POST", "/phases", "phases.begin", "A phase begins; people's documents may join it", shapes.WorldIdentity,
        shapes.PhaseBegin, doc="Rows of the history carry the name of the phase that they were written in."),
    Declared("course", "POST", "/quiet", "quiet.mark", "Write down how the waiting for the end went", shapes.WorldIdentity,
        shapes.QuietMark, doc="A judge reads from it whether a connector had come to rest."),
    Declared("history", "POST", "/final-views", "views.final", "Read every document into the history", shapes.WorldIdentity,
        doc="The state of each document as it is now, for whoever judges the history."),
    Declared("world", "POST", "/shutdown", "shutdown", "End the world", shapes.Stopping, status=202,
        doc="It ends after this answer; its history is complete then."),
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
        **preface("dryclose control port", version, "Clock, fault plans, windows, history of a world", DESCRIPTION),
        "tags": tags(TAGS, (one.tag for one in OPERATIONS)),
        "paths": paths,
        "components": {"schemas": {**components, "Problem": problem_schema(catalog)}, "securitySchemes": {"control": SECURITY}},
    }


def _operation(one: Declared, catalog: Catalog, schemas: dict[int, Any]) -> dict[str, Any]:
    schema = {"type": "string"} if one.response is None else schemas[id(one.response)]
    codes = ["INTERNAL_ERROR", *one.codes, *(() if one.public else ("TOKEN_MISSING", "TOKEN_INVALID"))]
    declared: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": one.doc,
        "tags": [one.tag],
        "security": [] if one.public else [{"control": []}],
        "parameters": [CORRELATION],
        "responses": {str(one.status): {"description": one.summary, "content": {one.media: {"schema": schema}}}},
    }
    if one.media == NDJSON:
        declared["parameters"] = [CORRELATION, _count("after", "rows with a larger number"), _count("limit", f"at most {TAIL_MAX}")]
    if one.request is not None:
        codes += OF_BODIES
        declared["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas[id(one.request)]}}}
    declared["responses"].update((unreadable() if one.public else {}) | problem_responses(codes, catalog))
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
    window["fault_id"] = {"enum": [fault.id for fault in catalog.faults.values() if fault.scope == "run" and not fault.rotates]}
    window["system"] = {"enum": [*catalog.hosted, *catalog.token_services]}
    components["StateChange"]["properties"]["state"] |= {"examples": ["", *states], "description": "its name; ignored at a teardown"}
