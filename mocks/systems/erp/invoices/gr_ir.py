"""What is open with suppliers: GR/IR by order line with its age, its write-off (PST-P22, P23), and the open items of accounts payable."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.clearing import GR_IR, Uncleared
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.order.funds import position_of
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.documents.order.models import OrderLine
from mocks.systems.erp.documents.positions import UNIT, Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.posting import encumber
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import Approvals, Balance, Day, LineNo, Reason, Reference, Request, Revision
from mocks.systems.erp.payables import OpenItem


class GrIrBalance(Struct, frozen=True, kw_only=True):
    """One order line. balance = received - invoiced, at the order's price: positive, it was received and not billed."""

    order_number: str
    order_line: int
    vendor_id: str
    currency: str
    received_quantity: str
    invoiced_quantity: str
    received: Balance
    invoiced: Balance
    balance: Balance
    oldest_on: str
    age_days: int


class GrIrPage(Struct, frozen=True, kw_only=True):
    """A page of order lines with something on GR/IR."""

    items: tuple[GrIrBalance, ...]
    next_cursor: str | None


class OpenItemRecord(Struct, frozen=True, kw_only=True):
    """What one document leaves open on the account of suppliers; a credit is negative. blocks: the holds that keep it from being paid."""

    document_number: str
    document_type: str
    vendor_id: str
    supplier_reference: str
    currency: str
    amount: Balance
    open_amount: Balance
    document_date: str
    due_on: str
    discount_until: str | None
    discount_percent: int
    blocked: bool
    blocks: tuple[str, ...]


class OpenItemPage(Struct, frozen=True, kw_only=True):
    """A page of open items."""

    items: tuple[OpenItemRecord, ...]
    next_cursor: str | None


class WriteOff(Request, frozen=True, kw_only=True):
    """Give up what stands on GR/IR for an order line: nobody is going to bill it, or to deliver it."""

    order_line: LineNo
    document_date: Day
    posting_date: Day
    reason: Reason
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    approvals: Approvals = ()


class WrittenOff(Struct, frozen=True, kw_only=True):
    """What the write-off booked; amount: positive, what was received and never billed."""

    number: str
    status: Literal["posted"]
    company_code: str
    order_number: str
    order_line: int
    posting_date: str
    currency: str
    amount: Balance
    reason: str


WRITE_OFF = DocumentKind(
    name="gr_ir_write_off",
    noun="GR/IR write-off",
    point="erp.gr_ir",
    path="/gr-ir-balances",
    undo="reverse",
    module="AP",
    ledger="actual",
    numbers=("56", "57"),
    transitions={},
    record=WrittenOff,
    page=GrIrPage,
    party=lambda _request: None,
    accrues=True,
)
CompanyCode = Annotated[str, Meta(min_length=1, max_length=8)]


class ClearingDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def list_balances(self, call: Call) -> Reply:
        """erp.gr_ir.list"""
        company = self._company(call)
        rows = ((each.item, each) for each in self._erp.clearing.of(company.code))
        found, after = _page(rows, call)
        today = call.now.date()
        return Reply({"items": [self._balance(each, company, (today - each.since).days) for each in found], "next": after})

    def _balance(self, each: Uncleared, company: ErpCompany, age: int) -> GrIrBalance:
        order, line = self._line(each.item)
        position = position_of(self._erp, order, line)
        return GrIrBalance(
            order_number=order.number,
            order_line=line.line_no,
            vendor_id=order.party or "",
            currency=company.currency,
            received_quantity=rules.quantity_text(position.received),
            invoiced_quantity=rules.quantity_text(position.invoiced),
            received=to_text(position.received_minor, company.decimals),
            invoiced=to_text(position.invoiced_minor, company.decimals),
            balance=to_text(each.minor, company.decimals),
            oldest_on=rules.to_yyyymmdd(each.since),
            age_days=age,
        )

    def _line(self, item: str) -> tuple[Document, OrderLine]:
        number, _, line_no = item.partition("/")
        order = self._erp.documents.get(ORDERS.name, number)
        line: OrderLine | None = next((line for line in order.request.lines if str(line.line_no) == line_no), None)
        if line is None:
            raise Refusal("NOT_FOUND", f"order {number} has no line {line_no}")
        return order, line

    def list_open_items(self, call: Call) -> Reply:
        """erp.open_item.list"""
        company = self._company(call)
        vendor = call.query.get("vendor_id")
        rows = ((each.document, each) for each in self._erp.payables.of(company.code) if vendor in {None, each.vendor_id})
        found, after = _page(sorted(rows, key=lambda row: row[0]), call)
        return Reply({"items": [_open_item(each, self._erp.master.currencies[each.currency]) for each in found], "next": after})

    def _company(self, call: Call) -> ErpCompany:
        code, companies = call.query["company_code"], self._erp.master.companies
        if code not in companies:
            raise Refusal("INVALID_PARAMETER", f"company_code={code!r}: expected one of {', '.join(companies)}")
        return companies[code]

    def write_off(self, call: Call) -> Reply:
        """erp.gr_ir.write_off: all that stands on GR/IR for one order line goes to whom the order charges"""
        body: WriteOff = call.body
        erp = self._erp
        rules.check_employee(erp.master, call.actor)
        erp.documents.refuse_repeat(WRITE_OFF.name, body.external_ref)
        order, line = self._line(f"{call.path['order_number']}/{body.order_line}")
        company = erp.master.companies[order.company_code]
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        position = position_of(erp, order, line)
        minor = position.received_minor - position.invoiced_minor
        if minor == 0:
            raise Refusal("INVALID_TRANSITION", f"line {line.line_no} of order {order.number} has nothing on GR/IR")
        if call.actor in erp.invoices.receivers.get(position.item, ()):
            raise Refusal("SEGREGATION_OF_DUTIES", f"{call.actor} received goods of {position.item} and cannot write them off")
        rules.check_coding(erp.master, company, line.gl_account, line.cost_center, project=line.project, on=on)
        erp.periods.require_open(company.code, on, WRITE_OFF.module, call.now.date())
        entries = (Entry(GR_IR, minor, item=position.item), Entry(line.gl_account, -minor, line.cost_center, project=line.project))
        document = erp.start(call, WRITE_OFF, body, company, amount_minor=minor, posting_date=on, entries=entries, status="posted")
        effects = self._give_up(call, document, position)
        return Reply(
            _written_off(document, order, company),
            version=document.version,
            created={"existing_id": document.number, "existing_status": document.status},
            effects=effects,
        )

    def _give_up(self, call: Call, document: Document, position: Position) -> tuple[Effect, ...]:
        """PST-P22: it counts as gone for good, so that nobody owes it. PST-P23: what was billed counts as spent without a receipt. Spending
        and encumbrance move as the entity counts them: where bills relieve, an accrual was never spending."""
        erp = self._erp
        quantity, minor = position.received - position.invoiced, document.amount_minor
        if minor > 0:
            gone = position.receive(-quantity, -minor, -minor * UNIT // 10**position.decimals)
            after = replace(gone, returned=gone.returned + quantity)
        else:
            after = replace(position, invoiced=position.received, invoiced_minor=position.received_minor, direct=position.direct - quantity)
            erp.invoices.written_off[position.item] -= quantity
        erp.positions.put(after)
        posted = erp.post(document)
        return (*posted, *encumber(erp, document, [(position, after)]), *erp.tell_clearing(call, document))


def _page(rows: Iterable[tuple[str, Any]], call: Call) -> tuple[list[Any], tuple[str] | None]:
    """Rows in order of their keys, after the cursor's one."""
    after = call.after[0] if call.after else ""
    rest = [row for row in rows if row[0] > after]
    page = rest[: call.limit]
    return [row for _, row in page], (page[-1][0],) if len(rest) > call.limit else None


def _open_item(item: OpenItem, decimals: int) -> OpenItemRecord:
    return OpenItemRecord(
        document_number=item.document,
        document_type=item.document_type,
        vendor_id=item.vendor_id,
        supplier_reference=item.reference,
        currency=item.currency,
        amount=to_text(item.amount_minor, decimals),
        open_amount=to_text(item.open_minor, decimals),
        document_date=rules.to_yyyymmdd(item.document_date),
        due_on=rules.to_yyyymmdd(item.due_on),
        discount_until=rules.to_yyyymmdd(item.discount_until) if item.discount_until else None,
        discount_percent=item.terms.discount_percent,
        blocked=bool(item.blocks),
        blocks=tuple(sorted(item.blocks)),
    )


def _written_off(document: Document, order: Document, company: ErpCompany) -> WrittenOff:
    body: WriteOff = document.request
    return WrittenOff(
        number=document.number,
        status="posted",
        company_code=company.code,
        order_number=order.number,
        order_line=body.order_line,
        posting_date=body.posting_date,
        currency=company.currency,
        amount=to_text(document.amount_minor, company.decimals),
        reason=body.reason,
    )
