"""From a run directory to a verdict."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from contracts.catalog import Catalog, load_catalog
from harness.judge import figures, integrity
from harness.judge.alone import Repeats, repeats, without_repeats
from harness.judge.causes import Causes, reached
from harness.judge.checks import Checked, build_views, check, fetch
from harness.judge.closing import closing
from harness.judge.coverage import coverage
from harness.judge.guest_rules import USER, kept_rules
from harness.judge.guests import LIMIT_MS, Guests
from harness.judge.invariants import Invariant, load_invariants
from harness.judge.load import Loaded, missing_columns, open_history
from harness.judge.queries import query
from harness.judge.reference import Run, read_run
from harness.judge.repeating import with_commands
from harness.judge.stories import Teller, timelines
from harness.judge.verdict import EXPERIMENT_VERDICTS, JsonObject, Verdict, decimal_text, plain

_T = TypeVar("_T")

ASKERS = 2
ROWS_SHOWN = 20
UNFINISHED = "the run has not finished"  # what the manifest says until the harness closes it; the history itself says it better
LIMITS = (
    "A pass means: no violation in these experiments, with this coverage, under this fault model. It does not see faults inside the "
    "connector's own database or queue (only their effects), timing bugs narrower than the hold points, bugs that need three or more "
    "faults, data outside the templates, behaviour of the real systems that the mocks get wrong, a connector that recognises the test, "
    "limits of throughput and memory, security beyond the authenticity of webhooks, or a policy that the scenario states wrongly."
)


def judge(run_dir: Path, catalog: Catalog | None = None) -> Verdict:
    """Read manifest.json, plan.json and the history of `run_dir` and decide. Never writes. Raises RunUnreadable, InternalError.

    catalog: what the run was played by; absent: the catalogue that ships.
    """
    return _decide(run_dir, catalog, lambda _con, _catalog, _run, verdict: verdict)


def judge_and_close(run_dir: Path, catalog: Catalog | None = None) -> tuple[Verdict, JsonObject]:
    """The same, and what reconciliation.json holds (closing.py), from one reading of the history."""

    def closed(con: duckdb.DuckDBPyConnection, catalog: Catalog, run: Run, verdict: Verdict) -> tuple[Verdict, JsonObject]:
        failed = {row["txn_id"] for row in verdict.by_experiment if row["verdict"] == "fail"}
        return verdict, closing(con, catalog, run, failed)

    return _decide(run_dir, catalog, closed)


def _decide(run_dir: Path, catalog: Catalog | None, then: Callable[[duckdb.DuckDBPyConnection, Catalog, Run, Verdict], _T]) -> _T:
    """then: what is made of the verdict while the history is still open."""
    began = time.monotonic()
    run = read_run(run_dir)
    catalog = catalog or load_catalog()
    with open_history(run_dir, catalog.history) as loaded:
        build_views(loaded.con, catalog, run)
        guests = Guests(loaded.con, kept_rules(run_dir, run.user_rules, catalog), LIMIT_MS)
        verdict = _Judgement(run_dir, run, catalog, loaded, guests=guests).verdict(began)
        return then(loaded.con, catalog, run, verdict)


@dataclass(frozen=True, slots=True)
class Look:
    """What rules say of a run that goes on; members as in a verdict, as far as they are there. It is no verdict: nobody has asked whether
    the evidence is enough for one, or counted what was examined."""

    violations: tuple[JsonObject, ...]
    causes: tuple[JsonObject, ...]
    by_experiment: tuple[JsonObject, ...]


def look(run_dir: Path, rules: Sequence[Invariant] | None = None, catalog: Catalog | None = None) -> Look:
    """Ask these rules; absent: all of them, the user's too. Raises as `judge` does."""
    run, catalog = read_run(run_dir), catalog or load_catalog()
    with open_history(run_dir, catalog.history) as loaded:
        build_views(loaded.con, catalog, run)
        guests = Guests(loaded.con, kept_rules(run_dir, run.user_rules, catalog) if rules is None else (), LIMIT_MS)
        telling = [rule for rule in (load_invariants() if rules is None else rules) if run.strict or rule.can_fail]
        return _Judgement(run_dir, run, catalog, loaded, guests=guests, rules=telling, counts=False).look()


def explain(run_dir: Path, txn_id: str, catalog: Catalog | None = None) -> list[JsonObject]:
    """The whole timeline of one transaction (rows as in a violation, not bounded). Raises RunUnreadable; [] when it is unknown."""
    run, catalog = read_run(run_dir), catalog or load_catalog()
    with open_history(run_dir, catalog.history) as loaded:
        build_views(loaded.con, catalog, run)
        lines = timelines(loaded.con, {txn_id}).get(txn_id, [])
        return [{name: value for name, value in line.items() if name != "seq"} for line in lines]


@dataclass(frozen=True, slots=True)
class _Experiment:
    """One row of by_experiment before it is written."""

    row: Mapping[str, Any]
    verdict: str
    why: str | None


class _Judgement:
    """One pass over one history; every member is computed once, in the order in which the later ones need it."""

    def __init__(
        self,
        run_dir: Path,
        run: Run,
        catalog: Catalog,
        loaded: Loaded,
        *,
        guests: Guests,
        rules: Sequence[Invariant] | None = None,
        counts: bool = True,
    ) -> None:
        """rules: absent: all of ours. counts: whether what each of them examined is counted, without which nothing is a pass."""
        self._run_dir, self._run, self._catalog, self._loaded = run_dir, run, catalog, loaded
        self._guests, self._counted = guests, counts
        self._con: duckdb.DuckDBPyConnection = loaded.con
        self._outcomes = {row["txn_id"]: row for row in fetch(self._con, query("outcomes"))}
        self._flow_of = {txn_id: str(row["flow"]) for txn_id, row in self._outcomes.items()}
        self._flows = [catalog.flows[flow] for flow in dict.fromkeys(self._flow_of.values()) if flow in catalog.flows]
        facts = fetch(self._con, "select * from run_fact")[0]
        self._final_read, self._shrinking = bool(facts["final_read"]), bool(facts["shrinking"])
        self._rules = load_invariants() if rules is None else rules
        self._stalled = {row["txn_id"]: row["stall_s"] for row in fetch(self._con, "select * from stalled")}
        self._solo_of = {txn_id: str(row["solo_of"]) for txn_id, row in self._outcomes.items() if row["solo_of"]}
        self._asked = self._ask(self._rules)
        self._checks = [without_repeats(one, self._solo_of) for one in self._asked]
        self._excused = {row["txn_id"] for one in self._checks for row in one.excused}
        self._failing = _by_txn(self._checks)
        self._void = {row["txn_id"] for row in self._rows_of("V01")}
        self._unmapped = {str(row["txn_id"]): str(row["what"]) for row in fetch(self._con, "select * from unmapped order by what desc")}
        self._unkilled = {row["txn_id"] for row in fetch(self._con, "select distinct txn_id from unkilled")}
        self._interference, self._contaminated = figures.interference(self._con)
        self._experiments = [self._experiment(row) for row in self._outcomes.values()]
        steps = fetch(self._con, "select s.*, t.flow from step s join txn t using (txn_id)")
        verdicts = {e.row["txn_id"]: e.verdict for e in self._experiments if e.row["role"] != "solo"}
        self._coverage, self._unfired = coverage(run.cells(), steps, verdicts)

    def _check(self, one: Invariant) -> Checked:
        """Ask one of ours. A rule about kinds of flow of which nothing was played has nothing to say, and is not asked."""
        required = self._required(one)
        if self._flows and not required and not any(one.is_about(flow) for flow in self._flows):
            return Checked(one, required, {}, (), self._flow_of)
        return check(self._con.cursor(), one, required=required, flow_of=self._flow_of, counts=self._counted)

    def _ask(self, invariants: Sequence[Invariant]) -> list[Checked]:
        with ThreadPoolExecutor(ASKERS) as pool:  # most of a question's time goes into planning it, which no thread of the database shares
            asked = list(pool.map(self._check, invariants))
        asked += self._guests.ask(self._required, self._flow_of)
        if self._run.strict:
            asked = [replace(one, systematic=one.rows) if one.invariant.kind == "warn" else one for one in asked]
        return [one.without(self._stalled) if one.invariant.clock else one for one in asked]

    def _required(self, invariant: Invariant) -> tuple[str, ...]:
        """The flows of which this invariant must have examined something: required by the scenario, played in this run, of its kind."""
        return tuple(
            flow.id
            for flow in self._catalog.flows.values()
            if invariant.is_about(flow) and self._run.plays(flow.id) and self._run.requires(invariant.id, flow.id)
        )

    def _rows_of(self, invariant_id: str) -> tuple[dict[str, Any], ...]:
        return next((one.rows for one in self._checks if one.invariant.id == invariant_id), ())

    def _waits(self, row: Mapping[str, Any]) -> bool:
        """Still open at the end: nothing at all was decided, or what was not right yet might still have become so."""
        return row["outcome"] == "open" or (self._shrinking and not row["settled"] and not row["is_parked"])

    def _experiment(self, row: Mapping[str, Any]) -> _Experiment:
        txn_id = row["txn_id"]
        if txn_id in self._failing:
            return _Experiment(row, "fail", ", ".join(self._failing[txn_id]))
        unclear = self._unclear(row)
        if unclear is not None:
            return _Experiment(row, "inconclusive", unclear)
        if row["expected"] == "nothing" or txn_id in self._void:
            return _Experiment(row, "void", self._why_void(row))
        if row["wave"] in self._contaminated:
            return _Experiment(row, "contaminated", "the fault-free controls of its wave were disturbed")
        return _Experiment(row, "pass", None)

    def _why_void(self, row: Mapping[str, Any]) -> str:
        if row["expected"] == "nothing":
            return "its source document was never approved"
        if row["txn_id"] in self._unkilled:
            return "the kill that it was to meet did not take the connector away"
        return "its planned fault never fired"

    def _unclear(self, row: Mapping[str, Any]) -> str | None:
        """Why nobody can say how this one ended."""
        if not self._final_read:
            return "the history ends before the final reads"
        if row["txn_id"] in self._excused:
            stood = f"dryclose itself stood still for {self._stalled[row['txn_id']]:.1f} s while it was under way"
            return f"{stood}, so how long it took and that it gave up prove nothing"
        if row["txn_id"] in self._unmapped:
            return f"the judge has not {self._unmapped[row['txn_id']]} of its source document, so what was posted was not compared with it"
        return "it was still open when the run ended" if self._waits(row) else None

    def look(self) -> Look:
        """What is wrong so far, and whose fault that is."""
        failing = [(one.invariant.id, row) for one in self._checks for row in one.failing]
        violations = tuple({"invariant": name, "txn_id": row["txn_id"]} for name, row in failing)
        experiments = tuple({name: e.row[name] for name in ("txn_id", "flow", "outcome")} for e in self._experiments)
        return Look(violations, tuple(self._cause_documents()), experiments)

    def verdict(self, began: float) -> Verdict:
        """The whole verdict. began: the monotonic time at which judging did."""
        run, manifest = self._run, self._run.manifest
        verdict, reasons = self._decision()
        violated = {one.invariant.id: len(one.rows) for one in self._checks}
        return Verdict(
            run_id=str(manifest.get("run_id", "")),
            seed=manifest.get("seed"),
            scenario=str(run.scenario.get("name", "")),
            connector=str(run.connector.get("name", "")),
            verdict=verdict,
            reasons=tuple(reasons),
            experiments=self._counts(),
            by_experiment=tuple(self._experiment_documents()),
            invariants=tuple(self._invariant_document(one) for one in self._checks),
            causes=tuple(self._cause_documents()),
            violations=tuple(with_commands(self._violations(), self._run_dir, run.planned_ids())),
            coverage=self._coverage,
            straight_through=figures.straight_through(self._con),
            parking=figures.parking(self._con, _parked(run.connector), violated),
            interference=self._interference,
            noise=figures.noise(self._con),
            figures={**figures.speed(self._con, self._loaded.rows, time.monotonic() - began), "latency": figures.latency(self._con)},
            limits_of_a_pass=LIMITS,
            told=tuple(self._told()),
        )

    def _told(self) -> Iterable[str]:
        """What a reader must know beside the verdict."""
        changed = integrity.changed_by_the_connector(self._run_dir, self._run)
        if changed:
            yield f"the connector changed the crosswalks that it was given ({', '.join(changed)}); it was judged by what it was given"
        abilities = self._run.connector.get("capabilities")
        abilities = abilities if isinstance(abilities, Mapping) else {}
        if abilities.get("webhook") is False:
            yield "it only polls: no event was tested"
        if abilities.get("kills") is False:
            yield "it was not killed: nothing about crashes was tested"
        stalls = fetch(self._con, "select count(*) as n, sum(stall_ms) / 1000 as s from h where kind = 'stall'")[0]
        if stalls["n"]:
            whom = f"of {len(self._stalled)} transactions that were under way {len(self._excused)} are inconclusive for it"
            yield f"dryclose itself stood still {stalls['n']} times, {stalls['s']:.1f} s in all; {whom}"
        yield from figures.untwinned(self._con)
        left = [flow for flow in self._run.scenario.get("flows") or () if not self._run.plays(str(flow))]
        if left:
            yield f"it does not serve {', '.join(map(str, left))}: nothing of that was tested"

    def _decision(self) -> tuple[str, list[str]]:
        """Truncated: inconclusive whatever was found. Else a violation is a proof, and outranks missing evidence."""
        gaps = list(self._gaps())
        violated = [one for one in self._checks if one.status == "violated"]
        found = [f"{one.invariant.id}: {_title(one.invariant)}: violated {len(one.failing)} times" for one in _by_severity(violated)]
        if self._loaded.truncated:
            return "inconclusive", [self._loaded.truncated, *found, *gaps]
        if found:
            return "fail", [*found, *gaps]
        return ("inconclusive", gaps) if gaps else ("pass", [])

    def _gaps(self) -> Iterable[str]:
        """Why this run proves less than it was meant to."""
        manifest = self._run.manifest
        status, why = manifest.get("status"), manifest.get("why")
        if status not in {"complete", "failed", "interrupted"}:
            yield f"manifest.json gives the status {status!r}; a run that is over is complete"
        elif status == "failed" or (status == "interrupted" and why != UNFINISHED):
            yield f"the run {'was ' if status == 'interrupted' else ''}{status}: {why or 'no reason recorded'}"
        yield from self._nothing_seen()
        yield from integrity.rules(self._run, self._rules)
        yield from integrity.evidence(self._run, self._run_dir)
        yield from integrity.same_run(self._con, self._run)
        yield from integrity.strangers(self._con, self._run)
        if not self._loaded.truncated:
            yield from integrity.planned(self._con, self._run)
            yield from integrity.cells(self._con, self._run)
            yield from integrity.comparable(self._con)
            yield from integrity.consistent(self._con)
        yield from integrity.kills(self._con)
        for one in self._checks:
            if one.error:
                yield f"{one.invariant.id} could not be asked, and a crashed check is never a pass: {one.error}"
            elif one.status == "vacuous" and (self._final_read or one.invariant.at == "history"):
                where = f" of {', '.join(one.unexamined)}" if len(self._run.played(self._catalog)) > 1 else ""
                yield f"{one.invariant.id} is required by the scenario, but there was nothing{where} to examine: {one.invariant.title}"
        yield from self._unasked()
        yield from self._unjudged()
        missing = missing_columns(self._con, self._catalog.history.kinds)
        if missing:
            some = ", ".join(f"{name} ({count})" for name, count in list(missing.items())[:5])
            yield f"the history is not as contracts/history.yaml declares; rows without their columns: {some}"

    def _nothing_seen(self) -> Iterable[str]:
        if not self._outcomes:
            yield "there were no experiments"
            return
        unknown = sorted({flow for flow in self._flow_of.values() if flow not in self._catalog.flows})
        if unknown:
            yield f"transactions of flows that contracts/flows does not declare were not judged: {', '.join(unknown[:5])}"
        strange = fetch(self._con, query("unknown_states"))
        if strange:
            some = ", ".join(f"{row['entity_type']} {row['state']!r}" for row in strange[:5])
            yield f"states that contracts/documents.yaml gives no meaning, so what they stand for was not judged: {some}"
        seen = fetch(self._con, "select (select count(*) from op) + (select count(*) from delivery where acked) as n")[0]["n"]
        if not seen:
            yield "the connector was never seen: it sent no request and acknowledged no event"
        owing = {flow.id for flow in self._flows if flow.kind != "document" or any(due.cardinality != "none" for due in flow.due)}
        if owing & set(self._flow_of.values()) and not any(row["made"] for row in self._outcomes.values()):
            yield "the connector posted nothing, so nothing shows that it works without faults"
        if not self._final_read:
            yield "there are no final reads, so what should be true at rest was not judged"

    def _unasked(self) -> Iterable[str]:
        names = {one.invariant.id for one in self._checks}
        for name in self._run.required_rules():
            if name not in names:
                yield f"{name} is required by the scenario, but it was not asked; give the rules of your own with --invariants"

    def _unjudged(self) -> Iterable[str]:
        if self._shrinking:
            n = sum(self._waits(row) for row in self._outcomes.values())
            yield f"{n} transactions were still open, and their number still shrinking, when the run's patience ended; allow more time"
        unplayed = self._unplayed()
        if unplayed is not None:
            yield unplayed
        unapproved = [txn_id for txn_id, row in self._outcomes.items() if row["expected"] == "nothing"]
        if unapproved:
            yield f"{len(unapproved)} experiments had no approved source document to work on: {', '.join(unapproved[:5])}"
        if self._unfired:
            some = ", ".join(f"{key[1]} {key[2]}/{key[3]}" for key in self._unfired[:5])
            more = f" and {len(self._unfired) - 5} more" if len(self._unfired) > 5 else ""
            yield f"V01: in {len(self._unfired)} planned cells the fault never fired as planned: {some}{more}"
        yield from integrity.void(self._counts())
        yield from integrity.excused(len(self._excused), len(self._outcomes))
        yield from integrity.unjudged(self._coverage["matrix"])
        spoilt = [row for row in self._coverage["matrix"] if row["verdict"] == "contaminated"]
        if spoilt:
            waves = ", ".join(sorted(self._contaminated))
            yield f"{len(spoilt)} cells were judged only in waves whose fault-free controls were disturbed: {waves}"

    def _unplayed(self) -> str | None:
        """None of the faults that the scenario names could be played anywhere."""
        named = {str(fault) for fault in self._run.scenario.get("faults") or ()}
        cells = [cell for cell in self._run.cells() if cell["fault_id"] in named]
        if not cells or any(cell.get("status") == "planned" for cell in cells):
            return None
        reasons = Counter(str(cell.get("reason")) for cell in cells)
        return f"none of the faults of this scenario could be played: {reasons.most_common(1)[0][0]}"

    def _counts(self) -> dict[str, int]:
        own = [e for e in self._experiments if e.row["role"] != "solo"]
        return {"total": len(own), **{verdict: sum(e.verdict == verdict for e in own) for verdict in EXPERIMENT_VERDICTS}}

    def _experiment_documents(self) -> Iterable[JsonObject]:
        plans = self._plans
        tally: dict[str, tuple[int, int]] = {}
        for (_, txn_id), (r, k) in self._repeats.again.items():
            tally[txn_id] = (max(r, tally.get(txn_id, (0, 0))[0]), k)
        for e in self._experiments:
            txn_id = e.row["txn_id"]
            r_k = tally.get(txn_id)
            head = {name: e.row[name] for name in ("txn_id", "flow", "template", "wave", "role")}
            tail = {"verdict": e.verdict, "why": e.why, "outcome": e.row["outcome"], "solo": f"{r_k[0]}/{r_k[1]}" if r_k else None}
            tail |= {"parent": e.row["parent"], "case": e.row["case_id"]}
            yield {**head, "source_id": e.row["source_id"], "plan": plans.get(txn_id, "no fault"), **tail}

    @cached_property
    def _plans(self) -> dict[str, str]:
        return figures.plans(self._con, self._run.experiments())

    def _invariant_document(self, one: Checked) -> JsonObject:
        rule = one.invariant
        rows = [{name: plain(value) for name, value in row.items()} for row in one.rows[:ROWS_SHOWN]]
        head = {
            "id": rule.id,
            "title": rule.title,
            "origin": rule.origin,
            "family": rule.family,
            "severity": rule.severity,
            "kind": rule.kind,
            "status": one.status,
        }
        about = [flow.id for flow in self._flows if rule.is_about(flow)]
        counts = {
            "required": bool(one.required),
            "by_flow": one.by_flow(about),
            "candidates": one.candidates,
            "violations": len(one.rows),
            "money": self._money(one.rows),
        }
        return {**head, **counts, "error": one.error, "rows": rows}

    def _money(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        totals: dict[str, int] = {}
        for stake in self._stakes(rows).values():
            for currency, minor in stake.items():
                totals[currency] = totals.get(currency, 0) + minor
        return {currency: decimal_text(minor, currency, self._catalog.minor_units) for currency, minor in sorted(totals.items())}

    @staticmethod
    def _stakes(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
        """What is at stake, in minor units by currency, by transaction: the most that any row says, for rows tell of the same money."""
        most: dict[str, dict[str, int]] = {}
        for index, row in enumerate(rows):
            if row["money_minor"] is not None and row["currency"]:
                stake = most.setdefault(row["txn_id"] or f"row {index}", {})
                stake[row["currency"]] = max(stake.get(row["currency"], 0), int(row["money_minor"]))
        return most

    @cached_property
    def _repeats(self) -> Repeats:
        free = self._run.without_fault() & self._solo_of.keys()
        well = {e.row["txn_id"] for e in self._experiments if e.verdict == "pass"}
        return repeats(self._asked, self._solo_of, free, met=reached(self._con, free), well=well)

    @cached_property
    def _causes(self) -> Causes:
        return Causes(self._con, self._checks, self._outcomes, self._repeats)

    def _cause_documents(self) -> list[JsonObject]:
        """The example of a cause is one that failed alone too, where there is one, and has the shortest plan."""
        money = self._stakes([row for one in self._checks if one.status == "violated" for row in one.failing])
        alone = {txn_id for (_, txn_id), (reproduced, _) in self._repeats.again.items() if reproduced}
        steps = {str(entry.get("txn_id")): len(entry.get("steps") or ()) for entry in self._run.experiments()}
        example = {txn_id: 10 * (txn_id not in alone) + min(steps.get(txn_id, 0), 9) for txn_id in self._outcomes}
        return self._causes.documents(money, self._catalog.minor_units, example)

    def _violations(self) -> list[JsonObject]:
        twins = {row["template"]: row["example"] for row in fetch(self._con, "select template, example from twin_count")}
        templates = {txn_id: row["template"] for txn_id, row in self._outcomes.items()}
        teller = Teller(self._con, self._run_dir, self._catalog.minor_units, self._plans, self._causes, twins, templates, self._guests)
        return teller.tell([one for one in self._checks if one.status == "violated"], self._repeats)


def _title(rule: Invariant) -> str:
    return f"your rule: {rule.title}" if rule.origin == USER else rule.title


def _by_severity(checks: Iterable[Checked]) -> list[Checked]:
    return sorted(checks, key=lambda one: (one.invariant.rank, one.invariant.id))


def _by_txn(checks: Iterable[Checked]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in checks:
        for txn_id in dict.fromkeys(row["txn_id"] for row in one.failing if row["txn_id"]):
            found.setdefault(txn_id, []).append(one.invariant.id)
    return found


def _parked(connector: Mapping[str, Any]) -> figures.Parked:
    declared = connector.get("capabilities")
    abilities = declared if isinstance(declared, dict) else connector
    how = abilities.get("parked")
    kind = str(how) if isinstance(how, str) and how else "http" if how is True else "nothing"
    if isinstance(how, dict):
        kind = next((name for name in ("http", "file", "command") if how.get(name)), "nothing")
    return figures.Parked(kind, bool(abilities.get("redrive")))
