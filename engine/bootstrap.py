"""The one place that names concrete classes: settings in, a running engine out."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import aiohttp
import asyncpg
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from contracts.catalog import load_errors, load_minor_units
from engine.assembly import ANSWERED, SERVED, SYSTEMS, Parts
from engine.clock import Clock, Entropy
from engine.flows.obligations import Patience
from engine.mapping.rules import Rules, RulesError
from engine.observability import Observer
from engine.peers.breaker import Breaker
from engine.peers.caller import Peer, open_session
from engine.peers.tokens import Client, Tokens
from engine.settings import CONCURRENCY, GIVES_UP_AFTER, REQUEST_TIMEOUT_S, Settings
from engine.store.address import Address
from engine.store.database import install, open_pool
from engine.store.documents import Documents
from engine.store.inbox import Inbox, Watermarks
from engine.structured_log import say
from engine.tracing import Tracing, open_tracing
from engine.web.application import Gauges, Surface, application
from engine.work.poller import Poller
from engine.work.queue_worker import QueueWorker
from engine.work.runner import Persistence, Process, Runner
from engine.work.sweeper import Sweeper

LOG = logging.getLogger("engine")
STOP_S = 2.5  # jobs under way get this long after SIGTERM; connector.toml gives the whole stop 5
TRACES_STOP_S = 1.0
TOKENS = "identity"  # the peer that issues tokens, as metrics and logs call it
POLL_FACTOR = 10.0  # first look at a posting job after this many retry bases


class RuleBook:
    """The rules in force. `reload` keeps the old ones when the new files cannot be read."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.mappings_dir
        self.current = Rules(self._folder)

    def reload(self) -> None:
        """Read MAPPINGS_DIR again."""
        try:
            self.current = Rules(self._folder)
        except RulesError as error:
            say(LOG, logging.ERROR, "rules.unreadable", error=str(error))


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process has of its own: its name over restarts, its clock, its source of chance."""

    instance: UUID
    clock: Clock
    entropy: Entropy


@dataclass(frozen=True, slots=True)
class Peers:
    """The systems by id, and the breaker of the one that lets us in."""

    systems: Mapping[str, Peer]
    tokens: Breaker

    def breakers(self) -> list[Breaker]:
        """All of them."""
        return [self.tokens, *(peer.breaker for peer in self.systems.values())]

    def all_up(self) -> bool:
        """No breaker is open."""
        return all(breaker.closed for breaker in self.breakers())

    def recovered(self) -> list[str]:
        """Systems that came back since this was asked last."""
        return [breaker.system for breaker in self.breakers() if breaker.take_recovered()]


def make_peers(settings: Settings, session: aiohttp.ClientSession, clock: Clock, entropy: Entropy, observer: Observer) -> Peers:
    """One Peer for each system, one token for all."""
    errors = load_errors()

    def breaker(name: str) -> Breaker:
        return Breaker(name, settings.retry_base_s, REQUEST_TIMEOUT_S * 2, clock.monotonic, entropy)

    client = Client(settings.token_url, settings.client_id, settings.client_secret)
    tokens = Tokens(lambda: session, client, breaker=breaker(TOKENS), errors=errors, clock=clock, observer=observer)

    def peer(name: str, url: str) -> Peer:
        return Peer(
            name,
            url,
            session=lambda: session,
            tokens=tokens,
            breaker=breaker(name),
            slots=CONCURRENCY,
            errors=errors,
            clock=clock,
            entropy=entropy,
            observer=observer,
        )

    return Peers({name: peer(name, settings.urls[name]) for name in SYSTEMS}, tokens.breaker)


def make_parts(settings: Settings, peers: Peers, rules: RuleBook, clock: Clock) -> Parts:
    """What every run of a flow is made from."""
    poll_base_s = settings.retry_base_s * POLL_FACTOR
    # A create that timed out at our side may commit a little later at theirs; several timeouts is long enough to be sure.
    patience = Patience(late_commit_s=REQUEST_TIMEOUT_S * 2 + 1, look_again_s=poll_base_s)
    return Parts(peers.systems, lambda: rules.current, clock, load_minor_units(), patience, poll_base_s, settings.retry_base_s)


class Engine:
    """All parts of one process, wired."""

    def __init__(
        self, settings: Settings, pool: "asyncpg.Pool[asyncpg.Record]", peers: Peers, machine: Machine, observer: Observer
    ) -> None:
        instance, clock, entropy = machine.instance, machine.clock, machine.entropy
        self._settings = settings
        self._pool = pool
        self._peers = peers
        self._observer = observer
        self._rules = RuleBook(settings)
        self._inbox = Inbox(pool, clock.monotonic)
        self._documents = Documents(pool, instance, entropy)
        self._clock, self._entropy = clock, entropy
        self._parts = make_parts(settings, peers, self._rules, clock)
        processes = {
            flow.id: Process(partial(flow.run, self._parts), (peers.tokens, *(peers.systems[name].breaker for name in flow.systems)))
            for flow in SERVED
        }
        persistence = Persistence(settings.retry_base_s, GIVES_UP_AFTER)
        self._runner = Runner(self._documents, processes, persistence, clock, entropy, observer=observer)
        self._worker = QueueWorker(pool, instance, self._runner.run)
        self._sweeper = Sweeper(pool, peers.recovered)
        self._pollers = self._make_pollers(entropy)

    def _make_pollers(self, entropy: Entropy) -> list[Poller]:
        watermarks, interval_s, clock = Watermarks(self._pool), self._settings.poll_interval_s, self._clock
        return [
            Poller(
                flow.id,
                partial(flow.lister, self._parts),
                self._inbox,
                watermarks,
                interval_s=interval_s,
                clock=clock,
                entropy=entropy,
            )
            for flow in SERVED
        ]

    async def run(self, stop: asyncio.Event, *, serve: bool) -> None:
        """Serve and work until `stop`; then finish what is under way, for a bounded time."""
        taken = await self._documents.take_over()
        say(
            LOG, logging.INFO, "engine.started", port=self._settings.port if serve else None, taken_over=taken, run_id=self._settings.run_id
        )
        worker = asyncio.create_task(self._worker.run())
        parts: list[Coroutine[None, None, None]] = [self._sweeper.run(), self._inbox.run()]
        if serve:
            parts += [poller.run() for poller in self._pollers]
        background = [asyncio.create_task(part) for part in parts]
        try:
            async with self._serving() if serve else contextlib.nullcontext():
                await _until(stop, [worker, *background])
        finally:
            self._worker.stop()
            await asyncio.wait({worker}, timeout=STOP_S)
            for task in (worker, *background):
                task.cancel()
            await asyncio.gather(worker, *background, return_exceptions=True)
            say(LOG, logging.INFO, "engine.stopped")

    @contextlib.asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        surface = Surface(
            webhook=Webhook(self._settings.webhook_secret),
            accept=self._inbox.accept,
            documents=self._documents,
            ready=self._ready,
            idle=self._idle,
            before_redrive=self._rules.reload,
            observer=self._observer,
            gauges=self._gauges,
            questions={flow.question: flow.answering(self._parts, self._entropy) for flow in ANSWERED},
            minor_units=self._parts.minor_units,
        )
        runner = web.AppRunner(application(surface), access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._settings.port, backlog=1024).start()
            yield
        finally:
            await runner.cleanup()

    async def _ready(self) -> bool:
        try:
            return bool(await self._pool.fetchval("select true", timeout=1))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            return False

    async def _gauges(self) -> Gauges:
        breakers: dict[tuple[str, ...], float] = {(breaker.system,): float(not breaker.closed) for breaker in self._peers.breakers()}
        return {**await self._documents.gauges(), "dryclose_engine_breaker_open": breakers}

    async def _idle(self) -> tuple[bool, int]:
        pending = await self._documents.pending()
        # An event may be lost: only a whole polling cycle after the last news, with nothing new in it, shows that all is known.
        polled = all(poller.complete.began > self._inbox.news_at for poller in self._pollers)
        return pending == 0 and polled and self._peers.all_up(), pending


async def _until(stop: asyncio.Event, tasks: list["asyncio.Task[None]"]) -> None:
    """Until `stop`, or until a part ends, which none should: its exception is raised."""
    waiting = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in done - {waiting}:
        task.result()


async def run_engine(settings: Settings, address: Address, machine: Machine, stop: asyncio.Event, *, serve: bool) -> None:
    """Everything from the schema to the last saved document. Raises DatabaseError, RulesError, OSError (port in use)."""
    await install(address)
    async with open_pool(address) as pool, open_session(REQUEST_TIMEOUT_S) as session, _tracing(settings) as tracing:
        observer = Observer(tracing, machine.clock.monotonic)
        peers = make_peers(settings, session, machine.clock, machine.entropy, observer)
        await Engine(settings, pool, peers, machine, observer).run(stop, serve=serve)


@contextlib.asynccontextmanager
async def _tracing(settings: Settings) -> AsyncIterator[Tracing | None]:
    """Spans leave in a thread of their own; at the end it gets a moment for the last ones."""
    tracing = open_tracing(settings.otlp_endpoint)
    try:
        yield tracing
    finally:
        if tracing is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.to_thread(tracing.close), TRACES_STOP_S)
