"""What becomes of a purchase order after it was placed: change orders, cancellation of the rest, closing, closing for good."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.company.play import APPROVALS, COMPANY, World, order_body
from tests.unit.erp.test_budget import version_body
from tests.unit.erp.test_receipts import CENTER, DE, figures, receipt_body, received

OTHER = COMPANY.cost_centers_of("DE01")[1].erp_id
BOSS = [{**APPROVALS[0], "approver": COMPANY.controller("DE01").erp_id, "source_document": "REQ-T-1"}]
LINE = {
    "line_no": 10,
    "text": "Paper",
    "quantity": "10",
    "unit_price": "98.00",
    "amount": "980.00",
    "gl_account": "5400",
    "cost_center": CENTER,
}


def change_body(revision: int = 2, quantity: str = "10", price: str = "100.00", amount: str = "1000.00", **members: Any) -> dict[str, Any]:
    """The order with one line of this much."""
    line = {**LINE, "quantity": quantity, "unit_price": price, "amount": amount}
    return {"source_revision": revision, "reason": "dearer", "lines": [line], "total": amount, **members}


def placed(one: World, **members: Any) -> dict[str, str]:
    """The path of an order of ten at 98.00."""
    order = one.call("erp.po.create", order_body("DE01", **{"source_revision": 1, **members})).body
    return {"number": order.number}


def with_second(quantity: str = "2", amount: str = "20.00", **members: Any) -> list[dict[str, Any]]:
    """The order's line and another one at 10.00."""
    return [LINE, {**LINE, "line_no": 20, "quantity": quantity, "unit_price": "10.00", "amount": amount, **members}]


def memo(one: World) -> int:
    """What the memo ledger says is encumbered."""
    return one.erp.core.ledger.balance(DE.erp_company, "9200")


@pytest.mark.requirement("R03.06")
def test_a_change_moves_the_encumbrance_by_the_difference() -> None:
    """PST-P04, up and down; the history has the order's new content, its changed line, the memo entry and the movement of the budget."""
    one = World()
    path = placed(one)
    before = len(one.effects)
    order = one.call("erp.po.change", change_body(), path=path, if_match=1)
    assert (order.body.status, order.body.revision, order.body.version, order.body.total) == ("created", 2, 2, "1000.00")
    assert (figures(one)[0], memo(one)) == ("1000.00", 100_000)
    rows = [(each.entity_type, each.effect, each.version, each.src_version, each.amount_minor) for each in one.effects[before:]]
    assert rows == [
        ("purchase_order", "update", 2, 2, 100_000),
        ("order_line", "update", None, None, 100_000),
        ("journal_line", "create", None, None, 2_000),
        ("journal_line", "create", None, None, -2_000),
        ("budget_movement", "create", None, None, 2_000),
    ]
    less = one.call("erp.po.change", change_body(7, "4", amount="400.00"), path=path).body
    assert (less.source_revision, less.revision, figures(one)[0], memo(one)) == (7, 3, "400.00", 40_000)


def test_the_same_change_again_changes_nothing_and_an_older_one_is_stale() -> None:
    """Also when If-Match is of before the change, and when the order is closed meanwhile."""
    one = World()
    path = placed(one)
    done = one.call("erp.po.change", change_body(3), path=path, if_match=1)
    again = one.call("erp.po.change", change_body(3), path=path, if_match=1)
    assert (again.body, again.version, again.effects) == (done.body, 2, ())
    for revision in (3, 2, 1):
        assert one.refused("erp.po.change", change_body(revision, "9", amount="900.00"), path=path) == "VERSION_CONFLICT"
    assert one.refused("erp.po.change", change_body(4), path=path, if_match=1) == "PRECONDITION_FAILED"
    one.call("erp.po.final_close", {"reason": "x"}, path=path)
    assert one.call("erp.po.change", change_body(3), path=path).body.status == "finally_closed"
    assert one.refused("erp.po.change", change_body(4), path=path) == "INVALID_TRANSITION"


def test_lines_are_added_and_cancelled() -> None:
    """A line that is left out stays, marked, with nothing of it ordered; its number is not given away again."""
    one = World()
    path = placed(one)
    order = one.call("erp.po.change", change_body(2, lines=with_second(), total="1000.00"), path=path).body
    assert [(line.line_no, line.quantity) for line in order.lines] == [(10, "10"), (20, "2")]
    second = [{**LINE, "line_no": 20, "quantity": "2", "unit_price": "10.00", "amount": "20.00"}]
    order = one.call("erp.po.change", change_body(3, lines=second, total="20.00"), path=path).body
    assert [(line.line_no, line.quantity, line.amount, line.cancelled_quantity) for line in order.lines] == [
        (10, "0", "0.00", "10"),
        (20, "2", "20.00", "0"),
    ]
    assert (order.total, figures(one)[0], memo(one)) == ("20.00", "20.00", 2_000)
    assert one.refused("erp.po.change", change_body(4, lines=with_second(), total="1000.00"), path=path) == "INVALID_TRANSITION"
    assert one.refused("erp.gr.create", receipt_body("1"), path=path) == "QUANTITY_EXCEEDED"
    names = [(each.entity_id.rsplit("/")[1], each.effect) for each in one.effects if each.entity_type == "order_line"]
    assert names == [("L1", "create"), ("L2", "create"), ("L1", "update")]


def test_what_was_delivered_keeps_its_value() -> None:
    """Six are here at 98.00; the four that follow come at 100.00, and what is taken back is owed at today's price."""
    one = World()
    path = placed(one)
    first = received(one, path["number"])
    one.call("erp.po.change", change_body(), path=path)
    assert figures(one) == ("400.00", "588.00", "588.00")
    assert one.refused("erp.po.change", change_body(3, "5", amount="500.00"), path=path) == "QUANTITY_EXCEEDED"
    received(one, path["number"], "3")
    assert figures(one) == ("100.00", "888.00", "888.00")
    one.call("erp.gr.reverse", {"reason": "damaged"}, path={"number": first.number})
    assert figures(one) == ("700.00", "300.00", "300.00")
    received(one, path["number"], "7")
    assert figures(one) == ("0.00", "1000.00", "1000.00")
    assert memo(one) == 0


def test_a_rise_needs_new_evidence_beyond_the_limits() -> None:
    """Ten percent, or the floor, of what was approved last: many small steps do not add up to a way round it."""
    one = World()
    path = placed(one)
    assert one.refused("erp.po.change", change_body(2, "11", amount="1100.00"), path=path) == "APPROVAL_EVIDENCE_MISSING"
    one.call("erp.po.change", change_body(2, "10.5", amount="1050.00"), path=path)
    assert one.refused("erp.po.change", change_body(3, "10.9", amount="1090.00"), path=path) == "APPROVAL_EVIDENCE_MISSING"
    order = one.call("erp.po.change", change_body(3, "10.9", amount="1090.00", approvals=BOSS), path=path).body
    assert [each.approver for each in order.approvals] == [APPROVALS[0]["approver"], BOSS[0]["approver"]]
    one.call("erp.po.change", change_body(4, "11.5", amount="1150.00"), path=path)
    large = placed(one, lines=[{**LINE, "quantity": "100", "amount": "9800.00"}], total="9800.00", approvals=BOSS)
    dearer = change_body(2, "103.01", "100.00", "10301.00")  # 5.1 percent, and 501.00 more
    assert one.refused("erp.po.change", dearer, path=large) == "APPROVAL_EVIDENCE_MISSING"
    boss = receipt_body("1", received_by=BOSS[0]["approver"])
    assert one.refused("erp.gr.create", boss, path=path) == "SEGREGATION_OF_DUTIES"


def test_another_coding_needs_new_evidence_and_moves_what_is_open() -> None:
    """The receipts stay where they were booked."""
    one = World()
    path = placed(one)
    received(one, path["number"])
    recoded = [{**LINE, "cost_center": OTHER}]
    assert one.refused("erp.po.change", change_body(2, lines=recoded, total="980.00"), path=path) == "APPROVAL_EVIDENCE_MISSING"
    one.call("erp.po.change", change_body(2, lines=recoded, total="980.00", approvals=BOSS), path=path)
    query = {"company_code": DE.erp_company, "gl_account": "5400", "date": "20261028"}
    old, new = (one.call("erp.budget.read", query={**query, "cost_center": each}).body.figures for each in (CENTER, OTHER))
    assert (old.encumbrance, old.actual, new.encumbrance, new.actual) == ("0.00", "588.00", "392.00", "0.00")
    received(one, path["number"], "4")
    new = one.call("erp.budget.read", query={**query, "cost_center": OTHER}).body.figures
    assert (new.encumbrance, new.actual) == ("0.00", "392.00")


def test_the_order_moves_to_another_month() -> None:
    """Its budget pays for what is open from then on."""
    one = World()
    path = placed(one)
    assert one.refused("erp.po.change", change_body(document_date="20251101"), path=path) == "PERIOD_CLOSED"
    order = one.call("erp.po.change", change_body(document_date="20261102"), path=path).body
    assert order.document_date == "20261102"
    held = one.erp.core.budget.held(path["number"], "encumbrance")
    assert [(each.period, each.amount_minor) for each in held] == [("2026-11", 100_000)]


def test_absolute_control_refuses_the_difference_only() -> None:
    """1,000.00 are there, 980.00 are ordered: 20.00 more fit, 21.00 do not, and less is never refused, also in a budget that was cut."""
    one = World()
    one.call("erp.budget_version.create", version_body(1_000))
    path = placed(one)
    assert one.refused("erp.po.change", change_body(2, price="100.10", amount="1001.00"), path=path) == "BUDGET_EXCEEDED"
    one.call("erp.po.change", change_body(), path=path)
    one.call("erp.budget_version.create", version_body(500, sequence=3))
    one.call("erp.po.change", change_body(3, price="99.00", amount="990.00"), path=path)
    assert one.refused("erp.po.change", change_body(4, price="99.10", amount="991.00"), path=path) == "BUDGET_EXCEEDED"
    assert figures(one)[0] == "990.00"


REFUSALS = {
    "another supplier": (change_body(vendor_id=COMPANY.suppliers_of("DE01")[1].erp_id), "SUPPLIER_CHANGED"),
    "two lines of one number": (change_body(lines=[LINE, LINE], total="1960.00"), "VALIDATION_FAILED"),
    "line does not extend": (change_body(amount="1000.01"), "AMOUNT_MISMATCH"),
    "lines do not add up": (change_body(total="1001.00"), "AMOUNT_MISMATCH"),
    "too few decimals": (change_body(amount="1000.0"), "CURRENCY_INVALID"),
    "limit too low": (change_body(approvals=[{**BOSS[0], "approver": COMPANY.requester("DE01", "x").erp_id}]), "LIMIT_EXCEEDED"),
    "unknown cost centre": (change_body(lines=with_second(cost_center="0"), total="1000.00", approvals=BOSS), "COST_CENTER_INACTIVE"),
    "no expense": (change_body(lines=with_second(gl_account="1000"), total="1000.00", approvals=BOSS), "CODING_INVALID"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_change_that_breaks_a_rule_is_refused(name: str) -> None:
    """One rule each, and nothing is half changed."""
    body, code = REFUSALS[name]
    one = World()
    path = placed(one)
    assert one.refused("erp.po.change", body, path=path) == code
    assert (figures(one)[0], memo(one)) == ("980.00", 98_000)


def test_a_blocked_supplier_is_not_ordered_more_from() -> None:
    """Less is all right."""
    one = World()
    vendor = COMPANY.suppliers_of("DE01")[0].erp_id
    path = placed(one)
    blocked = {"vendor_id": vendor}
    one.call("erp.supplier.block", {"block": "purchasing", "on": True}, path=blocked, actor=COMPANY.controller("DE01").erp_id)
    assert one.refused("erp.po.change", change_body(), path=path) == "SUPPLIER_BLOCKED"
    assert one.call("erp.po.change", change_body(2, "9", amount="900.00"), path=path).body.total == "900.00"


def test_the_rest_of_an_order_is_cancelled() -> None:
    """PST-P05 of what is not here; the order stands for the rest, and a receipt that is taken back is owed again."""
    one = World()
    path = placed(one, lines=with_second(), total="1000.00")
    receipt = received(one, path["number"])
    order = one.call("erp.po.cancel", {"reason": "enough"}, path=path).body
    assert (order.status, order.delivery_status, order.total, order.reversed_by) == ("created", "received", "588.00", None)
    lines = [(line.quantity, line.amount, line.received_quantity, line.cancelled_quantity) for line in order.lines]
    assert lines == [("6", "588.00", "6", "4"), ("0", "0.00", "0", "2")]
    assert (figures(one), memo(one)) == (("0.00", "588.00", "588.00"), 0)
    assert one.refused("erp.po.cancel", {"reason": "again"}, path=path) == "ORDER_NOT_OPEN"
    one.call("erp.gr.reverse", {"reason": "damaged"}, path={"number": receipt.number})
    assert (figures(one)[0], memo(one)) == ("588.00", 58_800)
    assert one.call("erp.po.cancel", {"reason": "then not"}, path=path).body.status == "cancelled"
    assert (figures(one), memo(one)) == (("0.00", "0.00", "0.00"), 0)


def test_a_changed_order_is_cancelled_with_what_it_encumbers() -> None:
    """Not with what it began with."""
    one = World()
    path = placed(one)
    one.call("erp.po.change", change_body(), path=path)
    cancelled = one.call("erp.po.cancel", {"reason": "x"}, path=path).body
    reversal = one.call("erp.po.read", path={"number": cancelled.reversed_by}).body
    assert (cancelled.status, reversal.total, memo(one), figures(one)[0]) == ("cancelled", "1000.00", 0, "0.00")


def test_an_order_is_closed_within_the_tolerance_and_opened_again_by_a_change() -> None:
    """What is missing stays encumbered; nothing is received meanwhile."""
    one = World()
    path = placed(one)
    received(one, path["number"], "9")
    assert one.refused("erp.po.close", {}, path=path) == "ORDER_INCOMPLETE"
    received(one, path["number"], "0.5")
    closed = one.call("erp.po.close", {"reason": "nearly all"}, path=path)
    assert (closed.body.status, closed.body.delivery_status, figures(one)[0]) == ("closed", "partially_received", "49.00")
    assert one.call("erp.po.close", {}, path=path).effects == ()
    assert one.refused("erp.gr.create", receipt_body("0.5"), path=path) == "ORDER_NOT_OPEN"
    assert one.refused("erp.po.cancel", {"reason": "x"}, path=path) == "INVALID_TRANSITION"
    assert one.call("erp.po.change", change_body(2, "10.1", "98.00", "989.80"), path=path).body.status == "created"
    received(one, path["number"], "0.6")
    assert (figures(one)[0], memo(one)) == ("0.00", 0)


def test_a_closed_order_encumbers_what_came_back_once_it_is_opened() -> None:
    """Goods go back and are to be replaced: nobody waits for them while it is closed. An order that is opened waits for all that is open,
    whatever line the change is about."""
    one = World()
    path = placed(one)
    receipt = received(one, path["number"], "10")
    one.call("erp.po.close", {"reason": "all is here"}, path=path)
    one.call("erp.gr.reverse", {"reason": "damaged", "replacement_expected": True}, path={"number": receipt.number})
    assert (figures(one)[0], memo(one)) == ("0.00", 0)
    body = change_body(2, lines=with_second("2", "20.00"), total="1000.00", approvals=BOSS)
    assert one.call("erp.po.change", body, path=path).body.status == "created"
    assert (figures(one)[0], memo(one)) == ("1000.00", 100_000)


@pytest.mark.requirement("R03.06")
def test_an_order_is_closed_for_good() -> None:
    """PST-P05 of the rest, whatever is missing; a receipt that is taken back then is owed by nobody."""
    one = World()
    path = placed(one)
    receipt = received(one, path["number"])
    final = one.call("erp.po.final_close", {"reason": "supplier gave up"}, path=path)
    assert (final.body.status, final.body.reason, figures(one)[0], memo(one)) == ("finally_closed", "supplier gave up", "0.00", 0)
    assert one.call("erp.po.final_close", {"reason": "again"}, path=path).effects == ()
    for step, body in (("change", change_body()), ("cancel", {"reason": "x"}), ("close", {})):
        assert one.refused(f"erp.po.{step}", body, path=path) == "INVALID_TRANSITION"
    one.call("erp.gr.reverse", {"reason": "damaged"}, path={"number": receipt.number})
    assert (figures(one), memo(one)) == (("0.00", "0.00", "0.00"), 0)


def test_if_match_is_honoured_by_every_step() -> None:
    """Somebody touched the order meanwhile."""
    one = World()
    path = placed(one)
    touch = one.operations["erp.po.change"].touch
    assert touch is not None
    one.run(touch, replace(one.bare(), path=path))
    bodies = {"change": change_body(), "cancel": {"reason": "x"}, "close": {}, "final_close": {"reason": "x"}}
    assert {one.refused(f"erp.po.{step}", body, path=path, if_match=1) for step, body in bodies.items()} == {"PRECONDITION_FAILED"}
