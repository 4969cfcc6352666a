"""`dryclose up`: the world, and a connector in it, for people. It stays until Ctrl-C; then everything is stopped and cleaned up."""

import asyncio
from collections.abc import Iterable

from rich.console import Console

from harness import wall
from harness.errors import EXIT_PASS
from harness.stage.connector import Connector
from harness.stage.interrupt import interruptible
from harness.stage.opening import contract_values, export_lines, new_planner, raise_curtain, stage
from harness.stage.options import UpOptions, VerifyOptions
from harness.stage.progress import Progress, new_progress
from harness.stage.session import Session
from harness.stage.setup import RUNS, Setup, set_up
from mocks.world import World


async def up(options: UpOptions) -> int:
    """Returns 0 after Ctrl-C. Raises DrycloseError when the connector cannot be started or dies."""
    with interruptible() as interrupts:
        try:
            await _up(options)
        except asyncio.CancelledError:
            if interrupts.name is None:
                raise
    return EXIT_PASS


async def _up(options: UpOptions) -> None:
    asked = VerifyOptions(
        scenario=options.scenario,
        seed=options.seed,
        connector=options.connector,
        out=options.out or RUNS / f"up-{wall.draw_run_id()}",
        network=options.network,
    )
    setup = set_up(asked)
    try:
        await _open(setup, options, new_progress(quiet=options.env))
    finally:
        setup.directory.seal(status="complete", why="dryclose up was stopped", finished_at=wall.now_iso())


async def _open(setup: Setup, options: UpOptions, progress: Progress) -> None:
    console = Console()
    # As many minted objects as `verify` would make: with the same seed the crosswalks of both are the same.
    async with stage(setup, options.network, progress, minted=new_planner(setup).minted) as session:
        if options.env:
            for line in export_lines(setup.manifest, contract_values(setup, session.world)):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
            console.print(load_line(session.world), markup=False, highlight=False, soft_wrap=True)
            _subscribe_running(session)
        else:
            await raise_curtain(session)
            for line in signpost(session):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
        await _stay(session.connector, started=not options.env)


async def _stay(connector: Connector, *, started: bool) -> None:
    if not started:
        await asyncio.Event().wait()
    raise await connector.lost()


def _subscribe_running(session: Session) -> None:
    """A connector that runs already gets its events when its manifest says where."""
    manifest = session.manifest
    if manifest.url is not None and manifest.paths.webhook is not None:
        session.world.subscribe(
            manifest.url + manifest.paths.webhook, manifest.headers, ack_timeout_ms=round(manifest.ack_timeout_s * 1000)
        )


def load_line(world: World) -> str:
    """How to load this world. A comment, because a connector that takes the exports over must not get these secrets."""
    secrets = f"DRYCLOSE_CONTROL_TOKEN={world.control_token} DRYCLOSE_PEOPLE_SECRET={world.actor_client_secret}"
    return f"# {secrets} dryclose load --attach {world.control_url}"


def signpost(session: Session) -> Iterable[str]:
    """Where everything is."""
    world = session.world
    for name, url in world.urls.items():
        yield f"{name:<12} {url}   documentation {url}/docs   contract {url}/openapi.json"
    yield f"{'tokens':<12} {world.token_url}   client_credentials; these secrets live as long as this world:"
    yield f"{'':<12}   connector  client_id={world.client_id}  client_secret={world.client_secret}"
    yield f"{'':<12}   people     client_id={world.actor_client_id}  client_secret={world.actor_client_secret}  (header X-Acting-User)"
    yield f"{'control':<12} {world.control_url}   Authorization: Bearer {world.control_token}"
    yield f"{'connector':<12} {session.connector.base_url}   log {session.connector.log_path}"
    yield load_line(world)
    yield "Ctrl-C stops everything."
