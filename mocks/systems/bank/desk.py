"""The bank's commands. A command changes everything or raises and changes nothing."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from mocks.kit.operation import Call, Deferred, Effect, OutEvent, Refusal, Reply
from mocks.systems.bank import models
from mocks.systems.bank.core import Bank, draw_uuid
from mocks.systems.bank.payments import FILES, PAYMENTS, BankPayment, Defect, UploadedFile, defect_of, file_defect
from mocks.systems.bank.records import file_record, file_summary, payment_record
from mocks.systems.bank.statement import page_of
from mocks.workflow.store import page_asked

FILE_PREFIX = "PF"
PENDING = frozenset({"received", "accepted"})
UNSPECIFIED = "MS03"
"""The reason code of ISO 20022 for a bank that says no more."""


class Counter:
    """The counter of one bank: what customers send, ask for, and what its clerks do."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    # Customers.

    def create(self, call: Call) -> Reply:
        """bank.payment.create"""
        body: models.PaymentCreate = call.body
        bank = self._bank
        customer = bank.customer(body.debtor_account)
        holder = bank.holder("payment", customer, body.end_to_end_id, bank.payments)
        if holder is not None:
            raise _held("endToEndId", body.end_to_end_id, holder)
        defect = defect_of(body, customer)
        if defect is not None:
            raise Refusal(defect.code, defect.detail)
        wanted = date.fromisoformat(body.requested_execution_date)
        too_far = bank.check_ahead(customer, wanted, call.now)
        if too_far is not None:
            raise Refusal("EXECUTION_DATE_INVALID", too_far)
        payment = bank.take(call, body, customer, wanted)
        return replace(self._reply(payment, (payment.effect(),)), location=f"/v1/payments/{payment.id}", created=_made(payment))

    def read(self, call: Call) -> Reply:
        """bank.payment.read"""
        payment = self._bank.payments.get(call.path["paymentId"])
        effects = self._bank.look_at(call, [payment])
        return self._reply(self._bank.payments.get(payment.id), effects)

    def find(self, call: Call) -> Reply:
        """bank.payment.find"""
        bank = self._bank
        ids = bank.referred("payment", call.query["endToEndId"])
        effects = bank.look_at(call, [bank.payments.get(each) for each in ids])
        return Reply({"items": [payment_record(bank.payments.get(each)) for each in ids], "next": None}, effects=effects)

    def list(self, call: Call) -> Reply:
        """bank.payment.list"""
        effects = self._bank.look_at_all(call)
        found, after = page_asked(self._bank.payments, call, "updatedSince")
        return Reply({"items": [payment_record(each) for each in found], "next": after}, effects=effects)

    def stop(self, call: Call) -> Reply:
        """bank.payment.stop: the customer does not want it any more"""
        return self._moved(call, "stop")

    def upload(self, call: Call) -> Reply:
        """bank.payment_file.upload: taken as it is; what the bank thinks of it is acknowledged later"""
        body: models.PaymentFileUpload = call.body
        bank = self._bank
        customer = bank.customer(body.debtor_account)
        holder = bank.holder("file", customer, body.message_id, bank.files)
        if holder is not None:
            raise _held("messageId", body.message_id, holder)
        file_id, number = bank.free_id(call, FILE_PREFIX, "file", bank.files)
        wanted = date.fromisoformat(body.requested_execution_date)
        payments = [
            bank.take(call, transfer, customer, wanted, file_id=file_id, place=place) for place, transfer in enumerate(body.transactions)
        ]
        file = UploadedFile(
            id=file_id,
            number=number,
            uuid=draw_uuid(call, "file"),
            version=1,
            status="received",
            upload=body,
            customer=customer,
            payment_ids=tuple(each.id for each in payments),
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        bank.files.put(file)
        bank.refer("file", body.message_id, file_id)
        acknowledging = Deferred(
            bank.ack_delay_ms,
            f"acknowledgement {file_id}",
            lambda later: self._acknowledge(later, file_id),
            lambda later, refusal: self._turn_down(later, file_id, refusal),
        )
        return Reply(
            file_record(file, payments),
            version=file.version,
            location=f"/v1/payment-files/{file_id}",
            created=_made(file),
            effects=(file.effect(), *(each.effect() for each in payments)),
            deferred=(acknowledging,),
        )

    def read_file(self, call: Call) -> Reply:
        """bank.payment_file.read"""
        file = self._bank.files.get(call.path["fileId"])
        effects = self._bank.look_at(call, self._bank.payments_of(file))
        return Reply(self._file(file), version=file.version, effects=effects)

    def find_files(self, call: Call) -> Reply:
        """bank.payment_file.find"""
        ids = self._bank.referred("file", call.query["messageId"])
        return Reply({"items": [file_summary(self._bank.files.get(each)) for each in ids], "next": None})

    def list_files(self, call: Call) -> Reply:
        """bank.payment_file.list"""
        found, after = page_asked(self._bank.files, call, "updatedSince")
        return Reply({"items": [file_summary(each) for each in found], "next": after})

    def list_statements(self, call: Call) -> Reply:
        """bank.statement.list"""
        bank, account = self._bank, call.query.get("account")
        effects = bank.look_at_all(call)
        customers = [each for each in bank.master.customers.values() if account in {None, each.account_id}]
        if not customers:
            raise Refusal("INVALID_PARAMETER", f"account={account!r}: expected one of {', '.join(bank.master.customers)}")
        since = call.query.get("since", "")
        found = [each for customer in customers for each in bank.ledger.statements(customer) if each.date >= since]
        after: Any = call.after
        page, more = page_of(found, tuple(after) if after else None, call.limit)
        return Reply({"items": page, "next": more}, effects=effects)

    # Clerks.

    def clear(self, call: Call) -> Reply:
        """bank.payment.clear: before its time"""
        return self._by_clerk(call, "clear")

    def reject(self, call: Call) -> Reply:
        """bank.payment.reject"""
        return self._by_clerk(call, "reject", reason_code=call.body.reason_code, reason=call.body.reason)

    def give_back(self, call: Call) -> Reply:
        """bank.payment.return"""
        return self._by_clerk(call, "return", reason_code=call.body.reason_code, reason=call.body.reason)

    def reject_file(self, call: Call) -> Reply:
        """bank.payment_file.reject: while nothing of it is booked"""
        self._check_clerk(call.actor)
        file = self._bank.files.get(call.path["fileId"])
        _check_version(call.if_match, file)
        FILES.after(file.id, file.status, "reject")
        for payment in self._bank.payments_of(file):
            if payment.status not in PENDING | {"rejected"} or self._bank.is_due(payment, call.now):
                said = f"payment file {file.id} is {file.status}: reject is not possible, since {payment.id} of it went on"
                raise Refusal("INVALID_TRANSITION", said, current_status=file.status)
        return self._refuse_file(call, file, call.body.reason_code, call.body.reason)

    def touch(self, call: Call) -> Reply:
        """A clerk notes something on a payment that changes nothing else."""
        payment = self._bank.payments.get(call.path["paymentId"])
        changed = replace(payment, version=payment.version + 1, updated_at=call.now)
        self._bank.payments.put(changed)
        return self._reply(changed, (changed.effect(),))

    def _by_clerk(self, call: Call, trigger: str, **members: object) -> Reply:
        self._check_clerk(call.actor)
        return self._moved(call, trigger, **members)

    def _check_clerk(self, actor: str | None) -> None:
        if actor not in self._bank.master.clerks:
            known = ", ".join(self._bank.master.clerks)
            raise Refusal("EMPLOYEE_UNKNOWN", f"acting user {actor!r} is no clerk of this bank; there are {known}")

    def _moved(self, call: Call, trigger: str, **members: object) -> Reply:
        """One payment after a trigger. What its time has brought about meanwhile comes first."""
        bank = self._bank
        payment = bank.payments.get(call.path["paymentId"])
        _check_version(call.if_match, payment)
        has_come = trigger != "clear" and bank.is_due(payment, call.now)
        PAYMENTS.after(payment.id, "cleared" if has_come else payment.status, trigger)
        before = bank.look_at(call, [payment]) if has_come else ()
        changed = bank.step(call, bank.payments.get(payment.id), trigger, **members)
        return self._reply(changed, (*before, changed.effect(call.if_match)))

    # The acknowledgement of a file.

    def _acknowledge(self, call: Call, file_id: str) -> Reply:
        """The bank has looked at a file: all of it is rejected, or each payment by itself."""
        bank = self._bank
        file = bank.files.get(file_id)
        if file.status != "received":
            return Reply({})  # a clerk was faster
        defect = self._defect_of_file(file, call.now)
        if defect is not None:
            return self._refuse_file(call, file, defect.reason_code, defect.detail)
        effects: list[Effect] = []
        accepted = 0
        for payment in bank.payments_of(file):
            if payment.status != "received":
                continue  # a clerk has rejected it
            wrong = self._defect(payment)
            accepted += wrong is None
            why: dict[str, object] = {} if wrong is None else {"reason_code": wrong.reason_code, "reason": wrong.detail}
            effects.append(bank.step(call, payment, "reject" if wrong else "accept", **why).effect())
        trigger = "accept" if accepted == len(file.payment_ids) else "accept_partially" if accepted else "reject"
        changed = self._file_after(call, file, trigger)
        return Reply({}, effects=(changed.effect(), *effects), events=(_acknowledged(changed),))

    def _defect_of_file(self, file: UploadedFile, now: datetime) -> Defect | None:
        found = file_defect(file.upload)
        too_far = self._bank.check_ahead(file.customer, date.fromisoformat(file.upload.requested_execution_date), now)
        return found or (Defect("EXECUTION_DATE_INVALID", "DT01", too_far) if too_far else None)

    def _defect(self, payment: BankPayment) -> Defect | None:
        found = defect_of(payment.transfer, payment.customer)
        reference = payment.transfer.end_to_end_id
        holder = self._bank.holder("payment", payment.customer, reference, self._bank.payments, before=payment.id)
        return found or (Defect("DUPLICATE_REFERENCE", "AM05", f"endToEndId {reference!r} is that of {holder.id}") if holder else None)

    def _turn_down(self, call: Call, file_id: str, refusal: Refusal) -> Reply:
        """The file is rejected, whatever the rules say."""
        file = self._bank.files.get(file_id)
        return self._refuse_file(call, file, UNSPECIFIED, refusal.detail) if file.status == "received" else Reply({})

    def _refuse_file(self, call: Call, file: UploadedFile, reason_code: str, reason: str) -> Reply:
        changed = self._file_after(call, file, "reject", reason_code=reason_code, reason=reason)
        payments = self._bank.payments_of(file)
        pending = [each for each in payments if each.status in PENDING]
        steps = [self._bank.step(call, each, "reject", reason_code=reason_code, reason=reason).effect() for each in pending]
        effects = (changed.effect(call.if_match), *steps)
        return Reply(self._file(changed), version=changed.version, effects=effects, events=(_acknowledged(changed),))

    def _file_after(self, call: Call, file: UploadedFile, trigger: str, **members: object) -> UploadedFile:
        status = FILES.after(file.id, file.status, trigger)
        changed: UploadedFile = replace(file, status=status, version=file.version + 1, updated_at=call.now, **members)  # type: ignore[arg-type]
        self._bank.files.put(changed)
        return changed

    def _file(self, file: UploadedFile) -> models.PaymentFile:
        return file_record(file, self._bank.payments_of(file))

    def _reply(self, payment: BankPayment, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(payment_record(payment), version=payment.version, effects=effects)


def _held(member: str, reference: str, holder: Any) -> Refusal:
    said = f"{member} {reference!r} is that of {holder.id}, which is {holder.status}"
    return Refusal("DUPLICATE_REFERENCE", said, existing_id=holder.id, existing_status=holder.status)


def _made(one: Any) -> dict[str, str]:
    return {"existing_id": one.id, "existing_status": one.status}


def _acknowledged(file: UploadedFile) -> OutEvent:
    data = {"fileId": file.id, "messageId": file.upload.message_id, "status": file.status}
    return OutEvent("payment_file.acknowledged", file.id, data)


def _check_version(if_match: int | None, one: Any) -> None:
    if if_match is not None and if_match != one.version:
        raise Refusal("PRECONDITION_FAILED", f"{one.id} has version {one.version}, If-Match says {if_match}", current_version=one.version)
