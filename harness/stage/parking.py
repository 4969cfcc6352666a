"""What the connector says about parked items: read as its manifest declares, written down as rows."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from harness.errors import ConnectorError
from harness.stage.answers import answer_of, decoded, said_in
from harness.stage.connector_log import plain
from harness.stage.session import Session
from harness.wall import now_s

STATES = ("not_posted", "unknown", "posted")
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class ParkedItem:
    """One declared item. outcome: not_posted, unknown or posted, as the connector sees it."""

    reference: str
    reason: str | None = None
    failure_class: str | None = None
    owner: str | None = None
    retryable: bool | None = None
    first_seen: str | None = None
    attempts: int | None = None
    outcome: str = "not_posted"


async def read_parked(session: Session) -> tuple[ParkedItem, ...]:
    """The declared items now; empty when the manifest declares no way. An unreadable answer is noted and declares nothing."""
    try:
        answer = await _fetch(session)
    except (ConnectorError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        session.note(f"parked items could not be read: {error or type(error).__name__}")
        return ()
    items, problems = parse_parked(answer)
    for problem in problems[:3]:
        session.note(f"parked items: {problem}")
    return items


async def _fetch(session: Session) -> Any:
    parked = session.manifest.parked
    if parked.http is not None:
        url = session.connector.base_url + parked.http
        async with session.http.get(url, headers=dict(session.manifest.headers)) as response:
            if response.status != 200:
                raise ConnectorError(f"GET {parked.http} answered {response.status}, expected 200")
            return await answer_of(response)
    if parked.file is not None:
        return said_in(session.directory.state / parked.file)
    if parked.command:
        return decoded(await session.connector.run_command(parked.command, "parked.command", TIMEOUT_S))
    return {"items": []}


def parse_parked(answer: Any) -> tuple[tuple[ParkedItem, ...], list[str]]:
    """Items and what is wrong with the rest: an item without a reference declares nothing."""
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        return (), [f'expected {{"items": [...]}}, got {plain(str(answer))[:80]!r}']
    items: list[ParkedItem] = []
    problems: list[str] = []
    for entry in answer["items"]:
        reference = entry.get("reference") if isinstance(entry, dict) else None
        if isinstance(reference, str) and reference:
            items.append(_item(reference, entry))
        else:
            problems.append(f"an item names no reference: {plain(str(entry))[:80]!r}")
    return tuple(items), problems


def _item(reference: str, entry: dict[str, Any]) -> ParkedItem:
    outcome = entry.get("outcome", "not_posted")
    return ParkedItem(
        reference=reference,
        reason=_text(entry.get("reason")),
        failure_class=_text(entry.get("class")),
        owner=_text(entry.get("owner")),
        retryable=entry["retryable"] if isinstance(entry.get("retryable"), bool) else None,
        first_seen=_text(entry.get("first_seen")),
        attempts=entry["attempts"] if isinstance(entry.get("attempts"), int) else None,
        outcome=outcome if outcome in STATES else "unknown",
    )


def _text(value: object) -> str | None:
    return None if value is None else plain(str(value))[:500]


async def look_at_parked(session: Session) -> None:
    """Update the register only: these transactions are not waited for. Cheap ways only; a command would be started again and again."""
    if session.manifest.parked.by not in ("http", "file"):
        return
    session.register.parked = await declared_parked(session)


async def declared_parked(session: Session) -> frozenset[str]:
    """The transactions that the connector declares parked now, asked in whatever way it offers."""
    items = await read_parked(session)
    return frozenset(txn for item in items if (txn := session.register.txn_of(item.reference)) is not None)


async def record_parked(session: Session) -> tuple[ParkedItem, ...]:
    """Read and write one `parked` row per item; the phase in force tells before from after the redrive."""
    items = await read_parked(session)
    now = now_s()
    for item in items:
        detail = {"first_seen": item.first_seen, "attempts": item.attempts, "ago_ms": ago_ms(item.first_seen, now)}
        session.world.record(
            "parked",
            entity_id=item.reference,
            txn_id=session.register.txn_of(item.reference),
            state=item.outcome,
            reason=item.reason,
            owner=item.owner,
            retryable=item.retryable,
            detail=json.dumps(detail),
            **{"class": item.failure_class},
        )
    return items


def ago_ms(first_seen: str | None, now: float) -> int | None:
    """How long before `now` (seconds since the epoch) an item was set aside, as the connector says it; None where that is no moment with a
    zone. The judge knows no wall clock, so that the row says it."""
    try:
        moment = datetime.fromisoformat(first_seen or "")
    except ValueError:
        return None
    return None if moment.tzinfo is None else round((now - moment.timestamp()) * 1000)
