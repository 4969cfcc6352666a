"""Expense report to ERP posting: an AP invoice or a journal by the entity's policy, confirmed by a job, written back with its date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from engine.flows.ports import Erp, Expense
from engine.flows.posting import OnePerRevision, check_codings
from engine.mapping.expense import posting_date, posting_draft
from engine.mapping.rules import Rules
from engine.model.erp_documents import Kind, PostingDraft, TakeBack
from engine.model.progress import Posting
from engine.model.sources import ExpenseReport, Refusal

FLOW = "expense-to-posting"


@dataclass(frozen=True, slots=True)
class ExpenseHooks(OnePerRevision):
    """What is this flow's own."""

    expense: Expense
    erp: Erp
    rules: Rules
    minor_units: Mapping[str, int]
    done: ClassVar[str] = "posted"
    twice: ClassVar[str] = "POSTED_TWICE"

    async def read(self, source_id: str) -> ExpenseReport:
        """The report as it is now."""
        return await self.expense.read(source_id)

    def kind(self, report: ExpenseReport) -> Kind:
        """By the policy of its entity."""
        return "journal_entry" if self.rules.expense_entity(report.entity).route == "journal_entry" else "ap_invoice"

    async def draft(self, report: ExpenseReport) -> PostingDraft:
        """Raises Unpostable."""
        return posting_draft(report, self.rules, self.minor_units)

    def take_back(self, report: ExpenseReport) -> TakeBack:
        """For the ERP's audit trail."""
        return TakeBack(f"{report.source_id} went back to its author")

    async def check(self, draft: PostingDraft) -> Refusal | None:
        """Each combination."""
        return await check_codings(self.erp, draft)

    async def refuse(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the employee."""
        await self.expense.record_refusal(source_id, version, refusal)

    async def record(self, source_id: str, report: ExpenseReport | None, posting: Posting) -> None:
        """The document's number and the date that it was posted with. The version is the one that was read last."""
        assert posting.number is not None
        if posting.posted_on is not None:
            posted_on = date.fromisoformat(posting.posted_on)
        else:
            report = report or await self.read(source_id)
            posted_on = posting_date(report)
        version = report.version if report is not None else posting.source_version
        await self.expense.record_posting(
            source_id, version, number=posting.number, kind=posting.kind, posted_on=posted_on, revision=posting.revision
        )
