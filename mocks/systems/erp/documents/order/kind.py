"""What is a purchase order's own: numbers, statuses, and every step between them."""

from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.order.models import PurchaseOrder, PurchaseOrderPage

KIND = DocumentKind(
    name="purchase_order",
    noun="purchase order",
    point="erp.po",
    path="/purchase-orders",
    undo="cancel",
    module="PO",
    ledger="memo",
    numbers=("45", "47"),
    transitions={
        ("created", "undo"): "cancelled",
        ("created", "cancel_rest"): "created",
        ("created", "change"): "created",
        ("created", "close"): "closed",
        ("created", "final_close"): "finally_closed",
        ("closed", "change"): "created",
        ("closed", "final_close"): "finally_closed",
    },
    record=PurchaseOrder,
    page=PurchaseOrderPage,
    party=lambda request: request.vendor_id,
)
OVER_FOR_GOOD = frozenset({"cancelled", "reversal", "finally_closed"})
"""Statuses of an order for which nothing is billed any more."""
CLOSED = OVER_FOR_GOOD | {"closed"}
"""Statuses of an order that nothing is encumbered for again, until it is opened."""
CLOSE_TOLERANCE_PERCENT = 5
"""So much of a line's quantity may be missing when an order is closed."""
