"""How much of each order line was received and invoiced, and what that is worth at the order's price."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from mocks.systems.erp import rules

UNIT = rules.QUANTITY_SCALE * rules.PRICE_SCALE


@dataclass(frozen=True, slots=True)
class Position:
    """One order line. Quantities in thousandths of its unit, the price in millionths of its currency.

    received_minor: what the receipts put on GR/IR; a receipt that is taken back takes back exactly what it had put there.
    received_value: the same before it was rounded, quantity times the price that was the order's when it was received.
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

    @property
    def item(self) -> str:
        """The key of its open items on GR/IR."""
        return f"{self.order}/{self.line_no}"

    @property
    def settled(self) -> int:
        """What a change cannot take back: the supplier delivered it, and it is here or went back for good."""
        return self.received + self.returned

    @property
    def open(self) -> int:
        """What the supplier still owes."""
        return self.ordered - self.settled

    @property
    def open_minor(self) -> int:
        """What of it is still to be received comes to, in minor units: what is encumbered for it."""
        return self.receipt_worth(self.open) if self.open else 0

    def worth(self, quantity: int) -> int:
        """Of so much of the line from its beginning, in minor units, half up: parts of a line add up to the line."""
        return self._rounded(quantity * self.price)

    def receipt_worth(self, quantity: int) -> int:
        """What a further receipt adds to GR/IR. What was received before keeps its value, also when the price changed since."""
        return self._rounded(self.received_value + quantity * self.price) - self.received_minor

    def receive(self, quantity: int, minor: int, price: int | None = None) -> "Position":
        """After a receipt, or (both negative) after one was taken back. price: of the order when it was received."""
        value = self.received_value + quantity * (self.price if price is None else price)
        return replace(self, received=self.received + quantity, received_minor=self.received_minor + minor, received_value=value)

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
        """Whether anything of it was delivered and is there."""
        return any(position.received for position in self.of(order).values())
