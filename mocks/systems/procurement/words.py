"""Procurement's words and valid requisitions, orders, receipts and invoices of one company."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mocks.abilities.drafted import MANY, drafts, players
from mocks.abilities.replicas import RECORD, REVISIONS, SAID
from mocks.abilities.staff import EMPLOYED, EMPLOYEE
from mocks.abilities.system_type import Words
from mocks.company import Company, Draft
from mocks.company.shapes import PLAIN
from mocks.systems.procurement.replicas import POINT
from mocks.systems.procurement.staff import POINT as STAFF

CREATE, REGISTER, RECEIVE = "procurement.requisition.create", "procurement.order.register", "procurement.receipt.create"
ASK = "procurement.supplier_request.create"
KEY, AMEND, ENTER = "procurement.invoice.create", "procurement.invoice.amend", "procurement.invoice.enter"
ANSWER = "procurement.budget_check.record_answer"
ORDER = "4500077"
BILLED = ("supplierId", "purchaseOrder", "credit", "lines", "total")  # what an amendment says again
ANSWERS = ({"answer": "over_budget"}, {"answer": "within_budget"}, {"answer": None})  # of the first the owners decide; of none they may


def words(company: Company) -> Words:
    """What requests to procurement are made of."""
    made, came = drafts(company, company.draft_requisition), drafts(company, company.draft_receipt)
    # One: what is asked for again has to be compared first, and somebody says that it is new.
    asked = drafts(company, company.draft_supplier_request)[:1]
    orders, receipts = zip(*(_received(number, each) for number, each in enumerate(came)), strict=True)
    unordered = partial(company.draft_invoice, shape=replace(PLAIN, credit=True))
    billed = tuple((each.actor, {**each.body, "credit": None}) for each in drafts(company, unordered))
    again = tuple((actor, {name: body[name] for name in BILLED}) for actor, body in billed)
    posted = tuple((actor, {**body, "erpInvoiceNumber": "5100012345"}) for actor, body in billed)
    said = {
        CREATE: tuple((each.actor, each.body) for each in made),
        REGISTER: orders,
        RECEIVE: receipts,
        KEY: billed,
        AMEND: again,
        ENTER: posted,
    }
    said[ASK] = tuple((each.actor, each.body) for each in asked)
    bodies = {point: tuple(body for _, body in found) for point, found in said.items()}
    bodies[ANSWER] = ANSWERS
    bodies |= {f"{POINT}.put": _copies(company), f"{STAFF}.put": _employed(company)}
    return Words(_members(company), bodies, {point: tuple(actor for actor, _ in found) for point, found in said.items()})


def _received(number: int, draft: Draft) -> tuple[tuple[str, Mapping[str, Any]], tuple[str, Mapping[str, Any]]]:
    """Who registers the order, and who takes its goods."""
    named = {"purchaseOrder": f"{ORDER}{number:03d}"}
    *_, registers = draft.before
    return (registers.actor, {**registers.body, **named}), (draft.actor, {**draft.body, **named})


def _members(company: Company) -> Mapping[str, tuple[str, ...]]:
    return {
        "legalEntity": tuple(entity.procurement_id for entity in company.entities),
        "supplierId": tuple(supplier.procurement_id for supplier in company.suppliers)[:MANY],
        "costCenter": tuple(center.procurement_id for center in company.cost_centers)[:MANY],
        "project": tuple(project.procurement_id for project in company.projects)[:MANY],
        "currency": tuple(entity.currency for entity in company.entities),
        "category": ("IT_HARDWARE", "OFFICE_SUPPLIES", "ADVERTISING", "SOFTWARE"),
        "id": (
            *(person.procurement_id for person in company.employees[:MANY]),
            *(each.procurement_id for each in company.suppliers[:MANY]),
        ),
        "X-Acting-User": tuple(person.procurement_id for person in players(company)),
        "erpOrderNumber": ("4500012345",),
        "erpReceiptNumber": ("5000012345",),
        "erpInvoiceNumber": ("5100012345",),
        "taxCode": ("T0", "T1", "TR"),
        "purchaseOrder": tuple(f"{ORDER}{number:03d}" for number in range(MANY)),
        "quantity": ("1",),
        "erpVendorId": ("V30000017",),
        "paymentTerms": ("N30",),
        "country": tuple(entity.country for entity in company.entities),
        "sourceRecord": (RECORD,),
        "employeeNo": (EMPLOYEE,),
    }


def _copies(company: Company) -> tuple[Mapping[str, Any], ...]:
    """What copies of master records may say."""
    person = players(company)[0].procurement_id
    valid = {
        **SAID,
        "responsibleId": person,
        "validFrom": "2026-01-01",
        "validTo": "2099-12-31",
        "legalEntity": company.entities[0].procurement_id,
    }
    return tuple({**valid, "sourceRevision": number} for number in REVISIONS)


def _employed(company: Company) -> tuple[Mapping[str, Any], ...]:
    """What copies of an employee may say: somebody new, who is nobody's manager."""
    house = company.entities[0]
    valid = {
        **EMPLOYED,
        "userId": EMPLOYEE,
        "managerId": players(company)[1].procurement_id,
        "legalEntity": house.procurement_id,
        "costCenter": company.cost_centers_of(house.key)[0].procurement_id,
        "validFrom": "2026-01-01",
        "validTo": "2099-12-31",
    }
    return tuple({**valid, "sourceRevision": number} for number in REVISIONS)
