"""The golden examples of domain.md 14 that end in a supplier invoice, through the public API only: figures at each step."""

import asyncio
from typing import Any

import pytest

from tests.contract.world.by_hand import PATIENT, Hand, hand

DAYS = {"document_date": "20261028", "posting_date": "20261028"}


class Books:
    """What one cost centre of the German company is told by the ERP's own answers."""

    def __init__(self, one: Hand) -> None:
        self.one = one
        company = one.world.company
        self.center = company.cost_centers_of("DE01")[0].erp_id
        self.vendor = next(each.erp_id for each in company.suppliers_of("DE01") if each.active and not each.purchasing_block)
        staff = [person.erp_id for person in company.employees if person.entity == "DE01" and person.level == 0]
        self.clerk, self.receiver = staff[:2]
        self.boss = company.controller("DE01").erp_id

    async def get(self, path: str) -> Any:
        """An answer that is 200."""
        status, _, told = await self.one.call("GET", "erp", path)
        assert status == 200, told
        return told

    async def post(self, path: str, body: dict[str, Any], expected: int = 201) -> Any:
        """One request with a key of its own, and the same again: a replay changes nothing, and says the same."""
        key = f'"{path}-{hash(str(body))}"'
        answers = [await self.one.call("POST", "erp", path, body, Idempotency_Key=key) for _ in range(2)]
        (status, _, told), (again, _, replayed) = answers
        assert (status, again, replayed) == (expected, expected, told), told
        return told

    def evidence(self) -> list[dict[str, Any]]:
        """Somebody who may decide anything agreed."""
        return [{"step": 1, "approver": self.boss, "decided_at": "2026-10-28T08:00:00Z", "source_document": "REQ-GOLDEN-1"}]

    async def balance(self, account: str, ledger: str = "actual") -> str:
        """Debit positive."""
        told = await self.get(f"/trial-balance?company_code=2000&ledger={ledger}")
        return next((each["balance"] for each in told["accounts"] if each["gl_account"] == account), "0.00")

    async def row(self) -> tuple[str, ...]:
        """Pre-encumbrance, encumbrance, actual, available; then GR/IR and what suppliers have to get, credit positive."""
        told = await self.get(f"/budget-status?company_code=2000&cost_center={self.center}&gl_account=5400&date=20261028")
        figures = [told["figures"][name] for name in ("pre_encumbrance", "encumbrance", "actual", "available")]
        open_items = await self.get("/gr-ir-balances?company_code=2000")
        assert [each["balance"] for each in open_items["items"]] in ([], [_credit(await self.balance("2100"))])
        return (*figures, _credit(await self.balance("2100")), _credit(await self.balance("2000")))

    async def receive(self, order: str, quantity: str) -> None:
        """So much of line 10 was delivered."""
        line = {"line_no": 1, "order_line": 10, "quantity": quantity}
        await self.post(f"/purchase-orders/{order}/goods-receipts", {**DAYS, "received_by": self.receiver, "lines": [line]})

    async def bill(self, reference: str, line: dict[str, Any], tax: str, total: str) -> Any:
        """An invoice of one line."""
        head = {"company_code": "2000", "vendor_id": self.vendor, "supplier_reference": reference, "currency": "EUR"}
        body = {**DAYS, **head, "entered_by": self.clerk, "lines": [{"line_no": 1, **line}], "tax_total": tax, "total": total}
        return await self.post("/supplier-invoices", {**body, "approvals": self.evidence()})


def _credit(balance: str) -> str:
    return balance.removeprefix("-") if balance.startswith("-") or balance == "0.00" else f"-{balance}"


@pytest.mark.requirement("R05.04")
def test_golden_ge1_from_the_request_to_two_invoices() -> None:
    """GE1, steps 1 to 8: budget 10,000.00 EUR, an order that becomes dearer, part receipts, an invoice that costs more, input tax."""

    async def run() -> None:
        async with hand(PATIENT) as one:
            books = Books(one)
            line = {"cost_center": books.center, "account_group": "54", "period": "2026-10", "amount": "10000.00"}
            await books.post("/budget-versions", {"company_code": "2000", "currency": "EUR", "sequence": 2, "lines": [line]})
            head = {"company_code": "2000", "currency": "EUR", "document_date": "20261028", "total": "1000.00"}
            coding = {"line_no": 10, "gl_account": "5400", "cost_center": books.center, "amount": "1000.00"}
            kept = (await books.post("/budget-reservations", {**head, "lines": [coding]}))["reservation_id"]
            await books.post(f"/budget-reservations/{kept}/approve", {}, expected=200)
            assert await books.row() == ("1000.00", "0.00", "0.00", "9000.00", "0.00", "0.00")
            line = {**coding, "text": "Paper", "quantity": "10"}
            first = {"lines": [{**line, "unit_price": "98.00", "amount": "980.00"}], "total": "980.00"}
            who = {"vendor_id": books.vendor, "approvals": books.evidence(), "reservation_id": kept}
            order = (await books.post("/purchase-orders", {**head, **first, **who}))["number"]
            assert await books.row() == ("0.00", "980.00", "0.00", "9020.00", "0.00", "0.00")
            dearer = {"lines": [{**line, "unit_price": "100.00"}], "total": "1000.00", "source_revision": 2, "reason": "dearer"}
            await books.post(f"/purchase-orders/{order}/changes", dearer, expected=200)
            assert await books.row() == ("0.00", "1000.00", "0.00", "9000.00", "0.00", "0.00")
            await books.receive(order, "6")
            assert await books.row() == ("0.00", "400.00", "600.00", "9000.00", "600.00", "0.00")
            billed = {"type": "order", "order_number": order, "order_line": 10, "tax_code": "V1"}
            first = {**billed, "quantity": "6", "unit_price": "101.00", "net_amount": "606.00", "tax_amount": "115.14"}
            assert (await books.bill("R-2026-1", first, "115.14", "721.14"))["status"] == "posted"
            assert await books.row() == ("0.00", "400.00", "606.00", "8994.00", "0.00", "721.14")
            await books.receive(order, "4")
            assert await books.row() == ("0.00", "0.00", "1006.00", "8994.00", "400.00", "721.14")
            last = {**billed, "quantity": "4", "unit_price": "100.00", "net_amount": "400.00", "tax_amount": "76.00"}
            assert (await books.bill("R-2026-2", last, "76.00", "476.00"))["status"] == "posted"
            assert await books.row() == ("0.00", "0.00", "1006.00", "8994.00", "0.00", "1197.14")
            assert [await books.balance(account) for account in ("5400", "1100")] == ["1006.00", "191.14"]
            assert [await books.balance(account, "memo") for account in ("9100", "9200", "9900")] == ["0.00", "0.00", "0.00"]
            items = (await books.get("/open-items?company_code=2000"))["items"]
            assert [(each["open_amount"], each["blocked"]) for each in items] == [("721.14", False), ("476.00", False)]

    asyncio.run(run())


def test_golden_ge4_reverse_charge_of_a_foreign_service() -> None:
    """GE4: the supplier gets the net amount, and the company owes itself the tax that it may deduct."""

    async def run() -> None:
        async with hand(PATIENT) as one:
            books = Books(one)
            service = {"type": "account", "gl_account": "5300", "cost_center": books.center, "net_amount": "1000.00"}
            got = await books.bill("F-1", {**service, "tax_code": "R1", "tax_amount": "0.00"}, "0.00", "1000.00")
            assert (got["status"], got["open_amount"]) == ("posted", "1000.00")
            assert [await books.balance(account) for account in ("5300", "1100", "2000", "2200")] == [
                "1000.00",
                "190.00",
                "-1000.00",
                "-190.00",
            ]

    asyncio.run(run())
