"""GE1, steps 1 to 3 (domain.md, section 14), through the public API only: an approved request, the order made from it, its change order."""

import asyncio
from typing import Any

import pytest

from tests.contract.world.by_hand import PATIENT, Hand, hand

COMPANY_CODE, DAY = "2000", "20261028"
Row = tuple[str, str, str, str]


async def budgeted(one: Hand, center: str, amount: str) -> None:
    """The cost centre has this much for the year, and nothing beside it."""
    line = {"cost_center": center, "account_group": "54", "period": "2026-10", "amount": amount}
    body = {"company_code": COMPANY_CODE, "currency": "EUR", "sequence": 2, "lines": [line]}
    assert (await one.call("POST", "erp", "/budget-versions", body))[0] == 201


async def row(one: Hand, center: str) -> Row:
    """Pre-encumbrance, encumbrance, actual and available, as the table of the example has them."""
    where = f"/budget-status?company_code={COMPANY_CODE}&cost_center={center}&gl_account=5400&date={DAY}"
    status, _, told = await one.call("GET", "erp", where)
    assert status == 200, told
    figures = told["figures"]
    assert figures["budget"] == "10000.00"
    return figures["pre_encumbrance"], figures["encumbrance"], figures["actual"], figures["available"]


async def memo(one: Hand) -> dict[str, str]:
    """Balances of the memo ledger; zeroes are left out."""
    _, _, told = await one.call("GET", "erp", f"/trial-balance?company_code={COMPANY_CODE}&ledger=memo")
    assert told["total_debit"] == told["total_credit"]
    return {each["gl_account"]: each["balance"] for each in told["accounts"] if each["balance"] != "0.00"}


def order_line(center: str, price: str, amount: str) -> dict[str, Any]:
    """Ten pieces."""
    coding = {"gl_account": "5400", "cost_center": center}
    return {"line_no": 10, "text": "Paper", "quantity": "10", "unit_price": price, "amount": amount, **coding}


async def requested(one: Hand, center: str) -> str:
    """A request of 1,000.00, reserved and approved; the id of its reservation."""
    line = {"line_no": 10, "gl_account": "5400", "cost_center": center, "amount": "1000.00"}
    body = {"company_code": COMPANY_CODE, "currency": "EUR", "document_date": DAY, "external_ref": "REQ-GE1", "lines": [line]}
    status, _, kept = await one.call("POST", "erp", "/budget-reservations", {**body, "total": "1000.00"})
    assert status == 201, kept
    path = f"/budget-reservations/{kept['reservation_id']}"
    assert (await one.call("POST", "erp", f"{path}/approve", {}, If_Match='"1"'))[0] == 200
    return str(kept["reservation_id"])


async def ordered(one: Hand, center: str, reservation: str) -> tuple[str, str]:
    """Ten at 98.00 of it; number and entity tag of the order."""
    company = one.world.company
    approver = company.controller("DE01").erp_id
    evidence = {"step": 1, "approver": approver, "decided_at": "2026-10-28T08:00:00Z", "source_document": "REQ-GE1"}
    body = {
        "company_code": COMPANY_CODE,
        "vendor_id": company.suppliers_of("DE01")[0].erp_id,
        "document_date": DAY,
        "currency": "EUR",
        "external_ref": "REQ-GE1",
        "source_revision": 1,
        "reservation_id": reservation,
        "lines": [order_line(center, "98.00", "980.00")],
        "total": "980.00",
        "approvals": [evidence],
    }
    status, headers, order = await one.call("POST", "erp", "/purchase-orders", body)
    assert status == 201, order
    return str(order["number"]), headers["etag"]


@pytest.mark.requirement("R05.04")
def test_golden_ge1_from_the_request_to_the_change_order() -> None:
    """Every figure of the first three rows, by the budget and by the memo ledger; a replay of any of the three changes nothing."""

    async def run() -> None:
        async with hand(PATIENT) as one:
            center = one.world.company.cost_centers_of("DE01")[0].erp_id
            await budgeted(one, center, "10000.00")
            reservation = await requested(one, center)
            assert await row(one, center) == ("1000.00", "0.00", "0.00", "9000.00")
            assert await memo(one) == {"9100": "1000.00", "9900": "-1000.00"}
            number, tag = await ordered(one, center, reservation)
            assert await row(one, center) == ("0.00", "980.00", "0.00", "9020.00")
            assert await memo(one) == {"9200": "980.00", "9900": "-980.00"}
            change = {"source_revision": 2, "reason": "dearer", "lines": [order_line(center, "100.00", "1000.00")], "total": "1000.00"}
            path = f"/purchase-orders/{number}/changes"
            status, _, told = await one.call("POST", "erp", path, change, If_Match=tag)
            assert (status, told["revision"], told["total"]) == (200, 2, "1000.00")
            golden = ("0.00", "1000.00", "0.00", "9000.00")
            assert await row(one, center) == golden
            assert await memo(one) == {"9200": "1000.00", "9900": "-1000.00"}
            assert (await one.call("POST", "erp", path, change, If_Match=tag))[2] == told
            for body in ({**change, "source_revision": 1}, {**change, "reason": "another"}):
                status, _, problem = await one.call("POST", "erp", path, body)
                assert (status, problem["code"]) == (409, "VERSION_CONFLICT")
            with_reservation = await one.call("POST", "erp", f"/budget-reservations/{reservation}/release", {"reason": "x"})
            assert with_reservation[2]["code"] == "INVALID_TRANSITION"
            assert await row(one, center) == golden

    asyncio.run(run())
