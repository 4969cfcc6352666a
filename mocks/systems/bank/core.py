"""The bank's state and the steps that all its commands share: take a payment, move it, look whether its time has come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mocks.company.projections import BankCustomer, BankMaster
from mocks.kit.ids import NUMBER_SPACE, draw_uuid, free_number
from mocks.kit.operation import Call, Effect, Refusal
from mocks.systems.bank.days import BankingDays, booked_at
from mocks.systems.bank.models import Transfer
from mocks.systems.bank.payments import PAYMENTS, BankPayment, UploadedFile, minor_of
from mocks.systems.bank.statement import Ledger
from mocks.workflow.store import Store

AHEAD = timedelta(days=365)


@dataclass(slots=True)
class Bank:
    """State of one bank. Every method either changes nothing and raises, or changes everything."""

    master: BankMaster
    namespace: str
    ack_delay_ms: int
    payments: Store[BankPayment] = field(default_factory=lambda: Store("payment"))
    files: Store[UploadedFile] = field(default_factory=lambda: Store("payment file"))
    days: BankingDays = field(default_factory=BankingDays)
    ledger: Ledger = field(default_factory=Ledger)
    wanted: dict[str, str] = field(default_factory=dict)  # prefix: the id that the next one takes (provider states name documents)
    _references: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _under_way: dict[str, None] = field(default_factory=dict)  # accepted and not yet booked, in order of arrival

    def customer(self, account: str) -> BankCustomer:
        """Whose account it is. Raises ACCOUNT_INVALID."""
        found = self.master.customers.get(account)
        if found is None:
            raise Refusal("ACCOUNT_INVALID", f"debtor account {account!r} is not an account of this bank")
        return found

    def check_ahead(self, customer: BankCustomer, wanted: date, now: datetime) -> str | None:
        """Why nobody plans a payment for that day, if nobody does."""
        if wanted > now.astimezone(ZoneInfo(customer.zone)).date() + AHEAD:
            return f"requestedExecutionDate {wanted}: at most {AHEAD.days} days ahead"
        return None

    def take(
        self, call: Call, transfer: Transfer, customer: BankCustomer, wanted: date, *, file_id: str | None = None, place: int = 0
    ) -> BankPayment:
        """A new payment: accepted by itself, received as number `place` of a file."""
        name = f"payment.{place}"
        payment_id, number = self.free_id(call, "BP", name, self.payments)
        payment = BankPayment(
            id=payment_id,
            number=number,
            uuid=draw_uuid(call, name),
            version=1,
            status="received" if file_id else "accepted",
            transfer=transfer,
            customer=customer,
            amount_minor=minor_of(transfer.instructed_amount.amount, customer),
            wanted_on=wanted,
            execution_day=self.days.execution_day(customer, wanted, call.now),
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
            file_id=file_id,
        )
        self._keep(payment)
        self.refer("payment", transfer.end_to_end_id, payment_id)
        return payment

    def _keep(self, payment: BankPayment) -> None:
        self.payments.put(payment)
        if payment.status == "accepted":
            self._under_way[payment.id] = None
        else:
            self._under_way.pop(payment.id, None)

    def refer(self, kind: str, reference: str, found: str) -> None:
        """From now on the reference means this object too."""
        self._references[kind, reference].append(found)

    def referred(self, kind: str, reference: str) -> tuple[str, ...]:
        """Everything with that reference, of whatever account, oldest first."""
        return tuple(self._references.get((kind, reference), ()))

    def holder(self, kind: str, customer: BankCustomer, reference: str, store: Store[Any], *, before: str | None = None) -> Any | None:
        """Which object of an account has this message id or end-to-end id. An id is used once, whatever became of what it was used for.
        before: looked for among those that came before this one."""
        for found in self.referred(kind, reference):
            if found == before:
                return None
            if store.get(found).customer is customer:
                return store.get(found)
        return None

    def step(self, call: Call, payment: BankPayment, trigger: str, **members: object) -> BankPayment:
        """A payment after a trigger, and what that books. Raises INVALID_TRANSITION."""
        status = PAYMENTS.after(payment.id, payment.status, trigger)
        changed: BankPayment = replace(
            payment,
            status=status,
            version=payment.version + 1,
            updated_at=call.now,
            **members,  # type: ignore[arg-type]
        )
        self._keep(changed)
        if status == "cleared":
            self._book(changed, booked_at(changed.customer, changed.execution_day), call.now)
        elif payment.status == "cleared":
            self._give_back(changed, call.now)
        return changed

    def _book(self, payment: BankPayment, at: datetime, now: datetime) -> None:
        amount, charge = -(payment.amount_minor or 0), payment.customer.banking.charge_minor
        account, reference = payment.customer.account_id, payment.transfer.end_to_end_id
        self.ledger.book(account, min(at.astimezone(UTC), now), payment.id, reference, "payment", amount=amount, charge=charge)

    def _give_back(self, payment: BankPayment, now: datetime) -> None:
        account, reference = payment.customer.account_id, payment.transfer.end_to_end_id
        self.ledger.book(account, now, payment.id, reference, "return", amount=payment.amount_minor or 0, charge=0)

    def is_due(self, payment: BankPayment, now: datetime) -> bool:
        """Whether its time to be booked has come."""
        return payment.status == "accepted" and booked_at(payment.customer, payment.execution_day) <= now

    def look_at(self, call: Call, payments: Iterable[BankPayment]) -> tuple[Effect, ...]:
        """Those of them whose time has come are booked."""
        return tuple(self.step(call, each, "clear").effect() for each in payments if self.is_due(each, call.now))

    def look_at_all(self, call: Call) -> tuple[Effect, ...]:
        """The same of every payment."""
        return self.look_at(call, [self.payments.get(each) for each in self._under_way])

    def payments_of(self, file: UploadedFile) -> list[BankPayment]:
        """A file's payments as they are now, in the order of its transactions."""
        return [self.payments.get(each) for each in file.payment_ids]

    def free_id(self, call: Call, prefix: str, name: str, taken: Store[Any]) -> tuple[str, int]:
        """An id that nobody has, drawn from the call's own stream, and its number."""
        wanted = self.wanted.pop(prefix, None)
        if wanted is not None and wanted not in taken:
            return wanted, call.draw(f"{name}.number") % NUMBER_SPACE

        def id_of(number: int) -> str:
            return f"{prefix}-{self.namespace}-{number:08d}"

        number = free_number(call, name, id_of, taken.__contains__)
        return id_of(number), number
