"""What the people of a load type and click: every document with its steps, prepared before the first one is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts.catalog import Catalog, Flow, load_catalog
from harness.actors.actor import Actor, Click, Occasion
from harness.actors.published import paths
from harness.actors.registry import ACTORS
from harness.load.amounts import Zipf, amount_minor, spread
from harness.load.profile import Profile
from harness.load.schedule import Arrival, mix, most_at_once, schedule, steps_at
from harness.plan.model import Experiment
from harness.plan.streams import stream
from mocks.company import Company, Draft

ROLE: Literal["load"] = "load"


@dataclass(frozen=True, slots=True)
class PlannedClick:
    """One click: what, when it is due (seconds from the start), by whom. takes: members of its answer that later bodies of the document
    need, and what they are called there; within: members of its path, and which of these they are; of a click that makes what the
    document grows out of, `is_before`."""

    op: str
    due_s: float
    system: str
    path: str
    actor: str
    body: Mapping[str, Any]
    takes: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)
    is_before: bool = False

    def row(self) -> dict[str, Any]:
        """As in the file for the senders."""
        found = {"op": self.op, "due": self.due_s, "system": self.system, "path": self.path, "actor": self.actor, "body": self.body}
        return found | ({"takes": self.takes, "within": self.within, "before": True} if self.is_before else {})


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """One document of a load and everything that people do with it."""

    experiment: Experiment
    correlation_id: str
    id_member: str
    amount_minor: int
    currency: str
    steps: tuple[PlannedClick, ...]

    @property
    def span(self) -> tuple[float, float]:
        """From its first to its last click."""
        return self.steps[0].due_s, self.steps[-1].due_s

    def row(self) -> dict[str, Any]:
        """As in the file for the senders."""
        return {
            "txn": self.experiment.txn_id,
            "corr": self.correlation_id,
            "id": self.id_member,
            "steps": [step.row() for step in self.steps],
        }


def prefix(wave: str) -> str:
    """What the correlation ids of a wave begin with."""
    return f"{wave}."


def documents(
    profile: Profile, flows: Sequence[str], company: Company, seed: int, *, wave: str, first: int = 0, catalog: Catalog | None = None
) -> list[PlannedDocument]:
    """The whole load in order of arrival. The same profile, seed and wave give the same documents, down to the last digit."""
    rnd = stream(seed, "load", wave, "arrivals")
    declared = (catalog or load_catalog()).flows
    shares = mix([declared[flow] for flow in flows], profile.volume.shares)
    arrivals = schedule(profile.shape, profile.volume, shares=shares, entities=profile.entities, rnd=rnd)
    suppliers = {entity: Zipf(len(company.suppliers_of(entity))) for entity in profile.entities}
    people = _People(company, seed, wave, suppliers, declared)
    return [people.document(arrival, first + number) for number, arrival in enumerate(arrivals)]


@dataclass(frozen=True, slots=True)
class _People:
    """Who types in one load."""

    company: Company
    seed: int
    wave: str
    suppliers: Mapping[str, Zipf]
    flows: Mapping[str, Flow]

    def document(self, arrival: Arrival, number: int) -> PlannedDocument:
        """One document with its steps."""
        flow = self.flows[arrival.flow]
        actor, txn_id = ACTORS[flow.source_document], f"{flow.prefix}-{number:06d}"
        draft = self._draft(actor, flow, arrival, txn_id)
        clicks, before = actor.clicks(draft), len(draft.before)
        due = steps_at(arrival.at_s, max(0, len(clicks) - 2), stream(self.seed, "load", self.wave, txn_id))
        template = f"{arrival.flow}/{arrival.entity}"
        return PlannedDocument(
            experiment=Experiment(txn_id, arrival.flow, arrival.entity, template, self.wave, ROLE, number),
            correlation_id=f"{prefix(self.wave)}{arrival.entity}.{txn_id}",
            id_member=actor.id_member,
            amount_minor=draft.amount_minor,
            currency=draft.currency,
            steps=tuple(
                _planned(click, at, actor, is_before=number < before)
                for number, (at, click) in enumerate(zip(due[: len(clicks)], clicks, strict=True))
            ),
        )

    def _draft(self, actor: Actor, flow: Flow, arrival: Arrival, txn_id: str) -> Draft:
        rnd = stream(self.seed, "load", self.wave, txn_id, "amount")
        entity = self.company.entity(arrival.entity)
        minor = amount_minor(spread(flow), entity.currency, entity.limits_minor[0], rnd)
        sellers = self.company.suppliers_of(arrival.entity) if actor.picks_seller else ()
        seller = self.suppliers[arrival.entity].pick(sellers, rnd) if sellers else None
        return actor.write(Occasion(self.company, arrival.entity, txn_id, minor, seller=seller))


def _planned(click: Click, at: float, actor: Actor, *, is_before: bool) -> PlannedClick:
    system = click.point.partition(".")[0]
    path = paths(system)[click.point].replace(f"{{{actor.id_member}}}", "{id}")
    return PlannedClick(click.point, round(at, 4), system, path, click.actor, click.body, click.takes, click.path, is_before)


def senders_needed(found: Sequence[PlannedDocument], least: int = 20, most: int = 1000) -> int:
    """So many that a stall of the systems for several seconds leaves senders free: the generator must not be the queue."""
    return min(most, max(least, 4 * most_at_once([document.span for document in found]) + least))
