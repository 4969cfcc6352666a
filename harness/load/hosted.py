"""The world of a load, hosted by this process, with the connector under load in a process of its own."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from contracts.catalog import Catalog
from harness.load.documents import ROLE, PlannedDocument, prefix
from harness.load.generator import Target
from harness.load.options import LoadOptions
from harness.load.profile import Profile
from harness.manifest import load_manifest
from harness.plan.model import Plan, Wave
from harness.scenario import Limits, Scenario, Waits
from harness.stage.opening import raise_curtain, stage
from harness.stage.progress import Progress
from harness.stage.session import Session
from harness.stage.setup import ENGINE_MANIFEST, Setup, new_run

MAINTENANCE = "F-B5"
# What must have been examined for a load to count as correct: everything posted once, balanced, with the source's amounts.
REQUIRED = ("C01", "C02", "C03", "C05", "C06", "C08", "L01")


def load_setup(options: LoadOptions, profile: Profile, catalog: Catalog) -> Setup:
    """Seed, run id, run directory. Raises UsageError and ConfigError before anything has started."""
    manifest = load_manifest(options.connector or ENGINE_MANIFEST, catalog)
    return new_run(catalog, scenario_of(profile), manifest, seed=options.seed, out=options.out)


def scenario_of(profile: Profile) -> Scenario:
    """What the judge and the phases of a run know of a profile: waits, patience, what must have been examined. No planned faults."""
    world = profile.world
    return Scenario(
        name=profile.name,
        title=profile.title,
        path=profile.path,
        flows=profile.flows,
        entities=profile.entities,
        faults=(),
        waits=Waits(
            retry_base_ms=world.retry_base_ms,
            webhook_schedule_ms=world.webhook_schedule_ms,
            posting_delay_ms=world.posting_delay_ms,
        ),
        limits=Limits(quiesce_s=profile.bounds.settle_s, settle_s=profile.bounds.settle_s),
        require=REQUIRED,
    )


class HostedGround:
    """The world of this process."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._waves: list[Wave] = []

    def plan(self) -> Plan:
        """Every wave of documents so far, as plan.json shows it."""
        return Plan(waves=tuple(self._waves))

    def expect(self, wave: str, documents: Sequence[PlannedDocument]) -> None:
        """These documents are going to be created."""
        self._waves.append(Wave(wave, "load", tuple(document.experiment for document in documents)))

    @property
    def hosted(self) -> bool:
        """Ours."""
        return True

    @property
    def target(self) -> Target:
        """Where people work, and as whom."""
        world = self.session.world
        return Target(dict(world.urls), world.token_url, world.actor_client_id, world.actor_client_secret)

    @property
    def history(self) -> Path:
        """What the world writes."""
        return self.session.directory.history

    async def admit(self, wave: str) -> None:
        """Documents of this wave join the run."""
        self.session.world.admit_people(prefix=prefix(wave), wave=wave, role=ROLE)

    async def begin(self, wave: str) -> None:
        """The phase carries the wave's name; its row is the zero of the time axis."""
        self.session.world.set_phase(wave)

    async def window(self, system: str, *, on: bool) -> None:
        """503 with Retry-After for everybody."""
        (self.session.world.begin_window if on else self.session.world.end_window)(MAINTENANCE, system)

    async def refresh(self, joined: dict[str, str], documents: dict[str, PlannedDocument]) -> None:
        """As if the harness had created them itself: so the end of a load is the end of any run."""
        session, now = self.session, monotonic()
        for txn_id, source_id in joined.items():
            if txn_id in documents:
                session.register.begin(documents[txn_id].experiment, source_id, now)
        session.refresh()

    def pids(self) -> dict[str, int | None]:
        """World and connector."""
        return {"world": os.getpid(), "connector": self.session.connector.pid}


@asynccontextmanager
async def hosted(setup: Setup, options: LoadOptions, profile: Profile, progress: Progress) -> AsyncIterator[HostedGround]:
    """World open, connector started and subscribed."""
    limit = profile.world.rate_limit_per_s or None
    grounds: list[HostedGround] = []

    def plan() -> Plan:
        return grounds[0].plan() if grounds else Plan()

    async with stage(setup, options.network, progress, plan=plan, rate_limit_per_s=limit) as session:
        ground = HostedGround(session)
        grounds.append(ground)
        await raise_curtain(session)
        try:
            yield ground
        finally:
            session.save_plan()
