"""What the flows need from the outside. Gateways implement these; tests use fakes. Every method may raise CallFailed."""

from datetime import date
from typing import Protocol

from engine.model.erp_documents import Clearance, Coding, Draft, Found, Kind, OrderedAs, PostingJob, SupplierState, TakeBack, VendorDraft
from engine.model.payments import BankFile, Rejected
from engine.model.sources import ExpenseReport, PaymentRun, Receipt, Refusal, Requisition, SupplierBill, SupplierRequest


class Procurement(Protocol):
    """Where requisitions live."""

    async def read(self, source_id: str) -> Requisition: ...

    async def record_order(self, source_id: str, version: int, *, number: str, order_id: int | None, revision: int) -> None: ...

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None: ...


class Expense(Protocol):
    """Where expense reports live."""

    async def read(self, source_id: str) -> ExpenseReport: ...

    async def record_posting(
        self, source_id: str, version: int | None, *, number: str, kind: str, posted_on: date, revision: int
    ) -> None: ...

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None: ...


class Receiving(Protocol):
    """Where receipts live."""

    async def read(self, source_id: str) -> Receipt: ...

    async def record_posting(self, source_id: str, version: int, *, number: str, document_id: int | None, revision: int) -> None: ...

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None: ...


class Invoicing(Protocol):
    """Where supplier invoices are keyed and approved."""

    async def read(self, source_id: str) -> SupplierBill: ...

    async def record_posting(self, source_id: str, version: int, *, number: str, document_id: int | None, revision: int) -> None: ...

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None: ...


class Treasury(Protocol):
    """Where payment runs live."""

    async def read(self, source_id: str) -> PaymentRun: ...

    async def file(self, source_id: str) -> BankFile: ...

    async def record_rejected(self, payment: Rejected, version: int | None) -> None: ...

    async def record_acknowledged(self, source_id: str, version: int, *, file_id: str, is_whole: bool) -> None: ...

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None: ...


class SupplierRequests(Protocol):
    """Where suppliers are asked for."""

    async def read(self, source_id: str) -> SupplierRequest: ...

    async def record_vendor(self, source_id: str, version: int, *, number: str, revision: int) -> None: ...

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None: ...


class Screening(Protocol):
    """Where parties are held against the sanctions list."""

    async def clear(self, draft: VendorDraft) -> Clearance: ...


class LookUpAndUndo(Protocol):
    """Finding and taking back what was posted under our reference."""

    async def find(self, kind: Kind, external_ref: str, /) -> Found | None: ...

    async def read(self, kind: Kind, number: str, /) -> Found: ...

    async def undo(self, kind: Kind, number: str, why: TakeBack, key: str, /) -> None: ...


class Target(LookUpAndUndo, Protocol):
    """Where documents come into being."""

    async def create(self, draft: Draft, key: str) -> Found: ...

    async def job(self, job_id: str) -> PostingJob: ...


class Erp(Target, Protocol):
    """Where documents are posted."""

    async def supplier(self, vendor_id: str, company_code: str) -> SupplierState: ...

    async def order_lines(self, number: str) -> tuple[OrderedAs, ...]: ...

    async def check(self, coding: Coding) -> Refusal | None: ...


class Bank(Target, Protocol):
    """Where payment files go."""

    async def rejected(self, file_id: str) -> tuple[Rejected, ...]: ...
