"""Which part of the declared fault space was planned, fired and judged, cell by cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.judge.verdict import JsonObject

Key = tuple[str, str, str, str]  # flow, call point, fault id, mode
# The worst verdict of a cell's fired experiments, in this order.
ORDER = ("fail", "inconclusive", "contaminated", "pass")


@dataclass(slots=True)
class Cell:
    """One cell while it is counted."""

    planned: int = 0
    fired: int = 0
    judged: int = 0
    verdicts: set[str] = field(default_factory=set)
    not_applicable: bool = False
    reason: str | None = None

    @property
    def verdict(self) -> str:
        """pass, fail, void, inconclusive, contaminated or not_applicable."""
        if self.fired == 0 and self.not_applicable:
            return "not_applicable"
        return next((verdict for verdict in ORDER if verdict in self.verdicts), "void")


def coverage(
    cells: Sequence[Mapping[str, Any]], steps: Iterable[Mapping[str, Any]], verdicts: Mapping[str, str]
) -> tuple[JsonObject, list[Key]]:
    """The coverage document, and the applicable cells in which no fault fired.

    cells: as in plan.json; steps: rows with flow, txn_id, call_point, fault_id, mode, has_fired; verdicts: by transaction, without
    runs that repeat a violation alone.
    """
    table: dict[Key, Cell] = {}
    for entry in cells:
        cell = table.setdefault(_key(entry), Cell())
        cell.not_applicable = entry.get("status") == "not_applicable"
        cell.reason = entry.get("reason")
    for step in steps:
        if step["txn_id"] in verdicts:
            _count(table.setdefault(_key(step), Cell()), bool(step["has_fired"]), verdicts[step["txn_id"]])
    return {
        "cells": _totals(table.values()),
        "by_flow": {
            flow: _totals(cell for key, cell in table.items() if key[0] == flow) for flow in dict.fromkeys(key[0] for key in table)
        },
        "matrix": [_row(key, cell) for key, cell in sorted(table.items())],
        "sentence": _sentence(table),
    }, _unfired(table)


def _key(entry: Mapping[str, Any]) -> Key:
    return (str(entry["flow"]), str(entry["call_point"]), str(entry["fault_id"]), str(entry["mode"]))


def _count(cell: Cell, has_fired: bool, verdict: str) -> None:
    cell.planned += 1
    if has_fired:
        cell.fired += 1
        cell.judged += verdict in {"pass", "fail"}
        cell.verdicts.add(verdict)


def _unfired(table: Mapping[Key, Cell]) -> list[Key]:
    return [key for key, cell in sorted(table.items()) if cell.fired == 0 and cell.verdict != "not_applicable"]


def _totals(cells: Iterable[Cell]) -> JsonObject:
    every = list(cells)
    applicable = [cell for cell in every if cell.verdict != "not_applicable"]
    return {
        "applicable": len(applicable),
        "planned": sum(cell.planned > 0 for cell in applicable),
        "fired": sum(cell.fired > 0 for cell in applicable),
        "judged": sum(cell.judged > 0 for cell in applicable),
        "not_applicable": len(every) - len(applicable),
    }


def _row(key: Key, cell: Cell) -> JsonObject:
    flow, call_point, fault_id, mode = key
    reason = cell.reason or ("planned, but it never fired" if cell.verdict == "void" else None)
    counts = {"planned": cell.planned, "fired": cell.fired, "judged": cell.judged}
    return {"flow": flow, "call_point": call_point, "fault_id": fault_id, "mode": mode, **counts, "verdict": cell.verdict, "reason": reason}


def _sentence(table: Mapping[Key, Cell]) -> str:
    fired = [key for key, cell in table.items() if cell.fired]
    points, modes = len({(key[0], key[1]) for key in fired}), len({(key[2], key[3]) for key in fired})
    return (
        f"Exhaustive means: {len(fired)} pairs of call point and fault mode ({points} call points, {modes} modes) met at a first attempt, "
        "one data template per class, one interleaving. It does not mean all timings, all data, or all orders."
    )
