"""The ERP's words and valid documents of one company."""

from collections.abc import Iterator, Mapping

from mocks.abilities.drafted import AMOUNT, MANY
from mocks.abilities.system_type import Words
from mocks.company import Company
from mocks.company.invoicing import TAX_CODES
from mocks.company.money import to_text
from mocks.systems.erp.accruals.operations import bodies as accrual_bodies
from mocks.systems.erp.accruals.operations import proposers
from mocks.systems.erp.budget.statements.example import statement_bodies
from mocks.systems.erp.currency.operations import bodies as rate_bodies
from mocks.systems.erp.documents import purchase_order
from mocks.systems.erp.documents.example import DAY, DECIDED, Body, Example
from mocks.systems.erp.documents.registry import DOCUMENT_FILES
from mocks.systems.erp.invoices.operations import bodies as invoice_bodies
from mocks.systems.erp.payments.example import FILE_WORDS, STATEMENTS, WORDS, proposals
from mocks.systems.erp.periods import MODULES
from mocks.systems.erp.settling.operations import bodies as settling_bodies
from mocks.systems.erp.settling.operations import remitters, unusual
from mocks.systems.erp.stewardship.example import record_bodies
from mocks.systems.erp.vendors.words import spare_suppliers, vendor_bodies, vendor_members

PROPOSE = "erp.payment_run.propose"
CLOSED_DAY = "20250115"
BUDGET_SEQUENCES = (2, 50, 5_000, 500_000)
REVISIONS = (2, 50, 5_000, 500_000)
FISCAL_YEARS = (2024, 2025, 2026)
OTHER_PERIOD = "2026-11"  # open, and no document of ours is posted in it
ACCOUNTS = ("5400", "5100", "5300", "5310", "5200", "1100", "1145", "2030", "9200")
ENTERED = {"erp.po.enter": "requested_by", "erp.gr.enter": "received_by"}  # what people type, and who


def words(company: Company) -> Words:
    """What requests to the ERP are made of."""
    records, stewards = record_bodies(company)
    statements, controllers = statement_bodies(company)
    bodies = _erp_bodies(company) | records | statements
    payers = tuple(desk.person for desk in _desks(company) for _ in proposals(desk))
    typed = tuple(company.controller(desk.entity.key).erp_id for desk in _desks(company) for _ in BUDGET_SEQUENCES for _ in range(2))
    entered = {point: tuple(str(body[who]) for body in bodies[point]) for point, who in ENTERED.items()}
    desks = list(_desks(company))
    people = {PROPOSE: payers, "erp.accrual.propose": proposers(desks), "erp.withholding.remit": remitters(desks)}
    people["erp.budget_version.enter"] = typed
    return Words(_erp_words(company), bodies, {**people, **entered, **stewards, **controllers})


def _erp_words(company: Company) -> Mapping[str, tuple[str, ...]]:
    people = tuple(person.erp_id for person in company.employees)
    bosses = tuple(person.erp_id for person in company.employees if person.level > 0)[:MANY]
    return {
        "company_code": tuple(entity.erp_company for entity in company.entities),
        "vendor_id": tuple(supplier.erp_id for supplier in spare_suppliers(company))[:MANY],
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
        "tax_total": ("0.00", "0"),
        "tax_code": tuple(dict.fromkeys(each.code for each in TAX_CODES)),
        "supplier_reference": ("INV-1", "INV-0002"),
        "entered_by": people[:MANY],
        "debit": ("980.00", "0.00", "98000", "0"),
        "credit": ("0.00", "980.00", "0", "98000"),
        "account_group": ("54", "51"),
        "fiscal_year": ("2026",),
        "reservation_id": ("B000000000001",),
        "other_amount": ("1000000.00", "1000000"),
        **vendor_members(company),
    }


def _desks(company: Company) -> Iterator[Example]:
    for entity in company.entities:
        person = company.requester(entity.key, "fuzz")
        center = next(each for each in company.cost_centers_of(entity.key))
        vendor = next(each for each in company.suppliers_of(entity.key))
        yield Example(entity, vendor.erp_id, center.erp_id, person.erp_id, company.approval_chain(person, AMOUNT)[-1].erp_id)


def _erp_bodies(company: Company) -> dict[str, tuple[Body, ...]]:
    desks = list(_desks(company))
    blocks = [{"block": block, "on": False} for block in ("purchasing", "posting", "payment")]
    periods = [
        {"company_code": desk.entity.erp_company, "period": OTHER_PERIOD, "module": module, "reason": "fuzz"}
        for desk in desks
        for module in MODULES
    ]
    bodies = {
        f"{file.KIND.point}.create": tuple(body for desk in desks for body in _around(file.example(desk), desk)) for file in DOCUMENT_FILES
    }
    bodies |= {
        "erp.budget_reservation.create": tuple(body for desk in desks for body in _kept(desk)),
        PROPOSE: tuple(body for desk in desks for body in proposals(desk)),
        "erp.payment_run.delete": ({"reason": "fuzz"},),
        "erp.payment.void": ({"reason": "fuzz"},),
        "erp.payment_run.record_status": FILE_WORDS,
        "erp.payment.record_status": WORDS,
        "erp.invoice_payment.pay": tuple({"approved_by": desk.approver} for desk in desks),
        "erp.invoice_payment.enter_statement": STATEMENTS,
        "erp.po.enter": bodies["erp.po.create"],
        "erp.gr.enter": bodies["erp.gr.create"],
        "erp.budget_version.create": tuple(body for desk in desks for sequence in BUDGET_SEQUENCES for body in _budgets(desk, sequence)),
        "erp.budget_version.enter": tuple(body for desk in desks for sequence in BUDGET_SEQUENCES for body in _budgets(desk, 2 * sequence)),
        "erp.budget_transfer.create": tuple(body for desk in desks for body in _transferred(desk, company)),
        "erp.budget_year.close": tuple(
            {"company_code": desk.entity.erp_company, "fiscal_year": year, "reason": "fuzz"} for desk in desks for year in FISCAL_YEARS
        ),
        "erp.po.change": tuple(_changed(desk, revision, pieces) for desk in desks for revision in REVISIONS for pieces in (0, 2)),
    }
    bodies |= invoice_bodies(desks) | vendor_bodies(company) | settling_bodies(desks) | accrual_bodies(desks) | rate_bodies()
    bodies["erp.supplier_invoice.create"] += tuple(body for desk in desks for body in unusual(desk))
    return {**bodies, "erp.supplier.block": tuple(blocks), "erp.period.close": tuple(periods), "erp.period.reopen": tuple(periods)}


def _kept(desk: Example) -> Iterator[Body]:
    """Funds to reserve, and what one rule each refuses."""
    line = {"line_no": 10, "gl_account": "5400", "cost_center": desk.cost_center, "amount": desk.total}
    head = {"company_code": desk.entity.erp_company, "currency": desk.entity.currency, "document_date": DAY}
    valid = {**head, "lines": [line], "total": desk.total}
    yield valid
    yield {**valid, "external_ref": f"FUZZ-{desk.entity.key}", "source_revision": 1}
    yield {**valid, "lines": [{**line, "cost_center": "9999999"}]}
    yield {**valid, "currency": "CHF"}
    too_much = to_text(10**12, desk.entity.decimals)
    yield {**valid, "lines": [{**line, "amount": too_much}], "total": too_much}


def _changed(desk: Example, revision: int, pieces: int) -> Body:
    """The order of the example, so many of it, in this revision of its source. One of nothing can be closed at once."""
    order = purchase_order.example(desk)
    (line,) = order["lines"]
    total = to_text(pieces * AMOUNT, desk.entity.decimals)
    lines = [{**line, "quantity": str(pieces), "amount": total}]
    change = {"source_revision": revision, "reason": "fuzz", "lines": lines, "total": total}
    return {**change, "approvals": order["approvals"]}


def _transferred(desk: Example, company: Company) -> Iterator[Body]:
    """Budget of a cost centre for another group of its accounts, as its owner and the boss agreed, and what one rule each refuses."""
    center = next(each for each in company.cost_centers if each.erp_id == desk.cost_center)
    owner = next(each.erp_id for each in company.employees if each.key == center.owner)
    (evidence,) = desk.head()["approvals"]
    place = {"cost_center": desk.cost_center, "account_group": "54", "period": "2026-10"}
    valid = {
        "company_code": desk.entity.erp_company,
        "currency": desk.entity.currency,
        "document_date": DAY,
        "giving": place,
        "receiving": {**place, "account_group": "51"},
        "amount": desk.total,
        "reason": "fuzz",
        "approvals": [evidence, {**evidence, "approver": owner}, {**evidence, "approver": company.controller(desk.entity.key).erp_id}],
    }
    yield valid
    yield {**valid, "approvals": [evidence]}
    yield {**valid, "receiving": place}
    yield {**valid, "amount": to_text(10**12, desk.entity.decimals)}


def _budgets(desk: Example, sequence: int) -> Iterator[Body]:
    """Budgets that leave room for everything else: of the company, and of a cost centre in the fiscal year of October 2026."""
    line = {"cost_center": desk.cost_center, "account_group": "51", "period": "2026-10", "amount": desk.total}
    head = {"company_code": desk.entity.erp_company, "currency": desk.entity.currency, "sequence": sequence}
    whole = {**head, "other_amount": to_text(10**9, desk.entity.decimals), "lines": [line]}
    own = {"cost_center": desk.cost_center, "fiscal_year": 2026, "total": desk.total}
    yield whole
    yield {**whole, **own, "sequence": sequence // 2}


def _around(valid: Body, desk: Example) -> Iterator[Body]:
    """The valid document, and those that one rule each refuses: deep paths are refusals too."""
    yield valid
    yield {**valid, "external_ref": f"FUZZ-{desk.entity.key}", "source_revision": 1}
    if "approvals" not in valid:
        yield {**valid, "posting_date": CLOSED_DAY}
        return
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
