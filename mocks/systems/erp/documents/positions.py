"""How much of each order line was received and invoiced, and what that is worth at the order's price."""

from dataclasses import dataclass, field, replace
from typing import Protocol

from mocks.systems.erp import rules

UNIT = rules.QUANTITY_SCALE * rules.PRICE_SCALE


class Ordered(Protocol):
    """What of an order line a position begins with."""

    @property
    def line_no(self) -> int: ...
    @property
    def quantity(self) -> str: ...
    @property
    def unit_price(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Position:
    """One order line. Quantities in thousandths of its unit, the price in millionths of its currency.

    received_minor: what the receipts put on GR/IR; a receipt that is taken back takes back exactly what it had put there.
    invoiced, invoiced_minor: what invoices took from there again, credits taken off; the balance of GR/IR is the difference.
    direct: invoiced without any receipt; billed_minor: all that was billed, at the supplier's prices, credits taken off.
    """

    order: str
    line_no: int
    ordered: int
    price: int
    decimals: int
    received: int = 0
    received_minor: int = 0
    returned: int = 0  # without a replacement: nobody owes it any more
    invoiced: int = 0
    invoiced_minor: int = 0
    direct: int = 0
    billed_minor: int = 0

    @property
    def item(self) -> str:
        """The key of its open items on GR/IR."""
        return f"{self.order}/{self.line_no}"

    @property
    def open(self) -> int:
        """What the supplier still owes."""
        return self.ordered - self.received - self.returned - self.direct

    def worth(self, quantity: int) -> int:
        """Of so much of the line from its beginning, in minor units, half up: parts of a line add up to the line."""
        return int((2 * quantity * self.price * 10**self.decimals + UNIT) // (2 * UNIT))

    def receipt_worth(self, quantity: int) -> int:
        """What a further receipt adds to GR/IR; one that catches up with the invoices ends the balance."""
        after = self.received + quantity
        return (self.invoiced_minor if after == self.invoiced else self.worth(after)) - self.received_minor

    def invoice_worth(self, quantity: int) -> int:
        """What a further invoice (negative: a credit) takes from GR/IR; one that catches up with the receipts ends the balance."""
        after = self.invoiced + quantity
        return (self.received_minor if after == self.received else self.worth(after)) - self.invoiced_minor

    def receive(self, quantity: int, minor: int) -> "Position":
        """After a receipt, or (both negative) after one was taken back."""
        return replace(self, received=self.received + quantity, received_minor=self.received_minor + minor)

    def invoice(self, quantity: int, minor: int, billed: int) -> "Position":
        """After a bill for what goes through GR/IR; negative: after it was credited or taken back."""
        return replace(
            self,
            invoiced=self.invoiced + quantity,
            invoiced_minor=self.invoiced_minor + minor,
            billed_minor=self.billed_minor + billed,
        )

    def spend(self, quantity: int, billed: int) -> "Position":
        """After a bill that needs no receipt; negative: after it was taken back."""
        return replace(self, direct=self.direct + quantity, billed_minor=self.billed_minor + billed)


@dataclass(slots=True)
class Positions:
    """Of all orders of one ERP, by order number and line."""

    _of: dict[str, dict[int, Position]] = field(default_factory=dict)

    def get(self, order: str, line_no: int) -> Position | None:
        """None: nothing ever happened to it."""
        return self._of.get(order, {}).get(line_no)

    def of_line(self, order: str, line: Ordered, decimals: int) -> Position:
        """As it stands; decimals: of the order's currency."""
        known = self.get(order, line.line_no)
        if known is not None:
            return known
        ordered, price = rules.scaled(line.quantity, rules.QUANTITY_SCALE), rules.scaled(line.unit_price, rules.PRICE_SCALE)
        return Position(order, line.line_no, ordered, price, decimals)

    def put(self, position: Position) -> None:
        """It is new, or something happened to it."""
        self._of.setdefault(position.order, {})[position.line_no] = position

    def is_touched(self, order: str) -> bool:
        """Whether anything of it was delivered (and is there or went back for good) or billed."""
        touched = (each.received or each.returned or each.invoiced or each.direct for each in self._of.get(order, {}).values())
        return any(touched)
