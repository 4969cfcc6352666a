"""What a connector does about payments: it takes the file to the bank, and tells the ERP what the bank says of it."""

from dataclasses import replace

from mocks.company.money import to_text
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.payments import models
from mocks.systems.erp.payments.book import PaymentBook
from mocks.systems.erp.payments.desk import run_reply
from mocks.systems.erp.payments.records import bank_file, payment_record, run_summary
from mocks.systems.erp.payments.values import RUNS, Payment
from mocks.workflow.store import page_asked

BOOKED = frozenset({"cleared", "returned"})
"""Payments that have left the account, whatever became of them: a bank rejects no file of which it booked something."""


class BankSide:
    """Of one ERP, over the runs and payments of its treasury."""

    def __init__(self, erp: Erp, book: PaymentBook) -> None:
        self._erp = erp
        self.book = book

    def read_run(self, call: Call) -> Reply:
        """erp.payment_run.read"""
        return run_reply(self.book, self.book.runs.get(call.path["number"]))

    def list_runs(self, call: Call) -> Reply:
        """erp.payment_run.list"""
        found, after = page_asked(self.book.runs, call, "updated_since")
        return Reply({"items": [run_summary(each) for each in found], "next": after})

    def read_file(self, call: Call) -> Reply:
        """erp.payment_run.file"""
        run = self.book.runs.get(call.path["number"])
        payments = [each for each in self.book.of(run) if each.status not in {"proposed", "deleted", "voided"}]
        if not payments:
            raise Refusal("INVALID_TRANSITION", f"payment run {run.id} is {run.status}: there is no file", current_status=run.status)
        return Reply(bank_file(run, payments, self._erp.master.bank_accounts[run.company.code]))

    def record_run_status(self, call: Call) -> Reply:
        """erp.payment_run.record_status: again changes nothing"""
        body: models.RunRecordStatus = call.body
        run = self.book.runs.get(call.path["number"])
        rules.check_version(call.if_match, run.version, f"payment run {run.id}")
        is_rejected = body.status == "rejected"
        if run.status == ("rejected" if is_rejected else "acknowledged"):
            return run_reply(self.book, run)
        status = RUNS.after(run.id, run.status, "reject" if is_rejected else "acknowledge")
        payments = self.book.of(run)
        booked = next((each for each in payments if each.status in BOOKED), None)
        if is_rejected and booked is not None:
            said = f"payment run {run.id} is {run.status}: the file is not rejected of which {booked.id} was booked"
            raise Refusal("INVALID_TRANSITION", said, current_status=run.status)
        taken = {"issued", "accepted"} if is_rejected else {"issued"}
        under_way = [each for each in payments if each.status in taken]
        day = self.book.day_of_bank(call, run.company.code, None) if is_rejected else call.now.date()
        changed = self.book.change_run(call, run, status, reason=body.reason, bank_file=body.bank_file_id or run.bank_file)
        word, why = ("rejected", {"reason_code": body.reason_code, "reason": body.reason}) if is_rejected else ("accepted", {})
        bare = replace(call, if_match=None)
        told = tuple(effect for each in under_way for effect in self.book.follow_bank(bare, each, word, day, **why))
        return run_reply(self.book, changed, (changed.effect(call.if_match), *told))

    def read(self, call: Call) -> Reply:
        """erp.payment.read"""
        payment = self.book.payments.get(call.path["payment_number"])
        return Reply(payment_record(payment), version=payment.version)

    def list(self, call: Call) -> Reply:
        """erp.payment.list"""
        found, after = page_asked(self.book.payments, call, "updated_since")
        return Reply({"items": [payment_record(each) for each in found], "next": after})

    def record_status(self, call: Call) -> Reply:
        """erp.payment.record_status: the same word again changes nothing"""
        body: models.RecordStatus = call.body
        payment = self.book.payments.get(call.path["payment_number"])
        rules.check_version(call.if_match, payment.version, f"payment {payment.id}")
        if payment.status == body.status:
            return Reply(payment_record(payment), version=payment.version)
        charge = self._amounts(body, payment)
        value_date = rules.to_day(body.value_date) if body.value_date else None
        more = {"reason_code": body.reason_code, "reason": body.reason, "value_date": value_date or payment.value_date}
        day = self.book.day_of_bank(call, payment.company.code, value_date)
        effects = self.book.follow_bank(call, payment, body.status, day, charge_minor=payment.charge_minor + charge, **more)
        changed = self.book.payments.get(payment.id)
        return Reply(payment_record(changed), version=changed.version, effects=(*effects, *self._acknowledged(call, changed)))

    def _amounts(self, body: models.RecordStatus, payment: Payment) -> int:
        """The bank's charge in minor units, when amount and currency are those of the payment."""
        company = payment.company
        if body.currency not in {None, company.currency}:
            raise Refusal("CURRENCY_INVALID", f"currency {body.currency}: payment {payment.id} is in {company.currency}")
        amount = rules.minor(body.amount, company) if body.amount is not None else None
        charge = rules.minor(body.charge, company) if body.charge is not None else 0
        if amount != payment.amount_minor and (amount is not None or body.status == "cleared"):
            said = body.amount if body.amount is not None else "no amount"
            raise Refusal(
                "AMOUNT_MISMATCH", f"payment {payment.id} is about {to_text(payment.amount_minor, company.decimals)}, the bank says {said}"
            )
        if charge and body.status != "cleared":
            raise Refusal("AMOUNT_MISMATCH", f"payment {payment.id}: a charge is booked with what cleared, not with what was {body.status}")
        return charge

    def _acknowledged(self, call: Call, payment: Payment) -> tuple[Effect, ...]:
        """Whoever speaks of a payment has seen its file; a file of which every payment was rejected is."""
        run = self.book.runs.get(payment.run)
        if run.status != "file_issued":
            return ()
        statuses = {each.status for each in self.book.of(run)}
        if statuses == {"rejected"}:
            return (self.book.change_run(call, run, RUNS.after(run.id, run.status, "reject")).effect(),)
        if payment.status == "rejected":
            return ()
        return (self.book.change_run(call, run, RUNS.after(run.id, run.status, "acknowledge")).effect(),)

    def read_invoice(self, call: Call) -> Reply:
        """erp.invoice_payment.read"""
        number = call.path["document_number"]
        known = self.book.invoices.get(number)
        company_code, open_minor = self.book.payables.look(number)
        company = self._erp.master.companies[company_code]
        answer = models.InvoicePayment(
            document_number=number,
            status=known.status if known else "open",
            company_code=company.code,
            payments=known.payments if known else 0,
            payment_number=known.payment if known else None,
            open_amount=to_text(open_minor, company.decimals),
        )
        return Reply(answer)

    def touch(self, call: Call) -> Reply:
        """A person notes something on a payment that changes nothing else."""
        payment = self.book.payments.get(call.path["payment_number"])
        changed = replace(payment, version=payment.version + 1, updated_at=call.now)
        self.book.payments.put(changed)
        return Reply(payment_record(changed), version=changed.version, effects=(changed.effect(),))

    def touch_run(self, call: Call) -> Reply:
        """The same on a run."""
        run = self.book.runs.get(call.path["number"])
        changed = self.book.change_run(call, run, run.status)
        return run_reply(self.book, changed, (changed.effect(),))
