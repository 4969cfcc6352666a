"""What the ERP tells the history of its books is enough to reconcile them: orders, spending, and what is open with suppliers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts.catalog import load_catalog
from harness.judge import closing_as_of
from harness.judge.synthetic import Scribe
from mocks.systems.erp.accruals.desk import ACCRUED
from mocks.systems.erp.clearing import GR_IR
from mocks.systems.erp.payables import AP_TRADE
from tests.unit.company.play import World
from tests.unit.erp.bills import BOSS, bill, cost_line, order, order_line, receive, taken
from tests.unit.judge.history_builder import written
from tests.unit.judge.one_question import answer

RULES = ("C09", "C10", "C11", "B02", "B03", "B04", "B05")
TEN = 10_000  # minor units of one


def told(one: World) -> Scribe:
    """Everything that it did, as a history."""
    scribe = Scribe("t1")
    scribe.begin()
    for effect in one.effects:
        scribe.row("commit", "erp", **{name: value for name, value in msgspec.structs.asdict(effect).items() if value is not None})
    scribe.row("read_view", "erp", txn_id="none", entity_type="purchase_order", entity_id="none", state="created")
    scribe.end()
    return scribe


def ended(one: World, number: str, how: str) -> None:
    """An order is over."""
    one.call(f"erp.po.{how}", {"reason": "over"}, path={"number": number}, actor=BOSS)


def play(one: World) -> int:
    """Orders that were received, invoiced, taken back, changed their minds or ended, in every order of these; how many."""
    in_part, whole, early, back, service, gone, shut, voided = (order(one, account="5300" if at == 4 else "5400") for at in range(8))
    receive(one, in_part, "4.125")
    taken(one, bill(order_line(in_part, 2, TEN), supplier_reference="A"))
    receive(one, whole, "3")
    receive(one, whole, "7")
    taken(one, bill(order_line(whole, 10, TEN), supplier_reference="B"))
    taken(one, bill(order_line(early, 5, TEN), supplier_reference="C"))
    receive(one, early, "5")
    one.call("erp.gr.reverse", {"reason": "damaged"}, path={"number": receive(one, back, "6")})
    receive(one, back, "2")
    taken(one, bill(order_line(service, 6, TEN), supplier_reference="D"))
    ended(one, gone, "cancel")
    receive(one, shut, "3")
    ended(one, shut, "final_close")
    receive(one, voided, "8")
    wrong = taken(one, bill(order_line(voided, 8, TEN), supplier_reference="E"))
    one.call("erp.supplier_invoice.void", {"reason": "wrong"}, path={"number": wrong.number})
    taken(one, bill(cost_line(5_000), supplier_reference="F"))
    return 8


@pytest.mark.parametrize("policy", ["receipt", "invoice"])
def test_the_history_reconciles(policy: Any, tmp_path: Path) -> None:
    """Whether receipts or invoices end a commitment; the rules examine the same and find nothing."""
    one = World()
    companies = one.erp.core.master.companies
    companies["2000"] = replace(companies["2000"], matching=replace(companies["2000"].matching, relief=policy))
    orders = play(one)
    document = closing_as_of(written(told(one), tmp_path / "books"), load_catalog())
    said = {each["id"]: each for each in document["reconciliations"]}
    assert [said[name]["rows"] for name in ("commitments", "posted-actuals")] == [[], []]
    assert said["commitments"]["compared"] == orders
    assert said["posted-actuals"]["compared"] > 0
    assert document["gr_ir"]["lines"] >= orders - 2
    for rule in RULES:
        found = answer(rule, told(one), tmp_path / rule)
        assert (rule, found.rows) == (rule, ())
        assert found.candidates > 0, rule


def test_the_accounts_are_those_that_are_declared() -> None:
    """contracts/systems.yaml says which account has which part in what is reconciled."""
    assert load_catalog().systems["erp"].accounts == {"gr_ir": GR_IR, "trade_payables": AP_TRADE, "accrued": ACCRUED}
