"""Both flows end to end over real HTTP, by hand: what a correct connector does is accepted, recorded and attributed."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from contracts.catalog import load_history
from mocks.world import World
from tests.contract.world.by_hand import Hand, hand, rows

JSON_TYPES = {"VARCHAR": str, "BIGINT": int, "INTEGER": int, "DOUBLE": float, "BOOLEAN": bool}


async def order(one: Hand, txn_id: str, entity: str) -> dict[str, Any]:
    """Requisition to purchase order; answers the requisition at the end."""
    source = one.requisition(txn_id, entity, 98_000)
    status, _, req = await one.call("GET", "procurement", f"/api/v1/requisitions/{source}")
    assert (status, req["status"]) == (200, "approved")
    body = one.order_of(req)
    status, _, supplier = await one.call("GET", "erp", f"/suppliers/{body['vendor_id']}?company_code={body['company_code']}")
    assert (status, supplier["status"]) == (200, "active")
    line = body["lines"][0]
    query = f"company_code={body['company_code']}&gl_account={line['gl_account']}&cost_center={line['cost_center']}"
    assert (await one.call("GET", "erp", f"/coding-combinations?{query}"))[2]["valid"] is True
    status, headers, po = await one.call(
        "POST", "erp", "/purchase-orders", body, Idempotency_Key=f'"{source}"', X_Correlation_ID=req["correlationId"]
    )
    assert status == 201, po
    assert (headers["etag"], headers["x-correlation-id"]) == ('"1"', req["correlationId"])
    assert headers["location"] == f"/purchase-orders/{po['number']}"
    told = {"erpOrderNumber": po["number"], "erpStatus": po["status"], "revision": 1}
    status, _, done = await one.call("PUT", "procurement", f"/api/v1/requisitions/{source}/order", told)
    assert (status, done["status"], done["erpOrder"]["number"]) == (200, "ordered", po["number"]), done
    return {"requisition": done, "order": po, "body": body}


async def posting(one: Hand, txn_id: str, entity: str) -> dict[str, Any]:
    """Expense report to ERP posting by the entity's route; answers the report at the end."""
    source = one.report(txn_id, entity)
    _, _, report = await one.call("GET", "expense", f"/v2/reports/{source}")
    route = one.look("entities", "expense_route", expense_entity_code=report["entity_code"])
    path, body = ("/ap-invoices", one.invoice_of(report)) if route == "ap_invoice" else ("/journal-entries", one.journal_of(report))
    status, headers, accepted = await one.call("POST", "erp", path, body, Idempotency_Key=source)
    assert (status, accepted["status"]) == (202, "accepted"), accepted
    for _ in range(50):
        _, _, job = await one.call("GET", "erp", headers["location"])
        if job["status"] != "accepted":
            break
        await asyncio.sleep(0.005)
    assert job["status"] == "posted", job
    told = {"erp_document": job["document_number"], "erp_document_type": job["document_type"], "posted_on": "28/10/2026", "revision": 1}
    status, _, done = await one.call("PUT", "expense", f"/v2/reports/{source}/posting", told)
    assert (status, done["state"]) == (200, "posted"), done
    return done


@pytest.mark.requirement("R01.01", "R05.01")
@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_requisition_to_order(entity: str) -> None:
    """A requisition of each entity becomes one order, and the world knows that it is settled."""

    async def run() -> tuple[World, dict[str, Any]]:
        async with hand() as one:
            found = await order(one, "p2p-000001", entity)
            assert one.world.settled("p2p-000001") == "posted"
            repeat = await one.call("POST", "erp", "/purchase-orders", found["body"])
            assert (repeat[0], repeat[2]["code"], repeat[2]["existing_id"]) == (409, "DUPLICATE_REFERENCE", found["order"]["number"])
            one.world.final_views()
            return one.world, found

    world, _ = asyncio.run(run())
    creates = [row for row in rows(world, "request") if row["call_point"] == "erp.po.create"]
    assert [(row["txn_id"], row["txn_attr"], row["attempt"]) for row in creates] == [("p2p-000001", "ref", 1), ("p2p-000001", "ref", 2)]
    assert {row["txn_id"] for row in rows(world, "read_view")} == {"p2p-000001"}
    lines = [row["amount_minor"] for row in rows(world, "commit") if row["entity_type"] == "journal_line"]
    assert sum(lines) == 0


@pytest.mark.requirement("R01.01", "R05.08")
@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_expense_to_posting(entity: str) -> None:
    """A report of each entity is posted by its route; the trial balance sums to zero."""

    async def run() -> World:
        async with hand() as one:
            await posting(one, "exp-000001", entity)
            assert one.world.settled("exp-000001") == "posted"
            company = one.look("entities", "erp_company_code", entity=entity)
            status, _, balance = await one.call("GET", "erp", f"/trial-balance?company_code={company}&period=2026-10")
            assert status == 200
            assert sum(Decimal(line["balance"]) for line in balance["accounts"]) == 0
            return one.world

    world = asyncio.run(run())
    assert {row["txn_id"] for row in rows(world, "request") if row["call_point"] == "erp.job.read"} == {"exp-000001"}
    posted = [row for row in rows(world, "commit") if row.get("state") == "posted" and row["node"] == "erp"]
    assert posted
    assert all(row["txn_id"] == "exp-000001" and "op_id" not in row for row in posted)


@pytest.mark.requirement("R03.22")
def test_history_obeys_its_schema() -> None:
    """Every row has only declared columns of the declared type, in total order, with the columns that its kind needs."""

    async def run() -> World:
        async with hand() as one:
            await order(one, "p2p-000001", "US01")
            await posting(one, "exp-000001", "DE01")
            await one.call("GET", "erp", "/nowhere")
            one.world.set_phase("final")
            one.world.final_views()
            return one.world

    world = asyncio.run(run())
    schema = load_history()
    found = world.recorder.rows()
    assert [row["seq"] for row in found] == list(range(1, len(found) + 1))
    assert (found[0]["kind"], found[-1]["kind"]) == ("run_start", "run_end")
    for row in found:
        missing = [name for name in schema.kinds[row["kind"]] if name not in row]
        assert not missing, (row["kind"], missing)
        for name, value in row.items():
            wanted = JSON_TYPES[schema.columns[name]]
            assert isinstance(value, (int, float) if wanted is float else wanted), (name, value)


def test_same_seed_same_answers() -> None:
    """Ids, numbers and correlation ids are functions of the seed and the transaction, whatever else happens in the world."""

    async def run(*before: str) -> tuple[str, str, str]:
        async with hand() as one:
            for txn_id in before:
                await order(one, txn_id, "DE01")
            found = await order(one, "p2p-000009", "US01")
            req, po = found["requisition"], found["order"]
            return req["id"], req["correlationId"], f"{po['number']} {po['uuid']}"

    assert asyncio.run(run()) == asyncio.run(run("p2p-000001", "p2p-000002"))
