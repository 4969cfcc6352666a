"""What goes over the supplier portal's wire: snake_case, ISO dates, amounts as decimal text. A supplier is known by its account."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.texts import TEXT_MAX

Status = Literal["received", "withdrawn"]
AdviceStatus = Literal["paid", "payment_failed", "payment_returned"]
_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
DAY_PATTERN = f"^(20[0-9]{{2}}-((0[13578]|1[02])-{_DAYS_31}|(0[469]|11)-{_DAYS_30}|02-{_DAYS_28})|20([02468][048]|[13579][26])-02-29)$"
ABOVE_ZERO = r"^([1-9][0-9]{0,12}(\.[0-9]{1,3})?|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$"

Day = Annotated[str, Meta(pattern=DAY_PATTERN, min_length=10, max_length=10, examples=["2026-10-30"])]
Customer = Annotated[str, Meta(min_length=1, max_length=20, description="who is billed", examples=["BUY-US01"])]
Number = Annotated[str, Meta(min_length=1, max_length=40, description="the supplier's own", examples=["INV-2026-0017"])]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", min_length=3, max_length=3, examples=["EUR"])]
Amount = Annotated[
    str,
    Meta(
        pattern=ABOVE_ZERO, max_length=17, description="decimal text with exactly the currency's decimals, above zero", examples=["980.00"]
    ),
]
Note = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
Reference = Annotated[str, Meta(min_length=1, max_length=64)]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that somebody sends."""


class InvoiceSubmit(Request, frozen=True, kw_only=True):
    """An invoice as its supplier sends it. total: gross; purchase_order: the customer's number, as the supplier was told it."""

    customer_id: Customer
    invoice_number: Number
    invoice_date: Day
    currency: Currency
    total: Amount
    purchase_order: Reference | None = None
    note: Note | None = None


class Nothing(Request, frozen=True, kw_only=True):
    """An action that needs no word."""


class RecordAdvice(Request, frozen=True, kw_only=True):
    """What became of the money for an invoice. sequence: counts what the ERP said of it; one that is not newer than what is known is
    refused. Without it whatever comes last stands."""

    status: AdviceStatus
    sequence: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    payment_number: Reference | None = None
    value_date: Day | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


class PaymentAdvice(Struct, frozen=True, kw_only=True):
    """What the supplier was told last. paid: the money has left the customer's bank (a remittance advice); payment_failed: the bank did not
    send it; payment_returned: it came back."""

    status: AdviceStatus
    sequence: int | None
    payment_number: str | None
    value_date: str | None
    reason: str | None
    recorded_at: datetime


class SentInvoice(Struct, frozen=True, kw_only=True):
    """An invoice in the portal, which is the acknowledgement of it too. received: taken, and for the customer to work on; payment null:
    nothing is known of the money."""

    id: str
    number: int
    uuid: str
    version: int
    status: Status
    account_id: str
    customer_id: str
    invoice_number: str
    invoice_date: str
    currency: str
    total: str
    purchase_order: str | None
    note: str | None
    received_at: datetime
    payment: PaymentAdvice | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime


class InvoicesSent(Struct, frozen=True, kw_only=True):
    """The invoices that a supplier sent under one number: of those that were not withdrawn at most one."""

    items: tuple[SentInvoice, ...]
    next_cursor: str | None
