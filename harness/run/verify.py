"""`dryclose verify`: one run from the first option drawn to the exit code."""

import asyncio

from harness.judge import Look, look
from harness.plan.planner import Planner
from harness.run.cast import Cast
from harness.run.phases import play_everything
from harness.run.solo import may_be_the_document, play_solo, to_repeat
from harness.stage.final import close_books
from harness.stage.interrupt import or_interrupted
from harness.stage.opening import new_planner, raise_curtain, stage
from harness.stage.options import VerifyOptions
from harness.stage.progress import Progress, new_progress
from harness.stage.session import Session
from harness.stage.setup import Setup, set_up
from harness.stage.teardown import finish, or_given_up
from harness.stage.watchdog import unless_it_dies


async def verify(options: VerifyOptions) -> int:
    """Run, judge, write the run directory; the exit code (0, 1, 2, 130). Raises DrycloseError after everything was closed."""
    return await or_interrupted(_verify(options))


async def _verify(options: VerifyOptions) -> int:
    setup = set_up(options)
    progress = new_progress(quiet=options.quiet)
    for line in setup.lines():
        progress.say(line)
    return await _verified(setup, options, progress)


async def _verified(setup: Setup, options: VerifyOptions, progress: Progress) -> int:
    with or_given_up(setup, progress):
        planner = new_planner(setup)
        opened = stage(setup, options.network, progress, minted=planner.minted, plan=lambda: planner.plan)
        async with opened as session:
            try:
                await raise_curtain(session)
                await unless_it_dies(session.connector, _play(session, planner))
            finally:
                session.save_plan()
                setup.directory.update_manifest(restarts=session.restarts, figures=session.figures)
        return finish(setup, progress)


async def _play(session: Session, planner: Planner) -> None:
    """The phases; then an example of each cause once more, alone, in the same world, without its fault and with it; then the books are
    closed again."""
    cast = Cast(session)
    await play_everything(cast, planner)
    most = session.scenario.limits.solo  # of none nobody has to know before the end what went wrong
    causes = (await _judge_live(session)).causes if most else ()
    again = to_repeat(causes, session.register.experiments, most)
    if again:
        free = may_be_the_document(causes, again, session.catalog.faults)
        planner.leave_out(await play_solo(cast, planner.solo(again, free)))
        await close_books(session, "solo-")
    session.sum_up()


async def _judge_live(session: Session) -> Look:
    session.world.recorder.flush()
    with session.progress.phase("judge") as phase:
        found = await asyncio.to_thread(look, session.directory.path, catalog=session.catalog)
        phase.show(f"{len(found.violations)} violations of {len(found.causes)} causes so far")
    return found
