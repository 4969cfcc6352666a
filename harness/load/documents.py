"""What the people of a load type and click: every document with its steps, prepared before the first one is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.load.amounts import SPREADS, Zipf, amount_minor
from harness.load.profile import Profile
from harness.load.schedule import Arrival, most_at_once, schedule, steps_at
from harness.plan.model import Experiment
from harness.plan.streams import stream
from mocks.company import Company, Draft

EXPENSE = "expense-to-posting"
ROLE: Literal["load"] = "load"
SHORT = {"requisition-to-po": "p2p", "expense-to-posting": "exp"}


@dataclass(frozen=True, slots=True)
class Desk:
    """How one source system spells people's operations over HTTP. `{id}` is the document's id."""

    system: str
    create: str
    path: str
    id_member: str

    def point(self, verb: str) -> str:
        """Call point of an operation: `procurement.requisition.submit`."""
        return f"{self.create.rpartition('.')[0]}.{verb}"


DESKS = {
    "requisition-to-po": Desk("procurement", "procurement.requisition.create", "/api/v1/requisitions", "id"),
    "expense-to-posting": Desk("expense", "expense.report.create", "/v2/reports", "report_id"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One click: what, when it is due (seconds from the start), by whom."""

    op: str
    due_s: float
    path: str
    actor: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a load and everything that people do with it."""

    experiment: Experiment
    correlation_id: str
    system: str
    id_member: str
    amount_minor: int
    currency: str
    steps: tuple[Step, ...]

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


def documents(profile: Profile, flows: Sequence[str], company: Company, seed: int, *, wave: str, first: int = 0) -> list[Document]:
    """The whole load in order of arrival. The same profile, seed and wave give the same documents, down to the last digit."""
    rnd = stream(seed, "load", wave, "arrivals")
    arrivals = schedule(profile.shape, profile.volume, flows=flows, entities=profile.entities, expense_flow=EXPENSE, rnd=rnd)
    suppliers = {entity: Zipf(len(company.suppliers_of(entity))) for entity in profile.entities}
    people = _People(company, seed, wave, suppliers)
    return [people.document(arrival, first + number) for number, arrival in enumerate(arrivals)]


@dataclass(frozen=True, slots=True)
class _People:
    """Who types in one load."""

    company: Company
    seed: int
    wave: str
    suppliers: Mapping[str, Zipf]

    def document(self, arrival: Arrival, number: int) -> Document:
        """One document with its steps."""
        txn_id = f"{SHORT[arrival.flow]}-{number:06d}"
        desk, draft = DESKS[arrival.flow], self._draft(arrival, txn_id)
        due = steps_at(arrival.at_s, len(draft.approvers), stream(self.seed, "load", self.wave, txn_id))
        clicks = (
            (desk.create, desk.path, draft.actor, draft.body),
            (desk.point("submit"), f"{desk.path}/{{id}}/submit", draft.actor, {}),
            *((desk.point("approve"), f"{desk.path}/{{id}}/approve", approver, {}) for approver in draft.approvers),
        )
        template = f"{arrival.flow}/{arrival.entity}"
        return Document(
            experiment=Experiment(txn_id, arrival.flow, arrival.entity, template, self.wave, ROLE, number),
            correlation_id=f"{prefix(self.wave)}{arrival.entity}.{txn_id}",
            system=desk.system,
            id_member=desk.id_member,
            amount_minor=draft.amount_minor,
            currency=draft.currency,
            steps=tuple(Step(op, round(at, 4), path, actor, body) for at, (op, path, actor, body) in zip(due, clicks, strict=True)),
        )

    def _draft(self, arrival: Arrival, txn_id: str) -> Draft:
        rnd = stream(self.seed, "load", self.wave, txn_id, "amount")
        entity = self.company.entity(arrival.entity)
        minor = amount_minor(SPREADS[arrival.flow], entity.currency, entity.limits_minor[0], rnd)
        if arrival.flow == EXPENSE:
            return self.company.draft_expense_report(arrival.entity, txn_id, minor)
        sellers = self.company.suppliers_of(arrival.entity)
        return self.company.draft_requisition(arrival.entity, txn_id, minor, supplier=self.suppliers[arrival.entity].pick(sellers, rnd))


def senders_needed(found: Sequence[Document], least: int = 20, most: int = 1000) -> int:
    """So many that a stall of the systems for several seconds leaves senders free: the generator must not be the queue."""
    return min(most, max(least, 4 * most_at_once([document.span for document in found]) + least))
