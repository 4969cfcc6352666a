"""Random walks over prepayments, refunds and withheld tax: whatever people do, what suppliers have and what the authorities get adds up."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.erp.payments.posting import under_way
from tests.unit.company.play import World
from tests.unit.erp.bills import BOSS, CLERK, OTHER_CLERK, balance, bill, check_books, cost_line, credit, vendor
from tests.unit.erp.test_currencies import load
from tests.unit.erp.test_settling import APPLY, MONTH, REFUND, REMIT, TAKE_BACK, asked, kept, pay

choices = st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("prepay"), st.integers(1, 60_000), st.integers(0, 1)),
    st.tuples(st.just("bill"), st.integers(100, 60_000), st.integers(0, 1), st.booleans(), st.booleans(), st.booleans()),
    st.tuples(st.just("rate"), st.integers(40, 160)),
    st.tuples(st.just("pay"), choices),
    st.tuples(st.just("say"), choices, st.sampled_from(["cleared", "rejected", "returned"])),
    st.tuples(st.just("apply"), choices, st.sampled_from([None, "100.00"])),
    st.tuples(st.just("take_back"), choices),
    st.tuples(st.just("void"), choices, st.booleans()),
    st.tuples(st.just("refund"), choices),
    st.tuples(st.just("remit")),
)


class Walk:
    """Two suppliers, who got something in advance and billed something; what was kept back, and what the authorities got, is remembered."""

    def __init__(self) -> None:
        self.one = World()
        self.bills: dict[str, int] = {}  # what each bill keeps back, a credit negative
        self.prepaid: list[str] = []
        self.refunded: dict[str, int] = {}
        self.remitted = self.percent = 0
        self._rate(80)
        for place in range(2):
            self._prepay(40_000, place)
            pay(self.one, self.prepaid[-1])
            self._bill(25_000, place, False, True)

    def play(self, step: tuple[Any, ...]) -> None:
        """One step; a refusal has changed nothing."""
        before, journals = self.one.fingerprint(), len(self.one.erp.core.ledger.journals)
        try:
            getattr(self, f"_{step[0]}")(*step[1:])
        except Refusal:
            assert self.one.fingerprint() == before
            assert len(self.one.erp.core.ledger.journals) == journals

    def _prepay(self, minor: int, place: int) -> None:
        body = asked(minor, vendor_id=vendor(place=place), supplier_reference=f"A-{len(self.prepaid)}")
        self.prepaid.append(str(self.one.call("erp.prepayment.create", body).body.number))

    def _bill(self, minor: int, place: int, is_credit: bool, is_kept: bool, is_foreign: bool = False) -> None:
        share = (2 * minor * 1_500 + 10_000) // 20_000 if is_kept else 0
        made = credit("price", cost_line(minor)) if is_credit else bill(cost_line(minor))
        more = {
            "supplier_reference": f"R-{len(self.bills)}",
            "vendor_id": vendor(place=place),
            "document_date": f"202610{len(self.bills) % 7 * 4 + 1:02d}",  # too far apart to look like one bill
        }
        if is_foreign:
            more |= {"currency": "USD", "document_date": "20261028"}
        held = {"withholding": kept(share, minor)} if is_kept else {}
        record = self.one.call("erp.supplier_invoice.create", {**made, **more, **held}).body
        worth = (2 * share * self.percent + 100) // 200 if is_foreign else share
        is_booked = record.status != "parked"  # two in a row that look alike
        self.bills[str(record.number)] = (-worth if is_credit else worth) if is_booked else 0

    def _rate(self, percent: int) -> None:
        load(self.one, f"{percent // 100}.{percent % 100:02d}")
        self.percent = percent

    def _chosen(self, choice: int, numbers: list[str]) -> str:
        if not numbers:
            raise Refusal("NOT_FOUND", "there is none yet")
        return numbers[choice % len(numbers)]

    def _pay(self, choice: int) -> None:
        path = {"number": self._chosen(choice, [*self.bills, *self.prepaid])}
        self.one.call("erp.invoice_payment.pay", {"approved_by": BOSS}, path=path, actor=CLERK)

    def _say(self, choice: int, word: str) -> None:
        path = {"document_number": self._chosen(choice, [each.id for each in self.one.erp.payments.book.invoices])}
        self.one.call("erp.invoice_payment.enter_statement", {"status": word}, path=path, actor=CLERK)

    def _apply(self, choice: int, amount: str | None) -> None:
        body = {"amount": amount} if amount else {}
        self.one.call(APPLY, body, path={"number": self._chosen(choice, [*self.bills])}, actor=OTHER_CLERK)

    def _take_back(self, choice: int) -> None:
        self.one.call(TAKE_BACK, {"reason": "x"}, path={"number": self._chosen(choice, [*self.bills])}, actor=OTHER_CLERK)

    def _void(self, choice: int, in_advance: bool) -> None:
        point, numbers = ("erp.prepayment", self.prepaid) if in_advance else ("erp.supplier_invoice", [*self.bills])
        number = self._chosen(choice, numbers)
        self.one.call(f"{point}.void", {"reason": "x"}, path={"number": number})
        if not in_advance:
            self.bills[number] = 0

    def _refund(self, choice: int) -> None:
        number = self._chosen(choice, [*self.bills])
        done = self.one.call(REFUND, {"value_date": "20261028", "reason": "x"}, path={"number": number}, actor=OTHER_CLERK)
        self.refunded[number] = int(done.body.amount.replace(".", ""))

    def _remit(self) -> None:
        done = self.one.call(REMIT, MONTH, actor=CLERK)
        self.remitted += int(done.body.amount.replace(".", ""))

    def check(self) -> None:
        """1130 is what was asked for in advance and not applied; 2220 what was kept back and not paid; the bank what left and came back."""
        one, core = self.one, self.one.erp.core
        check_books(one)
        assert core.ledger.balance("2000", "1130") == sum(core.ledger.open_items("2000", "1130").values())
        for number in self.prepaid:
            record = one.call("erp.prepayment.read", path={"number": number}).body
            applied = sum(int(each.amount.replace(".", "")) for each in record.applied)
            total, is_live = int(record.total.replace(".", "")), record.status == "posted"
            assert core.ledger.open_items("2000", "1130").get(number, 0) == (total - applied if is_live else 0)
            assert 0 <= applied <= total
            opened, there = (int(text.replace(".", "")) for text in (record.open_amount, record.available))
            assert there == (max(total - opened - applied, 0) if is_live else 0)
        assert balance(one, "2220") == self.remitted - sum(self.bills.values())
        paid = [each for each in one.erp.payments.book.payments if each.status in {"issued", "cleared"}]
        cash = balance(one, "1000") + balance(one, "1010")
        assert cash == sum(self.refunded.values()) - self.remitted - sum(under_way(each.entries) for each in paid)
        realised = [entry.amount_minor for each in paid for entry in each.entries if entry.account == "6100"]
        assert balance(one, "6100") == sum(realised)
        for each in one.erp.payments.book.payments:
            assert each.company.currency == "USD" or all(entry.account != "6100" for entry in each.entries)
            assert each.company.currency == "USD" or under_way(each.entries) == each.amount_minor


@settings(max_examples=80)
@given(st.lists(steps, min_size=12, max_size=30))
def test_any_walk_leaves_the_books_right(walk: list[tuple[Any, ...]]) -> None:
    """After every step."""
    made = Walk()
    for step in walk:
        made.play(step)
        made.check()
