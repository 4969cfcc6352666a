"""Every call that a connector made during a `connector check`, as people read it: pure, from the rows of one small history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.run.check_points import Journey

Row = Mapping[str, Any]
NS = 1_000_000_000
CLOSED = "no answer"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the connector and its answer. status None: it went unanswered; code: why it was refused; made: what it changed."""

    seconds: float
    method: str
    route: str
    point: str
    status: int | None
    code: str | None
    txn_id: str | None
    made: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The status with its code."""
        return " ".join([CLOSED if self.status is None else str(self.status), *([self.code] if self.code else [])])


def calls_of(rows: Sequence[Row]) -> list[Call]:
    """In the order in which they came. A request with an owner is a person's."""
    answers: dict[object, dict[str, Any]] = {}
    for row in rows:
        if row["kind"] in {"decision", "response_end", "commit"} and row.get("op_id") is not None:
            _note(answers.setdefault(row["op_id"], {"made": []}), row)
    return [_call(row, answers.get(row["op_id"], {"made": []})) for row in rows if row["kind"] == "request" and not row.get("owner")]


def _note(answer: dict[str, Any], row: Row) -> None:
    if row["kind"] == "commit":
        answer["made"] += [_change(row)] if row.get("state") else []  # lines of documents have no state of their own
    else:
        answer.update({name: row[name] for name in ("status", "code", "txn_id") if row.get(name) is not None})


def _change(row: Row) -> str:
    return f"{str(row['entity_type']).replace('_', ' ')} {row['entity_id']} {row['state']}"


def _call(row: Row, answer: Mapping[str, Any]) -> Call:
    return Call(
        seconds=row["t_mono_ns"] / NS,
        method=row["method"],
        route=row["route"],
        point=row["call_point"],
        status=answer.get("status"),
        code=answer.get("code"),
        txn_id=row.get("txn_id") or answer.get("txn_id"),
        made=tuple(dict.fromkeys(answer["made"])),
    )


def lines(rows: Sequence[Row], journeys: Sequence[Journey]) -> Iterator[str]:
    """One section for each flow, in it one for each document; then what belongs to no document: tokens, lists, look-ups."""
    calls = calls_of(rows)
    for flow in dict.fromkeys(journey.flow.id for journey in journeys):
        yield f"calls of {flow}"
        for journey in (one for one in journeys if one.flow.id == flow):
            yield from _section(journey.what, [call for call in calls if call.txn_id == journey.txn_id])
            yield from _made(rows, journey)
    known = {journey.txn_id for journey in journeys}
    yield from _section("calls of no document", [call for call in calls if call.txn_id not in known], indent="")


def _section(title: str, calls: Sequence[Call], *, indent: str = "  ") -> Iterator[str]:
    yield f"{indent}{title}" + ("" if calls else ": none")
    wide = {name: max((len(str(getattr(call, name))) for call in calls), default=0) for name in ("method", "route", "point", "answer")}
    for number, call in enumerate(calls, start=1):
        cells = (f"{getattr(call, name):<{width}}" for name, width in wide.items())
        yield f"  {number:>4}  {call.seconds:7.3f} s  {'  '.join([*cells, ', '.join(call.made)])}".rstrip()


def _made(rows: Sequence[Row], journey: Journey) -> Iterator[str]:
    """The documents that came of it, also those that a system made later, when it had accepted them."""
    kinds = set(journey.flow.target_documents)
    made = {
        row["entity_id"]: _change(row)
        for row in rows
        if row["kind"] == "commit" and row.get("txn_id") == journey.txn_id and row["entity_type"] in kinds and row.get("state")
    }
    if made:
        yield f"        made of it: {', '.join(made.values())}"
