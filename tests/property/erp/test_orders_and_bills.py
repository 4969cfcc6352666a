"""Change orders among receipts and supplier invoices, in both policies of relief: committed is what is to come, or to be billed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.systems.erp.documents.positions import Position
from tests.property.erp.test_invoice_walks import Walk, policies
from tests.unit.erp.bills import EVIDENCE, balance, center, check_books, funds, text

places, choices = st.integers(0, 1), st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("change"), places, st.integers(3, 12), st.sampled_from([9_800, 10_000, 10_300])),
    st.tuples(st.just("receive"), places, st.integers(1, 6)),
    st.tuples(st.just("receive"), places, st.integers(1, 6)),
    st.tuples(st.just("return"), choices, st.booleans()),
    st.tuples(st.just("bill"), places, st.integers(1, 6), st.sampled_from([9_800, 10_000, 10_100]), st.just("V0")),
    st.tuples(st.just("bill"), places, st.integers(1, 6), st.sampled_from([9_800, 10_000, 10_100]), st.just("V0")),
    st.tuples(st.just("void"), choices),
    st.tuples(st.just("release"), choices),
    st.tuples(st.sampled_from(["cancel", "close", "final_close"]), places),
)


class OrderWalk(Walk):
    """Two orders of goods, which are changed and ended too."""

    revision = 1

    def _play(self, step: tuple[Any, ...]) -> None:
        match step:
            case "change", place, quantity, price:
                self.revision += 1
                total = text(quantity * price)
                line = {"line_no": 10, "text": "x", "quantity": str(quantity), "unit_price": text(price), "amount": total}
                lines = [{**line, "gl_account": "5400", "cost_center": center()}]
                body = {"source_revision": self.revision, "reason": "x", "lines": lines, "total": total, "approvals": EVIDENCE}
                self.one.call("erp.po.change", body, path={"number": self.orders[place]})
            case ("cancel" | "close" | "final_close") as name, place:
                self.one.call(f"erp.po.{name}", {"reason": "x"}, path={"number": self.orders[place]})
            case _:
                super()._play(step)

    def check_commitments(self) -> None:
        """Of each order, and together in the budget and in the memo ledger."""
        check_books(self.one)
        core, committed = self.one.erp.core, 0
        for number in self.orders[:2]:
            order = self.one.call("erp.po.read", path={"number": number}).body
            held = sum(each.amount_minor for each in core.budget.held(number, "encumbrance"))
            position = core.positions.get(number, 10) or Position(number, 10, round(float(order.lines[0].quantity) * 1_000), 0, 2)
            left = position.unbilled if self.relief == "invoice" else position.open
            price = round(float(order.lines[0].unit_price) * 100)
            committed += held
            if order.status in {"cancelled", "finally_closed"}:
                assert held == 0
            else:
                assert position.open >= 0
                assert held == max(left, 0) * price // 1_000
        assert funds(self.one)[0] == committed
        assert balance(self.one, "9200") == committed + funds(self.one, "5300")[0]


@pytest.mark.requirement("R03.18")
@settings(max_examples=60)
@given(policies, st.lists(steps, min_size=4, max_size=20))
def test_any_life_of_orders_and_their_bills_adds_up(policy: dict[str, Any], walk: list[tuple[Any, ...]]) -> None:
    """After every step; what is refused changed nothing."""
    one = OrderWalk(policy)
    for step in walk:
        one.play(step)
        one.check_commitments()
