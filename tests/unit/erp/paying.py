"""What payments of the ERP are played with: invoices that are owed, and the people who decide on a run."""

from datetime import date
from typing import Any

from mocks.kit.operation import Reply
from mocks.systems.erp.ledger import Entry, Journal
from mocks.systems.erp.payables import AP_TRADE, item_of, terms_of
from tests.unit.company.play import COMPANY, World, invoice_body

RUN, PAYMENT, STATUS = "erp.payment_run", "erp.payment", "erp.payment.record_status"
DAY = date(2026, 10, 28)


class PayWorld(World):
    """With a company that pays. entity: whose invoices and people are meant."""

    entity = "DE01"

    @property
    def code(self) -> str:
        """The company code."""
        return COMPANY.entity(self.entity).erp_company

    @property
    def people(self) -> tuple[str, str]:
        """Who proposes and reviews, and who approves and issues."""
        return COMPANY.requester(self.entity, "treasury").erp_id, COMPANY.controller(self.entity).erp_id

    def owe(self, document: str, minor: int, *, vendor: int = 0, terms: str = "N30", on: date = DAY, **members: Any) -> str:
        """A supplier's invoice (negative: a credit) is posted as 5400 / 2000; answers the vendor."""
        house, payee = COMPANY.entity(self.entity), COMPANY.suppliers_of(self.entity)[vendor].erp_id
        core = self.erp.core
        item = item_of(
            document,
            company_code=house.erp_company,
            vendor_id=payee,
            reference=f"R{document}",
            currency=house.currency,
            amount_minor=minor,
            document_date=on,
            terms=terms_of(terms),
            **members,
        )
        core.payables.add(item)
        entries = (Entry("5400", minor, COMPANY.cost_centers_of(self.entity)[0].erp_id), Entry(AP_TRADE, -minor, item=document))
        self.effects += core.ledger.post(Journal(document, "actual", house.erp_company, house.currency, on.isoformat()[:7], entries))
        return payee

    def owe_employee(self, reference: str | None = None) -> str:
        """An employee's invoice of which 75 is paid by the employee; its number."""
        body = invoice_body(self.entity, external_ref=reference)
        accepted = self.call("erp.ap_invoice.create", body).body
        self.finish_jobs()
        return str(accepted.document_number)

    def propose(self, pay_on: str = "20261028", next_run_on: str = "20261201", **members: Any) -> Any:
        """A proposal; its record."""
        body = {"company_code": self.code, "pay_on": pay_on, "next_run_on": next_run_on, **members}
        return self.call(f"{RUN}.propose", body, actor=self.people[0]).body

    def run_step(self, verb: str, number: str, *, actor: str | None = None, **members: Any) -> Any:
        """A person's step on a run; its record."""
        who = actor or self.people[0 if verb in {"review", "delete"} else 1]
        return self.call(f"{RUN}.{verb}", members, path={"number": number}, actor=who).body

    def issued(self, **members: Any) -> Any:
        """A run of which the file is issued."""
        run = self.propose(**members)
        for verb in ("review", "approve", "issue"):
            run = self.run_step(verb, run.number)
        return run

    def told(self, payment: str, status: str, **members: Any) -> Reply:
        """The bank's word on a payment."""
        return self.call(STATUS, {"status": status, **members}, path={"payment_number": payment})

    def balance(self, account: str) -> int:
        """Of the company, debit positive."""
        return self.erp.core.ledger.balance(self.code, account)

    def invoice(self, number: str) -> Any:
        """How far an invoice is paid."""
        return self.call("erp.invoice_payment.read", path={"document_number": number}).body
