"""Random walks over payment runs: whatever people decide and the bank says, the books stay right and nothing is paid twice."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.erp.payments.values import FREE, INVOICE_STATUS, PAYMENTS, RUNS
from tests.unit.company.play import COMPANY
from tests.unit.erp.paying import RUN, STATUS, PayWorld

ACCOUNTS = ("2000", "2010")
WORDS = ("accepted", "rejected", "stopped", "cleared", "returned")
DECISIONS = ("review", "approve", "issue", "delete")
ENTITY = "US01"
HOUSE = COMPANY.entity(ENTITY)
steps = st.one_of(
    st.tuples(st.just("owe"), st.integers(-60_000, 100_000).filter(bool), st.integers(0, 2), st.sampled_from(["N14", "2/10N30", "N60"])),
    st.tuples(st.just("employee")),
    st.tuples(st.just("propose"), st.sampled_from(["20261028", "20261102"]), st.sampled_from(["20261105", "20261201"])),
    st.tuples(st.just("run")),
    st.tuples(st.sampled_from(DECISIONS), st.integers(0, 5), st.integers(0, 1)),
    st.tuples(st.just("tell"), st.integers(0, 5), st.just("cleared"), st.sampled_from([None, "0.25"])),
    st.tuples(st.just("tell"), st.integers(0, 9), st.sampled_from(WORDS), st.sampled_from([None, "0.25"])),
    st.tuples(st.just("file"), st.integers(0, 5), st.sampled_from(["accepted", "rejected"])),
    st.tuples(st.just("hold"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("block"), st.integers(0, 2), st.booleans()),
    st.tuples(st.just("void"), st.integers(0, 9)),
    st.tuples(st.just("void_payment"), st.integers(0, 9)),
)


class Walk:
    """A company that pays, and what may be said of its books at any time."""

    def __init__(self) -> None:
        self.world = PayWorld()
        self.world.entity = ENTITY
        self.core, self.book = self.world.erp.core, self.world.erp.payments.book
        self.owed = 0
        for vendor in range(3):
            self._owe(100_000 + vendor, vendor, "2/10N30")

    def play(self, step: tuple[Any, ...]) -> None:
        """One step; a refusal has changed nothing."""
        before, journals = self.world.fingerprint(), len(self.core.ledger.journals)
        try:
            self._play(step)
        except Refusal:
            assert self.world.fingerprint() == before
            assert len(self.core.ledger.journals) == journals

    def _play(self, step: tuple[Any, ...]) -> None:
        verb, *rest = step
        if verb in DECISIONS:
            self._decide(verb, *rest)
        else:
            getattr(self, f"_{verb}")(*rest)

    def _owe(self, minor: int, vendor: int, terms: str) -> None:
        self.owed += 1
        self.world.owe(f"51{self.owed:06d}", minor, vendor=vendor, terms=terms)

    def _employee(self) -> None:
        self.world.owe_employee()

    def _propose(self, pay_on: str, next_run_on: str) -> None:
        self.world.propose(pay_on, next_run_on)

    def _run(self) -> None:
        """From proposal to file, as on a good day; a proposal of nothing stays one."""
        run = self.world.propose()
        for verb in ("review", "approve", "issue") if run.payments else ():
            self.world.run_step(verb, run.number)

    def _decide(self, verb: str, choice: int, person: int) -> None:
        body = {"reason": "x"} if verb == "delete" else {}
        self._on_run(choice, lambda number: self.world.run_step(verb, number, actor=self.world.people[person], **body))

    def _file(self, choice: int, word: str) -> None:
        self._on_run(choice, lambda number: self.world.call(f"{RUN}.record_status", {"status": word}, path={"number": number}))

    def _hold(self, choice: int, on: bool) -> None:
        items = list(self.core.payables.of(HOUSE.erp_company))
        if items:
            self.core.payables.set_blocks(items[choice % len(items)].document, frozenset({"PRICE"} if on else ()))

    def _block(self, vendor: int, on: bool) -> None:
        path = {"vendor_id": COMPANY.suppliers_of(ENTITY)[vendor].erp_id}
        self.world.call("erp.supplier.block", {"block": "payment", "on": on}, path=path, actor=self.world.people[1])

    def _void(self, choice: int) -> None:
        found = [each.number for each in self.core.documents if each.kind == "ap_invoice"]
        if found:
            self.world.call("erp.ap_invoice.void", {"reason": "x"}, path={"number": found[choice % len(found)]})

    def _void_payment(self, choice: int) -> None:
        payments = list(self.book.payments)
        if payments:
            path = {"payment_number": payments[choice % len(payments)].id}
            self.world.call("erp.payment.void", {"reason": "x"}, path=path, actor=self.world.people[1])

    def _on_run(self, choice: int, do: Any) -> None:
        runs = list(self.book.runs)
        if runs:
            do(runs[choice % len(runs)].id)

    def _tell(self, choice: int, word: str, charge: str | None) -> None:
        payments = list(self.book.payments)
        if payments:
            payment = payments[choice % len(payments)]
            units, cents = divmod(payment.amount_minor, 100)
            more = {"amount": f"{units}.{cents:02d}", **({"charge": charge} if charge and word == "cleared" else {})}
            self.world.call(STATUS, {"status": word, **more}, path={"payment_number": payment.id})

    def check(self) -> None:
        """Journals balance; control accounts are their open items; 1010 is what is under way; 1000 is what the bank has booked."""
        ledger, code = self.core.ledger, HOUSE.erp_company
        assert all(sum(entry.amount_minor for entry in journal.entries) == 0 for journal in ledger.journals)
        for account in ACCOUNTS:
            assert ledger.balance(code, account) == sum(ledger.open_items(code, account).values())
        assert {each.document: -each.functional_open_minor for each in self.core.payables.of(code)} == ledger.open_items(code, "2000")
        payments = list(self.book.payments)
        under_way = sum(each.amount_minor for each in payments if each.status in {"issued", "accepted"})
        cleared = sum(each.amount_minor for each in payments if each.status == "cleared")
        assert ledger.balance(code, "1010") == -under_way
        assert ledger.balance(code, "1000") == -cleared - sum(each.charge_minor for each in payments)
        kept = sum(each.discount_minor for each in payments if INVOICE_STATUS[each.status] in {"paid", "cleared"})
        assert ledger.balance(code, "6030") == -kept
        for payment in payments:
            moved = [entry for each in ledger.journals if each.id.startswith(f"{payment.id}/") for entry in each.entries]
            in_transit = sum(entry.amount_minor for entry in moved if entry.account == "1010")
            assert in_transit == (-payment.amount_minor if payment.status in {"issued", "accepted"} else 0)
        self._check_invoices()

    def _check_invoices(self) -> None:
        """At most one live payment for each invoice, and the invoice says what that one says."""
        payments = list(self.book.payments)
        live = Counter(item.document for each in payments for item in each.payables if INVOICE_STATUS[each.status] not in FREE)
        assert max(live.values(), default=1) == 1
        for invoice in self.book.invoices:
            number = invoice.id
            of = [each for each in payments if any(item.document == number for item in each.payables)]
            assert invoice.status == INVOICE_STATUS[self.book.payments.get(invoice.payment).status]
            assert (invoice.status in FREE) == (number not in live)
            assert invoice.payments == sum(bool(each.entries) for each in of)
            assert (number in self.core.locks) == (invoice.status not in FREE)

    def check_history(self) -> None:
        """The ledger can be rebuilt from the effects; versions count up by one; each row is a transition that is listed."""
        rebuilt: Counter[str] = Counter()
        seen: dict[tuple[str, str], tuple[int, str]] = {}
        tables = {"payment": PAYMENTS, "payment_run": RUNS}
        for each in self.world.effects:
            if each.entity_type == "journal_line" and each.company == HOUSE.erp_company:
                rebuilt[each.account or ""] += each.amount_minor or 0
            if each.entity_type in {*tables, "invoice_payment"}:
                version, state = seen.get((each.entity_type, each.entity_id), (0, ""))
                assert each.version == version + 1
                if version and each.entity_type in tables:
                    assert each.state in {after for (before, _), after in tables[each.entity_type].transitions.items() if before == state}
                seen[each.entity_type, each.entity_id] = (each.version, each.state or "")
        assert all(self.core.ledger.balance(HOUSE.erp_company, account) == amount for account, amount in rebuilt.items())


@settings(max_examples=80)
@given(st.lists(steps, min_size=12, max_size=30))
def test_any_walk_leaves_the_books_right(walk: list[tuple[Any, ...]]) -> None:
    """After every step."""
    one = Walk()
    for step in walk:
        one.play(step)
        one.check()
    one.check_history()
