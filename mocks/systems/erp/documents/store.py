"""Documents and jobs of the ERP: frozen values, one shape for every kind, found by number, by reference and in order."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from mocks.kit.ids import NUMBER_SPACE, free
from mocks.kit.operation import Call, Refusal
from mocks.systems.erp.documents.kind import DocumentKind, Status
from mocks.systems.erp.ledger import Entry


@dataclass(frozen=True, slots=True)
class Document:
    """A document of any kind. A changed document is a new value with the next version. request: what was asked for."""

    of: DocumentKind
    number: str
    id: int
    uuid: str
    version: int
    status: Status
    company_code: str
    currency: str
    amount_minor: int
    posting_date: date
    ext_ref: str | None
    src_version: int | None
    request: Any
    entries: tuple[Entry, ...]
    created_at: datetime
    updated_at: datetime
    job_id: str | None = None
    reversed_by: str | None = None
    reverses: str | None = None
    reason: str | None = None

    @property
    def period(self) -> str:
        """Period of the posting date, as in 2026-10."""
        return self.posting_date.isoformat()[:7]

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return self.of.name

    @property
    def party(self) -> str | None:
        """The vendor or employee that the document is about; several of a journal are joined, None when it names nobody."""
        return self.of.party(self.request)

    def step(self, trigger: str) -> Status:
        """The status after a trigger. Raises INVALID_TRANSITION when the table has no such step."""
        after = self.of.transitions.get((self.status, trigger))
        if after is None:
            raise Refusal(
                "INVALID_TRANSITION", f"{self.kind} {self.number} is {self.status}: {trigger} is not possible", current_status=self.status
            )
        return after


@dataclass(frozen=True, slots=True)
class PostingJob:
    """The posting of an accepted document."""

    job_id: str
    id: int
    uuid: str
    version: int
    status: Literal["accepted", "posted", "rejected", "withdrawn"]
    kind: str
    number: str
    ext_ref: str | None
    created_at: datetime
    updated_at: datetime
    code: str | None = None
    reason: str | None = None


class Documents:
    """All documents and jobs of one ERP."""

    def __init__(self) -> None:
        self._by_number: defaultdict[str, dict[str, Document]] = defaultdict(dict)
        self._by_reference: dict[tuple[str, str], list[str]] = {}
        self._order: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
        self.jobs: dict[str, PostingJob] = {}
        self.wanted: dict[str, str] = {}  # kind, or posting_job: the number that the next one takes (provider states name documents)

    def __iter__(self) -> Iterator[Document]:
        for documents in self._by_number.values():
            yield from documents.values()

    def get(self, kind: str, number: str) -> Document:
        """The document with this number. Raises NOT_FOUND."""
        document = self._by_number[kind].get(number)
        if document is None:
            raise Refusal("NOT_FOUND", f"no {kind} with number {number!r}")
        return document

    def has(self, kind: str, number: str) -> bool:
        """Whether there is a document with this number."""
        return number in self._by_number[kind]

    def job(self, job_id: str) -> PostingJob:
        """The job with this id. Raises NOT_FOUND."""
        job = self.jobs.get(job_id)
        if job is None:
            raise Refusal("NOT_FOUND", f"no job with id {job_id!r}")
        return job

    def add(self, document: Document) -> None:
        """A new document."""
        self._by_number[document.kind][document.number] = document
        self._order[document.kind].append((document.created_at, document.number))
        if document.ext_ref is not None and document.reverses is None:
            self._by_reference.setdefault((document.kind, document.ext_ref), []).append(document.number)

    def change(self, document: Document, **members: object) -> Document:
        """Put the next version of a document in its place; nothing that was posted is among the members."""
        changed: Document = replace(document, version=document.version + 1, **members)  # type: ignore[arg-type]
        self._by_number[document.kind][document.number] = changed
        return changed

    def with_reference(self, kind: str, ext_ref: str) -> list[Document]:
        """Documents of a kind with an external reference, oldest first."""
        return [self._by_number[kind][number] for number in self._by_reference.get((kind, ext_ref), ())]

    def refuse_repeat(self, kind: str, ext_ref: str | None) -> None:
        """DUPLICATE_REFERENCE when a document holds the reference. A rejected one was never posted and holds nothing."""
        if ext_ref is None:
            return
        for document in self.with_reference(kind, ext_ref):
            if document.status != "rejected":
                extra = {"job_id": document.job_id} if document.job_id else {}
                raise Refusal(
                    "DUPLICATE_REFERENCE",
                    f"{kind} {document.number} has external_ref {ext_ref!r} and is {document.status}",
                    existing_id=document.number,
                    existing_status=document.status,
                    **extra,
                )

    def page(self, kind: str, after: tuple[object, ...] | None, limit: int) -> tuple[list[Document], tuple[object, ...] | None]:
        """Documents in order of creation after a sort key, and the key to continue from."""
        order = self._order[kind]
        start = bisect_right(order, after) if after else 0
        keys = order[start : start + limit]
        more = keys[-1] if keys and start + limit < len(order) else None
        return [self._by_number[kind][number] for _, number in keys], more

    def free_number(self, kind: DocumentKind, call: Call, *, reversal: bool = False) -> str:
        """A document number that nobody has, drawn from the call's own stream."""
        prefix = kind.numbers[reversal]
        taken = self._by_number[kind.name]
        wanted = None if reversal else self.wanted.pop(kind.name, None)
        if wanted is not None and wanted not in taken:
            return wanted
        return free(lambda name: f"{prefix}{call.draw(name) % NUMBER_SPACE:08d}", f"{kind.name}.{prefix}", taken.__contains__)

    def free_job_id(self, call: Call) -> str:
        """A job id that nobody has."""
        wanted = self.wanted.pop("posting_job", None)
        if wanted is not None and wanted not in self.jobs:
            return wanted
        return free(lambda name: f"J{call.draw(name) % 16**12:012X}", "posting_job.id", self.jobs.__contains__)
