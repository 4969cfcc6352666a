"""States of the ERP: master data under the ids of a contract, periods, and documents in every status they can have."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.money import AmountError, to_minor, to_text
from mocks.company.projections import ErpCompany, ErpCostCenter, ErpPerson, ErpProject, ErpVendor
from mocks.kit.operation import Refusal
from mocks.systems.erp.budget.statements.states import states as statement_states
from mocks.systems.erp.budget.states import states as budget_states
from mocks.systems.erp.core import Erp, VendorState
from mocks.systems.erp.documents import ap_invoice, goods_receipt, journal_entry
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.invoices.book import DOCUMENT as SUPPLIER_INVOICE
from mocks.systems.erp.invoices.states import SupplierInvoiceGiven, bill_body
from mocks.systems.erp.invoices.states import states as invoice_states
from mocks.systems.erp.models import Period
from mocks.systems.erp.payments.hand_states import states as hand_states
from mocks.systems.erp.payments.states import states as payment_states
from mocks.systems.erp.periods import Module, month
from mocks.systems.erp.stewardship.states import states as steward_states
from mocks.systems.erp.system import ErpSystem
from mocks.systems.erp.vendors.states import states as vendor_states

Company = Annotated[str, Meta(min_length=1, max_length=8)]
Version = Annotated[int, Meta(ge=1, le=50)]
EXPENSE_ACCOUNT, INPUT_TAX, CARD_CLEARING = "5400", "1100", "1145"
AMOUNT_UNITS = 100  # 100.00, or 100 in a currency without decimals


class SupplierGiven(Parameters, frozen=True, kw_only=True):
    """The supplier of the contract."""

    vendor_id: Annotated[str, Meta(pattern="^V[0-9]{1,12}$")] = "V100017"
    company_code: Company = "1000"
    status: Literal["active", "inactive"] = "active"
    purchasing_block: bool = False
    version: Version = 1


class SupplierGone(Parameters, frozen=True, kw_only=True):
    """The id that nobody has."""

    vendor_id: Name = "V100017"


class CostCenterGiven(Parameters, frozen=True, kw_only=True):
    """The cost centre of the contract."""

    cost_center: Name = "4711000"
    company_code: Company = "1000"
    active: bool = True


class ProjectGiven(Parameters, frozen=True, kw_only=True):
    """The project of the contract."""

    project: Name = "P-0001"
    company_code: Company = "1000"
    active: bool = True


class EmployeeGiven(Parameters, frozen=True, kw_only=True):
    """A person as payroll and approval tables know them; `limit` as decimal text, absent: no limit."""

    personnel_no: Name = "10012345"
    company_code: Company = "1000"
    limit: str | None = None


class PeriodGiven(Parameters, frozen=True, kw_only=True):
    """Which month of which module."""

    company_code: Company = "1000"
    period: Period = "2026-10"
    module: Module = "PO"


class OrderGiven(Parameters, frozen=True, kw_only=True):
    """A purchase order; without `number` the ERP draws one and answers it."""

    number: Name | None = None
    external_ref: Name | None = None
    company_code: Company = "1000"
    status: Literal["created", "cancelled", "closed", "finally_closed"] = "created"
    version: Version | None = None


class GoodsReceiptGiven(Parameters, frozen=True, kw_only=True):
    """A goods receipt of an order of its own; without `number` the ERP draws one and answers it."""

    number: Name | None = None
    external_ref: Name | None = None
    company_code: Company = "1000"
    status: Literal["posted", "reversed"] = "posted"
    version: Version | None = None


class PostingGiven(Parameters, frozen=True, kw_only=True):
    """A document that a job posts; without `number` or `job_id` the ERP draws them and answers them."""

    number: Name | None = None
    job_id: Name | None = None
    external_ref: Name | None = None
    company_code: Company = "1000"
    status: Literal["accepted", "posted", "rejected", "withdrawn", "undone"] = "posted"
    version: Version | None = None


class ReferenceFree(Parameters, frozen=True, kw_only=True):
    """The reference that no document has."""

    external_ref: Name = "REQ-EXAMPLE-00000001"


class DocumentGone(Parameters, frozen=True, kw_only=True):
    """The number that no document has."""

    number: Name = "4500000404"


def states() -> tuple[State, ...]:
    """Every state of the ERP."""
    return (
        State("a supplier exists", "with this id, status and block", SupplierGiven, _supplier),
        State("there is no supplier", "nobody has this id", SupplierGone, _no_supplier),
        State("a cost centre exists", "active, or not", CostCenterGiven, _cost_center),
        State("a project exists", "open, or not", ProjectGiven, _project),
        State("an employee exists", "to post for, or as an approver; `limit` as decimal text, null: no limit", EmployeeGiven, _employee),
        State("a period is open", "postings of the module are accepted", PeriodGiven, lambda stage, given: _period(stage, given, "open")),
        State("a period is closed", "postings are refused", PeriodGiven, lambda stage, given: _period(stage, given, "closed")),
        State(
            "a purchase order exists",
            "created, cancelled, closed (received first) or closed for good; what is not given is drawn",
            OrderGiven,
            _order,
        ),
        State(
            "a goods receipt exists", "posted, or reversed; a number that is not given is drawn and answered", GoodsReceiptGiven, _receipt
        ),
        State("an AP invoice exists", _POSTING_DOC, PostingGiven, lambda stage, given: _posting(stage, given, ap_invoice.KIND, _invoice)),
        State(
            "a journal entry exists", _POSTING_DOC, PostingGiven, lambda stage, given: _posting(stage, given, journal_entry.KIND, _journal)
        ),
        State("no document has the reference", "of any kind (so it is in every state; for readers)", ReferenceFree, _free_reference),
        State("there is no document", "of any kind with this number (so it is in every state; for readers)", DocumentGone, _no_document),
        *budget_states(_books, _company, _open_center),
        *invoice_states(_books, _company, _billed, _take, _raise_version),
        *payment_states(lambda stage: stage.system(ErpSystem).payments, _company, _owe),
        *hand_states(lambda stage: stage.system(ErpSystem).payments, _company, _owe_supplier),
        *vendor_states(_books, _company, _approver),
        *steward_states(lambda stage: stage.system(ErpSystem).stewards, _company),
        *statement_states(lambda stage: stage.system(ErpSystem).statements, _books, _company, _open_center),
    )


_POSTING_DOC = (
    "accepted (its job has not run), posted, rejected by its job, withdrawn, or undone (voided, reversed); what is not given is drawn"
)


def _books(stage: Stage) -> Erp:
    return stage.system(ErpSystem).core


def _company(stage: Stage, code: str) -> ErpCompany:
    company = _books(stage).master.companies.get(code)
    if company is None:
        raise Refusal("VALIDATION_FAILED", f"company_code {code!r}: expected one of {', '.join(_books(stage).master.companies)}")
    return company


def _supplier(stage: Stage, given: SupplierGiven) -> Values:
    company = _company(stage, given.company_code)
    master = _books(stage).master
    template = next(iter(master.vendors.values()))
    known = master.vendors.get(given.vendor_id) or replace(template, vendor_id=given.vendor_id, purchasing_block=False)
    active = given.status == "active"
    master.vendors[given.vendor_id] = replace(known, company_code=company.code, currency=company.currency, active=active)
    _books(stage).vendor_states[given.vendor_id] = VendorState(given.version, given.purchasing_block)
    return {"vendor_id": given.vendor_id, "company_code": company.code, "version": given.version}


def _no_supplier(stage: Stage, given: SupplierGone) -> Values:
    _books(stage).master.vendors.pop(given.vendor_id, None)
    return {"vendor_id": given.vendor_id}


def _cost_center(stage: Stage, given: CostCenterGiven) -> Values:
    company = _company(stage, given.company_code)
    _books(stage).master.cost_centers[given.cost_center] = ErpCostCenter(given.cost_center, company.code, "GEN", given.active, None)
    return {"cost_center": given.cost_center, "company_code": company.code}


def _project(stage: Stage, given: ProjectGiven) -> Values:
    company = _company(stage, given.company_code)
    _books(stage).master.projects[given.project] = ErpProject(given.project, company.code, given.active)
    return {"project": given.project, "company_code": company.code}


def _employee(stage: Stage, given: EmployeeGiven) -> Values:
    company = _company(stage, given.company_code)
    try:
        limit = None if given.limit is None else to_minor(given.limit, company.decimals)
    except AmountError as error:
        raise Refusal("VALIDATION_FAILED", f"limit: {error}") from None
    _books(stage).master.people[given.personnel_no] = ErpPerson(given.personnel_no, company.code, limit)
    return {"personnel_no": given.personnel_no, "company_code": company.code}


def _period(stage: Stage, given: PeriodGiven, wanted: Literal["open", "closed"]) -> Values:
    _company(stage, given.company_code)
    today = stage.mechanics.business.now().date()
    status = _books(stage).periods.status(given.company_code, given.period, given.module, today)
    if status != wanted:
        change = {"company_code": given.company_code, "period": given.period, "module": given.module, "reason": "provider state"}
        stage.act(f"erp.period.{'reopen' if wanted == 'open' else 'close'}", actor=_controller(stage, given.company_code), body=change)
    return {"company_code": given.company_code, "period": given.period, "module": given.module}


def _controller(stage: Stage, company_code: str) -> str:
    entity = next(each for each in stage.company.entities if each.erp_company == company_code)
    return stage.company.controller(entity.key).erp_id


def _order(stage: Stage, given: OrderGiven) -> Values:
    company = _company(stage, given.company_code)
    documents = _books(stage).documents
    _take(stage, "purchase_order", given.number)
    vendor, center, approver = _vendor(stage, company), _open_center(stage, company), _approver(stage, company)
    amount = to_text(AMOUNT_UNITS * 10**company.decimals, company.decimals)
    line = {"line_no": 10, "text": "Example", "quantity": "1", "unit_price": amount, "amount": amount}
    body = {
        **_head(stage, company, given.external_ref, approver),
        "vendor_id": vendor.vendor_id,
        "lines": [{**line, "gl_account": EXPENSE_ACCOUNT, "cost_center": center}],
        "total": amount,
    }
    order = stage.perform("erp.po.create", body=body).body
    path = {"number": order.number}
    if given.status == "closed":
        stage.perform("erp.gr.create", path=path, body=_delivery(stage, company, approver))
    if given.status != "created":
        verb = {"cancelled": "cancel", "closed": "close", "finally_closed": "final_close"}[given.status]
        stage.perform(f"erp.po.{verb}", path=path, body={"reason": "provider state"})
    _raise_version(stage, "purchase_order", order.number, given.version, "erp.po.cancel")
    document = documents.get("purchase_order", order.number)
    return {"number": order.number, "id": order.id, "version": document.version, "external_ref": document.ext_ref}


def _delivery(stage: Stage, company: ErpCompany, approver: str) -> dict[str, Any]:
    """Of the whole line of that order, taken by somebody who did not approve it."""
    day = stage.mechanics.business.now().strftime("%Y%m%d")
    line = {"line_no": 1, "order_line": 10, "quantity": "1"}
    return {"document_date": day, "posting_date": day, "received_by": _person(stage, company, approver), "lines": [line]}


def _receipt(stage: Stage, given: GoodsReceiptGiven) -> Values:
    company = _company(stage, given.company_code)
    _take(stage, goods_receipt.KIND.name, given.number)
    order = _order(stage, OrderGiven(company_code=company.code))["number"]
    reference = {"external_ref": given.external_ref, "source_revision": 1} if given.external_ref else {}
    body = _delivery(stage, company, _approver(stage, company)) | reference
    receipt = stage.perform("erp.gr.create", path={"number": order}, body=body).body
    if given.status == "reversed":
        stage.perform("erp.gr.reverse", path={"number": receipt.number}, body={"reason": "provider state"})
    _raise_version(stage, goods_receipt.KIND.name, receipt.number, given.version, "erp.gr.reverse")
    document = _books(stage).documents.get(goods_receipt.KIND.name, receipt.number)
    return {"number": document.number, "id": document.id, "version": document.version, "order_number": order}


Body = Callable[[Stage, ErpCompany, PostingGiven], dict[str, Any]]


def _owe(stage: Stage, company: ErpCompany) -> str:
    """An employee's invoice of the usual amount is posted; its number."""
    given = PostingGiven(company_code=company.code)
    return str(_posting(stage, given, ap_invoice.KIND, _invoice)["number"])


def _owe_supplier(stage: Stage, company: ErpCompany, number: str | None, external_ref: str) -> str:
    """A supplier's invoice of the usual amount is posted; its number."""
    _take(stage, SUPPLIER_INVOICE, number)
    body = bill_body(company, _billed(stage, company, external_ref), SupplierInvoiceGiven(number=number))
    return str(stage.perform("erp.supplier_invoice.create", body=body).body.number)


def _posting(
    stage: Stage, given: PostingGiven, of: DocumentKind, body: Callable[[Stage, ErpCompany, PostingGiven], dict[str, Any]]
) -> Values:
    company = _company(stage, given.company_code)
    documents = _books(stage).documents
    _take(stage, of.name, given.number)
    if given.job_id is not None:
        if given.job_id in documents.jobs:
            raise Refusal("INVALID_TRANSITION", f"job {given.job_id} exists already: send a teardown first")
        documents.wanted["posting_job"] = given.job_id
    accepted = stage.perform(f"{of.point}.create", body=body(stage, company, given)).body
    _bring_to(stage, of, accepted.document_number, given)
    _raise_version(stage, of.name, accepted.document_number, given.version, f"{of.point}.{of.undo}")
    document = documents.get(of.name, accepted.document_number)
    return {"number": document.number, "job_id": accepted.job_id, "version": document.version, "external_ref": document.ext_ref}


def _bring_to(stage: Stage, of: DocumentKind, number: str, given: PostingGiven) -> None:
    """From accepted to the status that was asked for, by what really leads there."""
    undo = f"{of.point}.{of.undo}"
    if given.status == "withdrawn":
        stage.perform(undo, path={"number": number}, body={"reason": "provider state"})
        return
    if given.status == "rejected":
        today = stage.mechanics.business.now().date()
        closed = PeriodGiven(company_code=given.company_code, period=month(today), module=of.module)
        _period(stage, closed, "closed")
        stage.mechanics.scheduler.flush()
        _period(stage, closed, "open")
    elif given.status != "accepted":
        stage.mechanics.scheduler.flush()
        if given.status == "undone":
            stage.perform(undo, path={"number": number}, body={"reason": "provider state"})
    else:
        stage.mechanics.scheduler.cancel()  # its job never runs while this state lasts


def _invoice(stage: Stage, company: ErpCompany, given: PostingGiven) -> dict[str, Any]:
    amount = to_text(AMOUNT_UNITS * 10**company.decimals, company.decimals)
    nothing = to_text(0, company.decimals)
    line = {"line_no": 1, "gl_account": EXPENSE_ACCOUNT, "cost_center": _open_center(stage, company), "text": "Example"}
    head = _head(stage, company, given.external_ref, _approver(stage, company))
    who = _person(stage, company, head["approvals"][0]["approver"])
    lines = [{**line, "net_amount": amount, "tax_amount": nothing, "payment_type": "employee_paid"}]
    return {**head, "posting_date": head["document_date"], "personnel_no": who, "text": "Example", "lines": lines, "total": amount}


def _billed(stage: Stage, company: ErpCompany, external_ref: str | None) -> dict[str, Any]:
    """What a supplier's invoice names, and the cost centre that pays."""
    head = _head(stage, company, external_ref, _approver(stage, company))
    who = _person(stage, company, head["approvals"][0]["approver"])
    return {**head, "vendor_id": _vendor(stage, company).vendor_id, "entered_by": who, "cost_center": _open_center(stage, company)}


def _journal(stage: Stage, company: ErpCompany, given: PostingGiven) -> dict[str, Any]:
    amount = to_text(AMOUNT_UNITS * 10**company.decimals, company.decimals)
    nothing = to_text(0, company.decimals)
    head = _head(stage, company, given.external_ref, _approver(stage, company))
    cost = {"line_no": 1, "gl_account": EXPENSE_ACCOUNT, "cost_center": _open_center(stage, company), "debit": amount, "credit": nothing}
    clearing = {"line_no": 2, "gl_account": CARD_CLEARING, "debit": nothing, "credit": amount}
    lines = [{**each, "text": "Example"} for each in (cost, clearing)]
    return {**head, "posting_date": head["document_date"], "text": "Example", "lines": lines}


def _head(stage: Stage, company: ErpCompany, external_ref: str | None, approver: str) -> dict[str, Any]:
    now = stage.mechanics.business.now()
    reference = {"external_ref": external_ref, "source_revision": 1} if external_ref else {}
    evidence = {"step": 1, "approver": approver, "decided_at": now.isoformat(), "source_document": external_ref or "EXAMPLE"}
    return {
        "company_code": company.code,
        "document_date": now.strftime("%Y%m%d"),
        "currency": company.currency,
        **reference,
        "approvals": [evidence],
    }


def _vendor(stage: Stage, company: ErpCompany) -> ErpVendor:
    for vendor in _books(stage).master.vendors.values():
        _, state = _books(stage).vendor(vendor.vendor_id)
        if vendor.company_code == company.code and vendor.active and not state.purchasing_block:
            return vendor
    raise Refusal("INVALID_TRANSITION", f"no usable supplier is left in company {company.code}: send a teardown first")


def _open_center(stage: Stage, company: ErpCompany) -> str:
    centers = _books(stage).master.cost_centers.values()
    return next(each.number for each in centers if each.company_code == company.code and each.active and each.valid_to is None)


def _approver(stage: Stage, company: ErpCompany) -> str:
    """Whoever may approve most."""
    people = [each for each in _books(stage).master.people.values() if each.company_code == company.code]
    return max(people, key=lambda each: (each.limit_minor is None, each.limit_minor or 0, each.personnel_no)).personnel_no


def _person(stage: Stage, company: ErpCompany, other_than: str) -> str:
    people = _books(stage).master.people.values()
    return next(each.personnel_no for each in people if each.company_code == company.code and each.personnel_no != other_than)


def _take(stage: Stage, kind: str, number: str | None) -> None:
    if number is None:
        return
    documents = _books(stage).documents
    if any(each.kind == kind and each.number == number for each in documents):
        raise Refusal("INVALID_TRANSITION", f"{kind} {number} exists already: send a teardown first")
    documents.wanted[kind] = number


def _raise_version(stage: Stage, kind: str, number: str, wanted: int | None, touched_by: str) -> None:
    version = _books(stage).documents.get(kind, number).version
    if wanted is not None and wanted < version:
        raise Refusal("VALIDATION_FAILED", f"version {wanted}: a {kind} in this status has version {version} or a later one")
    for _ in range((wanted or version) - version):
        stage.touch(touched_by, {"number": number})


def _free_reference(_stage: Stage, given: ReferenceFree) -> Values:
    return {"external_ref": given.external_ref}


def _no_document(_stage: Stage, given: DocumentGone) -> Values:
    return {"number": given.number}
