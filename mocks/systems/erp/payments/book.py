"""Runs and payments of one ERP and the steps that all commands share: claim invoices, issue, follow the bank's word, open them again."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mocks.kit.operation import Call, Effect, OutEvent, Refusal, View
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.ap_invoice import AP_EMPLOYEES
from mocks.systems.erp.invoices.book import DOCUMENT
from mocks.systems.erp.invoices.models import SupplierInvoiceCreate
from mocks.systems.erp.ledger import Entry, Journal
from mocks.systems.erp.payments import posting
from mocks.systems.erp.payments.due import Exclusion, Payable, Payables
from mocks.systems.erp.payments.values import FREE, GONE, INVOICE_STATUS, PAYMENTS, InvoicePayment, Payment, PaymentRun
from mocks.systems.erp.periods import Module, month
from mocks.workflow.store import Store

MODULE: Module = "AP"
STATUS_CHANGED = "payment.status_changed"  # the event of what became of the money for an invoice
Effects = tuple[Effect, ...]
Considered = tuple[list[Payable], list[Exclusion]]


@dataclass(slots=True)
class PaymentBook:
    """Every method either changes nothing and raises, or changes everything."""

    erp: Erp
    runs: Store[PaymentRun] = field(default_factory=lambda: Store("payment run"))
    payments: Store[Payment] = field(default_factory=lambda: Store("payment"))
    invoices: Store[InvoicePayment] = field(default_factory=lambda: Store("payment of an invoice"))
    payables: Payables = field(init=False)

    def __post_init__(self) -> None:
        """What is due comes from the same books."""
        self.payables = Payables(self.erp)

    def of(self, run: PaymentRun) -> list[Payment]:
        """The payments of a run as they are now."""
        return [self.payments.get(each) for each in run.payments]

    def is_free(self, document: str) -> bool:
        """Whether no payment has the invoice."""
        known = self.known(document)
        return known is None or known.status in FREE

    def due(self, company_code: str, day: date, next_day: date) -> Considered:
        """What a run of a day looks at, when the next one is on next_day."""
        return [each for each in self.payables.of(company_code) if self.is_free(each.document) and each.is_taken(day, next_day)], []

    def named(self, company_code: str, documents: Iterable[str]) -> Considered:
        """Just these documents, due or not; and why each of the others is none that could be paid."""
        found, refused = {each.document: each for each in self.payables.of(company_code)}, []
        wanted = dict.fromkeys(documents)
        for number in wanted:
            if number not in found:
                refused.append(self.payables.missing(company_code, number))
            elif not self.is_free(number):
                refused.append(Exclusion(found[number].payee, number, f"in_payment {self.invoices.get(number).payment}"))
        return [each for number, each in found.items() if number in wanted and self.is_free(number)], refused

    def known(self, document: str) -> InvoicePayment | None:
        """How far an invoice is paid; None: no payment ever had it."""
        return self.invoices.get(document) if document in self.invoices else None

    def add(self, call: Call, payment: Payment) -> Effects:
        """A payment is proposed: its invoices are scheduled, and nobody takes them back."""
        self.payments.put(payment)
        return (payment.effect(), *self._follow(call, payment))

    def told(self, effects: Iterable[Effect]) -> tuple[OutEvent, ...]:
        """The events of what became of the money, for the invoices of which somebody waits for it."""
        changed = (self.invoices.get(each.entity_id) for each in effects if each.entity_type == "invoice_payment")
        return tuple(_event(each) for each in changed if each.is_news)

    def day_of_bank(self, call: Call, company_code: str, wanted: date | None) -> date:
        """The day of something that the bank did; in a closed period the first open day after it. Raises PERIOD_CLOSED."""
        today = call.now.date()
        return self.erp.periods.first_open_day(company_code, wanted or today, MODULE, today)

    def change_run(self, call: Call, run: PaymentRun, status: str, **members: Any) -> PaymentRun:
        """The next version of a run."""
        changed = replace(run, status=status, version=run.version + 1, updated_at=call.now, **members)
        self.runs.put(changed)
        return changed

    def step(self, call: Call, payment: Payment, trigger: str, **members: Any) -> Payment:
        """The next version of a payment. Raises INVALID_TRANSITION."""
        status = PAYMENTS.after(payment.id, payment.status, trigger)
        changed = replace(payment, status=status, version=payment.version + 1, updated_at=call.now, **members)
        self.payments.put(changed)
        return changed

    def delete(self, call: Call, payment: Payment) -> Effects:
        """A payment that was only proposed is none any more."""
        changed = self.step(call, payment, "delete")
        return (changed.effect(), *self._follow(call, changed))

    def check(self, payment: Payment) -> None:
        """It may be paid as it was proposed. Raises PAYMENT_BLOCKED."""
        objection = self.payables.objection(payment.payee, payment.pay_on)
        if objection is None and self.payables.bank_account(payment.payee, payment.pay_on) != payment.account:
            objection = "bank_details_changed"
        if objection is not None:
            raise Refusal("PAYMENT_BLOCKED", f"payment {payment.id}: payee {payment.payee}: {objection}")
        for before in payment.payables:
            now = self.payables.now(before)
            if now is None or now.open_minor != before.open_minor:
                raise Refusal("PAYMENT_BLOCKED", f"payment {payment.id}: what is open of {before.document} is not what was proposed")
            if now.blocks:
                raise Refusal("PAYMENT_BLOCKED", f"payment {payment.id}: {before.document} has {', '.join(sorted(now.blocks))}")

    def issue(self, call: Call, payment: Payment, day: date) -> Effects:
        """PST-Y01. The caller has looked whether it may be paid and whether the period is open."""
        cash, discount = self._at_rate(payment, day)
        entries = posting.issued(payment.payables, cash, discount)
        for each in payment.payables:
            self._close(each)
        changed = self.step(call, payment, "issue", entries=entries)
        return (changed.effect(), *self._follow(call, changed), *self._post(changed, "issue", entries, day))

    def check_rate(self, payment: Payment, day: date) -> None:
        """What it costs on a day is known. Raises CURRENCY_INVALID."""
        self._at_rate(payment, day)

    def _at_rate(self, payment: Payment, day: date) -> tuple[int, int]:
        """What leaves the bank and what is left out, in the company's currency. Raises CURRENCY_INVALID."""
        own, paid = self.erp.master.companies[payment.company.code], payment.company
        if paid.currency == own.currency:
            return payment.amount_minor, payment.discount_minor
        rate = self.erp.rates.rate(paid.currency, own.currency, day)
        cash = rate.convert(payment.amount_minor, paid.decimals, own.decimals)
        return cash, rate.convert(payment.amount_minor + payment.discount_minor, paid.decimals, own.decimals) - cash

    def _close(self, payable: Payable) -> None:
        if payable.account == AP_EMPLOYEES:
            self.payables.settled.add(payable.document)
            return
        self.erp.payables.reduce(payable.document, payable.open_minor)

    def _open_again(self, payable: Payable) -> None:
        if payable.account == AP_EMPLOYEES:
            self.payables.settled.discard(payable.document)
            return
        self.erp.payables.reopen(payable.document, payable.open_minor, payable.booked_minor)

    def follow_bank(self, call: Call, payment: Payment, word: str, day: date, **members: Any) -> Effects:
        """What the bank says of a payment (or `void`), and what that posts: PST-Y02 with PST-Y03, or PST-Y04."""
        status = PAYMENTS.after(payment.id, payment.status, word)
        entries: tuple[Entry, ...] = ()
        if status == "cleared":
            entries = posting.cleared(posting.under_way(payment.entries), members.get("charge_minor", 0))
        elif status in GONE:
            entries = posting.undone(payment.entries, is_cleared=payment.status == "cleared")
            for each in payment.payables:
                self._open_again(each)
        changed = self.step(call, payment, word, **members)
        posted = self._post(changed, status, entries, day) if entries else ()
        told = (changed.effect(call.if_match), *self._follow(call, changed), *posted)
        if status not in GONE:
            return told
        return (*told, *self.erp.tell_reopened(call, [each.document for each in payment.payables]))

    def _post(self, payment: Payment, what: str, entries: Iterable[Entry], day: date) -> Effects:
        company = self.erp.master.companies[payment.company.code]
        return self.erp.ledger.post(
            Journal(f"{payment.id}/{what}", "actual", company.code, company.currency, month(day), tuple(entries)),
        )

    def _follow(self, call: Call, payment: Payment) -> Effects:
        """The invoices go with their payment: scheduled at the proposal, paid at the issue, cleared by the statement, or open again."""
        status = INVOICE_STATUS[payment.status]
        effects = []
        for each in payment.payables:
            known = self.known(each.document)
            if known is not None and known.status == status and known.payment == payment.id:
                continue
            version, payments = (known.version, known.payments) if known else (0, 0)
            sent = payments + (payment.status == "issued")
            reference = known.ext_ref if known else self._sent_with(each)
            company, minor = payment.company, each.open_minor
            changed = InvoicePayment(each.document, company, status, version + 1, sent, payment.id, minor, call.now, reference)
            self.invoices.put(changed)
            effects.append(changed.effect())
            if status in FREE:
                self.erp.locks.pop(each.document, None)
            else:
                self.erp.locks[each.document] = f"{status} in payment {payment.id}"
        return tuple(effects)

    def _sent_with(self, payable: Payable) -> str | None:
        """The external reference of a supplier's invoice. Of what an employee gets another system has no invoice."""
        if payable.account == AP_EMPLOYEES or not self.erp.documents.has(DOCUMENT, payable.document):
            return None
        return self.erp.documents.get(DOCUMENT, payable.document).ext_ref

    def billed(self, number: str) -> SupplierInvoiceCreate | None:
        """What a supplier billed under this number of ours; None: an employee's claim."""
        if not self.erp.documents.has(DOCUMENT, number):
            return None
        request: SupplierInvoiceCreate = self.erp.documents.get(DOCUMENT, number).request
        return request

    def final_views(self) -> list[View]:
        """Every run, payment and paid invoice as it stands."""
        runs = [
            View(
                "payment_run", each.id, each.status, each.version, amount_minor=each.total_minor, currency=each.company.currency,
                company=each.company.code, ext_ref=each.ext_ref, parent_id=each.bank_file, reason=each.reason,
            )
            for each in self.runs
        ]  # fmt: skip
        payments = [
            View(
                "payment", each.id, each.status, each.version, amount_minor=each.amount_minor, currency=each.company.currency,
                company=each.company.code, parent_id=each.run, reason=each.reason_code,
            )
            for each in self.payments
        ]  # fmt: skip
        invoices = [
            View(
                "invoice_payment", each.id, each.status, each.version, amount_minor=each.amount_minor, currency=each.company.currency,
                company=each.company.code, ext_ref=each.ext_ref, parent_id=each.payment,
            )
            for each in self.invoices
        ]  # fmt: skip
        return runs + payments + invoices


def _event(changed: InvoicePayment) -> OutEvent:
    data = {"document_number": changed.id, "payment_number": changed.payment, "version": changed.version, "status": changed.status}
    return OutEvent(STATUS_CHANGED, changed.id, data)
