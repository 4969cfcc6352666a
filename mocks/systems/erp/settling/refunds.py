"""What a supplier sends back (PST-P25): the money for a credit that nothing was left to set off against, as after a payment too many."""

from mocks.company.money import to_text
from mocks.kit.operation import Call, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.invoices.book import DOCUMENT as INVOICES
from mocks.systems.erp.ledger import Entry, Journal
from mocks.systems.erp.payables import AP_TRADE
from mocks.systems.erp.payments.posting import BANK
from mocks.systems.erp.periods import Module, month
from mocks.systems.erp.settling import models

MODULE: Module = "AP"


class RefundDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._made: dict[str, int] = {}  # how many, by credit memo: one that was voided meanwhile has none

    def record(self, call: Call) -> Reply:
        """erp.supplier_refund.record: all that is open of a credit memo"""
        body: models.RecordRefund = call.body
        erp = self._erp
        who = rules.check_employee(erp.master, call.actor)
        document = erp.documents.get(INVOICES, call.path["number"])
        item = erp.payables.get(document.number)
        if item is None or item.open_minor >= 0 or document.number in erp.locks:
            said = f"{document.number} is {erp.locks.get(document.number, document.status)}: no supplier owes anything for it"
            raise Refusal("INVALID_TRANSITION", said, current_status=document.status)
        if who == document.request.entered_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{who} entered {document.number} and cannot record the money for it")
        company, on = erp.master.companies[item.company_code], rules.to_day(body.value_date)
        erp.periods.require_open(company.code, on, MODULE, call.now.date())
        if item.currency != company.currency:
            raise Refusal("CURRENCY_INVALID", f"{document.number} is in {item.currency}: only refunds in {company.currency} are recorded")
        owed = -item.open_minor
        booked = erp.payables.reduce(document.number, item.open_minor)
        self._made[document.number] = self._made.get(document.number, 0) + 1
        number = f"{document.number}/refund/{self._made[document.number]}"
        entries = (Entry(BANK, -booked), Entry(AP_TRADE, booked, item=document.number))
        effects = erp.ledger.post(Journal(number, "actual", company.code, company.currency, month(on), entries))
        answer = models.SupplierRefund(
            number=number,
            company_code=company.code,
            vendor_id=item.vendor_id,
            credit_number=document.number,
            posting_date=body.value_date,
            currency=company.currency,
            amount=to_text(owed, company.decimals),
            reason=body.reason,
        )
        return Reply(answer, created={"existing_id": number}, effects=effects)
