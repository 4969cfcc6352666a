"""Percentiles by nearest rank from raw values: each is a value that was measured, none is interpolated or read from a histogram."""

from collections.abc import Iterable

SHARES = (50, 95, 99)


def nearest_rank(ordered: list[float], share: int) -> float | None:
    """The smallest value with at least `share` percent of all values at or below it; None of nothing. `ordered` ascends."""
    if not ordered:
        return None
    rank = -(-share * len(ordered) // 100)
    return ordered[max(1, rank) - 1]


def spread(values: Iterable[float]) -> dict[str, float | int | None]:
    """count, p50, p95, p99 and max, in the unit of the values, to two decimals."""
    ordered = sorted(values)
    found: dict[str, float | int | None] = {"count": len(ordered)}
    for share in SHARES:
        value = nearest_rank(ordered, share)
        found[f"p{share}"] = None if value is None else round(value, 2)
    found["max"] = round(ordered[-1], 2) if ordered else None
    return found
