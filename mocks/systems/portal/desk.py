"""The supplier portal's commands. A supplier sends and withdraws its own invoices and sees no other ones; the connector tells what became
of the money. The portal owns the supplier's message and nothing else: what the customer makes of it stands in the customer's systems."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mocks.company.money import AmountError, to_minor
from mocks.company.portal import PortalMaster
from mocks.kit.ids import draw_uuid, free_number
from mocks.kit.operation import Call, Effect, Refs, Refusal, Reply, View
from mocks.systems.portal import models
from mocks.workflow.store import Store

KIND, ADVICE = "portal_invoice", "payment_advice"


@dataclass(frozen=True, slots=True)
class Message:
    """One invoice as its supplier sent it, and what the supplier was told of the money."""

    id: str
    number: int
    uuid: str
    version: int
    status: models.Status
    account: str
    sent: models.InvoiceSubmit
    amount_minor: int
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    payment: models.PaymentAdvice | None = None

    def effect(self, effect: Literal["create", "update"], base_version: int | None = None) -> Effect:
        """What the history says of its newest version."""
        return Effect(
            KIND,
            self.id,
            effect,
            version=self.version,
            base_version=base_version,
            amount_minor=self.amount_minor,
            currency=self.sent.currency,
            company=self.sent.customer_id,
            document_date=self.sent.invoice_date,
            party=self.account,
            state=self.status,
        )

    def record(self) -> models.SentInvoice:
        """On the wire."""
        sent = self.sent
        return models.SentInvoice(
            id=self.id,
            number=self.number,
            uuid=self.uuid,
            version=self.version,
            status=self.status,
            account_id=self.account,
            customer_id=sent.customer_id,
            invoice_number=sent.invoice_number,
            invoice_date=sent.invoice_date,
            currency=sent.currency,
            total=sent.total,
            purchase_order=sent.purchase_order,
            note=sent.note,
            received_at=self.created_at,
            payment=self.payment,
            exported=False,
            external_id=None,
            correlation_id=self.correlation_id,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


class PortalDesk:
    """The messages of one portal. wanted: the id that the next one takes (provider states name documents). A method changes everything or
    raises."""

    def __init__(self, master: PortalMaster, namespace: str) -> None:
        self.master = master
        self.messages: Store[Message] = Store("invoice")
        self.wanted: str | None = None
        self._namespace = namespace
        self._numbered: defaultdict[tuple[str, str], list[str]] = defaultdict(list)  # ids by account and the supplier's number

    # Suppliers.

    def submit(self, call: Call) -> Reply:
        """portal.invoice.submit: taken as it is; whether it is right is for the customer to find out"""
        body: models.InvoiceSubmit = call.body
        account = call.actor or ""
        minor = self._amount(account, body)
        alive = [each for each in self._all(account, body.invoice_number) if each.status == "received"]
        if alive:
            said = f"{body.invoice_number!r} was sent already: it is {alive[0].id}"
            raise Refusal("DUPLICATE_REFERENCE", said, existing_id=alive[0].id, existing_status=alive[0].status)
        message_id, number = self._free_id(call)
        message = Message(
            id=message_id,
            number=number,
            uuid=draw_uuid(call, "invoice"),
            version=1,
            status="received",
            account=account,
            sent=body,
            amount_minor=minor,
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        self._numbered[account, body.invoice_number].append(message_id)
        return replace(self._kept(message, (message.effect("create"),)), location=f"/v1/invoices/{message_id}")

    def show(self, call: Call) -> Reply:
        """portal.invoice.show"""
        message = self._own(call)
        return Reply(message.record(), version=message.version)

    def withdraw(self, call: Call) -> Reply:
        """portal.invoice.withdraw: the number is free again"""
        message = self._own(call)
        _check_version(call, message)
        _check_alive(message)
        if message.payment is not None:
            said = f"invoice {message.id} cannot be withdrawn: of its payment it was told {message.payment.status}"
            raise Refusal("INVALID_TRANSITION", said, current_status=message.status)
        changed = replace(message, status="withdrawn", version=message.version + 1, updated_at=call.now)
        return self._kept(changed, (changed.effect("update", call.if_match),))

    # The connector.

    def find(self, call: Call) -> Reply:
        """portal.invoice.find"""
        found = self._all(call.query["account_id"], call.query["invoice_number"])
        return Reply({"items": [each.record() for each in found], "next": None})

    def about(self, call: Call) -> Refs:
        """Whose invoice somebody looks for."""
        found = self._all(call.query.get("account_id", ""), call.query.get("invoice_number", ""))
        return Refs(parents=tuple((KIND, each.id) for each in found))

    def record_payment(self, call: Call) -> Reply:
        """portal.invoice.record_payment: the same again changes nothing; what is not newer is refused. PST-Y07: nothing is posted"""
        body: models.RecordAdvice = call.body
        message = self.messages.get(call.path["id"])
        _check_version(call, message)
        known = message.payment
        newest = known.sequence if known is not None else None
        if known is not None and (body.status, body.sequence) == (known.status, newest):
            return Reply(message.record(), version=message.version)
        _check_alive(message)
        if newest is not None and body.sequence is not None and body.sequence <= newest:
            said = f"{newest} is known of the payment of {message.id}, and the request is {body.sequence}"
            raise Refusal("VERSION_CONFLICT", said, current_revision=newest)
        advice = models.PaymentAdvice(
            status=body.status,
            sequence=body.sequence,
            payment_number=body.payment_number,
            value_date=body.value_date,
            reason=body.reason,
            recorded_at=call.now,
        )
        changed = replace(message, payment=advice, version=message.version + 1, updated_at=call.now)
        told = _told(changed, advice, "create" if known is None else "update", call.if_match)
        return self._kept(changed, (told, changed.effect("update", call.if_match)))

    def touch(self, call: Call) -> Reply:
        """A person notes something on it that changes nothing else."""
        message = self.messages.get(call.path["id"])
        changed = replace(message, version=message.version + 1, updated_at=call.now)
        return self._kept(changed, (changed.effect("update"),))

    def final_views(self) -> Iterator[View]:
        """Every invoice as it stands, and what its supplier was told of the money."""
        for each in self.messages:
            sent = each.sent
            yield View(KIND, each.id, each.status, each.version, each.amount_minor, sent.currency, sent.customer_id)
            if each.payment is not None:
                paid = each.payment
                yield View(ADVICE, each.id, paid.status, each.version, company=sent.customer_id, parent_id=paid.payment_number)

    def _amount(self, account: str, body: models.InvoiceSubmit) -> int:
        """In minor units. Raises SUPPLIER_UNKNOWN, CURRENCY_INVALID."""
        if account not in self.master.sells_to or self.master.sells_to[account] != body.customer_id:
            raise Refusal("SUPPLIER_UNKNOWN", f"account {account!r} sells nothing to {body.customer_id!r}")
        customer = self.master.customers[body.customer_id]
        if body.currency != customer.currency:
            raise Refusal("CURRENCY_INVALID", f"{customer.name} is billed in {customer.currency}, not in {body.currency}")
        try:
            return to_minor(body.total, customer.decimals)
        except AmountError as error:
            raise Refusal("CURRENCY_INVALID", f"total: {error}") from error

    def _own(self, call: Call) -> Message:
        """Raises NOT_FOUND, also for what another supplier sent: nobody is told that it is there."""
        message = self.messages.get(call.path["id"])
        if message.account != call.actor:
            raise Refusal("NOT_FOUND", f"no invoice with id {message.id!r}")
        return message

    def _all(self, account: str, number: str) -> list[Message]:
        return [self.messages.get(each) for each in self._numbered.get((account, number), ())]

    def _kept(self, message: Message, effects: tuple[Effect, ...]) -> Reply:
        self.messages.put(message)
        return Reply(message.record(), version=message.version, effects=effects)

    def _free_id(self, call: Call) -> tuple[str, int]:
        wanted, self.wanted = self.wanted, None
        number = free_number(call, "invoice", self._id, self.messages.__contains__)
        return (wanted, number) if wanted is not None and wanted not in self.messages else (self._id(number), number)

    def _id(self, number: int) -> str:
        return f"PI-{self._namespace}-{number:08d}"


def _told(message: Message, advice: models.PaymentAdvice, effect: Literal["create", "update"], base_version: int | None) -> Effect:
    """What the history says of what the supplier was told."""
    return Effect(
        ADVICE,
        message.id,
        effect,
        version=message.version,
        base_version=base_version,
        src_version=advice.sequence,
        company=message.sent.customer_id,
        parent_id=advice.payment_number,
        state=advice.status,
    )


def _check_version(call: Call, message: Message) -> None:
    """Raises PRECONDITION_FAILED when If-Match names another version."""
    if call.if_match is not None and call.if_match != message.version:
        said = f"invoice {message.id} has version {message.version}, If-Match says {call.if_match}"
        raise Refusal("PRECONDITION_FAILED", said, current_version=message.version)


def _check_alive(message: Message) -> None:
    if message.status != "received":
        raise Refusal("INVALID_TRANSITION", f"invoice {message.id} is {message.status}", current_status=message.status)
