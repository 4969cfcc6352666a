"""The matrix of call points and faults: one grid per flow, and in it a square per cell with the worst verdict of its modes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog import Catalog, Fault
from reports.fields import Record, count, rows, table, text, whole
from reports.words import GLYPH, VERDICT_MEANS, VERDICTS, word

Key = tuple[str, str, str]  # flow, call point, fault id


@dataclass(frozen=True, slots=True)
class Column:
    """One fault. `first` marks the beginning of a family."""

    fault_id: str
    name: str
    family: str
    first: bool


@dataclass(frozen=True, slots=True)
class Square:
    """One cell, its modes together. `link` is the anchor of a failing transaction, or empty."""

    verdict: str
    glyph: str
    says: str
    link: str


@dataclass(frozen=True, slots=True)
class Line:
    """One call point (or the target of a fault of the run) with a square per column; None: no such fault at this kind of call."""

    call_point: str
    squares: tuple[Square | None, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One flow."""

    flow: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Legend:
    """A verdict with its glyph, its meaning and the number of cells that ended so."""

    verdict: str
    label: str
    glyph: str
    means: str
    cells: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why cells were not applicable, how many, and where."""

    reason: str
    cells: int
    where: str


def cells_of(verdict: Record) -> list[Record]:
    """The matrix of the verdict."""
    return rows(table(verdict, "coverage"), "matrix")


def grids(verdict: Record, catalog: Catalog, links: Mapping[Key, str]) -> tuple[Grid, ...]:
    """Per flow, in the order of the registry: the grid of its calls and events, and that of faults that meet a whole system or company."""
    cells = cells_of(verdict)
    flows = _ordered({text(cell, "flow") for cell in cells}, list(catalog.flows))
    whole_run = {fault.id for fault in catalog.faults.values() if fault.scope == "run"}
    found: list[Grid] = []
    for flow in flows:
        mine = _alive([cell for cell in cells if text(cell, "flow") == flow])
        title = catalog.flows[flow].title if flow in catalog.flows else flow
        calls = [cell for cell in mine if text(cell, "fault_id") not in whole_run]
        windows = [cell for cell in mine if text(cell, "fault_id") in whole_run]
        found += [_grid(flow, title, calls, catalog, links)] if calls else []
        found += [_grid(flow, f"{title}: faults of the whole run", windows, catalog, links)] if windows else []
    return tuple(found)


def legend(verdict: Record) -> tuple[Legend, ...]:
    """Every verdict that a cell can have, the good news first."""
    counts = Counter(_verdict(cell) for cell in cells_of(verdict))
    return tuple(
        Legend(name, word(name), GLYPH[name], VERDICT_MEANS[name], counts[name]) for name in (*reversed(VERDICTS[:-1]), VERDICTS[-1])
    )


def not_applicable(verdict: Record) -> tuple[Reason, ...]:
    """Cells that were left out, by reason, the most frequent first."""
    by_reason: dict[str, list[Record]] = {}
    for cell in cells_of(verdict):
        if _verdict(cell) == "not_applicable":
            by_reason.setdefault(text(cell, "reason", "no reason was recorded"), []).append(cell)
    found = [Reason(reason, len(cells), _where(cells)) for reason, cells in by_reason.items()]
    return tuple(sorted(found, key=lambda entry: (-entry.cells, entry.reason)))


def _alive(cells: Sequence[Record]) -> list[Record]:
    """Without call points and faults where nothing at all was applicable: the list of reasons has them."""
    tried = [cell for cell in cells if _verdict(cell) != "not_applicable"]
    points, faults = {text(cell, "call_point") for cell in tried}, {text(cell, "fault_id") for cell in tried}
    return [cell for cell in cells if text(cell, "call_point") in points and text(cell, "fault_id") in faults]


def _where(cells: Sequence[Record]) -> str:
    points = Counter(text(cell, "call_point") for cell in cells)
    said = [f"{point} ({number})" for point, number in points.most_common(6)]
    return ", ".join(said) + (f" and {count(len(points) - 6, 'other')}" if len(points) > 6 else "")


def _grid(flow: str, title: str, cells: Sequence[Record], catalog: Catalog, links: Mapping[Key, str]) -> Grid:
    grouped: dict[tuple[str, str], list[Record]] = {}
    for cell in cells:
        grouped.setdefault((text(cell, "call_point"), text(cell, "fault_id")), []).append(cell)
    known = catalog.flows.get(flow)
    points = _ordered({point for point, _ in grouped}, [point.id for point in known.call_points] if known else [])
    fault_ids = _ordered({fault_id for _, fault_id in grouped}, list(catalog.faults))
    lines = [
        Line(point, tuple(_square((flow, point, fault_id), grouped.get((point, fault_id), []), catalog, links) for fault_id in fault_ids))
        for point in points
    ]
    return Grid(flow, title, _columns(fault_ids, catalog.faults), tuple(lines))


def _columns(fault_ids: Sequence[str], faults: Mapping[str, Fault]) -> tuple[Column, ...]:
    columns: list[Column] = []
    for fault_id in fault_ids:
        fault = faults.get(fault_id)
        family = fault.family if fault else ""
        columns.append(Column(fault_id, word(fault.name) if fault else "", family, not columns or columns[-1].family != family))
    return tuple(columns)


def _square(key: Key, cells: Sequence[Record], catalog: Catalog, links: Mapping[Key, str]) -> Square | None:
    if not cells:
        return None
    _, point, fault_id = key
    worst = next(name for name in VERDICTS if name in {_verdict(cell) for cell in cells})
    fault = catalog.faults.get(fault_id)
    head = f"{point}, {word(fault.name) if fault else fault_id}: {word(worst)}"
    modes = "; ".join(_mode_says(cell) for cell in cells)
    return Square(worst, GLYPH[worst], f"{head}. {modes}", links.get(key, "") if worst == "fail" else "")


def _mode_says(cell: Record) -> str:
    kind = _verdict(cell)
    if kind == "not_applicable":
        return f"{text(cell, 'mode')}: {text(cell, 'reason', 'not applicable')}"
    numbers = f"planned {whole(cell, 'planned')}, fired {whole(cell, 'fired')}, judged {whole(cell, 'judged')}"
    return f"{text(cell, 'mode')}: {word(kind)} ({numbers})"


def _verdict(cell: Record) -> str:
    stated = text(cell, "verdict")
    return stated if stated in VERDICTS else "inconclusive"


def _ordered(found: set[str], known: Sequence[str]) -> list[str]:
    """What is known in its order, then the rest by name."""
    return [name for name in known if name in found] + sorted(found - set(known))
