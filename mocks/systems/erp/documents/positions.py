"""How much of each order line was received and invoiced, and what that is worth at the order's price."""

from dataclasses import dataclass, field, replace

from mocks.systems.erp import rules

UNIT = rules.QUANTITY_SCALE * rules.PRICE_SCALE


@dataclass(frozen=True, slots=True)
class Position:
    """One order line. Quantities in thousandths of its unit, the price in millionths of its currency.

    received_minor: what the receipts put on GR/IR; a receipt that is taken back takes back exactly what it had put there.
    """

    order: str
    line_no: int
    ordered: int
    price: int
    decimals: int
    received: int = 0
    received_minor: int = 0
    returned: int = 0  # without a replacement: nobody owes it any more

    @property
    def item(self) -> str:
        """The key of its open items on GR/IR."""
        return f"{self.order}/{self.line_no}"

    @property
    def open(self) -> int:
        """What the supplier still owes."""
        return self.ordered - self.received - self.returned

    def worth(self, quantity: int) -> int:
        """Of so much of the line from its beginning, in minor units, half up: parts of a line add up to the line."""
        return int((2 * quantity * self.price * 10**self.decimals + UNIT) // (2 * UNIT))

    def receipt_worth(self, quantity: int) -> int:
        """What a further receipt adds to GR/IR."""
        return self.worth(self.received + quantity) - self.received_minor

    def receive(self, quantity: int, minor: int) -> "Position":
        """After a receipt, or (both negative) after one was taken back."""
        return replace(self, received=self.received + quantity, received_minor=self.received_minor + minor)


@dataclass(slots=True)
class Positions:
    """Of all orders of one ERP, by order number and line."""

    _of: dict[str, dict[int, Position]] = field(default_factory=dict)

    def get(self, order: str, line_no: int) -> Position | None:
        """None: nothing ever happened to it."""
        return self._of.get(order, {}).get(line_no)

    def put(self, position: Position) -> None:
        """It is new, or something happened to it."""
        self._of.setdefault(position.order, {})[position.line_no] = position

    def is_touched(self, order: str) -> bool:
        """Whether anything of it was delivered, and is there or went back for good."""
        return any(position.received or position.returned for position in self._of.get(order, {}).values())
