"""Measured values as a load would hand them over, written down for tests."""

from harness.load.documents import ROLE, PlannedClick, PlannedDocument
from harness.load.drive import Driven
from harness.load.facts import Journey
from harness.load.sheet import Click
from harness.plan.model import Experiment

P2P = "requisition-to-po"
EXPENSE = "expense-to-posting"


def click(
    due: float, *, ms: float = 5.0, lag_ms: float = 1.0, error: str = "", step: int = 0, op: str = "procurement.requisition.create"
) -> Click:
    """One click of a person."""
    sent = due + lag_ms / 1000
    return Click(f"p2p-{due:g}", op, step, step == 2, due, sent, due + ms / 1000, lag_ms, ms, 0 if error else 201, error)


def journey(approved: float, took_s: float | None, *, flow: str = P2P) -> Journey:
    """One approved document; None: never confirmed."""
    return Journey(f"p2p-{approved:g}", flow, approved, None if took_s is None else approved + took_s, took_s is not None)


def requisitions(count: int, *, every_s: float = 1.0, flow: str = P2P) -> tuple[PlannedDocument, ...]:
    """Documents with one click each."""
    return tuple(
        PlannedDocument(
            experiment=Experiment(f"p2p-{number:06d}", flow, "US01", f"{flow}/US01", "load", ROLE, number),
            correlation_id=f"load.US01.p2p-{number:06d}",
            id_member="id",
            amount_minor=100,
            currency="USD",
            steps=(PlannedClick("procurement.requisition.create", number * every_s, "procurement", "/", "anybody", {}),),
        )
        for number in range(count)
    )


def driven(
    *,
    clicks: tuple[Click, ...] = (),
    lags: tuple[float, ...] = (1.0,),
    world_cpu: tuple[float, ...] = (0.2,),
    cut_short: bool = False,
    hosted: bool = True,
) -> Driven:
    """What one load's senders and meters saw; as many documents as first clicks."""
    return Driven(
        wave="load",
        documents=(),
        clicks=clicks,
        lags=tuple((float(number), lag) for number, lag in enumerate(lags)),
        cpu=tuple({"t": float(number), "world": share} for number, share in enumerate(world_cpu, start=1)),
        begun=0.0,
        phase_at_s=0.0,
        window=None,
        processes=1,
        cut_short=cut_short,
        hosted=hosted,
    )
