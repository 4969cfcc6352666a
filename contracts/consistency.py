"""Do the files of contracts/ agree with each other? Every state has a meaning, every event a flow, every call point a system."""

from collections.abc import Iterable, Iterator

from contracts.entries import (
    ACCOUNT_ROLES,
    ACTS,
    CARDINALITIES,
    COMPARED,
    KINDS_OF_CALL_POINT,
    KINDS_OF_FLOW,
    LIMIT_STATES,
    MEANINGS,
    RECORD_ASPECTS,
    SIDES,
    Catalog,
    DocumentKind,
    Due,
    Fault,
    Flow,
)


def contradictions(catalog: Catalog) -> Iterator[str]:
    """What two files say differently, each with its file and what was expected."""
    yield from _in_systems(catalog)
    for kind in catalog.documents.values():
        yield from _in_document(catalog, kind)
    yield from _in_errors(catalog)
    for fault in catalog.faults.values():
        yield from _in_fault(fault)
    for flow in catalog.flows.values():
        yield from _in_flow(catalog, flow)
        yield from _in_call_points(catalog, flow)
        for due in flow.due:
            yield from _in_due(catalog, flow, due)
    yield from _in_events_and_drift(catalog)


def _in_systems(catalog: Catalog) -> Iterator[str]:
    slots: dict[int, str] = {}
    for entry in catalog.systems.values():
        if entry.type not in catalog.systems:
            yield f"systems.yaml: {entry.id}: type {entry.type!r} is not the id of a system"
        if slots.setdefault(entry.slot, entry.id) != entry.id:
            yield f"systems.yaml: {entry.id}: slot {entry.slot} is {slots[entry.slot]}'s already; a new system takes a free one"
        for role in sorted(set(entry.accounts) - set(ACCOUNT_ROLES)):
            yield f"systems.yaml: {entry.id}: accounts names {role!r}; expected some of {', '.join(ACCOUNT_ROLES)}"


def _in_document(catalog: Catalog, kind: DocumentKind) -> Iterator[str]:
    where = f"documents.yaml: {kind.id}"
    if kind.system not in catalog.systems:
        yield f"{where}: system {kind.system!r} is not in systems.yaml"
    elif kind.module is not None and kind.module not in catalog.systems[kind.system].modules:
        yield f"{where}: module {kind.module!r} is none of system {kind.system}'s modules in systems.yaml"
    for state, meaning in kind.states.items():
        if meaning not in MEANINGS:
            yield f"{where}: state {state!r} means {meaning!r}; expected one of {', '.join(MEANINGS)}"
    yield from _unknown_acts(where, kind.acts)


def _in_errors(catalog: Catalog) -> Iterator[str]:
    for one in catalog.error_classes.values():
        if one.side not in SIDES:
            yield f"errors.yaml: class {one.id!r} is on the side {one.side!r}; expected one of {', '.join(SIDES)}"
    for error in catalog.errors.values():
        if error.error_class not in catalog.error_classes:
            yield f"errors.yaml: {error.code}: class {error.error_class!r}; expected one of {', '.join(catalog.error_classes)}"


def _in_fault(fault: Fault) -> Iterator[str]:
    for kind in sorted(set(fault.kinds) - set(KINDS_OF_FLOW)):
        yield f"faults.yaml: {fault.id}: kinds names {kind!r}; expected some of {', '.join(KINDS_OF_FLOW)}"
    for mode in fault.modes:
        yield from _unknown_acts(f"faults.yaml: {fault.id}", mode.acts)
        for kind in sorted(set(mode.veils) - set(KINDS_OF_CALL_POINT)):
            yield f"faults.yaml: {fault.id}: veils names {kind!r}; expected some of {', '.join(KINDS_OF_CALL_POINT)}"


def _unknown_acts(where: str, acts: Iterable[str]) -> Iterator[str]:
    for act in acts:
        if act not in ACTS:
            yield f"{where}: act {act!r}; expected some of {', '.join(ACTS)}"


def _in_flow(catalog: Catalog, flow: Flow) -> Iterator[str]:
    where = f"flows/{flow.id}.yaml"
    if flow.kind not in KINDS_OF_FLOW:
        yield f"{where}: kind {flow.kind!r}; expected one of {', '.join(KINDS_OF_FLOW)}"
    for other in catalog.flows.values():
        if other.id < flow.id and other.prefix == flow.prefix:
            yield f"{where}: prefix {flow.prefix!r} is {other.id}'s already"
    if flow.parent is not None and flow.parent not in catalog.flows:
        yield f"{where}: parent {flow.parent!r} is no flow"
    if flow.continues is not None:
        yield from _in_case(catalog, flow, where)
    if flow.query is not None:
        yield from _in_query(catalog, flow, where)
    if flow.kind == "status" and not flow.tells:
        yield f"{where}: a status declares `tells`: which state of the source is told as which"
    if (flow.kind == "query") != (flow.query is not None):
        yield f"{where}: `query` belongs to the kind query, and only to it"


def _in_case(catalog: Catalog, flow: Flow, where: str) -> Iterator[str]:
    passed, before = [flow.id], flow.continues
    while before is not None:
        if before not in catalog.flows:
            yield f"{where}: it continues {before!r}, which is no flow"
            return
        if before in passed:
            yield f"{where}: a case that goes round in a circle: {', '.join((*passed, before))}"
            return
        passed.append(before)
        before = catalog.flows[before].continues


def _in_query(catalog: Catalog, flow: Flow, where: str) -> Iterator[str]:
    query = flow.query
    assert query is not None
    for name in filter(None, (query.about, query.reservation, query.limited_by)):
        if name not in catalog.documents:
            yield f"{where}: query: {name!r} is not in documents.yaml"
    for state in sorted({state for states in query.answers.values() for state in states} - set(LIMIT_STATES)) if query.limited_by else ():
        yield f"{where}: query: {state!r} is no way to stand to a limit; expected {' or '.join(LIMIT_STATES)}"
    if query.on_failure not in ("open", "closed"):
        yield f"{where}: query: on_failure {query.on_failure!r}; expected open or closed"


def _in_call_points(catalog: Catalog, flow: Flow) -> Iterator[str]:
    where = f"flows/{flow.id}.yaml"
    for point in flow.call_points:
        if point.kind not in KINDS_OF_CALL_POINT:
            yield f"{where}: {point.id}: kind {point.kind!r}; expected one of {', '.join(KINDS_OF_CALL_POINT)}"
        if point.system not in catalog.systems:
            yield f"{where}: {point.id}: system {point.system!r} is not in systems.yaml"
        if point.document is not None and point.document not in catalog.documents:
            yield f"{where}: {point.id}: document {point.document!r} is not in documents.yaml"
        if point.kind == "event" and catalog.event_of_call_point(point.id) is None:
            yield f"{where}: {point.id}: no event of events.yaml has this call point"
    points = {point.id for point in flow.call_points}
    for name in (*flow.settled_by, *(call for point in flow.call_points for call in point.callback_of)):
        if name not in points:
            yield f"{where}: {name} is named, but is none of its call points"


def _in_due(catalog: Catalog, flow: Flow, due: Due) -> Iterator[str]:
    where = f"flows/{flow.id}.yaml: due {due.id}"
    for name in due.documents:
        if name not in catalog.documents:
            yield f"{where}: document {name!r} is not in documents.yaml"
    if due.cardinality not in CARDINALITIES:
        yield f"{where}: cardinality {due.cardinality!r}; expected one of {', '.join(CARDINALITIES)}"
    known = RECORD_ASPECTS if flow.kind == "state" else COMPARED
    if flow.kind in ("document", "state"):
        for aspect in sorted(set(due.compare) - set(known)):
            yield f"{where}: compare {aspect!r}; a flow of kind {flow.kind} expects some of {', '.join(known)}"
    others = [other.id for other in flow.due if other.id != due.id and set(other.documents) & set(due.documents)]
    if others:
        yield f"{where}: makes a kind of document that {others[0]} makes too, so nobody could tell which of them is met"


def _in_events_and_drift(catalog: Catalog) -> Iterator[str]:
    used = {point.id for flow in catalog.flows.values() for point in flow.call_points}
    for event in catalog.events.values():
        if event.call_point not in used:
            yield f"events.yaml: {event.type}: its call point {event.call_point} is in no flow of flows/"
        if event.source.strip("/") not in catalog.systems:
            yield f"events.yaml: {event.type}: source {event.source!r} is no system of systems.yaml"
    for point in catalog.drift:
        if point not in used:
            yield f"drift.yaml: {point}: the call point is in no flow of flows/"
