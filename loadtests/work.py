"""What the senders play: documents with their steps, as the harness prepared them. Pure; no gevent here.

The file holds one JSON object a line: first {"urls": {system: url}, "token_url", "client_id"}, then the documents in order of arrival.
The client's secret is not in it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Click:
    """One click: due in seconds from the start. `{id}` in the path is the document's id.

    takes: members of its answer that later bodies need, and what they are called there; within: members of its path, and which of these
    they are; is_before: it makes what the document grows out of.
    """

    op: str
    due_s: float
    system: str
    path: str
    actor: str
    body: Mapping[str, Any]
    takes: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)
    is_before: bool = False

    def filled(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Its body with what clicks before it told."""
        return {**self.body} if self.within else {**self.body, **known}

    def where(self, known: Mapping[str, Any]) -> str:
        """Its path with what clicks before it told."""
        path = self.path
        for own, name in self.within.items():
            path = path.replace(f"{{{own}}}", str(known[name]))
        return path


@dataclass(frozen=True, slots=True)
class Paperwork:
    """One document and everything that people do with it."""

    txn_id: str
    correlation_id: str
    id_member: str
    steps: tuple[Click, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """Where the systems are, and as whom the people come."""

    urls: Mapping[str, str]
    token_url: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that one process of senders needs."""

    access: Access
    documents: tuple[Paperwork, ...]

    def message(self) -> dict[str, Any]:
        """As it is sent to a worker on another machine."""
        access = self.access
        head = {
            "urls": dict(access.urls),
            "token_url": access.token_url,
            "client_id": access.client_id,
            "client_secret": access.client_secret,
        }
        return {"access": head, "documents": [document_row(document) for document in self.documents]}


def read_work(path: Path, secret: str) -> Work:
    """The file that the harness wrote."""
    with path.open(encoding="utf-8") as lines:
        head = json.loads(next(lines))
        found = tuple(document_of(json.loads(line)) for line in lines)
    return Work(Access(head["urls"], head["token_url"], head["client_id"], secret), found)


def work_of(message: Mapping[str, Any]) -> Work:
    """The counterpart of Work.message."""
    return Work(Access(**message["access"]), tuple(document_of(row) for row in message["documents"]))


def document_of(row: Mapping[str, Any]) -> Paperwork:
    """One line of the file."""
    steps = tuple(_click(step) for step in row["steps"])
    return Paperwork(row["txn"], row["corr"], row["id"], steps)


def _click(step: Mapping[str, Any]) -> Click:
    named = (step["op"], step["due"], step["system"], step["path"], step["actor"], step["body"])
    return Click(*named, step.get("takes", {}), step.get("within", {}), step.get("before", False))


def document_row(document: Paperwork) -> dict[str, Any]:
    """The counterpart of document_of."""
    row = {"txn": document.txn_id, "corr": document.correlation_id, "id": document.id_member}
    return {**row, "steps": [_click_row(step) for step in document.steps]}


def _click_row(step: Click) -> dict[str, Any]:
    row = {"op": step.op, "due": step.due_s, "system": step.system, "path": step.path, "actor": step.actor, "body": dict(step.body)}
    return row | ({"takes": dict(step.takes), "within": dict(step.within), "before": True} if step.is_before else {})


def parts(documents: Sequence[Paperwork], count: int) -> list[tuple[Paperwork, ...]]:
    """The series dealt out to so many processes: disjoint, and together all of it, each with the rate of the whole divided."""
    return [tuple(documents[number::count]) for number in range(count)]


def rows_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Measurements as lines of JSON."""
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
