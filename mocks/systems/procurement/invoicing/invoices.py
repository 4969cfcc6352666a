"""An invoice, what it is called, and every transition that exists (domain.md 3.2)."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from mocks.systems.procurement.invoicing.models import Credit, ErpInvoice, InvoicePayment, InvoiceState, KeyedLine
from mocks.workflow.desk import Form
from mocks.workflow.document import ApprovedDocument
from mocks.workflow.lifecycle import Lifecycle

# `match` follows `submit` at once: nobody sees an invoice in `validating`. Once posted it is taken back by whoever approved it.
LIFECYCLE = Lifecycle(
    "invoice",
    {
        ("captured", "submit"): "validating",
        ("validating", "match"): "pending_approval",
        ("pending_approval", "approve_step"): "pending_approval",
        ("pending_approval", "approve"): "approved",
        ("pending_approval", "reject"): "rejected",
        ("approved", "reverse_approval"): "returned",
        ("posted", "reverse_approval"): "returned",
        ("approved", "record_posting"): "posted",
        ("approved", "record_refusal"): "refused",
        ("posted", "record_payment"): "posted",
        ("captured", "amend"): "captured",
        ("returned", "amend"): "captured",
        ("refused", "amend"): "captured",
        ("captured", "cancel"): "cancelled",
        ("pending_approval", "cancel"): "cancelled",
        ("approved", "cancel"): "cancelled",
        ("posted", "cancel"): "cancelled",
        ("returned", "cancel"): "cancelled",
        ("refused", "cancel"): "cancelled",
    },
)

FORM = Form(
    kind="invoice",
    noun="invoice",
    id_prefix="INV",
    home="/api/v1/invoices",
    id_member="id",
    event_id="invoiceId",
    status="status",
    since="updatedSince",
    statuses=get_args(InvoiceState),
    person="user id",
    after_submit="match",
    refused="refused",
    approved="invoice.approved",
    lifecycle=LIFECYCLE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line in minor units. order_line: what it bills of the order, in thousandths of its unit; None: nothing was ordered.
    coded_on: the day that decides which rules code it."""

    asked: KeyedLine
    net: int
    tax: int
    order_line: int | None
    quantity: int
    category: str
    cost_center: str
    project: str | None
    coded_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierBill(ApprovedDocument):
    """What a supplier billed; `title` is the note on it, `total_minor` gross and positive, of a credit too. Dates are ISO."""

    pending: ClassVar[str] = "pending_approval"

    lines: tuple[Item, ...]
    supplier_id: str
    supplier_number: str
    dated: str
    captured_on: str
    order: str | None
    credit: Credit | None
    recorded: ErpInvoice | None = None
    payment: InvoicePayment | None = None

    @property
    def sign(self) -> int:
        """1 of an invoice, -1 of a credit."""
        return 1 if self.credit is None else -1
