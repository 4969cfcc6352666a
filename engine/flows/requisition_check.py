"""Requisition check: somebody waits before a form, so whatever happens an answer comes in time. What cannot be known in time is `unknown`.

The ERP's budget service decides (R06.11); nothing is reserved, so nothing can be left behind. A look that fails is tried again as long as
the person's patience lasts, less a margin for the way back.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from engine.clock import Clock
from engine.mapping.rules import Rules, Unpostable
from engine.model.calls import Trace
from engine.model.checks import UNKNOWN, BudgetQuestion, Funds, Place, Said, judged
from engine.model.failures import AGAIN, CallFailed
from engine.structured_log import say

LOG = logging.getLogger("engine.checks")
FLOW = "requisition-check"
QUESTION = "ask.requisition.check"
SHARE = 0.6  # of the person's patience that is used; the rest is for the way back, and for a machine that is busy
LOOKS = 2  # so many looks fit into that, when the first one hangs
PLACES_MAX = 20  # different places of one requisition; who asks about more waits for nobody


class FundsService(Protocol):
    """Who knows what is left."""

    async def available(self, place: Place, on: date, trace: Trace) -> Funds: ...


@dataclass(frozen=True, slots=True)
class RequisitionCheck:
    """Answers one question after the other, or many at once. pause_s: before the next look, by the number of looks
    that failed."""

    funds: FundsService
    rules: Callable[[], Rules]
    clock: Clock
    pause_s: Callable[[int], float]

    async def answer(self, question: BudgetQuestion, trace: Trace) -> Said:
        """Never raises for what a system does, and never takes longer than the question's budget."""
        patience_s = question.budget_s * SHARE
        ends = self.clock.monotonic() + patience_s
        try:
            async with asyncio.timeout(patience_s):
                return await self._looked(question, trace, ends, patience_s / LOOKS)
        except (CallFailed, Unpostable, TimeoutError) as error:
            say(LOG, logging.WARNING, "check.unknown", flow=FLOW, reference=question.reference, reason=str(error)[:200] or "no time left")
            return UNKNOWN

    async def _looked(self, question: BudgetQuestion, trace: Trace, ends: float, look_s: float) -> Said:
        wanted = self._wanted(question)
        found = await asyncio.gather(*(self._look(place, question.budget_date, trace, ends, look_s) for place in wanted))
        if any(funds.currency != question.currency for funds in found):
            raise Unpostable(f"{question.reference} is in {question.currency}, its budget is not")
        return judged(wanted, dict(zip(wanted, found, strict=True)))

    def _wanted(self, question: BudgetQuestion) -> Counter[Place]:
        """Minor units by place. Raises Unpostable."""
        rules, wanted = self.rules(), Counter[Place]()
        company = rules.legal_entity(question.legal_entity).company_code
        for line in question.lines:
            place = Place(
                company,
                rules.cost_center(company, line.cost_center),
                rules.purchase_account(line.category, question.budget_date),
                rules.project(company, line.project) if line.project else None,
            )
            wanted[place] += line.amount_minor
        if len(wanted) > PLACES_MAX:
            raise Unpostable(f"{question.reference} is about {len(wanted)} places; {PLACES_MAX} can be looked at while somebody waits")
        return wanted

    async def _look(self, place: Place, on: date, trace: Trace, ends: float, look_s: float) -> Funds:
        """Again after what may pass by itself, and not before the time that the system asked for; not when that is too late."""
        attempt = 0
        while True:
            attempt += 1
            wait_s = self.pause_s(attempt)
            try:
                async with asyncio.timeout(look_s):
                    return await self.funds.available(place, on, trace)
            except TimeoutError:
                wait_s = 0.0
            except CallFailed as failure:
                if failure.retry != AGAIN:
                    raise
                wait_s = max(wait_s, failure.retry_after_s or 0.0)
                if self.clock.monotonic() + wait_s >= ends:
                    raise
            await asyncio.sleep(wait_s)
