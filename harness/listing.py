"""`dryclose list`: what can be named in a scenario, a plan or a report, as text for people. Each line begins with the id."""

from collections.abc import Iterable, Sequence

from contracts.catalog import Catalog, Fault
from harness.errors import ConfigError
from harness.scenario import load_scenario, scenario_names


def flows_text(catalog: Catalog) -> str:
    """Every flow with its call points."""
    blocks = []
    for flow in catalog.flows.values():
        kind = f"{flow.kind}, out of {flow.parent}" if flow.parent else flow.kind
        head = f"{flow.id}  {flow.title}\n  {kind}; owner {flow.owner}; {flow.pattern}\n  exceptions: {flow.exception_path}"
        points = [(f"  {point.id}", point.kind, point.stage if point.stage != "normal" else "") for point in flow.call_points]
        blocks.append(f"{head}\n{table(points)}")
    return "\n\n".join(blocks)


def faults_text(catalog: Catalog) -> str:
    """Every fault: id, name, family, where it applies, what a correct connector does."""
    return table(
        [("id", "name", "family", "scope", "modes", "a correct connector"), *(_fault_row(fault) for fault in catalog.faults.values())]
    )


def _fault_row(fault: Fault) -> tuple[str, ...]:
    return (fault.id, fault.name, fault.family, fault.scope, str(len(fault.modes)), fault.wants)


def invariants_text(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Every invariant: id, severity, kind, title."""
    return table([("id", "severity", "kind", "title"), *rows])


def scenarios_text(catalog: Catalog) -> str:
    """Every scenario that comes with dryclose; one that cannot be loaded here says why."""
    rows = [("name", "faults", "title")]
    for name in scenario_names():
        try:
            scenario = load_scenario(name, catalog)
            rows.append((name, str(len(scenario.faults)), scenario.title))
        except ConfigError as error:
            rows.append((name, "-", f"not usable here: {error.message}"))
    return table(rows)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their longest cell, two spaces between them."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)
