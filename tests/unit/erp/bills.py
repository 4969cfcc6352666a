"""Supplier invoices to play with: bodies, orders and receipts behind them, and what the books say afterwards."""

from typing import Any

from mocks.company.money import to_text
from tests.unit.company.play import COMPANY, World, order_body

PEOPLE = {
    key: tuple(person.erp_id for person in COMPANY.employees if person.entity == key and person.level == 0)
    for key in ("US01", "DE01", "JP01")
}
CLERK, OTHER_CLERK, RECEIVER = PEOPLE["DE01"][:3]
BOSS = COMPANY.controller("DE01").erp_id
EVIDENCE = [{"step": 1, "approver": BOSS, "decided_at": "2026-10-28T08:00:00Z", "source_document": "INV-T-1"}]
UNTAXED = {"US01": "I0", "DE01": "V0", "JP01": "J0"}
DAYS = {"document_date": "20261028", "posting_date": "20261028"}


def text(minor: int, entity: str = "DE01") -> str:
    """Decimal text in the entity's currency."""
    return to_text(minor, COMPANY.entity(entity).decimals)


def center(entity: str = "DE01") -> str:
    """The cost centre that everything is charged to."""
    return COMPANY.cost_centers_of(entity)[0].erp_id


def vendor(entity: str = "DE01", place: int = 0) -> str:
    """A supplier of the entity."""
    return COMPANY.suppliers_of(entity)[place].erp_id


def order(one: World, quantity: int = 10, price: int = 10_000, account: str = "5400", entity: str = "DE01", **members: Any) -> str:
    """The number of an order of so many at so many minor units each."""
    total = text(quantity * price, entity)
    line = {"line_no": 10, "text": "x", "quantity": str(quantity), "unit_price": text(price, entity), "amount": total}
    lines = [{**line, "gl_account": account, "cost_center": center(entity)}]
    return str(one.call("erp.po.create", order_body(entity, **{"lines": lines, "total": total, **members})).body.number)


def receive(one: World, number: str, quantity: str, entity: str = "DE01") -> str:
    """The number of a receipt of so much of line 10."""
    line = {"line_no": 1, "order_line": 10, "quantity": quantity}
    body = {**DAYS, "received_by": PEOPLE[entity][2], "lines": [line]}
    return str(one.call("erp.gr.create", body, path={"number": number}).body.number)


def order_line(
    number: str, quantity: int, price: int, *, tax: int = 0, code: str = "", entity: str = "DE01", **members: Any
) -> dict[str, Any]:
    """So much of line 10 of an order, at a price in minor units each, with so much tax."""
    net = text(quantity * price, entity)
    what = {"type": "order", "line_no": 1, "order_number": number, "order_line": 10, "quantity": str(quantity)}
    money = {"unit_price": text(price, entity), "net_amount": net, "tax_code": code or UNTAXED[entity], "tax_amount": text(tax, entity)}
    return {**what, **money, **members}


def cost_line(net: int, *, tax: int = 0, code: str = "", account: str = "5300", entity: str = "DE01", **members: Any) -> dict[str, Any]:
    """What nobody ordered."""
    what = {"type": "account", "line_no": 1, "gl_account": account, "cost_center": center(entity), "net_amount": text(net, entity)}
    return {**what, "tax_code": code or UNTAXED[entity], "tax_amount": text(tax, entity), **members}


def bill(*lines: dict[str, Any], entity: str = "DE01", rounding: int = 0, **members: Any) -> dict[str, Any]:
    """An invoice of these lines, whose total is what they come to."""
    house = COMPANY.entity(entity)
    minor = [_minor(line["net_amount"]) + _minor(line["tax_amount"]) for line in lines]
    tax = sum(_minor(line["tax_amount"]) for line in lines)
    head = {"company_code": house.erp_company, "vendor_id": vendor(entity), "supplier_reference": "R-1", "currency": house.currency}
    needs_evidence = any(line["type"] != "order" for line in lines)
    return {
        **DAYS, **head, "entered_by": PEOPLE[entity][0], "lines": list(lines), "tax_total": text(tax, entity),
        "total": text(sum(minor) + rounding, entity), **({"rounding": text(rounding, entity)} if rounding else {}),
        **({"approvals": EVIDENCE} if needs_evidence else {}), **members,
    }  # fmt: skip


def credit(kind: str, *lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A credit memo of these lines."""
    return bill(*lines, **{"supplier_reference": "C-1", "credit_memo": kind, "credit_reason": "agreed", **members})


def _minor(amount: str) -> int:
    return int(amount.replace(".", ""))


def taken(one: World, body: dict[str, Any]) -> Any:
    """The invoice as the ERP took it."""
    return one.call("erp.supplier_invoice.create", body).body


def read(one: World, number: str) -> Any:
    """The invoice as it stands."""
    return one.call("erp.supplier_invoice.read", path={"number": number}).body


def held(invoice: Any) -> list[str]:
    """Codes of its open holds."""
    return sorted(hold.code for hold in invoice.holds if hold.released_at is None)


def journal(one: World, number: str) -> dict[str, int]:
    """What a document moved on each account."""
    moved: dict[str, int] = {}
    for each in one.erp.core.ledger.journals:
        if each.id == number:
            for entry in each.entries:
                moved[entry.account] = moved.get(entry.account, 0) + entry.amount_minor
    return {account: amount for account, amount in moved.items() if amount}


def balance(one: World, account: str, entity: str = "DE01") -> int:
    """Of an account, debit positive."""
    return one.erp.core.ledger.balance(COMPANY.entity(entity).erp_company, account)


def funds(one: World, account: str = "5400", entity: str = "DE01") -> tuple[int, int]:
    """Encumbrance and actual spending of the cost centre."""
    query = {"company_code": COMPANY.entity(entity).erp_company, "cost_center": center(entity), "gl_account": account, "date": "20261028"}
    told = one.call("erp.budget.read", query=query).body.figures
    return _minor(told.encumbrance), _minor(told.actual)


def check_books(one: World) -> None:
    """domain.md 2, invariants 1 to 4: journals balance; open items are the control accounts; GR/IR of each order line is what was received
    less what was invoiced at the order's price; actual spending is what is booked as expense, and the memo ledger is the encumbrance."""
    core = one.erp.core
    for posted in core.ledger.journals:
        assert sum(entry.amount_minor for entry in posted.entries) == 0
    for code in core.master.companies:
        items = core.ledger.open_items(code, "2100")
        assert core.ledger.balance(code, "2100") == sum(items.values())
        owed = {item.document: -item.functional_open_minor for item in core.payables.of(code)}
        assert core.ledger.open_items(code, "2000") == owed
        assert core.ledger.balance(code, "2000") == sum(owed.values())
    for found in core.documents:
        if found.kind == "purchase_order" and found.reverses is None:
            for line in found.request.lines:
                position = core.positions.get(found.number, line.line_no)
                on_account = core.ledger.open_items(found.company_code, "2100").get(f"{found.number}/{line.line_no}", 0)
                assert -on_account == (position.received_minor - position.invoiced_minor if position else 0)
