"""Consumption back to planning: what the ERP stated last of a cost centre and month is what planning knows of it, overdrawn buckets too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from engine.mapping.consumption import consumption_draft
from engine.mapping.rules import Rules
from engine.model.consumption import BudgetStatement, ConsumptionDraft, ConsumptionHeld
from engine.model.sources import Refusal

FLOW = "consumption-to-planning"


class Statements(Protocol):
    """Where budgets are spent. Every method may raise CallFailed."""

    async def read(self, source_id: str) -> BudgetStatement: ...


class Consumption(Protocol):
    """Where plans are compared with it. Every method may raise CallFailed."""

    async def known(self, draft: ConsumptionDraft) -> ConsumptionHeld | None: ...

    async def record(self, draft: ConsumptionDraft) -> ConsumptionHeld: ...


@dataclass(frozen=True, slots=True)
class ConsumptionHooks:
    """What is this flow's own."""

    statements: Statements
    planning: Consumption
    rules: Rules
    minor_units: Mapping[str, int]
    kind: ClassVar[str] = "budget_consumption"

    async def read(self, source_id: str) -> BudgetStatement:
        """As it was issued last."""
        return await self.statements.read(source_id)

    def draft(self, statement: BudgetStatement) -> ConsumptionDraft:
        """Raises Unpostable."""
        return consumption_draft(statement, self.rules, self.minor_units)

    async def held(self, draft: ConsumptionDraft) -> ConsumptionHeld | None:
        """What planning knows of the node in this month."""
        return await self.planning.known(draft)

    async def write(self, draft: ConsumptionDraft, _key: str) -> ConsumptionHeld:
        """In the place of what is older: planning goes by the instant of which the figures are."""
        return await self.planning.record(draft)

    def is_told(self, _statement: BudgetStatement, _held: ConsumptionHeld) -> bool:
        """The ERP keeps no word about who knows its figures."""
        return True

    async def tell(self, statement: BudgetStatement, held: ConsumptionHeld) -> None:
        """Nobody waits for it."""

    async def refuse(self, statement: BudgetStatement, refusal: Refusal) -> None:
        """Nobody is told: it is parked."""
