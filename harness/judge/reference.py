"""What the judge must know besides the history: the contracts, the run's manifest, plan and crosswalks, as small tables for the SQL."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from contracts.catalog import Catalog, Flow
from contracts.entries import WHOLE_SYSTEM, DocumentKind, Fault, Mode
from contracts.fault_space import labels
from harness.bounded import read_text
from harness.errors import RunUnreadable, UsageError
from harness.judge.run_shapes import ManifestShape, PlanShape, read_document

DEFAULT_ATTEMPTS = 10
DEFAULT_RETRY_BASE_MS = 50
DEFAULT_ACK_TIMEOUT_S = 5.0
DEFAULT_REQUEST_TIMEOUT_S = 10.0
DEFAULT_POLL_INTERVAL_S = 30.0
CROSSWALK_MAX = 100_000_000  # bytes
TRUTH = "truth"  # the folder of a run directory with what the judge compares with
ACCOUNT_COLUMNS = "source varchar, company varchar, category varchar, account varchar, valid_from varchar, valid_to varchar, side boolean"
PURPOSES_FILE = "accounts.csv"  # where the purposes of sides are booked: columns purpose, erp_gl_account
DOCUMENT_COLUMNS = (
    "entity_type varchar, module varchar, coded_by varchar, lines varchar, implied varchar[], with_project boolean, "
    "may_lack varchar[], sides varchar[], names_posting boolean, names_type boolean, clears boolean"
)
DUE_COLUMNS = "flow varchar, kind varchar, due_id varchar, entity_type varchar, cardinality varchar, compare varchar, walks varchar"
QUERY_COLUMNS = "flow varchar, about varchar, budget_ms integer, degraded varchar, reservation varchar, limited_by varchar"
TAXES_FILE = "tax_codes.csv"  # what the target's codes of tax come to: columns of TAX_FIELDS
TAX_FIELDS = ("erp_company_code", "erp_tax_code", "rate_percent", "recoverable_percent", "self_assessed")
TAX_COLUMNS = "company varchar, code varchar, rate_percent double, recoverable_percent double, self_assessed boolean"
STATE_COLUMNS = "entity_type varchar, state varchar, meaning varchar"
FAULT_COLUMNS = (
    "id varchar, name varchar, family varchar, scope varchar, recoverable boolean, recoverable_at varchar, park_ok boolean, expect varchar"
)

POLICY_COLUMNS = (
    "gives_up_after integer, next_period boolean, retry_base_ms integer, ack_timeout_ms integer, "
    "request_timeout_ms integer, concurrency integer, poll_ms integer"
)
MODE_COLUMNS = (
    "fault_id varchar, mode varchar, decisions varchar[], view varchar, deliver varchar, code varchar, acts boolean, rotates boolean"
)


@dataclass(frozen=True, slots=True)
class Run:
    """manifest.json and plan.json of a run directory, and the crosswalks that the connector was given."""

    manifest: Mapping[str, Any]
    plan: Mapping[str, Any]
    mappings: Path  # the folder with the crosswalks that the connector was given, in a copy that it has no business with
    has_plan: bool = True

    @property
    def scenario(self) -> Mapping[str, Any]:
        """The resolved scenario; empty when the manifest has none."""
        value = self.manifest.get("scenario")
        return value if isinstance(value, dict) else {"name": value} if isinstance(value, str) else {}

    @property
    def connector(self) -> Mapping[str, Any]:
        """What the connector declared."""
        value = self.manifest.get("connector")
        return value if isinstance(value, dict) else {}

    def requires(self, invariant_id: str, flow: str) -> bool:
        """Whether the scenario wants this invariant to have examined something of this flow: `C14` is every flow, `C14@flow` one."""
        wanted = [str(name) for name in self.scenario.get("require") or ()]
        return invariant_id in wanted or f"{invariant_id}@{flow}" in wanted

    def required_rules(self) -> tuple[str, ...]:
        """The ids of the invariants that the scenario requires."""
        return tuple(dict.fromkeys(str(name).partition("@")[0] for name in self.scenario.get("require") or ()))

    @property
    def user_rules(self) -> object:
        """Digest by id of the user's own rules that this run was asked."""
        rules = self.manifest.get("rules")
        return rules.get("user") if isinstance(rules, dict) else None

    def plays(self, flow: str) -> bool:
        """Whether the run plays this flow: the scenario names it (or none) and the connector serves it (or does not say)."""
        wanted = self.scenario.get("flows")
        served = (self.connector.get("capabilities") or {}).get("flows")
        return (not wanted or flow in wanted) and (not served or flow in served)

    def played(self, catalog: Catalog) -> tuple[str, ...]:
        """The flows that this run plays."""
        return tuple(flow for flow in catalog.flows if self.plays(flow))

    @property
    def next_period(self) -> bool:
        """Whether a posting may go into the next period when the due one is closed."""
        policy = self.scenario.get("period_closed", "declared")
        return (self.connector.get("period_closed") if policy == "declared" else policy) == "next_period"

    @property
    def attempts(self) -> int:
        """How many unsuccessful attempts count as bounded."""
        limits = self.scenario.get("limits") or {}
        return int(self.connector.get("gives_up_after") or limits.get("attempts") or DEFAULT_ATTEMPTS)

    @property
    def strict(self) -> bool:
        """Whether a warning fails the run."""
        return self.manifest.get("strict") is True

    @property
    def retry_base_ms(self) -> int:
        """The first pause before another attempt, as the connector was told."""
        waits = self.scenario.get("waits") or {}
        return int(waits.get("retry_base_ms") or DEFAULT_RETRY_BASE_MS)

    @property
    def ack_timeout_ms(self) -> int:
        """How long an event waits for its answer."""
        return round(1000 * float(self.connector.get("ack_timeout_s") or DEFAULT_ACK_TIMEOUT_S))

    @property
    def pace(self) -> tuple[int, int, int]:
        """How long one of its requests may take in ms, how many documents it works on at once, and how long in ms one may stay unseen."""
        timeout_ms = round(1000 * float(self.connector.get("request_timeout_s") or DEFAULT_REQUEST_TIMEOUT_S))
        poll_ms = round(1000 * float(self.connector.get("poll_interval_s") or DEFAULT_POLL_INTERVAL_S))
        abilities = self.connector.get("capabilities")
        is_told = not isinstance(abilities, Mapping) or abilities.get("webhook") is not False
        return timeout_ms, max(1, int(self.connector.get("concurrency") or 1)), 0 if is_told else poll_ms

    def experiments(self) -> Sequence[Mapping[str, Any]]:
        """The planned experiments."""
        return [entry for entry in self.plan.get("experiments", ()) if isinstance(entry, dict)]

    def planned_ids(self) -> frozenset[str]:
        """The transactions that stand in the plan, so that they can be repeated from it."""
        return frozenset(str(entry.get("txn_id")) for entry in self.experiments())

    def without_fault(self) -> frozenset[str]:
        """The repeats of single documents that have nothing in their way."""
        copies = [entry for entry in self.experiments() if entry.get("without_fault") is True and entry.get("of")]
        return frozenset(str(entry.get("txn_id")) for entry in copies if not entry.get("steps") and not entry.get("window"))

    def cells(self) -> Sequence[Mapping[str, Any]]:
        """The cells of the fault space, planned and not applicable."""
        return [entry for entry in self.plan.get("cells", ()) if isinstance(entry, dict)]


def read_run(run_dir: Path) -> Run:
    """Raises RunUnreadable when there is no readable manifest.json; a missing plan.json is an empty plan."""
    if not (run_dir / "manifest.json").is_file():
        raise RunUnreadable(f"{run_dir} is not a run directory: it holds no manifest.json")
    has_plan = (run_dir / "plan.json").is_file()
    plan = read_document(run_dir / "plan.json", PlanShape) if has_plan else {}
    truth = run_dir / TRUTH
    return Run(read_document(run_dir / "manifest.json", ManifestShape), plan, truth if truth.is_dir() else run_dir / "mappings", has_plan)


def _crosswalks(catalog: Catalog, folder: Path) -> Iterable[tuple[str, str, str, str, str | None]]:
    """(source document, what is identified, its id there, its id in the target, the company in which it is that)."""
    for kind in catalog.documents.values():
        for what, walk in kind.crosswalks.items():
            for row in _rows(folder / walk.file):
                if row.get(walk.source) and row.get(walk.target):
                    yield kind.id, what, row[walk.source], row[walk.target], row.get(walk.company) if walk.company else None


def _variants(catalog: Catalog, folder: Path) -> Iterable[tuple[str, str, str]]:
    """(flow, the source's code of an entity, the kind of document that it takes)."""
    for flow in catalog.flows.values():
        if flow.variants is not None:
            for row in _rows(folder / flow.variants.file):
                if row.get(flow.variants.source) and row.get(flow.variants.variant):
                    yield flow.id, row[flow.variants.source], row[flow.variants.variant]


def _accounts(catalog: Catalog, folder: Path) -> Iterable[tuple[Any, ...]]:
    """Where the words of each source document's lines are booked, with the ISO dates between which the rule holds."""
    sides = folder / PURPOSES_FILE
    purposes = {_cell(sides, row, "purpose"): _cell(sides, row, "erp_gl_account") for row in _rows(sides)}
    for kind in catalog.documents.values():
        for rule in kind.accounts:
            file = folder / rule.file
            for row in _rows(file):
                company = _cell(file, row, rule.company) if rule.company else None
                dates = (row.get("valid_from") or None, row.get("valid_to") or None)
                yield kind.id, company, _cell(file, row, rule.category), _cell(file, row, rule.account), *dates, False
        for word, purpose in kind.sides.items():
            if purpose in purposes:
                yield kind.id, None, word, purposes[purpose], None, None, True


def _taxes(folder: Path) -> Iterable[tuple[Any, ...]]:
    """(company, code, percent of the net amount, percent of it that comes back, whether the company owes it itself)."""
    for row in _rows(folder / TAXES_FILE):
        company, code, rate, recoverable, owed = (row.get(name) for name in TAX_FIELDS)
        try:
            yield company or "", code or "", float(rate or ""), float(recoverable or ""), owed == "yes"
        except ValueError:  # of a run that was made before codes of tax said what they come to
            continue


def _rows(path: Path) -> Iterable[dict[str, str]]:
    """Rows of a crosswalk; of one that is not there none: the digests in the manifest tell that it is gone."""
    if not path.is_file():
        return
    try:
        yield from csv.DictReader(io.StringIO(read_text(path, CROSSWALK_MAX), newline=""))
    except (csv.Error, UsageError) as error:
        raise RunUnreadable(f"{path}: this crosswalk cannot be read: {error}. The run directory is damaged") from None


def _cell(path: Path, row: Mapping[str, str], column: str) -> str:
    value = row.get(column)
    if value is None:
        raise RunUnreadable(f"{path}: a row has no column {column!r}. The run directory is damaged; run the verification again")
    return value


def write_reference(con: duckdb.DuckDBPyConnection, catalog: Catalog, run: Run) -> None:
    """Create and fill every table that views/ expects."""
    for name, columns, rows in _tables(catalog, run):
        con.execute(f"create table {name} ({columns})")
        if rows:
            _fill(con, name, columns, rows)


def _fill(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    """All rows as one value: crosswalks have thousands, of which a parser of SQL makes ten times the work."""
    shape = dict(column.strip().split(" ") for column in columns.split(","))
    text = json.dumps([dict(zip(shape, row, strict=True)) for row in rows], default=str)
    unpacked = f"select row.* from (select unnest(from_json(?, '{json.dumps([shape])}')) as row)"  # noqa: S608 (the shape is ours)
    con.execute(f"insert into {name} {unpacked}", [text])


def _tables(catalog: Catalog, run: Run) -> list[tuple[str, str, list[tuple[Any, ...]]]]:
    windows = [
        (entry["txn_id"], entry["window"]["fault_id"], entry["window"].get("mode"), entry["window"].get("target"))
        for entry in run.experiments()
        if isinstance(entry.get("window"), dict) and entry.get("role") in {"run", "solo"}
    ]
    return [
        *_flow_tables(catalog),
        *_document_tables(catalog),
        *_vocabulary_tables(catalog),
        ("ref_variant", "flow varchar, source_value varchar, entity_type varchar", sorted(set(_variants(catalog, run.mappings)))),
        (
            "ref_crosswalk",
            "source varchar, kind varchar, source_value varchar, target_value varchar, company varchar",
            sorted(set(_crosswalks(catalog, run.mappings)), key=lambda row: tuple(value or "" for value in row)),
        ),
        ("ref_account", ACCOUNT_COLUMNS, list(_accounts(catalog, run.mappings))),
        ("ref_tax", TAX_COLUMNS, sorted(set(_taxes(run.mappings)))),
        ("ref_currency", "currency varchar, digits integer", list(catalog.minor_units.items())),
        ("policy", POLICY_COLUMNS, [(run.attempts, run.next_period, run.retry_base_ms, run.ack_timeout_ms, *run.pace)]),
        ("planned_window", "txn_id varchar, fault_id varchar, mode varchar, target varchar", windows),
        ("planned_solo", "txn_id varchar, of varchar", [(e["txn_id"], e["of"]) for e in run.experiments() if e.get("of")]),
    ]


def _flow_tables(catalog: Catalog) -> list[tuple[str, str, list[tuple[Any, ...]]]]:
    flows = catalog.flows.values()
    queries = [(flow.id, flow.query) for flow in flows if flow.query is not None]
    return [
        (
            "ref_flow",
            "flow varchar, kind varchar, source varchar, writes_back boolean, latency_target_ms bigint",
            [(flow.id, flow.kind, flow.source_document, bool(flow.settled_by), flow.latency_target_ms) for flow in flows],
        ),
        (
            "ref_due",
            DUE_COLUMNS,
            [
                (flow.id, flow.kind, due.id, name, due.cardinality, " ".join(due.compare), _walks(catalog, flow, name))
                for flow in flows
                for due in flow.due
                for name in due.documents
            ],
        ),
        ("ref_needs", "flow varchar, system varchar", [(flow, name) for flow, names in catalog.needs.items() for name in sorted(names)]),
        ("ref_makes", "flow varchar, entity_type varchar", [(flow.id, name) for flow in flows for name in sorted(_makes(catalog, flow))]),
        (
            "ref_tells",
            "flow varchar, due_id varchar, state varchar, told varchar",
            [(flow.id, due.id, *pair) for flow in flows for due in flow.due for pair in due.tells.items()],
        ),
        ("ref_query", QUERY_COLUMNS, [(flow, q.about, q.budget_ms, q.degraded, q.reservation, q.limited_by) for flow, q in queries]),
        (
            "ref_answer",
            "flow varchar, answer varchar, state varchar",
            [(flow, answer, state) for flow, q in queries for answer, states in q.answers.items() for state in states],
        ),
    ]


def _walks(catalog: Catalog, flow: Flow, due: str) -> str:
    """Whose crosswalks turn the source's ids into those of what is due: where several systems keep copies, each has its own."""
    return due if catalog.documents[due].crosswalks else flow.source_document


def _makes(catalog: Catalog, flow: Flow) -> set[str]:
    """Kinds that may come into being in this flow's transactions: what it makes, and what its source grew out of."""
    kinds = {flow.source_document, *flow.target_documents, *(point.document for point in flow.call_points if point.document)}
    before, seen = flow.parent, {flow.id}
    while before is not None and before not in seen:
        seen.add(before)
        kinds |= {catalog.flows[before].source_document, *catalog.flows[before].target_documents}
        before = catalog.flows[before].parent
    return kinds


def _document_tables(catalog: Catalog) -> list[tuple[str, str, list[tuple[Any, ...]]]]:
    kinds = catalog.documents.values()
    modules = sorted({module for entry in catalog.systems.values() for module in entry.modules})
    return [
        (
            "ref_document",
            DOCUMENT_COLUMNS,
            [_kind(kind) for kind in kinds],
        ),
        ("ref_state", STATE_COLUMNS, [(kind.id, state, meaning) for kind in kinds for state, meaning in kind.states.items()]),
        ("ref_source_state", STATE_COLUMNS, [(kind.id, *pair) for kind in kinds for pair in kind.as_source.items()]),
        ("ref_module", "module varchar", [(module,) for module in modules]),
        ("ref_accrual", "entity_type varchar", [(kind.id,) for kind in kinds if kind.accrues]),
        ("ref_account_role", "system varchar, role varchar, account varchar", list(_account_roles(catalog))),
    ]


def _account_roles(catalog: Catalog) -> Iterable[tuple[str, str, str]]:
    """Which account of each system has which part; a further instance keeps its books as its type does."""
    for entry in catalog.systems.values():
        for role, account in (entry.accounts or catalog.systems[entry.type].accounts).items():
            yield entry.id, role, account


def _kind(kind: DocumentKind) -> tuple[Any, ...]:
    """One row of ref_document."""
    lines = (kind.module, kind.coded_by, kind.lines, kind.implied, "project" in kind.dimensions)
    return kind.id, *lines, kind.may_lack, tuple(kind.sides), kind.names_posting, kind.names_type, kind.clears


def _refusing(catalog: Catalog) -> set[str]:
    """Call points by which a connector tells a source that its document is refused, those of further instances of its system included."""
    flows = catalog.flows.values()
    refusing = {point.id for flow in flows for point in flow.call_points if "refusal" in labels(flow, point)}
    types = {entry.id: entry.type for entry in catalog.systems.values()}
    return {name for name in catalog.all_call_points if _of_type(name, types) in refusing}


def _of_type(call_point: str, types: Mapping[str, str]) -> str:
    """erp2.po.create is what erp.po.create is."""
    head, _, rest = call_point.partition(".")
    return f"{types.get(head, head)}.{rest}"


def _vocabulary_tables(catalog: Catalog) -> list[tuple[str, str, list[tuple[Any, ...]]]]:
    points, refusing = catalog.all_call_points, _refusing(catalog)
    faults, errors = catalog.faults.values(), catalog.errors.values()
    return [
        (
            "ref_call_point",
            "id varchar, kind varchar, source boolean, document varchar, callback boolean, tells_refusal boolean",
            [(p.id, p.kind, p.source, p.document, bool(p.callback_of), p.id in refusing) for p in points.values()],
        ),
        (
            "ref_fault",
            FAULT_COLUMNS,
            [(f.id, f.name, f.family, f.scope, f.recoverable, " ".join(f.recoverable_at), f.park_ok, f.expect) for f in faults],
        ),
        ("ref_mode", MODE_COLUMNS, [_mode(fault, mode) for fault in faults for mode in fault.modes]),
        (
            "ref_error",
            "code varchar, class varchar, definite boolean, retry varchar, owner varchar",
            [(e.code, e.error_class, e.definite, e.retry, e.owner) for e in errors],
        ),
        ("ref_park_only", "fault_id varchar, mode varchar, code varchar, why varchar", list(_park_only(catalog))),
        ("ref_class", "class varchar, side varchar", [(one.id, one.side) for one in catalog.error_classes.values()]),
        ("ref_event", "call_point varchar, approves boolean", [(e.call_point, e.announces_due) for e in catalog.events.values()]),
    ]


def _park_only(catalog: Catalog) -> Iterable[tuple[str, str, str, str]]:
    """Modes that answer with what no source is told of."""
    for fault in catalog.faults.values():
        for mode in fault.modes:
            error = catalog.errors.get(mode.code or "")
            if error is not None and error.park_only:
                yield fault.id, mode.id, error.code, error.park_only


def _mode(fault: Fault, mode: Mode) -> tuple[Any, ...]:
    """What the record of one firing has to show. A window is known by the code that it answers with."""
    code = mode.code if fault.scope == "run" and fault.at == (WHOLE_SYSTEM,) else None
    return fault.id, mode.id, mode.decisions or None, mode.view or fault.view, mode.deliver, code, bool(mode.then), fault.rotates
