"""Faults that hide what they did: once one fired, other calls of its transaction to the system fail in the same way until the run heals."""

from collections.abc import Iterator
from dataclasses import replace

from contracts.catalog import CallPoint, Flow
from mocks.kit.mechanics import Mechanics
from mocks.kit.plans import Armed


def draw(mechanics: Mechanics, armed: Armed, flow: str | None) -> None:
    """Put the steps in place that hide what this one did, unless they are. They are no plans: whoever never asks has missed nothing."""
    if not armed.mode.veils or flow is None:
        return
    for point in _veiled(mechanics.catalog.flows[flow], armed):
        if mechanics.plans.find(armed.txn_id, point.id, armed.fault.id, armed.attempt) is None:
            mechanics.plans.arm(replace(armed, call_point=point.id))


def _veiled(flow: Flow, armed: Armed) -> Iterator[CallPoint]:
    """Where one could learn of it: not where a call names nothing but master data."""
    fired_at = flow.call_point(armed.call_point)
    for point in flow.call_points:
        if fired_at is not None and point.system == fired_at.system and point.kind in armed.mode.veils and point.names is None:
            yield point
