"""A receipt, what it is called, and every transition that exists (domain.md 3.2: evidence of delivery, and its return)."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from mocks.systems.procurement.receiving.models import ErpReceipt, ReceiptReversal, ReceiptStatus
from mocks.systems.procurement.receiving.orders import Part
from mocks.workflow.desk import Form
from mocks.workflow.document import ApprovedDocument
from mocks.workflow.lifecycle import Lifecycle

# A wrong receipt is reversed and recorded anew: it is never amended.
LIFECYCLE = Lifecycle(
    "receipt",
    {
        ("recorded", "record_posting"): "posted",
        ("recorded", "record_refusal"): "refused",
        ("recorded", "reverse"): "reversed",
        ("posted", "reverse"): "reversed",
        ("refused", "reverse"): "reversed",
    },
)

FORM = Form(
    kind="receipt",
    noun="receipt",
    id_prefix="GRN",
    home="/api/v1/receipts",
    id_member="id",
    event_id="receiptId",
    status="status",
    since="updatedSince",
    statuses=get_args(ReceiptStatus),
    person="user id",
    after_submit="",  # nobody hands it in
    refused="refused",
    approved="goods_receipt.recorded",
    lifecycle=LIFECYCLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(ApprovedDocument):
    """Goods that somebody took; `title` is the note on it, `lines` what came of which order line. Dates are ISO."""

    pending: ClassVar[str] = ""  # nobody decides about it

    lines: tuple[Part, ...]
    order: str
    received_on: str
    recorded: ErpReceipt | None = None
    reversal: ReceiptReversal | None = None
