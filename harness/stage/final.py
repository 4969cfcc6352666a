"""The end of a run: heal, quiesce, read what is parked, redrive, quiesce again, carry out what is deferred, read the final state."""

from harness.stage.parking import record_parked
from harness.stage.quiescence import quiesce
from harness.stage.redriving import redrive_all
from harness.stage.session import Session


async def close_books(session: Session, prefix: str = "") -> None:
    """All of it; `prefix` names the phases of a second time (after the solo wave)."""
    world, limits = session.world, session.scenario.limits
    world.set_phase(f"{prefix}heal")
    world.heal()
    await quiesce(session, f"{prefix}quiesce", limits.quiesce_s)
    parked = await record_parked(session)
    if session.manifest.paths.redrive is not None:
        world.set_phase(f"{prefix}redrive")
        told = await redrive_all(session)
        if not told.taken:
            session.note(f"redrive: {told.words}, expected 2xx")
        if parked:
            await quiesce(session, f"{prefix}redrive-quiesce", limits.redrive_s)
        await record_parked(session)
    world.set_phase(f"{prefix}final")
    await world.flush()
    session.refresh_all()
    world.final_views()
    session.save_plan()
