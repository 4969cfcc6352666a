"""Random walks over the bank: whatever customers and clerks do, and whenever, statements add up and nothing is paid twice."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.company.money import to_minor
from mocks.kit.operation import Refusal
from mocks.systems.bank.payments import PAYMENTS
from tests.unit.bank.play import BankWorld

REFERENCES = ("A", "B", "C")
CURRENCIES = ("EUR", "USD", "JPY")
steps = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from(REFERENCES), st.sampled_from(CURRENCIES), st.sampled_from(["2026-10-28", "2026-11-02"])),
    st.tuples(st.just("upload"), st.sampled_from(["M1", "M2"]), st.lists(st.sampled_from(REFERENCES), min_size=1, max_size=3)),
    st.tuples(st.just("jobs")),
    st.tuples(st.sampled_from(["clear", "reject", "return", "stop"]), st.integers(0, 9)),
    st.tuples(st.just("reject_file"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.integers(1, 60)),
    st.tuples(st.just("look")),
)


class Walk:
    """One bank, and what may be said of it at any time."""

    def __init__(self) -> None:
        self.world = BankWorld()
        self.core = self.world.bank.core

    def play(self, step: tuple[Any, ...]) -> None:
        """One step; a refusal has changed nothing."""
        before = self.world.fingerprint()
        try:
            self._play(step)
        except Refusal:
            assert self.world.fingerprint() == before

    def _play(self, step: tuple[Any, ...]) -> None:
        world = self.world
        match step:
            case "pay", reference, currency, day:
                world.pay(reference, currency, day)
            case "upload", message_id, references:
                world.upload(message_id, *references)
            case ("jobs",):
                world.finish_jobs()
            case ("look",):
                world.statements()
            case "wait", hours:
                world.now += timedelta(hours=hours)
            case "reject_file", choice:
                files = list(self.core.files)
                if files:
                    path = {"fileId": files[choice % len(files)].id}
                    world.call("bank.payment_file.reject", {"reasonCode": "MS03", "reason": "x"}, path=path, actor=world.clerk)
            case verb, choice:
                payments = list(self.core.payments)
                if payments:
                    world.act(verb, payments[choice % len(payments)].id, {} if verb in {"clear", "stop"} else None)

    def check(self) -> None:
        """Opening + lines = closing, without a gap; balances are what cleared and returned payments say; one live payment for one id."""
        for customer in self.core.master.customers.values():
            balance = customer.opening_minor
            for statement in self.core.ledger.statements(customer):
                assert to_minor(statement.opening_balance, customer.decimals) == balance
                for line in statement.lines:
                    balance += to_minor(line.amount, customer.decimals) - to_minor(line.charge, customer.decimals)
                    assert to_minor(line.balance, customer.decimals) == balance
                assert to_minor(statement.closing_balance, customer.decimals) == balance
            own = [each for each in self.core.payments if each.customer is customer]
            left = sum(each.amount_minor or 0 for each in own if each.status == "cleared")
            booked = [line for one in self.core.ledger.statements(customer) for line in one.lines if line.kind == "payment"]
            assert balance == customer.opening_minor - left - customer.banking.charge_minor * len(booked)
            assert max(Counter(line.payment_id for line in booked).values(), default=1) == 1
            live = Counter(each.transfer.end_to_end_id for each in own if each.status not in {"received", "rejected"})
            assert max(live.values(), default=1) == 1

    def check_history(self) -> None:
        """Versions count up by one, and each row is a transition that is listed."""
        seen: dict[str, tuple[int, str]] = {}
        for each in self.world.effects:
            version, state = seen.get(each.entity_id, (0, ""))
            assert each.version == version + 1
            assert (each.effect == "create") == (version == 0)
            if version and each.entity_type == "bank_payment":
                assert each.state in {after for (before, _), after in PAYMENTS.transitions.items() if before == state}
            seen[each.entity_id] = (each.version, each.state or "")


@settings(max_examples=80)
@given(st.lists(steps, min_size=8, max_size=25))
def test_any_walk_adds_up(walk: list[tuple[Any, ...]]) -> None:
    """After every step."""
    one = Walk()
    for step in walk:
        one.play(step)
        one.check()
    one.check_history()
