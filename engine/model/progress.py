"""How far one document has come: what exists, or may exist, in the ERP because of it. Stored as JSON with the document.

A posting is remembered from the moment before it is asked for until it is known to be recorded, refused or undone: that
is the obligation that survives lost answers and restarts.
"""

from typing import Literal

import msgspec

from engine.model.erp_documents import Clearance, Kind, PostingState
from engine.model.sources import Refusal

OutcomeOfParked = Literal["not_posted", "unknown", "posted"]


class Posting(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One ERP document of one revision of the source document."""

    revision: int
    kind: Kind
    external_ref: str
    state: PostingState = "unknown"
    number: str | None = None
    id: int | None = None
    job_id: str | None = None
    posted_on: str | None = None  # ISO date of the posting period
    source_version: int | None = None  # of the source document when it was read for this posting: what a write-back is about
    submission: int = 1  # part of the idempotency key; a new one only after a final answer to the one before
    doubtful: bool = False  # an attempt ended without an answer, so a definite refusal later does not prove absence
    tried_at: float | None = None  # epoch seconds of the last attempt
    looked_up: int = 0
    polls: int = 0  # looks at the job that is waited for
    refusal: Refusal | None = None  # after acceptance; of an unknown one why the last attempt, but not those before, made nothing

    def submit_again(self) -> None:
        """The last submission has its final answer; the next one is another one, with a key and a job of its own."""
        self.submission += 1
        self.state, self.job_id, self.number, self.polls = "unknown", None, None, 0
        self.refusal = None


class Parking(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """Why a document waits for a person."""

    failure_class: str
    code: str
    reason: str
    owner: str
    attempts: int
    outcome: OutcomeOfParked
    since: str  # ISO 8601
    retryable: bool = True
    revision: int | None = None
    status: str | None = None


class Progress(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Everything that a run needs to go on where the last one stopped."""

    postings: list[Posting] = []
    failures: dict[str, int] = {}  # failed attempts in a row, by operation
    parking: Parking | None = None
    taken_up: bool = False  # a person asked for another go, and no run has come far enough yet to say what came of it
    unsure: bool = False  # a run died, and what it may have posted has not been written down as suspects yet
    checked_revision: int = 0  # supplier and coding were good for this revision
    seen_revision: int | None = None
    seen_status: str | None = None
    clearances: dict[str, Clearance] = {}  # by reference: the evidence that a create was, or will be, sent with, also when it is repeated
    copies: dict[str, str] = {}  # by system: the digest of what its copy of a master record is known to say

    def posting(self, revision: int) -> Posting | None:
        """The posting of this revision."""
        return next((posting for posting in self.postings if posting.revision == revision), None)

    def begin(self, revision: int, kind: Kind, external_ref: str) -> Posting:
        """The posting of this revision, remembered before it is asked for."""
        posting = self.posting(revision)
        if posting is None:
            posting = Posting(revision=revision, kind=kind, external_ref=external_ref)
            self.postings.append(posting)
        return posting

    def obligations(self) -> list[Posting]:
        """Postings that are, or may be, in the books."""
        return [posting for posting in self.postings if posting.state in {"unknown", "accepted", "live"}]

    def outcome(self) -> OutcomeOfParked:
        """What to say about the books when the document is parked."""
        states = {posting.state for posting in self.obligations()}
        if "live" in states:
            return "posted"
        return "unknown" if states or self.unsure else "not_posted"

    def settle_failures(self) -> None:
        """The document came to rest or moved on: attempts are counted anew."""
        self.count_anew()
        self.parking = None

    def count_anew(self) -> None:
        """Forget how often was tried and looked: somebody asked for another go."""
        self.failures = {}
        for posting in self.postings:
            posting.polls = 0


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Progress)


def dump(progress: Progress) -> str:
    """As it is stored."""
    return _ENCODER.encode(progress).decode()


def load(text: str) -> Progress:
    """The reverse of `dump`."""
    return _DECODER.decode(text)
