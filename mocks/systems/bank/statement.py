"""What was booked on the bank's accounts, and the statements made of it."""

from bisect import bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from mocks.company.money import to_text
from mocks.company.projections import BankCustomer
from mocks.systems.bank.models import Statement, StatementLine

StatementKey = tuple[str, str]
Kind = Literal["payment", "return"]


@dataclass(frozen=True, slots=True, order=True)
class Booking:
    """One movement on an account, in order of its time. amount_minor: negative where money left; charge_minor: taken beside it."""

    booked_at: datetime
    serial: int
    payment_id: str = field(compare=False)
    end_to_end_id: str = field(compare=False)
    kind: Kind = field(compare=False)
    amount_minor: int = field(compare=False)
    charge_minor: int = field(compare=False)


class Ledger:
    """Bookings by account."""

    def __init__(self) -> None:
        self._bookings: defaultdict[str, list[Booking]] = defaultdict(list)
        self._serial = 0

    def book(self, account: str, at: datetime, payment_id: str, end_to_end_id: str, kind: Kind, *, amount: int, charge: int) -> None:
        """Money leaves or comes back. amount, charge: minor units."""
        self._serial += 1
        insort(self._bookings[account], Booking(at, self._serial, payment_id, end_to_end_id, kind, amount, charge))

    def statements(self, customer: BankCustomer) -> list[Statement]:
        """One for each day with bookings, oldest first."""
        zone, balance, found = ZoneInfo(customer.zone), customer.opening_minor, []
        for day, of_day in groupby(self._bookings[customer.account_id], lambda each: each.booked_at.astimezone(zone).date().isoformat()):
            opening, lines = balance, []
            for number, booking in enumerate(of_day, 1):
                balance += booking.amount_minor - booking.charge_minor
                lines.append(_line(number, booking, balance, day, customer.decimals))
            found.append(
                Statement(
                    account=customer.account_id,
                    currency=customer.currency,
                    date=day,
                    opening_balance=to_text(opening, customer.decimals),
                    lines=tuple(lines),
                    closing_balance=to_text(balance, customer.decimals),
                )
            )
        return found


def _line(number: int, booking: Booking, balance: int, day: str, decimals: int) -> StatementLine:
    return StatementLine(
        line_no=number,
        end_to_end_id=booking.end_to_end_id,
        payment_id=booking.payment_id,
        kind=booking.kind,
        amount=to_text(booking.amount_minor, decimals),
        charge=to_text(booking.charge_minor, decimals),
        balance=to_text(balance, decimals),
        booked_at=booking.booked_at,
        value_date=day,
    )


def page_of(statements: list[Statement], after: StatementKey | None, limit: int) -> tuple[list[Statement], StatementKey | None]:
    """Some of them in order of account and day, and the key to continue from when there are more."""
    ordered = sorted(statements, key=_key)
    start = bisect_right([_key(each) for each in ordered], after) if after else 0
    found = ordered[start : start + limit]
    return found, _key(found[-1]) if found and start + limit < len(ordered) else None


def _key(statement: Statement) -> StatementKey:
    return statement.account, statement.date
