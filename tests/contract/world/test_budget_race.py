"""Two hundred senders want the last of a budget at once, over HTTP: some lose their answer, some ask twice, some wait too long."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.world.by_hand import PATIENT, Hand, hand

SENDERS, FITS, EACH = 200, 50, "10.00"
RESERVATIONS = "/budget-reservations"


async def sent(one: Hand, body: dict[str, Any], number: int) -> tuple[int, Any]:
    """What sender `number` learns in the end, whatever happened to its first answer."""
    key = f'"race-{number}"'
    if number % 3 == 0:  # the connection is gone, and nobody knows whether anything was reserved
        lost = asyncio.create_task(one.call("POST", "erp", RESERVATIONS, body, Idempotency_Key=key))
        await asyncio.wait({lost}, timeout=0.002 * (number % 5))
        lost.cancel()
        await asyncio.gather(lost, return_exceptions=True)
    repeats = [one.call("POST", "erp", RESERVATIONS, body, Idempotency_Key=key) for _ in range(1 + number % 2)]
    answers = {(status, told.get("reservation_id") or told["code"]) for status, _, told in await asyncio.gather(*repeats)}
    answers -= {(409, "IDEMPOTENCY_KEY_IN_PROGRESS")}
    if not answers:
        status, _, told = await one.call("POST", "erp", RESERVATIONS, body, Idempotency_Key=key)
        answers = {(status, told.get("reservation_id") or told["code"])}
    ((status, said),) = answers
    return status, said


async def available(one: Hand, center: str) -> dict[str, str]:
    """The figures of the bucket, as the ERP tells them."""
    status, _, told = await one.call("GET", "erp", f"/budget-status?company_code=2000&cost_center={center}&gl_account=5400&date=20261028")
    assert status == 200, told
    return dict(told["figures"])


@pytest.mark.requirement("R09.16")
def test_the_last_of_a_budget_is_given_away_once() -> None:
    """Exactly as many get something as fit, each once; nothing is lost or kept twice; and what expires can be had again."""

    async def run() -> None:
        async with hand(PATIENT) as one:
            center = one.world.company.cost_centers_of("DE01")[0].erp_id
            line = {"cost_center": center, "account_group": "54", "period": "2026-10", "amount": "500.00"}
            budget = {"company_code": "2000", "currency": "EUR", "sequence": 2, "lines": [line]}
            assert (await one.call("POST", "erp", "/budget-versions", budget))[0] == 201
            wanted = {"line_no": 1, "gl_account": "5400", "cost_center": center, "amount": EACH}
            body = {"company_code": "2000", "currency": "EUR", "document_date": "20261028", "lines": [wanted], "total": EACH}
            bodies = [{**body, "expires_in_s": 60 if number % 2 else 600} for number in range(SENDERS)]
            told = await asyncio.gather(*(sent(one, each, number) for number, each in enumerate(bodies)))
            got = [said for status, said in told if status == 201]
            assert {said for status, said in told if status != 201} == {"BUDGET_EXCEEDED"}
            assert len(got) == len(set(got)) == FITS
            seen = await available(one, center)
            assert (seen["reserved"], seen["available"]) == ("500.00", "0.00")
            one.world.clock.set(one.world.clock.peek() + timedelta(seconds=61))
            short_lived = sum(status == 201 and number % 2 == 1 for number, (status, _) in enumerate(told))
            seen = await available(one, center)
            assert seen["available"] == f"{short_lived * 10}.00"
            assert short_lived > 0
            status, _, again = await one.call("POST", "erp", RESERVATIONS, {**body, "external_ref": "AGAIN"}, Idempotency_Key='"again"')
            assert (status, again["status"]) == (201, "reserved")

    asyncio.run(run())
