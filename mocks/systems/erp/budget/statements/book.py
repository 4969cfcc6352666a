"""Budget statements as values, and everything that is remembered of them."""

from bisect import bisect_right, insort
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime

from mocks.kit.operation import Effect, Refusal, View
from mocks.systems.erp.periods import first_day

KIND = "budget_statement"
Key = tuple[str, str, str]  # company, cost centre, month
Issue = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Stated:
    """A group of accounts, in minor units; costs are positive."""

    account_group: str
    committed_minor: int
    actual_minor: int
    available_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One statement. version: counts its changes; revision: how often it was issued, 0 before the first time; lines: as of `as_of`."""

    number: str
    id: int
    uuid: str
    version: int
    company: str
    cost_center: str
    period: str
    currency: str
    opened_by: str
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    revision: int = 0
    as_of: datetime | None = None
    budget_version: str = ""
    lines: tuple[Stated, ...] = ()

    @property
    def key(self) -> Key:
        """What there may be one statement of."""
        return self.company, self.cost_center, self.period

    @property
    def committed_minor(self) -> int:
        """Of all lines."""
        return sum(line.committed_minor for line in self.lines)

    @property
    def actual_minor(self) -> int:
        """Of all lines."""
        return sum(line.actual_minor for line in self.lines)


class StatementBook:
    """Of one ERP."""

    def __init__(self) -> None:
        self._statements: dict[str, Issued] = {}
        self._by_key: dict[Key, str] = {}
        self._order: list[Issue] = []

    def __contains__(self, number: str) -> bool:
        return number in self._statements

    def __len__(self) -> int:
        return len(self._statements)

    def get(self, number: str) -> Issued:
        """Raises NOT_FOUND."""
        if number not in self._statements:
            raise Refusal("NOT_FOUND", f"no budget statement {number!r}")
        return self._statements[number]

    def refuse_repeat(self, key: Key) -> None:
        """Raises DUPLICATE_REFERENCE when there is a statement of it."""
        known = self._by_key.get(key)
        if known is not None:
            company, center, period = key
            said = f"{known} is the statement of cost centre {center} of company {company} in {period} already"
            raise Refusal("DUPLICATE_REFERENCE", said, existing_id=known)

    def put(self, statement: Issued) -> None:
        """A new one, or the next version of one."""
        before = self._statements.get(statement.number)
        if before is not None and before.as_of is not None and before.as_of != statement.as_of:
            self._order.remove((before.as_of, before.number))
        if statement.as_of is not None and (before is None or before.as_of != statement.as_of):
            insort(self._order, (statement.as_of, statement.number))
        self._statements[statement.number] = statement
        self._by_key[statement.key] = statement.number

    def page(self, after: tuple[object, ...] | None, since: datetime | None, limit: int) -> tuple[list[Issued], Issue | None]:
        """What was issued, in order of the last time, and the key to continue from."""
        start = bisect_right(self._order, after) if after else 0
        if since is not None:
            start = max(start, bisect_right(self._order, (since, "")))
        keys = self._order[start : start + limit]
        more = keys[-1] if keys and start + limit < len(self._order) else None
        return [self._statements[number] for _, number in keys], more

    def final_views(self) -> list[View]:
        """Every statement that was ever issued, as it stands."""
        return [
            View(
                KIND,
                each.number,
                "issued",
                each.revision,
                amount_minor=each.committed_minor + each.actual_minor,
                currency=each.currency,
                company=each.company,
                src_version=each.revision,
            )
            for each in self._statements.values()
            if each.revision
        ]


def issued(statement: Issued) -> tuple[Effect, ...]:
    """What planning has to know from now on: both figures together, and each of them by group of accounts. The two dates are the first and
    the last day of the month."""
    first = first_day(statement.period)
    head = Effect(
        KIND,
        statement.number,
        "create" if statement.revision == 1 else "update",
        version=statement.revision,
        src_version=statement.revision,
        amount_minor=statement.committed_minor + statement.actual_minor,
        currency=statement.currency,
        company=statement.company,
        document_date=first.isoformat(),
        posting_date=first.replace(day=monthrange(first.year, first.month)[1]).isoformat(),
        cost_center=statement.cost_center,
        state="issued",
    )
    figures = [
        (of, line.account_group, amount)
        for line in statement.lines
        for of, amount in (
            ("stated_actual", line.actual_minor),
            ("stated_commitment", line.committed_minor),
            ("stated_available", line.available_minor),
        )
    ]
    rows = (
        Effect(
            of,
            f"{statement.number}/{statement.revision}.{number}",
            "create",
            version=statement.revision,
            src_version=statement.revision,
            amount_minor=amount,
            currency=statement.currency,
            company=statement.company,
            period=statement.period,
            cost_center=statement.cost_center,
            parent_id=statement.number,
            category=group,
        )
        for number, (of, group, amount) in enumerate(figures, 1)
    )
    return (head, *rows)
