"""Where a world's metrics and spans come together: what was counted, what it owes, whether its books add up."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

from mocks.abilities.system_type import Audited
from mocks.kit.mechanics import Mechanics
from mocks.kit.metrics import WorldMeter
from mocks.kit.operation import System
from mocks.kit.tracing import open_spans

STOP_S = 1.0


class WorldGauges:
    """One world's."""

    def __init__(self, mechanics: Mechanics) -> None:
        self.meter = WorldMeter()
        self._mechanics = mechanics

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

    def text(self, owed: Mapping[str, int], systems: Iterable[System]) -> bytes:
        """The exposition."""
        gauges: dict[str, dict[tuple[str, ...], float]] = {
            "dryclose_world_deliveries_pending": {(): owed["deliveries"]},
            "dryclose_world_holds": {(): owed["holds"]},
            "dryclose_world_deferred": {(): owed["deferred"]},
        }
        for system in systems:
            if isinstance(system, Audited):
                for name, figures in system.gauges().items():
                    known = gauges.setdefault(name, {})
                    known.update({labels: known.get(labels, 0) + figure for labels, figure in figures.items()})
        return self.meter.text(gauges)
