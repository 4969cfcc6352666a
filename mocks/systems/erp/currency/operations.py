"""Treasury loads rates; whoever converts may look at them."""

from typing import Annotated

from msgspec import Meta, Struct

from mocks.kit.operation import Call, Effect, Operation, QueryParam, Refusal, Reply
from mocks.systems.erp import models, rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.currency.rates import RATE_DECIMALS, RATE_SCALE
from mocks.systems.erp.documents.example import DAY, Body
from mocks.systems.erp.documents.operations import ACT, READ

PATH = "/exchange-rates"
RateText = Annotated[
    str,
    Meta(pattern=r"^(0|[1-9][0-9]{0,6})(\.[0-9]{1,9})?$", max_length=17, description="units of the other one", examples=["1.16"]),
]


class ExchangeRate(models.Request, frozen=True, kw_only=True):
    """What one unit of a currency is worth in another."""

    currency: models.Currency
    into: models.Currency
    rate: RateText


class LoadRates(models.Request, frozen=True, kw_only=True):
    """The rates of a day. What was loaded for it before is replaced; what was booked with that stays."""

    valid_on: models.Day
    rates: Annotated[tuple[ExchangeRate, ...], Meta(min_length=1, max_length=50)]


class RateTable(Struct, frozen=True, kw_only=True):
    """The rates that were loaded for a day."""

    valid_on: str
    rates: tuple[ExchangeRate, ...]


class RateDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def load(self, call: Call) -> Reply:
        """erp.exchange_rate.load: all of them or none"""
        body: LoadRates = call.body
        rules.check_employee(self._erp.master, call.actor)
        on = rules.to_day(body.valid_on)
        scaled = [self._scaled(each) for each in body.rates]
        effects = []
        for each, rate in zip(body.rates, scaled, strict=True):
            self._erp.rates.load(each.currency, each.into, on, rate)
            name = f"{each.currency}/{each.into}/{on.isoformat()}"
            effects.append(Effect("exchange_rate", name, "create", document_date=on.isoformat(), category=each.rate, currency=each.into))
        return Reply(self._table(body.valid_on), effects=tuple(effects))

    def _scaled(self, each: ExchangeRate) -> int:
        known = self._erp.master.currencies
        if each.currency not in known or each.into not in known or each.currency == each.into:
            raise Refusal("CURRENCY_INVALID", f"{each.currency} in {each.into}: expected two of {', '.join(sorted(known))}")
        whole, _, fraction = each.rate.partition(".")
        scaled: int = int(whole) * RATE_SCALE + int(fraction.ljust(RATE_DECIMALS, "0"))
        if scaled == 0:
            raise Refusal("CURRENCY_INVALID", f"{each.currency} in {each.into}: nothing is worth nothing")
        return scaled

    def read(self, call: Call) -> Reply:
        """erp.exchange_rate.read"""
        day = call.query.get("date") or rules.to_yyyymmdd(call.now.date())
        rules.query_day(day)
        return Reply(self._table(day))

    def _table(self, day: str) -> RateTable:
        found = self._erp.rates.of_day(rules.to_day(day))
        rates = tuple(ExchangeRate(currency=currency, into=into, rate=_text(scaled)) for currency, into, scaled in found)
        return RateTable(valid_on=day, rates=rates)


def _text(scaled: int) -> str:
    whole, rest = divmod(scaled, RATE_SCALE)
    return f"{whole}.{rest:0{RATE_DECIMALS}d}".rstrip("0").rstrip(".")


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the treasury of one ERP."""
    desk = RateDesk(erp)
    day = QueryParam("date", "as YYYYMMDD; today when absent", False, {"type": "string", "pattern": models.DAY_PATTERN, "maxLength": 8})
    return (
        Operation(
            "erp.exchange_rate.load", "POST", PATH, "actor", ACT, "Load the exchange rates of a day", RateTable, desk.load,
            request=LoadRates, errors=("CURRENCY_INVALID", "SEGREGATION_OF_DUTIES"),
        ),
        Operation(
            "erp.exchange_rate.read", "GET", PATH, "read", READ, "The exchange rates that were loaded for a day", RateTable, desk.read,
            query=(day,), errors=("INVALID_PARAMETER",),
        ),
    )  # fmt: skip


def bodies() -> dict[str, tuple[Body, ...]]:
    """Valid requests, and what one rule each refuses, for fuzzing."""
    rate = {"currency": "USD", "into": "EUR", "rate": "0.862"}
    valid = {"valid_on": DAY, "rates": [rate, {"currency": "USD", "into": "JPY", "rate": "149.25"}]}
    wrong = ({**rate, "into": "USD"}, {**rate, "rate": "0"}, {**rate, "currency": "QQQ"})
    return {"erp.exchange_rate.load": (valid, *({**valid, "rates": [each]} for each in wrong))}
