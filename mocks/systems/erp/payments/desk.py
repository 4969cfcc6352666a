"""The commands on payment runs and payments. A command changes everything or raises and changes nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

from mocks.company.money import to_text
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.store import draw_id, draw_uuid, free
from mocks.systems.erp.payments import models
from mocks.systems.erp.payments.book import MODULE, PaymentBook
from mocks.systems.erp.payments.due import Selection, select
from mocks.systems.erp.payments.records import bank_file, payment_record, run_record, run_summary
from mocks.systems.erp.payments.values import RUNS, Payment, PaymentRun
from mocks.workflow.rules import to_instant
from mocks.workflow.store import Store

PAYEES_MAX = 500  # the bank takes no more in one file
RUN_SPACE = 10**8


class PaymentDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.book = PaymentBook(erp)
        self._by_reference: dict[str, str] = {}
        self.wanted: str | None = None  # the number that the next run takes (provider states name documents)

    # People: propose, review, approve, delete, issue.

    def propose(self, call: Call) -> Reply:
        """erp.payment_run.propose"""
        body: models.RunPropose = call.body
        company = self._erp.master.companies.get(body.company_code)
        if company is None:
            raise Refusal("CODING_INVALID", f"no company code {body.company_code!r}; there are {', '.join(self._erp.master.companies)}")
        proposer = self._person(call.actor, body.company_code)
        self._refuse_repeat(body.external_ref)
        pay_on, next_run_on = rules.to_day(body.pay_on), rules.to_day(body.next_run_on)
        book = self.book
        due = (each for each in book.payables.of(company.code) if book.is_free(each.document) and each.is_taken(pay_on, next_run_on))
        selection = select(book.payables, due, payees_max=PAYEES_MAX)
        number, serial = self._free_number(call)
        payments = self._payments(call, number, selection, company.code, pay_on)
        run = PaymentRun(
            id=number,
            number=serial,
            uuid=draw_uuid(call, "payment_run"),
            version=1,
            status="proposed",
            company=company,
            pay_on=pay_on,
            next_run_on=next_run_on,
            payments=tuple(each.id for each in payments),
            left_out=selection.left_out,
            proposed_by=proposer,
            next_actor=None,
            ext_ref=body.external_ref,
            total_minor=sum(each.amount_minor for each in payments),
            created_at=call.now,
            updated_at=call.now,
        )
        run = replace(run, next_actor=self._next_actor(run))
        book.runs.put(run)
        scheduled = tuple(effect for payment in payments for effect in book.add(payment))
        if body.external_ref is not None:
            self._by_reference[body.external_ref] = number
        created = {"existing_id": number, "existing_status": run.status}
        return replace(self._reply(run, (run.effect(), *scheduled)), location=f"/payment-runs/{number}", created=created)

    def _payments(self, call: Call, number: str, selection: Selection, company_code: str, pay_on: date) -> list[Payment]:
        made = []
        for place, (payee, payables) in enumerate(selection.taken.items(), 1):
            account = self.book.payables.bank_account(payee)
            assert account is not None, f"payee {payee} was selected without bank details"
            name = f"payment.{place}"
            made.append(
                Payment(
                    id=f"{number}-{place:04d}",
                    number=draw_id(call, name),
                    uuid=draw_uuid(call, name),
                    version=1,
                    status="proposed",
                    run=number,
                    company=self._erp.master.companies[company_code],
                    payee=payee,
                    account=account,
                    payables=payables,
                    pay_on=pay_on,
                    created_at=call.now,
                    updated_at=call.now,
                )
            )
        return made

    def review(self, call: Call) -> Reply:
        """erp.payment_run.review"""
        run, status, actor = self._acted(call, "review")
        return self._changed(call, run, status, reviewed_by=actor)

    def approve(self, call: Call) -> Reply:
        """erp.payment_run.approve: by a second person, whose limit covers it"""
        run, status, actor = self._acted(call, "approve")
        if actor == run.proposed_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{actor} proposed payment run {run.id} and cannot approve it")
        limit = self._erp.master.people[actor].limit_minor
        if limit is not None and limit < run.total_minor:
            raise Refusal("LIMIT_EXCEEDED", f"the limit of {actor} does not cover {run.total_minor} minor units of {run.company.currency}")
        self._check(run)
        return self._changed(call, run, status, approved_by=actor)

    def delete(self, call: Call) -> Reply:
        """erp.payment_run.delete"""
        run, status, _ = self._acted(call, "delete")
        changed = self.book.change_run(call, run, status, reason=call.body.reason, next_actor=None)
        freed = tuple(effect for payment in self.book.of(run) for effect in self.book.delete(call, payment))
        return self._reply(changed, (changed.effect(call.if_match), *freed))

    def issue(self, call: Call) -> Reply:
        """erp.payment_run.issue: PST-Y01 of every payment"""
        run, status, _ = self._acted(call, "issue")
        self._check(run)
        today = call.now.date()
        self._erp.periods.require_open(run.company.code, today, MODULE, today)
        changed = self.book.change_run(call, run, status, next_actor=None)
        posted = tuple(effect for payment in self.book.of(run) for effect in self.book.issue(call, payment, today))
        return self._reply(changed, (changed.effect(call.if_match), *posted))

    def _check(self, run: PaymentRun) -> None:
        if not run.payments:
            raise Refusal("PAYMENT_BLOCKED", f"payment run {run.id} pays nothing")
        for payment in self.book.of(run):
            self.book.check(payment)

    def _acted(self, call: Call, trigger: str) -> tuple[PaymentRun, str, str]:
        """The run, its status after the trigger, and who acts."""
        run = self.book.runs.get(call.path["number"])
        actor = self._person(call.actor, run.company.code)
        rules.check_version(call.if_match, run.version, f"payment run {run.id}")
        return run, RUNS.after(run.id, run.status, trigger), actor

    def _person(self, actor: str | None, company_code: str) -> str:
        rules.check_person(self._erp.master, actor or "", self._erp.master.companies[company_code])
        return actor or ""

    def _changed(self, call: Call, run: PaymentRun, status: str, **members: Any) -> Reply:
        changed = self.book.change_run(call, run, status, **members)
        return self._reply(changed, (changed.effect(call.if_match),))

    def _next_actor(self, run: PaymentRun) -> str | None:
        """Who is asked: of those whose limit covers it the one with the lowest, and never who proposed it."""
        people = [each for each in self._erp.master.people.values() if each.company_code == run.company.code]
        able = [each for each in people if each.limit_minor is None or each.limit_minor >= run.total_minor]
        asked = [each for each in able if each.personnel_no != run.proposed_by and each.limit_minor != 0]
        ranked = sorted(asked, key=lambda each: (each.limit_minor is None, each.limit_minor or 0, each.personnel_no))
        return ranked[0].personnel_no if ranked else None

    def _refuse_repeat(self, external_ref: str | None) -> None:
        number = self._by_reference.get(external_ref or "")
        if number is not None:
            run = self.book.runs.get(number)
            said = f"payment run {number} has external_ref {external_ref!r} and is {run.status}"
            raise Refusal("DUPLICATE_REFERENCE", said, existing_id=number, existing_status=run.status)

    def _free_number(self, call: Call) -> tuple[str, int]:
        wanted, self.wanted = self.wanted, None
        serial = draw_id(call, "payment_run")
        if wanted is not None and wanted not in self.book.runs:
            return wanted, serial
        return free(lambda name: f"PR{call.draw(name) % RUN_SPACE:08d}", "payment_run.number", self.book.runs.__contains__), serial

    # The connector: read, fetch the file, tell what the bank says.

    def read_run(self, call: Call) -> Reply:
        """erp.payment_run.read"""
        return self._reply(self.book.runs.get(call.path["number"]))

    def list_runs(self, call: Call) -> Reply:
        """erp.payment_run.list"""
        found, after = _page(self.book.runs, call)
        return Reply({"items": [run_summary(each) for each in found], "next": after})

    def read_file(self, call: Call) -> Reply:
        """erp.payment_run.file"""
        run = self.book.runs.get(call.path["number"])
        if run.status not in {"file_issued", "acknowledged", "rejected"}:
            raise Refusal("INVALID_TRANSITION", f"payment run {run.id} is {run.status}: there is no file yet", current_status=run.status)
        return Reply(bank_file(run, self.book.of(run), self._erp.master.bank_accounts[run.company.code]), version=run.version)

    def record_run_status(self, call: Call) -> Reply:
        """erp.payment_run.record_status: again changes nothing"""
        body: models.RunRecordStatus = call.body
        run = self.book.runs.get(call.path["number"])
        rules.check_version(call.if_match, run.version, f"payment run {run.id}")
        is_rejected = body.status == "rejected"
        if run.status == ("rejected" if is_rejected else "acknowledged"):
            return self._reply(run)
        status = RUNS.after(run.id, run.status, "reject" if is_rejected else "acknowledge")
        if not is_rejected:
            return self._changed(call, run, status)
        under_way = [each for each in self.book.of(run) if each.status in {"issued", "accepted"}]
        day = self._day_in_books(call, run.company.code, None)
        changed = self.book.change_run(call, run, status, reason=body.reason)
        why = {"reason_code": body.reason_code, "reason": body.reason}
        bare = replace(call, if_match=None)
        undone = tuple(effect for each in under_way for effect in self.book.follow_bank(bare, each, "rejected", day, **why))
        return self._reply(changed, (changed.effect(call.if_match), *undone))

    def read(self, call: Call) -> Reply:
        """erp.payment.read"""
        payment = self.book.payments.get(call.path["payment_number"])
        return Reply(payment_record(payment), version=payment.version)

    def list(self, call: Call) -> Reply:
        """erp.payment.list"""
        found, after = _page(self.book.payments, call)
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
        day = self._day_in_books(call, payment.company.code, value_date)
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

    def _day_in_books(self, call: Call, company_code: str, wanted: date | None) -> date:
        """The day of the bank; in a closed period the first open day after it."""
        today = call.now.date()
        return self._erp.periods.first_open_day(company_code, wanted or today, MODULE, today)

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
        return self._changed(call, run, run.status)

    def _reply(self, run: PaymentRun, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(run_record(run, self.book.of(run)), version=run.version, effects=effects)


def _page(store: Store[Any], call: Call) -> tuple[list[Any], Any]:
    """A page of a store, by the query's statuses and time of change."""
    wanted = call.query.get("status")
    since = to_instant(call.query["updated_since"]) if "updated_since" in call.query else None
    after: Any = call.after
    return store.page(statuses=frozenset(wanted.split(",")) if wanted else None, since=since, after=after, limit=call.limit)
