"""Receipt to GR/IR: the lines of the order are looked up, what came is posted at the order's price, its number is written back."""

from dataclasses import dataclass, replace
from typing import ClassVar

from engine.flows.ports import Erp, Receiving
from engine.flows.posting import OnePerRevision
from engine.mapping.receipt import receipt_draft
from engine.mapping.rules import Rules
from engine.model.erp_documents import GoodsReceiptDraft, Kind, TakeBack
from engine.model.progress import Posting
from engine.model.sources import Receipt, Refusal

FLOW = "receipt-to-grir"


@dataclass(frozen=True, slots=True)
class ReceiptHooks(OnePerRevision):
    """What is this flow's own."""

    receiving: Receiving
    erp: Erp
    rules: Rules
    done: ClassVar[str] = "posted"
    twice: ClassVar[str] = "RECEIVED_TWICE"

    async def read(self, source_id: str) -> Receipt:
        """The receipt as it is now."""
        return await self.receiving.read(source_id)

    def kind(self, _receipt: Receipt) -> Kind:
        """What it becomes."""
        return "goods_receipt"

    async def draft(self, receipt: Receipt) -> GoodsReceiptDraft:
        """With the ERP's numbers of the order's lines. Raises Unpostable."""
        return receipt_draft(replace(receipt, order_lines=await self.erp.order_lines(receipt.order)), self.rules)

    def take_back(self, receipt: Receipt) -> TakeBack:
        """As the receiver took it back."""
        return TakeBack(f"{receipt.source_id} was taken back", replacement=receipt.replacement)

    async def check(self, _draft: GoodsReceiptDraft) -> Refusal | None:
        """Nothing: the order was checked when it was made."""
        return None

    async def refuse(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the receiver."""
        await self.receiving.record_refusal(source_id, version, refusal)

    async def record(self, source_id: str, receipt: Receipt | None, posting: Posting) -> None:
        """The goods receipt's number, for the version that was posted."""
        assert posting.number is not None
        receipt = receipt or await self.receiving.read(source_id)
        await self.receiving.record_posting(
            source_id, receipt.version, number=posting.number, document_id=posting.id, revision=posting.revision
        )
