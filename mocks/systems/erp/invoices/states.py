"""States of the ERP's supplier invoices: one in each status that people bring about."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.systems.erp.core import Erp
from mocks.systems.erp.invoices.book import DOCUMENT

Company = Annotated[str, Meta(min_length=1, max_length=8)]
EXPENSE_ACCOUNT = "5400"
AMOUNT_UNITS = 100  # 100.00, or 100 in a currency without decimals
POINT = "erp.supplier_invoice"


class SupplierInvoiceGiven(Parameters, frozen=True, kw_only=True):
    """An invoice of 100.00 (or 100 yen) that nobody ordered; without `number` one is drawn and answered. A parked one says more in its
    total than in its lines."""

    number: Name | None = None
    external_ref: Name | None = None
    supplier_reference: Annotated[str, Meta(min_length=1, max_length=40)] = "INV-EXAMPLE-1"
    company_code: Company = "1000"
    status: Literal["posted", "on_hold", "parked", "rejected", "voided"] = "posted"
    version: Annotated[int, Meta(ge=1, le=50)] | None = None


HeadOf = Callable[[Stage, ErpCompany, str | None], dict[str, Any]]
Raise = Callable[[Stage, str, str, int | None, str], None]


def states(
    books: Callable[[Stage], Erp],
    company_of: Callable[[Stage, str], ErpCompany],
    head_of: HeadOf,
    take: Callable[[Stage, str, str | None], None],
    raise_version: Raise,
) -> tuple[State, ...]:
    """books: the core of the ERP that a contract is about; head_of: what an invoice of a company names (cost centre among it);
    take: the next document gets this number; raise_version: to the version that was asked for."""

    def invoice(stage: Stage, given: SupplierInvoiceGiven) -> Values:
        company = company_of(stage, given.company_code)
        take(stage, DOCUMENT, given.number)
        body = bill_body(company, head_of(stage, company, given.external_ref), given)
        made = stage.perform(f"{POINT}.create", body=body).body
        path, reason = {"number": made.number}, {"reason": "provider state"}
        if given.status == "on_hold":
            stage.act(f"{POINT}.hold", actor=body["approvals"][0]["approver"], path=path, body=reason)
        elif given.status in {"rejected", "voided"}:
            stage.perform(f"{POINT}.void", path=path, body=reason)
        raise_version(stage, DOCUMENT, made.number, given.version, f"{POINT}.void")
        found = books(stage).documents.get(DOCUMENT, made.number)
        return {**path, "id": found.id, "version": found.version, "external_ref": found.ext_ref}

    doc = "posted, on hold, parked, rejected, or voided; what is not given is drawn"
    return (State("a supplier invoice exists", doc, SupplierInvoiceGiven, invoice),)


def bill_body(company: ErpCompany, head: dict[str, Any], given: SupplierInvoiceGiven) -> dict[str, Any]:
    amount, nothing = AMOUNT_UNITS * 10**company.decimals, to_text(0, company.decimals)
    beyond = company.matching.small_difference_minor + 1 if given.status in {"parked", "rejected"} else 0
    untaxed = next(each.code for each in company.tax_codes if not each.rate)
    line = {"type": "account", "line_no": 1, "gl_account": EXPENSE_ACCOUNT, "cost_center": head.pop("cost_center")}
    return {
        **head,
        "posting_date": head["document_date"],
        "supplier_reference": given.supplier_reference,
        "text": "Example",
        "lines": [{**line, "net_amount": to_text(amount, company.decimals), "tax_code": untaxed, "tax_amount": nothing}],
        "tax_total": nothing,
        "rounding": to_text(beyond, company.decimals),
        "total": to_text(amount + beyond, company.decimals),
    }
