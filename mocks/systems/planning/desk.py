"""The commands on budget plans: planners write, owners hand in, controllers approve, admins publish. All or nothing, as everywhere."""

from bisect import bisect_right, insort
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from mocks.company.planning import PlanningMaster
from mocks.company.projections import House
from mocks.kit.operation import Call, Effect, OutEvent, Refusal, Reply
from mocks.systems.planning import records, rules
from mocks.systems.planning.models import BudgetCreate, BudgetRevise, RecordPublication, Status
from mocks.systems.planning.plans import LIFECYCLE, NOUN, Plan, PlanLine, PlanVersion, Recorded
from mocks.workflow.rules import to_instant

ID_SPACE = 10**8
DRAWS_MAX = 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PATH = "/plans/v1/budgets"
PublishedKey = tuple[datetime, str, int]


class PlanDesk:
    """The plans of one planning system. grain: to what its times are rounded down; wanted: the id that the next plan takes."""

    def __init__(self, master: PlanningMaster, namespace: str) -> None:
        self.master = master
        self.plans: dict[str, Plan] = {}
        self.grain = timedelta(microseconds=1)
        self.wanted: str | None = None
        self._namespace = namespace
        self._by_key: dict[tuple[str, str, str], str] = {}
        self._publications: list[PublishedKey] = []

    # What a connector does.

    def list(self, call: Call) -> Reply:
        """planning.budget.list: publications, oldest first"""
        query = call.query
        since = to_instant(query["updated-since"]) if "updated-since" in query else None
        after: Any = call.after
        start = max(
            bisect_right(self._publications, after) if after else 0, bisect_right(self._publications, (since, "", 0)) if since else 0
        )
        found: list[PublishedKey] = []
        for key in self._publications[start:]:
            if query.get("scenario") not in {None, self.plans[key[1]].scenario}:
                continue
            if len(found) == call.limit:
                return Reply({"items": [self._told(each) for each in found], "next": found[-1]})
            found.append(key)
        return Reply({"items": [self._told(each) for each in found], "next": None})

    def _told(self, key: PublishedKey) -> Any:
        plan = self.plans[key[1]]
        version = plan.of_sequence(key[2])
        assert version is not None
        return records.published(plan, version)

    def read(self, call: Call) -> Reply:
        """planning.budget.read: what is in force, or what once was"""
        plan = self._of(call)
        wanted = call.query.get("sequence")
        if wanted is not None and int(wanted) < 1:
            raise Refusal("INVALID_PARAMETER", f"sequence {wanted}: the first one is 1")
        version = plan.published if wanted is None else plan.of_sequence(int(wanted))
        if version is None:
            raise Refusal("NOT_FOUND", f"budget {plan.id} has no published version" + (f" {wanted}" if wanted is not None else ""))
        return self._reply(plan, version)

    def record_publication(self, call: Call) -> Reply:
        """planning.budget.record_publication: the same again changes nothing"""
        body: RecordPublication = call.body
        plan = self._of(call)
        rules.check_version(call.if_match, plan)
        version = plan.of_sequence(body.sequence)
        newest = plan.recorded.sequence if plan.recorded else 0
        if version is None or body.sequence < newest:
            what = "was never published" if version is None else f"is older than {newest}, of which that is known"
            raise Refusal("VERSION_CONFLICT", f"sequence {body.sequence} of budget {plan.id} {what}", current_revision=newest)
        if body.checksum not in {None, version.checksum}:
            raise Refusal("VALIDATION_FAILED", f"checksum: sequence {body.sequence} has {version.checksum}, and {body.checksum} was sent")
        told = Recorded(body.sequence, body.outcome, body.target_version, body.overdrawn, body.reason, body.owner, call.now)
        if plan.recorded is not None and plan.recorded.says_the_same_as(told):
            return self._reply(plan, version)
        told = replace(told, changes=plan.recorded.changes + 1 if plan.recorded else 1)
        changed = self._put(call, plan, recorded=told)
        kind: Literal["create", "update"] = "update" if plan.recorded else "create"
        effect = records.publication_effect(changed, version, kind, is_guarded=call.if_match is not None)
        return replace(self._reply(changed, version), effects=(effect,))

    def touch(self, call: Call) -> Reply:
        """A person edits something harmless on a plan."""
        plan = self._of(call)
        in_force = plan.published
        if in_force is None:
            return self._changed(call, plan, plan.working)
        changed = self._put(call, plan, facts=plan.facts + 1)
        return self._reply(changed, in_force, (records.plan_effect(changed, in_force, self._house(changed), "update"),))

    # What people do.

    def create(self, call: Call) -> Reply:
        """planning.budget.create: a planner writes the first version"""
        body: BudgetCreate = call.body
        house = rules.house_of(self.master, body.entity, body.currency)
        planner = rules.check_person(self.master, call.actor, house.id)
        node = rules.node_of(self.master, body.node, house)
        calendar = self.master.calendars[house.id]
        lines = rules.lines_of(self.master, body.lines, house, calendar, year=body.fiscal_year, grain=body.grain)
        key = (body.scenario, body.fiscal_year, node.code)
        if key in self._by_key:
            said = f"{node.code} has a {body.scenario} for {body.fiscal_year} already: {self._by_key[key]}"
            raise Refusal("DUPLICATE_REFERENCE", said, existing_id=self._by_key[key])
        number = self._free_number(call)
        plan = Plan(
            id=self._take_wanted() or self._id(number),
            number=number,
            uuid=str(UUID(int=call.draw(f"{NOUN}.uuid.high") << 64 | call.draw(f"{NOUN}.uuid.low"), version=4)),
            version=1,
            scenario=body.scenario,
            house=house.id,
            node=node.code,
            year=body.fiscal_year,
            grain=body.grain,
            currency=house.currency,
            title=body.title,
            is_controlled=body.scenario == "BUDGET" and node.level == "cost-centre",
            versions=(PlanVersion(1, "draft", lines, planner),),
            correlation_id=call.correlation_id,
            created_at=self._tick(call),
            updated_at=self._tick(call),
        )
        self.plans[plan.id] = plan
        self._by_key[key] = plan.id
        reply = self._reply(plan, plan.working, (records.version_effect(plan, plan.working, "create"),))
        return replace(reply, location=f"{PATH}/{plan.id}", created={"existing_id": plan.id})

    def revise(self, call: Call) -> Reply:
        """planning.budget.revise: its planner writes other lines for a draft"""
        body: BudgetRevise = call.body
        plan, person = self._acted(call)
        status = self._after(plan, "revise")
        rules.check_role(person, plan.working.written_by, "revise", plan)
        lines = self._lines(plan, body) or plan.working.lines
        return self._changed(call, plan, replace(plan.working, status=status, lines=lines))

    def submit(self, call: Call) -> Reply:
        """planning.budget.submit: the owner of the node hands it in"""
        plan, person = self._acted(call)
        status = self._after(plan, "submit")
        rules.check_role(person, self.master.nodes[plan.node].owner, "submit", plan)
        return self._changed(call, plan, replace(plan.working, status=status, submitted_by=person))

    def approve(self, call: Call) -> Reply:
        """planning.budget.approve: a controller, who did not write it"""
        plan, person = self._acted(call)
        status = self._after(plan, "approve")
        rules.check_role(person, self.master.controllers[plan.house], "approve", plan)
        if person == plan.working.written_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{person} may not approve a {NOUN} of their own")
        return self._changed(call, plan, replace(plan.working, status=status, approved_by=person))

    def send_back(self, call: Call) -> Reply:
        """planning.budget.send_back: the controller wants it otherwise"""
        plan, person = self._acted(call)
        status = self._after(plan, "send_back")
        rules.check_role(person, self.master.controllers[plan.house], "send back", plan)
        return self._changed(call, plan, replace(plan.working, status=status, submitted_by=None, approved_by=None))

    def amend(self, call: Call) -> Reply:
        """planning.budget.amend: a planner begins the next version; what is published stays in force"""
        body: BudgetRevise = call.body
        plan, person = self._acted(call)
        self._after(plan, "amend")
        lines = self._lines(plan, body) or plan.working.lines
        following = PlanVersion(plan.working.no + 1, "draft", lines, person)
        changed = self._put(call, plan, versions=(*plan.versions, following))
        return self._reply(changed, following, (records.version_effect(changed, following, "create"),))

    def publish(self, call: Call) -> Reply:
        """planning.budget.publish: sequence + 1 and checksum are fixed, the version before is superseded"""
        plan, person = self._acted(call)
        status = self._after(plan, "publish")
        rules.check_role(person, self.master.admins[plan.house], "publish", plan)
        before, now = plan.published, self._tick(call)
        sequence = (before.sequence or 0) + 1 if before else 1
        published = replace(
            plan.working, status=status, published_by=person, published_at=now, sequence=sequence, plan_version=plan.version + 1
        )
        superseded = _superseded(plan, before) if before else None
        others = tuple(superseded if superseded and each.no == superseded.no else each for each in plan.versions[:-1])
        changed = self._put(call, plan, versions=(*others, published), facts=plan.facts + 1)
        insort(self._publications, (now, plan.id, sequence))
        versions = [records.version_effect(changed, each, "update") for each in (superseded, published) if each]
        house = self._house(changed)
        facts = (records.plan_effect(changed, published, house, "update" if before else "create"),)
        lines = records.source_lines(changed, published, self.master.calendars[changed.house])
        events = (OutEvent("budget.published", changed.id, records.event_data(changed, published)),) if changed.is_controlled else ()
        return replace(self._reply(changed, published), effects=(*facts, *versions, *lines), events=events)

    # Steps.

    def _of(self, call: Call) -> Plan:
        plan = self.plans.get(call.path["plan_id"])
        if plan is None:
            raise Refusal("NOT_FOUND", f"no {NOUN} with id {call.path['plan_id']!r}")
        return plan

    def _acted(self, call: Call) -> tuple[Plan, str]:
        plan = self._of(call)
        rules.check_version(call.if_match, plan)
        return plan, rules.check_person(self.master, call.actor, plan.house)

    def _after(self, plan: Plan, trigger: str) -> Status:
        return _status(LIFECYCLE.after(plan.id, plan.working.status, trigger))

    def _turn(self, plan: Plan, version: PlanVersion) -> str | None:
        """Whose step is next."""
        if version.status == "draft":
            return self.master.nodes[plan.node].owner
        roles = {"submitted": self.master.controllers, "approved": self.master.admins}
        return roles[version.status][plan.house] if version.status in roles else None

    def _house(self, plan: Plan) -> House:
        return self.master.houses[plan.house]

    def _lines(self, plan: Plan, body: BudgetRevise) -> tuple[PlanLine, ...]:
        if body.lines is None:
            return ()
        calendar = self.master.calendars[plan.house]
        return rules.lines_of(self.master, body.lines, self._house(plan), calendar, year=plan.year, grain=plan.grain)

    def _changed(self, call: Call, plan: Plan, version: PlanVersion) -> Reply:
        changed = self._put(call, plan, versions=(*plan.versions[:-1], version))
        return self._reply(changed, version, (records.version_effect(changed, version, "update"),))

    def _put(self, call: Call, plan: Plan, **members: Any) -> Plan:
        changed = replace(plan, version=plan.version + 1, updated_at=self._tick(call), **members)
        self.plans[plan.id] = changed
        return changed

    def _reply(self, plan: Plan, version: PlanVersion, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(records.budget(plan, version, self._house(plan), self._turn(plan, version)), version=plan.version, effects=effects)

    def _tick(self, call: Call) -> datetime:
        return call.now - (call.now - EPOCH) % self.grain

    def _free_number(self, call: Call) -> int:
        for attempt in range(DRAWS_MAX):
            number = call.draw(f"{NOUN}.number.{attempt}") % ID_SPACE
            if self._id(number) not in self.plans:
                return number
        raise RuntimeError(f"{DRAWS_MAX} draws of a {NOUN} number gave taken ones")

    def _take_wanted(self) -> str | None:
        wanted, self.wanted = self.wanted, None
        return wanted if wanted not in self.plans else None

    def _id(self, number: int) -> str:
        return f"BP-{self._namespace}-{number:08d}"


def _superseded(plan: Plan, before: PlanVersion) -> PlanVersion:
    return replace(before, status=_status(LIFECYCLE.after(plan.id, before.status, "supersede")))


def _status(text: str) -> Status:
    """In the wire's own words, which are those of the lifecycle."""
    return cast("Status", text)
