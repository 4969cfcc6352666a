"""The figures of every bucket and month, moved by entries that are never changed.

Available is what is left of the budget: budget - reserved - pre-encumbrance - encumbrance - actual. A reservation is one step with its
check, over all its lines or none; it is approved (a pre-encumbrance), consumed by an order, released, or ended by its time. The budget is
that of the version in force, and what was transferred or carried forward beside it.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any, Literal, NamedTuple

from mocks.company.model import BudgetControl
from mocks.systems.erp.budget.policy import BudgetPolicy
from mocks.systems.erp.budget.versions import Bucket, BudgetVersion

BalanceType = Literal["reserved", "pre_encumbrance", "encumbrance", "actual"]
BALANCE_TYPES: tuple[BalanceType, ...] = ("reserved", "pre_encumbrance", "encumbrance", "actual")
BudgetStage = Literal["reserved", "pre_encumbrance", "encumbrance", "actual", "budget"]
_AT: Mapping[BudgetStage, int] = {"reserved": 0, "pre_encumbrance": 1, "encumbrance": 2, "actual": 3, "budget": 4}
BEGINNING = datetime.min.replace(tzinfo=UTC)
"""Before anybody said what time it is."""
ReservationStatus = Literal["reserved", "approved", "consumed", "released", "expired"]
HOLDS: Mapping[ReservationStatus, BalanceType] = {"reserved": "reserved", "approved": "pre_encumbrance"}
"""In which stage a reservation keeps its funds; in every other status it keeps none."""
TRANSITIONS: Mapping[tuple[ReservationStatus, str], ReservationStatus] = {
    ("reserved", "approve"): "approved",
    ("reserved", "consume"): "consumed",
    ("approved", "consume"): "consumed",
    ("reserved", "release"): "released",
    ("approved", "release"): "released",
    ("reserved", "expire"): "expired",
}


@dataclass(frozen=True, slots=True)
class Spending:
    """What a line wants: minor units of the company's currency in a month of a bucket. line: its number in its document."""

    line: str
    bucket: Bucket
    period: str
    amount_minor: int


class Movement(NamedTuple):
    """One entry: signed minor units of a stage. owner: the document for which; version: of the budget that was in force; at: business
    time. Its stage is `budget` where it moved the budget itself."""

    number: int
    owner: str
    line: str
    bucket: Bucket
    period: str
    stage: BudgetStage
    amount_minor: int
    version: str | None
    at: datetime


Holding = tuple[str, Bucket, str, BudgetStage]
"""Line, bucket, month and stage."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one bucket over some months, in minor units."""

    budget: int
    reserved: int = 0
    pre_encumbrance: int = 0
    encumbrance: int = 0
    actual: int = 0

    @property
    def available(self) -> int:
        """What may still be spoken for."""
        return self.budget - self.reserved - self.pre_encumbrance - self.encumbrance - self.actual


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A bucket whose months together do not hold what is wanted of them."""

    bucket: Bucket
    months: tuple[str, ...]
    wanted: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Reservation:
    """Funds that are kept for a document that is not decided yet. asked: what else its sender said, which no rule of the budget reads."""

    id: str
    lines: tuple[Spending, ...]
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    asked: Any = None
    version: int = 1
    status: ReservationStatus = "reserved"
    budget_version: str = ""
    warnings: tuple["Shortfall", ...] = ()  # as of the moment in which it was reserved

    @property
    def amount_minor(self) -> int:
        """Over all lines."""
        return sum(line.amount_minor for line in self.lines)


class Overdrawn(Exception):  # noqa: N818 (it names what the budget would be)
    """Absolute control: nothing was reserved or committed."""

    def __init__(self, shortfalls: Sequence[Shortfall]) -> None:
        super().__init__(f"{len(shortfalls)} buckets do not hold what is wanted")
        self.shortfalls = tuple(shortfalls)


class Ended(Exception):  # noqa: N818 (it names what the reservation is)
    """The reservation is in no status that allows the step."""

    def __init__(self, reservation: Reservation) -> None:
        super().__init__(f"reservation {reservation.id} is {reservation.status}")
        self.reservation = reservation


@dataclass(slots=True)
class BudgetLedger:
    """Of one ERP. Every method either changes nothing and raises, or changes everything."""

    policies: Mapping[str, BudgetPolicy]  # by company code
    versions: dict[str, BudgetVersion] = field(default_factory=dict)  # in force, by company code
    own: dict[tuple[str, str], dict[int, BudgetVersion]] = field(default_factory=dict)  # of cost centres, by fiscal year
    movements: list[Movement] = field(default_factory=list)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    _now: datetime = BEGINNING  # whoever asks, reserves, orders or posts says it first
    _published: list[tuple[datetime, BudgetVersion]] = field(default_factory=list)  # of all companies, oldest first
    _ends: list[tuple[datetime, str]] = field(default_factory=list)  # heap: when a reservation's time is over, unless it ended before
    _expired: list[Reservation] = field(default_factory=list)
    _totals: dict[Bucket, dict[str, list[int]]] = field(default_factory=dict)  # as _AT, by month in which something ever moved
    _held: dict[str, dict[Holding, int]] = field(default_factory=dict)  # by owner; a line that holds nothing more keeps its place

    def figures(self, bucket: Bucket, months: Collection[str]) -> Figures:
        """Of these months together."""
        moved = [totals for month, totals in self._totals.get(bucket, {}).items() if month in months]
        return _figures(self._budget(bucket, months), moved)

    def figures_at(self, bucket: Bucket, months: Collection[str], at: datetime) -> Figures:
        """The same as it stood at a business time: summed again from the entries and from the versions that were in force then."""
        moved = [0] * len(_AT)
        for move in self.movements[: bisect_right(self.movements, at, key=lambda each: each.at)]:
            if move.bucket == bucket and move.period in months:
                moved[_AT[move.stage]] += move.amount_minor
        governing = ((month, self.in_force_at(bucket, month, at)) for month in months)
        return _figures(sum(version.budget_minor(bucket, (month,)) for month, version in governing if version), [moved])

    def moved_in(self, company_code: str, cost_center: str, month: str) -> dict[str, list[Bucket]]:
        """The buckets of a cost centre in which anything ever moved in a month, whatever their project, by group of accounts."""
        found: dict[str, list[Bucket]] = {}
        for bucket, months in self._totals.items():
            if (bucket.company_code, bucket.cost_center) == (company_code, cost_center) and month in months:
                found.setdefault(bucket.account_group, []).append(bucket)
        return found

    def _available(self, bucket: Bucket, months: Collection[str]) -> tuple[int, int]:
        """Budget, and what of it is available: of these months together."""
        budget = self._budget(bucket, months)
        spoken_for = 0
        for month, (reserved, pre_encumbrance, encumbrance, actual, moved) in self._totals.get(bucket, {}).items():
            if month in months:
                budget += moved
                spoken_for += reserved + pre_encumbrance + encumbrance + actual
        return budget, budget - spoken_for

    def _budget(self, bucket: Bucket, months: Collection[str]) -> int:
        if (bucket.company_code, bucket.cost_center) not in self.own:
            version = self.versions.get(bucket.company_code)
            return version.budget_minor(bucket, months) if version else 0
        governing = ((month, self.in_force(bucket, month)) for month in months)
        return sum(version.budget_minor(bucket, (month,)) for month, version in governing if version)

    def in_force(self, bucket: Bucket, period: str) -> BudgetVersion | None:
        """Whose budget a bucket has in a month: its cost centre's own of that fiscal year, else its company's."""
        own = self.own.get((bucket.company_code, bucket.cost_center))
        found = own.get(self.policies[bucket.company_code].fiscal_year(period)) if own else None
        return found or self.versions.get(bucket.company_code)

    def in_force_at(self, bucket: Bucket, period: str, at: datetime) -> BudgetVersion | None:
        """The same as it was at a business time."""
        years = {0, self.policies[bucket.company_code].fiscal_year(period)}
        known = [each for since, each in self._published if since <= at and _concerns(each, bucket) and each.fiscal_year in years]
        own = [version for version in known if version.cost_center]
        return next(reversed(own or known), None)

    def shortfalls(self, wanted: Sequence[Spending], freed: Sequence[Spending] = ()) -> tuple[Shortfall, ...]:
        """Where these lines together would go beyond budget and tolerance. A month may count in several windows (a year to date in that of
        every later month), and none of them may be overdrawn by it. freed: what is given back in the same step."""
        found: dict[tuple[Bucket, tuple[str, ...]], Shortfall] = {}
        for line in wanted:
            policy = self.policies[line.bucket.company_code]
            if policy.level == "none":
                continue
            for months in self._windows(policy, line):
                asked = _within(wanted, line.bucket, months) - _within(freed, line.bucket, months)
                budget, available = self._available(line.bucket, months)
                if available - asked < -policy.tolerated(budget):
                    found[line.bucket, months] = Shortfall(line.bucket, months, asked, self.figures(line.bucket, months))
        return tuple(found.values())

    def _windows(self, policy: BudgetPolicy, line: Spending) -> Iterable[tuple[str, ...]]:
        own = policy.months(line.period)
        if policy.window != "to_date":
            return (own,)
        return sorted({own, *(months for month in self._totals.get(line.bucket, ()) if line.period in (months := policy.months(month)))})

    def reserve(self, reservation: Reservation, *, despite: bool = False) -> Reservation:
        """Check and reserve in one step; the reservation with what it is warned of. despite: somebody with the authority said so.
        Raises Overdrawn."""
        short = self._allowed(reservation.lines, despite=despite)
        version = self.in_force(reservation.lines[0].bucket, reservation.lines[0].period)
        kept = replace(reservation, warnings=short, budget_version=version.id if version else "")
        self.reservations[kept.id] = kept
        heappush(self._ends, (kept.expires_at, kept.id))
        self._move(kept.id, kept.lines, "reserved", 1)
        return kept

    def step(self, reservation_id: str, trigger: str, now: datetime) -> Reservation:
        """Approve, release or consume it: its funds move with its status. Raises KeyError, Ended."""
        self.expire(now)
        return self._step(self.reservations[reservation_id], trigger, now)

    def expire(self, now: datetime) -> None:
        """It is this time now: end every reservation whose time is over."""
        self._now = max(self._now, now)
        while self._ends and self._ends[0][0] <= now:
            late = self.reservations[heappop(self._ends)[1]]
            if (late.status, "expire") in TRANSITIONS:  # what was approved waits without end
                self._expired.append(self._step(late, "expire", now))

    def take_expired(self) -> tuple[Reservation, ...]:
        """Those that ended by their time since this was asked last: a call that is refused tells nobody of them."""
        taken, self._expired = tuple(self._expired), []
        return taken

    def _step(self, reservation: Reservation, trigger: str, now: datetime) -> Reservation:
        after = TRANSITIONS.get((reservation.status, trigger))
        if after is None:
            raise Ended(reservation)
        self._move(reservation.id, reservation.lines, HOLDS[reservation.status], -1)
        if after in HOLDS:
            self._move(reservation.id, reservation.lines, HOLDS[after], 1)
        changed = replace(reservation, status=after, version=reservation.version + 1, updated_at=now)
        self.reservations[reservation.id] = changed
        return changed

    def encumber(self, owner: str, lines: Sequence[Spending], now: datetime, reservation_id: str | None = None) -> Reservation | None:
        """An order commits its lines (PST-P03), and what was kept for it is given back in the same step; that reservation before the step.
        Raises Overdrawn, KeyError and Ended."""
        self.expire(now)
        kept = self.reservations[reservation_id] if reservation_id is not None else None
        if kept is not None and (kept.status, "consume") not in TRANSITIONS:
            raise Ended(kept)
        self._allowed(lines, kept.lines if kept else (), despite=False)
        if kept is not None:
            self._step(kept, "consume", now)
        self._move(owner, lines, "encumbrance", 1)
        return kept

    def amend(self, owner: str, wanted: Sequence[Spending], *, despite: bool = False) -> tuple[Spending, ...]:
        """What `owner` encumbers from now on for each of these lines, wherever and however much it was before (PST-P04, PST-P06); the
        signed differences. Where they come to more than was given back the budget is asked. Raises Overdrawn."""
        lines = {line.line for line in wanted}
        freed = tuple(each for each in self.held(owner, "encumbrance") if each.line in lines)
        short = [each for each in self.shortfalls(wanted, freed) if each.wanted > 0]
        self._refuse(short, despite=despite)
        return self._replace(owner, lines, freed, wanted)

    def release(self, owner: str) -> tuple[Spending, ...]:
        """`owner` encumbers nothing any more, and never again unless it is amended (PST-P05); the differences, all negative."""
        return self._replace(owner, {line for line, *_ in self._held.get(owner, {})}, self.held(owner, "encumbrance"), ())

    def place(self, owner: str, line: str) -> tuple[Bucket, str] | None:
        """Bucket and month in which a line of `owner` is encumbered, or would be again. None: nobody speaks of it, or it was released."""
        held = self._held.get(owner, {})
        return next(((bucket, month) for each, bucket, month, stage in held if each == line and stage == "encumbrance"), None)

    def transfer(self, owner: str, giving: Spending, receiving: Spending) -> None:
        """PST-A09: budget of one bucket and month becomes that of another. Nobody gives what is not available. Raises Overdrawn."""
        short = []
        for months in self._windows(self.policies[giving.bucket.company_code], giving):
            asked = giving.amount_minor - _within((receiving,), giving.bucket, months)
            if asked > 0 and self._available(giving.bucket, months)[1] < asked:
                short.append(Shortfall(giving.bucket, months, asked, self.figures(giving.bucket, months)))
        if short:
            raise Overdrawn(short)
        self._move(owner, (giving,), "budget", -1)
        self._move(owner, (receiving,), "budget", 1)

    def open_encumbrances(self, company_code: str, months: Collection[str]) -> Iterator[tuple[str, Spending]]:
        """Owner and line of everything that a company has encumbered in these months, in the order in which it was."""
        for owner in self._held:
            for each in self.held(owner, "encumbrance"):
                if each.bucket.company_code == company_code and each.period in months:
                    yield owner, each

    def lapse(self, owner: str, line: Spending) -> None:
        """PST-A10: what a line holds in a month that is over is given back, and it is not encumbered again unless it is amended."""
        self._move(owner, (line,), "encumbrance", -1)
        del self._held[owner][line.line, line.bucket, line.period, "encumbrance"]

    def carry_forward(self, owner: str, line: Spending, month: str) -> None:
        """PST-A10: what a line holds is held in another month from now on, and brings as much budget with it."""
        carried = replace(line, period=month)
        self.lapse(owner, line)
        self._move(owner, (line,), "budget", -1)
        self._move(owner, (carried,), "budget", 1)
        self._move(owner, (carried,), "encumbrance", 1)

    def _replace(self, owner: str, lines: Collection[str], freed: Sequence[Spending], wanted: Sequence[Spending]) -> tuple[Spending, ...]:
        moved = _differences(freed, wanted)
        self._move(owner, moved, "encumbrance", 1)
        held = self._held.setdefault(owner, {})
        places: dict[Holding, int] = {(each.line, each.bucket, each.period, "encumbrance"): 0 for each in wanted}
        for key in [each for each in held if each[0] in lines and each[3] == "encumbrance" and each not in places]:
            del held[key]
        self._held[owner] = places | held  # one that is worth nothing has its place too
        return moved

    def commit(self, owner: str, lines: Sequence[Spending], stage: BalanceType, *, despite: bool = False) -> tuple[Shortfall, ...]:
        """Check and commit in one step, without a reservation. Raises Overdrawn."""
        short = self._allowed(lines, despite=despite)
        self._move(owner, lines, stage, 1)
        return short

    def relieve(self, owner: str, lines: Sequence[Spending], stage: BalanceType) -> tuple[Spending, ...]:
        """Take back of what `owner` holds in a stage, never more than it holds; what was taken back."""
        taken = []
        for line in lines:
            held = self._held.get(owner, {}).get((line.line, line.bucket, line.period, stage), 0)
            taken.append(replace(line, amount_minor=min(held, line.amount_minor)))
            self._move(owner, taken[-1:], stage, -1)
        return tuple(line for line in taken if line.amount_minor)

    def held(self, owner: str, stage: BalanceType) -> tuple[Spending, ...]:
        """What `owner` holds in a stage, by line."""
        return tuple(
            Spending(line, bucket, period, amount)
            for (line, bucket, period, at), amount in self._held.get(owner, {}).items()
            if at == stage and amount
        )

    def book(self, owner: str, lines: Sequence[Spending]) -> None:
        """Actual spending; a credit is negative. It was decided where the document was posted, so nothing is checked."""
        self._move(owner, lines, "actual", 1)

    def publish(self, version: BudgetVersion) -> tuple[Shortfall, ...]:
        """The version is in force from now on. Every bucket that it leaves overdrawn is told, and nothing is undone for it."""
        if version.cost_center:
            self.own.setdefault((version.company_code, version.cost_center), {})[version.fiscal_year] = version
        else:
            self.versions[version.company_code] = version
        self._published.append((self._now, version))
        policy = self.policies[version.company_code]
        found: dict[tuple[Bucket, tuple[str, ...]], Shortfall] = {}
        for bucket, months in self._totals.items():
            for window in {policy.months(month) for month in months} if _concerns(version, bucket) else ():
                figures = self.figures(bucket, window)
                if figures.available < 0:
                    found[bucket, window] = Shortfall(bucket, window, 0, figures)
        return tuple(found[key] for key in sorted(found))

    def _allowed(self, lines: Sequence[Spending], freed: Sequence[Spending] = (), *, despite: bool) -> tuple[Shortfall, ...]:
        short = self.shortfalls(lines, freed)
        self._refuse(short, despite=despite)
        return short

    def _refuse(self, short: Sequence[Shortfall], *, despite: bool) -> None:
        if not short or despite:
            return
        strict = [each for each in short if self.policies[each.bucket.company_code].level == "absolute"]
        if strict:
            raise Overdrawn(strict)

    def _move(self, owner: str, lines: Sequence[Spending], stage: BudgetStage, sign: Literal[1, -1]) -> None:
        movements, at = self.movements, _AT[stage]
        for line in lines:
            if not line.amount_minor:
                continue
            bucket, month, amount = line.bucket, line.period, sign * line.amount_minor
            version = self.in_force(bucket, month)
            of_bucket = self._totals.setdefault(bucket, {})
            if month not in of_bucket:
                of_bucket[month] = [0] * len(_AT)
            of_bucket[month][at] += amount
            held, key = self._held.setdefault(owner, {}), (line.line, bucket, month, stage)
            held[key] = held.get(key, 0) + amount
            name = version.id if version else None
            movements.append(Movement(len(movements) + 1, owner, line.line, bucket, month, stage, amount, name, self._now))


def _figures(budget: int, moved: Sequence[Sequence[int]]) -> Figures:
    if not moved:
        return Figures(budget)
    *spoken_for, adjusted = map(sum, zip(*moved, strict=True))
    return Figures(budget + adjusted, *spoken_for)


def _differences(before: Iterable[Spending], after: Iterable[Spending]) -> tuple[Spending, ...]:
    """Signed, by line, bucket and month; what stays as it was is left out."""
    amounts: dict[tuple[str, Bucket, str], int] = {}
    for sign, lines in ((-1, before), (1, after)):
        for line in lines:
            key = line.line, line.bucket, line.period
            amounts[key] = amounts.get(key, 0) + sign * line.amount_minor
    return tuple(Spending(*key, amount) for key, amount in amounts.items() if amount)


def _concerns(version: BudgetVersion, bucket: Bucket) -> bool:
    return bucket.company_code == version.company_code and version.cost_center in {"", bucket.cost_center}


def _within(lines: Sequence[Spending], bucket: Bucket, months: Collection[str]) -> int:
    total = 0
    for line in lines:
        if line.bucket == bucket and line.period in months:
            total += line.amount_minor
    return total


def first_budgets(controls: Mapping[str, BudgetControl]) -> BudgetLedger:
    """With the version that each company (by code) begins with."""
    policies = {code: BudgetPolicy(each.level, each.window, each.tolerance_percent, each.year_starts) for code, each in controls.items()}
    ledger = BudgetLedger(policies)
    for code, each in controls.items():
        ledger.publish(BudgetVersion(f"{code}/1", code, 1, each.monthly_minor))
    return ledger
