"""docs/flows.md from contracts/flows and contracts/events.yaml."""

from contracts.catalog import CallPoint, Catalog, EventType, Flow
from contracts.entries import Due
from harness.docs.markdown import code, codes, first_create, page, table

LEAD = """A flow is one business process across systems, declared as data. Its **call points** are the places where an integration meets
the world:
one operation of one mock system (`{create}`) or one event that a system sends to the connector (`{event}`).
Faults are planned at call points, coverage is counted over them.

Kinds: **read** looks at one object, **lookup** searches by the connector's own reference, **create** makes a document, **update**
changes one, **event**
is a webhook. **list** and **token** are shared by many transactions, so a fault there is a fault of the run, never of one transaction.
Stage **recovery** marks calls that appear only when something went wrong."""


EVENTS = """## Events

Signed as Standard Webhooks 1.0, in a CloudEvents 1.0 envelope. `data` is thin on purpose: the connector reads the
document that it names."""


KIND_SAYS = {
    "document": "document: documents are due in target systems",
    "state": "state: targets keep the latest version of a record",
    "status": "status: news is carried back to whoever waits",
    "query": "query: an answer while a person waits",
}
CARDINALITY_SAYS = {
    "one": "one for each source document",
    "one_per_line": "one for each line of the source document",
    "covers_many": "one for several source documents",
    "none": "none: the source has to be refused",
}


def flows_page(catalog: Catalog) -> str:
    """The page."""
    shared = table(("call point", "kind", "system"), ((code(point.id), point.kind, point.system) for point in catalog.shared_call_points))
    return page(
        "Flows",
        "`contracts/flows`, `contracts/events.yaml`",
        LEAD.replace("{create}", first_create(catalog)).replace("{event}", next(iter(catalog.events.values())).call_point),
        *(_flow(catalog, flow) for flow in catalog.flows.values()),
        f"## Shared by all flows\n\n{shared}",
        EVENTS,
        table(("type", "from", "subject", "data", "when"), (_event(event) for event in catalog.events.values())),
    )


def _flow(catalog: Catalog, flow: Flow) -> str:
    facts = [
        ("id", code(flow.id)),
        ("owner", flow.owner),
        ("pattern", flow.pattern),
        ("latency target", _duration(flow.latency_target_ms)),
        ("exception path", flow.exception_path),
        ("kind", KIND_SAYS[flow.kind]),
        ("begins with", f"{catalog.documents[flow.source_document].name} in {flow.source_system}"),
        ("grows out of", code(flow.parent or "")),
        ("goes on after", code(flow.continues or "")),
        *(("is due", _due(catalog, due)) for due in flow.due),
        ("which of them", _variants(flow)),
        ("is settled by", codes(flow.settled_by)),
        ("on a close day", _load(flow)),
    ]
    points = table(("call point", "kind", "system", "stage", "remark"), (_point(point) for point in flow.call_points))
    shown = table(("", ""), (fact for fact in facts if fact[1]))
    return f"## {flow.title}\n\n{shown}\n\n{points}"


def _due(catalog: Catalog, due: Due) -> str:
    names = " or ".join(catalog.documents[name].name for name in due.documents)
    return f"{names}, {CARDINALITY_SAYS[due.cardinality]}; held against the source in {', '.join(due.compare)}"


def _variants(flow: Flow) -> str:
    declared = flow.variants
    return f"as column `{declared.variant}` of `{declared.file}` says for the entity" if declared else ""


def _load(flow: Flow) -> str:
    if flow.load is None:
        return ""
    return f"{flow.load.weight:.1f} documents for each 1,000 employees, median {flow.load.median_minor / 100:,.2f} USD"


def _point(point: CallPoint) -> tuple[str, ...]:
    remarks = [
        "reads the source document; business races start here" if point.source else "",
        f"makes the {point.document}" if point.document else "",
        f"answers {codes(point.callback_of)}" if point.callback_of else "",
    ]
    return (code(point.id), point.kind, point.system, point.stage, "; ".join(remark for remark in remarks if remark))


def _event(event: EventType) -> tuple[str, ...]:
    data = ", ".join(f"{name} ({kind})" for name, kind in event.data.items())
    return (code(event.type), event.source.strip("/"), event.subject, data, event.doc)


def _duration(milliseconds: int) -> str:
    for unit, size in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)):
        if milliseconds >= size and milliseconds % size == 0:
            amount = milliseconds // size
            return f"{amount} {unit}{'' if amount == 1 else 's'}"
    return f"{milliseconds} ms"
