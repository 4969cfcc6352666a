"""Each kind of flow, played: people act in a world of the tests' own systems, a connector answers over HTTP, the history is judged.

Once with a right connector, once with each thing that may go wrong.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from contracts.catalog import Catalog
from harness.judge import Verdict, judge
from mocks.kit.asking import Question
from mocks.world import World
from tests.contract.world.by_hand import Hand, config
from tests.own_world.catalogue import own_catalog
from tests.own_world.shelves import TYPES

DAY, PERIOD = "20261028", "2026-10"
RIGHT = ""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return own_catalog(tmp_path_factory.mktemp("contracts"))


class Scene:
    """One world, its people and its connector. wrong: what this connector does not do right."""

    def __init__(self, one: Hand, wrong: str) -> None:
        self.one, self.world, self.wrong = one, one.world, wrong
        self.center = one.tables["cost_centers"][0]
        self.supplier = next(row for row in one.tables["suppliers"] if row["erp_company_code"] == "1000")
        self.account = one.look("purchase_categories", "erp_gl_account", procurement_category="IT_HARDWARE")

    def begin(self, txn_id: str, flow: str) -> None:
        """A transaction without faults."""
        self.world.open_txn(txn_id, flow=flow, wave="w", role="baseline", template=f"{flow}/US01", steps=(), detail="by hand")

    def person(self, txn_id: str, point: str, source: str, state: str, **body: Any) -> None:
        """Somebody writes a record."""
        self.world.bind(txn_id, source_id=source)
        self.world.act(point, body={"id": source, "state": state, **body}, actor="P1", txn_id=txn_id)

    async def write(self, point: str, body: dict[str, Any]) -> None:
        """The connector writes."""
        key = f"{point}.{body['id']}.{body['state']}".replace(" ", "-")
        path = "/" + point.replace(".", "/")
        status, _, answer = await self.one.call("POST", point.split(".", maxsplit=1)[0], path, body, Idempotency_Key=key)
        assert status < 300, answer

    async def read(self, point: str, source: str) -> Any:
        """The connector reads."""
        status, _, answer = await self.one.call("GET", point.split(".", maxsplit=1)[0], "/" + point.replace(".", "/") + f"/{source}")
        assert status == 200, answer
        return answer

    def source(self, *amounts: int) -> dict[str, Any]:
        """The content of a receipt."""
        lines = [{"amount_minor": n, "category": "IT_HARDWARE", "cost_center": self.center["procurement_cost_center"]} for n in amounts]
        head = {"amount_minor": sum(amounts), "currency": "USD", "company": "ACME-US", "party": self.supplier["procurement_supplier_id"]}
        return {**head, "lines": lines}

    def posting(self, number: str, source: str | None, amount: int, **more: Any) -> dict[str, Any]:
        """What the connector posts for it."""
        cost = {"amount_minor": amount, "account": self.account, "cost_center": self.center["erp_cost_center"]}
        lines = [cost, {"amount_minor": -amount, "account": "2100"}]
        head = {"amount_minor": amount, "currency": "USD", "company": "1000", "period": PERIOD, "party": self.supplier["erp_vendor_id"]}
        return {"id": number, "state": "posted", "source": source, "src_version": 1, **head, "lines": lines, **more}


async def one_for_one(it: Scene) -> None:
    """A receipt becomes one posting."""
    it.begin("arr-1", "arrival-to-grir")
    it.person("arr-1", "procurement.arrival.create", "GR-1", "received", **it.source(70_000, 28_000))
    await it.read("procurement.arrival.read", "GR-1")
    await it.write("erp.grir.create", it.posting("50-1", "GR-1", 98_000))
    if it.wrong == "posts twice":
        await it.write("erp.grir.create", it.posting("50-2", "GR-1", 98_000))


async def one_per_line(it: Scene) -> None:
    """A delivery of two lines becomes two postings."""
    it.begin("dlv-1", "delivery-by-line")
    it.person("dlv-1", "procurement.delivery.create", "DL-1", "received", **it.source(30_000, 40_000))
    await it.write("erp.stock.create", it.posting("53-1", "DL-1", 30_000, src_line="1"))
    if it.wrong != "leaves a line out":
        await it.write("erp.stock.create", it.posting("53-2", "DL-1", 40_000, src_line="2"))


async def covers_many(it: Scene) -> None:
    """Three charges are one summary journal."""
    names = [f"CC-{number}" for number in (1, 2, 3)]
    for number, name in enumerate(names, 1):
        it.begin(f"crd-{number}", "cards-to-journal")
        it.person(f"crd-{number}", "expense.charge.account", name, "accounted", amount_minor=1000 + number, currency="USD")
    covered = names[:2] if it.wrong == "leaves a source out" else names
    await it.write("erp.summary.create", it.posting("54-1", None, 3006, covers=" ".join(covered), src_version=None))
    for name in names:
        await it.write("expense.charge.clear", {"id": name, "state": "cleared", "source": name, "src_version": 1})


async def none(it: Scene) -> None:
    """An order without a price is refused, and nothing is posted."""
    it.begin("unp-1", "unpriced-to-refusal")
    it.person("unp-1", "procurement.unpriced.create", "UN-1", "released", amount_minor=500, currency="USD")
    if it.wrong == "posts what is refused":
        await it.write("erp.stock.create", it.posting("53-9", "UN-1", 500))
    await it.write("procurement.unpriced.refuse", {"id": "UN-1", "state": "refused", "source": "UN-1", "src_version": 1})


async def state(it: Scene) -> None:
    """A supplier record changes twice; both targets end with the second version."""
    it.begin("sup-1", "supplier-copies")
    versions = ("active", "blocked")
    for version in versions:
        it.person("sup-1", "erp.vendor.change", "V-1", version, company="ACME-US")
    told = await it.read("erp.vendor.read", "V-1")
    late = told["version"] - 1 if it.wrong == "keeps an old version" else told["version"]
    for point, company in (("procurement.supplier_copy.write", "1000"), ("expense.holder.write", None)):
        copy = {"id": f"copy-of-V-1-in-{point}", "state": versions[late - 1], "source": "V-1", "src_version": late}
        await it.write(point, {**copy, "company": company} if company else copy)


async def status(it: Scene) -> None:
    """A payment is sent and cleared, and whoever waits is told both."""
    it.begin("pay-1", "payment-news")
    news = {"sent": "underway", "cleared": "paid"}
    for payment in ("proposed", "sent", "cleared"):
        it.person("pay-1", "erp.payment.change", "PM-1", payment, amount_minor=5000, currency="USD")
        seen = await it.read("erp.payment.read", "PM-1")
        if seen["state"] in news:
            word = "failed" if it.wrong == "tells what is not true" and seen["state"] == "cleared" else news[seen["state"]]
            await it.write("procurement.payment_news.write", {"id": "news-of-PM-1", "state": word, "source": "PM-1"})


async def query(it: Scene) -> None:
    """A person waits for an answer: is there budget?"""
    it.begin("bud-1", "budget-check")
    it.person("bud-1", "procurement.requisition.create", "RQ-1", "draft")
    it.person("bud-1", "erp.budget.change", "BL-1", "open")

    async def answer(request: web.Request) -> web.Response:
        asked = await request.json()
        looked = await it.read("erp.budget.read", asked["id"])
        hold = {"id": "BH-1", "source": "RQ-1", "amount_minor": 700, "currency": "USD"}
        await it.write("erp.hold.create", {**hold, "state": "held"})
        if it.wrong != "leaves a reservation":
            await it.write("erp.hold.release", {**hold, "state": "released"})
        right = "available" if looked["state"] == "open" else "exhausted"
        return web.json_response({"answer": "exhausted" if it.wrong == "answers what is not true" else right})

    async with _served(answer) as url:
        it.world.answers_at(url, {})
        question = Question("ask.budget", "procurement", "budget_line", "BL-1", "bud-1", 2000)
        assert (await it.world.ask(question)).word is not None


@contextlib.asynccontextmanager
async def _served(handler: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/check", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/check"
    finally:
        await runner.cleanup()


def played(catalog: Catalog, folder: Path, play: Callable[[Scene], Awaitable[None]], wrong: str) -> Verdict:
    """One story in a world of its own, judged."""
    folder.mkdir()

    async def run() -> dict[str, str]:
        made = config(history_path=folder / "history.ndjson")
        async with World.open(made, catalog=catalog, types=TYPES) as world, aiohttp.ClientSession() as session:
            one = Hand(world, session)
            await one.login()
            await play(Scene(one, wrong))
            world.set_phase("quiesce-at-last")
            for moment in ("begin", "end"):
                world.record("quiet", state=moment)
            world.set_phase("final")
            world.final_views()
            return dict(world.company.mappings())

    for name, text in asyncio.run(run()).items():
        (folder / "mappings").mkdir(exist_ok=True)
        (folder / "mappings" / name).write_text(text)
    connector = {"name": "by hand", "capabilities": {"parked": "http", "redrive": True}, "gives_up_after": 10, "period_closed": "park"}
    head = {"schema": 1, "run_id": "r7k2a", "seed": 7, "scenario": {"name": "own"}, "status": "complete", "why": None}
    (folder / "manifest.json").write_text(json.dumps({**head, "connector": connector}))
    begun = [row for line in (folder / "history.ndjson").read_text().splitlines() if (row := json.loads(line))["kind"] == "experiment"]
    experiments = [{name: row[name] for name in ("txn_id", "flow", "role", "template")} for row in begun]
    (folder / "plan.json").write_text(json.dumps({"schema": 1, "experiments": experiments, "cells": []}))
    return judge(folder, catalog)


KINDS = {
    "one": (one_for_one, "arrival-to-grir", "C01"),
    "one_per_line": (one_per_line, "delivery-by-line", "C03"),
    "covers_many": (covers_many, "cards-to-journal", "C03"),
    "none": (none, "unpriced-to-refusal", "C21"),
    "state": (state, "supplier-copies", "R01"),
    "status": (status, "payment-news", "N01"),
    "query": (query, "budget-check", "Q02"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_connector_passes_and_was_looked_at(catalog: Catalog, tmp_path: Path, kind: str) -> None:
    """And the rule that is about this kind examined something of this flow."""
    play, flow, rule = KINDS[kind]
    verdict = played(catalog, tmp_path / "run", play, RIGHT)
    assert [entry for entry in verdict.invariants if entry["status"] in ("violated", "error")] == []
    assert verdict.verdict == "pass", verdict.reasons
    assert next(entry for entry in verdict.invariants if entry["id"] == rule)["by_flow"][flow]["candidates"] > 0


WRONG = (
    ("one", "posts twice", "C01"),
    ("one_per_line", "leaves a line out", "C03"),
    ("covers_many", "leaves a source out", "C03"),
    ("none", "posts what is refused", "C21"),
    ("state", "keeps an old version", "R01"),
    ("status", "tells what is not true", "N03"),
    ("query", "answers what is not true", "Q02"),
    ("query", "leaves a reservation", "Q04"),
)


@pytest.mark.parametrize(("kind", "wrong", "rule"), WRONG)
def test_a_wrong_connector_is_found(catalog: Catalog, tmp_path: Path, kind: str, wrong: str, rule: str) -> None:
    """By the rule that is for it."""
    verdict = played(catalog, tmp_path / "run", KINDS[kind][0], wrong)
    assert verdict.verdict == "fail"
    assert rule in {entry["id"] for entry in verdict.invariants if entry["status"] == "violated"}
