"""Source documents as the flows see them: canonical, whatever the names and formats of the system they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.model.erp_documents import OrderedAs
from engine.model.parties import BankAccount, PostalAddress
from engine.model.payments import BankFile


class SourceStage(StrEnum):
    """What a source document's own status means to a flow."""

    APPROVED = "approved"  # to be posted
    RECORDED = "recorded"  # carries the number of an ERP document
    REFUSED = "refused"  # was refused to its author
    NOT_APPROVED = "not_approved"  # nothing live may exist for it


@dataclass(frozen=True, slots=True)
class Approval:
    """One decided step. `approver` is the source system's own id of the person."""

    step: int
    approver: str
    decided_at: str  # ISO 8601, as it came: evidence is not rewritten


@dataclass(frozen=True, slots=True)
class Recorded:
    """The ERP document that the source document names."""

    number: str


@dataclass(frozen=True, slots=True)
class RequisitionLine:
    """One line to buy."""

    line_no: int
    text: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    category: str
    cost_center: str
    project: str | None


@dataclass(frozen=True, slots=True)
class Requisition:
    """A purchase requisition at one version."""

    source_id: str
    revision: int
    version: int
    status: str
    stage: SourceStage
    legal_entity: str
    requester: str
    supplier: str
    currency: str
    requested_on: date
    lines: tuple[RequisitionLine, ...]
    total: Decimal
    approvals: tuple[Approval, ...]
    recorded: Recorded | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class SupplierRequest:
    """A request for a supplier at one version. expected_spend: in a year."""

    source_id: str
    revision: int
    version: int
    status: str
    stage: SourceStage
    legal_entity: str
    requester: str
    name: str
    address: PostalAddress
    tax_id: str
    bank: BankAccount
    payment_terms: str
    currency: str
    expected_spend: Decimal
    approvals: tuple[Approval, ...]
    recorded: Recorded | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """One expense; `gross` includes `tax`."""

    line_no: int
    category: str
    spent_on: date
    text: str
    gross: Decimal
    tax: Decimal
    cost_object: str
    payment_type: str  # employee_paid, company_card


@dataclass(frozen=True, slots=True)
class ExpenseReport:
    """An expense report at one version."""

    source_id: str
    revision: int
    version: int
    status: str
    stage: SourceStage
    entity: str
    employee: str
    currency: str
    submitted_on: date
    approved_on: date | None
    lines: tuple[ExpenseLine, ...]
    total: Decimal
    approvals: tuple[Approval, ...]
    recorded: Recorded | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """How much of one order line came; `order_line` counts the lines of the order from 1."""

    line_no: int
    order_line: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods that somebody took, at one version. replacement: of one that was taken back, whether the supplier still owes them."""

    source_id: str
    revision: int
    version: int
    status: str
    stage: SourceStage
    legal_entity: str
    receiver: str
    order: str
    currency: str
    received_on: date
    lines: tuple[ReceiptLine, ...]
    total: Decimal
    replacement: bool | None
    recorded: Recorded | None
    correlation_id: str | None
    order_lines: tuple[OrderedAs, ...] = ()  # the order's lines as the ERP has them, in its order


@dataclass(frozen=True, slots=True)
class BilledItem:
    """One line that a supplier billed. order_line counts the lines of the order from 1; else category and cost centre say what for."""

    line_no: int
    text: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax: Decimal
    tax_code: str
    order_line: int | None
    category: str | None
    cost_center: str | None
    project: str | None


@dataclass(frozen=True, slots=True)
class Credit:
    """That it is a credit memo: kind is price or quantity."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class SupplierBill:
    """A supplier's invoice at one version. Lines are net, total is gross; all amounts are positive, of a credit too."""

    source_id: str
    revision: int
    version: int
    status: str
    stage: SourceStage
    legal_entity: str
    clerk: str
    supplier: str
    supplier_number: str
    dated: date
    captured_on: date
    order: str | None
    credit: Credit | None
    currency: str
    lines: tuple[BilledItem, ...]
    tax_total: Decimal
    total: Decimal
    approvals: tuple[Approval, ...]
    recorded: Recorded | None
    correlation_id: str | None
    order_lines: tuple[OrderedAs, ...] = ()  # the order's lines as the ERP has them, in its order


@dataclass(frozen=True, slots=True)
class PaymentRun:
    """A payment run of the ERP at one version. file: of one that is issued; payments: their versions by number. A run is never revised."""

    source_id: str
    version: int
    status: str
    stage: SourceStage
    currency: str
    total: Decimal
    file: BankFile | None
    payments: Mapping[str, int]
    recorded: Recorded | None
    correlation_id: str | None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One item of a source system's list: a document changed. `updated_at` is the system's own text, for the watermark."""

    source_id: str
    status: str
    stage: SourceStage
    revision: int
    version: int
    updated_at: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is told to the source when the ERP's rules say no. duplicate_of: what is there already, where that is why."""

    code: str
    reason: str
    owner: str
    duplicate_of: str | None = None
