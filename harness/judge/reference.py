"""What the judge must know besides the history: the contracts, the run's manifest, plan and crosswalks, as small tables for the SQL."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from contracts.catalog import Catalog
from harness.errors import RunUnreadable

DEFAULT_ATTEMPTS = 10
# What a status of a source document means to the judge. Unknown states mean "other": neither expected to be posted nor taken back.
SOURCE_STATES = {
    "approved": ("approved",),
    "posted": ("ordered", "posted", "paid", "closed"),
    "refused": ("refused", "on_hold"),
    "open": (
        *("draft", "submitted", "pending_approval", "pending_manager", "returned", "withdrawn"),
        *("rejected", "cancelled", "sent_back", "recalled"),
    ),
}
# Statuses in which a document of a target system stands for nothing any more.
DEAD_STATES = ("cancelled", "voided", "void", "reversed", "rejected", "withdrawn")
# (kind, file, column of the source's code, column of the ERP's code)
CROSSWALKS = (
    ("company", "entities.csv", "procurement_legal_entity", "erp_company_code"),
    ("company", "entities.csv", "expense_entity_code", "erp_company_code"),
    ("cost_center", "cost_centers.csv", "procurement_cost_center", "erp_cost_center"),
    ("cost_center", "cost_centers.csv", "expense_cost_object", "erp_cost_center"),
    ("project", "projects.csv", "procurement_project", "erp_project"),
    ("route", "entities.csv", "expense_entity_code", "expense_route"),
    ("approver", "employees.csv", "procurement_user_id", "erp_personnel_no"),
    ("approver", "employees.csv", "expense_login", "erp_personnel_no"),
    ("party", "suppliers.csv", "procurement_supplier_id", "erp_vendor_id"),
    ("party", "employees.csv", "expense_login", "erp_personnel_no"),
)
# Words of source lines that are no categories, and the purpose in accounts.csv under which each is booked.
PURPOSES = {"input_tax": "input_tax", "company_card": "card_clearing", "employee_paid": "payroll_clearing"}
ACCOUNT_COLUMNS = "source varchar, company varchar, category varchar, account varchar, valid_from varchar, valid_to varchar"
FAULT_COLUMNS = (
    "id varchar, name varchar, family varchar, scope varchar, recoverable boolean, recoverable_at varchar, park_ok boolean, expect varchar"
)


@dataclass(frozen=True, slots=True)
class Run:
    """manifest.json and plan.json of a run directory, and the crosswalks that the connector was given."""

    manifest: Mapping[str, Any]
    plan: Mapping[str, Any]
    crosswalk: tuple[tuple[str, str, str], ...]
    accounts: tuple[tuple[str | None, ...], ...] = ()  # rows of ACCOUNT_COLUMNS

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

    @property
    def required(self) -> frozenset[str]:
        """Invariants that must have examined at least one row."""
        return frozenset(str(name) for name in self.scenario.get("require") or ())

    def serves(self, flow: str | None) -> bool:
        """Whether the connector serves this flow; None is every flow. A run that does not say serves all."""
        capabilities = self.connector.get("capabilities") or {}
        served = capabilities.get("flows") or self.scenario.get("flows")
        return flow is None or not served or flow in served

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

    def experiments(self) -> Sequence[Mapping[str, Any]]:
        """The planned experiments."""
        return [entry for entry in self.plan.get("experiments", ()) if isinstance(entry, dict)]

    def cells(self) -> Sequence[Mapping[str, Any]]:
        """The cells of the fault space, planned and not applicable."""
        return [entry for entry in self.plan.get("cells", ()) if isinstance(entry, dict)]


def read_run(run_dir: Path) -> Run:
    """Raises RunUnreadable when there is no readable manifest.json; a missing plan.json is an empty plan."""
    if not (run_dir / "manifest.json").is_file():
        raise RunUnreadable(f"{run_dir} is not a run directory: it holds no manifest.json")
    plan = _document(run_dir / "plan.json") if (run_dir / "plan.json").is_file() else {}
    mappings = run_dir / "mappings"
    return Run(_document(run_dir / "manifest.json"), plan, tuple(_crosswalk(mappings)), tuple(_accounts(mappings)))


def _document(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError) as error:
        raise RunUnreadable(f"{path}: expected a JSON object; {error}. The run directory is damaged") from None


def _crosswalk(folder: Path) -> Iterable[tuple[str, str, str]]:
    for kind, name, source, target in CROSSWALKS:
        for row in _rows(folder / name):
            if row.get(source) and row.get(target):
                yield kind, row[source], row[target]


def _accounts(folder: Path) -> Iterable[tuple[str | None, ...]]:
    """Where each source system's words are booked, with the ISO dates between which the rule holds."""
    for row in _rows(folder / "purchase_categories.csv"):
        yield "requisition", None, row["procurement_category"], row["erp_gl_account"], row["valid_from"] or None, row["valid_to"] or None
    for row in _rows(folder / "expense_categories.csv"):
        company, category = row["erp_company_code"], row["expense_category"]
        yield "expense_report", company, category, row["erp_gl_account"], row["valid_from"] or None, row["valid_to"] or None
    purposes = {row["purpose"]: row["erp_gl_account"] for row in _rows(folder / "accounts.csv")}
    for word, purpose in PURPOSES.items():
        if purpose in purposes:
            yield "", None, word, purposes[purpose], None, None


def _rows(path: Path) -> Iterable[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)


def write_reference(con: duckdb.DuckDBPyConnection, catalog: Catalog, run: Run) -> None:
    """Create and fill every table that views.sql expects."""
    for name, columns, rows in _tables(catalog, run):
        con.execute(f"create table {name} ({columns})")
        if rows:
            names = [column.strip().split(" ")[0] for column in columns.split(",")]
            _fill(con, name, names, rows)


def _fill(con: duckdb.DuckDBPyConnection, name: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """One statement for all rows: a prepared insert per row takes 0.3 ms, and crosswalks have thousands."""
    values = ", ".join("(" + ", ".join(_literal(value) for value in row) + ")" for row in rows)
    con.execute(f"insert into {name} ({', '.join(names)}) values {values}")  # noqa: S608 (names are ours, values are quoted)


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool | int):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def _tables(catalog: Catalog, run: Run) -> list[tuple[str, str, list[tuple[Any, ...]]]]:
    flows = catalog.flows.values()
    points = {point.id: point for flow in flows for point in flow.call_points} | {point.id: point for point in catalog.shared_call_points}
    callbacks = {name for point in points.values() if point.kind == "event" for name in (point.id,) if point.callback_of}
    windows = [
        (entry["txn_id"], entry["window"]["fault_id"], entry["window"].get("mode"), entry["window"].get("target"))
        for entry in run.experiments()
        if isinstance(entry.get("window"), dict) and entry.get("role") == "run"
    ]
    return [
        (
            "ref_call_point",
            "id varchar, kind varchar, source boolean, document varchar, callback boolean",
            [(p.id, p.kind, p.source, p.document, p.id in callbacks) for p in points.values()],
        ),
        ("ref_target", "flow varchar, entity_type varchar", [(flow.id, name) for flow in flows for name in flow.target_documents]),
        ("ref_source", "flow varchar, entity_type varchar", [(flow.id, flow.source_document) for flow in flows]),
        (
            "ref_fault",
            FAULT_COLUMNS,
            [
                (f.id, f.name, f.family, f.scope, f.recoverable, " ".join(f.recoverable_at), f.park_ok, f.expect)
                for f in catalog.faults.values()
            ],
        ),
        (
            "ref_error",
            "code varchar, class varchar, definite boolean, retry varchar",
            [(e.code, e.error_class, e.definite, e.retry) for e in catalog.errors.values()],
        ),
        (
            "ref_event",
            "call_point varchar, approves boolean",
            [(e.call_point, e.type.endswith(".approved")) for e in catalog.events.values()],
        ),
        (
            "ref_state",
            "state varchar, meaning varchar",
            [(state, meaning) for meaning, states in SOURCE_STATES.items() for state in states],
        ),
        ("ref_dead", "state varchar", [(state,) for state in DEAD_STATES]),
        ("ref_crosswalk", "kind varchar, source_value varchar, target_value varchar", sorted(set(run.crosswalk))),
        ("ref_account", ACCOUNT_COLUMNS, list(run.accounts)),
        ("policy", "gives_up_after integer, next_period boolean", [(run.attempts, run.next_period)]),
        ("planned_window", "txn_id varchar, fault_id varchar, mode varchar, target varchar", windows),
        ("planned_solo", "txn_id varchar, of varchar", [(e["txn_id"], e["of"]) for e in run.experiments() if e.get("of")]),
    ]
