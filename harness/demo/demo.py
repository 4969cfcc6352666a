"""`dryclose demo`: world and connector start, business plays, until Ctrl-C; then everything is stopped, and the sum is drawn."""

import asyncio
from dataclasses import replace

from rich.console import Console

from harness import wall
from harness.demo.options import DemoOptions
from harness.demo.people import MINTED
from harness.demo.performance import Performance
from harness.errors import EXIT_PASS
from harness.plan.model import Plan
from harness.stage.interrupt import interruptible
from harness.stage.opening import raise_curtain, stage
from harness.stage.options import Network, VerifyOptions
from harness.stage.progress import new_progress
from harness.stage.setup import RUNS, Setup, set_up
from harness.stage.watchdog import unless_it_dies

POSTING_DELAY_MS = 900  # an ERP takes its time between `accepted` and `posted`; here long enough to be seen


async def demo(options: DemoOptions) -> int:
    """Returns 0 after Ctrl-C. Raises DrycloseError when the connector cannot be started or dies."""
    with interruptible() as interrupts:
        try:
            await _demo(options)
        except asyncio.CancelledError:
            if interrupts.name is None:
                raise
    return EXIT_PASS


async def _demo(options: DemoOptions) -> None:
    out = options.out or RUNS / f"demo-{wall.draw_run_id()}"
    network = Network(port_base=options.port_base)
    setup = set_up(VerifyOptions(seed=options.seed, connector=options.connector, out=out, network=network))
    waits = replace(setup.scenario.waits, posting_delay_ms=POSTING_DELAY_MS)
    setup = replace(setup, scenario=replace(setup.scenario, waits=waits))
    try:
        await _open(setup, network, options)
    finally:
        setup.directory.seal(status="complete", why="dryclose demo was stopped", finished_at=wall.now_iso())


async def _open(setup: Setup, network: Network, options: DemoOptions) -> None:
    console = Console()
    async with stage(setup, network, new_progress(quiet=False), minted=MINTED, plan=Plan) as session:
        await raise_curtain(session)
        performance = Performance(session, options, console)
        performance.open()
        try:
            await unless_it_dies(session.connector, performance.play())
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()  # the first signal ends the play; what follows is bounded, and further ones do not disturb it
        await performance.close()
    console.print(f"Everything is stopped. The history is in {setup.directory.path}", markup=False, highlight=False, soft_wrap=True)
