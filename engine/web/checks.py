"""POST /check: a system asks while a person waits. Signed as an event is; answered in time, whatever the other systems do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

import msgspec
from msgspec import Meta

from engine.mapping.amounts import decimals_of, exact
from engine.mapping.rules import Unpostable
from engine.model.checks import BudgetQuestion, CheckedLine, Said

BUDGET_MS_MAX = 30_000
Code = Annotated[str, Meta(min_length=1, max_length=64)]


class _Money(msgspec.Struct):
    amount: Annotated[str, Meta(max_length=40)]
    currency: Code


class _Line(msgspec.Struct, rename="camel"):
    amount: _Money
    category: Code
    cost_center: Code
    project: Code | None = None


class CheckRequest(msgspec.Struct, rename="camel"):
    """What is asked. id: of the budget check; budget_ms: how long the person waits."""

    question: Code
    id: Code
    legal_entity: Code
    currency: Code
    budget_date: date
    lines: Annotated[list[_Line], Meta(min_length=1, max_length=200)]
    budget_ms: Annotated[int, Meta(ge=1, le=BUDGET_MS_MAX)] = 2000


REQUEST = msgspec.json.Decoder(CheckRequest)
Answering = Callable[[BudgetQuestion, str | None], Awaitable[Said]]


def question_of(wire: CheckRequest, minor_units: Mapping[str, int]) -> BudgetQuestion:
    """In our own values. Raises Unpostable for an amount that its currency cannot have, or that is in another one."""
    decimals = decimals_of(wire.currency, minor_units)
    lines = tuple(CheckedLine(line.category, line.cost_center, line.project, _minor(line, wire.currency, decimals)) for line in wire.lines)
    return BudgetQuestion(wire.id, wire.legal_entity, wire.currency, wire.budget_date, lines, wire.budget_ms / 1000)


def _minor(line: _Line, currency: str, decimals: int) -> int:
    if line.amount.currency != currency:
        raise Unpostable(f"a line is in {line.amount.currency}, the requisition in {currency}")
    try:
        amount = Decimal(line.amount.amount)
    except InvalidOperation:
        raise Unpostable(f"amount {line.amount.amount[:40]!r} is no number") from None
    exact(amount, decimals, currency)
    return int(amount.scaleb(decimals))


def answer_of(said: Said) -> dict[str, str]:
    """On the wire."""
    return {"answer": said.word, **({"as_of": said.as_of} if said.as_of else {})}
