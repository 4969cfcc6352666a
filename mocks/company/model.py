"""The group's records as the people who invented them see them: canonical, with every system's id beside each other.

No mock system sees these; each sees its projection.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

ExpenseRoute = Literal["ap_invoice", "journal_entry"]
Standing = Literal["active", "on_leave", "left"]
"""Of somebody who works for the group, or did."""


@dataclass(frozen=True, slots=True)
class BudgetControl:
    """How an entity controls its budget (domain.md, sections 4 and 19).

    level: nobody asks, one is warned, one is refused; window: the months that count together; tolerance_percent: of the budget;
    year_starts: the first month of the fiscal year; monthly_minor: of every cost centre and group of accounts;
    year_end: what becomes of encumbrances that are still open then (PST-A10).
    """

    level: Literal["none", "advisory", "absolute"]
    window: Literal["month", "quarter", "year", "to_date"]
    tolerance_percent: int
    year_starts: int
    monthly_minor: int
    year_end: Literal["lapse", "carry_forward"]


@dataclass(frozen=True, slots=True)
class Reapproval:
    """When a change order needs evidence of a new approval (domain.md, section 19): its value rises by more than so many percent of what
    was approved last, or by more than the floor, in minor units."""

    percent: int
    floor_minor: int


@dataclass(frozen=True, slots=True)
class Banking:
    """How a country's bank carries payments out.

    calendar: whose days off it keeps (TARGET, Federal Reserve, banks of Japan); cut_off: what comes later, local time, waits for the next
    banking day; books_at: when what is due that day is booked; charge_minor: for each payment, in minor units of the account.
    """

    calendar: Literal["ECB", "FED", "JP"]
    cut_off: time
    books_at: time
    charge_minor: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far something may be off. Of a percent and an amount limit the stricter one wins; None: no limit of that sort."""

    upper_percent: int | None = None
    upper_minor: int | None = None
    lower_percent: int | None = None

    def allows(self, difference_minor: int, base_minor: int) -> bool:
        """Whether base + difference passes (both in minor units)."""
        if difference_minor < 0:
            return self.lower_percent is None or -difference_minor * 100 <= self.lower_percent * base_minor
        is_small = self.upper_minor is None or difference_minor <= self.upper_minor
        return is_small and (self.upper_percent is None or difference_minor * 100 <= self.upper_percent * base_minor)


@dataclass(frozen=True, slots=True)
class MatchControl:
    """How an entity checks what suppliers bill against orders and receipts (domain.md, sections 5 and 19).

    three_way_over_minor: goods of orders above this total need a receipt; service_groups: the first two digits of accounts that need none;
    before_receipt: what becomes of a bill that comes first; price, amount: of a line of goods, and of all that is billed of a service;
    over_ordered_percent: how much more than ordered may be billed; small_difference_minor: what is written off without asking;
    tax_line_minor, tax_least_minor: how far printed tax may be off, for each line, and in any case; relief: when spending takes the
    place of a commitment.
    """

    three_way_over_minor: int
    service_groups: tuple[str, ...]
    before_receipt: Literal["post_and_block", "park"]
    price: Tolerance
    amount: Tolerance
    over_ordered_percent: int
    small_difference_minor: int
    tax_line_minor: int = 1
    tax_least_minor: int = 2
    relief: Literal["receipt", "invoice"] = "receipt"


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax of one entity in a time range. rate: hundredths of a percent. recoverable_percent: of it what comes back; the rest is cost.
    owed_on: the account of what the entity owes itself, because the supplier prints none (reverse charge, use tax)."""

    entity: str
    code: str
    rate: int
    recoverable_percent: int = 100
    owed_on: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this rate applies on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity."""

    key: str  # US01
    name: str
    country: str
    locale: str
    currency: str
    decimals: int
    procurement_id: str  # ACME-US
    expense_id: str  # 10
    erp_company: str  # 1000
    expense_route: ExpenseRoute
    tax_percent: int  # recoverable input tax included in expense lines
    limits_minor: tuple[int, ...]  # approval limit of level 1, 2, 3, 4
    zone: str  # IANA name: the calendar day of its documents is the local one
    budget: BudgetControl
    reapproval: Reapproval


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart (domain.md section 1)."""

    code: str
    name: str
    type: Literal["asset", "liability", "equity", "revenue", "expense", "budgetary"]
    control: bool = False  # backed by open items; no manual posting
    journal: bool = False  # an interface journal may post to it
    valid_from: date | None = None
    valid_to: date | None = None
    functions: tuple[str, ...] = ()  # cost centre functions it combines with; empty = all

    @property
    def is_owed(self) -> bool:
        """Whether its balance is what somebody has to get, or to give."""
        return self.control or self.type == "liability"


@dataclass(frozen=True, slots=True)
class CostCenter:
    """A cost centre of one entity."""

    key: str
    entity: str
    function: str  # MKT, SAL, ...; GEN for minted ones
    name: str
    owner: str  # employee key
    active: bool
    valid_to: date | None
    procurement_id: str  # US-MKT-01
    expense_id: str  # CC.10.4711
    erp_id: str  # 4711000
    minted: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A project of one entity."""

    key: str
    entity: str
    name: str
    active: bool
    procurement_id: str  # PRJ-001
    erp_id: str  # P-0001


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier of one entity."""

    key: str
    entity: str
    name: str
    street: str
    city: str
    tax_id: str
    payment_terms: str
    active: bool
    purchasing_block: bool
    procurement_id: str  # PS-00017
    erp_id: str  # V100017
    minted: bool = False


@dataclass(frozen=True, slots=True)
class Employee:
    """A person. `limit_minor` is what this person may approve, in minor units of the entity's currency; None = no limit.

    signatures: how many managers sign for this person's documents at least. delegate: the key of who decides instead, while away.
    """

    key: str
    entity: str
    name: str
    latin_name: str
    title: str
    level: int  # 0 staff, 1 cost-centre owner, 2 department head, 3 director, 4 CFO, 5 group CFO
    manager: str | None  # employee key
    cost_center: str  # key
    limit_minor: int | None
    procurement_id: str  # U1042
    expense_id: str  # jane.doe42
    erp_id: str  # personnel number
    signatures: int = 1
    delegate: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseCategory:
    """What procurement calls a kind of purchase, and where it is booked in a time range."""

    procurement_id: str
    gl_account: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ExpenseCategory:
    """What the expense system calls a kind of spend, and where one entity books it in a time range."""

    entity: str
    expense_id: str
    gl_account: str
    valid_from: date | None = None
    valid_to: date | None = None
