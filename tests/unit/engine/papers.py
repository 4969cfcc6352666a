"""Crosswalks, and a document of each kind, as the engine reads them: what the tests of its flows are about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from engine.mapping.rules import Rules
from engine.model.erp_documents import OrderedAs
from engine.model.parties import BankAccount, PostalAddress
from engine.model.payments import BankFile, Transfer
from engine.model.sources import (
    Approval,
    BilledItem,
    ExpenseLine,
    ExpenseReport,
    PaymentRun,
    Receipt,
    ReceiptLine,
    Requisition,
    RequisitionLine,
    SourceStage,
    SupplierBill,
    SupplierRequest,
)

UNITS = {"USD": 2, "EUR": 2, "JPY": 0}
DAY = date(2026, 10, 30)

MAPPINGS = {
    "entities": """entity,procurement_legal_entity,expense_entity_code,erp_company_code,currency,expense_route
US01,ACME-US,10,1000,USD,ap_invoice
DE01,ACME-DE,20,2000,EUR,journal
""",
    "suppliers": """procurement_supplier_id,erp_vendor_id,erp_company_code,portal_account
PS-1,V1,1000,AN1
""",
    "cost_centers": """procurement_cost_center,expense_cost_object,erp_cost_center,erp_company_code
US-MKT-01,CC.10.1,4711000,1000
DE-MKT-01,CC.20.1,4811000,2000
""",
    "purchase_categories": """procurement_category,erp_gl_account,valid_from,valid_to
IT,5400,,2025-12-31
IT,5410,2026-01-01,
""",
    "expense_categories": """erp_company_code,expense_category,erp_gl_account,valid_from,valid_to
1000,HOTEL,5300,,
2000,HOTEL,5300,,
""",
    "employees": """procurement_user_id,expense_login,erp_personnel_no,erp_company_code
U1,ann,900001,1000
U2,bob,900002,1000
U3,eva,900003,2000
""",
    "accounts": """purpose,erp_gl_account
input_tax,1100
card_clearing,1145
payroll_clearing,2030
""",
    "tax_codes": """procurement_tax_code,erp_tax_code,erp_company_code,rate_percent,recoverable_percent,self_assessed
T1,S1,1000,8.25,0,no
T1,V1,2000,19,100,no
TR,R1,2000,19,100,yes
""",
    "projects": """procurement_project,erp_project,erp_company_code
PRJ-1,P-1,1000
""",
    "planning_entities": """planning_entity,erp_company_code,fiscal_year_starts
LE-US,1000,2
LE-JP,3000,4
""",
    "planning_nodes": """planning_node,erp_cost_center,erp_company_code
LE-US.MKT.CC00,4711000,1000
LE-JP.MKT.CC00,4713000,3000
""",
    "planning_consumption": """erp_account_group,planning_account
51,TRAVEL
53,SERVICES
""",
    "planning_accounts": """planning_account,erp_account_group
TRAVEL,51
SERVICES,53
TRAINING,53
""",
}


def write_rules(folder: Path, **changed: str) -> Rules:
    """The crosswalks of a tiny company; `changed` replaces whole files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**MAPPINGS, **changed}.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return Rules(folder)


def requisition(**members: object) -> Requisition:
    """An approved requisition over 980.00 USD."""
    line = RequisitionLine(1, "Monitors", Decimal(10), Decimal("98.00"), Decimal("980.00"), "IT", "US-MKT-01", None)
    plain = Requisition(
        source_id="REQ-T-1", revision=1, version=4, status="approved", stage=SourceStage.APPROVED, legal_entity="ACME-US", requester="U1",
        supplier="PS-1", currency="USD", requested_on=DAY, lines=(line,), total=Decimal("980.00"),
        approvals=(Approval(1, "U2", "2026-10-30T10:00:00Z"),), recorded=None, correlation_id=None,
    )  # fmt: skip
    return replace(plain, **members)  # type: ignore[arg-type]


def report(**members: object) -> ExpenseReport:
    """An approved report: a hotel paid by the employee, another by company card."""
    lines = (
        ExpenseLine(1, "HOTEL", DAY, "Two nights", Decimal("107.00"), Decimal("7.00"), "CC.10.1", "employee_paid"),
        ExpenseLine(2, "HOTEL", DAY, "One night", Decimal("53.50"), Decimal("3.50"), "CC.10.1", "company_card"),
    )
    plain = ExpenseReport(
        source_id="ER-T-1", revision=1, version=3, status="approved", stage=SourceStage.APPROVED, entity="10", employee="ann",
        currency="USD", submitted_on=DAY, approved_on=DAY, lines=lines,
        total=Decimal("160.50"), approvals=(Approval(1, "bob", "2026-10-30T10:00:00Z"),),
        recorded=None, correlation_id=None,
    )  # fmt: skip
    return replace(plain, **members)  # type: ignore[arg-type]


def receipt(**members: object) -> Receipt:
    """All of the first line of an order, and a part of the second."""
    lines = (ReceiptLine(1, 1, Decimal(10)), ReceiptLine(2, 2, Decimal("1.125")))
    plain = Receipt(
        source_id="GRN-T-1", revision=1, version=1, status="recorded", stage=SourceStage.APPROVED, legal_entity="ACME-US", receiver="U1",
        order="4500000009", currency="USD", received_on=DAY, lines=lines, total=Decimal("980.00"), replacement=None, recorded=None,
        correlation_id=None,
    )  # fmt: skip
    return replace(plain, **members)  # type: ignore[arg-type]


def supplier_bill(**members: object) -> SupplierBill:
    """An approved one over 980.00 USD, of two lines of an order."""
    lines = (
        BilledItem(1, "Paper", Decimal(8), Decimal("98.00"), Decimal("784.00"), Decimal("78.40"), "T1", 1, None, None, None),
        BilledItem(2, "Toner", Decimal("0.5"), Decimal("210.00"), Decimal("105.00"), Decimal("12.60"), "T1", 2, None, None, None),
    )
    plain = SupplierBill(
        source_id="INV-T-1", revision=1, version=1, status="approved", stage=SourceStage.APPROVED, legal_entity="ACME-US", clerk="U1",
        supplier="PS-1", supplier_number="RE 0047/a", dated=date(2026, 10, 12), captured_on=DAY, order="4500000009", credit=None,
        currency="USD", lines=lines, tax_total=Decimal("91.00"), total=Decimal("980.00"),
        approvals=(Approval(1, "U2", "2026-10-30T09:00:00Z"),), recorded=None, correlation_id=None,
    )  # fmt: skip
    return replace(plain, **members)  # type: ignore[arg-type]


def payment_run(**members: object) -> PaymentRun:
    """An issued run over 980.00 USD, for two payees."""
    plain = PaymentRun(
        source_id="PR-T-1", version=4, status="file_issued", stage=SourceStage.APPROVED, currency="USD", total=Decimal("980.00"), file=None,
        payments={"PR-T-1-0001": 2, "PR-T-1-0002": 2}, recorded=None, correlation_id=None,
    )  # fmt: skip
    return replace(plain, **members)  # type: ignore[arg-type]


def supplier_request(**members: object) -> SupplierRequest:
    """An approved request for a supplier."""
    plain = SupplierRequest(
        source_id="SR-T-1", revision=1, version=3, status="approved", stage=SourceStage.APPROVED, legal_entity="ACME-US", requester="U1",
        name="Northline Optics LLC", address=PostalAddress("1 Commerce Way", "62701", "Springfield", "US"), tax_id="12-3456789",
        bank=BankAccount("US", "Northline Optics LLC", None, "111000025", "123456789"), payment_terms="N30", currency="USD",
        expected_spend=Decimal("980.00"), approvals=(Approval(1, "U2", "2026-10-30T10:00:00Z"),), recorded=None, correlation_id=None,
    )  # fmt: skip
    return replace(plain, **members)  # type: ignore[arg-type]


def bank_file(**members: object) -> BankFile:
    """Its file."""
    amounts = (("PR-T-1-0001", "600.00"), ("PR-T-1-0002", "380.00"))
    transfers = tuple(Transfer(number, amount, "USD", "PAPER & CO", "021000021-1", "R-1") for number, amount in amounts)
    plain = BankFile("PR-T-1", "Acme", "021000021-9", "2026-10-30", 2, "980.00", transfers)
    return replace(plain, **members)  # type: ignore[arg-type]


def ordered_lines(*numbers: int) -> tuple[OrderedAs, ...]:
    """Lines of an order in the ERP, under these numbers: ten at 98.00 each, for marketing's hardware."""
    return tuple(OrderedAs(number, Decimal(10), Decimal("980.00"), "5410", "4711000", None) for number in numbers)
