"""People who work over HTTP: their documents join by correlation id, and what they do is not taken for the connector's doing."""

import asyncio
from typing import Any

import aiohttp

from tests.contract.world.by_hand import Hand, hand


async def people(one: Hand, path: str, body: Any, actor: str, correlation: str, *, system: str = "procurement") -> tuple[int, Any]:
    """One click, with the people's own token."""
    world = one.world
    form = {"grant_type": "client_credentials", "client_id": world.actor_client_id, "client_secret": world.actor_client_secret}
    async with aiohttp.ClientSession() as http:
        async with http.post(world.token_url, data=form) as answer:
            token = (await answer.json())["access_token"]
        headers = {"Authorization": f"Bearer {token}", "X-Acting-User": actor, "X-Correlation-ID": correlation}
        async with http.post(world.urls[system] + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()


async def requisition(one: Hand, correlation: str) -> str:
    """An approved requisition, clicked together; its id."""
    draft = one.world.company.draft_requisition("US01", "any", 98_000)
    status, body = await people(one, "/api/v1/requisitions", draft.body, draft.actor, correlation)
    assert status == 201
    for verb, actor in (("submit", draft.actor), *(("approve", approver) for approver in draft.approvers)):
        status, _ = await people(one, f"/api/v1/requisitions/{body['id']}/{verb}", {}, actor, correlation)
        assert status == 200
    return str(body["id"])


def test_documents_join_by_correlation_id() -> None:
    """The first request opens the transaction; the connector's calls are then recognised by the source's id."""

    async def run() -> None:
        async with hand() as one:
            one.world.admit_people(prefix="load.", wave="load", role="load")
            source = await requisition(one, "load.US01.p2p-000007")
            await one.call("GET", "procurement", f"/api/v1/requisitions/{source}")
            rows = one.world.recorder.rows()
            joined = [row for row in rows if row["kind"] == "experiment"]
            assert [(row["txn_id"], row["wave"], row["role"], row["template"]) for row in joined] == [
                ("p2p-000007", "load", "load", "requisition-to-po/US01")
            ]
            requests = [row for row in rows if row["kind"] == "request" and row["node"] == "procurement"]
            assert {row["txn_id"] for row in requests} == {"p2p-000007"}
            assert {row["txn_attr"] for row in requests[:-1]} == {"corr"}
            assert (requests[-1]["txn_attr"], "owner" in requests[-1]) == ("ref", False)
            assert all(row.get("owner") for row in requests[:-1])
            assert [row for row in rows if row["kind"] == "commit" and "op_id" in row] == []

    asyncio.run(run())


def test_what_is_made_before_a_document_joins_with_it() -> None:
    """The order of a receipt opens its transaction, in another system; the connector's look at that order is recognised by its number."""

    async def run() -> None:
        async with hand() as one:
            one.world.admit_people(prefix="load.", wave="load", role="load")
            draft, correlation = one.world.company.draft_receipt("US01", "any", 98_000), "load.US01.grn-000007"
            enters, registers = draft.before
            status, order = await people(one, "/purchase-orders/entry", enters.body, enters.actor, correlation, system="erp")
            named = {"purchaseOrder": order["number"]}
            status, _ = await people(one, "/api/v1/orders", {**registers.body, **named}, registers.actor, correlation)
            status, body = await people(one, "/api/v1/receipts", {**draft.body, **named}, draft.actor, correlation)
            assert (status, body["status"]) == (201, "recorded")
            await one.call("GET", "erp", f"/purchase-orders/{order['number']}")
            rows = one.world.recorder.rows()
            joined = [(row["txn_id"], row["flow"]) for row in rows if row["kind"] == "experiment"]
            assert joined == [("grn-000007", "receipt-to-grir")]
            requests = [row for row in rows if row["kind"] == "request" and row["node"] in {"erp", "procurement"}]
            assert [(row["txn_id"], row["txn_attr"]) for row in requests] == [("grn-000007", "corr")] * 3 + [("grn-000007", "parent")]

    asyncio.run(run())


def test_only_people_are_recognised_by_correlation() -> None:
    """A connector that passes a correlation id on must still be recognised by what it writes."""

    async def run() -> None:
        async with hand() as one:
            one.world.admit_people(prefix="load.", wave="load", role="load")
            await one.call("GET", "erp", "/periods?company_code=1000", X_Correlation_ID="load.US01.p2p-000009")
            assert [row for row in one.world.recorder.rows() if row["kind"] == "experiment"] == []

    asyncio.run(run())


def test_without_admission_nobody_joins() -> None:
    """A world that is not under load keeps people's documents apart from any run."""

    async def run() -> None:
        async with hand() as one:
            await requisition(one, "load.US01.p2p-000007")
            assert [row for row in one.world.recorder.rows() if row["kind"] == "experiment"] == []

    asyncio.run(run())


def test_people_are_not_rate_limited() -> None:
    """The limit is for API clients; a person who clicks a button is none."""

    async def run() -> None:
        async with hand(rate_limit_per_s=1) as one:
            await requisition(one, "x")
            statuses = [(await one.call("GET", "erp", "/periods?company_code=1000"))[0] for _ in range(3)]
            assert 429 in statuses

    asyncio.run(run())
