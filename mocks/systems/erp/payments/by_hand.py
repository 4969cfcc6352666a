"""Payments that somebody makes at the bank's own counter, outside of any run: no file, and the statement is entered by hand as well."""

from dataclasses import replace

from mocks.company.projections import ErpCompany
from mocks.kit.ids import NUMBER_SPACE, draw_id, draw_uuid, free
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.payments import models
from mocks.systems.erp.payments.book import MODULE, PaymentBook
from mocks.systems.erp.payments.due import Payable
from mocks.systems.erp.payments.records import invoice_record
from mocks.systems.erp.payments.values import Payment


class HandPayments:
    """The treasury of one ERP at the counter. What is posted is what runs post: PST-Y01 at the payment, then PST-Y02 or PST-Y04."""

    def __init__(self, erp: Erp, book: PaymentBook) -> None:
        self._erp = erp
        self._book = book

    def pay(self, call: Call) -> Reply:
        """erp.invoice_payment.pay: PST-Y01"""
        body: models.PayByHand = call.body
        payable, payer = self._payable(call.path["number"]), call.actor or ""
        company = self._erp.master.companies[payable.company_code]
        for person in (payer, body.approved_by):
            rules.check_person(self._erp.master, person, company)
        if payer == body.approved_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{payer} pays {payable.document} and cannot approve that")
        payment = self._payment(call, payable, payer)
        rules.check_authority(self._erp.master, body.approved_by, payable.booked_minor)
        self._book.check(payment)
        today = call.now.date()
        self._erp.periods.require_open(company.code, today, MODULE, today)
        self._book.check_rate(payment, today)
        effects = (*self._book.add(call, payment), *self._book.issue(call, payment, today))
        return self._reply(payable.document, effects)

    def _payable(self, document: str) -> Payable:
        """What is open of a supplier's invoice, and in no other payment. Raises NOT_FOUND, INVALID_TRANSITION."""
        found = self._book.payables.of_supplier(document)
        known = self._book.known(document)
        if found is None or not self._book.is_free(document):
            status = known.status if known else "settled"
            raise Refusal("INVALID_TRANSITION", f"{document} is {status}: nothing of it is to be paid", current_status=status)
        if found.open_minor < 0:
            raise Refusal("PAYMENT_BLOCKED", f"{document} is a credit: nobody gets money for it")
        return found

    def _payment(self, call: Call, payable: Payable, payer: str) -> Payment:
        today = call.now.date()
        objection = self._book.payables.objection(payable.payee, today)
        account = self._book.payables.bank_account(payable.payee, today)
        if objection is not None or account is None:
            raise Refusal("PAYMENT_BLOCKED", f"payee {payable.payee}: {objection}")
        return Payment(
            id=free(lambda name: f"PH{call.draw(name) % NUMBER_SPACE:08d}", "hand_payment.number", self._book.payments.__contains__),
            number=draw_id(call, "hand_payment"),
            uuid=draw_uuid(call, "hand_payment"),
            version=1,
            status="proposed",
            run=None,
            company=self._company(payable),
            payee=payable.payee,
            account=account,
            payables=(payable,),
            pay_on=today,
            created_at=call.now,
            updated_at=call.now,
            made_by=payer,
        )

    def _company(self, payable: Payable) -> ErpCompany:
        own = self._erp.master.companies[payable.company_code]
        return own if payable.currency is None else rules.company_in(self._erp.master, own.code, payable.currency)

    def enter_statement(self, call: Call) -> Reply:
        """erp.invoice_payment.enter_statement: PST-Y02 of what cleared, PST-Y04 of what was rejected or came back"""
        body: models.EnterStatement = call.body
        known = self._book.invoices.get(call.path["document_number"])
        rules.check_version(call.if_match, known.version, f"payment of {known.id}")
        rules.check_person(self._erp.master, call.actor or "", known.company)
        payment = self._book.payments.get(known.payment)
        if payment.run is not None:
            said = f"{known.id} is in payment run {payment.run}: the bank's own word tells what becomes of it"
            raise Refusal("INVALID_TRANSITION", said, current_status=known.status)
        value_date = rules.to_day(body.value_date) if body.value_date else None
        day = self._book.day_of_bank(call, known.company.code, value_date)
        more = {"reason_code": body.reason_code, "reason": body.reason, "value_date": value_date or day}
        effects = self._book.follow_bank(replace(call, if_match=None), payment, body.status, day, **more)
        return self._reply(known.id, effects)

    def _reply(self, document: str, effects: tuple[Effect, ...]) -> Reply:
        version = self._book.invoices.get(document).version
        return Reply(invoice_record(self._book, document), version=version, effects=effects, events=self._book.told(effects))
