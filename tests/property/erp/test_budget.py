"""Random business on a budget: whatever is reserved, committed, booked or given back, every bucket adds up at every instant."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.systems.erp.budget.ledger import BALANCE_TYPES, BudgetLedger, Ended, Figures, Overdrawn, Reservation, Spending
from mocks.systems.erp.budget.policy import BudgetPolicy
from mocks.systems.erp.budget.versions import Bucket, BudgetVersion

START = datetime(2026, 10, 28, tzinfo=UTC)
MONTHS = ("2026-01", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01")
BUCKETS = tuple(Bucket("2000", center, "54") for center in ("A", "B"))
USUAL = 1_000

policies = st.builds(
    BudgetPolicy,
    st.sampled_from(["none", "advisory", "absolute"]),
    st.sampled_from(["month", "quarter", "year", "to_date"]),
    st.sampled_from([0, 5]),
    st.sampled_from([1, 2, 4]),
)
spendings = st.builds(Spending, st.sampled_from(["10", "20"]), st.sampled_from(BUCKETS), st.sampled_from(MONTHS), st.integers(0, 3_000))
lines = st.lists(spendings, min_size=1, max_size=3, unique_by=lambda each: each.line).map(tuple)
owners = st.sampled_from(["4500000001", "4500000002"])
stages = st.sampled_from(["pre_encumbrance", "encumbrance"])
steps = st.one_of(
    st.tuples(st.just("reserve"), lines, st.integers(1, 5), st.booleans()),
    st.tuples(st.just("step"), st.integers(0, 9), st.sampled_from(["approve", "release", "consume"])),
    st.tuples(st.just("encumber"), owners, lines, st.integers(0, 9)),
    st.tuples(st.just("commit"), owners, lines, stages),
    st.tuples(st.just("relieve"), owners, lines, stages),
    st.tuples(st.just("book"), owners, lines),
    st.tuples(st.just("publish"), st.integers(0, 2_000)),
    st.tuples(st.just("wait"), st.integers(1, 5)),
)


def status(books: BudgetLedger, bucket: Bucket, period: str) -> Figures:
    """Of the months that count together with this one."""
    return books.figures(bucket, books.policies[bucket.company_code].months(period))


def reservation(number: str, *wanted: Spending, now: datetime = START, minutes: int = 5) -> Reservation:
    return Reservation(number, wanted, now + timedelta(minutes=minutes), now, now)


class Walk:
    """A ledger, and what may be said of it at any time."""

    def __init__(self, policy: BudgetPolicy) -> None:
        self.ledger = BudgetLedger({"2000": policy})
        self.ledger.publish(BudgetVersion("v1", "2000", 1, USUAL))
        self.now = START
        self.policy = policy
        self.is_forced = False  # somebody overrode the control, booked, or took budget away

    def play(self, step: tuple[Any, ...]) -> None:
        """One step; what is refused has changed nothing."""
        self.ledger.expire(self.now)
        before = len(self.ledger.movements)
        try:
            self._play(step)
        except (Overdrawn, Ended, KeyError):
            assert len(self.ledger.movements) == before

    def _play(self, step: tuple[Any, ...]) -> None:
        ledger = self.ledger
        match step:
            case "reserve", wanted, minutes, despite:
                number = f"R{len(ledger.reservations)}"
                ledger.reserve(reservation(number, *wanted, now=self.now, minutes=minutes), despite=despite)
                self.is_forced |= despite
            case "step", number, trigger:
                ledger.step(f"R{number}", trigger, self.now)
            case "encumber", owner, wanted, number:
                ledger.encumber(owner, wanted, self.now, f"R{number}" if number else None)
            case "commit", owner, wanted, stage:
                ledger.commit(owner, wanted, stage)
            case "relieve", owner, wanted, stage:
                ledger.relieve(owner, wanted, stage)
            case "book", owner, spent:
                ledger.book(owner, spent)
                self.is_forced = True
            case "publish", usual:
                ledger.publish(BudgetVersion(f"v{usual}", "2000", 2, usual))
                self.is_forced = True
            case "wait", minutes:
                self.now += timedelta(minutes=minutes)
                ledger.expire(self.now)

    def check(self) -> None:
        """Budget = available + everything that has spoken for it, rebuilt from the entries alone; nobody holds less than nothing."""
        ledger = self.ledger
        rebuilt: Counter[tuple[Bucket, str, str]] = Counter()
        for move in ledger.movements:
            rebuilt[move.bucket, move.period, move.stage] += move.amount_minor
        for bucket in BUCKETS:
            for month in MONTHS:
                figures = ledger.figures(bucket, [month])
                spoken_for = [rebuilt[bucket, month, stage] for stage in BALANCE_TYPES]
                assert figures.budget == figures.available + sum(spoken_for)
                assert min(spoken_for[:3]) >= 0
                self._check_control(bucket, month)
        kept = sum(one.amount_minor for one in ledger.reservations.values() if one.status == "reserved")
        assert kept == sum(amount for (_, _, stage), amount in rebuilt.items() if stage == "reserved")

    def _check_control(self, bucket: Bucket, month: str) -> None:
        figures = status(self.ledger, bucket, month)
        if self.policy.level == "absolute" and not self.is_forced:
            assert figures.available >= -self.policy.tolerated(figures.budget)


@pytest.mark.requirement("R03.18", "R09.08")
@settings(max_examples=150)
@given(policies, st.lists(steps, max_size=25))
def test_any_walk_adds_up(policy: BudgetPolicy, walk: list[tuple[Any, ...]]) -> None:
    """After every step, in every policy; under absolute control no window of months is ever beyond its tolerance."""
    one = Walk(policy)
    for step in walk:
        one.play(step)
        one.check()


@given(policies, st.sampled_from(MONTHS))
def test_months_that_count_together(policy: BudgetPolicy, period: str) -> None:
    """They hold the month itself, follow each other, and begin where the fiscal year says."""
    months = policy.months(period)
    indexes = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    assert period in months
    assert indexes == list(range(indexes[0], indexes[0] + len(indexes)))
    lengths = {"month": 1, "quarter": 3, "year": 12}
    if policy.window == "to_date":
        assert months[-1] == period
        assert int(months[0][5:]) == policy.year_starts
    else:
        assert len(months) == lengths[policy.window]
        assert (int(months[0][5:]) - policy.year_starts) % lengths[policy.window] == 0


def ledger(level: str, window: str, *, usual: int = USUAL, tolerance: int = 0) -> BudgetLedger:
    """One company with this control, and a budget for every month."""
    made = BudgetLedger({"2000": BudgetPolicy(level, window, tolerance)})  # type: ignore[arg-type]  # parametrised words
    made.publish(BudgetVersion("v1", "2000", 1, usual))
    return made


def spending(amount: int, period: str = "2026-10", line: str = "10") -> Spending:
    return Spending(line, BUCKETS[0], period, amount)


def test_lines_of_one_bucket_are_checked_together() -> None:
    """Each of them would fit alone."""
    books = ledger("absolute", "month")
    with pytest.raises(Overdrawn) as caught:
        books.commit("4500000001", (spending(600), spending(600, line="20")), "encumbrance")
    assert [(each.wanted, each.figures.available) for each in caught.value.shortfalls] == [(1_200, 1_000)]


def test_a_year_to_date_is_not_overdrawn_through_an_earlier_month() -> None:
    """November's budget to date is spoken for; October alone would still have some."""
    books = ledger("absolute", "to_date")
    books.commit("4500000001", (spending(11_000, "2026-11"),), "encumbrance")
    with pytest.raises(Overdrawn):
        books.commit("4500000002", (spending(1, "2026-10"),), "encumbrance")
    books.commit("4500000002", (spending(1_000, "2026-12"),), "encumbrance")


def test_advisory_control_warns_and_reserves() -> None:
    """The answer says what is short, and the funds are kept all the same; beyond the tolerance only."""
    books = ledger("advisory", "month", tolerance=5)
    assert books.reserve(reservation("R1", spending(1_050))).warnings == ()
    (short,) = books.reserve(reservation("R2", spending(1))).warnings
    assert (short.wanted, short.figures.available) == (1, -50)
    assert status(books, BUCKETS[0], "2026-10").reserved == 1_051


def test_a_reservation_ends_once() -> None:
    """Consumed is not released again, and what is over is not consumed."""
    books = ledger("absolute", "year")
    books.reserve(reservation("R1", spending(100)))
    books.step("R1", "approve", START)
    books.encumber("4500000001", (spending(90),), START, "R1")
    with pytest.raises(Ended, match="consumed"):
        books.step("R1", "release", START)
    books.reserve(reservation("R2", spending(100)))
    with pytest.raises(Ended, match="expired"):
        books.encumber("4500000002", (spending(100),), START + timedelta(minutes=5), "R2")
    figures = status(books, BUCKETS[0], "2026-10")
    assert (figures.reserved, figures.pre_encumbrance, figures.encumbrance) == (0, 0, 90)
    assert [each.id for each in books.take_expired()] == ["R2"]


def test_what_was_approved_waits_without_end() -> None:
    """Its time was for the decision."""
    books = ledger("absolute", "year")
    books.reserve(reservation("R1", spending(100)))
    books.step("R1", "approve", START)
    books.expire(START + timedelta(days=400))
    assert status(books, BUCKETS[0], "2026-10").pre_encumbrance == 100


def test_an_order_may_take_what_was_kept_for_it() -> None:
    """The last of the budget is reserved for this order, so it fits; another one does not, and what was kept stays kept."""
    books = ledger("absolute", "month")
    books.reserve(reservation("R1", spending(1_000)))
    with pytest.raises(Overdrawn):
        books.encumber("4500000002", (spending(1),), START)
    with pytest.raises(Overdrawn):
        books.encumber("4500000001", (spending(1_001),), START, "R1")
    assert status(books, BUCKETS[0], "2026-10").reserved == 1_000
    books.encumber("4500000001", (spending(1_000),), START, "R1")
    figures = status(books, BUCKETS[0], "2026-10")
    assert (figures.reserved, figures.encumbrance, figures.available) == (0, 1_000, 0)


def test_a_new_version_tells_whom_it_leaves_overdrawn() -> None:
    """Nothing is undone for it, and nobody else is named."""
    books = ledger("absolute", "month")
    books.commit("4500000001", (spending(900),), "encumbrance")
    (short,) = books.publish(BudgetVersion("v2", "2000", 2, 500))
    assert (short.bucket, short.months, short.figures.available) == (BUCKETS[0], ("2026-10",), -400)


@pytest.mark.requirement("R03.18")
def test_golden_ge1_in_the_memo_ledger() -> None:
    """Domestic order, budget 10,000.00: pre-encumbrance, encumbrance, actual and available at each of the nine steps of the example."""
    books = BudgetLedger({"2000": BudgetPolicy("absolute", "year")})
    books.publish(BudgetVersion("2026/1", "2000", 1, lines={(BUCKETS[0], "2026-01"): 1_000_000}))
    seen = []

    def look() -> None:
        figures = status(books, BUCKETS[0], "2026-10")
        seen.append((figures.pre_encumbrance, figures.encumbrance, figures.actual, figures.available))

    order = "4500000001"
    books.reserve(reservation("R1", spending(100_000)))
    books.step("R1", "approve", START)
    look()
    books.encumber(order, (spending(98_000),), START, "R1")
    look()
    books.commit(order, (spending(2_000),), "encumbrance")
    look()
    for spent in (60_000, None, 40_000):
        if spent is None:
            books.book("5100000001", (spending(600),))  # the price difference of the first invoice
        else:
            books.relieve(order, (spending(spent),), "encumbrance")
            books.book(order, (spending(spent),))
        look()
    assert seen == [
        (100_000, 0, 0, 900_000),
        (0, 98_000, 0, 902_000),
        (0, 100_000, 0, 900_000),
        (0, 40_000, 60_000, 900_000),
        (0, 40_000, 60_600, 899_400),
        (0, 0, 100_600, 899_400),
    ]
