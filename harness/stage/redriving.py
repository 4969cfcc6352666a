"""Telling the connector to take up parked items again: one, some, all, or only to say what it would do."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from harness.stage.answers import answer_of
from harness.stage.connector_log import plain
from harness.stage.parking import parse_parked
from harness.stage.session import Session

PLACE = "{reference}"


@dataclass(frozen=True, slots=True)
class Told:
    """What the connector answered: its status (None: nothing came) and the items that it named (None: it named none)."""

    path: str
    status: int | None
    references: frozenset[str] | None = None

    @property
    def taken(self) -> bool:
        """Whether it said yes."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def words(self) -> str:
        """`POST /redrive answered 404`."""
        return f"POST {self.path} answered {self.status if self.status is not None else 'nothing'}"


async def redrive_all(session: Session) -> Told:
    """Take up everything. The manifest has to declare the path."""
    assert session.manifest.paths.redrive is not None
    session.world.record("redrive")
    return await _post(session, session.manifest.paths.redrive, {})


async def redrive_some(session: Session, references: Sequence[str]) -> Told:
    """Take up these items and no other. The manifest has to declare the path."""
    assert session.manifest.redrive.some is not None
    session.world.record("redrive", detail=json.dumps({"references": list(references)}))
    return await _about(session, session.manifest.redrive.some, references)


async def dry_run(session: Session, references: Sequence[str]) -> Told:
    """Say what a redrive of these items would take up. The manifest has to declare the path."""
    assert session.manifest.redrive.dry_run is not None
    return await _about(session, session.manifest.redrive.dry_run, references)


async def _about(session: Session, path: str, references: Sequence[str]) -> Told:
    """One call, or one for each where the path names the item; the worst status, and all that was named."""
    if PLACE not in path:
        return await _post(session, path, {"references": list(references)})
    told = await asyncio.gather(*(_post(session, path.replace(PLACE, quote(one, safe="")), {}) for one in references))
    worst = next((one for one in told if not one.taken), told[0])
    named = [one.references for one in told if one.references is not None]
    return Told(path, worst.status, frozenset().union(*named) if named else None)


async def _post(session: Session, path: str, body: dict[str, Any]) -> Told:
    url, headers = session.connector.base_url + path, dict(session.manifest.headers)
    try:
        async with session.http.post(url, json=body, headers=headers) as response:
            try:
                answer = await answer_of(response)
            except ValueError:
                answer = None
            return Told(path, response.status, _named(answer))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        session.note(f"redrive: POST {path} failed: {plain(str(error)) or type(error).__name__}")
        return Told(path, None)


def _named(answer: Any) -> frozenset[str] | None:
    if not isinstance(answer, dict) or "items" not in answer:
        return None
    return frozenset(item.reference for item in parse_parked(answer)[0])
