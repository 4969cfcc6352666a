"""How much of each order line was received and billed, and what that is worth at the order's price."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from mocks.company.money import share_half_up
from mocks.systems.erp import rules

UNIT = rules.QUANTITY_SCALE * rules.PRICE_SCALE


@dataclass(frozen=True, slots=True)
class Position:
    """One order line. Quantities in thousandths of its unit, the price in millionths of its currency.

    received_minor: what the receipts put on GR/IR; a receipt that is taken back takes back exactly what it had put there.
    received_value: the same before it was rounded, quantity times the price that was the order's when it was received.
    invoiced, invoiced_minor: what invoices took from there again, credits taken off; the balance of GR/IR is the difference.
    direct, saved_minor: billed without any receipt, and what of its worth it did not cost (negative: what it cost beyond it).
    billed_minor: all that was billed, at the supplier's prices, credits taken off. by_bill: commitments are relieved by bills.
    """

    order: str
    line_no: int
    ordered: int
    price: int
    decimals: int
    received: int = 0
    received_minor: int = 0
    received_value: int = 0
    returned: int = 0  # without a replacement: nobody owes it any more
    invoiced: int = 0
    invoiced_minor: int = 0
    direct: int = 0
    saved_minor: int = 0
    billed_minor: int = 0
    by_bill: bool = False

    @property
    def item(self) -> str:
        """The key of its open items on GR/IR."""
        return f"{self.order}/{self.line_no}"

    @property
    def settled(self) -> int:
        """What a change cannot take back: it is here, went back for good, or was billed."""
        return max(self.received + self.returned, self.invoiced) + self.direct

    @property
    def open(self) -> int:
        """What the supplier still owes."""
        return self.ordered - self.received - self.returned - self.direct

    @property
    def unbilled(self) -> int:
        """What is still to be billed: what is to come or is here, without what was billed before it came. What was billed and went back
        for good waits for its credit, and not for another bill."""
        ahead = max(self.invoiced - self.received, 0)
        return self.open + self.received - self.invoiced + min(ahead, self.returned)

    @property
    def open_minor(self) -> int:
        """What is encumbered for it, in minor units: what is still to be received (or, by_bill, to be billed) comes to."""
        if self.by_bill:
            quantity, worth = self.unbilled, self.worth(self.ordered) - self.worth(self.ordered - self.unbilled)
        else:
            quantity, worth = self.open, self._rounded(self.received_value + self.open * self.price) - self.received_minor
        return max(worth + self.saved_minor, 0) if quantity > 0 else 0

    def worth(self, quantity: int) -> int:
        """Of so much of the line from its beginning, in minor units, half up: parts of a line add up to the line."""
        return self._rounded(quantity * self.price)

    def receipt_worth(self, quantity: int) -> int:
        """What a further receipt adds to GR/IR. What was received before keeps its value, also when the price changed since; what was
        billed before it came is worth what the bill took."""
        ahead, balance = self.invoiced - self.received, self.invoiced_minor - self.received_minor
        if ahead <= 0:
            return self._rounded(self.received_value + quantity * self.price) - self.received_minor
        if quantity < ahead:
            return share_half_up(balance, quantity, ahead)
        return balance + self._rounded((quantity - ahead) * self.price)

    def invoice_worth(self, quantity: int) -> int:
        """What a further bill takes from GR/IR: what the receipts put there, and the order's price of what was not received yet."""
        there, balance = self.received - self.invoiced, self.received_minor - self.invoiced_minor
        if there <= 0:
            return self._rounded(quantity * self.price)
        if quantity < there:
            return share_half_up(balance, quantity, there)
        return balance + self._rounded((quantity - there) * self.price)

    def credit_worth(self, quantity: int) -> int:
        """What a credit of a quantity that was billed (no more than that) puts on GR/IR: first what is no longer there."""
        ahead, balance = self.invoiced - self.received, self.invoiced_minor - self.received_minor
        if ahead <= 0:
            return share_half_up(self.invoiced_minor, quantity, self.invoiced)
        if quantity < ahead:
            return share_half_up(balance, quantity, ahead)
        rest = self.invoiced - ahead
        return balance + (share_half_up(self.invoiced_minor - balance, quantity - ahead, rest) if rest else 0)

    def receive(self, quantity: int, minor: int, value: int | None = None) -> "Position":
        """After a receipt, or (all negative) after one was taken back. value: before it was rounded, where it is not the price's."""
        after = self.received_value + (quantity * self.price if value is None else value)
        return replace(self, received=self.received + quantity, received_minor=self.received_minor + minor, received_value=after)

    def value_of(self, quantity: int, minor: int) -> int:
        """What a receipt is worth before it is rounded: its quantity at the price, or just what it put on GR/IR when bills decided that."""
        return minor * UNIT // 10**self.decimals if self.invoiced > self.received else quantity * self.price

    def invoice(self, quantity: int, minor: int, billed: int) -> "Position":
        """After a bill for what goes through GR/IR; negative: after it was credited or taken back."""
        return replace(
            self,
            invoiced=self.invoiced + quantity,
            invoiced_minor=self.invoiced_minor + minor,
            billed_minor=self.billed_minor + billed,
        )

    def spend(self, quantity: int, worth: int, billed: int) -> "Position":
        """After a bill that needs no receipt; negative: after it was taken back. worth: what so much costs as ordered."""
        return replace(
            self,
            direct=self.direct + quantity,
            saved_minor=self.saved_minor + worth - billed,
            billed_minor=self.billed_minor + billed,
        )

    def _rounded(self, value: int) -> int:
        return int((2 * value * 10**self.decimals + UNIT) // (2 * UNIT))


NOTHING: Mapping[int, Position] = MappingProxyType({})


@dataclass(slots=True)
class Positions:
    """Of all orders of one ERP, by order number and line."""

    _of: dict[str, dict[int, Position]] = field(default_factory=dict)

    def get(self, order: str, line_no: int) -> Position | None:
        """None: nothing ever happened to it."""
        return self.of(order).get(line_no)

    def of(self, order: str) -> Mapping[int, Position]:
        """Of the lines of an order to which something happened."""
        return self._of.get(order, NOTHING)

    def put(self, position: Position) -> None:
        """It is new, or something happened to it."""
        self._of.setdefault(position.order, {})[position.line_no] = position

    def is_touched(self, order: str) -> bool:
        """Whether anything of it was delivered and is there, or was billed."""
        return any(each.received or each.invoiced or each.direct for each in self.of(order).values())
