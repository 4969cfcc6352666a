"""What every kind shares: read, find, list, take back; and, where a job posts it, accept, post later or reject."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date
from typing import Any

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.ids import draw_id, draw_uuid
from mocks.kit.operation import Call, Deferred, Effect, OutEvent, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp, job_effect
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.store import Document, PostingJob
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import Accepted

# Account and cost centre of each line that must still be valid when the job posts.
Coding = tuple[str, str | None]


class DocumentDesk(ABC):
    """Documents of one kind. A subclass creates them."""

    def __init__(self, erp: Erp, of: DocumentKind) -> None:
        self._erp = erp
        self._of = of

    @abstractmethod
    def create(self, call: Call) -> Reply:
        """<point>.create"""

    @abstractmethod
    def record(self, document: Document, company: ErpCompany) -> object:
        """The document on the wire."""

    def read(self, call: Call) -> Reply:
        """One document."""
        return self._reply(self._erp.documents.get(self._of.name, call.path["number"]))

    def find(self, call: Call) -> Reply:
        """Documents with an external reference."""
        found = self._erp.documents.with_reference(self._of.name, call.query["external_ref"])
        return Reply(
            {"items": [self.record(document, self._erp.master.companies[document.company_code]) for document in found], "next": None}
        )

    def list(self, call: Call) -> Reply:
        """All documents of the kind, in order of creation."""
        found, after = self._erp.documents.page(self._of.name, call.after, call.limit)
        return Reply(
            {"items": [self.record(document, self._erp.master.companies[document.company_code]) for document in found], "next": after}
        )

    def undo(self, call: Call) -> Reply:
        """Cancel, void or reverse."""
        document = self._erp.documents.get(self._of.name, call.path["number"])
        asked = getattr(call.body, "posting_date", None)
        day = rules.to_day(asked) if asked else None
        return self._reply(*self._erp.undo(call, document, reason=call.body.reason, posting_date=day))

    def touch(self, call: Call) -> Reply:
        """A person adds a comment to the document."""
        return self._reply(*self._erp.touch(call, self._of.name, call.path["number"]))

    def _reply(self, document: Document, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(self.record(document, self._erp.master.companies[document.company_code]), version=document.version, effects=effects)


def head(document: Document, company: ErpCompany) -> dict[str, Any]:
    """The members that every kind has on the wire."""
    request = document.request
    return {
        "id": document.id,
        "uuid": document.uuid,
        "version": document.version,
        "created_at": document.created_at,
        "updated_at": document.updated_at,
        "exported": False,
        "external_id": None,
        "number": document.number,
        "status": document.status,
        "company_code": document.company_code,
        "document_date": request.document_date,
        "currency": document.currency,
        "external_ref": document.ext_ref,
        "source_revision": document.src_version,
        "lines": request.lines,
        "total": to_text(document.amount_minor, company.decimals),
        "approvals": request.approvals,
        "reversed_by": document.reversed_by,
        "reverses": document.reverses,
        "reason": document.reason,
    }


def posting_head(document: Document, company: ErpCompany) -> dict[str, Any]:
    """The members that every kind has which a job posts."""
    more = {"posting_date": rules.to_yyyymmdd(document.posting_date), "text": document.request.text, "job_id": document.job_id}
    return head(document, company) | more


class PostingDesk(DocumentDesk):
    """Documents of a kind that are accepted first and posted by a job."""

    def accept(
        self, call: Call, request: Any, company: ErpCompany, *, amount_minor: int, posting_date: date, entries: tuple[Entry, ...]
    ) -> Reply:
        """202: the document exists, the job will post it."""
        erp = self._erp
        job_id = erp.documents.free_job_id(call)
        document = erp.start(
            call, self._of, request, company, amount_minor=amount_minor, posting_date=posting_date, entries=entries, job_id=job_id
        )
        job = PostingJob(
            job_id=job_id,
            id=draw_id(call, "posting_job"),
            uuid=draw_uuid(call, "posting_job"),
            version=1,
            status="accepted",
            kind=self._of.name,
            number=document.number,
            ext_ref=document.ext_ref,
            created_at=call.now,
            updated_at=call.now,
        )
        erp.documents.jobs[job_id] = job
        answer = Accepted(job_id=job_id, status="accepted", document_number=document.number, external_ref=document.ext_ref)
        return Reply(
            answer,
            location=f"/jobs/{job_id}",
            created={"existing_id": document.number, "job_id": job_id, "existing_status": "accepted"},
            effects=(job_effect(document, job, "create"),),
            deferred=(self._posting(job_id, document.number),),
        )

    def _posting(self, job_id: str, number: str) -> Deferred:
        return Deferred(
            self._erp.posting_delay_ms,
            f"posting {job_id}",
            lambda later: self._run(later, number),
            lambda later, refusal: self._turn_down(later, number, refusal),
        )

    def _run(self, call: Call, number: str) -> Reply:
        """The job: check again what may have changed, then post or reject."""
        document = self._erp.documents.get(self._of.name, number)
        if document.status != "accepted":
            return Reply({})  # withdrawn meanwhile
        try:
            self._check_again(document, call.now.date())
        except Refusal as refusal:
            return self._reject(call, document, refusal)
        posted = self._erp.documents.change(document, status=document.step("post"), updated_at=call.now)
        job = self._erp.close_job(call, document, "posted", None, None)
        effects = (job_effect(posted, job, "update"), *self._erp.post(posted))
        return Reply({}, effects=effects, events=(_event(job),))

    def _check_again(self, document: Document, today: date) -> None:
        self._erp.periods.require_open(document.company_code, document.posting_date, self._of.module, today)
        company = self._erp.master.companies[document.company_code]
        for account, cost_center in codings(document.entries):
            rules.check_coding(self._erp.master, company, account, cost_center, on=document.posting_date)

    def _turn_down(self, call: Call, number: str, refusal: Refusal) -> Reply:
        """The job ends without a posting, whatever the rules say."""
        document = self._erp.documents.get(self._of.name, number)
        return self._reject(call, document, refusal) if document.status == "accepted" else Reply({})

    def _reject(self, call: Call, document: Document, refusal: Refusal) -> Reply:
        changed = self._erp.documents.change(document, status=document.step("reject"), reason=refusal.detail, updated_at=call.now)
        job = self._erp.close_job(call, document, "rejected", refusal.code, refusal.detail)
        return Reply({}, effects=(job_effect(changed, job, "update"),), events=(_event(job),))


def codings(entries: Iterable[Entry]) -> list[Coding]:
    """The coded lines among entries."""
    return [(entry.account, entry.cost_center) for entry in entries if entry.cost_center is not None]


def _event(job: PostingJob) -> OutEvent:
    data = {
        "job_id": job.job_id,
        "document_type": job.kind,
        "document_number": job.number,
        "external_ref": job.ext_ref,
        "status": job.status,
    }
    if job.status == "rejected":
        return OutEvent("posting.rejected", job.job_id, {**data, "code": job.code, "reason": job.reason})
    return OutEvent("posting.confirmed", job.job_id, data)
