"""Four small flows that are not shipped, one of each kind, and a planner over them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contracts.catalog import CallPoint, Flow
from contracts.entries import Catalog, DocumentKind, Due, Query
from harness.plan.model import Capabilities, Experiment, Sighting, Wave
from harness.plan.planner import Planner
from harness.scenario import Scenario
from tests.property.plan.planning import CATALOG, make_scenario

ORDERS, RECEIPTS, SUPPLIERS, NEWS, CHECKS = "orders", "receipts", "suppliers", "payment-news", "coding-checks"


def _flow(flow_id: str, kind: str, points: Sequence[CallPoint], **members: object) -> Flow:
    words: dict[str, object] = {
        "title": flow_id,
        "owner": "Finance",
        "pattern": "event",
        "latency_target_ms": 1000,
        "exception_path": "none",
        "prefix": flow_id[:2],
        "source_document": "requisition",
        "source_system": "procurement",
        "due": (),
    }
    return Flow(id=flow_id, rank=1, kind=kind, call_points=tuple(points), **{**words, **members})  # type: ignore[arg-type]


def _order_points(source: str, target: str) -> list[CallPoint]:
    """An event, the read of the source, a create in the target with its look-up and its undo, the write-back."""
    return [
        CallPoint(f"wh.{source}.approved", "event", "procurement"),
        CallPoint(f"wh.{source}.reversed", "event", "procurement", stage="recovery"),
        CallPoint(f"procurement.{source}.read", "read", "procurement", source=True),
        CallPoint(f"erp.{target}.create", "create", "erp", document=target),
        CallPoint(f"erp.{target}.find", "lookup", "erp", stage="recovery"),
        CallPoint(f"erp.{target}.cancel", "update", "erp", stage="recovery"),
        CallPoint(f"procurement.{source}.record", "update", "procurement"),
    ]


FLOWS = {
    ORDERS: _flow(
        ORDERS,
        "document",
        _order_points("request", "order"),
        due=(Due("order", ("order",)),),
        settled_by=("procurement.request.record",),
        party="supplier",
    ),
    RECEIPTS: _flow(RECEIPTS, "document", _order_points("receipt", "posting"), due=(Due("posting", ("posting",)),), parent=ORDERS),
    SUPPLIERS: _flow(
        SUPPLIERS,
        "state",
        [
            CallPoint("wh.supplier.changed", "event", "erp"),
            CallPoint("erp.supplier.read", "read", "erp", source=True, names="supplier"),
            CallPoint("procurement.supplier.find", "lookup", "procurement", stage="recovery"),
            CallPoint("procurement.supplier.put", "update", "procurement"),
            CallPoint("expense.payee.put", "update", "expense", variant="paid_here"),
        ],
        source_document="supplier",
        source_system="erp",
        party="supplier",
    ),
    NEWS: _flow(
        NEWS,
        "status",
        [
            CallPoint("wh.payment.made", "event", "erp"),
            CallPoint("erp.payment.read", "read", "erp", source=True),
            CallPoint("procurement.request.tell", "update", "procurement"),
        ],
        source_document="order",
        source_system="erp",
        settled_by=("procurement.request.tell",),
    ),
    CHECKS: _flow(
        CHECKS,
        "query",
        [
            CallPoint("ask.coding", "ask", "procurement"),
            CallPoint("erp.coding.check", "read", "erp", names="coding"),
            CallPoint("erp.budget.find", "lookup", "erp", stage="recovery"),
        ],
        query=Query("order", {"yes": ("posted",)}, 300, "open", "unknown"),
    ),
}
KINDS = {
    "order": DocumentKind("order", "erp", "order", "order", {"posted": "posted"}, module="PO"),
    "posting": DocumentKind("posting", "erp", "posting", "posting", {"posted": "posted"}, module="GL"),
    "supplier": DocumentKind("supplier", "erp", "supplier", "supplier", {"active": "approved"}, acts=("block_supplier",)),
}
SMALL: Catalog = replace(CATALOG, flows=FLOWS, documents={**CATALOG.documents, **KINDS})
VARIANTS = {SUPPLIERS: {"US01": "paid_here", "DE01": "paid_elsewhere"}}


def scenario_of(*flows: str) -> Scenario:
    """Every fault, two entities."""
    return make_scenario(flows=flows, entities=("US01", "DE01"))


def planner_of(*flows: str, webhook: bool = True, answers: bool = True, catalog: Catalog = SMALL) -> Planner:
    """A planner of these flows."""
    return Planner(scenario_of(*flows), catalog, Capabilities(flows, webhook=webhook, answers=answers), seed=3, variants=VARIANTS)


def normal(experiment: Experiment) -> Iterable[str]:
    """The points that this transaction reaches without faults."""
    flow, mine = FLOWS[experiment.flow], VARIANTS.get(experiment.flow, {}).get(experiment.entity)
    return (point.id for point in flow.call_points if point.stage == "normal" and point.variant in (None, mine))


def calls(waves: Iterable[Wave]) -> list[Sighting]:
    """A connector that calls everything that is normal. The world's own question is nobody's call."""
    experiments = [experiment for wave in waves for experiment in wave.experiments]
    return [Sighting(e.flow, point, e.txn_id) for e in experiments for point in normal(e) if not point.startswith("ask.")]
