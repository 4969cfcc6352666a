"""The collaborators that every system of one world shares, wired once."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.catalog import Catalog
from mocks.kit.attribution import AttributionIndex
from mocks.kit.books import Books
from mocks.kit.clock import BusinessClock, WorldClock
from mocks.kit.commits import Commits
from mocks.kit.holds import Holds
from mocks.kit.idempotency import IdempotencyStore
from mocks.kit.joining import Joining
from mocks.kit.limits import RateLimiter
from mocks.kit.outbox import Outbox
from mocks.kit.outcome import Outcome
from mocks.kit.paging import Cursors
from mocks.kit.plans import Plans
from mocks.kit.problems import Problems
from mocks.kit.recorder import Recorder
from mocks.kit.scheduler import Scheduler
from mocks.kit.settings import Settings
from mocks.kit.shared import SharedFaults
from mocks.kit.streams import Streams
from mocks.kit.tokens import Client, TokenStore
from mocks.kit.tracing import WorldSpans
from mocks.kit.traffic import Traffic
from mocks.kit.webhooks import Sender
from mocks.kit.windows import Windows

Then = Callable[[str, str], None]


@dataclass(slots=True)
class Mechanics:
    """Everything around the cores."""

    catalog: Catalog
    settings: Settings
    clock: WorldClock
    business: BusinessClock
    recorder: Recorder
    streams: Streams
    problems: Problems
    tokens: TokenStore
    idempotency: IdempotencyStore[Outcome]
    cursors: Cursors
    index: AttributionIndex
    books: Books
    plans: Plans
    windows: Windows
    shared: SharedFaults
    holds: Holds
    scheduler: Scheduler
    commits: Commits
    sender: Sender
    outbox: Outbox
    traffic: Traffic
    limiter: RateLimiter | None
    joining: Joining
    connector_id: str
    then: Then | None = None  # what the harness does when a fault says so: reverse_approval, block_supplier
    spans: WorldSpans | None = None  # when there is somewhere to send them


def wire_mechanics(
    *,
    catalog: Catalog,
    settings: Settings,
    clock: WorldClock,
    business: BusinessClock,
    recorder: Recorder,
    streams: Streams,
    clients: tuple[Client, ...],
    token_ttl_s: int,
    webhook_secret: bytes,
) -> Mechanics:
    """Name the concrete classes. The first client is the connector's."""
    traffic = Traffic(catalog.flows)
    books = Books(catalog.flows, catalog.documents)
    plans = Plans()
    index = AttributionIndex(settings.namespace)
    scheduler = Scheduler()
    sender = Sender(clock=clock, recorder=recorder, traffic=traffic, settings=settings, secret=webhook_secret)
    outbox = Outbox(
        events=catalog.events,
        drifting=catalog.drifting,
        sender=sender,
        plans=plans,
        books=books,
        recorder=recorder,
        business=business,
        streams=streams,
        settings=settings,
    )
    commits = Commits(
        recorder=recorder, index=index, books=books, scheduler=scheduler, business=business, streams=streams, emit=outbox.emit
    )
    windows = Windows(recorder, books, catalog.needs)
    return Mechanics(
        catalog=catalog,
        settings=settings,
        clock=clock,
        business=business,
        recorder=recorder,
        streams=streams,
        problems=Problems(catalog.errors),
        tokens=TokenStore(clients, clock, token_ttl_s, refreshes=settings.refresh_tokens),
        idempotency=IdempotencyStore(clock.mono_ns, settings.idempotency_ttl_ms),
        cursors=Cursors(streams.secret(32, "cursors")),
        index=index,
        books=books,
        plans=plans,
        windows=windows,
        shared=SharedFaults(recorder, books),
        holds=Holds(recorder, clock),
        scheduler=scheduler,
        commits=commits,
        sender=sender,
        outbox=outbox,
        traffic=traffic,
        limiter=RateLimiter(settings.rate_limit_per_s) if settings.rate_limit_per_s else None,
        joining=Joining(recorder, books, windows, index, catalog),
        connector_id=clients[0].client_id,
    )
