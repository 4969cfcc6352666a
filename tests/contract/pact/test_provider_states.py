"""Provider states through the control port: what each brings about, that it is undone, and when it is refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, get_args

import aiohttp
import pytest

from mocks.provider_states.desk import all_states, listing
from mocks.systems.bank.states import FileGiven
from mocks.systems.erp.invoices.states import SupplierInvoiceGiven
from mocks.systems.erp.payments.hand_states import PaidGiven
from mocks.systems.erp.payments.states import RunGiven
from mocks.systems.erp.states import GoodsReceiptGiven, PostingGiven
from mocks.systems.expense.states import ReportGiven
from mocks.systems.procurement.invoicing.states import InvoiceGiven
from mocks.systems.procurement.receiving.states import ReceiptGiven
from mocks.systems.procurement.states import RequisitionGiven
from mocks.systems.registry import SYSTEMS
from mocks.world import World, WorldConfig
from tests.shipped import CATALOG


class Desk:
    """The control port, and the three systems as a connector with the token `example-token` sees them."""

    def __init__(self, world: World, http: aiohttp.ClientSession) -> None:
        self.world = world
        self._http = http

    async def post(self, body: dict[str, Any], token: str | None = None) -> tuple[int, Any]:
        """POST /provider-state."""
        headers = {"Authorization": f"Bearer {token or self.world.control_token}"}
        async with self._http.post(f"{self.world.control_url}/provider-state", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def given(self, state: str, /, **params: Any) -> Any:
        """Set a state that must succeed; its values."""
        status, body = await self.post({"state": state, "params": params})
        assert status == 200, body
        return body

    async def get(self, system: str, path: str, *, same_books: bool = False) -> tuple[int, Any]:
        """A request of the connector. It was let in before when the books are those of the request before."""
        if not same_books:
            await self.given("the access token is valid")
        async with self._http.get(self.world.urls[system] + path, headers={"Authorization": "Bearer example-token"}) as answer:
            return answer.status, await answer.json()


def on_desk(body: Callable[[Desk], Awaitable[None]]) -> None:
    """Run this with a world."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Desk]:
        config = WorldConfig(seed=0, run_id="pact", history_path=None)
        async with World.open(config) as world, aiohttp.ClientSession() as http:
            yield Desk(world, http)

    async def run() -> None:
        async with opened() as desk:
            await body(desk)

    asyncio.run(run())


def test_every_state_works_by_its_name_alone() -> None:
    """Each has defaults for everything, and can be set after each other one."""

    async def body(desk: Desk) -> None:
        for name in all_states(CATALOG, SYSTEMS):
            await desk.given(name)
            assert await desk.post({"action": "teardown"}) == (200, {})
            assert await desk.post({"state": "", "action": "setup", "consumer": "x"}) == (200, {})

    on_desk(body)


def test_listing_is_served() -> None:
    """GET /provider-state shows every state with its parameters, defaults and choices."""

    async def body(desk: Desk) -> None:
        headers = {"Authorization": f"Bearer {desk.world.control_token}"}
        async with aiohttp.ClientSession() as http, http.get(f"{desk.world.control_url}/provider-state", headers=headers) as answer:
            assert (await answer.json())["items"] == json.loads(json.dumps(listing(CATALOG, SYSTEMS)))

    on_desk(body)


@pytest.mark.parametrize("entity", ["ACME-US", "ACME-DE", "ACME-JP"])
def test_requisitions(entity: str) -> None:
    """Every status can be had, in every entity, under the id and with the version that was asked for."""

    async def body(desk: Desk) -> None:
        for status in get_args(RequisitionGiven.__annotations__["status"]):
            await desk.given("a requisition exists", id="REQ-MINE-1", status=status, legal_entity=entity, version=9)
            code, found = await desk.get("procurement", "/api/v1/requisitions/REQ-MINE-1")
            assert (code, found["status"], found["version"], found["legalEntity"]) == (200, status, 9, entity)
            await desk.post({"action": "teardown"})

    on_desk(body)


@pytest.mark.parametrize("entity", ["ACME-US", "ACME-DE", "ACME-JP"])
def test_supplier_invoices(entity: str) -> None:
    """Every status can be had, in every entity, of an order and of none; and a supplier invoice of the ERP in each of its own."""

    async def body(desk: Desk) -> None:
        for status in get_args(InvoiceGiven.__annotations__["status"]):
            order = "45-mine" if status in {"approved", "posted"} else None
            named = {"purchase_order": order} if order else {}
            await desk.given("an invoice exists", id="INV-MINE-1", status=status, legal_entity=entity, version=9, **named)
            code, found = await desk.get("procurement", "/api/v1/invoices/INV-MINE-1")
            assert (code, found["status"], found["version"], found["legalEntity"]) == (200, status, 9, entity)
            assert found["purchaseOrder"] == order
            await desk.post({"action": "teardown"})
        company = {"ACME-US": "1000", "ACME-DE": "2000", "ACME-JP": "3000"}[entity]
        for status in get_args(SupplierInvoiceGiven.__annotations__["status"]):
            await desk.given("a supplier invoice exists", number="51-mine", company_code=company, status=status, version=9)
            code, found = await desk.get("erp", "/supplier-invoices/51-mine")
            assert (code, found["status"], found["version"], found["company_code"]) == (200, status, 9, company)
            await desk.post({"action": "teardown"})

    on_desk(body)


@pytest.mark.parametrize("entity", ["ACME-US", "ACME-DE", "ACME-JP"])
def test_receipts(entity: str) -> None:
    """Every status can be had, in every entity, of an order that is registered; and a goods receipt of the ERP in each of its own."""

    async def body(desk: Desk) -> None:
        for status in get_args(ReceiptGiven.__annotations__["status"]):
            await desk.given("a receipt exists", id="GRN-MINE-1", status=status, legal_entity=entity, version=9, purchase_order="45-mine")
            code, found = await desk.get("procurement", "/api/v1/receipts/GRN-MINE-1")
            assert (code, found["status"], found["version"], found["legalEntity"]) == (200, status, 9, entity)
            code, order = await desk.get("procurement", "/api/v1/orders/45-mine", same_books=True)
            assert (code, order["purchaseOrder"]) == (200, found["purchaseOrder"])
            await desk.post({"action": "teardown"})
        company = {"ACME-US": "1000", "ACME-DE": "2000", "ACME-JP": "3000"}[entity]
        for status in get_args(GoodsReceiptGiven.__annotations__["status"]):
            await desk.given("a goods receipt exists", number="50-mine", company_code=company, status=status, version=9)
            code, found = await desk.get("erp", "/goods-receipts/50-mine")
            assert (code, found["status"], found["version"], found["company_code"]) == (200, status, 9, company)
            await desk.post({"action": "teardown"})

    on_desk(body)


@pytest.mark.parametrize("company", ["1000", "2000", "3000"])
def test_invoices_paid_by_hand(company: str) -> None:
    """After the payment and after each word of the bank, in every company."""

    async def body(desk: Desk) -> None:
        for status in get_args(PaidGiven.__annotations__["status"]):
            await desk.given("an invoice is paid by hand", number="5100000815", company_code=company, status=status)
            code, found = await desk.get("erp", "/invoice-payments/5100000815")
            assert (code, found["status"], found["company_code"], found["external_ref"]) == (200, status, company, "EXAMPLE-PAID-1")
            await desk.post({"action": "teardown"})

    on_desk(body)


@pytest.mark.parametrize("company", ["1000", "2000", "3000"])
def test_payment_runs(company: str) -> None:
    """Every status can be had, in every company; one that the bank has spoken of names its file."""

    async def body(desk: Desk) -> None:
        for status in get_args(RunGiven.__annotations__["status"]):
            await desk.given("a payment run exists", number="PR-mine", company_code=company, status=status, bank_file_id="PF-mine")
            code, found = await desk.get("erp", "/payment-runs/PR-mine")
            assert (code, found["status"], found["company_code"]) == (200, status, company)
            assert found["bank_file_id"] == ("PF-mine" if status in {"acknowledged", "rejected"} else None)
            await desk.post({"action": "teardown"})

    on_desk(body)


def test_files_at_the_bank_from_an_account_of_its_own() -> None:
    """Every status can be had, also from an account that no company of the group has."""

    async def body(desk: Desk) -> None:
        for status in get_args(FileGiven.__annotations__["status"]):
            await desk.given("an account at the bank exists", account="DE02120300000000202051")
            wanted = {"file_id": "PF-mine", "message_id": "PR-mine", "account": "DE02120300000000202051"}
            await desk.given("a payment file exists at the bank", status=status, **wanted)
            code, found = await desk.get("bank", "/v1/payment-files/PF-mine")
            assert (code, found["status"], found["messageId"], found["debtorAccount"]) == (200, status, "PR-mine", wanted["account"])
            await desk.post({"action": "teardown"})

    on_desk(body)


def test_each_budget_has_a_cost_centre_of_its_own() -> None:
    """However many there are, and of whichever entity; and a state that cannot be is refused, not taken for another."""

    async def body(desk: Desk) -> None:
        many = len(desk.world.company.cost_centers_of("US01"))
        for entity in ("LE-US", *["LE-DE"] * (many - 1), *["LE-US"] * (many - 1)):
            await desk.given("a budget plan exists", entity=entity, status="draft")
        code, found = await desk.post({"state": "a budget plan exists", "params": {"entity": "LE-US"}})
        assert (code, found["detail"]) == (422, "entity: every cost centre of LE-US has a budget")

    on_desk(body)


@pytest.mark.parametrize("entity", ["10", "20", "30"])
def test_reports(entity: str) -> None:
    """Every state can be had, in every entity."""

    async def body(desk: Desk) -> None:
        for state in get_args(ReportGiven.__annotations__["state"]):
            await desk.given("an expense report exists", report_id="ER-MINE-1", state=state, entity_code=entity, version=9)
            code, found = await desk.get("expense", "/v2/reports/ER-MINE-1")
            assert (code, found["state"], found["version"], found["entity_code"]) == (200, state, 9, entity)
            await desk.post({"action": "teardown"})

    on_desk(body)


@pytest.mark.parametrize(
    ("state", "path", "undone"), [("an AP invoice", "ap-invoices", "voided"), ("a journal entry", "journal-entries", "reversed")]
)
def test_postings(state: str, path: str, undone: str) -> None:
    """Every status of a document and its job, in every company; the books stay balanced."""

    async def body(desk: Desk) -> None:
        for company in ("1000", "2000", "3000"):
            for status in get_args(PostingGiven.__annotations__["status"]):
                values = await desk.given(
                    f"{state} exists", number="N1", job_id="J1", external_ref="X", status=status, company_code=company
                )
                assert (values["number"], values["job_id"]) == ("N1", "J1")
                code, found = await desk.get("erp", f"/{path}/N1")
                assert (code, found["status"]) == (200, undone if status == "undone" else status)
                _, job = await desk.get("erp", "/jobs/J1", same_books=True)
                assert (job["document_number"], job["status"]) == ("N1", "posted" if status == "undone" else status)
                await desk.post({"action": "teardown"})

    on_desk(body)


def test_states_add_up_until_a_request_was_served() -> None:
    """Two states hold together for one request; the next state starts from new books, without a teardown."""

    async def body(desk: Desk) -> None:
        await desk.given("a supplier exists", vendor_id="V1")
        await desk.given("a period is closed", module="PO")
        assert (await desk.get("erp", "/suppliers/V1"))[0] == 200
        assert (await desk.get("erp", "/suppliers/V1"))[0] == 404  # `get` sets the token's state first: that was a new beginning
        periods = (await desk.get("erp", "/periods?company_code=1000"))[1]["items"]
        assert {each["status"] for each in periods if each["period"] == "2026-10"} == {"open"}

    on_desk(body)


def test_keys_tokens_limits_and_windows_are_taken_back() -> None:
    """What is not in the books is reset with them."""

    async def body(desk: Desk) -> None:
        mechanics = desk.world.mechanics
        await desk.given("the idempotency key was used for another payload")
        await desk.given("the access token has expired", token="example-token")
        await desk.given("the request limit is reached")
        await desk.given("the system is down for maintenance", system="expense")
        await desk.given("the client is registered")
        assert len(mechanics.idempotency) == 1
        await desk.post({"action": "teardown"})
        assert len(mechanics.idempotency) == 0
        assert mechanics.tokens.identify("example-token") is None
        assert mechanics.tokens.authenticate("example-client", "example-secret") is None
        assert mechanics.limiter is None
        assert mechanics.windows.listed() == []

    on_desk(body)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "a suplier exists"}, "did you mean 'a supplier exists'? There are: the access token is valid;"),
        ({"state": "a supplier exists", "params": {"vendor": "V1"}}, "It takes: vendor_id, company_code, status"),
        ({"state": "a supplier exists", "params": {"company_code": "9999"}}, "expected one of 1000, 2000, 3000"),
        ({"state": "a requisition exists", "params": {"version": 1}}, "a document in this status has version 3 or a later one"),
        ({"state": "an employee exists", "params": {"limit": "1"}}, "expected exactly 2 decimals"),
        ({"state": "the access token is valid", "params": {"scopes": ["root"]}}, "expected some of bank.act"),
        ({"state": "a requisition exists", "action": "begin"}, "Invalid enum value 'begin'"),
    ],
)
def test_mistakes(change: dict[str, Any], said: str) -> None:
    """422 with what came and what was expected."""

    async def body(desk: Desk) -> None:
        status, problem = await desk.post(change)
        assert (status, problem["code"]) == (422, "VALIDATION_FAILED")
        assert said in problem["detail"]

    on_desk(body)


def test_an_object_is_not_made_twice() -> None:
    """The same id in one interaction: 409, with the way out."""

    async def body(desk: Desk) -> None:
        for name, params in (("a requisition exists", {"id": "A"}), ("a purchase order exists", {"number": "4"})):
            await desk.given(name, **params)
            status, problem = await desk.post({"state": name, "params": params})
            assert (status, "send a teardown first" in problem["detail"]) == (409, True)

    on_desk(body)


def test_refused_without_the_token_and_while_transactions_are_open() -> None:
    """Nobody takes away the books of a verification."""

    async def body(desk: Desk) -> None:
        assert (await desk.post({"state": "a supplier exists"}, token="wrong"))[0] == 401
        desk.world.open_txn("t1", flow="requisition-to-po", wave="w", role="control", template="x", steps=(), detail="")
        for change in ({"state": "a supplier exists"}, {"action": "teardown"}):
            status, problem = await desk.post(change)
            assert (status, "plays a verification" in problem["detail"]) == (409, True)

    on_desk(body)
