"""Supplier onboarding: the party is screened, the vendor carries the clearance and the approval evidence, its id is written back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from engine.flows.outcomes import refusal_of
from engine.flows.ports import Screening, SupplierRequests, Target
from engine.flows.posting import OnePerRevision
from engine.mapping.rules import Rules
from engine.mapping.supplier import vendor_draft
from engine.model.erp_documents import Clearance, Draft, Found, Kind, PostingJob, TakeBack, VendorDraft
from engine.model.failures import CallFailed
from engine.model.progress import Posting
from engine.model.sources import Refusal, SupplierRequest

FLOW = "supplier-onboarding"


@dataclass(frozen=True, slots=True)
class ScreenedErp:
    """The ERP as this flow sees it: nothing is created without a clearance. It is remembered with the document, because a create that is
    repeated is the same request, evidence included."""

    erp: Target
    screening: Screening
    clearances: dict[str, Clearance]

    async def clear(self, draft: VendorDraft) -> None:
        """Ask the screening. Raises CallFailed unless it says clear."""
        self.clearances[draft.external_ref] = await self.screening.clear(draft)

    async def create(self, draft: Draft, key: str) -> Found:
        """The vendor, with the evidence."""
        assert isinstance(draft, VendorDraft)
        if draft.external_ref not in self.clearances:
            await self.clear(draft)
        return await self.erp.create(replace(draft, clearance=self.clearances[draft.external_ref]), key)

    async def find(self, kind: Kind, external_ref: str) -> Found | None:
        """As the ERP says."""
        return await self.erp.find(kind, external_ref)

    async def read(self, kind: Kind, number: str) -> Found:
        """As the ERP says."""
        return await self.erp.read(kind, number)

    async def undo(self, kind: Kind, number: str, why: TakeBack, key: str) -> None:
        """Deactivate it."""
        await self.erp.undo(kind, number, why, key)

    async def job(self, job_id: str) -> PostingJob:
        """As the ERP says."""
        return await self.erp.job(job_id)


@dataclass(frozen=True, slots=True)
class OnboardingHooks(OnePerRevision):
    """What is this flow's own."""

    requests: SupplierRequests
    erp: ScreenedErp
    rules: Rules
    minor_units: Mapping[str, int]
    done: ClassVar[str] = "active"
    twice: ClassVar[str] = "ONBOARDED_TWICE"

    async def read(self, source_id: str) -> SupplierRequest:
        """The request as it is now."""
        return await self.requests.read(source_id)

    def kind(self, _request: SupplierRequest) -> Kind:
        """What it becomes."""
        return "vendor"

    async def draft(self, request: SupplierRequest) -> VendorDraft:
        """Raises Unpostable."""
        return vendor_draft(request, self.rules, self.minor_units)

    def take_back(self, request: SupplierRequest) -> TakeBack:
        """For the ERP's audit trail."""
        return TakeBack(f"the approval of {request.source_id} was taken back")

    async def check(self, draft: VendorDraft) -> Refusal | None:
        """Nobody who is listed, or may be, becomes a vendor."""
        try:
            await self.erp.clear(draft)
        except CallFailed as failure:
            refusal = refusal_of(failure)
            if refusal is None:
                raise
            return refusal
        return None

    async def refuse(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the requester, and which vendor it seems to be."""
        await self.requests.record_refusal(source_id, version, refusal)

    async def record(self, source_id: str, request: SupplierRequest | None, posting: Posting) -> None:
        """The vendor's id, for the version that was onboarded."""
        assert posting.number is not None
        request = request or await self.read(source_id)
        await self.requests.record_vendor(source_id, request.version, number=posting.number, revision=posting.revision)
