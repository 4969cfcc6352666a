"""The systems as the flows' ports see them, in memory, with a say in how each call ends."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.flows.expense_to_posting import ExpenseHooks
from engine.flows.invoice_to_posting import InvoiceHooks
from engine.flows.obligations import Patience
from engine.flows.outcomes import Parked, Retry, Settled, StepEnd, Waiting, park_failure
from engine.flows.payment_run_to_bank import PaymentHooks
from engine.flows.posting import PostingRun
from engine.flows.receipt_to_grir import ReceiptHooks
from engine.flows.requisition_to_po import RequisitionHooks
from engine.flows.supplier_onboarding import OnboardingHooks, ScreenedErp
from engine.mapping.rules import Rules
from engine.model.erp_documents import Clearance, Coding, Draft, Found, Kind, OrderedAs, PostingJob, SupplierState, TakeBack, VendorDraft
from engine.model.failures import ADOPT, AGAIN, NEVER, REREAD, CallFailed, other_shape, unknown_outcome
from engine.model.payments import BankFile, Rejected
from engine.model.progress import Progress, dump, load
from engine.model.sources import (
    ExpenseReport,
    PaymentRun,
    Receipt,
    Recorded,
    Refusal,
    Requisition,
    SourceStage,
    SupplierBill,
    SupplierRequest,
)
from tests.unit.engine.papers import (
    UNITS,
    bank_file,
    ordered_lines,
    requisition,
    write_rules,
)

PATIENCE = Patience(late_commit_s=6.5, look_again_s=0.5)


class Crash(BaseException):
    """The process dies here; nothing after this line happens."""


How = str  # ok, before, after, late, throttled, other_shape, crash_before, crash_after


@dataclass
class Fate:
    """Decides how the next call ends. `now` is moved by whoever drives."""

    choose: Callable[[str], How] = lambda _operation: "ok"
    now: float = 1000.0
    calls: list[str] = field(default_factory=list)
    later: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def call(self, operation: str, effect: Callable[[], object]) -> object:
        """Carry out one call."""
        self.calls.append(operation)
        how = self.choose(operation)
        if how == "throttled":
            raise CallFailed(operation, "throttled", "RATE_LIMITED", "", definite=True, retry=AGAIN, status=429, retry_after_s=1.0)
        if how == "crash_before":
            raise Crash
        if how == "before":
            raise unknown_outcome(operation, "TIMEOUT", "")
        if how == "late":
            self.later.append((self.now + 2.0, effect))
            raise unknown_outcome(operation, "TIMEOUT", "")
        result = effect()
        if how == "crash_after":
            raise Crash
        if how == "after":
            raise unknown_outcome(operation, "CONNECTION_BROKEN", "")
        if how == "other_shape":
            raise other_shape(operation, "Object missing required field `number`")
        return result

    def pass_time(self, seconds: float) -> None:
        """Late commits whose time has come happen."""
        self.now += seconds
        due = [effect for moment, effect in self.later if moment <= self.now]
        self.later = [(moment, effect) for moment, effect in self.later if moment > self.now]
        for effect in due:
            with contextlib.suppress(CallFailed):
                effect()


@dataclass
class Books:
    """What the fake ERP has posted: number -> [kind, reference, status, total]."""

    documents: dict[str, list[object]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    refuse: str | None = None  # code of a business rule that says no to creates
    owner: str = "finance"  # of such a refusal
    reject: str | None = None  # code with which accepted postings are rejected
    silent_ref: bool = False
    extra: dict[str, object] = field(default_factory=dict)  # what such a refusal says besides
    evidence: list[Clearance] = field(default_factory=list)  # that creates of vendors were sent with

    def create(self, kind: Kind, reference: str, key: str, total: Decimal, status: str) -> str:
        """The number; the same key replays it, another key meets the unique reference."""
        if key in self.keys:
            return self.keys[key]
        if self.refuse:
            said: Any = {"definite": True, "retry": NEVER, "owner": self.owner, "status": 409, "extra": self.extra}
            raise CallFailed("create", "business", self.refuse, "a rule says no", **said)
        for number, (_, existing, state, _) in self.documents.items():
            if existing == reference and state != "rejected":
                extra = {"existing_id": number, **({} if kind in AT_ONCE else {"job_id": f"J{number}"})}
                raise CallFailed("create", "duplicate", "DUPLICATE_REFERENCE", "", definite=True, retry=ADOPT, status=409, extra=extra)
        number = str(4500000001 + len(self.documents))
        self.documents[number] = [kind, reference, status, total]
        self.keys[key] = number
        return number

    def live(self) -> list[str]:
        """References of documents that count."""
        return [
            str(reference)
            for _, reference, status, _ in self.documents.values()
            if status in {"created", "closed", "active", "accepted", "posted"}
        ]


AT_ONCE = {"purchase_order": "created", "goods_receipt": "posted", "supplier_invoice": "posted", "vendor": "active"}  # no job posts them


class FakeErp:
    """Creates once per key, refuses repeated references, undoes repeatedly without harm."""

    def __init__(self, fate: Fate, books: Books) -> None:
        self.fate, self.books = fate, books
        self.blocked = False
        self.coding: Refusal | None = None
        self.taken_back: list[TakeBack] = []
        self.not_paid: tuple[Rejected, ...] = ()

    async def supplier(self, vendor_id: str, company_code: str) -> SupplierState:
        state = SupplierState(not self.blocked, "supplier V1 is blocked for purchasing" if self.blocked else None)
        return self.fate.call("erp.supplier.read", lambda: state)  # type: ignore[return-value]

    async def check(self, coding: Coding) -> Refusal | None:
        return self.fate.call("erp.coding.check", lambda: self.coding)  # type: ignore[return-value]

    async def create(self, draft: Draft, key: str) -> Found:
        if isinstance(draft, VendorDraft):
            return self._create_vendor(draft, key)

        def effect() -> Found:
            status = AT_ONCE.get(draft.kind)
            number = self.books.create(draft.kind, draft.external_ref, key, draft.total, status or "accepted")
            return Found(number, 1, status, draft.total) if status else Found(number, None, "accepted", None, f"J{number}")

        point = {"purchase_order": "po", "goods_receipt": "gr", "supplier_invoice": "supplier_invoice"}.get(draft.kind, "posting")
        return self.fate.call(f"erp.{point}.create", effect)  # type: ignore[return-value]

    def _create_vendor(self, draft: VendorDraft, key: str) -> Found:
        assert draft.clearance is not None
        self.books.evidence.append(draft.clearance)

        def effect() -> Found:
            return Found(self.books.create("vendor", draft.external_ref, key, Decimal(0), "active"), 1, "active", None)

        return self.fate.call("erp.vendor.create", effect)  # type: ignore[return-value]

    async def find(self, kind: Kind, external_ref: str) -> Found | None:
        def effect() -> Found | None:
            found = [self._found(number) for number, entry in self.books.documents.items() if entry[:2] == [kind, external_ref]]
            return next((document for document in found if document.live), found[0] if found else None)

        return self.fate.call("erp.find", effect)  # type: ignore[return-value]

    def _found(self, number: str) -> Found:
        kind, _, status, total = self.books.documents[number]
        of_vendor = kind == "vendor"
        return Found(number, 1, str(status), None if of_vendor else total, None if kind in AT_ONCE else f"J{number}")  # type: ignore[arg-type]

    async def read(self, kind: Kind, number: str) -> Found:
        return self.fate.call("erp.read", lambda: self._found(number))  # type: ignore[return-value]

    async def job(self, job_id: str) -> PostingJob:
        def effect() -> PostingJob:
            entry = self.books.documents[job_id[1:]]
            if entry[2] == "accepted":
                entry[2] = "rejected" if self.books.reject else "posted"
            return PostingJob(str(entry[2]), job_id[1:], self.books.reject, "a rule says no" if self.books.reject else None)

        return self.fate.call("erp.job.read", effect)  # type: ignore[return-value]

    async def order_lines(self, number: str) -> tuple[OrderedAs, ...]:
        return self.fate.call("erp.po.read", lambda: ordered_lines(10, 30))  # type: ignore[return-value]

    async def rejected(self, file_id: str) -> tuple[Rejected, ...]:
        return self.fate.call("bank.read", lambda: self.not_paid)  # type: ignore[return-value]

    async def undo(self, kind: Kind, number: str, why: TakeBack, key: str) -> None:
        def effect() -> None:
            self.taken_back.append(why)
            entry = self.books.documents[number]
            entry[2] = {"created": "cancelled", "active": "inactive", "accepted": "withdrawn", "posted": "voided"}.get(
                str(entry[2]), entry[2]
            )

        self.fate.call("erp.undo", effect)


Papers = Requisition | ExpenseReport | Receipt | SupplierBill | SupplierRequest | PaymentRun


class FakeSource:
    """Requisitions, reports or requests for suppliers: one document, versioned; write-backs only from approved."""

    def __init__(self, fate: Fate, document: Papers) -> None:
        self.fate = fate
        self.document = document
        self.told: dict[str, str] = {}
        self.refusal: Refusal | None = None

    def change(self, **members: object) -> None:
        """A person changes the document."""
        self.document = replace(self.document, version=self.document.version + 1, **members)  # type: ignore[arg-type]

    async def read(self, source_id: str) -> Papers:
        return self.fate.call("source.read", lambda: self.document)  # type: ignore[return-value]

    def _record(self, version: int | None, number: str, revision: int | None = None) -> None:
        document = self.document
        if document.recorded is not None and document.recorded.number == number and document.stage is SourceStage.RECORDED:
            return
        if document.stage is not SourceStage.APPROVED:
            raise CallFailed("record", "business", "INVALID_TRANSITION", document.status, definite=True, retry=REREAD, status=409)
        if (version is not None and version != document.version) or (revision is not None and revision != document.revision):
            raise CallFailed("record", "stale", "PRECONDITION_FAILED", "", definite=True, retry=REREAD, status=412)
        self.change(status="done", stage=SourceStage.RECORDED, recorded=Recorded(number))

    async def record_order(self, source_id: str, version: int, *, number: str, order_id: int | None, revision: int) -> None:
        self.fate.call("source.record", lambda: self._record(version, number, revision))

    async def record_posting(
        self,
        source_id: str,
        version: int | None,
        *,
        number: str,
        revision: int,
        kind: str | None = None,
        posted_on: date | None = None,
        document_id: int | None = None,
    ) -> None:
        self.fate.call("source.record", lambda: self._record(version, number, revision))

    async def file(self, source_id: str) -> BankFile:
        return self.fate.call("source.file", bank_file)  # type: ignore[return-value]

    async def record_rejected(self, payment: Rejected, version: int | None) -> None:
        self.fate.call("source.reject", lambda: self.told.update({payment.end_to_end_id: f"{payment.reason_code} of {version}"}))

    async def record_acknowledged(self, source_id: str, version: int, *, file_id: str, is_whole: bool) -> None:
        def effect() -> None:
            self._record(version, file_id)
            self.told["file"] = "accepted" if is_whole else "partially_accepted"

        self.fate.call("source.record", effect)

    async def record_vendor(self, source_id: str, version: int, *, number: str, revision: int) -> None:
        self.fate.call("source.record", lambda: self._record(version, number, revision))

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        def effect() -> None:
            if self.document.stage is not SourceStage.APPROVED:
                raise CallFailed("record", "business", "INVALID_TRANSITION", "", definite=True, retry=REREAD, status=409)
            self.refusal = refusal
            self.change(status="refused", stage=SourceStage.REFUSED)

        self.fate.call("source.refuse", effect)


class FakeScreening:
    """Answers as it is told; a clear check is another one each time."""

    def __init__(self, fate: Fate) -> None:
        self.fate = fate
        self.says: CallFailed | None = None
        self.checks = 0

    async def clear(self, draft: VendorDraft) -> Clearance:
        def effect() -> Clearance:
            if self.says is not None:
                raise self.says
            self.checks += 1
            return Clearance(f"SC{self.checks}", 1, "2026-10-30T10:00:01Z")

        return self.fate.call("screening.party.check", effect)  # type: ignore[return-value]


HOOKS: Mapping[type, Any] = {Requisition: RequisitionHooks, ExpenseReport: ExpenseHooks, SupplierBill: InvoiceHooks}


@dataclass
class Desk:
    """Drives one document's runs as the runner and the store would: saved progress, crashes, waits, attempts."""

    source: FakeSource
    erp: FakeErp
    rules: Rules
    fate: Fate
    screening: FakeScreening
    saved: str = "{}"
    crashed: bool = False
    news: bool = True
    outcomes: list[StepEnd] = field(default_factory=list)

    @property
    def progress(self) -> Progress:
        """As it was saved last."""
        return load(self.saved)

    async def run(self, *, redriven: bool = False) -> StepEnd | None:
        """One run; None when the process died in it."""
        progress = self.progress
        progress.unsure = progress.unsure or self.crashed
        progress.taken_up = progress.taken_up or redriven
        news, self.news = self.news, False  # what changes during the run is news for the next one
        erp: Any = self.erp
        hooks: Any
        if isinstance(self.source.document, PaymentRun):
            hooks = PaymentHooks(self.source, self.erp)  # type: ignore[arg-type]
        elif isinstance(self.source.document, Receipt):
            hooks = ReceiptHooks(self.source, erp, self.rules)  # type: ignore[arg-type]
        elif isinstance(self.source.document, SupplierRequest):
            erp = ScreenedErp(self.erp, self.screening, progress.clearances)
            hooks = OnboardingHooks(self.source, erp, self.rules, UNITS)  # type: ignore[arg-type]
        else:
            made = HOOKS[type(self.source.document)]
            hooks = made(self.source, erp, self.rules, UNITS)
        flow: PostingRun[Any, Any] = PostingRun(
            self.source.document.source_id, hooks, progress, erp, PATIENCE, self.fate.now, 0.5, news=news
        )
        try:
            outcome = await flow.advance()
        except CallFailed as failure:
            outcome = Retry(0.1, str(failure)) if failure.retry in {AGAIN, REREAD} else park_failure(progress, failure, self.fate.now)
        except Crash:
            self.crashed, self.news = True, self.news or news
            return None
        if not isinstance(outcome, Retry):
            progress.parking, progress.taken_up = outcome.parking if isinstance(outcome, Parked) else None, False
        self.saved, self.crashed = dump(progress), False
        self.outcomes.append(outcome)
        return outcome

    async def rest(self, runs_max: int = 60) -> StepEnd:
        """Run until the document is settled or parked."""
        for _ in range(runs_max):
            outcome = await self.run()
            if isinstance(outcome, Settled | Parked):
                return outcome
            self.fate.pass_time(outcome.delay_s if isinstance(outcome, Retry | Waiting) else 0.1)
        raise AssertionError(f"no rest after {runs_max} runs: {self.outcomes[-3:]}")


def desk(folder: Path, document: Papers | None = None, choose: Callable[[str], How] | None = None) -> Desk:
    """A document, its systems, and somebody to drive it."""
    fate = Fate(choose) if choose else Fate()
    return Desk(FakeSource(fate, document or requisition()), FakeErp(fate, Books()), write_rules(folder), fate, FakeScreening(fate))


def script(*endings: tuple[str, How]) -> Callable[[str], How]:
    """The n-th call of an operation ends as listed for it; all others go well."""
    waiting = list(endings)

    def choose(operation: str) -> How:
        for index, (name, how) in enumerate(waiting):
            if name == operation:
                del waiting[index]
                return how
        return "ok"

    return choose
