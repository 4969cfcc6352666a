"""The ERP's words and valid documents of one company."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mocks.abilities.drafted import AMOUNT, MANY
from mocks.abilities.system_type import Words
from mocks.company import Company, Entity
from mocks.company.money import to_text
from mocks.systems.erp.periods import MODULES

DAY, CLOSED_DAY = "20261028", "20250115"
OTHER_PERIOD = "2026-11"  # open, and no document of ours is posted in it
DECIDED = "2026-10-28T08:00:00+00:00"
ACCOUNTS = ("5400", "5100", "5300", "5310", "5200", "1100", "1145", "2030", "9200")
Body = dict[str, Any]


def words(company: Company) -> Words:
    """What requests to the ERP are made of."""
    return Words(_erp_words(company), _erp_bodies(company))


def _erp_words(company: Company) -> Mapping[str, tuple[str, ...]]:
    people = tuple(person.erp_id for person in company.employees)
    bosses = tuple(person.erp_id for person in company.employees if person.level > 0)[:MANY]
    return {
        "company_code": tuple(entity.erp_company for entity in company.entities),
        "vendor_id": tuple(supplier.erp_id for supplier in company.suppliers)[:MANY],
        "cost_center": tuple(center.erp_id for center in company.cost_centers)[:MANY],
        "gl_account": ACCOUNTS,
        "project": tuple(project.erp_id for project in company.projects)[:MANY],
        "currency": tuple(entity.currency for entity in company.entities),
        "personnel_no": people[:MANY],
        "requested_by": people[:MANY],
        "approver": bosses,
        "X-Acting-User": bosses,
        "document_date": (DAY, CLOSED_DAY),
        "posting_date": (DAY, CLOSED_DAY),
        "period": ("2026-10", "2026-11", "2025-01"),
        "decided_at": (DECIDED,),
        "total": ("980.00", "98000"),
        "amount": ("980.00", "98000"),
        "unit_price": ("980.00", "98000"),
        "quantity": ("1",),
        "net_amount": ("980.00", "98000"),
        "tax_amount": ("0.00", "0"),
        "debit": ("980.00", "0.00", "98000", "0"),
        "credit": ("0.00", "980.00", "0", "98000"),
    }


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who and what a valid ERP document of one entity names."""

    entity: Entity
    vendor: str
    cost_center: str
    person: str
    approver: str

    @property
    def total(self) -> str:
        return to_text(AMOUNT, self.entity.decimals)

    @property
    def zero(self) -> str:
        return to_text(0, self.entity.decimals)

    def head(self) -> Body:
        """What all documents have."""
        evidence = {"step": 1, "approver": self.approver, "decided_at": DECIDED, "source_document": "REQ-FUZZ-00000001"}
        return {
            "company_code": self.entity.erp_company,
            "document_date": DAY,
            "currency": self.entity.currency,
            "approvals": [evidence],
        }


def _desks(company: Company) -> Iterator[_Desk]:
    for entity in company.entities:
        person = company.requester(entity.key, "fuzz")
        center = next(each for each in company.cost_centers_of(entity.key))
        vendor = next(each for each in company.suppliers_of(entity.key))
        yield _Desk(entity, vendor.erp_id, center.erp_id, person.erp_id, company.approval_chain(person, AMOUNT)[-1].erp_id)


def _erp_bodies(company: Company) -> dict[str, tuple[Body, ...]]:
    desks = list(_desks(company))
    creates = {"erp.po.create": _order, "erp.ap_invoice.create": _invoice, "erp.journal.create": _journal}
    blocks = [{"block": block, "on": False} for block in ("purchasing", "posting", "payment")]
    periods = [
        {"company_code": desk.entity.erp_company, "period": OTHER_PERIOD, "module": module, "reason": "fuzz"}
        for desk in desks
        for module in MODULES
    ]
    bodies = {name: tuple(body for desk in desks for body in _around(make(desk), desk)) for name, make in creates.items()}
    return {**bodies, "erp.supplier.block": tuple(blocks), "erp.period.close": tuple(periods), "erp.period.reopen": tuple(periods)}


def _order(desk: _Desk) -> Body:
    line = {
        "line_no": 10, "text": "Paper", "quantity": "1", "unit": "EA", "unit_price": desk.total, "amount": desk.total,
        "gl_account": "5400", "cost_center": desk.cost_center,
    }  # fmt: skip
    return {**desk.head(), "vendor_id": desk.vendor, "requested_by": desk.person, "lines": [line], "total": desk.total}


def _invoice(desk: _Desk) -> Body:
    line = {
        "line_no": 1, "gl_account": "5100", "cost_center": desk.cost_center, "net_amount": desk.total, "tax_amount": desk.zero,
        "payment_type": "employee_paid", "text": "Hotel",
    }  # fmt: skip
    more = {"personnel_no": desk.person, "posting_date": DAY, "text": "Trip", "lines": [line], "total": desk.total}
    return {**desk.head(), **more}


def _journal(desk: _Desk) -> Body:
    cost = {
        "line_no": 1, "gl_account": "5100", "cost_center": desk.cost_center, "debit": desk.total, "credit": desk.zero, "text": "Hotel",
    }  # fmt: skip
    payable = {"line_no": 2, "gl_account": "2030", "debit": desk.zero, "credit": desk.total, "text": "Hotel", "personnel_no": desk.person}
    return {**desk.head(), "posting_date": DAY, "text": "Trip", "lines": [cost, payable]}


def _around(valid: Body, desk: _Desk) -> Iterator[Body]:
    """The valid document, and those that one rule each refuses: deep paths are refusals too."""
    yield valid
    yield {**valid, "external_ref": f"FUZZ-{desk.entity.key}", "source_revision": 1}
    yield {**valid, "approvals": []}
    yield {**valid, "approvals": [{**valid["approvals"][0], "approver": desk.person}]}
    yield {**valid, "currency": "CHF"}
    yield {**valid, "document_date": CLOSED_DAY, **({"posting_date": CLOSED_DAY} if "posting_date" in valid else {})}
    first, *rest = valid["lines"]
    yield {**valid, "lines": [{**first, "cost_center": "9999999"}, *rest]}
    yield {**valid, "lines": [{**first, "gl_account": "1000"}, *rest]}
    other = "debit" if "debit" in first else "total"
    wrong = to_text(AMOUNT + 1, desk.entity.decimals)
    yield {**valid, "lines": [{**first, "debit": wrong}, *rest]} if other == "debit" else {**valid, "total": wrong}
