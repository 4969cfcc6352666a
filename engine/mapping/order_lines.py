"""Lines of an order, which procurement counts from 1 and the ERP gives numbers."""

from collections.abc import Sequence

from engine.mapping.rules import Unpostable


def line_number(order: str, numbers: Sequence[int], place: int) -> int:
    """The ERP's number of the line at this place. numbers: of all lines, in their order. Raises Unpostable."""
    if not 1 <= place <= len(numbers):
        raise Unpostable(f"order {order} has {len(numbers)} lines in the ERP, and no line {place}")
    return numbers[place - 1]
