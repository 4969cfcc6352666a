"""Random walks over accruals: whatever is parked, proposed and reversed, each cost is in the books once."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.company.money import to_minor
from mocks.kit.operation import Refusal
from tests.unit.company.play import World
from tests.unit.erp.bills import BOSS, CLERK, balance, bill, check_books, cost_line
from tests.unit.erp.test_accruals import APPROVE, COMPANY_CODE, DELETE, DUE, PROPOSE, REVERSE, cost, gather, parked_bill

choices = st.integers(0, 5)
PERIODS = ("2026-10", "2026-11")
steps = st.one_of(
    st.tuples(st.just("park"), st.integers(1_000, 60_000)),
    st.tuples(st.just("bill"), st.integers(1_000, 60_000)),
    st.tuples(st.just("void"), choices),
    st.tuples(st.just("gather"), st.sampled_from(PERIODS), st.sampled_from([None, "RPT-1", "RPT-2"]), st.integers(0, 9_000)),
    st.tuples(st.just("decide"), choices, st.sampled_from([APPROVE, APPROVE, DELETE, REVERSE])),
    st.tuples(st.just("due")),
    st.tuples(st.just("wait"), st.integers(1, 9)),
    st.tuples(st.just("period"), st.sampled_from(PERIODS), st.sampled_from(["close", "reopen"])),
)


class Walk:
    """One company over a turn of the month."""

    def __init__(self) -> None:
        self.one = World()
        self.bills: list[str] = []
        self.accruals: list[str] = []
        self._gather("2026-10", "RPT-1", 4_000)
        self._park(20_000)

    def play(self, step: tuple[Any, ...]) -> None:
        """One step; a refusal has changed nothing."""
        before, journals = self.one.fingerprint(), len(self.one.erp.core.ledger.journals)
        try:
            getattr(self, f"_{step[0]}")(*step[1:])
        except Refusal:
            assert self.one.fingerprint() == before
            assert len(self.one.erp.core.ledger.journals) == journals

    def _park(self, net: int) -> None:
        self.bills.append(parked_bill(self.one, net, supplier_reference=f"R-{len(self.bills)}"))

    def _bill(self, net: int) -> None:
        body = bill(cost_line(net), supplier_reference=f"R-{len(self.bills)}")
        self.bills.append(str(self.one.call("erp.supplier_invoice.create", body).body.number))

    def _void(self, choice: int) -> None:
        self.one.call("erp.supplier_invoice.void", {"reason": "x"}, path={"number": self.bills[choice % len(self.bills)]})

    def _gather(self, period: str, source: str | None, minor: int) -> None:
        costs = [cost(minor, **({"source_document": source} if source else {}))] if minor else []
        self.accruals.append(str(self.one.call(PROPOSE, gather(*costs, period=period), actor=CLERK).body.number))

    def _decide(self, choice: int, point: str) -> None:
        body = {} if point == APPROVE else {"reason": "x"}
        self.one.call(point, body, path={"number": self.accruals[choice % len(self.accruals)]}, actor=BOSS)

    def _due(self) -> None:
        self.one.call(DUE, COMPANY_CODE, actor=CLERK)

    def _wait(self, days: int) -> None:
        self.one.now += timedelta(days=days)

    def _period(self, period: str, verb: str) -> None:
        self.one.call(f"erp.period.{verb}", {**COMPANY_CODE, "period": period, "module": "GL", "reason": "x"}, actor=BOSS)

    def check(self) -> None:
        """2110 is what is posted and not reversed; nothing is accrued twice for a period; a reversal is in a later period, and names it."""
        core = self.one.erp.core
        check_books(self.one)
        records = [self.one.call("erp.accrual.read", path={"number": number}).body for number in self.accruals]
        assert balance(self.one, "2110") == -sum(to_minor(each.total, 2) for each in records if each.status == "posted")
        live = [(each.period, line.source_document) for each in records if each.status in {"proposed", "posted"} for line in each.lines]
        named = [key for key in live if key[1] is not None]
        assert len(named) == len(set(named))
        for each in records:
            moved = {journal.id for journal in core.ledger.journals} & {each.number, each.reversed_by}
            assert len(moved) == {"proposed": 0, "deleted": 0, "posted": 1, "reversed": 2}[each.status]
            if each.reversed_by is not None:
                back = core.documents.get("accrual", each.reversed_by)
                assert (back.reverses, back.amount_minor) == (each.number, to_minor(each.total, 2))
                assert back.period > each.period
        actual = [move for move in core.budget.movements if move.stage == "actual"]
        for account in ("5300", "5400"):
            spent = sum(move.amount_minor for move in actual if move.bucket.account_group == account[:2])
            assert spent == core.ledger.balance("2000", account)


@settings(max_examples=80)
@given(st.lists(steps, min_size=12, max_size=30))
def test_any_walk_leaves_the_books_right(walk: list[tuple[Any, ...]]) -> None:
    """After every step."""
    made = Walk()
    for step in walk:
        made.play(step)
        made.check()
