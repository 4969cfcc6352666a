"""Receipts in another currency than the report that claims them."""

from decimal import Decimal
from typing import Any

from mocks.company import chart
from mocks.company.model import Entity
from mocks.company.money import RATE_DECIMALS, converted
from mocks.company.streams import Stream


def abroad(entity: Entity, stream: Stream, claimed_minor: int) -> dict[str, Any]:
    """The receipt behind an amount that is claimed in the entity's currency: what it says, and the rate of whoever exchanged it."""
    currency = stream.pick([name for name in chart.CURRENCIES if name != entity.currency])
    decimals, worth = chart.CURRENCIES[currency]
    usual = Decimal(worth) / Decimal(chart.CURRENCIES[entity.currency][1]) * (98 + stream.below(5)) / 100  # nobody gets the rate of the day
    claimed = Decimal(abs(claimed_minor)).scaleb(-entity.decimals)
    minor = max(1, int((claimed / usual).scaleb(decimals)))
    rate = f"{claimed / Decimal(minor).scaleb(-decimals):.{RATE_DECIMALS}f}"
    assert converted(minor, rate, decimals, entity.decimals) == abs(claimed_minor), (minor, rate, claimed_minor)
    return {"currency": currency, "amount_minor": minor if claimed_minor > 0 else -minor, "rate": rate}
