"""What a mock system declares and what the kit hands to it: the seam between mechanics and business rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct

Kind = Literal["read", "lookup", "list", "create", "update", "actor"]


class Refusal(Exception):  # noqa: N818 (a refusal is an answer, not a defect)
    """A rule says no. `code` is one of contracts/errors.yaml and gives the status; `extra` are further problem members."""

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.extra = extra


class Effect(Struct, frozen=True):  # every change makes several, and a frozen dataclass of so many members takes its time
    """One state change, written as a `commit` row at the instant it happens (columns of contracts/history.yaml)."""

    entity_type: str
    entity_id: str
    effect: Literal["create", "update", "reverse"]
    version: int | None = None
    base_version: int | None = None
    src_version: int | None = None
    amount_minor: int | None = None  # documents: gross total; lines: signed, debit positive
    quantity: int | None = None  # lines of orders, receipts and invoices: thousandths of a unit
    currency: str | None = None
    company: str | None = None
    period: str | None = None  # YYYY-MM of the posting date
    document_date: str | None = None  # ISO
    posting_date: str | None = None  # ISO
    account: str | None = None
    cost_center: str | None = None
    project: str | None = None
    party: str | None = None  # whom the document is about: the supplier of an order, the employee of a claim
    approvers: str | None = None  # space-separated ids of those who approved the document
    parent_id: str | None = None  # the document of a line; the reversed document's id for effect=reverse
    ext_ref: str | None = None
    state: str | None = None
    category: str | None = None  # source_line: the source system's own word for what the amount is; journal_line: owed
    covers: str | None = None  # documents that stand for several sources: their ids, space-separated
    src_line: str | None = None  # documents that stand for one line of their source: its number there; lines of receipts: the order_line


@dataclass(frozen=True, slots=True)
class OutEvent:
    """One fact to tell the connector; `type` is one of contracts/events.yaml."""

    type: str
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deferred:
    """Work that the system finishes by itself later (posting of an accepted document).

    `run` is called with a Call whose body is None; its reply's effects and events are recorded. `refuse` is called in its place
    when a fault says that the work is turned down.
    """

    delay_ms: int
    name: str
    run: "Callable[[Call], Reply]"
    refuse: "Callable[[Call, Refusal], Reply] | None" = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers. A list answers `{"items": [...], "next": sort key tuple | None}`."""

    body: Any  # msgspec.Struct or dict, JSON-encodable
    status: int | None = None  # None: the operation's own status
    version: int | None = None  # becomes the ETag
    location: str | None = None
    created: Mapping[str, Any] | None = None  # creates: members that a 409 DUPLICATE_REFERENCE about it would carry (existing_id, job_id)
    effects: tuple[Effect, ...] = ()
    events: tuple[OutEvent, ...] = ()
    deferred: tuple[Deferred, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler is given. No I/O, no clock but `now`, no randomness but `draw`."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any  # decoded msgspec.Struct or None
    now: datetime  # business time, aware (UTC), strictly increasing microseconds
    client_id: str
    actor: str | None  # acting person for actor operations
    if_match: int | None
    correlation_id: str
    draw: Callable[[str], int]  # keyed by (seed, txn, call point, attempt, name): the same key gives the same 64-bit int
    limit: int = 50  # paging, already validated
    after: tuple[Any, ...] | None = None  # decoded cursor: the sort key of the last item of the page before


@dataclass(frozen=True, slots=True)
class Refs:
    """What a call says about whose it is.

    Attribution tries, in this order: source id or external reference, idempotency key seen before, parent document,
    minted key, amount, text.
    """

    source_ids: tuple[str, ...] = ()  # REQ-..., ER-... (path ids, approvals[].source_document)
    ext_ref: str | None = None
    parents: tuple[tuple[str, str], ...] = ()  # ("purchase_order", "4500012345"), ("posting_job", "J..."), ...
    keys: tuple[tuple[str, str], ...] = ()  # ("supplier", "V100017"): decide only when minted for one transaction
    amount_minor: int | None = None
    currency: str | None = None
    src_version: int | None = None


NO_REFS = Refs()


def no_refs(_call: Call) -> Refs:
    """For operations that carry no transaction."""
    return NO_REFS


def _text_schema() -> Mapping[str, Any]:
    return {"type": "string", "maxLength": 100}


@dataclass(frozen=True, slots=True)
class QueryParam:
    """One query parameter, as the OpenAPI document declares it."""

    name: str
    doc: str
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=_text_schema)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one system: where it is, what it takes, and the handler over the system's core."""

    call_point: str
    method: Literal["GET", "POST", "PUT"]
    path: str  # "/purchase-orders/{number}"
    kind: Kind
    scope: str  # "erp.write"
    summary: str
    response: Any  # a msgspec.Struct type, or dict[str, Any] where the shape is free
    handler: Callable[[Call], Reply]  # sync, atomic, pure over the core's state
    request: type | None = None
    status: int = 200
    errors: tuple[str, ...] = ()  # business codes it may answer besides the mechanical ones
    query: tuple[QueryParam, ...] = ()
    refs: Callable[[Call], Refs] = no_refs
    touch: Callable[[Call], Reply] | None = None  # a harmless human edit of the same object (version + 1), for F-B15
    when_query: str | None = None  # this one serves the path when that query parameter is present (erp.po.find beside erp.po.list)
    acting: str | None = None  # where an answer about the object names the person who may take this step: "nextApproverId"
    body_from: Mapping[str, str] = field(default_factory=dict)  # body member: the path whose id it is ({"orderId": "/orders/{id}"})


@dataclass(frozen=True, slots=True)
class View:
    """Final state of one document, for the `read_view` rows."""

    entity_type: str
    entity_id: str
    state: str
    version: int
    amount_minor: int | None = None
    currency: str | None = None
    company: str | None = None
    period: str | None = None
    ext_ref: str | None = None
    parent_id: str | None = None  # requisition/report: the ERP document number recorded on it
    parent_type: str | None = None  # and as which type, where the system keeps one
    src_version: int | None = None  # source documents: their revision
    reason: str | None = None  # refusal code


class System(Protocol):
    """One mock system: its operations over one core."""

    @property
    def name(self) -> str: ...  # "erp"
    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def operations(self) -> tuple[Operation, ...]: ...
    @property
    def event_types(self) -> tuple[str, ...]: ...
    def final_views(self) -> list[View]: ...
