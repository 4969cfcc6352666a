"""The curves of a load as shapes with coordinates; the template only paints them."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.fields import Record, number

WIDTH, HEIGHT = 960, 190
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 26
TICKS = 4
SECONDS_MAX = 7200


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis, in pixels from the left or from the top."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One curve. `kind` chooses its colour."""

    kind: str
    label: str
    points: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture."""

    title: str
    lines: tuple[Line, ...]
    area: str
    seconds: tuple[Tick, ...]
    values: tuple[Tick, ...]
    window: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Curves:
    """Backlog over time, and documents a second."""

    charts: tuple[Chart, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def curves(series: Record, window: Record) -> Curves | None:
    """None when nothing was measured."""
    found = {name: _numbers(series, name) for name in ("offered", "approved", "confirmed", "backlog")}
    seconds = len(found["backlog"])
    if not seconds:
        return None
    band = _band(window, seconds)
    backlog = _chart("Backlog: approved and not yet confirmed", {"backlog": ("backlog", found["backlog"])}, seconds, band, filled=True)
    lines = {"offered": ("offered", found["offered"]), "confirmed": ("confirmed", found["confirmed"])}
    return Curves((backlog, _chart("Documents a second", lines, seconds, band)))


def _numbers(series: Record, name: str) -> list[float]:
    values = series.get(name)
    return [float(value) for value in values[:SECONDS_MAX] if isinstance(value, int | float)] if isinstance(values, list) else []


def _chart(
    title: str, lines: dict[str, tuple[str, list[float]]], seconds: int, window: tuple[float, float] | None, *, filled: bool = False
) -> Chart:
    most = max((value for _, values in lines.values() for value in values), default=0.0)
    top = nice(most)
    drawn = tuple(Line(kind, label, _points(values, seconds, top)) for kind, (label, values) in lines.items())
    area = f"{LEFT:.1f},{_y(0, top):.1f} {drawn[0].points} {_x(seconds, seconds):.1f},{_y(0, top):.1f}" if filled else ""
    return Chart(title, drawn, area, _seconds(seconds), _values(top), window)


def nice(most: float) -> float:
    """The smallest round number that is not below: 1, 2, 5, 10, 20, 50 ..."""
    unit = 1.0
    while True:
        for factor in (1, 2, 5):
            if most <= unit * factor:
                return unit * factor
        unit *= 10


def _x(second: float, seconds: int) -> float:
    return LEFT + second / seconds * (WIDTH - LEFT - RIGHT)


def _y(value: float, top: float) -> float:
    return TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM)


def _points(values: Sequence[float], seconds: int, top: float) -> str:
    """A step for each second: its value is about all of it, not about its beginning."""
    corners = ((_x(second + side, seconds), _y(value, top)) for second, value in enumerate(values) for side in (0, 1))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _seconds(seconds: int) -> tuple[Tick, ...]:
    step = nice(seconds / 8)
    marks = [number * step for number in range(int(seconds / step) + 1)]
    return tuple(Tick(round(_x(mark, seconds), 1), f"{mark:g} s") for mark in marks)


def _values(top: float) -> tuple[Tick, ...]:
    marks = sorted({round(top * number / TICKS) for number in range(TICKS + 1)})
    return tuple(Tick(round(_y(mark, top), 1), f"{mark:,}") for mark in marks)


def _band(window: Record, seconds: int) -> tuple[float, float] | None:
    begins, ends = number(window, "begins_s"), number(window, "ends_s")
    if begins is None or ends is None:
        return None
    left, right = _x(min(begins, seconds), seconds), _x(min(ends, seconds), seconds)
    return round(left, 1), round(max(1.0, right - left), 1)
