"""Change orders: a new revision of an order that was placed, the encumbrance moved by the difference (PST-P04)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import exceeded, expired
from mocks.systems.erp.budget.ledger import Overdrawn, Spending
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.order.funds import held, position_of, post_memo
from mocks.systems.erp.documents.order.life import Lives, OrderLife, order_lines, revised_effect
from mocks.systems.erp.documents.order.models import OrderLine, PurchaseOrderChange, PurchaseOrderCreate
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.periods import month

Changed = tuple[Document, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line of the new revision. number: its place in the order from 1; was: None when it is new; minor: what it comes to now;
    cancelled: thousandths of a unit that are wanted no more, because it was left out."""

    number: int
    was: OrderLine | None
    line: OrderLine
    before: Position
    after: Position
    minor: int
    cancelled: int = 0

    @property
    def is_recoded(self) -> bool:
        """Whether somebody else pays, or it is booked elsewhere."""
        return self.was is not None and coding(self.was) != coding(self.line)


class OrderChanges:
    """Of one ERP."""

    def __init__(self, erp: Erp, lives: Lives) -> None:
        self._erp = erp
        self._lives = lives

    def change(self, call: Call, order: Document) -> Changed:
        """The order in its new revision. The same change again changes nothing, whatever became of the order."""
        body: PurchaseOrderChange = call.body
        life = self._lives.begun(order)
        if self._is_known(body, order, life):
            return order, ()
        rules.check_version(call.if_match, order.version, f"{order.kind} {order.number}")
        status = order.step("change")
        company = self._erp.master.companies[order.company_code]
        total = rules.minor(body.total, company)
        self._check_supplier(body, order, company, total)
        on = self._day(call, order)
        lines = self._lines(body, order, life, company)
        rules.check_sum((each.minor for each in lines), total, "purchase order")
        self._check_codings(lines, company, on)
        self._check_approval(body, order, life, lines, total)
        moved = self._encumber(call, order, lines, on)
        self._receive_on(lines)
        changed = self._erp.documents.change(
            order,
            status=status,
            request=_request(order.request, body, lines),
            amount_minor=total,
            src_version=body.source_revision,
            posting_date=on if body.document_date else order.posting_date,
            reason=body.reason,
            updated_at=call.now,
        )
        self._lives.put(order, _lived(life, body, lines, total))
        memo = post_memo(self._erp, f"{order.number}/v{changed.version}", order, month(on), moved)
        rows = (row for each in lines if each.was != each.line for row in _row(changed, each, company))
        return changed, (revised_effect(changed, call.if_match), *rows, *memo, *expired(self._erp.budget))

    @staticmethod
    def _is_known(body: PurchaseOrderChange, order: Document, life: OrderLife) -> bool:
        known = order.src_version or 0
        if body.source_revision > known:
            return False
        if body == life.last:
            return True
        said = f"order {order.number} has revision {known} of its source; {body.source_revision} is not newer"
        raise Refusal("VERSION_CONFLICT", said, current_revision=known)

    def _check_supplier(self, body: PurchaseOrderChange, order: Document, company: ErpCompany, total: int) -> None:
        vendor = order.request.vendor_id
        if body.vendor_id not in {None, vendor}:
            raise Refusal("SUPPLIER_CHANGED", f"order {order.number} is placed with {vendor}; order anew from {body.vendor_id}")
        if total > order.amount_minor:
            self._erp.require_vendor_for_order(vendor, company)

    def _day(self, call: Call, order: Document) -> date:
        """Whose month the difference is posted in."""
        body: PurchaseOrderChange = call.body
        periods, today, module = self._erp.periods, call.now.date(), order.of.module
        if body.document_date is None:
            return periods.first_open_day(order.company_code, order.posting_date, module, today)
        day = rules.to_day(body.document_date)
        periods.require_open(order.company_code, day, module, today)
        return day

    def _lines(self, body: PurchaseOrderChange, order: Document, life: OrderLife, company: ErpCompany) -> tuple[LineChange, ...]:
        sent = {line.line_no: line for line in body.lines}
        if len(sent) < len(body.lines):
            raise Refusal("VALIDATION_FAILED", "lines: two of them have the same line_no")
        known: tuple[OrderLine, ...] = order.request.lines
        found = [self._line(order, life, (number, line), sent.pop(line.line_no, None)) for number, line in enumerate(known, 1)]
        added = enumerate(sent.values(), len(known) + 1)
        return (*found, *(self._added(order, number, line, company) for number, line in added))

    def _line(self, order: Document, life: OrderLife, numbered: tuple[int, OrderLine], line: OrderLine | None) -> LineChange:
        number, was = numbered
        company, before = self._erp.master.companies[order.company_code], position_of(self._erp, order, was)
        after, minor, cancelled = replace(before, ordered=0), 0, 0
        if line is not None:
            after, minor = _positioned(before, line, company), _extended(line, company)
            if life.is_gone(was) and after.ordered:
                raise Refusal("INVALID_TRANSITION", f"line {was.line_no} was cancelled: give what is ordered anew a number of its own")
        elif not life.is_gone(was):
            line, cancelled = msgspec.structs.replace(was, quantity="0", amount=to_text(0, company.decimals)), before.ordered
        if after.ordered < before.settled:
            said = f"line {was.line_no} of order {order.number}: {before.settled / rules.QUANTITY_SCALE:g} were delivered or billed already"
            raise Refusal("QUANTITY_EXCEEDED", said)
        return LineChange(number, was, line or was, before, after, minor, cancelled)

    @staticmethod
    def _added(order: Document, number: int, line: OrderLine, company: ErpCompany) -> LineChange:
        before = Position(order.number, line.line_no, 0, 0, company.decimals)
        return LineChange(number, None, line, before, _positioned(before, line, company), _extended(line, company))

    def _check_codings(self, lines: Sequence[LineChange], company: ErpCompany, on: date) -> None:
        """Of what is new or coded anew; a cost centre that closed since the order was placed does not keep anybody from ordering less."""
        master = self._erp.master
        for line in (each.line for each in lines if each.was is None or each.is_recoded):
            rules.check_cost_account(master, line.gl_account)
            rules.check_coding(master, company, line.gl_account, line.cost_center, project=line.project, on=on)

    def _check_approval(self, body: PurchaseOrderChange, order: Document, life: OrderLife, lines: Sequence[LineChange], total: int) -> None:
        """Whoever approved the order approved its coding, and a rise within the company's limits (domain.md, section 19)."""
        company = self._erp.master.companies[order.company_code]
        limits, rise = company.reapproval, total - life.approved_minor
        known = {coding(line) for line in order.request.lines}
        is_recoded = any(each.is_recoded or coding(each.line) not in known for each in lines)
        is_dearer = rise > limits.floor_minor or rise * 100 > life.approved_minor * limits.percent
        if body.approvals or is_recoded or is_dearer:
            rules.check_evidence(self._erp.master, body.approvals, order.request.requested_by, total, company)

    def _encumber(self, call: Call, order: Document, lines: Sequence[LineChange], on: date) -> tuple[Spending, ...]:
        budget = self._erp.budget
        budget.expire(call.now)
        try:
            return budget.amend(order.number, tuple(self._wanted(order, lines, on, is_moved=call.body.document_date is not None)))
        except Overdrawn as over:
            raise exceeded(over, self._erp.master.companies[order.company_code]) from None

    def _wanted(self, order: Document, lines: Sequence[LineChange], on: date, *, is_moved: bool) -> Iterator[Spending]:
        """What the changed lines encumber from now on. What was delivered keeps its value, and what lapsed is encumbered anew. An order
        that was closed encumbers all that is still to come: what came back meanwhile was not encumbered again."""
        holds, is_opened = held(self._erp, order.number), order.status == "closed"
        for each in lines:
            name, line = str(each.line.line_no), each.line
            place, amount = self._erp.budget.place(order.number, name), each.after.open_minor
            if each.was == each.line and not is_moved and (place is None or not is_opened):
                continue
            if place is not None and not is_opened:
                holding = holds[name].amount_minor if name in holds else 0
                amount = max(0, holding + amount - each.before.open_minor)
            period = month(on) if is_moved or place is None else place[1]
            yield Spending(name, bucket_of(order.company_code, line.gl_account, line.cost_center, line.project), period, amount)

    def _receive_on(self, lines: Sequence[LineChange]) -> None:
        """Lines of which something was received go on from their new quantity and price."""
        for each in lines:
            if self._erp.positions.get(each.before.order, each.before.line_no) is not None:
                self._erp.positions.put(each.after)


def coding(line: OrderLine) -> tuple[str, str, str | None]:
    """Account, cost centre and project."""
    return line.gl_account, line.cost_center, line.project


def _positioned(before: Position, line: OrderLine, company: ErpCompany) -> Position:
    ordered, price = rules.scaled(line.quantity, rules.QUANTITY_SCALE), rules.scaled(line.unit_price, rules.PRICE_SCALE)
    return replace(before, ordered=ordered, price=price, decimals=company.decimals)


def _extended(line: OrderLine, company: ErpCompany) -> int:
    amount = rules.minor(line.amount, company)
    rules.check_extension(line.quantity, line.unit_price, amount, company)
    return amount


def _request(order: PurchaseOrderCreate, body: PurchaseOrderChange, lines: Sequence[LineChange]) -> PurchaseOrderCreate:
    """What the order would have been asked for as, had it been so from its beginning; its approvals are all that were given."""
    return msgspec.structs.replace(
        order,
        lines=tuple(each.line for each in lines),
        total=body.total,
        source_revision=body.source_revision,
        document_date=body.document_date or order.document_date,
        approvals=tuple(dict.fromkeys((*order.approvals, *body.approvals))),
    )


def _lived(life: OrderLife, body: PurchaseOrderChange, lines: Sequence[LineChange], total: int) -> OrderLife:
    approved = max(life.approved_minor, total) if body.approvals else life.approved_minor
    after = life.cancel({each.line.line_no: each.cancelled for each in lines if each.cancelled})
    return replace(after, revision=life.revision + 1, approved_minor=approved, last=body)


def _row(order: Document, change: LineChange, company: ErpCompany) -> Iterator[Effect]:
    return order_lines(order, [(change.number, change.line, change.minor)], company, is_new=change.was is None)
