"""Tables that no draw decides: entities, chart of accounts, categories, functions (domain.md sections 1 and 19)."""

from datetime import date, time, timedelta

from mocks.company.model import Account, Banking, BudgetControl, Entity, ExpenseCategory, PurchaseCategory, Reapproval

DAY = timedelta(days=1)
REMAP_DAY = date(2026, 1, 1)
"""Since this day training and software are booked elsewhere: mapping rules have versions."""
LINES_APART, PHONES_APART = date(2026, 11, 1), date(2026, 10, 21)
"""Since these days what is ordered and what is claimed for mobile lines has an account of its own. They lie among the days that documents
of a run carry, so that the day itself decides, and not what holds now."""

ENTITIES = (
    Entity(
        "US01", "Acme Corporation", "US", "en_US", "USD", 2, "ACME-US", "10", "1000", "ap_invoice", 0,
        (500_000, 2_500_000, 10_000_000, 50_000_000), "America/New_York",
        BudgetControl("advisory", "quarter", 5, 2, 1_000_000_000, "lapse"), Reapproval(10, 50_000),
    ),
    Entity(
        "DE01", "Acme Deutschland GmbH", "DE", "de_DE", "EUR", 2, "ACME-DE", "20", "2000", "journal_entry", 19,
        (500_000, 2_000_000, 10_000_000, 40_000_000), "Europe/Berlin",
        BudgetControl("absolute", "year", 0, 1, 1_000_000_000, "carry_forward"), Reapproval(10, 50_000),
    ),
    Entity(
        "JP01", "アクメ・ジャパン株式会社", "JP", "ja_JP", "JPY", 0, "ACME-JP", "30", "3000", "ap_invoice", 10,
        (700_000, 3_500_000, 15_000_000, 75_000_000), "Asia/Tokyo",
        BudgetControl("absolute", "year", 0, 4, 1_500_000_000, "lapse"), Reapproval(10, 70_000),
    ),
)  # fmt: skip

SELLING = ("MKT", "SAL", "GEN")

ACCOUNTS = (
    Account("1000", "Bank", "asset"),
    Account("1010", "Payments in transit", "asset"),
    Account("1100", "Input tax recoverable", "asset", journal=True),
    Account("1105", "Input tax not yet claimable", "asset"),
    Account("1110", "Employee cash advances", "asset", control=True),
    Account("1120", "Due from employees", "asset", control=True),
    Account("1130", "Supplier prepayments", "asset", control=True),
    Account("1145", "Card spend awaiting report", "asset", control=True, journal=True),
    Account("1150", "Prepaid expenses", "asset"),
    Account("1200", "Inventory", "asset"),
    Account("1250", "Assets under construction", "asset"),
    Account("1300", "Intercompany receivable", "asset", control=True),
    Account("2000", "AP trade", "liability", control=True),
    Account("2009", "AP valuation adjustment", "liability"),
    Account("2010", "AP employees", "liability", control=True),
    Account("2020", "Card issuer payable", "liability"),
    Account("2030", "Reimbursement via payroll", "liability", journal=True),
    Account("2100", "GR/IR clearing", "liability", control=True),
    Account("2110", "Accrued expenses", "liability"),
    Account("2120", "Uninvoiced receipts", "liability"),
    Account("2200", "Output tax, self-assessed", "liability"),
    Account("2210", "Use tax payable", "liability"),
    Account("2220", "Withholding tax payable", "liability"),
    Account("2300", "Intercompany payable", "liability", control=True),
    Account("3000", "Retained earnings", "equity"),
    Account("3100", "Translation adjustment", "equity"),
    Account("4000", "Intercompany revenue", "revenue"),
    Account("4010", "Recharge recovery", "revenue"),
    Account("5100", "Travel", "expense", journal=True),
    Account("5110", "Meals and entertainment", "expense", journal=True),
    Account("5120", "Mileage", "expense", journal=True),
    Account("5130", "Per diem", "expense", journal=True),
    Account("5200", "Software", "expense", journal=True, valid_to=REMAP_DAY - DAY),
    Account("5210", "Cloud subscriptions", "expense", journal=True, valid_from=REMAP_DAY),
    Account("5300", "Services", "expense", journal=True),
    Account("5310", "Advertising", "expense", journal=True, functions=SELLING),
    Account("5320", "Training", "expense", journal=True, valid_from=REMAP_DAY),
    Account("5400", "Supplies", "expense", journal=True),
    Account("5500", "Facilities", "expense", journal=True),
    Account("5600", "Telecommunications", "expense", journal=True),
    Account("5610", "Mobile lines", "expense", journal=True),
    Account("5900", "Non-recoverable tax", "expense", journal=True),
    Account("6000", "Purchase price variance", "expense"),
    Account("6010", "Small invoice differences", "expense"),
    Account("6020", "GR/IR write-off", "expense"),
    Account("6030", "Cash discount taken", "expense"),
    Account("6040", "Bank charges", "expense"),
    Account("6100", "FX realised", "expense"),
    Account("6110", "FX unrealised", "expense"),
    Account("6120", "Rounding", "expense"),
    Account("9000", "Budget", "budgetary"),
    Account("9100", "Pre-encumbrance", "budgetary"),
    Account("9200", "Encumbrance", "budgetary"),
    Account("9900", "Reserve for encumbrance", "budgetary"),
)

PURCHASE_CATEGORIES = (
    PurchaseCategory("IT_HARDWARE", "5400"),
    PurchaseCategory("OFFICE_SUPPLIES", "5400"),
    PurchaseCategory("SOFTWARE", "5200", None, REMAP_DAY - DAY),
    PurchaseCategory("SOFTWARE", "5210", REMAP_DAY, None),
    PurchaseCategory("PROFESSIONAL_SERVICES", "5300"),
    PurchaseCategory("ADVERTISING", "5310"),
    PurchaseCategory("TRAINING", "5300", None, REMAP_DAY - DAY),
    PurchaseCategory("TRAINING", "5320", REMAP_DAY, None),
    PurchaseCategory("FACILITIES", "5500"),
    PurchaseCategory("TELECOM", "5600", None, LINES_APART - DAY),
    PurchaseCategory("TELECOM", "5610", LINES_APART, None),
)

# Germany pays meals by day rates, the others by receipt: the same category is booked differently by entity.
_EXPENSE_ACCOUNTS = {
    "HOTEL": "5100", "AIRFARE": "5100", "RAIL": "5100", "TAXI": "5100",
    "MILEAGE": "5120", "MEALS": "5110", "OFFICE": "5400",
}  # fmt: skip

EXPENSE_CATEGORIES = tuple(
    ExpenseCategory(entity.key, category, "5130" if (entity.key, category) == ("DE01", "MEALS") else account)
    for entity in ENTITIES
    for category, account in _EXPENSE_ACCOUNTS.items()
) + tuple(
    ExpenseCategory(entity.key, category, account, valid_from, valid_to)
    for entity in ENTITIES
    for category, account, valid_from, valid_to in (
        ("TRAINING", "5300", None, REMAP_DAY - DAY),
        ("TRAINING", "5320", REMAP_DAY, None),
        ("PHONE", "5600", None, PHONES_APART - DAY),
        ("PHONE", "5610", PHONES_APART, None),
    )
)

ACCOUNT_PURPOSES = {"input_tax": "1100", "card_clearing": "1145", "payroll_clearing": "2030"}

FUNCTIONS = {
    "MKT": "Marketing", "SAL": "Sales", "FIN": "Finance", "OPS": "Operations",
    "RND": "Research", "HRX": "People", "ITX": "Information technology", "LEG": "Legal",
}  # fmt: skip

TITLES = ("Specialist", "Cost-centre owner", "Department head", "Director", "Chief financial officer", "Group chief financial officer")
CURRENCIES = {
    "USD": (2, "1"), "EUR": (2, "1.16"), "JPY": (0, "0.0067"), "GBP": (2, "1.34"), "CHF": (2, "1.25"), "KWD": (3, "3.26"),
}  # fmt: skip
"""Currencies of receipts: decimals, and about what one is worth in USD."""
SIGNATURES = (1, 2, 1, 3, 1, 2)
"""How many managers sign at least, for one member of the staff after the other."""
AWAY_EVERY, AWAY = 4, 1
"""Of so many managers of one level and entity, this one is away, and the next one decides."""

PAYMENT_TERMS = ("N14", "N30", "N45", "N60", "2/10N30")

BANKING = {
    "US": Banking("FED", time(17), time(18), 25),
    "DE": Banking("ECB", time(16), time(18), 0),
    "JP": Banking("JP", time(15), time(17), 330),
}
"""How payments of a country's entities go through, by country."""
BANK_CLERKS = ("clerk-01", "clerk-02", "clerk-03")
HR_CLERKS = ("people-01", "people-02", "people-03")
OPENING_UNITS = 1_000_000_000
"""Units of its currency on each account when the world opens. The bank lends beyond it: an account may go below zero."""
