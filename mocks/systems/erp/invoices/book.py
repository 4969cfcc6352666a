"""What the ERP remembers of supplier invoices beside their documents: how each line was booked, its holds, what is suspected of whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from mocks.systems.erp.booking import Place
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.invoices.duplicates import KnownInvoices
from mocks.systems.erp.invoices.holds import Holds
from mocks.systems.erp.invoices.models import BilledLine
from mocks.systems.erp.invoices.tax import LineTax

DOCUMENT = "supplier_invoice"
Way = Literal["three_way", "two_way", "account", "freight", "price_credit"]


@dataclass(frozen=True, slots=True)
class Charge:
    """Who pays what no receipt was accrued for."""

    account: str
    cost_center: str
    project: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """One line as it is matched and booked; amounts positive, of a credit too.

    order, order_line, item: what it bills, and the key of that on GR/IR; quantity: in thousandths; worth: what so much costs as ordered;
    cleared: what of GR/IR it ends, which is the same but for the rounding of parts. place: whose budget pays its cost, where that was
    stated.
    """

    asked: BilledLine
    way: Way
    net: int
    tax: LineTax
    charge: Charge
    order: str | None = None
    order_line: int = 0
    quantity: int = 0
    worth: int = 0
    cleared: int = 0
    place: Place | None = None

    @property
    def item(self) -> str | None:
        """The key of the order line on GR/IR."""
        return f"{self.order}/{self.order_line}" if self.order else None

    @property
    def receipt(self) -> str | None:
        """The one receipt that it bills, where it names one."""
        return getattr(self.asked, "receipt_number", None)


@dataclass(frozen=True, slots=True)
class Billing:
    """A posted invoice. sign: -1 of a credit; spent: actual spending beside its expense entries."""

    document: str
    sign: int
    parts: tuple[Part, ...]
    spent: tuple[Spending, ...] = ()


@dataclass(slots=True)
class InvoiceBook:
    """Of one ERP. live: posted and not voided, in order of posting."""

    holds: Holds = field(default_factory=Holds)
    known: KnownInvoices = field(default_factory=KnownInvoices)
    live: dict[str, Billing] = field(default_factory=dict)
    receivers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # who took the goods, by item
    written_off: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))  # quantity that will never be received, by item
    parked: dict[str, str] = field(default_factory=dict)  # supplier, by number
    _by_item: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def mention(self, document: str, items: Iterable[str]) -> None:
        """The document bills these order lines, now or once it is posted."""
        for item in items:
            self._by_item[item][document] = None

    def about(self, item: str) -> tuple[str, ...]:
        """Documents that bill an order line, oldest first."""
        return tuple(self._by_item.get(item, ()))

    def post(self, billing: Billing) -> None:
        """It is in the books."""
        self.parked.pop(billing.document, None)
        self.live[billing.document] = billing

    def void(self, document: str) -> Billing:
        """It is in the books no longer. Raises KeyError."""
        return self.live.pop(document)

    def bills(self, item: str) -> Iterator[tuple[Billing, Part]]:
        """Every posted line of an order line, oldest first."""
        found = (self.live[number] for number in self._by_item.get(item, ()) if number in self.live)
        return ((billing, part) for billing in found for part in billing.parts if part.item == item)

    def missing(self, document: str, part: Part, received: int) -> int:
        """How much of a posted line no receipt covers. Receipts (`received` thousandths), quantity credits and write-offs serve the oldest
        line first."""
        item = part.item or ""
        lines = [(billing, each) for billing, each in self.bills(item) if each.way == "three_way"]
        left = received + self.written_off.get(item, 0) + sum(each.quantity for billing, each in lines if billing.sign < 0)
        for billing, each in lines:
            if billing.sign < 0:
                continue
            covered = min(max(left, 0), each.quantity)
            if (billing.document, each.asked.line_no) == (document, part.asked.line_no):
                return each.quantity - covered
            left -= covered
        return 0

    def price_credit(self, document: str, part: Part) -> int:
        """What price credits took off a posted line, in minor units: they serve the oldest lines that cost more than ordered first."""
        item = part.item or ""
        left = sum(each.net for _, each in self.bills(item) if each.way == "price_credit")
        for billing, each in self.bills(item):
            if billing.sign < 0 or each.net <= each.worth:
                continue
            credited = min(left, each.net - each.worth)
            if (billing.document, each.asked.line_no) == (document, part.asked.line_no):
                return credited
            left -= credited
        return 0

    def billed_with(self, receipt: str, item: str, *, apart_from: str | None) -> int:
        """Quantity of an order line for which posted invoices named this receipt, less what quantity credits gave back: those that name
        it, and those that name none, which are not spread over receipts, because `missing` counts them over the whole line."""
        found = [(billing.sign, each) for billing, each in self.bills(item) if billing.document != apart_from and each.way == "three_way"]
        billed = sum(each.quantity for sign, each in found if sign > 0 and each.receipt == receipt)
        return billed - sum(each.quantity for sign, each in found if sign < 0 and each.receipt in {None, receipt})
