"""Opening and closing: the world, the crosswalks, the connector's process. Whatever happens in between, all of it is closed again."""

import shlex
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import aiohttp

from contracts.catalog import Catalog
from harness.errors import NoRoom, UsageError
from harness.manifest import Manifest
from harness.plan.model import Plan
from harness.plan.planner import Planner
from harness.plan.variants import read_variants
from harness.stage.connector import Connector, free_port
from harness.stage.contract import ContractValues
from harness.stage.options import Network
from harness.stage.progress import Progress
from harness.stage.session import Session
from harness.stage.setup import Setup
from mocks.company import generate
from mocks.hosting.credentials import CredentialsError, shared_credentials
from mocks.world import CallbackForbidden, HistoryLost, PortInUse, World, WorldConfig

HARNESS_CALL_S = 5.0  # idle, parked, redrive: a connector that answers slower is taken as not answering


@asynccontextmanager
async def stage(
    setup: Setup,
    network: Network,
    progress: Progress,
    *,
    minted: int = 0,
    plan: Callable[[], Plan] = Plan,
    rate_limit_per_s: int | None = None,
) -> AsyncIterator[Session]:
    """World open, mappings written, connector prepared but not started."""
    try:
        credentials = None if network.credentials is None else shared_credentials(network.credentials)
    except CredentialsError as error:
        raise UsageError(f"--credentials: {error}") from None
    config = replace(world_config(setup, network, minted), rate_limit_per_s=rate_limit_per_s, credentials=credentials)
    async with _world(config, setup.catalog) as world, harness_client() as http:
        world.company.write_mappings(setup.directory.mappings)
        setup.directory.keep_truth()

        def listener(kind: str, columns: Mapping[str, object]) -> None:
            world.record(kind, **columns)

        values = contract_values(setup, world)
        opened = Connector.open(setup.manifest, values, setup.directory.connector_log, listener=listener, progress=progress.say)
        if setup.manifest.url is not None:
            progress.say(
                f"{setup.manifest.name} runs already; it must have been started with these values (keep them with --credentials FILE):"
            )
            for line in export_lines(setup.manifest, values):
                progress.say(f"  {line}")
        async with AsyncExitStack() as closing:
            with progress.phase("prepare"):
                connector = await closing.enter_async_context(opened)
            yield Session(
                world=world,
                connector=connector,
                manifest=setup.manifest,
                scenario=setup.scenario,
                catalog=setup.catalog,
                plan=plan,
                directory=setup.directory,
                progress=progress,
                http=http,
            )
            await connector.stop()


async def raise_curtain(session: Session) -> None:
    """Start the connector and let it have the events."""
    with session.progress.phase("start") as phase:
        session.world.set_phase("start")
        await session.connector.start()
        phase.show(f"{session.manifest.name} is ready at {session.connector.base_url}")
    check = session.manifest.paths.check
    if check is not None:
        session.world.answers_at(session.connector.base_url + check, session.manifest.headers)
    path = session.manifest.paths.webhook
    if path is not None:
        ack_timeout_ms = round(session.manifest.ack_timeout_s * 1000)
        session.world.subscribe(session.connector.base_url + path, session.manifest.headers, ack_timeout_ms=ack_timeout_ms)


def new_planner(setup: Setup) -> Planner:
    """The planner of this run. Who takes which variant does not depend on how much is minted, so a small company tells it."""
    variants = read_variants(setup.catalog.flows.values(), generate(setup.seed, minted=0).mappings())
    return Planner(setup.scenario, setup.catalog, setup.capabilities, seed=setup.seed, variants=variants)


@asynccontextmanager
async def _world(config: WorldConfig, catalog: Catalog) -> AsyncIterator[World]:
    """The world. A port that is taken and a callback host that is not allowed are the caller's to change: UsageError. Without room for
    the history nothing is proven: NoRoom."""
    try:
        async with World.open(config, catalog=catalog) as world:
            yield world
    except HistoryLost as error:
        raise NoRoom(f"{config.history_path}: {error}. Make room, or name another place with --out") from error
    except (PortInUse, CallbackForbidden) as error:
        raise UsageError(str(error)) from None


def world_config(setup: Setup, network: Network, minted: int) -> WorldConfig:
    """The world as scenario and manifest ask for it."""
    waits, manifest = setup.scenario.waits, setup.manifest
    return WorldConfig(
        seed=setup.seed,
        run_id=setup.run_id,
        history_path=setup.directory.history,
        minted=minted,
        systems=setup.scenario.systems,
        profiles=setup.scenario.profiles,
        port_base=network.port_base,
        host=network.host,
        public_host=network.public_host,
        control_host=network.control_host,
        callback_hosts=network.callback_hosts,
        webhook_schedule_ms=waits.webhook_schedule_ms,
        ack_timeout_ms=round(manifest.ack_timeout_s * 1000),
        client_timeout_ms=round(manifest.request_timeout_s * 1000),
        event_delay_ms=waits.event_delay_ms,
        late_commit_ms=waits.late_commit_ms,
        posting_delay_ms=waits.posting_delay_ms,
        idempotency_ttl_ms=waits.idempotency_ttl_ms,
        grain_ms=setup.scenario.lists.grain_ms,
        on_no_answer=setup.scenario.questions.on_no_answer,
        token_ttl_s=setup.scenario.tokens.ttl_s,
        refresh_tokens=setup.scenario.tokens.refresh,
        business_start=setup.scenario.business.moments[0],
    )


def contract_values(setup: Setup, world: World) -> ContractValues:
    """What the connector is told about this world."""
    return ContractValues(
        systems=setup.catalog.systems,
        urls={**world.urls, **dict.fromkeys(setup.catalog.token_services, world.token_url)},
        client_id=world.client_id,
        client_secret=world.client_secret,
        webhook_secret=world.webhook_secret,
        port=free_port(),
        state_dir=setup.directory.state,
        mappings_dir=setup.directory.mappings,
        retry_base_ms=setup.scenario.waits.retry_base_ms,
        run_id=setup.run_id,
    )


def export_lines(manifest: Manifest, values: ContractValues) -> Iterable[str]:
    """What the connector contract gives, as shell exports."""
    return [f"export {name}={shlex.quote(value)}" for name, value in values.variables(manifest).items()]


def harness_client() -> aiohttp.ClientSession:
    """For the harness's own questions to the connector; no proxy of the machine stands between them."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HARNESS_CALL_S), trust_env=False)
