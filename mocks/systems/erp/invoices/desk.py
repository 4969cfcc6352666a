"""The accounts payable desk for suppliers: takes invoices and credits one by one or many at once, and takes them back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp, document_effect, update_effect
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.bill import Bill, read_bill
from mocks.systems.erp.invoices.holding import Done, Holding
from mocks.systems.erp.invoices.holds import RULES, Hold, status_for
from mocks.systems.erp.invoices.lines import bill_lines
from mocks.systems.erp.invoices.matching import Match, Matcher
from mocks.systems.erp.invoices.models import (
    BatchAnswer,
    BatchResult,
    EnteredStack,
    HoldCode,
    InvoiceHold,
    ReleaseHold,
    SupplierInvoice,
    SupplierInvoiceBatch,
    SupplierInvoiceCreate,
    SupplierInvoiceStack,
)
from mocks.systems.erp.invoices.posting import check_postable, check_voidable, entries_of, unbook
from mocks.systems.erp.invoices.stated import check_stated
from mocks.systems.erp.vendors.files import identities_of

SUSPECT: HoldCode = "DUP_SUSPECT"


class SupplierInvoices(DocumentDesk):
    """The supplier invoices of one ERP."""

    def __init__(self, erp: Erp, of: DocumentKind) -> None:
        super().__init__(erp, of)
        self._matcher = Matcher(erp)
        self._holding = Holding(erp, self._matcher)
        erp.after_clearing.append(self._holding.goods_moved)
        erp.after_block.append(self._holding.supplier_changed)
        erp.after_reopening.append(self._holding.reopened)

    def create(self, call: Call) -> Reply:
        """erp.supplier_invoice.create"""
        document, effects = self._take(call, call.body)
        company = self._erp.master.companies[document.company_code]
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"{self._of.path}/{document.number}",
            created={"existing_id": document.number, "existing_status": document.status},
            effects=effects,
        )

    def create_batch(self, call: Call) -> Reply:
        """erp.supplier_invoice.create_batch: each stands or falls for itself"""
        body: SupplierInvoiceBatch = call.body
        answers, effects = self._each(call, body.items, self._take)
        refused = sum(answer.outcome == "refused" for answer in answers)
        return Reply(BatchResult(created=len(answers) - refused, refused=refused, items=answers), effects=effects)

    def enter(self, call: Call) -> Reply:
        """erp.supplier_invoice.enter: the same by a clerk, who has them reviewed"""
        body: SupplierInvoiceStack = call.body
        clerk, reviewer = call.actor or "", body.reviewed_by
        if clerk == reviewer:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{clerk} cannot review what they entered")

        def take(one: Call, item: SupplierInvoiceCreate) -> Done:
            company = rules.company_in(self._erp.master, item.company_code, item.currency)
            rules.check_person(self._erp.master, reviewer, company)
            if item.entered_by != clerk:
                raise Refusal("SEGREGATION_OF_DUTIES", f"{clerk} cannot enter an invoice in the name of {item.entered_by}")
            return self._reviewed(replace(one, actor=reviewer), *self._take(one, item))

        answers, effects = self._each(call, body.items, take)
        taken = tuple(answer.number for answer in answers if answer.number is not None)
        return Reply(EnteredStack(documents=taken, items=answers), effects=effects)

    def _reviewed(self, call: Call, document: Document, done: tuple[Effect, ...]) -> Done:
        """What only looks like another one is no reason to hold it."""
        if all(hold.code != SUSPECT for hold in self._erp.invoices.holds.open_of(document.number)):
            return document, done
        changed, more = self._holding.release(call, document, ReleaseHold(code=SUSPECT, reason="compared with the other one"))
        return changed, (*done, *more)

    def _each(
        self, call: Call, items: Sequence[SupplierInvoiceCreate], take: Callable[[Call, SupplierInvoiceCreate], Done]
    ) -> tuple[tuple[BatchAnswer, ...], tuple[Effect, ...]]:
        """Each of them stands or falls for itself."""
        answers: list[BatchAnswer] = []
        effects: list[Effect] = []
        for index, item in enumerate(items):
            try:
                document, done = take(_one_of(call, index, item), item)
            except Refusal as refusal:
                answers.append(_refused(index, item, refusal))
                continue
            effects += done
            answers.append(_created(index, document))
        return tuple(answers), tuple(effects)

    def _take(self, call: Call, body: SupplierInvoiceCreate) -> Done:
        erp = self._erp
        erp.documents.refuse_repeat(self._of.name, body.external_ref)
        check_stated(erp, call, body)
        bill = self._checked(body, call.now.date())
        match = self._matcher.match(bill, None, call.now)
        check_postable(erp, bill, match)
        self._check_receivers(body, match)
        number = erp.documents.free_number(self._of, call)
        status = status_for((finding.code for finding in match.findings), bill.company.matching)
        entries = () if status == "parked" else entries_of(match, number)
        document = erp.start(
            call, self._of, body, bill.company, amount_minor=bill.sign * bill.total, posting_date=bill.on, entries=entries, number=number,
            status=status,
        )  # fmt: skip
        erp.invoices.known.add(bill.claimed(number, identities_of(erp, body.vendor_id)))
        erp.invoices.mention(number, match.positions)
        if status == "parked":
            erp.invoices.parked[number] = body.vendor_id
        held = self._holding.first(call, number, bill.company.code, match.findings)
        booked = () if status == "parked" else self._holding.enter(call, document, match)
        return document, (document_effect(document, "create"), *bill_lines(self._erp, document, match), *held, *booked)

    def _checked(self, body: SupplierInvoiceCreate, today: date) -> Bill:
        """What can be refused without orders and receipts."""
        master = self._erp.master
        bill = read_bill(master, self._erp.rates, body)
        vendor = master.vendors.get(body.vendor_id)
        if vendor is None or vendor.company_code != bill.company.code:
            raise Refusal("SUPPLIER_UNKNOWN", f"no supplier {body.vendor_id!r} in company {bill.company.code}")
        rules.check_person(master, body.entered_by, bill.company)
        if body.approvals or not bill.is_ordered:
            rules.check_evidence(master, body.approvals, body.entered_by, 0 if bill.is_ordered else bill.total, bill.company)
        self._erp.periods.require_open(bill.company.code, bill.on, self._of.module, today)
        return bill

    def _check_receivers(self, body: SupplierInvoiceCreate, match: Match) -> None:
        """Who took the goods does not enter their bill."""
        for item in match.positions:
            if body.entered_by in self._erp.invoices.receivers.get(item, ()):
                raise Refusal("SEGREGATION_OF_DUTIES", f"{body.entered_by} received goods of {item} and cannot enter their invoice")

    def undo(self, call: Call) -> Reply:
        """erp.supplier_invoice.void: a parked one is rejected, a posted one reversed; again changes nothing"""
        document = self._erp.documents.get(self._of.name, call.path["number"])
        if document.status in {"parked", "rejected"}:
            return self._reject(call, document)
        if document.status not in {"posted", "on_hold"}:
            return super().undo(call)
        rules.check_version(call.if_match, document.version, f"{document.kind} {document.number}")
        check_voidable(self._erp, document)
        items = [part.item for part in self._erp.invoices.live[document.number].parts if part.item]
        reply = super().undo(call)
        voided = self._erp.documents.get(self._of.name, document.number)
        reversal = self._erp.documents.get(self._of.name, voided.reversed_by or "")
        moved = unbook(self._erp, document, reversal)
        told = self._holding.close(call, voided, call.body.reason)
        effects = (*reply.effects, *moved, *told, *self._holding.follow(call, items))
        return self._reply(voided, effects)

    def _reject(self, call: Call, document: Document) -> Reply:
        rules.check_version(call.if_match, document.version, f"{document.kind} {document.number}")
        if document.status == "rejected":
            return self._reply(document)
        reason = call.body.reason
        changed = self._erp.documents.change(document, status=document.step("undo"), reason=reason, updated_at=call.now)
        self._erp.invoices.parked.pop(document.number, None)
        return self._reply(changed, (update_effect(changed, call.if_match), *self._holding.close(call, changed, reason)))

    def hold(self, call: Call) -> Reply:
        """erp.supplier_invoice.hold"""
        return self._reply(*self._holding.hold(call, self._of_call(call), call.body.reason))

    def release_hold(self, call: Call) -> Reply:
        """erp.supplier_invoice.release_hold"""
        return self._reply(*self._holding.release(call, self._of_call(call), call.body))

    def rematch(self, call: Call) -> Reply:
        """erp.supplier_invoice.rematch"""
        document = self._of_call(call)
        if document.status not in {"parked", "on_hold"}:
            said = f"{document.kind} {document.number} is {document.status}: nothing of it waits for a match"
            raise Refusal("INVALID_TRANSITION", said, current_status=document.status)
        return self._reply(*self._holding.rematch(call, document))

    def _of_call(self, call: Call) -> Document:
        document = self._erp.documents.get(self._of.name, call.path["number"])
        rules.check_version(call.if_match, document.version, f"{document.kind} {document.number}")
        return document

    def record(self, document: Document, company: ErpCompany) -> SupplierInvoice:
        """The invoice on the wire."""
        request: SupplierInvoiceCreate = document.request
        item = self._erp.payables.get(document.number)
        more = {
            "vendor_id": request.vendor_id,
            "supplier_reference": request.supplier_reference,
            "credit_memo": request.credit_memo,
            "credit_reason": request.credit_reason,
            "posting_date": rules.to_yyyymmdd(document.posting_date),
            "due_on": rules.to_yyyymmdd(item.due_on) if item else None,
            "entered_by": request.entered_by,
            "text": request.text,
            "tax_total": request.tax_total,
            "rounding": request.rounding,
            "total": request.total,
            "withholding": request.withholding,
            "currency": request.currency,
            "open_amount": to_text(item.open_minor if item else 0, self._erp.master.currencies[request.currency]),
            "holds": tuple(_hold_record(hold) for hold in self._erp.invoices.holds.of(document.number)),
        }
        return SupplierInvoice(**head(document, company) | more)


def _one_of(call: Call, index: int, item: SupplierInvoiceCreate) -> Call:
    """The call as if it had brought this item alone, with draws of its own."""

    def draw(name: str) -> int:
        return call.draw(f"{index}/{name}")

    return replace(call, body=item, draw=draw)


def _created(index: int, document: Document) -> BatchAnswer:
    return _answer(index, "created", external_ref=document.ext_ref, number=document.number, status=document.status)


def _refused(index: int, item: SupplierInvoiceCreate, refusal: Refusal) -> BatchAnswer:
    existing = refusal.extra.get("existing_id")
    return _answer(index, "refused", external_ref=item.external_ref, code=refusal.code, detail=refusal.detail, existing_id=existing)


def _answer(index: int, outcome: str, **members: Any) -> BatchAnswer:
    nothing = dict.fromkeys(("external_ref", "number", "status", "code", "detail", "existing_id"))
    return BatchAnswer(**{"index": index, "outcome": outcome, **nothing, **members})


def _hold_record(hold: Hold) -> InvoiceHold:
    return InvoiceHold(
        code=hold.code,
        line_no=hold.line_no,
        reason=hold.reason,
        owner=RULES[hold.code].owner,
        raised_at=hold.raised_at,
        raised_by=hold.raised_by,
        released_at=hold.released_at,
        released_by=hold.released_by,
        release_reason=hold.release_reason,
    )
