"""What docs/connector-contract.md states in words, held against the mocks: keys, references, windows of polling, approvals, periods."""

import csv
import io
import re
from typing import Any, get_args

import aiohttp
import msgspec
import pytest

from mocks.systems.bank.models import FileStatus
from mocks.systems.erp.documents.registry import DOCUMENT_FILES
from mocks.systems.erp.payments.models import RunStatus
from mocks.systems.expense import reports
from mocks.systems.expense.models import State
from mocks.systems.procurement import requisitions
from mocks.systems.procurement.invoicing import invoices
from mocks.systems.procurement.invoicing.models import InvoiceState
from mocks.systems.procurement.models import Status
from mocks.systems.procurement.receiving import receipts
from mocks.systems.procurement.receiving.models import ReceiptStatus
from mocks.systems.procurement.suppliers.models import RequestStatus
from mocks.world import World
from tests.contract.connectors import members
from tests.contract.connectors.page import PAGE, with_members
from tests.contract.connectors.test_page_wire import (
    Call,
    approved_invoice,
    approved_report,
    approved_requisition,
    recorded_receipt,
    with_world,
)
from tests.shipped import CATALOG

TEXT = PAGE.read_text("utf-8")


def test_the_tables_of_members_are_the_published_documents() -> None:
    """Every member with its type and whether it is needed; `python -m tests.contract.connectors.page` writes them."""
    assert with_members(TEXT) == TEXT


@pytest.mark.parametrize("change", [{"taxCode": {"type": "string"}}, None])
def test_a_member_that_comes_or_goes_is_noticed(change, monkeypatch) -> None:
    """The tables cannot be written before members.yaml explains it."""
    schema = {**members.schemas("procurement")["Requisition"]}
    schema["properties"] = {**schema["properties"], **change} if change else {"id": {"type": "string"}}
    monkeypatch.setattr(members, "schemas", lambda _system: {"Requisition": schema})
    with pytest.raises(ValueError, match="taxCode" if change else "updatedAt"):
        members.tables()


def test_a_member_that_becomes_needed_is_noticed(monkeypatch) -> None:
    """The page is no longer what it should be."""
    others = ("procurement", "expense", "planning", "screening", "bank", "hr", "portal")
    schemas = {name: dict(members.schemas("erp"), **_with_required(name)) for name in ("erp", *others)}
    schemas |= {name: members.schemas(name) for name in others}
    monkeypatch.setattr(members, "schemas", schemas.__getitem__)
    assert with_members(TEXT) != TEXT


def _with_required(_system: str) -> dict[str, Any]:
    order = members.schemas("erp")["PurchaseOrderCreate"]
    return {"PurchaseOrderCreate": {**order, "required": [*order["required"], "external_ref"]}}


def test_every_state_stands_on_the_page() -> None:
    """Of all source documents, of documents and jobs of the ERP."""
    states = (*get_args(Status), *get_args(State), *get_args(ReceiptStatus), *get_args(InvoiceState), *get_args(RequestStatus))
    states = (*states, *get_args(RunStatus), *get_args(FileStatus))
    assert [state for state in states if f"`{state}`" not in TEXT] == []


def test_the_values_of_existing_status_are_those_that_hold_a_reference() -> None:
    """A rejected document holds none, and a reversal never had one. Each is adopted, or was undone; one of the bank is neither."""
    held = {status for file in DOCUMENT_FILES for pair, after in file.KIND.transitions.items() for status in (pair[0], after)} - {
        "rejected"
    }
    vendor = CATALOG.documents["vendor"].states
    held |= set(vendor)
    first, adopt, undone, bank, end = (
        TEXT.index(words)
        for words in (
            "`existing_status` is, of an order,",
            "Adopt what is",
            "what was undone (",
            "The bank names a file",
            "Build the reference",
        )
    )
    assert _named(first, adopt) == held
    kinds = (*(CATALOG.documents[file.KIND.name].states for file in DOCUMENT_FILES), vendor)
    dead = {state for states in kinds for state, meaning in states.items() if meaning == "dead"} & held
    assert (_named(adopt, undone), _named(undone, bank)) == (held - dead, dead)
    assert _named(bank, end) == set(get_args(FileStatus))


def _named(start: int, end: int) -> set[str]:
    return set(re.findall(r"`(\w+)`", TEXT[start:end])) - {"existing_status"}


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        (requisitions.FORM, "approved,returned,cancelled"),
        (reports.FORM, "approved,sent_back,recalled"),
        (receipts.FORM, "recorded,reversed"),
        (invoices.FORM, "approved,returned,cancelled"),
    ],
)
def test_a_poller_is_told_of_every_state_in_which_something_is_due(form, asked) -> None:
    """What may be booked, and where people can bring it from there: to be undone."""
    assert f"{form.status}={asked}`" in TEXT
    meaning = CATALOG.documents[form.kind].as_source
    due = {state for state, what in meaning.items() if what == "approved"}
    bookable = {state for state, what in meaning.items() if what in {"approved", "posted"}}
    steps = form.lifecycle.transitions.items()
    undone = {after for (state, _), after in steps if state in bookable and meaning[after] in {"open", "dead"}}
    assert {*due, *undone} == set(asked.split(","))


def order_of(world: World, requisition: Any, **more: Any) -> dict[str, Any]:
    """The body of a purchase order for this requisition."""
    rows = {name: list(csv.DictReader(io.StringIO(text))) for name, text in world.company.mappings().items()}
    company = next(row for row in rows["entities.csv"] if row["procurement_legal_entity"] == requisition["legalEntity"])["erp_company_code"]

    def of(file: str, column: str, value: str, target: str) -> str:
        found = [row for row in rows[file] if row[column] == value and row.get("erp_company_code", company) == company]
        on = requisition["requestedOn"]
        return str(next(row[target] for row in found if (row.get("valid_from") or "") <= on <= (row.get("valid_to") or "9999")))

    lines = [
        {
            "line_no": line["lineNo"],
            "text": line["description"],
            "quantity": line["quantity"],
            "unit_price": line["unitPrice"]["amount"],
            "amount": line["amount"]["amount"],
            "gl_account": of("purchase_categories.csv", "procurement_category", line["category"], "erp_gl_account"),
            "cost_center": of("cost_centers.csv", "procurement_cost_center", line["costCenter"], "erp_cost_center"),
        }
        for line in requisition["lines"]
    ]
    evidence = [
        {
            "step": step["step"],
            "approver": of("employees.csv", "procurement_user_id", step["approverId"], "erp_personnel_no"),
            "decided_at": step["decidedAt"],
            "source_document": requisition["id"],
        }
        for step in requisition["approvals"]
    ]
    return {
        "company_code": company,
        "vendor_id": of("suppliers.csv", "procurement_supplier_id", requisition["supplierId"], "erp_vendor_id"),
        "document_date": requisition["requestedOn"].replace("-", ""),
        "currency": requisition["currency"],
        "external_ref": f"{requisition['id']}/1",
        "lines": lines,
        "total": requisition["total"]["amount"],
        "approvals": evidence,
        **more,
    }


def test_keys_references_and_what_is_undone() -> None:
    """A refusal frees its key, also for another body; a cancelled order keeps its reference and says so."""

    async def story(world: World, call: Call) -> None:
        source = await call("GET", "procurement", f"/api/v1/requisitions/{approved_requisition(world)}")
        token = await _token(world)
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"}) as http:

            async def post(body: Any) -> tuple[int, Any, str | None]:
                async with http.post(f"{world.urls['erp']}/purchase-orders", json=body) as answer:
                    return answer.status, await answer.json(content_type=None), answer.headers.get("Idempotency-Replayed")

            refused = await post(order_of(world, source, approvals=[]))
            assert (refused[0], refused[1]["code"]) == (409, "APPROVAL_EVIDENCE_MISSING")
            status, made, replayed = await post(order_of(world, source))
            assert (status, replayed) == (201, None)
            assert (await post(order_of(world, source)))[2] == "true"
            assert (await post(order_of(world, source, total="1.00")))[1]["code"] == "IDEMPOTENCY_KEY_REUSED"
        again = await call("POST", "erp", "/purchase-orders", order_of(world, source))
        assert (again["code"], again["existing_id"], again["existing_status"]) == ("DUPLICATE_REFERENCE", made["number"], "created")
        await call("POST", "erp", f"/purchase-orders/{made['number']}/cancel", {"reason": "taken back"})
        assert (await call("POST", "erp", "/purchase-orders", order_of(world, source)))["existing_status"] == "cancelled"

    with_world(story)


def test_what_a_refusal_says_beside_its_code() -> None:
    """Where the document stands: its state, its revision, its version."""

    async def story(world: World, call: Call) -> None:
        path = f"/api/v1/requisitions/{approved_requisition(world)}/order"
        other = await call("PUT", "procurement", path, {"erpOrderNumber": "45", "erpStatus": "created", "revision": 7})
        assert (other["code"], other["current_revision"]) == ("VERSION_CONFLICT", 1)
        headers = {"Authorization": f"Bearer {await _token(world)}", "If-Match": '"99"'}
        url, body = f"{world.urls['procurement']}{path}", {"erpOrderNumber": "45", "erpStatus": "created"}
        async with aiohttp.ClientSession(headers=headers) as http, http.put(url, json=body) as answer:
            stale = await answer.json(content_type=None)
        assert (stale["code"], stale["current_version"] < 99) == ("PRECONDITION_FAILED", True)
        await call("PUT", "procurement", path, {"erpOrderNumber": "45", "erpStatus": "created"})
        again = await call("PUT", "procurement", path, {"erpOrderNumber": "46", "erpStatus": "created"})
        assert (again["code"], again["current_status"]) == ("INVALID_TRANSITION", "ordered")

    with_world(story)


KEEP_COPIES = ("procurement", "expense", "planning")
KEEP_PEOPLE = ("procurement", "expense")
Stale = dict[str, tuple[str, str, Any]]
"""Call point: method, path and body of a call whose object has moved on."""


def test_every_version_conflict_says_which_revision_is_the_current_one() -> None:
    """Of every operation that declares the code: a connector that reads the member finds it, whatever is numbered."""

    async def story(world: World, _call: Call) -> None:
        plan = world.provider_states.set("a budget plan exists", {})["plan_id"]
        request = world.provider_states.set("a supplier request exists", {})["id"]
        for system in KEEP_COPIES:
            world.provider_states.set(f"{system} has a copy of a master record", {"revision": 2})
        for system in KEEP_PEOPLE:
            world.provider_states.set(f"{system} has a copy of an employee", {"revision": 2})
        headers = {"Authorization": f"Bearer {await _token(world)}"}
        async with aiohttp.ClientSession(headers=headers) as http:

            async def send(system: str, method: str, path: str, body: Any = None) -> Any:
                async with http.request(method, world.urls[system] + path, json=body) as answer:
                    return await answer.json(content_type=None)

            stale = _written_back(world) | await _numbered(world, send, str(plan)) | await _copies(world, send)
            stale["procurement.supplier_request.record_vendor"] = (
                "PUT", f"/api/v1/supplier-requests/{request}/vendor", {"erpVendorId": "V3", "erpStatus": "active", "revision": 7},
            )  # fmt: skip
            said = {point: await send(point.split(".")[0], *sent) for point, sent in stale.items()}
        conflicts = {point: (answer.get("code"), type(answer.get("current_revision"))) for point, answer in said.items()}
        assert conflicts == dict.fromkeys(stale, ("VERSION_CONFLICT", int))
        assert {name for answer in said.values() for name in answer if name.startswith("current_")} == {"current_revision"}
        operations = [each for system in world.systems.values() for each in system.operations if each.kind != "actor"]
        assert {each.call_point for each in operations if "VERSION_CONFLICT" in each.errors} == set(stale)

    with_world(story)


def _written_back(world: World) -> Stale:
    """The ERP's word on a revision that there is not."""
    receipt, invoice = recorded_receipt(world), approved_invoice(world)
    paid = world.provider_states.set("an invoice exists", {"status": "posted", "payment": "paid", "payment_sequence": 2})["id"]
    sent = world.provider_states.set("a supplier has sent an invoice", {"payment": "paid", "payment_sequence": 2})["id"]
    goods, bill = {"erpReceiptNumber": "50", "revision": 7}, {"erpInvoiceNumber": "51", "revision": 7}
    report = {"erp_document": "19", "erp_document_type": "ap_invoice", "posted_on": "01/01/2026", "revision": 7}
    order = {"erpOrderNumber": "45", "erpStatus": "created", "revision": 7}
    return {
        "procurement.requisition.record_order": ("PUT", f"/api/v1/requisitions/{approved_requisition(world)}/order", order),
        "procurement.receipt.record_posting": ("PUT", f"/api/v1/receipts/{receipt}/posting", goods),
        "procurement.invoice.record_posting": ("PUT", f"/api/v1/invoices/{invoice}/posting", bill),
        "procurement.invoice.record_payment": ("PUT", f"/api/v1/invoices/{paid}/payment", {"status": "rejected", "sequence": 1}),
        "portal.invoice.record_payment": ("PUT", f"/v1/invoices/{sent}/payment", {"status": "payment_failed", "sequence": 1}),
        "expense.report.record_posting": ("PUT", f"/v2/reports/{approved_report(world)}/posting", report),
    }


async def _numbered(world: World, send: Call, plan: str) -> Stale:
    """An order, a budget and what is known of its consumption, each told something older than what it has."""
    center = next(each.erp_id for each in world.company.cost_centers if each.entity == "US01")
    line = {"line_no": 10, "text": "x", "quantity": "1", "unit_price": "10.00", "amount": "10.00", "gl_account": "5400"}
    content = {"lines": [{**line, "cost_center": center}], "total": "10.00", "source_revision": 5}
    vendor, boss = world.company.suppliers_of("US01")[0].erp_id, world.company.controller("US01").erp_id
    evidence = {"step": 1, "approver": boss, "decided_at": "2026-10-28T08:00:00Z", "source_document": "X"}
    today = f"{world.mechanics.business.now():%Y%m%d}"
    head = {"company_code": "1000", "currency": "USD", "vendor_id": vendor, "document_date": today, "approvals": [evidence]}
    order = await send("erp", "POST", "/purchase-orders", {**head, **content})
    change = {**content, "source_revision": 3, "reason": "x"}
    bucket = {"cost_center": center, "account_group": "54", "period": "2026-10", "amount": "100.00"}
    budget = {"company_code": "1000", "currency": "USD", "sequence": 2, "lines": [bucket]}
    await send("erp", "POST", "/budget-versions", budget)
    known = await send("planning", "GET", f"/plans/v1/budgets/{plan}")
    cost = {"account": known["lines"][0]["account"], "actual": "-1.00", "committed": "0.00"}
    spent = {"node": known["node"], "period": f"{known['fiscal-year']}-P10", "lines": [cost], "total": "-1.00"}
    spent |= {"currency": known["currency"], "target-version": "1000/2"}
    await send("planning", "PUT", "/plans/v1/consumption", {**spent, "as-of": "2026-10-28T08:00:00Z"})
    return {
        "erp.po.change": ("POST", f"/purchase-orders/{order['number']}/changes", change),
        "erp.budget_version.create": ("POST", "/budget-versions", budget),
        "planning.budget.record_publication": ("PUT", f"/plans/v1/budgets/{plan}/publication", {"sequence": 9, "outcome": "in-force"}),
        "planning.consumption.record": ("PUT", "/plans/v1/consumption", {**spent, "as-of": "2026-10-27T08:00:00Z"}),
    }


async def _copies(world: World, send: Call) -> Stale:
    """What each system's copy of a record says, as of a revision before it."""
    found: Stale = {}
    copies = [(system, "master_record", "MD00000017") for system in KEEP_COPIES]
    for system, kind, number in (*copies, *((system, "employee", "20000017") for system in KEEP_PEOPLE)):
        put = next(each for each in world.systems[system].operations if each.call_point == f"{system}.{kind}.put")
        path = re.sub(r"{\w+}", number, put.path)
        known = await send(system, "GET", path)
        names = [each.encode_name for each in msgspec.structs.fields(put.request)]
        found[put.call_point] = ("PUT", path, {name: 1 if "evision" in name else known[name] for name in names})
    return found


async def _token(world: World) -> str:
    form = {"grant_type": "client_credentials", "client_id": world.client_id, "client_secret": world.client_secret}
    async with aiohttp.ClientSession() as http, http.post(world.token_url, data=form) as answer:
        return str((await answer.json())["access_token"])


def test_windows_of_polling_and_approvals_that_were_taken_back() -> None:
    """The instant itself belongs to the window; what was taken back has reversed approvals, and what was written back."""

    async def story(world: World, call: Call) -> None:
        source = approved_requisition(world)
        before = await call("GET", "procurement", f"/api/v1/requisitions/{source}")
        found = await call("GET", "procurement", f"/api/v1/requisitions?status=approved&updatedSince={before['updatedAt']}")
        assert [item["id"] for item in found["items"]] == [source]
        await call("PUT", "procurement", f"/api/v1/requisitions/{source}/order", {"erpOrderNumber": "45", "erpStatus": "made at noon"})
        world.act(
            "procurement.requisition.reverse_approval",
            path={"id": source},
            body={"reason": "no"},
            actor=before["approvals"][-1]["approverId"],
        )
        after = await call("GET", "procurement", f"/api/v1/requisitions/{source}")
        assert (after["status"], after["erpOrder"]["status"]) == ("returned", "made at noon")
        assert [{**step, "decision": "approved"} for step in after["approvals"]] == before["approvals"]
        assert {step["decision"] for step in after["approvals"]} == {"reversed"}
        assert after["updatedAt"] > before["updatedAt"]

    with_world(story)


def test_a_report_that_is_sent_back_has_no_day_of_approval() -> None:
    """Its posting stays, until it is revised."""

    async def story(world: World, call: Call) -> None:
        source = approved_report(world)
        before = await call("GET", "expense", f"/v2/reports/{source}")
        body = {"erp_document": "19", "erp_document_type": "ap_invoice", "posted_on": "01/01/2026"}
        await call("PUT", "expense", f"/v2/reports/{source}/posting", body)
        approver = before["approvals"][-1]["approver_login"]
        world.act("expense.report.send_back", path={"report_id": source}, body={"reason": "no"}, actor=approver)
        after = await call("GET", "expense", f"/v2/reports/{source}")
        assert (after["state"], after["approved_on"], after["posting"]["posted_on"]) == ("sent_back", None, "01/01/2026")
        assert {step["decision"] for step in after["approvals"]} == {"reversed"}

    with_world(story)


def test_a_closed_period_names_itself_and_the_open_ones_are_listed() -> None:
    """The refusal carries period and module; the list goes from two months back to two ahead."""

    async def story(world: World, call: Call) -> None:
        source = await call("GET", "procurement", f"/api/v1/requisitions/{approved_requisition(world)}")
        refused = await call("POST", "erp", "/purchase-orders", order_of(world, source, document_date="20250115"))
        assert (refused["code"], refused["period"], refused["module"]) == ("PERIOD_CLOSED", "2025-01", "PO")
        listed = (await call("GET", "erp", "/periods?company_code=1000"))["items"]
        assert len({item["period"] for item in listed}) == 5
        assert {item["status"] for item in listed} <= {"open", "closed", "future"}

    with_world(story)
