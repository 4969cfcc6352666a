"""Where a world's metrics and spans come together: what was counted, what it owes, whether its books add up."""

import asyncio
import contextlib
from collections.abc import Mapping

from mocks.kit.mechanics import Mechanics
from mocks.kit.metrics import WorldMeter
from mocks.kit.operation import System
from mocks.kit.tracing import open_spans
from mocks.systems.erp.audit import Audit
from mocks.systems.erp.system import ErpSystem

STOP_S = 1.0


class WorldGauges:
    """One world's."""

    def __init__(self, mechanics: Mechanics) -> None:
        self.meter = WorldMeter()
        self._mechanics = mechanics
        self._audit: Audit | None = None

    def open_spans(self, endpoint: str | None) -> None:
        """Trace from here on, when there is somewhere to send spans."""
        spans = open_spans(endpoint)
        if spans is not None:
            self._mechanics.spans = self._mechanics.sender.spans = spans
            self._mechanics.recorder.observers.append(spans.row)

    async def close_spans(self) -> None:
        """Spans leave in a thread of their own; at the end it gets a moment for the last ones."""
        spans = self._mechanics.spans
        if spans is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.to_thread(spans.close), STOP_S)

    def text(self, owed: Mapping[str, int], erp: System) -> bytes:
        """The exposition."""
        gauges: dict[str, dict[tuple[str, ...], float]] = {
            "dryclose_world_deliveries_pending": {(): owed["deliveries"]},
            "dryclose_world_holds": {(): owed["holds"]},
            "dryclose_world_deferred": {(): owed["deferred"]},
        }
        if isinstance(erp, ErpSystem):
            gauges |= self._books(erp)
        return self.meter.text(gauges)

    def _books(self, erp: ErpSystem) -> dict[str, dict[tuple[str, ...], float]]:
        if self._audit is None or self._audit.ledger is not erp.core.ledger:  # the books were opened anew
            self._audit = Audit(erp.core.ledger, erp.core.master.companies)
        found = self._audit.look()
        return {
            "dryclose_world_journals": {(name,): each.journals for name, each in found.items()},
            "dryclose_world_journals_unbalanced": {(name,): each.unbalanced for name, each in found.items()},
            "dryclose_world_trial_balances_unbalanced": {(name,): each.trial_balances_off for name, each in found.items()},
        }
