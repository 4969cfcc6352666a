"""The planner as the run uses it: one object per run that hands out waves and keeps the whole plan."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from contracts.catalog import Catalog
from harness.plan.cases import chains
from harness.plan.halves import behind_others, in_halves, mixed
from harness.plan.later import later
from harness.plan.model import Capabilities, Cell, Experiment, Plan, Role, Sighting, Step, Wave, WaveKind, Window
from harness.plan.reach import Provocation, Reach, learn, one_of_each_mode, provocations
from harness.plan.repeats import Copy, copies
from harness.plan.space import NOT_CALLED, NOTHING_WAITS, Place, obstacle, places, unserved
from harness.plan.streams import stream
from harness.plan.twins import one_of_each, paired, twin
from harness.plan.unannounced import lost_from_list, unannounced
from harness.plan.variants import VariantsTaken, entities_of, reaches
from harness.plan.weave import Draft, weave
from harness.scenario import Scenario

HELD_MAX = 24  # holds in one kill round, however many transactions the connector says it works on
ACK_KILL = "F-G4"
EVES_MIN = 4
LASTING_MS = 5000  # an outage of this length shows who waits for a system without need
WAITING = 2  # documents of each flow that wait for a call at which something goes wrong for all: a list with one has no second page
ALONE = ("state", "query")  # kinds of flow of which every transaction is of something that no other one is of
TWINLESS = (*ALONE, "status")  # of what is told of a document there is one: a second one would be another document's
FAULTED = ("singles", "run")  # the waves that begin at the scenario's business moments, as far as there are any


class Planner:
    """Waves in the order of a run: baselines(), waves(sightings), kills(), then discovered(sightings) until it is None, then solo(...).

    variants: which alternative of a flow each entity takes, from the company (`read_variants`).
    Sightings are all of the run so far, each time: which transaction called which point (events sent to it included).
    """

    def __init__(self, scenario: Scenario, catalog: Catalog, capabilities: Capabilities, *, seed: int, variants: VariantsTaken) -> None:
        self._scenario = scenario
        self._catalog = catalog
        self._capabilities = capabilities
        self._seed = seed
        self._variants = variants
        self._flows = [catalog.flows[flow] for flow in scenario.flows if unserved(catalog, catalog.flows[flow], capabilities) is None]
        self._space = tuple(places(catalog, scenario))
        self._minting = {place.cell().key for place in self._space if place.needs_minted}
        self._waves: list[Wave] = []
        self._cells: dict[tuple[str, str, str, str], Cell] = {}
        self._open: dict[tuple[str, str], list[Place]] = {}  # places that wait for their point to be reached, by (flow, point)
        self._reach = Reach({}, {}, {})
        self._provocations: dict[tuple[str, str], list[Provocation]] = {}  # by (flow, point), best first
        self._moments = iter(scenario.business.waves)
        self._number = 0
        self._minted: Counter[str] = Counter()  # by entity
        self._turns: Counter[tuple[str, str]] = Counter()  # of baseline transactions, by template
        self._ready_singles: list[Place] = []
        self._recovery_kills: list[Draft] = []  # at points that only another fault provokes
        self._kill_rounds = 0
        self._extra_kill_rounds = 0
        self._discoveries = 0

    @property
    def plan(self) -> Plan:
        """Everything planned so far, for plan.json."""
        return Plan(tuple(self._waves), tuple(self._cells.values()), tuple(self._notes()))

    def _notes(self) -> Iterable[str]:
        for (flow, point), share in self._reach.seldom.items():
            yield f"{flow}: {point} was called by {share} baseline transactions only; it carries a fault only after a step that provokes it"

    @property
    def minted(self) -> int:
        """An upper bound of the minted suppliers and cost centres of each entity in a whole run, known before the world opens."""
        dry = Planner(self._scenario, self._catalog, self._capabilities, seed=self._seed, variants=self._variants)
        first, second = dry.baselines()
        normal = {flow.id: [point.id for point in flow.call_points if point.stage == "normal"] for flow in self._flows}
        dry.waves(Sighting(e.flow, point, e.txn_id) for e in (*first.experiments, *second.experiments) for point in normal[e.flow])
        dry.after_outages()
        dry.kills()
        repeated = 2 * self._scenario.limits.solo * (self._scenario.limits.solo_repeats + 1)  # 1: without the fault
        twice = 2 * max(dry._minted.values(), default=0)  # every experiment may be repeated once
        return twice + repeated + 100  # 100: two-step plans

    # --- waves -----------------------------------------------------------------------------------------------------------------

    def baselines(self) -> tuple[Wave, Wave]:
        """Two fault-free waves, baseline-1 and baseline-2."""
        return self._baseline("baseline-1"), self._baseline("baseline-2")

    def baseline_again(self) -> Wave:
        """A further one, for what a pause of dryclose itself has spoilt."""
        return self._baseline("baseline-3")

    def _baseline(self, name: str) -> Wave:
        drafts = [Draft(flow, entity) for flow, entity in self._templates() for _ in range(self._scenario.volume.baseline)]
        stream(self._seed, "order", name).shuffle(drafts)
        cases = [[Draft(flow, entity) for flow in chain] for chain in chains(self._flows) for entity in self._scenario.entities]
        return self._wave(name, "baseline", drafts, "baseline", "baseline", mint_all=True, cases=cases)

    def waves(self, sightings: Iterable[Sighting]) -> tuple[Wave, ...]:
        """Singles, one wave per fault family (wave-connection, wave-timeout, ...), then one wave per fault of the run
        (run-F-B5-erp, run-F-B10-identity, run-F-F3-US01, ...)."""
        # Of twins nobody can tell whose a call is that names only what both have, so they teach nothing.
        baseline = [e for wave in self._waves if wave.kind == "baseline" for e in wave.experiments if e.twin_of is None]
        self._reach = learn(self._flows, baseline, sightings, self._variants, webhook=self._capabilities.webhook)
        ready = self._sort_places()
        single = self._ready_singles = [place for place in ready if place.fault.scope == "transaction" and not place.is_shared]
        families = dict.fromkeys(place.fault.family for place in single)
        waves = [self._singles(f"wave-{family}", [place for place in single if place.fault.family == family]) for family in families]
        windows: dict[tuple[str, str, str], list[Place]] = {}
        for place in ready:
            if place.fault.scope == "run" or place.is_shared:
                windows.setdefault((place.fault.id, place.mode.id, place.target), []).append(place)
        return (*waves, *(self._shared(group) if group[0].is_shared else self._window(group) for group in windows.values()))

    def after_outages(self) -> Wave | None:
        """Faults that show what an outage left broken, once more; None when there was no outage."""
        places = [place for place in self._ready_singles if place.fault.after_outages]
        outages = any(wave.kind == "run" for wave in self._waves)
        return self._singles("wave-after-outages", places) if places and outages else None

    def _sort_places(self) -> list[Place]:
        """Give every place of the fault space its cell; those that can be planned now are returned."""
        ready = []
        for place in self._space:
            reason = obstacle(self._catalog, place, self._scenario, self._capabilities, self._variants)
            if reason is None and not self._is_certain(place):
                self._open.setdefault((place.flow.id, place.target), []).append(place)
                reason = self._unreached(place.flow.id, place.target)
            elif reason is None:
                ready.append(place)
            self._cells[place.cell().key] = place.cell(reason)
        return [place for place in ready if not self._in_vain(place, ready)]

    def _in_vain(self, place: Place, ready: Sequence[Place]) -> bool:
        """Whether nobody would notice a fault at a list, because every document is told of by an event. Then its cell says so."""
        is_list = place.point is not None and place.point.kind == "list"
        if not is_list or not self._capabilities.webhook or lost_from_list(place, ready) is not None:
            return False
        self._blame([place], NOTHING_WAITS)
        return True

    def _is_certain(self, place: Place) -> bool:
        """Whether the call comes without anything that provokes it. A token is needed by everybody."""
        return place.point is None or place.point.kind == "token" or place.target in self._reach.certain[place.flow.id]

    def _unreached(self, flow: str, point: str) -> str:
        share = self._reach.seldom.get((flow, point))
        return f"called by {share} baseline transactions only, and no plan made every transaction call it" if share else NOT_CALLED

    def _singles(self, name: str, group: Sequence[Place]) -> Wave:
        chance = stream(self._seed, "assignment", name)
        drafts = []
        for place in group:
            entities = self._entities(place)
            chance.shuffle(entities)
            drafts += [Draft(place.flow.id, entities[n % len(entities)], (place.step(),)) for n in range(self._scenario.volume.repeats)]
        return self._woven(name, drafts)

    def _woven(self, name: str, drafts: Sequence[Draft]) -> Wave:
        volume = self._scenario.volume
        flows = {draft.flow for draft in drafts}
        woven = weave(
            drafts,
            lambda template: self._reach.arrivals.get(template, frozenset()),
            [template for template in self._templates() if template[0] in flows],
            controls=volume.controls,
            density=volume.density,
            chance=stream(self._seed, "order", name),
        )
        return self._wave(name, "singles", woven, "faulted", "control")

    def _window(self, group: Sequence[Place]) -> Wave:
        place, waits = group[0], self._scenario.waits
        lengths = {"F-B5": waits.maintenance_ms, "F-H2": waits.outage_ms, "F-B11": waits.refused_ms, "F-F3": waits.period_closed_ms}
        window = Window(place.fault.id, place.mode.id, place.target, lengths.get(place.fault.id, 0), place.fault.name)
        flows = {member.flow.id for member in group}
        entities = [place.target] if "company" in place.fault.at else list(self._scenario.entities)
        name = f"run-{place.fault.id}-{place.target}"
        templates = [template for template in self._templates() if template[0] in flows and template[1] in entities]
        stream(self._seed, "order", name).shuffle(templates)
        drafts: list[Draft] = []
        for turn in range(self._scenario.volume.per_window):
            # The run starts even places before the fault, odd ones inside: an even number of templates is rotated, so each comes at both.
            first = turn % len(templates) if len(templates) % 2 == 0 else 0
            drafts += [Draft(*template) for template in (*templates[first:], *templates[:first])]
        split = behind_others if place.fault.rotates else in_halves
        wave = self._wave(name, "run", drafts, "run", "run", window=window, keep=False)
        return self._keep(self._with_bystanders(split(wave, max(1, self._capabilities.concurrency // 2)), flows))

    def _with_bystanders(self, wave: Wave, flows: Collection[str]) -> Wave:
        """Inside an outage that lasts, documents of flows that do not need the system, one for every second of the others: they go on."""
        window = wave.window
        assert window is not None
        others = [flow for flow in self._flows if flow.id not in flows and flow.parent is None]
        if window.duration_ms < LASTING_MS or not others or window.target in self._scenario.entities:
            return wave
        templates = [(flow.id, entity) for flow in others for entity in self._scenario.entities]
        drafts = [Draft(*templates[n % len(templates)]) for n in range(len(wave.others) // 2)]
        beside = [self._experiment(draft, wave.name, "control", mint=False) for draft in drafts]
        return replace(wave, experiments=mixed(wave.experiments, [replace(e, arrives="inside") for e in beside]))

    def _shared(self, group: Sequence[Place]) -> Wave:
        """Documents that can only come by the call at which the fault is: where events are taken, theirs are lost."""
        place = group[0]
        window = Window(place.fault.id, place.mode.id, place.target, 0, place.fault.name)
        chance = stream(self._seed, "assignment", "shared", place.fault.id, place.mode.id, place.target)
        drafts = []
        for member in group:
            entities = self._entities(member)
            chance.shuffle(entities)
            lost = lost_from_list(member, self._ready_singles)
            drafts += [Draft(member.flow.id, entities[n % len(entities)], (lost.step(),) if lost else ()) for n in range(WAITING)]
        wave = self._wave(f"run-{place.fault.id}-{place.mode.id}-{place.target}", "run", drafts, "run", "run", window=window, keep=False)
        return self._keep(replace(wave, experiments=tuple(replace(e, arrives="inside") for e in wave.experiments)))

    def _keep(self, wave: Wave) -> Wave:
        self._waves.append(wave)
        return wave

    # --- points that only a fault provokes ---------------------------------------------------------------------------------------

    def discovered(self, sightings: Iterable[Sighting]) -> Wave | None:
        """Two-step plans for call points that no plan counted on so far: the step that provokes the point, then the fault there.
        None: nothing new, or limits.discovery_rounds are used up."""
        if self._discoveries >= self._scenario.limits.discovery_rounds:
            return None
        found = provocations(self.plan.experiments, sightings, self._catalog) | self._reversals()
        drafts = []
        for key, waiting in list(self._open.items()):
            options = found.get(key, [])
            if options and options[0].sure:
                self._provocations[key] = options
                drafts += self._two_steps(self._open.pop(key), options)
            elif options:
                best = options[0]
                self._blame(waiting, f"called after {best.steps[0].text()} in {best.reached} of {best.tried} transactions only")
        if not drafts:
            return None
        self._discoveries += 1
        return self._woven(f"wave-discovered-{self._discoveries}", drafts)

    def _reversals(self) -> dict[tuple[str, str], list[Provocation]]:
        """A reversed approval sends its event whatever the connector does: known without a sighting. Best after the write-back: before it,
        the connector learns of the reversal from its next call, and does not need the event."""
        reversals: dict[str, list[Provocation]] = {}
        for experiment in self.plan.experiments:
            if experiment.role == "faulted" and len(experiment.steps) == 1 and experiment.steps[0].fault_id == "F-F1":
                reversals.setdefault(experiment.flow, []).append(Provocation(experiment.steps, 1, 1))
        found: dict[tuple[str, str], list[Provocation]] = {}
        for flow in self._flows:
            events = [p for p in flow.call_points if p.kind == "event" and p.stage == "recovery" and p.system == flow.source_system]
            known = reversals.get(flow.id, [])
            late = [option for option in known if option.steps[0].call_point in flow.settled_by]
            if known:
                found |= {(flow.id, point.id): late or known for point in events}
        return found

    def _two_steps(self, waiting: Sequence[Place], options: Sequence[Provocation]) -> list[Draft]:
        drafts: list[Draft] = []
        chance = stream(self._seed, "assignment", f"discovered-{self._discoveries + 1}", waiting[0].target)
        # Options as good as the best one, of the same fault at other places, take turns: that spreads the load over the places.
        best = [o for o in options if o.sure and o.like == options[0].like and o.steps[0].fault_id == options[0].steps[0].fault_id]
        turns = [(option, entities) for option in best if (entities := self._entities_of_both(waiting[0], option))]
        if not turns:
            self._blame(waiting, "no entity reaches both the provoking call and this one")
            return []
        for number, place in enumerate(place for place in waiting for _ in range(self._scenario.volume.repeats)):
            # Of an event that never comes the list has to tell the news, whatever it is.
            for option, entities in one_of_each_mode(turns) if place.mode.deliver == "never" else [turns[number % len(turns)]]:
                draft = Draft(place.flow.id, chance.choice(entities), (*option.steps, place.step()))
                (self._recovery_kills if place.fault.scope == "kill" else drafts).append(draft)
            self._cells[place.cell().key] = place.cell()
        return drafts

    def later(self, sightings: Iterable[Sighting]) -> Wave | None:
        """Faults at the second arrival at a call; None when no call comes twice for sure."""
        drafts = []
        chance = stream(self._seed, "assignment", "later")
        for found in later(self._ready_singles, self.plan.experiments, sightings, self._catalog):
            entities = self._entities_of_both(found.place, found.option)
            if entities:
                drafts.append(Draft(found.place.flow.id, chance.choice(entities), found.steps))
        return self._woven("wave-later", drafts) if drafts else None

    def _entities_of_both(self, place: Place, option: Provocation) -> list[str]:
        """The entities that reach the provoking steps and the place."""
        return [e for e in self._entities(place) if all(reaches(place.flow, s.call_point, e, self._variants) for s in option.steps)]

    def _blame(self, waiting: Sequence[Place], reason: str) -> None:
        for place in waiting:
            self._cells[place.cell().key] = place.cell(reason)

    # --- kills -----------------------------------------------------------------------------------------------------------------

    def kills(self) -> tuple[Wave, ...]:
        """The kill rounds over the points that were reached so far: kill-1 .. kill-n hold up to `concurrency` requests each,
        kill-ack kills right after events were acknowledged. Empty when the connector cannot be killed."""
        kills = [place for place in self._space if place.fault.scope == "kill" and self._planned(place)]
        certain = [place for place in kills if place.target in self._reach.certain[place.flow.id]]
        chance = stream(self._seed, "assignment", "kills")
        drafts = [
            Draft(place.flow.id, chance.choice(self._entities(place)), (place.step(),))
            for place in certain
            for _ in range(self._scenario.volume.repeats)
        ]
        drafts += self._recovery_kills
        chance.shuffle(drafts)
        acked = [draft for draft in drafts if draft.steps[-1].fault_id == ACK_KILL]
        held = [draft for draft in drafts if draft.steps[-1].fault_id != ACK_KILL]
        rounds = [self._round(chunk) for chunk in _even_chunks(held, min(self._capabilities.concurrency, HELD_MAX))]
        return (*rounds, *self._unannounced(certain), *([self._wave("kill-ack", "kill", acked, "kill", "kill")] if acked else []))

    def _unannounced(self, kills: Sequence[Place]) -> Iterable[Wave]:
        """Kills that find documents which only a list told of; behind them, in the first one, those that nobody has listed yet."""
        found = list(unannounced(kills, self._ready_singles))
        chance = stream(self._seed, "assignment", "unannounced")
        drafts = [Draft(one.kill.flow.id, chance.choice(self._entities(one.kill)), one.steps) for one in found]
        unseen = [Draft(draft.flow, draft.entity, draft.steps[:1]) for draft in drafts]
        for chunk in _even_chunks(drafts, min(self._capabilities.concurrency, HELD_MAX)):
            self._kill_rounds += 1
            wave = self._wave(f"kill-{self._kill_rounds}", "kill", [*chunk, *unseen], "kill", "kill", keep=False)
            faulted = [replace(e, role="faulted") if len(e.steps) == 1 else e for e in wave.experiments]
            yield self._keep(replace(wave, experiments=tuple(faulted)))
            unseen = []

    def _round(self, drafts: Sequence[Draft]) -> Wave:
        self._kill_rounds += 1
        return self._wave(f"kill-{self._kill_rounds}", "kill", drafts, "kill", "kill")

    def kill_again(self, not_reached: Sequence[Experiment]) -> Wave | None:
        """One more round for experiments whose hold was not reached in time; None when limits.kill_rounds are used up."""
        if not not_reached or self._extra_kill_rounds >= self._scenario.limits.kill_rounds:
            return None
        self._extra_kill_rounds += 1
        return self._round([Draft(e.flow, e.entity, e.steps) for e in not_reached])

    # --- once more -------------------------------------------------------------------------------------------------------------

    def again(self, experiments: Sequence[Experiment]) -> Wave | None:
        """Faulted experiments whose fault did not fire, once more as new transactions; two-step ones behind another provoking step
        when there is one. None when there are none."""
        drafts = [Draft(e.flow, e.entity, self._other_steps(e)) for e in experiments if e.steps]
        if not drafts:
            return None
        count = sum(1 for wave in self._waves if wave.name.startswith("wave-again")) + 1
        return self._woven(f"wave-again-{count}", drafts)

    def _other_steps(self, experiment: Experiment) -> tuple[Step, ...]:
        *first, last = experiment.steps
        for option in self._provocations.get((experiment.flow, last.call_point), []):
            flow = self._catalog.flows[experiment.flow]
            possible = all(reaches(flow, step.call_point, experiment.entity, self._variants) for step in option.steps)
            if first and possible and option.sure and option.steps != tuple(first):
                return (*option.steps, last)
        return experiment.steps

    def forsake(self, unfired: Sequence[Experiment]) -> None:
        """Two-step cells of which no experiment ever fired become not applicable: the call that was seen once cannot be provoked.
        Cells of single faults stay planned, so a verdict says that they never fired."""
        never = {e.txn_id for e in unfired}
        for experiment in unfired:
            *first, last = experiment.steps
            same = [
                e for e in self.plan.experiments if e.flow == experiment.flow and e.role == "faulted" and e.steps and e.steps[-1] == last
            ]
            if first and all(e.txn_id in never for e in same):
                key = (experiment.flow, last.call_point, last.fault_id, last.mode)
                reason = f"called once after {first[0].text()}, but not when that was planned {len(same)} times more"
                self._cells[key] = replace(self._cells[key], status="not_applicable", reason=reason)

    def solo(self, experiments: Sequence[Experiment], free: Collection[str] = ()) -> Wave:
        """Each of these limits.solo_repeats times as a new transaction with the same document, steps and window (role solo, `of` = the
        first one's id); those in `free` once without their steps too. Run them one at a time, but together those that wait for one call:
        a list with a single document has no pages."""
        made = copies(experiments, free, self._copies)
        drafts = [Draft(copy.origin.flow, copy.origin.entity, copy.origin.steps) for copy in made]
        wave = self._wave("solo", "solo", drafts, "solo", "solo", keep=False)
        of = dict(zip((e.txn_id for e in wave.experiments if e.role == "solo"), made, strict=True))  # their parents repeat nobody
        return self._keep(replace(wave, experiments=tuple(self._repeat(e, of.get(e.txn_id)) for e in wave.experiments)))

    def _repeat(self, e: Experiment, copy: Copy | None) -> Experiment:
        return copy.made_of(e, shares_a_call=self._is_shared(copy.origin.window)) if copy else e

    def leave_out(self, never: Collection[Experiment]) -> None:
        """These were not played after all."""
        self._waves = [replace(wave, experiments=tuple(e for e in wave.experiments if e not in never)) for wave in self._waves]

    def _copies(self, origin: Experiment) -> int:
        repeats = self._scenario.limits.solo_repeats
        return max(repeats, WAITING) if self._is_shared(origin.window) else repeats

    def _is_shared(self, window: Window | None) -> bool:
        """Whether it meets one call, for all who wait for that."""
        return window is not None and self._catalog.call_point(window.target) is not None

    def _has_its_turn(self, window: Window | None) -> bool:
        """Whether it is played in the order of the plan: not beside other waves, and not as one that waits for the kills."""
        return window is None or not (self._is_shared(window) or self._catalog.faults[window.fault_id].starts_again)

    # --- shared ----------------------------------------------------------------------------------------------------------------

    def _planned(self, place: Place) -> bool:
        cell = self._cells.get(place.cell().key)
        return cell is not None and cell.status == "planned"

    def _templates(self) -> list[tuple[str, str]]:
        return [(flow.id, entity) for flow in self._flows for entity in self._scenario.entities]

    def _entities(self, place: Place) -> list[str]:
        return list(entities_of(place.flow, place.target, self._scenario.entities, self._variants))

    def _wave(
        self,
        name: str,
        kind: WaveKind,
        drafts: Sequence[Draft],
        with_steps: Role,
        without: Role,
        *,
        window: Window | None = None,
        mint_all: bool = False,
        keep: bool = True,
        cases: Sequence[Sequence[Draft]] = (),
    ) -> Wave:
        experiments: list[Experiment] = []
        for draft in drafts:
            mint = mint_all or any((draft.flow, step.call_point, step.fault_id, step.mode) in self._minting for step in draft.steps)
            elders = self._elders(draft, name, "baseline" if kind == "baseline" else "control", mint=mint_all)
            role = with_steps if draft.steps else without
            parent = elders[-1] if elders else None
            experiments += [*elders, self._experiment(draft, name, role, mint=mint, window=window, parent=parent)]
        experiments = [*(one for case in cases for one in self._case(case, name, with_steps)), *experiments]  # they take longest
        moment = next(self._moments, None) if kind in FAULTED and self._has_its_turn(window) else None
        if moment is not None:
            experiments = self._eves(experiments)
        if kind == "singles":
            experiments = paired(experiments, stream(self._seed, "twins", name))
        elif kind == "baseline":
            both = [e for e in one_of_each(experiments) if self._catalog.flows[e.flow].kind not in TWINLESS]  # of a record there is one
            experiments += [twin(self._experiment(Draft(e.flow, e.entity), name, e.role, mint=False), e) for e in both]
        wave = Wave(name, kind, tuple(experiments), window, moment)
        return self._keep(wave) if keep else wave

    def _case(self, chain: Sequence[Draft], wave: str, role: Role) -> list[Experiment]:
        """One document of each flow, each out of the one before."""
        made: list[Experiment] = []
        for draft in chain:
            made.append(self._experiment(draft, wave, role, mint=not made, parent=made[-1] if made else None))
        return made

    def _eves(self, experiments: Sequence[Experiment]) -> list[Experiment]:
        """Every fourth one is handed in before the wave's business moment; few enough that the connector's hands are not full of them."""
        first = {e.txn_id for e in [e for e in experiments if e.parent is None][::4][: max(EVES_MIN, self._capabilities.concurrency)]}
        return [replace(e, eve=e.txn_id in first) for e in experiments]

    def _elders(self, draft: Draft, wave: str, role: Role, *, mint: bool) -> list[Experiment]:
        """The fault-free transactions out of whose documents this one's grow, eldest first."""
        parent = self._catalog.flows[draft.flow].parent
        if parent is None:
            return []
        own = Draft(parent, draft.entity)
        elders = self._elders(own, wave, role, mint=mint)
        return [*elders, self._experiment(own, wave, role, mint=mint, parent=elders[-1] if elders else None)]

    def _experiment(
        self, draft: Draft, wave: str, role: Role, *, mint: bool, window: Window | None = None, parent: Experiment | None = None
    ) -> Experiment:
        """The next one of the run. A record, and what somebody asks, is of something that no other one is of, whatever it meets."""
        self._number += 1
        mint = mint or self._catalog.flows[draft.flow].kind in ALONE
        minted = self._minted[draft.entity] if mint else None
        self._minted[draft.entity] += mint
        turn = self._turns[draft.template] if role == "baseline" else None
        self._turns[draft.template] += role == "baseline"
        return Experiment(
            txn_id=f"{self._catalog.prefix_of(draft.flow)}-{self._number:06d}",
            flow=draft.flow,
            entity=draft.entity,
            template=f"{draft.flow}/{draft.entity}",
            wave=wave,
            role=role,
            number=self._number,
            steps=draft.steps,
            minted=minted,
            window=window,
            parent=parent.txn_id if parent else None,
            turn=turn,
        )


def _even_chunks(drafts: Sequence[Draft], size: int) -> list[list[Draft]]:
    """As few chunks as `size` allows, of nearly equal length."""
    count = math.ceil(len(drafts) / max(1, size))
    return [list(drafts[n::count]) for n in range(count)]
