"""The people around a document that has to be approved, up to the point that a provider state needs."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from msgspec import Meta

from mocks.abilities.states import Stage
from mocks.company import Draft
from mocks.kit.operation import Refusal

Version = Annotated[int, Meta(ge=1, le=50)]
ENTITY_OF_HOUSE = {"ACME-US": "US01", "ACME-DE": "DE01", "ACME-JP": "JP01", "10": "US01", "20": "DE01", "30": "JP01"}
AMOUNT_MINOR = 98_000
WHY = "provider state"
GONE = "nobody has this id (so it is in every state; for readers)"


class Play:
    """The people around one document, up to the point that a state needs."""

    def __init__(self, stage: Stage, draft: Draft, prefix: str, member: str) -> None:
        self._stage = stage
        self._draft = draft
        self._prefix = prefix
        self.path: Mapping[str, str] = {}
        record = stage.act(f"{prefix}.create", actor=draft.actor, body=draft.body)
        self.source_id = str(getattr(record, member))
        self.path = {member: self.source_id}

    def by_author(self, verb: str, **body: str) -> None:
        """The person who wrote the document acts."""
        self._stage.act(f"{self._prefix}.{verb}", actor=self._draft.actor, path=self.path, body=body)

    def by_approver(self, verb: str, **body: str) -> None:
        """The last approver acts."""
        self._stage.act(f"{self._prefix}.{verb}", actor=self._draft.approvers[-1], path=self.path, body=body)

    def approve(self) -> None:
        """Everybody approves."""
        for approver in self._draft.approvers:
            self._stage.act(f"{self._prefix}.approve", actor=approver, path=self.path, body={})

    def by_connector(self, verb: str, **body: Any) -> None:
        """What a connector reports back."""
        self._stage.perform(f"{self._prefix}.{verb}", path=self.path, body=body)


def refuse_taken(source_id: str | None, taken: Any) -> None:
    """A contract that names a document must find it in the state that it asks for. Raises Refusal."""
    if source_id is not None and source_id in taken:
        raise Refusal("INVALID_TRANSITION", f"{source_id} exists already: send a teardown first")


def raise_version(stage: Stage, touched_by: str, play: Play, wanted: int | None, version: Callable[[], int]) -> None:
    """Harmless edits until the document has the version that was asked for. Raises Refusal for one that it has passed."""
    if wanted is not None and wanted < version():
        raise Refusal("VALIDATION_FAILED", f"version {wanted}: a document in this status has version {version()} or a later one")
    while wanted is not None and version() < wanted:
        stage.touch(touched_by, play.path)


Move = Callable[[Play, Any], None]


def submit(play: Play, _given: Any) -> None:
    """The author hands it in."""
    play.by_author("submit")


def approve(play: Play, _given: Any) -> None:
    """Everybody approves."""
    play.approve()


def author(verb: str) -> Move:
    """The author does this."""
    return lambda play, _given: play.by_author(verb)


def approver(verb: str) -> Move:
    """The last approver does this, with a reason."""
    return lambda play, _given: play.by_approver(verb, reason=WHY)


def refuse(play: Play, _given: Any) -> None:
    """The connector tells the source why not."""
    play.by_connector("record_refusal", code="SUPPLIER_BLOCKED", reason=WHY, owner="finance")
