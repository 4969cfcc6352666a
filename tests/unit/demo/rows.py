"""Rows of a history as the world writes them, for one document and its ERP."""

from itertools import count
from typing import Any

from harness.demo.floor import Floor
from tests.shipped import CATALOG

SOURCE, CORRELATION = "REQ-TEST-00001234", "dc-1"


class Rows:
    """Writes rows in order, one millisecond apart unless told otherwise."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.ms = 0
        self._ops = count(1)

    def add(self, kind: str, node: str, after_ms: int = 1, **columns: Any) -> None:
        """One row."""
        self.ms += after_ms
        biz = f"2026-10-28T09:{self.ms // 60_000:02d}:{self.ms // 1000 % 60:02d}.{self.ms % 1000:03d}000+00:00"
        self.rows.append({"kind": kind, "node": node, "t_mono_ns": self.ms * 1_000_000, "t_biz": biz, **columns})

    def person(self, verb: str, state: str, who: str, txn_id: str = "p2p-1") -> None:
        """Somebody does something with the requisition."""
        self.add(
            "source_action", "procurement", call_point=f"procurement.requisition.{verb}", txn_id=txn_id, flow="requisition-to-po",
            entity_type="requisition", entity_id=SOURCE, state=state, amount_minor=120_410, currency="USD", owner=who, corr_id=CORRELATION,
        )  # fmt: skip

    def approved(self, txn_id: str = "p2p-1") -> None:
        """Written, handed in, approved."""
        self.person("create", "draft", "U1", txn_id)
        self.person("submit", "pending_approval", "U1", txn_id)
        self.person("approve", "approved", "U2", txn_id)

    def event(self, status: int | None = 202, deliveries: int = 1) -> None:
        """The approval's webhook, delivered and answered."""
        for op_id in [next(self._ops) for _ in range(deliveries)]:
            names = {"op_id": op_id, "call_point": "wh.requisition.approved", "txn_id": "p2p-1", "corr_id": CORRELATION}
            self.add("event_sent", "procurement", **names)
            self.add("event_ack", "procurement", after_ms=11, **names, status=status)

    def call(self, call_point: str, outcome: str = "no_effect", view: str = "ok", attempt: int = 1, **columns: Any) -> None:
        """One call of the connector; a create commits a purchase order unless it is replayed."""
        node = call_point.partition(".")[0]
        op_id = next(self._ops)
        names = {"op_id": op_id, "call_point": call_point, "txn_id": "p2p-1", "attempt": attempt}
        self.add("request", node, **names, corr_id=CORRELATION)
        if call_point == "erp.po.create" and outcome == "committed":
            self.posted(f"45{op_id:04d}", op_id)
        if call_point.endswith("record_order"):
            state = {"entity_type": "requisition", "entity_id": SOURCE, "effect": "update", "state": "ordered"}
            self.add("commit", node, op_id=op_id, txn_id="p2p-1", **state)
        self.add("decision", node, **names, server_outcome=outcome, status=200)
        self.add("response_end", node, **names, client_view=view, **({"status": 200} if view == "ok" else {}), **columns)

    def posted(self, number: str, op_id: int | None = None) -> None:
        """A purchase order came to be."""
        made = {"entity_type": "purchase_order", "entity_id": number, "effect": "create", "state": "created"}
        self.add("commit", "erp", op_id=op_id, txn_id="p2p-1", **made)

    def fault(self, fault_id: str, mode: str, call_point: str) -> None:
        """A fault meets the document."""
        self.add("fault_fired", call_point.partition(".")[0], call_point=call_point, txn_id="p2p-1", fault_id=fault_id, mode=mode)

    def window(self, *, on: bool) -> None:
        """ERP maintenance begins, with our document open, or ends."""
        if on:
            self.add("fault_fired", "harness", call_point="erp", fault_id="F-B5", mode="window", experienced_by="p2p-1 p2p-9")
        else:
            self.add("fault_healed", "erp", call_point="erp", fault_id="F-B5", mode="window")


def floor(rows: Rows) -> Floor:
    """A floor that has seen these rows."""
    made = Floor(CATALOG, {"U1": "Jane Doe", "U2": "Mark Lee"})
    made.introduce("p2p-1", flow="requisition-to-po", entity="Acme Corporation", title="27-inch monitors")
    made.take(rows.rows)
    return made
