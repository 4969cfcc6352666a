"""What comes back to planning: actual and committed spending of a node in a month, as the system that keeps the budget states it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mocks.company.money import to_text
from mocks.company.planning import PlanningMaster
from mocks.company.projections import House
from mocks.kit.operation import Call, Effect, Refs, Refusal, Reply, View
from mocks.systems.planning import models, rules
from mocks.workflow.rules import to_instant

KIND, STATE = "budget_consumption", "known"
Place = tuple[str, str]  # node, month


@dataclass(frozen=True, slots=True)
class SpentOn:
    """An account, in minor units: costs are negative. available_minor: what is left of its budget, None when nobody said."""

    account: str
    actual_minor: int
    committed_minor: int
    available_minor: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """Of one node in one month. statement, sequence: where it is from, when somebody said."""

    version: int
    house: House
    lines: tuple[SpentOn, ...]
    as_of: datetime
    target_version: str
    statement: str | None
    sequence: int | None

    @property
    def actual_minor(self) -> int:
        """Of all lines."""
        return sum(line.actual_minor for line in self.lines)

    @property
    def committed_minor(self) -> int:
        """Of all lines."""
        return sum(line.committed_minor for line in self.lines)

    @property
    def figures(self) -> Mapping[str, tuple[int, int, int | None]]:
        """By account, whatever their order."""
        return {line.account: (line.actual_minor, line.committed_minor, line.available_minor) for line in self.lines}


class ConsumptionDesk:
    """What one planning system knows of spending."""

    def __init__(self, master: PlanningMaster) -> None:
        self.known: dict[Place, Known] = {}
        self._master = master

    def record(self, call: Call) -> Reply:
        """planning.consumption.record: the newest `as-of` stays; the same again changes nothing"""
        body: models.RecordConsumption = call.body
        place = (body.node, body.period)
        before = self.known.get(place)
        told = self._told(body, before.version + 1 if before else 1)
        _check_version(call.if_match, before, place)
        if before is not None and not _is_newer(before, told, place):
            return Reply(_record(place, before), version=before.version)
        self.known[place] = told
        effects = self._effects(place, told, is_first=before is None, base_version=told.version - 1)  # `as-of` guards it
        return Reply(_record(place, told), version=told.version, effects=effects)

    def _told(self, body: models.RecordConsumption, version: int) -> Known:
        """Raises CODING_INVALID, CURRENCY_INVALID, VALIDATION_FAILED, and AMOUNT_MISMATCH for a total that is not that of its lines."""
        node = rules.node_of(self._master, body.node)
        house = rules.house_of(self._master, node.house, body.currency)
        lines = tuple(self._line(line, house) for line in body.lines)
        if len({line.account for line in lines}) < len(lines):
            raise Refusal("VALIDATION_FAILED", "lines: two for one account")
        told = Known(version, house, lines, to_instant(body.as_of), body.target_version, body.statement, body.sequence)
        total = rules.minor(body.total, house)
        if total != told.actual_minor + told.committed_minor:
            said = f"{body.node} in {body.period}: the lines add up to {told.actual_minor + told.committed_minor} minor units"
            raise Refusal("AMOUNT_MISMATCH", f"{said}, the total says {total}")
        return told

    def _line(self, line: models.Spending, house: House) -> SpentOn:
        rules.check_account(self._master, line.account)
        available = rules.minor(line.available, house) if line.available is not None else None
        return SpentOn(line.account, rules.minor(line.actual, house), rules.minor(line.committed, house), available)

    def _effects(self, place: Place, told: Known, *, is_first: bool, base_version: int | None) -> tuple[Effect, ...]:
        """In the history a cost is positive; the two dates are the first and the last day of the month."""
        node, period = place
        name = "/".join(place)
        first, last = self._master.calendars[told.house.id].span(period)
        head = Effect(
            KIND,
            name,
            "create" if is_first else "update",
            version=told.version,
            base_version=base_version,
            src_version=told.sequence,
            amount_minor=-(told.actual_minor + told.committed_minor),
            currency=told.house.currency,
            company=told.house.id,
            document_date=first.isoformat(),
            posting_date=last.isoformat(),
            cost_center=node,
            state=STATE,
        )
        figures = [
            (of, line.account, amount)
            for line in told.lines
            for of, amount in (
                ("known_actual", -line.actual_minor),
                ("known_commitment", -line.committed_minor),
                ("known_available", line.available_minor),
            )
            if amount is not None
        ]
        rows = (
            Effect(
                of,
                f"{name}/{told.version}.{number}",
                "create",
                version=told.version,
                src_version=told.sequence,
                amount_minor=amount,
                currency=told.house.currency,
                company=told.house.id,
                account=account,
                cost_center=node,
                parent_id=name,
            )
            for number, (of, account, amount) in enumerate(figures, 1)
        )
        return (head, *rows)

    def read(self, call: Call) -> Reply:
        """planning.consumption.read: what is known of one node in a fiscal year"""
        node, year = call.query["node"], call.query["fiscal-year"]
        found = [(place, known) for place, known in sorted(self.known.items()) if place[0] == node and place[1].startswith(year)]
        return Reply(models.ConsumptionList(items=tuple(_record(place, known) for place, known in found)))

    def touch(self, call: Call) -> Reply:
        """A person edits something harmless."""
        place = (call.body.node, call.body.period)
        before = self.known.get(place)
        if before is None:
            raise Refusal("NOT_FOUND", f"nothing is known of {'/'.join(place)}")
        told = self.known[place] = Known(
            before.version + 1, before.house, before.lines, before.as_of, before.target_version, before.statement, before.sequence
        )
        return Reply(_record(place, told), version=told.version, effects=self._effects(place, told, is_first=False, base_version=None))

    def final_views(self) -> list[View]:
        """What is known of every place."""
        return [
            View(
                KIND,
                "/".join(place),
                STATE,
                each.version,
                amount_minor=-(each.actual_minor + each.committed_minor),
                currency=each.house.currency,
                company=each.house.id,
                src_version=each.sequence,
            )
            for place, each in self.known.items()
        ]


def of_statement(call: Call) -> Refs:
    """Of what is told of a statement; of a sender that names none, by its node where that is one transaction's alone."""
    body: models.RecordConsumption = call.body
    sources = (body.statement,) if body.statement is not None else ()
    return Refs(source_ids=sources, keys=(("plan_node", body.node),), src_version=body.sequence)


def of_node(call: Call) -> Refs:
    """Of a question about a node."""
    return Refs(keys=(("plan_node", call.query["node"]),))


def _check_version(if_match: int | None, before: Known | None, place: Place) -> None:
    """Raises PRECONDITION_FAILED when If-Match names another version; of what is not known yet there is none."""
    current = before.version if before else 0
    if if_match is not None and if_match != current:
        said = f"{'/'.join(place)} has version {current}, If-Match says {if_match}" if before else f"nothing is known of {'/'.join(place)}"
        raise Refusal("PRECONDITION_FAILED", said, current_version=current)


def _is_newer(before: Known, told: Known, place: Place) -> bool:
    """What is known does not get older, and does not change its mind. False: it is known already. Raises VERSION_CONFLICT."""
    is_same = before.figures == told.figures
    if told.as_of < before.as_of or (told.as_of == before.as_of and not is_same):
        said = f"{'/'.join(place)} is known as of {before.as_of.isoformat()}; {told.as_of.isoformat()} is not newer"
        raise Refusal("VERSION_CONFLICT", said, current_revision=before.version)
    return told.as_of > before.as_of


def _record(place: Place, known: Known) -> models.Consumption:
    def text(minor: int) -> str:
        return to_text(minor, known.house.decimals)

    return models.Consumption(
        version=known.version,
        node=place[0],
        period=place[1],
        currency=known.house.currency,
        lines=tuple(
            models.Spending(
                account=line.account,
                actual=text(line.actual_minor),
                committed=text(line.committed_minor),
                available=text(line.available_minor) if line.available_minor is not None else None,
            )
            for line in known.lines
        ),
        actual=text(known.actual_minor),
        committed=text(known.committed_minor),
        overdrawn=tuple(line.account for line in known.lines if (line.available_minor or 0) < 0),
        as_of=known.as_of,
        target_version=known.target_version,
        statement=known.statement,
        sequence=known.sequence,
    )
