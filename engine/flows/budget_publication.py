"""Budget publication: what planning published last is the cost centre's budget in the ERP, and planning knows what it left overdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from engine.mapping.budget import budget_draft
from engine.mapping.rules import Rules
from engine.model.budgets import BudgetDraft, BudgetInForce, BudgetPlan
from engine.model.sources import Refusal

FLOW = "budget-publication"
IN_FORCE = "in-force"


class Planning(Protocol):
    """Where budgets are published. Every method may raise CallFailed."""

    async def read(self, source_id: str) -> BudgetPlan: ...

    async def record_in_force(self, plan: BudgetPlan, held: BudgetInForce) -> None: ...

    async def record_refusal(self, plan: BudgetPlan, refusal: Refusal) -> None: ...


class BudgetControl(Protocol):
    """Where budgets are enforced. Every method may raise CallFailed."""

    async def in_force(self, draft: BudgetDraft) -> BudgetInForce | None: ...

    async def publish(self, draft: BudgetDraft, key: str) -> BudgetInForce: ...


@dataclass(frozen=True, slots=True)
class BudgetHooks:
    """What is this flow's own."""

    planning: Planning
    control: BudgetControl
    rules: Rules
    minor_units: Mapping[str, int]
    kind: ClassVar[str] = "budget_version"

    async def read(self, source_id: str) -> BudgetPlan:
        """The version that is published now."""
        return await self.planning.read(source_id)

    def draft(self, plan: BudgetPlan) -> BudgetDraft:
        """Raises Unpostable."""
        return budget_draft(plan, self.rules, self.minor_units)

    async def held(self, draft: BudgetDraft) -> BudgetInForce | None:
        """The budget of the cost centre for this year, if it has one of its own."""
        return await self.control.in_force(draft)

    async def write(self, draft: BudgetDraft, key: str) -> BudgetInForce:
        """In the place of the one before."""
        return await self.control.publish(draft, key)

    def is_told(self, plan: BudgetPlan, held: BudgetInForce) -> bool:
        """Planning knows that this sequence is in force."""
        return plan.recorded == (held.sequence, IN_FORCE)

    async def tell(self, plan: BudgetPlan, held: BudgetInForce) -> None:
        """In force, and what it left overdrawn."""
        await self.planning.record_in_force(plan, held)

    async def refuse(self, plan: BudgetPlan, refusal: Refusal) -> None:
        """Why it is not in force, and who has to repair that."""
        await self.planning.record_refusal(plan, refusal)
