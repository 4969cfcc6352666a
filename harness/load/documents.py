"""What the people of a load type and click: every document with its steps, prepared before the first one is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from contracts.catalog import Catalog, Flow, load_catalog
from harness.actors.actor import Actor, Occasion
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
    """One click: what, when it is due (seconds from the start), by whom."""

    op: str
    due_s: float
    path: str
    actor: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """One document of a load and everything that people do with it."""

    experiment: Experiment
    correlation_id: str
    system: str
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
            "system": self.system,
            "id": self.id_member,
            "steps": [{"op": step.op, "due": step.due_s, "path": step.path, "actor": step.actor, "body": step.body} for step in self.steps],
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
        clicks, where = actor.clicks(draft), paths(flow.source_system)
        due = steps_at(arrival.at_s, len(draft.approvers), stream(self.seed, "load", self.wave, txn_id))
        template = f"{arrival.flow}/{arrival.entity}"
        return PlannedDocument(
            experiment=Experiment(txn_id, arrival.flow, arrival.entity, template, self.wave, ROLE, number),
            correlation_id=f"{prefix(self.wave)}{arrival.entity}.{txn_id}",
            system=flow.source_system,
            id_member=actor.id_member,
            amount_minor=draft.amount_minor,
            currency=draft.currency,
            steps=tuple(
                PlannedClick(point, round(at, 4), where[point].replace(f"{{{actor.id_member}}}", "{id}"), who, body)
                for at, (verb, who, body) in zip(due[: len(clicks)], clicks, strict=True)
                for point in (actor.point(verb),)
            ),
        )

    def _draft(self, actor: Actor, flow: Flow, arrival: Arrival, txn_id: str) -> Draft:
        rnd = stream(self.seed, "load", self.wave, txn_id, "amount")
        entity = self.company.entity(arrival.entity)
        minor = amount_minor(spread(flow), entity.currency, entity.limits_minor[0], rnd)
        sellers = self.company.suppliers_of(arrival.entity) if actor.picks_seller else ()
        seller = self.suppliers[arrival.entity].pick(sellers, rnd) if sellers else None
        return actor.write(Occasion(self.company, arrival.entity, txn_id, minor, seller=seller))


def senders_needed(found: Sequence[PlannedDocument], least: int = 20, most: int = 1000) -> int:
    """So many that a stall of the systems for several seconds leaves senders free: the generator must not be the queue."""
    return min(most, max(least, 4 * most_at_once([document.span for document in found]) + least))
