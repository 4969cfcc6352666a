"""How long standing still may be part of a plan: the longest wait that its faults ask of a connector that does everything right."""

from collections.abc import Iterable
from time import monotonic

from contracts.catalog import Mode
from harness.plan.model import Experiment
from harness.stage.session import Session

BASE_S = 2.0
ALONE_S = 1.0  # for one transaction with no neighbours
NEVER_POLLS_AFTER = 1.5  # poll intervals
RETRIES_S = 0.7  # a third of the quiet time of a connector that does not poll: its own retries need some
HOLD_FACTOR = 1.5  # the world lets go of a held request after this share of the client's own timeout


def patience_s(session: Session, experiments: Iterable[Experiment], base_s: float = BASE_S) -> float:
    """Seconds without any change after which these experiments are not waited for any longer."""
    faults = session.catalog.faults
    modes = [faults[step.fault_id].mode(step.mode) for experiment in experiments for step in experiment.steps]
    return base_s + max((_wait_s(session, mode) for mode in modes), default=0.0) + poll_s(session)


def asked_to_wait(session: Session, experiment: Experiment) -> bool:
    """Whether its fault tells the connector how long to wait: until then it makes no traffic, and holds nothing."""
    faults = session.catalog.faults
    return any(faults[step.fault_id].mode(step.mode).retry_after_s for step in experiment.steps)


def poll_s(session: Session) -> float:
    """A connector that takes no events notices a document at its next poll."""
    return 1.2 * session.manifest.poll_interval_s if session.manifest.paths.webhook is None else 0.0


def poll_cycle_s(session: Session) -> float:
    """How long one of the connector's polls may be away. One that was given time and never asked for a list does not poll at all."""
    interval_s = session.manifest.poll_interval_s
    lists = {point.id for flow in session.catalog.flows.values() for point in flow.call_points if point.kind == "list"}
    polls = any(lists & seen for seen in session.world.call_points_seen.values())
    given_up = not polls and monotonic() - session.began_s > NEVER_POLLS_AFTER * interval_s
    return RETRIES_S if given_up else interval_s


def settle_limit_s(session: Session) -> float:
    """The scenario's bound for a wave's tail, longer only for a connector that merely polls."""
    return max(session.scenario.limits.settle_s, 2 * poll_s(session))


def _wait_s(session: Session, mode: Mode) -> float:
    if mode.send in ("hold", "drip"):
        return HOLD_FACTOR * session.manifest.request_timeout_s
    if mode.deliver == "late":
        return session.scenario.waits.event_delay_ms / 1000
    return mode.retry_after_s or 0.0
