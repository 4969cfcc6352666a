"""What people do about payments: propose, review, approve, delete, issue, void. Each changes everything, or raises and changes nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

from mocks.kit.operation import Call, Effect, OutEvent, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.store import draw_id, draw_uuid, free
from mocks.systems.erp.payments import models
from mocks.systems.erp.payments.book import MODULE, PaymentBook
from mocks.systems.erp.payments.due import Selection, select
from mocks.systems.erp.payments.records import payment_record, run_record
from mocks.systems.erp.payments.values import PAYMENTS, RUNS, Payment, PaymentRun

PAYEES_MAX = 500  # the bank takes no more in one file
ISSUED = "payment_run.issued"  # the event that its file is there
RUN_SPACE = 10**8


class PaymentDesk:
    """The treasury of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.book = PaymentBook(erp)
        self._by_reference: dict[str, str] = {}
        self.wanted: str | None = None  # the number that the next run takes (provider states name documents)

    def propose(self, call: Call) -> Reply:
        """erp.payment_run.propose"""
        body: models.RunPropose = call.body
        company = self._erp.master.companies.get(body.company_code)
        if company is None:
            raise Refusal("CODING_INVALID", f"no company code {body.company_code!r}; there are {', '.join(self._erp.master.companies)}")
        proposer = self._person(call.actor, body.company_code)
        self._refuse_repeat(body.external_ref)
        pay_on, next_run_on = rules.to_day(body.pay_on), rules.to_day(body.next_run_on)
        if next_run_on <= pay_on:
            raise Refusal("VALIDATION_FAILED", f"next_run_on {body.next_run_on}: expected a day after {body.pay_on}")
        book = self.book
        due, refused = book.due(company.code, pay_on, next_run_on) if body.documents is None else book.named(company.code, body.documents)
        selection = select(book.payables, due, pay_on=pay_on, payees_max=PAYEES_MAX)
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
            left_out=(*refused, *selection.left_out),
            proposed_by=proposer,
            next_actor=None,
            ext_ref=body.external_ref,
            total_minor=sum(each.amount_minor for each in payments),
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        run = replace(run, next_actor=self._next_actor(run))
        book.runs.put(run)
        scheduled = tuple(effect for payment in payments for effect in book.add(payment))
        if body.external_ref is not None:
            self._by_reference[body.external_ref] = number
        created = {"existing_id": number, "existing_status": run.status}
        return replace(run_reply(self.book, run, (run.effect(), *scheduled)), location=f"/payment-runs/{number}", created=created)

    def _payments(self, call: Call, number: str, selection: Selection, company_code: str, pay_on: date) -> list[Payment]:
        made = []
        for place, (payee, payables) in enumerate(selection.taken.items(), 1):
            account = self.book.payables.bank_account(payee, pay_on)
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
        rules.check_authority(self._erp.master, actor, run.total_minor)
        self._check(run)
        return self._changed(call, run, status, approved_by=actor)

    def delete(self, call: Call) -> Reply:
        """erp.payment_run.delete"""
        run, status, _ = self._acted(call, "delete")
        changed = self.book.change_run(call, run, status, reason=call.body.reason, next_actor=None)
        freed = tuple(effect for payment in self.book.of(run) for effect in self.book.delete(call, payment))
        return run_reply(self.book, changed, (changed.effect(call.if_match), *freed))

    def issue(self, call: Call) -> Reply:
        """erp.payment_run.issue: PST-Y01 of every payment"""
        run, status, _ = self._acted(call, "issue")
        self._check(run)
        today = call.now.date()
        self._erp.periods.require_open(run.company.code, today, MODULE, today)
        changed = self.book.change_run(call, run, status, next_actor=None)
        posted = tuple(effect for payment in self.book.of(run) for effect in self.book.issue(call, payment, today))
        told = OutEvent(ISSUED, run.id, {"number": run.id, "version": changed.version, "status": changed.status})
        return replace(run_reply(self.book, changed, (changed.effect(call.if_match), *posted)), events=(told,))

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
        return run_reply(self.book, changed, (changed.effect(call.if_match),))

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

    def void(self, call: Call) -> Reply:
        """erp.payment.void: PST-Y04 of a payment that the bank has not spoken of"""
        payment = self.book.payments.get(call.path["payment_number"])
        actor = self._person(call.actor, payment.company.code)
        rules.check_version(call.if_match, payment.version, f"payment {payment.id}")
        if actor == self.book.runs.get(payment.run).proposed_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{actor} proposed payment {payment.id} and cannot void it")
        PAYMENTS.after(payment.id, payment.status, "void")
        day = self.book.day_of_bank(call, payment.company.code, None)
        effects = self.book.follow_bank(call, payment, "void", day, reason=call.body.reason)
        changed = self.book.payments.get(payment.id)
        return Reply(payment_record(changed), version=changed.version, effects=effects)


def run_reply(book: PaymentBook, run: PaymentRun, effects: tuple[Effect, ...] = ()) -> Reply:
    """A run with its payments as they are now."""
    return Reply(run_record(run, book.of(run)), version=run.version, effects=effects)
