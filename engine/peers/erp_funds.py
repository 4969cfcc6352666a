"""The ERP's budget service: what a place may still spend. The figures are the ERP's; nothing is worked out here from rules of our own."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from engine.mapping.amounts import decimals_of, exact
from engine.mapping.rules import Unpostable
from engine.model.calls import Request, Trace
from engine.model.checks import Funds, Place
from engine.model.failures import other_shape
from engine.peers.caller import Peer, decode

PATH, READ = "/budget-status", "erp.budget.read"


class _Figures(msgspec.Struct):
    available: str


class _Status(msgspec.Struct):
    cost_center: str
    account_group: str
    currency: str
    figures: _Figures
    as_of: str
    project: str | None = None


_STATUS = msgspec.json.Decoder(_Status)


class FundsGateway:
    """Looks at budgets; it never reserves anything."""

    def __init__(self, peer: Peer, minor_units: Mapping[str, int]) -> None:
        self._peer, self._minor_units = peer, minor_units

    async def available(self, place: Place, on: date, trace: Trace) -> Funds:
        """As of now. Raises CallFailed."""
        params = {
            "company_code": place.company_code,
            "cost_center": place.cost_center,
            "gl_account": place.account,
            "date": f"{on:%Y%m%d}",
            **({"project": place.project} if place.project else {}),
        }
        wire = decode(await self._peer.call(Request(READ, "GET", PATH, params=params), trace), _STATUS)
        bucket = (wire.cost_center, wire.account_group, wire.project or None)
        return Funds(bucket, wire.currency, self._minor(wire.figures.available, wire.currency), wire.as_of)

    def _minor(self, text: str, currency: str) -> int:
        try:
            amount, decimals = Decimal(text), decimals_of(currency, self._minor_units)
            exact(amount, decimals, currency)
        except (InvalidOperation, Unpostable) as error:
            raise other_shape(READ, f"available is {text[:40]!r}: {error}") from error
        return int(amount.scaleb(decimals))
