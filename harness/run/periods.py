"""Posting periods: closed and reopened by a controller, for everything that the flows of the run book."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from harness.actors.controllers import change_period
from harness.stage.session import Session


def current_period(session: Session, entity: str) -> str:
    """The period of the entity's own calendar day. Another one a moment later, where a month ends."""
    zone = ZoneInfo(session.world.company.entity(entity).zone)
    return f"{session.world.clock.peek().astimezone(zone):%Y-%m}"


def set_period(session: Session, entity: str, period: str, *, closed: bool) -> None:
    """The controller closes, or reopens, a period of the entity, in every module that a document of the run's flows needs."""
    for system, module in dict.fromkeys(_modules(session)):
        change_period(session.world, system, entity, period=period, module=module, closed=closed)


def _modules(session: Session) -> Iterator[tuple[str, str]]:
    """(system, module) of the documents that are due, in every instance of the system that stands in this world."""
    catalog = session.catalog
    for flow in (catalog.flows[name] for name in session.scenario.flows if name in session.manifest.flows):
        for kind in (catalog.documents[name] for name in flow.target_documents):
            if kind.module is not None:
                yield from ((system, kind.module) for system in catalog.instances(kind.system) if system in session.world.urls)
