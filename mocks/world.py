"""The world: its systems, their token endpoint, one business clock, one recorder, one control port, on the running loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from importlib import metadata
from typing import Any

import msgspec

from contracts.catalog import Catalog, Fault, load_catalog
from mocks.abilities.system_type import Birth, SystemType, profiles_of
from mocks.company import Company, generate
from mocks.control import Control
from mocks.hosting.config import WorldConfig
from mocks.hosting.credentials import Credentials
from mocks.hosting.evidence import HistoryLost, kept_evidence
from mocks.hosting.gauges import WorldGauges
from mocks.hosting.instances import instances
from mocks.hosting.pulse import Pulse
from mocks.hosting.server import PortInUse
from mocks.hosting.servers import Servers
from mocks.identity import PATH, Identity
from mocks.kit.acting import Actors
from mocks.kit.app import SystemApp
from mocks.kit.arming import StepLike, arm, armed_step
from mocks.kit.asking import Asker, Question, Reaction
from mocks.kit.clock import BusinessClock, WorldClock
from mocks.kit.commits import Origin
from mocks.kit.dialect import HOUSE, HouseDialect
from mocks.kit.holds import Hold
from mocks.kit.joining import Admission
from mocks.kit.mechanics import Mechanics, wire_mechanics
from mocks.kit.operation import OutEvent, Reply, System
from mocks.kit.plans import Armed
from mocks.kit.recorder import Recorder
from mocks.kit.shared import SharedFault, SharedFaults
from mocks.kit.streams import Streams
from mocks.kit.tokens import Client
from mocks.kit.webhooks import CallbackForbidden, Subscription
from mocks.kit.windows import Window
from mocks.provider_states.desk import ProviderStates
from mocks.room.room import ControlRoom
from mocks.systems.registry import SYSTEMS

__all__ = ["CallbackForbidden", "HistoryLost", "Hold", "PortInUse", "World", "WorldConfig"]

IDENTITY, CONTROL = "identity", "control"  # the world's own doors
REFUSING, TOKEN_EXPIRED, SECRET_ROTATED = "F-H2", "F-B10", "F-B12"
OF_CLIENTS = "credentials"  # the family of faults under which a client is not taken


class World:
    """Opened with `async with World.open(config) as world`. Not safe to use from another thread."""

    def __init__(
        self,
        config: WorldConfig,
        catalog: Catalog,
        company: Company,
        types: Mapping[str, SystemType] = SYSTEMS,
        dialects: Mapping[str, HouseDialect] | None = None,
    ) -> None:
        self.config = config
        self.instances = instances(catalog, config.systems, types)
        self.types = types
        self._dialects = dict(dialects or {})
        self.catalog = catalog
        self.company = company
        self._start_ns = time.monotonic_ns()
        streams = Streams(config.seed, config.run_id)
        world_clock = WorldClock(config.wall_s(), time.monotonic_ns)
        self.clock = BusinessClock(world_clock, config.business_start)
        self.recorder = Recorder(config.run_id, world_clock, self.clock, config.history_path)
        credentials = config.credentials or Credentials.draw()
        reads = frozenset(f"{name}.{verb}" for name in self.instances for verb in ("read", "write"))
        acts = frozenset({*reads, *(f"{name}.act" for name in self.instances)})
        self.client_id, self.client_secret = "connector", credentials.client_secret
        self.actor_client_id, self.actor_client_secret = "actors", credentials.people_secret
        self.control_token, self.webhook_secret = credentials.control_token, credentials.webhook_secret
        self.mechanics: Mechanics = wire_mechanics(
            catalog=catalog,
            settings=config.settings(),
            clock=world_clock,
            business=self.clock,
            recorder=self.recorder,
            streams=streams,
            clients=(
                Client(self.client_id, self.client_secret, reads),
                Client(self.actor_client_id, self.actor_client_secret, acts),
            ),
            token_ttl_s=config.token_ttl_s,
            webhook_secret=credentials.signing_key,
        )
        self.systems: dict[str, System] = build_systems(self.instances, self.config, self.company)
        self.pulse = Pulse(self.recorder)
        self._gauges = WorldGauges(self.mechanics)
        self.recorder.observers.append(self._gauges.meter.row)
        self._actors = Actors(self.mechanics, self.systems.values())
        slots = {name: catalog.systems[name].slot for name in (*self.instances, IDENTITY, CONTROL)}
        apart = {CONTROL: config.control_host}
        self._servers = Servers(slots, config.host, port_base=config.port_base, public_host=config.public_host, apart=apart)
        self._asker = Asker(self.mechanics, secret=credentials.signing_key)
        self._shutdown = asyncio.Event()
        self.room = ControlRoom(self.mechanics.problems)
        self._apps: dict[str, SystemApp] = {}
        self.provider_states = ProviderStates(self)
        self.urls: dict[str, str] = {}
        self.token_url = self.control_url = ""

    # --- life

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        config: WorldConfig,
        *,
        catalog: Catalog | None = None,
        types: Mapping[str, SystemType] = SYSTEMS,
        dialects: Mapping[str, HouseDialect] | None = None,
    ) -> AsyncIterator["World"]:
        """Start everything; at the end stop everything. Raises PortInUse; HistoryLost in place of what the body does from the moment on
        at which the history cannot be written. The history ends with `run_end` when the body did not fail.

        catalog, types: what is declared and what serves it; absent: what ships. dialects: by system, where it is not the house's.
        """
        world = cls(config, catalog or load_catalog(), generate(config.seed, config.minted), types, dialects)
        async with kept_evidence(world.recorder) as evidence:
            try:
                await world._start()
                yield world
                world.recorder.write("run_end", "harness")
                world.recorder.flush()
            finally:
                await evidence.close()
                await world._stop()

    async def _start(self) -> None:
        self.recorder.write("run_start", "harness", detail=msgspec.json.encode(self._birth()).decode())
        self._servers.bind()
        self._gauges.open_spans(self.config.otlp_endpoint)
        self.urls = {name: self._servers.url(name) for name in self.instances}
        self.token_url, self.control_url = self._servers.url(IDENTITY) + PATH, self._servers.url(CONTROL)
        version = product_version()
        self._apps = {
            name: SystemApp(system, self.mechanics, version=version, token_url=self.token_url, dialect=self._dialects.get(name, HOUSE))
            for name, system in self.systems.items()
        }
        others = {IDENTITY: Identity(self.mechanics, version=version).app(), CONTROL: Control(self, version=version).app()}
        await self._servers.start({**self._apps, **others})
        self.pulse.start()

    @property
    def served(self) -> int:
        """Requests that came to the systems."""
        return sum(app.served for app in self._apps.values())

    def renew(self) -> None:
        """Open the books of the systems again as they were at the birth of this world. What was deferred never happens."""
        self.mechanics.scheduler.cancel()
        self.mechanics.idempotency.clear()
        for name, system in build_systems(self.instances, self.config, self.company).items():
            self.systems[name] = system
            self._apps[name].renew(system)
        self._actors = Actors(self.mechanics, self.systems.values())

    async def _stop(self) -> None:
        self.pulse.stop()
        self.mechanics.scheduler.cancel()
        await self.mechanics.sender.close()
        await self._servers.stop()
        self.recorder.close()
        await self._gauges.close_spans()

    def _birth(self) -> dict[str, Any]:
        drawn = {name: value for name, value in asdict(self.config).items() if name not in {"history_path", "wall_s", "otlp_endpoint"}}
        return {**drawn, "version": product_version()}

    def identify(self) -> Mapping[str, Any]:
        """What the control port says about this world."""
        return {"run_id": self.config.run_id, "seed": self.config.seed, "phase": self.recorder.phase, "seq": self.recorder.seq}

    def request_shutdown(self) -> None:
        """Somebody asked for the end on the control port."""
        self._shutdown.set()

    async def shutdown_requested(self) -> None:
        """Wait until somebody asks for the end."""
        await self._shutdown.wait()

    def clock_moved(self) -> None:
        """The business clock was set: say so in the history."""
        self.recorder.write("clock_set", "harness")

    def metrics(self) -> bytes:
        """What was counted, and what the world still owes, for Prometheus."""
        return self._gauges.text(self.pending(), self.systems.values())

    # --- webhooks

    def subscribe(self, url: str, headers: Mapping[str, str], *, ack_timeout_ms: int) -> None:
        """Send every event to this address. Raises CallbackForbidden when its host is not allow-listed."""
        self.mechanics.sender.subscribe(Subscription(url, dict(headers), ack_timeout_ms))

    def unsubscribe(self) -> None:
        """The connector is away: deliveries fail and are retried on the schedule."""
        self.mechanics.sender.unsubscribe()

    def send_event(
        self, txn_id: str, event_type: str, subject: str, data: Mapping[str, Any], *, deliver: str, fault: StepLike | None = None
    ) -> Awaitable[int | None]:
        """Send one event on behalf of the harness: genuine, forged, unsigned or stale. Answers the status of the acknowledgement."""
        event = OutEvent(event_type, subject, dict(data))
        source = self.catalog.events[event_type].source.strip("/")
        origin = Origin(source, self.catalog.events[event_type].call_point, txn_id, None, self._actors.correlation(txn_id))
        armed = self._armed(txn_id, fault) if fault is not None else None
        return self.mechanics.outbox.send_event(event, origin, deliver=deliver, armed=armed)

    def _armed(self, txn_id: str, step: StepLike) -> Armed:
        """The step as it was armed; one that never was is resolved now."""
        found = self.mechanics.plans.find(txn_id, step.call_point, step.fault_id, step.attempt)
        return found or armed_step(self.catalog, step, txn_id, f"{txn_id}.harness")

    def answers_at(self, url: str | None, headers: Mapping[str, str]) -> None:
        """Put questions to this address from now on. Raises CallbackForbidden when its host is not allow-listed."""
        self._asker.at(url, headers)

    async def ask(self, question: Question) -> Reaction:
        """A person waits while the connector is asked; what came of it."""
        return await self._asker.ask(question, self._actors.correlation(question.txn_id))

    # --- transactions

    def set_phase(self, name: str) -> None:
        """A phase of the run begins."""
        self.recorder.set_phase(name)

    def open_txn(
        self,
        txn_id: str,
        *,
        flow: str,
        wave: str,
        role: str,
        template: str,
        steps: Sequence[StepLike],
        detail: str,
        parent: str | None = None,
    ) -> None:
        """A transaction joins the run with its fault plan. Raises Refusal for a step that names what does not exist.

        parent: the transaction whose documents this one's grow out of.
        """
        resolved = [armed_step(self.catalog, step, txn_id, f"{txn_id}.{number}") for number, step in enumerate(steps, start=1)]
        self.mechanics.books.open(txn_id, flow)
        self.recorder.write(
            "experiment",
            "harness",
            txn_id=txn_id,
            flow=flow,
            wave=wave,
            role=role,
            template=template,
            detail=detail or None,
            parent_txn=parent,
        )
        for armed in resolved:
            arm(self.mechanics, armed)
        self.mechanics.windows.joined(txn_id)

    def admit_people(self, *, prefix: str, wave: str, role: str) -> None:
        """Documents that people create over HTTP under a correlation id `<prefix><entity>.<transaction>` join the run."""
        self.mechanics.joining.admit(Admission(prefix, wave, role))

    def bind(
        self,
        txn_id: str,
        *,
        source_id: str | None = None,
        amount: tuple[int, str] | None = None,
        keys: Iterable[tuple[str, str]] = (),
        is_repeat: bool = False,
        elders: Collection[str] = (),
    ) -> None:
        """Facts by which calls of this transaction are recognised. is_repeat: whoever had the amount before is over. elders: transactions
        out of whose documents its own grow: whoever calls about one of those now means this one."""
        self.mechanics.index.bind(txn_id, source_id=source_id, amount=amount, keys=keys, is_repeat=is_repeat)
        self.mechanics.index.inherit(txn_id, elders)

    def act(
        self,
        call_point: str,
        *,
        path: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        actor: str,
        txn_id: str | None = None,
    ) -> Reply:
        """A person does something in a mock, over the same command as over HTTP. Raises Refusal when a rule says no."""
        return self._actors.act(call_point, path=path or {}, body=body, actor=actor, txn_id=txn_id)

    def look(self, call_point: str, *, path: Mapping[str, str]) -> Any:
        """What a document looks like now. Raises Refusal where there is none."""
        return self._actors.look(call_point, path=path)

    def on_then(self, callback: Callable[[str, str], None]) -> None:
        """Call this with (action, transaction) when a fault says that people act now: reverse_approval, block_supplier."""
        self.mechanics.then = callback

    def settled(self, txn_id: str) -> str | None:
        """posted, refused or undone; None while the transaction is open."""
        return self.mechanics.books.outcome(txn_id)

    # --- faults of the run

    def begin_window(self, fault_id: str, system: str) -> None:
        """F-B5: all answers are 503. F-H2: connections are refused. F-B11: no token for the connector. Raises ValueError for all else."""
        fault = self._fault_of_run(fault_id, system)
        if any((window.fault.id, window.system) == (fault_id, system) for window in self.mechanics.windows.listed()):
            return
        if fault_id == REFUSING:
            self._servers[system].begin_outage()
        if fault.family == OF_CLIENTS:
            self.mechanics.tokens.refuse(self.client_id)
        self.mechanics.windows.begin(Window(fault, fault.modes[0], system))

    def end_window(self, fault_id: str, system: str) -> None:
        """The window ends; ending what is not in force does nothing. Raises ValueError for what cannot be a window."""
        self._end(self._fault_of_run(fault_id, system), system)

    def _end(self, fault: Fault, system: str) -> None:
        if not self.mechanics.windows.end(fault.id, system):
            return
        if fault.id == REFUSING:
            self._servers[system].end_outage()
        if fault.family == OF_CLIENTS:
            self.mechanics.tokens.admit(self.client_id)

    def _fault_of_run(self, fault_id: str, system: str) -> Fault:
        fault = self.catalog.faults.get(fault_id)
        places = (*self.instances, *self.catalog.token_services)
        if fault is None or fault.scope != "run" or system not in places:
            raise ValueError(f"{fault_id} at {system}: expected a fault of the run, at one of {', '.join(places)}")
        if fault.rotates:
            raise ValueError(f"{fault_id} begins when the connector was started again with a new secret, not by itself")
        return fault

    def revoke_token(self) -> None:
        """F-B10: every token of the connector is worth nothing from now on; a new one works. Credited until a new one is issued."""
        self.end_tokens()
        self._begin_at_tokens(TOKEN_EXPIRED)

    def add_secret(self) -> None:
        """A further secret of the connector's client, `client_secret` from now on. Those before stay good until they are retired."""
        self.mechanics.windows.end(SECRET_ROTATED, self.catalog.token_services[0])  # of an earlier one, behind which nobody signed in
        self.client_secret = self.mechanics.tokens.add_secret(self.client_id)

    def retire_secret(self) -> None:
        """F-B12: only the newest secret is good, and nothing that the connector holds is. Credited until a token is issued."""
        self._begin_at_tokens(SECRET_ROTATED, self.mechanics.tokens.retire(self.client_id))

    def _begin_at_tokens(self, fault_id: str, secret_no: int | None = None) -> None:
        fault = self.catalog.faults[fault_id]
        self.mechanics.windows.begin(Window(fault, fault.modes[0], self.catalog.token_services[0], secret_no))

    def end_tokens(self) -> None:
        """Every token of the connector is worth nothing from now on."""
        self.mechanics.tokens.revoke(self.client_id)

    def arm_shared(self, call_point: str, fault_id: str, mode: str, txn_ids: Sequence[str]) -> SharedFault:
        """The next call of the connector at a point that carries no transaction meets this fault, on behalf of these that wait for it."""
        fault = self.catalog.faults[fault_id]
        armed = SharedFault(call_point, fault, fault.mode(mode), tuple(txn_ids))
        self.mechanics.shared.arm(armed)
        return armed

    @property
    def shared(self) -> SharedFaults:
        """Faults at calls that carry no transaction."""
        return self.mechanics.shared

    def note_fired(self, fault_id: str, mode: str, *, call_point: str, txn_ids: Iterable[str]) -> None:
        """The harness itself made a fault happen to these transactions."""
        self.mechanics.windows.fired(fault_id, mode, call_point, list(txn_ids))

    # --- kills

    @property
    def held(self) -> Sequence[Hold]:
        """Requests that wait for the kill."""
        return self.mechanics.holds.held

    @property
    def acked_then_kill(self) -> Sequence[str]:
        """Transactions whose F-G4 event was acknowledged."""
        return self.mechanics.outbox.acked_then_kill

    async def wait_frontier(self, count: int, timeout_ms: int) -> None:
        """Wait until so many requests are held, at most so long."""
        await self.mechanics.holds.wait_for(count, timeout_ms / 1000)

    def kill_moment(self) -> None:
        """Answers held for F-G3 go on the wire; all other held requests will never be answered. Kill at once after this."""
        self.mechanics.holds.kill_moment()
        self.recorder.flush()

    def clear_holds(self) -> None:
        """What is still held and was not part of a kill goes on as if nothing had been planned."""
        self.mechanics.holds.clear()

    # --- the end of a run

    def heal(self) -> None:
        """Standing faults stop, windows end. Lost webhooks stay lost."""
        for window in self.mechanics.windows.listed():
            self._end(window.fault, window.system)
        self.mechanics.shared.heal()
        for step in self.mechanics.plans.heal():
            what = {"txn_id": step.txn_id, "call_point": step.call_point, "fault_id": step.fault.id, "mode": step.mode.id}
            self.recorder.write("fault_healed", "harness", **what)
        self.recorder.flush()

    async def flush(self) -> None:
        """Carry out deferred commits and jobs now."""
        self.mechanics.scheduler.flush()
        await asyncio.sleep(0)
        self.recorder.flush()

    def pending(self) -> dict[str, int]:
        """What the world still owes."""
        mechanics = self.mechanics
        return {"deferred": len(mechanics.scheduler), "deliveries": mechanics.sender.pending, "holds": len(mechanics.holds.held)}

    @property
    def last_change_ns(self) -> int:
        """time.monotonic_ns of the connector's last state-changing request; of the world's start before the first."""
        return self._start_ns + self.mechanics.traffic.last_change_ns

    @property
    def last_progress_ns(self) -> int:
        """As last_change_ns, without requests that only repeat what came to nothing many times before."""
        return self._start_ns + self.mechanics.traffic.last_progress_ns

    def in_vain(self, txn_id: str) -> bool:
        """Whether the connector only repeats what came to nothing many times before, as far as this transaction goes."""
        return txn_id in self.mechanics.traffic.in_vain

    @property
    def requests_seen(self) -> int:
        """Requests of the connector."""
        return self.mechanics.traffic.requests_seen

    @property
    def events_acked(self) -> int:
        """Deliveries that were answered 2xx."""
        return self.mechanics.sender.acked

    @property
    def call_points_seen(self) -> Mapping[str, set[str]]:
        """Call points that the connector reached, by flow."""
        return self.mechanics.traffic.call_points_seen

    def final_views(self) -> None:
        """Read every document, after quiescence."""
        for name, system in self.systems.items():
            for view in system.final_views():
                txn_id = self.mechanics.index.of_document(view.entity_type, view.entity_id, name)
                self.recorder.write("read_view", name, txn_id=txn_id or "", flow=self.mechanics.books.flow_of(txn_id), **asdict(view))
        self.recorder.flush()

    def record(self, kind: str, **columns: Any) -> None:
        """A row of the harness. `proc_start` sets the generation that later requests carry."""
        if kind == "proc_start":
            self.recorder.sut_gen = columns.get("sut_gen")
        self.recorder.write(kind, "connector" if kind.startswith("proc_") else "harness", **columns)
        self.recorder.flush()


def build_systems(types: Mapping[str, SystemType], config: WorldConfig, company: Company) -> dict[str, System]:
    """The systems of a world, with books that nobody has touched. types: what serves each of them."""
    grain = timedelta(milliseconds=config.grain_ms) if config.grain_ms else timedelta(microseconds=1)
    usual = Birth(company, "", config.run_id.upper(), config.posting_delay_ms, grain, config.on_no_answer)
    return {name: kind.build(replace(usual, instance=name, profiles=profiles_of(name, config.profiles))) for name, kind in types.items()}


def product_version() -> str:
    """The installed version."""
    try:
        return metadata.version("dryclose")
    except metadata.PackageNotFoundError:
        return "0"
