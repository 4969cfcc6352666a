"""Invoicing's commands: a clerk keys and submits, approvers agree or take it back, the connector writes back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mocks.company.projections import House, ProcurementMaster
from mocks.kit.operation import Call, Effect, Refusal, Reply, View
from mocks.systems.procurement import rules as content
from mocks.systems.procurement.desks import ApprovingDesk
from mocks.systems.procurement.invoicing import models
from mocks.systems.procurement.invoicing.content import checked
from mocks.systems.procurement.invoicing.invoices import FORM, Item, SupplierBill
from mocks.systems.procurement.receiving.orders import OrderBook
from mocks.systems.procurement.records import approval_record, head, money, refusal_record
from mocks.workflow import rules

PAYMENT = "invoice_payment_status"  # an id of contracts/documents.yaml
INPUT_TAX, PAYABLE = "input_tax", "payable"  # sides of what is billed, which add up with its lines to nothing


class InvoiceDesk(ApprovingDesk[SupplierBill]):
    """The supplier invoices of one procurement system."""

    in_list = models.InvoiceSummary
    told = "invoice.approval_reversed"
    acted_on = frozenset({"approved", "posted"})
    author = "clerk"

    def __init__(self, master: ProcurementMaster, orders: OrderBook, namespace: str) -> None:
        super().__init__(FORM, SupplierBill, master.users, namespace)
        self._master = master
        self._orders = orders
        self._naming: defaultdict[str, dict[str, None]] = defaultdict(dict)  # ids of those that ever named an ERP invoice, by its number

    def record(self, document: SupplierBill) -> models.Invoice:
        """On the wire."""
        where = self._master.houses[document.house]
        return models.Invoice(
            **head(document),
            clerk_id=document.author,
            supplier_id=document.supplier_id,
            supplier_invoice_number=document.supplier_number,
            invoice_date=document.dated,
            captured_on=document.captured_on,
            purchase_order=document.order,
            credit=document.credit,
            note=document.title or None,
            lines=tuple(_line(number, line) for number, line in enumerate(document.lines, 1)),
            tax_total=money(sum(line.tax for line in document.lines), where),
            total=money(document.total_minor, where),
            approvals=tuple(approval_record(step, where) for step in document.approvals),
            next_approver_id=document.next_approver,
            erp_invoice=document.recorded,
            erp_refusal=refusal_record(document.refusal),
            payment=document.payment,
        )

    def source_lines(self, document: SupplierBill) -> tuple[Effect, ...]:
        """One for each line, net, one for all tax, and one for what is owed; the tax of each code; the supplier's own number. A credit has
        the other signs."""
        taxes: defaultdict[str, int] = defaultdict(int)
        for line in document.lines:
            taxes[line.asked.tax_code] += document.sign * line.tax
        sides = {INPUT_TAX: sum(taxes.values()), PAYABLE: -self.booked_minor(document)}
        return (
            *(_source_line(document, number, line) for number, line in enumerate(document.lines, 1)),
            *(_said(document, "source_line", side, amount_minor=minor, category=side) for side, minor in sides.items() if minor),
            *(_said(document, "source_tax", code, amount_minor=minor, category=code) for code, minor in taxes.items()),
            _said(document, "source_number", "reference", ext_ref=document.supplier_number),
            *(_said(document, "source_fact", name, category=name, ext_ref=word) for name, word in _credit_facts(document.credit)),
        )

    def check_content(self, document: SupplierBill) -> None:
        """The supplier may be bought from; all else was checked when it was keyed, and is kept."""
        content.check_supplier(self._master, document.supplier_id, document.house)

    def party(self, document: SupplierBill) -> str:
        """The supplier."""
        return document.supplier_id

    def centers(self, document: SupplierBill) -> set[str]:
        """Of all lines."""
        return {line.cost_center for line in document.lines}

    def dates(self, document: SupplierBill) -> tuple[str | None, str | None]:
        """The supplier's date, and the day on which it was keyed, which decides the period."""
        return document.dated, document.captured_on

    def booked_minor(self, document: SupplierBill) -> int:
        """A credit is owed by the supplier."""
        return document.sign * document.total_minor

    def create(self, call: Call) -> Reply:
        """procurement.invoice.create"""
        return self._keyed(call, call.body, status="captured")

    def enter(self, call: Call) -> Reply:
        """procurement.invoice.enter"""
        body: models.InvoiceEnter = call.body
        posted = models.ErpInvoice(number=body.erp_invoice_number, id=None, recorded_at=call.now)
        reply = self._keyed(call, body, status="posted", recorded=posted)
        self._naming[posted.number][reply.body.id] = None
        return reply

    def _keyed(self, call: Call, body: models.InvoiceCreate, **members: Any) -> Reply:
        clerk = self._person(call.actor)
        where = content.house(self._master, body.legal_entity, body.currency, clerk)
        day = where.day(call.now).isoformat()
        billed = checked(self._master, self._orders, body, where, day)
        return self._open(
            call,
            clerk,
            where,
            **members,
            title=body.note or "",
            lines=billed.lines,
            total_minor=billed.total_minor,
            supplier_id=billed.supplier_id,
            supplier_number=body.supplier_invoice_number,
            dated=body.invoice_date,
            captured_on=day,
            order=billed.order,
            credit=billed.credit,
        )

    def amend(self, call: Call) -> Reply:
        """procurement.invoice.amend"""
        body: models.InvoiceAmend = call.body
        invoice, actor = self._acted(call)
        status = self._after(invoice, "amend")
        rules.check_author(FORM.noun, invoice, actor, "amend")
        billed = checked(self._master, self._orders, body, self._where(invoice), invoice.captured_on)
        return self._revised(
            call,
            invoice,
            status=status,
            recorded=None,
            supplier_id=billed.supplier_id,
            order=billed.order,
            credit=billed.credit,
            lines=billed.lines,
            total_minor=billed.total_minor,
        )

    def record_posting(self, call: Call) -> Reply:
        """procurement.invoice.record_posting"""
        body: models.RecordInvoice = call.body
        posted = models.ErpInvoice(number=body.erp_invoice_number, id=body.erp_invoice_id, recorded_at=call.now)
        reply = self._written_back(call, "record_posting", posted)
        self._naming[posted.number][call.path["id"]] = None
        return reply

    def find(self, call: Call) -> Reply:
        """procurement.invoice.find"""
        number = call.query["erpInvoiceNumber"]
        named = (self.documents.get(each) for each in self._naming.get(number, ()))
        return Reply({"items": [self.record(each) for each in named if self.recorded_number(each) == number], "next": None})

    def record_payment(self, call: Call) -> Reply:
        """procurement.invoice.record_payment: the same again changes nothing; what is not newer is refused"""
        body: models.RecordPayment = call.body
        invoice = self._addressed(call)
        known = invoice.payment
        newest = known.sequence if known is not None else None
        if known is not None and (body.status, body.sequence) == (known.status, newest):
            return self._reply(invoice)
        self._after(invoice, "record_payment")
        if newest is not None and body.sequence is not None and body.sequence <= newest:
            said = f"{newest} is known of the payment of {invoice.id}, and the request is {body.sequence}"
            raise Refusal("VERSION_CONFLICT", said, current_revision=newest)
        payment = models.InvoicePayment(
            status=body.status,
            sequence=body.sequence,
            payment_number=body.payment_number,
            value_date=body.value_date,
            reason=body.reason,
            recorded_at=call.now,
        )
        reply = self._change(call, invoice, payment=payment)
        changed = self.documents.get(invoice.id)
        told = payment_effect(changed, "create" if known is None else "update", call.if_match)
        return replace(reply, effects=(told, self._effect(changed, "update", call.if_match)))

    def final_views(self) -> Iterator[View]:
        """Every invoice as it stands, and what is known of its payment."""
        yield from super().final_views()
        for each in self.documents:
            if each.payment is not None:
                yield View(PAYMENT, each.id, each.payment.status, each.version, company=each.house, parent_id=each.payment.payment_number)

    def _where(self, invoice: SupplierBill) -> House:
        return self._master.houses[invoice.house]


def payment_effect(invoice: SupplierBill, effect: Any, base_version: int | None) -> Effect:
    """What the history says of what is known of its payment."""
    assert invoice.payment is not None
    return Effect(
        PAYMENT,
        invoice.id,
        effect,
        version=invoice.version,
        base_version=base_version,
        src_version=invoice.payment.sequence,
        company=invoice.house,
        parent_id=invoice.payment.payment_number,
        state=invoice.payment.status,
    )


def _line(number: int, line: Item) -> models.BilledItem:
    asked = line.asked
    return models.BilledItem(
        line_no=number,
        description=asked.description,
        quantity=asked.quantity,
        unit_price=asked.unit_price,
        net=asked.net,
        tax_code=asked.tax_code,
        tax=asked.tax,
        order_line=asked.order_line,
        category=asked.category,
        cost_center=asked.cost_center,
        project=asked.project,
    )


def _source_line(document: SupplierBill, number: int, line: Item) -> Effect:
    """How a line of an order is coded says the order, by the rules of the day on which it was ordered."""
    ordered = {"quantity": document.sign * line.quantity, "src_line": f"{document.order}/L{line.order_line}"} if document.order else {}
    return _said(
        document,
        "source_line",
        str(number),
        amount_minor=document.sign * line.net,
        cost_center=line.cost_center,
        project=line.project,
        document_date=line.coded_on,
        category=line.category,
        **ordered,
    )


def _credit_facts(credit: models.Credit | None) -> tuple[tuple[str, str], ...]:
    """That it is a credit, of what, and why."""
    return () if credit is None else (("credit_kind", credit.kind), ("credit_reason", credit.reason))


def _said(document: SupplierBill, entity_type: str, name: str, **members: object) -> Effect:
    return Effect(
        entity_type,
        f"{document.id}/{document.revision}.{name}",
        "create",
        src_version=document.revision,
        currency=document.currency,
        company=document.house,
        parent_id=document.id,
        **members,  # type: ignore[arg-type]
    )
