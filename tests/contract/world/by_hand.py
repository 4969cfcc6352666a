"""A connector's happy path written by hand, one step after another, with the crosswalks as its only knowledge."""

import contextlib
import csv
import io
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec

from contracts.catalog import load_minor_units
from mocks.world import World, WorldConfig

P2P, EXP = "requisition-to-po", "expense-to-posting"


def config(**changes: Any) -> WorldConfig:
    """A small world in memory."""
    base = {"seed": 7, "run_id": "r7k2a", "history_path": None, "minted": 4, "posting_delay_ms": 10, "client_timeout_ms": 400}
    return WorldConfig(**{**base, "late_commit_ms": 50, "webhook_schedule_ms": (0, 30, 60), **changes})


SHORT = aiohttp.ClientTimeout(total=0.5)
PATIENT = aiohttp.ClientTimeout(total=20)  # nothing is held at the token endpoint here: a machine that is late is no reason to fail


class Hand:
    """The hand that writes to the world's systems."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self.world = world
        self._session = session
        self._token = ""
        self.tables = {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(text))) for name, text in world.company.mappings().items()
        }

    async def login(self) -> None:
        """A new token."""
        form = {"grant_type": "client_credentials", "client_id": self.world.client_id, "client_secret": self.world.client_secret}
        async with self._session.post(self.world.token_url, data=form, timeout=PATIENT) as answer:
            self._token = (await answer.json())["access_token"]

    async def ask_token(self, credentials: dict[str, str]) -> tuple[int, str | None]:
        """Status and error of the token endpoint for these."""
        form = {"grant_type": "client_credentials", **credentials}
        async with self._session.post(self.world.token_url, data=form, timeout=PATIENT) as answer:
            return answer.status, (await answer.json(content_type=None)).get("error")

    async def call(self, method: str, system: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        """One request; answers status, headers (lower case), body."""
        sent = {"Authorization": f"Bearer {self._token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self._session.request(method, self.world.urls[system] + path, json=body, headers=sent) as answer:
            raw = await answer.read()
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, msgspec.json.decode(raw) if raw else None

    def look(self, table: str, wanted: str, *, on: str = "9999", **where: str) -> str:
        """One value of a crosswalk, of the rule that holds on that ISO day: the newest one when it is left out."""
        return next(
            row[wanted]
            for row in self.tables[table]
            if all(row[name] == value for name, value in where.items())
            and (row.get("valid_from") or "") <= on <= (row.get("valid_to") or "9999")
        )

    # --- people

    def requisition(self, txn_id: str, entity: str = "US01", amount: int = 98_000, steps: tuple[Any, ...] = (), **given: Any) -> str:
        """An approved requisition; answers its id."""
        draft = self.world.company.draft_requisition(entity, txn_id, amount, **given)
        self._open(txn_id, P2P, entity, steps)
        body = self.world.act("procurement.requisition.create", body=draft.body, actor=draft.actor, txn_id=txn_id).body
        self.world.bind(txn_id, source_id=body.id, amount=(draft.amount_minor, draft.currency), keys=draft.keys)
        path = {"id": body.id}
        self.world.act("procurement.requisition.submit", path=path, actor=draft.actor, txn_id=txn_id)
        for approver in draft.approvers:
            self.world.act("procurement.requisition.approve", path=path, body={}, actor=approver, txn_id=txn_id)
        return str(body.id)

    def report(self, txn_id: str, entity: str = "US01", amount: int = 12_345, steps: tuple[Any, ...] = ()) -> str:
        """An approved expense report; answers its id."""
        draft = self.world.company.draft_expense_report(entity, txn_id, amount)
        self._open(txn_id, EXP, entity, steps)
        body = self.world.act("expense.report.create", body=draft.body, actor=draft.actor, txn_id=txn_id).body
        self.world.bind(txn_id, source_id=body.report_id, amount=(draft.amount_minor, draft.currency), keys=draft.keys)
        path = {"report_id": body.report_id}
        self.world.act("expense.report.submit", path=path, actor=draft.actor, txn_id=txn_id)
        for approver in draft.approvers:
            self.world.act("expense.report.approve", path=path, body={}, actor=approver, txn_id=txn_id)
        return str(body.report_id)

    def _open(self, txn_id: str, flow: str, entity: str, steps: tuple[Any, ...]) -> None:
        self.world.open_txn(txn_id, flow=flow, wave="w", role="baseline", template=f"{flow}/{entity}", steps=steps, detail="by hand")

    # --- the connector

    def order_of(self, req: dict[str, Any]) -> dict[str, Any]:
        """The purchase order that a requisition asks for."""
        company = self.look("entities", "erp_company_code", procurement_legal_entity=req["legalEntity"])
        lines = [
            {
                "line_no": line["lineNo"] * 10,
                "text": line["description"],
                "quantity": line["quantity"],
                "unit_price": line["unitPrice"]["amount"],
                "amount": line["amount"]["amount"],
                "gl_account": self.look(
                    "purchase_categories", "erp_gl_account", on=req["requestedOn"], procurement_category=line["category"]
                ),
                "cost_center": self.look(
                    "cost_centers", "erp_cost_center", procurement_cost_center=line["costCenter"], erp_company_code=company
                ),
            }
            for line in req["lines"]
        ]
        people = [
            (each["step"], self.look("employees", "erp_personnel_no", procurement_user_id=each["approverId"]), each["decidedAt"])
            for each in req["approvals"]
        ]
        return {
            "company_code": company,
            "vendor_id": self.look("suppliers", "erp_vendor_id", procurement_supplier_id=req["supplierId"], erp_company_code=company),
            "document_date": "20261028",
            "currency": req["currency"],
            "external_ref": req["id"],
            "source_revision": req["revision"],
            "lines": lines,
            "total": req["total"]["amount"],
            "approvals": [{"step": s, "approver": who, "decided_at": at, "source_document": req["id"]} for s, who, at in people],
        }

    def invoice_of(self, report: dict[str, Any]) -> dict[str, Any]:
        """The AP invoice of a report of an entity with that route."""
        company = self.look("entities", "erp_company_code", expense_entity_code=report["entity_code"])
        money = money_of(report["currency"])
        lines = [
            {
                "line_no": line["line_no"],
                "gl_account": self.look(
                    "expense_categories",
                    "erp_gl_account",
                    on="-".join(reversed(line["spent_on"].split("/"))),
                    expense_category=line["category"],
                    erp_company_code=company,
                ),
                "cost_center": self.look(
                    "cost_centers", "erp_cost_center", expense_cost_object=line["cost_object"], erp_company_code=company
                ),
                "net_amount": money(line["amount_minor"] - line["tax_minor"]),
                "tax_amount": money(line["tax_minor"]),
                "payment_type": line["payment_type"],
                "text": line["description"],
            }
            for line in report["lines"]
        ]
        return {
            "company_code": company,
            "personnel_no": self.look("employees", "erp_personnel_no", expense_login=report["employee_login"]),
            "document_date": "20261028",
            "posting_date": "20261028",
            "currency": report["currency"],
            "external_ref": report["report_id"],
            "source_revision": report["revision"],
            "text": report["title"],
            "lines": lines,
            "total": money(report["total_minor"]),
            "approvals": self._approvals(report),
        }

    def journal_of(self, report: dict[str, Any]) -> dict[str, Any]:
        """The journal of a report of an entity with that route."""
        invoice = self.invoice_of(report)
        money = money_of(report["currency"])
        tax, card, payroll = (
            self.look("accounts", "erp_gl_account", purpose=name) for name in ("input_tax", "card_clearing", "payroll_clearing")
        )
        lines: list[dict[str, Any]] = []

        def add(account: str, debit: Decimal, credit: Decimal, **more: Any) -> None:
            digits = load_minor_units()[report["currency"]]
            lines.append(
                {
                    "line_no": len(lines) + 1,
                    "gl_account": account,
                    "debit": f"{debit:.{digits}f}",
                    "credit": f"{credit:.{digits}f}",
                    "text": "x",
                    **more,
                }
            )

        zero = Decimal(0)
        for line, source in zip(invoice["lines"], report["lines"], strict=True):
            add(line["gl_account"], Decimal(line["net_amount"]), zero, cost_center=line["cost_center"])
            if source["tax_minor"]:
                add(tax, Decimal(line["tax_amount"]), zero)
            add(
                card if source["payment_type"] == "company_card" else payroll,
                zero,
                Decimal(money(source["amount_minor"])),
                personnel_no=invoice["personnel_no"],
            )
        kept = ("company_code", "document_date", "posting_date", "currency", "external_ref", "source_revision", "text", "approvals")
        return {**{name: invoice[name] for name in kept}, "lines": lines}

    def _approvals(self, report: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "step": each["step"],
                "approver": self.look("employees", "erp_personnel_no", expense_login=each["approver_login"]),
                "decided_at": each["decided_at"],
                "source_document": report["report_id"],
            }
            for each in report["approvals"]
        ]


def money_of(currency: str) -> Any:
    """Minor units as decimal text of this currency."""
    digits = load_minor_units()[currency]
    return lambda minor: f"{Decimal(minor).scaleb(-digits):.{digits}f}"


@contextlib.asynccontextmanager
async def hand(patience: aiohttp.ClientTimeout = SHORT, **changes: Any) -> AsyncIterator[Hand]:
    """An open world and a hand that is logged in. patience: for each request; short, where an answer is held back."""
    async with World.open(config(**changes)) as world, aiohttp.ClientSession(timeout=patience) as session:
        one = Hand(world, session)
        await one.login()
        yield one


def rows(world: World, *kinds: str) -> list[dict[str, Any]]:
    """Rows of the history, of these kinds."""
    return [row for row in world.recorder.rows() if not kinds or row["kind"] in kinds]
