"""Money in advance (PST-P20): 1130 holds what suppliers got and have not delivered for; an invoice takes it instead of being paid."""

from collections.abc import Iterator
from datetime import date

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp, update_effect
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.documents.order.kind import OVER_FOR_GOOD
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.book import DOCUMENT as INVOICES
from mocks.systems.erp.ledger import Entry, Journal
from mocks.systems.erp.payables import AP_TRADE, OpenItem, item_of, terms_of
from mocks.systems.erp.periods import month
from mocks.systems.erp.settling import models

PREPAID = "1130"
KIND = DocumentKind(
    name="supplier_prepayment",
    noun="supplier prepayment",
    point="erp.prepayment",
    path="/supplier-prepayments",
    undo="void",
    module="AP",
    ledger="actual",
    numbers=("58", "59"),
    transitions={("posted", "undo"): "voided"},
    record=models.Prepayment,
    page=models.PrepaymentPage,
    party=lambda request: request.vendor_id,
)
Done = tuple[Effect, ...]


class Prepayments(DocumentDesk):
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        super().__init__(erp, KIND)
        self._applied: dict[tuple[str, str], int] = {}  # minor units, by prepayment and invoice; nothing is kept of 0
        self._of_vendor: dict[tuple[str, str | None], list[str]] = {}  # numbers, by company and supplier
        self._moves = 0

    def create(self, call: Call) -> Reply:
        """erp.prepayment.create"""
        body: models.PrepaymentCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(KIND.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        total = self._total(body, company)
        dated, on = rules.to_day(body.document_date), rules.to_day(body.posting_date)
        self._check_vendor(body, company)
        rules.check_person(erp.master, body.entered_by, company)
        rules.check_evidence(erp.master, body.approvals, body.entered_by, total, company)
        erp.periods.require_open(company.code, on, KIND.module, call.now.date())
        number = erp.documents.free_number(KIND, call)
        entries = (Entry(PREPAID, total, item=number), Entry(AP_TRADE, -total, item=number))
        document = erp.start(
            call, KIND, body, company, amount_minor=total, posting_date=on, entries=entries, number=number, status="posted"
        )
        self._of_vendor.setdefault((company.code, body.vendor_id), []).append(number)
        erp.payables.add(_item(document, dated))
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"{KIND.path}/{number}",
            created={"existing_id": number, "existing_status": document.status},
            effects=erp.post(document),
        )

    def _total(self, body: models.PrepaymentCreate, company: ErpCompany) -> int:
        total = rules.minor(body.total, company)
        rules.check_sum((rules.minor(line.amount, company) for line in body.lines), total, KIND.noun)
        if total == 0:
            raise Refusal("AMOUNT_MISMATCH", f"{KIND.noun}: nothing is asked for")
        return total

    def _check_vendor(self, body: models.PrepaymentCreate, company: ErpCompany) -> None:
        """The supplier may be posted to, and its orders are open. Raises SUPPLIER_UNKNOWN, SUPPLIER_BLOCKED, ORDER_NOT_OPEN."""
        vendors = self._erp.master.vendors
        if body.vendor_id not in vendors or vendors[body.vendor_id].company_code != company.code:
            raise Refusal("SUPPLIER_UNKNOWN", f"no supplier {body.vendor_id!r} in company {company.code}")
        vendor, state = self._erp.vendor(body.vendor_id)
        if state.posting_block or not vendor.active:
            raise Refusal("SUPPLIER_BLOCKED", f"supplier {body.vendor_id} is {'blocked for posting' if vendor.active else 'inactive'}")
        for number in dict.fromkeys(line.order_number for line in body.lines if line.order_number is not None):
            order = self._erp.documents.get(ORDERS.name, number) if self._erp.documents.has(ORDERS.name, number) else None
            if order is None or order.party != body.vendor_id or order.status in OVER_FOR_GOOD:
                raise Refusal("ORDER_NOT_OPEN", f"supplier {body.vendor_id} has no open order {number}")

    def undo(self, call: Call) -> Reply:
        """erp.prepayment.void: before anything of it is paid or applied; again changes nothing"""
        document = self._erp.documents.get(KIND.name, call.path["number"])
        item = self._erp.payables.get(document.number)
        is_applied = any(source == document.number for source, _ in self._applied)  # whatever became of its payment since
        if document.status == "posted" and (item is None or not item.is_whole or is_applied):
            raise Refusal("INVALID_TRANSITION", f"{document.number} is paid or applied, at least in part", current_status=document.status)
        effects = super().undo(call).effects
        if item is not None and effects:
            self._erp.payables.reduce(document.number, item.open_minor)
        return self._reply(self._erp.documents.get(KIND.name, document.number), effects)

    # --- an invoice takes it

    def apply(self, call: Call) -> Reply:
        """erp.prepayment.apply"""
        body: models.ApplyPrepayments = call.body
        item = self._invoice(call)
        company = self._erp.master.companies[item.company_code]
        sources = self._sources(item, body.prepayment_number)
        there = sum(self._available(each) for each in sources)
        asked = rules.minor(body.amount, company) if body.amount is not None else min(there, item.open_minor)
        if asked == 0 or asked > item.open_minor or asked > there:
            said = f"{asked} minor units of {item.open_minor} open ones, and {there} were paid in advance"
            raise Refusal("AMOUNT_MISMATCH", f"{item.document}: {said}")
        today = call.now.date()
        self._erp.periods.require_open(company.code, today, KIND.module, today)
        effects: list[Effect] = []
        for source in sources:
            taken = min(asked, self._available(source))
            if taken:
                effects += self._move(call, source, item.document, taken)
                asked -= taken
        return self._settled(item.document, company, tuple(effects))

    def _invoice(self, call: Call) -> OpenItem:
        """What is open of an invoice that nothing keeps from being paid. Raises NOT_FOUND, INVALID_TRANSITION, PAYMENT_BLOCKED,
        SEGREGATION_OF_DUTIES."""
        rules.check_employee(self._erp.master, call.actor)
        document = self._erp.documents.get(INVOICES, call.path["number"])
        item = self._erp.payables.get(document.number)
        if item is None or item.open_minor <= 0:
            raise Refusal("INVALID_TRANSITION", f"{document.number} leaves nothing to pay", current_status=document.status)
        if document.number in self._erp.locks:
            said = f"{document.number} is {self._erp.locks[document.number]}"
            raise Refusal("INVALID_TRANSITION", said, current_status=document.status)
        if item.blocks:
            raise Refusal("PAYMENT_BLOCKED", f"{document.number} has {', '.join(sorted(item.blocks))}")
        own = self._erp.master.companies[item.company_code].currency
        if item.currency != own:
            raise Refusal("CURRENCY_INVALID", f"{document.number} is in {item.currency}, and what was paid in advance in {own}")
        return item

    def _sources(self, item: OpenItem, wanted: str | None) -> list[Document]:
        """Prepayments to take, the oldest first. Raises NOT_FOUND: another supplier's is none of this invoice's."""
        mine = (item.company_code, item.vendor_id)
        if wanted is not None:
            one = self._erp.documents.get(KIND.name, wanted)
            if (one.company_code, one.party) != mine:
                raise Refusal("NOT_FOUND", f"supplier {item.vendor_id} has no prepayment {wanted!r}")
            return [one]
        return [self._erp.documents.get(KIND.name, number) for number in self._of_vendor.get(mine, ())]

    def _available(self, document: Document) -> int:
        """What of it was paid and not applied yet. After a payment came back it may be less than nothing: then there is nothing."""
        item = self._erp.payables.get(document.number)
        if document.status != "posted" or item is None:
            return 0
        applied = sum(minor for (source, _), minor in self._applied.items() if source == document.number)
        return max(item.amount_minor - item.open_minor - applied, 0)

    def _move(self, call: Call, source: Document, invoice: str, minor: int) -> Done:
        """So much of it settles the invoice; negative: does not any more."""
        if minor > 0:
            self._erp.payables.reduce(invoice, minor)
        else:
            self._erp.payables.reopen(invoice, -minor, -minor)
        entries = (Entry(AP_TRADE, minor, item=invoice), Entry(PREPAID, -minor, item=source.number))
        applied = self._applied.pop((source.number, invoice), 0) + minor
        if applied:
            self._applied[source.number, invoice] = applied
        self._moves += 1
        changed = self._erp.documents.change(source, updated_at=call.now)
        name = f"{source.number}/applied/{self._moves}"
        journal = Journal(name, "actual", source.company_code, source.currency, month(call.now.date()), entries)
        return (update_effect(changed, None), *self._erp.ledger.post(journal))

    def take_back(self, call: Call) -> Reply:
        """erp.prepayment.take_back: all that was applied to an invoice"""
        rules.check_employee(self._erp.master, call.actor)
        number = call.path["number"]
        document = self._erp.documents.get(INVOICES, number)
        company = self._erp.master.companies[document.company_code]
        found = {source: minor for (source, invoice), minor in self._applied.items() if invoice == number}
        if not found or number in self._erp.locks:
            said = f"{number} is {self._erp.locks.get(number, 'settled with no prepayment')}"
            raise Refusal("INVALID_TRANSITION", said, current_status=document.status)
        today = call.now.date()
        self._erp.periods.require_open(company.code, today, KIND.module, today)
        effects: list[Effect] = []
        for source, minor in found.items():
            effects += self._move(call, self._erp.documents.get(KIND.name, source), number, -minor)
        effects += self._erp.tell_reopened(call, [number])
        return self._settled(number, company, tuple(effects))

    # --- on the wire

    def _settled(self, number: str, company: ErpCompany, effects: Done) -> Reply:
        item = self._erp.payables.get(number)
        applied = tuple(
            models.AppliedPrepayment(prepayment_number=source, amount=to_text(minor, company.decimals))
            for (source, invoice), minor in self._applied.items()
            if invoice == number
        )
        answer = models.SettledInvoice(
            invoice_number=number,
            company_code=company.code,
            currency=company.currency,
            open_amount=to_text(item.open_minor if item else 0, company.decimals),
            applied=applied,
        )
        return Reply(answer, effects=effects)

    def _applied_of(self, number: str, company: ErpCompany) -> Iterator[models.AppliedAmount]:
        for (source, invoice), minor in self._applied.items():
            if source == number:
                yield models.AppliedAmount(invoice_number=invoice, amount=to_text(minor, company.decimals))

    def record(self, document: Document, company: ErpCompany) -> models.Prepayment:
        """The prepayment on the wire."""
        request: models.PrepaymentCreate = document.request
        item = self._erp.payables.get(document.number)
        return models.Prepayment(
            **head(document, company),
            vendor_id=request.vendor_id,
            supplier_reference=request.supplier_reference,
            posting_date=rules.to_yyyymmdd(document.posting_date),
            entered_by=request.entered_by,
            open_amount=to_text(item.open_minor if item else 0, company.decimals),
            available=to_text(self._available(document), company.decimals),
            applied=tuple(self._applied_of(document.number, company)),
        )


def _item(document: Document, dated: date) -> OpenItem:
    """What the supplier has to get for it: at once, and without a discount."""
    request: models.PrepaymentCreate = document.request
    return item_of(
        document.number,
        company_code=document.company_code,
        vendor_id=request.vendor_id,
        reference=request.supplier_reference,
        currency=document.currency,
        amount_minor=document.amount_minor,
        document_date=dated,
        terms=terms_of("N0"),
        document_type=KIND.name,
    )
