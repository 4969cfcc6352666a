"""Procurement's commands on requests for suppliers: what is their own."""

from collections import defaultdict
from typing import Any

from mocks.abilities.party_facts import account_number, party_facts
from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.procurement import rules as content
from mocks.systems.procurement.desks import ApprovingDesk
from mocks.systems.procurement.suppliers import models
from mocks.systems.procurement.suppliers.records import record
from mocks.systems.procurement.suppliers.requests import FORM, IN_REVIEW, LIVE, SupplierRequest
from mocks.workflow import rules
from mocks.workflow.document import ErpSaidNo


class SupplierRequestDesk(ApprovingDesk[SupplierRequest]):
    """The requests of one procurement system."""

    in_list = models.SupplierRequestSummary
    told = "supplier_request.reversed"
    acted_on = frozenset({"approved", "active"})
    author = "requester"

    def __init__(self, master: ProcurementMaster, namespace: str) -> None:
        super().__init__(FORM, SupplierRequest, master.users, namespace)
        self._master = master
        # Ids by legal entity and tax id, in the order in which they came; an amended one stays under the tax id that it had.
        self._asking: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    def record(self, document: SupplierRequest) -> models.SupplierRequest:
        """On the wire."""
        return record(document, self._master.houses[document.house])

    def source_lines(self, document: SupplierRequest) -> tuple[Effect, ...]:
        """Who is asked for, fact by fact: it has no lines."""
        where, bank = document.address, document.bank
        facts = {
            "name": document.name,
            "street": where.street,
            "postcode": where.postcode,
            "city": where.city,
            "country": where.country,
            "account": account_number(bank.country, bank.iban, bank.routing, bank.account),
            "holder": bank.holder,
            "bank_country": bank.country,
            "payment_terms": document.payment_terms,
            "currency": document.currency,
        }
        return party_facts("source_fact", document.id, facts, about=f"{document.revision}.", revision=document.revision)

    def check_content(self, document: SupplierRequest) -> None:
        """Data check: somebody could pay to the account. What the numbers are worth is the ERP's to say."""
        account = document.bank
        if account.iban is None and (account.routing is None or account.account is None):
            raise Refusal("VALIDATION_FAILED", "bank: expected an IBAN, or a routing number with an account")

    def party(self, document: SupplierRequest) -> str:
        """The supplier, by its tax id: it has no other name yet."""
        return document.tax_number

    def centers(self, document: SupplierRequest) -> set[str]:
        """None."""
        del document
        return set()

    def create(self, call: Call) -> Reply:
        """procurement.supplier_request.create"""
        body: models.SupplierRequestCreate = call.body
        requester = self._person(call.actor)
        where = content.house(self._master, body.legal_entity, body.currency, requester)
        reply = self._open(
            call,
            requester,
            where,
            title=body.justification,
            total_minor=content.minor(body.expected_spend, where),
            name=body.name,
            address=body.address,
            tax_id=body.tax_id,
            bank=body.bank,
            payment_terms=body.payment_terms,
        )
        return self._noted(reply)

    def after_submit(self, document: SupplierRequest) -> str:
        """To the approvers, or first to somebody who compares it with what it looks like."""
        return "review" if self._alike(document) else FORM.after_submit

    def submitted(self, document: SupplierRequest, _call: Call) -> dict[str, Any]:
        """What it looks like."""
        return {"looks_like": self._alike(document)}

    def _alike(self, request: SupplierRequest) -> tuple[str, ...]:
        """Other requests of the same legal entity for the same tax id that are under way or came to something."""
        key = _asked_for(request)
        others = (self.documents.get(each) for each in self._asking.get(key, ()) if each != request.id)
        return tuple(other.id for other in others if other.status in LIVE and _asked_for(other) == key)

    def _noted(self, reply: Reply) -> Reply:
        """A request was typed, or changed: it is found by the tax id that it has now."""
        request = self.documents.get(reply.body.id)
        self._asking[_asked_for(request)][request.id] = None
        return reply

    def confirm_new(self, call: Call) -> Reply:
        """procurement.supplier_request.confirm_new"""
        request, actor = self._acted(call)
        status = self._after(request, "confirm_new")
        if actor.id == request.author:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} may not review a {FORM.noun} of their own")
        return self._change(call, request, status=status)

    def reject(self, call: Call) -> Reply:
        """procurement.supplier_request.reject: by the next approver, or by who reviews it"""
        request, actor = self._acted(call)
        if request.status != IN_REVIEW:
            return super().reject(call)
        status = self._after(request, "reject")
        if actor.id == request.author:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} may not review a {FORM.noun} of their own")
        step = self._decision(call, request, actor, "rejected", call.body.reason)
        return self._change(call, request, status=status, approvals=(*request.approvals, step))

    def withdraw(self, call: Call) -> Reply:
        """procurement.supplier_request.withdraw"""
        return self._by_author(call, "withdraw")

    def record_vendor(self, call: Call) -> Reply:
        """procurement.supplier_request.record_vendor"""
        body: models.RecordVendor = call.body
        vendor = models.ErpVendorRef(number=body.erp_vendor_id, status=body.erp_status, recorded_at=call.now)
        return self._written_back(call, "record_vendor", vendor)

    def record_refusal(self, call: Call) -> Reply:
        """procurement.supplier_request.record_refusal: with the vendor that it seems to be"""
        body: models.RecordSupplierRefusal = call.body
        request = self._addressed(call)
        refusal = ErpSaidNo(body.code, body.reason, body.owner, call.now)
        is_same = request.refusal is not None and request.refusal.says_the_same_as(refusal) and request.duplicate_of == body.duplicate_of
        if request.status == FORM.refused and is_same:
            return self._reply(request)
        status = self._after(request, "record_refusal")
        return self._change(call, request, status=status, refusal=refusal, duplicate_of=body.duplicate_of)

    def amend(self, call: Call) -> Reply:
        """procurement.supplier_request.amend"""
        body: models.SupplierRequestAmend = call.body
        request, actor = self._acted(call)
        status = self._after(request, "amend")
        rules.check_author(FORM.noun, request, actor, "amend")
        where = self._master.houses[request.house]
        reply = self._revised(
            call,
            request,
            status=status,
            recorded=None,
            duplicate_of=None,
            title=body.justification or request.title,
            total_minor=content.minor(body.expected_spend, where) if body.expected_spend else request.total_minor,
            name=body.name or request.name,
            address=body.address or request.address,
            tax_id=body.tax_id or request.tax_id,
            bank=body.bank or request.bank,
            payment_terms=body.payment_terms or request.payment_terms,
        )
        return self._noted(reply)


def _asked_for(request: SupplierRequest) -> tuple[str, str]:
    """By whom, and by which tax id."""
    return request.house, request.tax_number
