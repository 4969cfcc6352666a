"""Payment run to bank: the file of an issued run is uploaded once, and what the bank says of it is written back."""

from dataclasses import dataclass, replace
from typing import ClassVar

from engine.flows.ports import Bank, Treasury
from engine.mapping.payment import file_draft
from engine.model.erp_documents import Kind, TakeBack
from engine.model.payments import PaymentFileDraft
from engine.model.progress import Posting
from engine.model.sources import PaymentRun, Refusal

FLOW = "payment-run-to-bank"


@dataclass(frozen=True, slots=True)
class PaymentHooks:
    """What is this flow's own."""

    treasury: Treasury
    bank: Bank
    done: ClassVar[str] = "acknowledged"
    twice: ClassVar[str] = "UPLOADED_TWICE"

    async def read(self, source_id: str) -> PaymentRun:
        """The run as it is now."""
        return await self.treasury.read(source_id)

    def kind(self, _run: PaymentRun) -> Kind:
        """What it becomes."""
        return "payment_file"

    def reference(self, source_id: str, _revision: int) -> str:
        """The message id: a run is never revised, and its file has its number."""
        return source_id

    async def draft(self, run: PaymentRun) -> PaymentFileDraft:
        """With its file. Raises Unpostable."""
        return file_draft(replace(run, file=await self.treasury.file(run.source_id)))

    def take_back(self, run: PaymentRun) -> TakeBack:
        """Nothing takes an issued run back but the bank's word."""
        return TakeBack(f"{run.source_id} is {run.status}")

    async def check(self, _draft: PaymentFileDraft) -> Refusal | None:
        """Nothing: the ERP looked when people issued it."""
        return None

    async def refuse(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Every payment of it is rejected."""
        await self.treasury.record_refusal(source_id, version, refusal)

    async def record(self, source_id: str, run: PaymentRun | None, posting: Posting) -> None:
        """The payments that the bank rejects first: with its word on the file all others are accepted."""
        assert posting.number is not None
        rejected = await self.bank.rejected(posting.number)
        run = run or await self.treasury.read(source_id)
        for payment in rejected:
            await self.treasury.record_rejected(payment, run.payments.get(payment.end_to_end_id))
        await self.treasury.record_acknowledged(source_id, run.version, file_id=posting.number, is_whole=not rejected)
