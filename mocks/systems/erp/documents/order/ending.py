"""How an order ends: what is left of it is cancelled, it is closed, or closed for good (PST-P05)."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from mocks.company.money import to_text
from mocks.kit.operation import Call, Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp, update_effect
from mocks.systems.erp.documents.order.changes import Changed
from mocks.systems.erp.documents.order.funds import follow, position_of, post_memo
from mocks.systems.erp.documents.order.kind import CLOSE_TOLERANCE_PERCENT
from mocks.systems.erp.documents.order.life import Lives, order_lines, revised_effect
from mocks.systems.erp.documents.order.models import OrderLine
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.periods import month

Cut = tuple[int, OrderLine, Position, Position]
"""A line of which the rest is cancelled: its place, the line as it is now, its position before and after."""


class OrderEndings:
    """Of one ERP."""

    def __init__(self, erp: Erp, lives: Lives) -> None:
        self._erp = erp
        self._lives = lives

    def cancel_rest(self, call: Call, order: Document) -> Changed:
        """Of an order of which something was delivered, what was not is cancelled; the order stands for the rest. Raises ORDER_NOT_OPEN
        when nothing is left."""
        rules.check_version(call.if_match, order.version, f"{order.kind} {order.number}")
        status = order.step("cancel_rest")
        cuts = self._cuts(order)
        if not cuts:
            raise Refusal("ORDER_NOT_OPEN", f"nothing of order {order.number} is open", current_status=order.status)
        period = self._period(call, order)
        for _, _, before, after in cuts:
            if self._erp.positions.get(before.order, before.line_no) is not None:
                self._erp.positions.put(after)
        moved = follow(self._erp, order.number, ((before, after) for _, _, before, after in cuts))
        changed = self._cut(call, order, cuts, status=status)
        life = self._lives.begun(order).cancel({line.line_no: before.ordered - after.ordered for _, line, before, after in cuts})
        self._lives.put(order, replace(life, revision=life.revision + 1))
        company = self._erp.master.companies[order.company_code]
        rows = order_lines(changed, [(number, line, after.worth(after.ordered)) for number, line, _, after in cuts], company, is_new=False)
        memo = post_memo(self._erp, f"{order.number}/v{changed.version}", order, period, moved)
        return changed, (revised_effect(changed, call.if_match), *rows, *memo)

    def _cuts(self, order: Document) -> tuple[Cut, ...]:
        found = []
        for number, line in enumerate(order.request.lines, 1):
            before = position_of(self._erp, order, line)
            if before.ordered > before.settled:
                after = replace(before, ordered=before.settled)
                amount = to_text(after.worth(after.ordered), after.decimals)
                left = msgspec.structs.replace(line, quantity=rules.quantity_text(after.ordered), amount=amount)
                found.append((number, left, before, after))
        return tuple(found)

    def _cut(self, call: Call, order: Document, cuts: Sequence[Cut], *, status: str) -> Document:
        request = order.request
        company = self._erp.master.companies[order.company_code]
        left = {line.line_no: line for _, line, _, _ in cuts}
        lines = tuple(left.get(line.line_no, line) for line in request.lines)
        total = sum(rules.minor(line.amount, company) for line in lines)
        request = msgspec.structs.replace(request, lines=lines, total=to_text(total, company.decimals))
        return self._erp.documents.change(
            order, status=status, request=request, amount_minor=total, reason=call.body.reason, updated_at=call.now
        )

    def close(self, call: Call, order: Document) -> Changed:
        """Within the tolerance; what is still missing stays encumbered, because the order may be opened again. Again: no change."""
        rules.check_version(call.if_match, order.version, f"{order.kind} {order.number}")
        if order.status == "closed":
            return order, ()
        status = order.step("close")
        for line in order.request.lines:
            position = position_of(self._erp, order, line)
            if position.open * 100 > position.ordered * CLOSE_TOLERANCE_PERCENT:
                said = f"line {line.line_no} of order {order.number}: {position.open / rules.QUANTITY_SCALE:g} of {line.quantity} are open"
                raise Refusal("ORDER_INCOMPLETE", said, current_status=order.status)
        changed = self._erp.documents.change(order, status=status, reason=call.body.reason, updated_at=call.now)
        return changed, (update_effect(changed, call.if_match),)

    def final_close(self, call: Call, order: Document) -> Changed:
        """Whatever is missing: nothing is encumbered any more, and there is no way back. Again: no change."""
        rules.check_version(call.if_match, order.version, f"{order.kind} {order.number}")
        if order.status == "finally_closed":
            return order, ()
        status, period = order.step("final_close"), self._period(call, order)
        moved = self._erp.budget.release(order.number)
        changed = self._erp.documents.change(order, status=status, reason=call.body.reason, updated_at=call.now)
        memo = post_memo(self._erp, f"{order.number}/v{changed.version}", order, period, moved)
        return changed, (update_effect(changed, call.if_match), *memo)

    def _period(self, call: Call, order: Document) -> str:
        return month(self._erp.periods.first_open_day(order.company_code, order.posting_date, order.of.module, call.now.date()))
