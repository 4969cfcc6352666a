"""Lines of an order, which procurement counts from 1 and the ERP gives numbers."""

from collections.abc import Sequence

from engine.mapping.rules import Unpostable
from engine.model.erp_documents import OrderedAs


def ordered_at(order: str, lines: Sequence[OrderedAs], place: int) -> OrderedAs:
    """The ERP's line at this place. lines: all of the order, in their order. Raises Unpostable."""
    if not 1 <= place <= len(lines):
        raise Unpostable(f"order {order} has {len(lines)} lines in the ERP, and no line {place}")
    return lines[place - 1]
