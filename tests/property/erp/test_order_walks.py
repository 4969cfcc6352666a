"""Random lives of purchase orders: whatever is changed, delivered, taken back, cancelled or closed, commitments and budget are right."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.erp.documents.store import Document
from tests.property.erp.test_walks import check_books, check_history
from tests.unit.company.play import COMPANY, World, order_body
from tests.unit.erp.test_budget_moves import CENTERS, CONTROLLER, PEOPLE, TAKER, evidence, transfer_body
from tests.unit.erp.test_receipts import RECEIVER

DE = COMPANY.entity("DE01")
BUYERS = (CENTERS[0].erp_id, TAKER.erp_id)
PRICES = ("98.00", "100.00", "9.333333", "0.005")
ALLOWED = {
    "created": {"change", "cancel", "close", "final_close", "receive"},
    "closed": {"change", "final_close", "close"},
    "finally_closed": {"final_close"},
    "cancelled": {"cancel"},
    "reversal": set[str](),
}
"""Which step an order takes in which status (domain.md 3.2); the same ending again is no change. Everything else is refused."""
NOT_NOW = {"INVALID_TRANSITION", "ORDER_NOT_OPEN"}

which = st.sampled_from([0, 0, 0, 1])
prices, buyers = st.sampled_from(PRICES), st.sampled_from(BUYERS)
line = st.tuples(st.sampled_from([10, 20, 30]), st.integers(0, 12_000), prices, buyers)
lines = st.lists(line, min_size=1, max_size=3, unique_by=lambda each: each[0])
first_lines = st.tuples(st.just(10), st.integers(4_000, 12_000), prices, buyers).map(lambda each: [each])
changes = st.tuples(st.just("change"), which, st.one_of(first_lines, lines), st.sampled_from([True, True, False]), st.booleans())
receipts = st.tuples(st.just("receive"), which, st.sampled_from([10, 10, 20]), st.integers(1, 3_000))
reversals = st.tuples(st.just("reverse"), st.integers(0, 5), st.booleans())
endings = st.tuples(st.sampled_from(["cancel", "close", "final_close"]), which)
others = st.one_of(
    st.tuples(st.sampled_from(["create", "request"]), first_lines),
    st.tuples(st.just("transfer"), st.integers(1, 5_000)),
    st.just(("year",)),
)
steps = st.one_of(changes, changes, receipts, receipts, receipts, reversals, reversals, endings, others)


def text(thousandths: int) -> str:
    """2500 is 2.500."""
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Walk:
    """One ERP, the numbers of what was made in it, and how much of each line went back for good."""

    def __init__(self) -> None:
        self.world = World()
        self.orders: list[str] = []
        self.receipts: list[str] = []
        self.requests: list[str] = []  # approved, not ordered yet: ids of their reservations
        self.returned: dict[tuple[str, int], Decimal] = {}
        self.revision = 1

    def play(self, step: tuple[Any, ...]) -> None:
        """One step; whether it is refused because of its status is known before."""
        match step:
            case "create", wanted:
                approved = self.requests.pop() if self.requests else None
                body = order_body("DE01", source_revision=1, reservation_id=approved, document_date=self._today(), **self._lines(wanted))
                self.orders.append(self._call("erp.po.create", body).number)
            case "request", wanted:
                self._request(wanted)
            case "transfer", units:
                approvals = evidence(PEOPLE[CENTERS[0].owner], PEOPLE[TAKER.owner], CONTROLLER)
                self._try("erp.budget_transfer.create", transfer_body(units, document_date=self._today(), approvals=approvals))
            case ("year",):
                self.world.now = max(self.world.now, datetime(2027, 1, 4, 9, tzinfo=UTC))
                body = {"company_code": DE.erp_company, "fiscal_year": 2026, "reason": "x"}
                self._try("erp.budget_year.close", body, actor=CONTROLLER)
            case "reverse", choice, is_owed:
                self._reverse(choice, is_owed=is_owed)
            case name, choice, *more if self.orders:
                self._on_order(name, self.orders[choice % len(self.orders)], *more)

    def _request(self, wanted: list[tuple[int, int, str, str]]) -> None:
        """Reserved and approved; the next order is made of it."""
        lines = [{name: line[name] for name in ("line_no", "gl_account", "cost_center", "amount")} for line in self._lines(wanted)["lines"]]
        head = {"company_code": DE.erp_company, "currency": "EUR", "document_date": self._today(), "total": self._lines(wanted)["total"]}
        kept = self._call("erp.budget_reservation.create", {**head, "lines": lines}).reservation_id
        self._call("erp.budget_reservation.approve", {}, path={"reservation_id": kept})
        self.requests.append(kept)

    def _on_order(self, name: str, number: str, *more: Any) -> None:
        before = self.order(number)
        bodies = {"cancel": {"reason": "x"}, "close": {}, "final_close": {"reason": "x"}}
        code: str | None
        if name == "change":
            self.revision += 1
            wanted, is_approved, is_moved = more
            body = {"source_revision": self.revision, "reason": "x", **self._lines(wanted)}
            body |= {"document_date": self._today()} if is_moved else {}
            code = self._try("erp.po.change", body | ({"approvals": evidence(CONTROLLER)} if is_approved else {}), path={"number": number})
        elif name == "receive":
            line, quantity = more
            days = {"document_date": self._today(), "posting_date": self._today()}
            body = {**days, "received_by": RECEIVER, "lines": [{"line_no": 1, "order_line": line, "quantity": text(quantity)}]}
            code = self._try("erp.gr.create", body, path={"number": number})
        else:
            code = self._try(f"erp.po.{name}", bodies[name], path={"number": number})
        if name not in ALLOWED[before.status]:
            assert code in NOT_NOW
            assert self.order(number).status == before.status
        elif code != "ORDER_NOT_OPEN":  # nothing is left to cancel
            assert code != "INVALID_TRANSITION" or name == "change"  # of one line that was cancelled

    def _reverse(self, choice: int, *, is_owed: bool) -> None:
        if not self.receipts:
            return
        number = self.receipts[choice % len(self.receipts)]
        receipt = self.world.call("erp.gr.read", path={"number": number}).body
        body = {"reason": "x", "replacement_expected": is_owed, "posting_date": self._today()}
        if self._try("erp.gr.reverse", body, path={"number": number}) is None and receipt.status == "posted" and not is_owed:
            for line in receipt.lines:
                key = receipt.order_number, line.order_line
                self.returned[key] = self.returned.get(key, Decimal(0)) + Decimal(line.quantity)

    def _call(self, call_point: str, body: dict[str, Any], **more: Any) -> Any:
        return self.world.call(call_point, body, **more).body

    def _try(self, call_point: str, body: dict[str, Any], **more: Any) -> str | None:
        code = None
        try:
            made = self._call(call_point, body, **more)
        except Refusal as refusal:
            code = refusal.code
        else:
            self.receipts += [made.number] if call_point == "erp.gr.create" else []
        assert code in {None, *self.world.operations[call_point].errors}
        return code

    def _today(self) -> str:
        return f"{self.world.now:%Y%m%d}"

    def _lines(self, wanted: list[tuple[int, int, str, str]]) -> dict[str, Any]:
        made, total = [], Decimal(0)
        for number, quantity, price, center in wanted:
            amount = rounded(Decimal(text(quantity)) * Decimal(price))
            total += amount
            coding = {"gl_account": "5400", "cost_center": center, "text": "x"}
            made.append({"line_no": number, "quantity": text(quantity), "unit_price": price, "amount": str(amount), **coding})
        return {"lines": made, "total": str(total)}

    def order(self, number: str) -> Any:
        """As the ERP tells it."""
        return self.world.call("erp.po.read", path={"number": number}).body

    def check(self) -> None:
        """A line encumbers what is not here yet, and nothing when its order is over; budget, memo ledger and orders say the same."""
        check_books(self.world)
        budget, encumbered = self.world.erp.core.budget, 0
        for number in self.orders:
            order = self.order(number)
            held = {each.line: each.amount_minor for each in budget.held(number, "encumbrance")}
            encumbered += sum(held.values())
            assert order.total == str(sum((Decimal(line.amount) for line in order.lines), Decimal("0.00")))
            for line in order.lines:
                left = Decimal(line.quantity) - Decimal(line.received_quantity) - self.returned.get((number, line.line_no), Decimal(0))
                assert left >= 0
                exact = left * Decimal(line.unit_price) * 100 if order.status in {"created", "closed"} else Decimal(0)
                short = exact - held.get(str(line.line_no), 0)
                is_closed = order.status == "closed"  # what comes back is not encumbered again, until the order is opened
                assert short >= (-1 if exact else 0)
                assert is_closed or short <= (1 if exact else 0)
            assert set(held) <= {str(line.line_no) for line in order.lines}
        assert self.world.erp.core.ledger.balance(DE.erp_company, "9200") == encumbered
        self._check_buckets(encumbered)

    def _check_buckets(self, encumbered: int) -> None:
        told = 0
        for center in BUYERS:
            for day in ("20261028", "20270104"):
                where = {"company_code": DE.erp_company, "cost_center": center, "gl_account": "5400", "date": day}
                figures = self.world.call("erp.budget.read", query=where).body.figures
                parts = [Decimal(getattr(figures, each)) for each in figures.__struct_fields__ if each != "budget"]
                assert Decimal(figures.budget) == sum(parts)
                told += int(Decimal(figures.encumbrance) * 100)
                now = self.world.call("erp.budget.read", query={**where, "as_of": self._today()}).body.figures
                assert now == figures
        assert told == encumbered


@pytest.mark.requirement("R09.08")
@settings(max_examples=80)
@given(first_lines, st.lists(steps, min_size=4, max_size=20))
def test_any_life_of_an_order_adds_up(first: list[tuple[int, int, str, str]], walk: list[tuple[Any, ...]]) -> None:
    """After every step; every step that the status does not allow is refused with a code and changes nothing."""
    one = Walk()
    one.play(("create", first))
    for step in walk:
        one.play(step)
        one.check()
    check_history(one.world)
    documents: list[Document] = list(one.world.erp.core.documents)
    assert all(each.status in {*each.of.transitions.values(), "created", "posted", "reversal"} for each in documents)
