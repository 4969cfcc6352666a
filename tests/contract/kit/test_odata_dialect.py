"""The ERP in the shape of an OData V2 service, through the dialect seam: another wire, the same books, faults and history."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
import pytest

from harness.fuzz.vocabulary import vocabulary
from harness.plan.model import Step
from mocks.kit.dialect import HouseDialect
from mocks.kit.intake import Incoming
from mocks.kit.operation import Operation, Refusal
from mocks.kit.problems import Problems
from mocks.world import World, WorldConfig

SERVICE = "/sap/opu/odata/sap/API_PURCHASEORDER_PROCESS_SRV"
HEAD = {
    "PurchaseOrder": "number",
    "CompanyCode": "company_code",
    "Supplier": "vendor_id",
    "DocumentCurrency": "currency",
    "PurchaseOrderDate": "document_date",
    "YY1_Reference": "external_ref",
    "YY1_Total": "total",
}
ITEM = {
    "PurchaseOrderItem": "line_no",
    "PurchaseOrderItemText": "text",
    "OrderQuantity": "quantity",
    "NetPriceAmount": "unit_price",
    "YY1_Amount": "amount",
    "GLAccount": "gl_account",
    "CostCenter": "cost_center",
}
KEYED = re.compile(rf"^{re.escape(SERVICE)}/A_PurchaseOrder\('?([^')]+)'?\)$")


class ODataV2(HouseDialect):
    """A read and a create of purchase orders, as a gateway of that protocol would put them on the wire."""

    problem_type = (b"content-type", b"application/json")

    def operations(self, declared: Sequence[Operation]) -> Sequence[Operation]:
        where = {"erp.po.create": ("POST", f"{SERVICE}/A_PurchaseOrder"), "erp.po.read": ("GET", f"{SERVICE}/A_PurchaseOrder/{{number}}")}
        return [replace(each, path=where[each.call_point][1]) for each in declared if each.call_point in where]

    def path(self, path: str) -> str:
        found = KEYED.match(path)
        return f"{SERVICE}/A_PurchaseOrder/{found[1]}" if found else path

    def request(self, operation: Operation, raw: bytes) -> bytes:
        given = msgspec.json.decode(raw, type=dict[str, Any])
        unknown = sorted(set(given) - set(HEAD) - {"to_PurchaseOrderItem", "YY1_Approvals"})
        if unknown:
            raise Refusal("VALIDATION_FAILED", f"Property {unknown[0]} is invalid")
        body = {HEAD[name]: value for name, value in given.items() if name in HEAD}
        body["document_date"] = day_of(body["document_date"]).strftime("%Y%m%d")
        lines = [{ITEM[name]: value for name, value in item.items()} for item in given["to_PurchaseOrderItem"]]
        body["lines"] = [{**line, "line_no": int(line["line_no"])} for line in lines]
        return msgspec.json.encode({**body, "approvals": given.get("YY1_Approvals", [])})

    def answer(self, operation: Operation, body: Any) -> bytes:
        house = msgspec.to_builtins(body)
        entity = {name: house[member] for name, member in HEAD.items()}
        entity["PurchaseOrderDate"] = odata_day(house["document_date"])
        items = [{name: str(line[member]) for name, member in ITEM.items()} for line in house["lines"]]
        entity |= {"__metadata": {"type": "A_PurchaseOrderType"}, "to_PurchaseOrderItem": {"results": items}}
        return msgspec.json.encode({"d": entity})

    def problem(self, problems: Problems, code: str, detail: str, *, instance: str, extra: Mapping[str, Any] | None, status: int) -> bytes:
        return msgspec.json.encode({"error": {"code": code, "message": {"lang": "en", "value": detail}, "innererror": dict(extra or {})}})

    def etag(self, version: int) -> str:
        return f'W/"{version}"'

    def key(self, incoming: Incoming) -> tuple[str | None, Refusal | None]:
        return None, None  # this protocol has no idempotency key


def day_of(text: str) -> datetime:
    return datetime.fromtimestamp(int(text.removeprefix("/Date(").removesuffix(")/")) / 1000, UTC)


def odata_day(text: str) -> str:
    """20261028 as this protocol writes it."""
    return f"/Date({int(datetime.strptime(text, '%Y%m%d').replace(tzinfo=UTC).timestamp()) * 1000})/"


def odata_body(world: World, reference: str) -> dict[str, Any]:
    """A valid order in the words of this dialect."""
    house = {**vocabulary(world.instances["erp"], world.company).bodies["erp.po.create"][0], "external_ref": reference}
    items = [{name: str(line[member]) for name, member in ITEM.items()} for line in house["lines"]]
    head = {name: house[member] for name, member in HEAD.items() if member in house}
    return {
        **head,
        "PurchaseOrderDate": odata_day(house["document_date"]),
        "to_PurchaseOrderItem": items,
        "YY1_Approvals": house["approvals"],
    }


def played(story: Callable[[World, aiohttp.ClientSession], Awaitable[None]], **dialects: HouseDialect) -> list[dict[str, Any]]:
    """The history of a world in which the ERP speaks so."""

    async def whole() -> list[dict[str, Any]]:
        config = WorldConfig(seed=5, run_id="odata", history_path=None)
        async with World.open(config, dialects=dialects) as world, aiohttp.ClientSession() as http:
            form = {"grant_type": "client_credentials", "scope": "erp.read erp.write", "client_id": world.client_id}
            async with http.post(world.token_url, data={**form, "client_secret": world.client_secret}) as answer:
                http.headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"
            world.open_txn("p2p-000001", flow="requisition-to-po", wave="w", role="faulted", template="t", steps=STEPS, detail="")
            world.bind("p2p-000001", source_id="REQ-ODATA-00000001")
            await story(world, http)
            return world.recorder.rows()

    return asyncio.run(whole())


STEPS = [Step("erp.po.create", 1, "F-B6", "503"), Step("erp.po.create", 2, "F-A3", "drop")]
FACTS = (
    "kind",
    "call_point",
    "attempt",
    "txn_id",
    "txn_attr",
    "ext_ref",
    "server_outcome",
    "code",
    "client_view",
    "fault_id",
    "entity_type",
    "state",
)


def facts(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What the history says about the calls, without ids and times."""
    kept = ("request", "decision", "commit", "fault_fired", "response_end")
    return [
        tuple(row.get(name) for name in FACTS)
        for row in rows
        if row["kind"] in kept and str(row.get("call_point", "")).startswith("erp.po.")
    ]


async def house_story(world: World, http: aiohttp.ClientSession) -> None:
    body = {**vocabulary(world.instances["erp"], world.company).bodies["erp.po.create"][0], "external_ref": "REQ-ODATA-00000001"}
    url = f"{world.urls['erp']}/purchase-orders"
    async with http.post(url, json=body) as answer:
        assert answer.status == 503
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await http.post(url, json=body)
    async with http.post(url, json=body) as answer:
        assert answer.status == 409
        number = (await answer.json())["existing_id"]
    async with http.get(f"{url}/{number}") as answer:
        assert answer.status == 200


async def odata_story(world: World, http: aiohttp.ClientSession) -> None:
    body, url = odata_body(world, "REQ-ODATA-00000001"), f"{world.urls['erp']}{SERVICE}/A_PurchaseOrder"
    async with http.post(url, json=body) as answer:
        assert answer.status == 503
        assert (await answer.json())["error"]["message"]["lang"] == "en"
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await http.post(url, json=body)
    async with http.post(url, json=body) as answer:
        assert answer.status == 409
        error = (await answer.json())["error"]
        assert error["code"] == "DUPLICATE_REFERENCE"
    async with http.get(f"{url}('{error['innererror']['existing_id']}')") as answer:
        entity = (await answer.json())["d"]
        assert answer.headers["ETag"] == 'W/"1"'
        assert entity["YY1_Reference"] == "REQ-ODATA-00000001"
        assert entity["PurchaseOrderDate"] == body["PurchaseOrderDate"]
        assert [item["OrderQuantity"] for item in entity["to_PurchaseOrderItem"]["results"]] == ["1"]


@pytest.mark.requirement("R01.18", "R06.08")
def test_another_wire_the_same_history() -> None:
    """An unavailable system, a lost answer after the commit, a refused duplicate and a read leave the same rows in both dialects."""
    house, odata = facts(played(house_story)), facts(played(odata_story, erp=ODataV2()))
    assert odata == house
    assert [row[FACTS.index("fault_id")] for row in odata if row[0] == "fault_fired"] == ["F-B6", "F-A3"]
    assert sum(row[0] == "commit" and row[FACTS.index("entity_type")] == "purchase_order" for row in odata) == 1


def test_what_a_dialect_does_not_serve_is_refused_in_its_own_words() -> None:
    """Neither the house's paths nor the house's problems show through."""

    async def story(world: World, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{world.urls['erp']}/purchase-orders") as answer:
            assert (answer.status, set(await answer.json())) == (404, {"error"})
        wrong = {**odata_body(world, "X"), "NoSuchProperty": 1}
        async with http.post(f"{world.urls['erp']}{SERVICE}/A_PurchaseOrder", json=wrong) as answer:
            assert (await answer.json())["error"]["message"]["value"] == "Property NoSuchProperty is invalid"

    played(story, erp=ODataV2())
