"""The mock ERP in a process of its own, history on, for the rate of its hottest operation: creating a purchase order."""

import json
import sys
from pathlib import Path

import uvloop
from aiohttp import ClientSession

from mocks.world import World, WorldConfig


async def access_token(world: World) -> str:
    """A token of the connector's client, fetched as a connector fetches it."""
    form = {"grant_type": "client_credentials", "client_id": world.client_id, "client_secret": world.client_secret}
    async with ClientSession() as session, session.post(world.token_url, data=form) as answer:
        answer.raise_for_status()
        token: str = (await answer.json())["access_token"]
        return token


def order_body(world: World) -> dict[str, object]:
    """A purchase order of one line that every rule accepts."""
    company = world.company
    supplier, center = company.suppliers_of("US01")[0], company.cost_centers_of("US01")[0]
    line = {"line_no": 10, "text": "Toner", "quantity": "10", "unit": "EA", "unit_price": "98.00", "amount": "980.00"}
    evidence = {"step": 1, "approver": company.controller("US01").erp_id, "decided_at": "2026-10-28T09:00:00Z", "source_document": "REQ-1"}
    return {
        "company_code": company.entity("US01").erp_company,
        "vendor_id": supplier.erp_id,
        "document_date": "20261028",
        "currency": "USD",
        "lines": [{**line, "gl_account": "5400", "cost_center": center.erp_id}],
        "total": "980.00",
        "approvals": [evidence],
    }


async def serve(history: Path) -> None:
    """Serve until killed; the first line printed says where, with which token and which body, as JSON."""
    async with World.open(WorldConfig(seed=1, run_id="rbnch", history_path=history)) as world:
        headers = {"Authorization": f"Bearer {await access_token(world)}", "Content-Type": "application/json"}
        where = {"url": f"{world.urls['erp']}/purchase-orders", "headers": headers, "body": order_body(world)}
        print(json.dumps(where), flush=True)  # noqa: T201 - its protocol
        await world.shutdown_requested()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
