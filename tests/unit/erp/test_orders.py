"""Purchase orders: rules of creation, the memo entry, cancellation by a new document."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.company.play import APPROVALS, COMPANY, World, changed, order_body

US = COMPANY.entity("US01")


def lines_of(world: World) -> list[tuple[str | None, int | None, str | None]]:
    """(account, amount, parent) of every ledger line so far."""
    return [(each.account, each.amount_minor, each.parent_id) for each in world.effects if each.entity_type == "journal_line"]


@pytest.mark.requirement("R03.06")
def test_an_order_encumbers_its_amount() -> None:
    """PST-P03: debit 9200, credit 9900 in the memo ledger, nothing in the actual one."""
    world = World()
    order = world.call("erp.po.create", order_body(external_ref="r1", source_revision=3)).body
    assert (order.status, order.version, order.total) == ("created", 1, "980.00")
    assert lines_of(world) == [("9200", 98_000, order.number), ("9900", -98_000, order.number)]
    created = world.effects[0]
    assert (created.entity_type, created.effect, created.amount_minor, created.currency) == ("purchase_order", "create", 98_000, "USD")
    assert (created.company, created.period, created.ext_ref, created.src_version) == ("1000", "2026-10", "r1", 3)
    assert world.erp.core.ledger.totals("1000", "actual", None) == []


@pytest.mark.requirement("R09.08")
def test_cancelling_posts_the_opposite_under_a_new_number() -> None:
    """PST-P05: the order stays as it was but for its status; the new document names it; again changes nothing."""
    world = World()
    order = world.call("erp.po.create", order_body()).body
    path = {"number": order.number}
    cancelled = world.call("erp.po.cancel", {"reason": "approval reversed"}, path=path).body
    assert (cancelled.status, cancelled.version, cancelled.lines) == ("cancelled", 2, order.lines)
    reversal = world.call("erp.po.read", path={"number": cancelled.reversed_by}).body
    assert (reversal.status, reversal.reverses, reversal.total) == ("reversal", order.number, "980.00")
    assert lines_of(world)[2:] == [("9200", -98_000, reversal.number), ("9900", 98_000, reversal.number)]
    before = len(world.effects)
    assert world.call("erp.po.cancel", {"reason": "again"}, path=path).body == cancelled
    assert len(world.effects) == before


def test_a_reference_is_used_once_even_after_cancellation() -> None:
    """A repeat names the first order and its status."""
    world = World()
    first = world.call("erp.po.create", order_body(external_ref="r1"))
    assert first.created == {"existing_id": first.body.number, "existing_status": "created"}
    assert world.refused("erp.po.create", order_body(external_ref="r1")) == "DUPLICATE_REFERENCE"
    world.call("erp.po.cancel", {"reason": "x"}, path={"number": first.body.number})
    assert world.refused("erp.po.create", order_body(external_ref="r1")) == "DUPLICATE_REFERENCE"
    assert world.refused("erp.po.create", order_body(external_ref="r2")) == "accepted"


def test_a_repeat_is_told_before_any_other_rule() -> None:
    """Whoever retries after the period closed must learn that the order exists."""
    world = World()
    world.call("erp.po.create", order_body(external_ref="r1"))
    close_period(world, "PO")
    assert world.refused("erp.po.create", order_body(external_ref="r1")) == "DUPLICATE_REFERENCE"
    assert world.refused("erp.po.create", order_body(external_ref="r2")) == "PERIOD_CLOSED"


def close_period(world: World, module: str) -> None:
    """The controller closes October."""
    body = {"company_code": "1000", "period": "2026-10", "module": module, "reason": "close"}
    world.call("erp.period.close", body, actor=COMPANY.controller("US01").erp_id)


def usd(**members: Any) -> dict[str, Any]:
    """An order in which the members of the first line are replaced."""
    return changed(order_body(), **members)


EXPIRED = next(center.erp_id for center in COMPANY.cost_centers if center.valid_to and center.entity == "US01")
INACTIVE = next(center.erp_id for center in COMPANY.cost_centers if not center.active and center.entity == "US01")
FOREIGN = COMPANY.cost_centers_of("DE01")[0].erp_id
LEGAL = next(center.erp_id for center in COMPANY.cost_centers_of("US01") if center.function == "LEG")
BLOCKED = next(each.erp_id for each in COMPANY.suppliers if each.purchasing_block and each.entity == "US01")
GONE = next(each.erp_id for each in COMPANY.suppliers if not each.active and each.entity == "US01")
SOMEBODY = COMPANY.requester("US01", "x").erp_id
CLOSED_PROJECT = next(project.erp_id for project in COMPANY.projects if not project.active and project.entity == "US01")

REFUSALS = {
    "no approval": (order_body(approvals=[]), "APPROVAL_EVIDENCE_MISSING"),
    "stranger approved": (order_body(approvals=[{**APPROVALS[0], "approver": "1"}]), "APPROVAL_EVIDENCE_MISSING"),
    "no zone": (order_body(approvals=[{**APPROVALS[0], "decided_at": "2026-10-28T08:00:00"}]), "APPROVAL_EVIDENCE_MISSING"),
    "approved own": (order_body(requested_by=APPROVALS[0]["approver"]), "SEGREGATION_OF_DUTIES"),
    "limit too low": (order_body(approvals=[{**APPROVALS[0], "approver": SOMEBODY}]), "LIMIT_EXCEEDED"),
    "unknown supplier": (order_body(vendor_id="V999999"), "SUPPLIER_UNKNOWN"),
    "supplier of another company": (order_body(vendor_id=COMPANY.suppliers_of("DE01")[0].erp_id), "SUPPLIER_UNKNOWN"),
    "blocked supplier": (order_body(vendor_id=BLOCKED), "SUPPLIER_BLOCKED"),
    "inactive supplier": (order_body(vendor_id=GONE), "SUPPLIER_BLOCKED"),
    "unknown cost centre": (usd(cost_center="0000000"), "COST_CENTER_INACTIVE"),
    "inactive cost centre": (usd(cost_center=INACTIVE), "COST_CENTER_INACTIVE"),
    "expired cost centre": (usd(cost_center=EXPIRED), "COST_CENTER_INACTIVE"),
    "foreign cost centre": (usd(cost_center=FOREIGN), "CODING_INVALID"),
    "unknown account": (usd(gl_account="7777"), "CODING_INVALID"),
    "control account": (usd(gl_account="2000"), "CODING_INVALID"),
    "tax account": (usd(gl_account="1100"), "CODING_INVALID"),
    "account of last year": (usd(gl_account="5200"), "CODING_INVALID"),
    "lawyers do not advertise": (usd(gl_account="5310", cost_center=LEGAL), "CODING_INVALID"),
    "closed project": (usd(project=CLOSED_PROJECT), "CODING_INVALID"),
    "unknown company": (order_body(company_code="9999"), "CODING_INVALID"),
    "foreign currency": (order_body(currency="EUR"), "CURRENCY_INVALID"),
    "too few decimals": (order_body(total="980.0"), "CURRENCY_INVALID"),
    "yen with decimals": (order_body("JP01", total="98000.00"), "CURRENCY_INVALID"),
    "line does not extend": (usd(quantity="9"), "AMOUNT_MISMATCH"),
    "lines do not add up": (order_body(total="981.00"), "AMOUNT_MISMATCH"),
    "last month": (order_body(document_date="20260930"), "PERIOD_CLOSED"),
    "far future": (order_body(document_date="20261201"), "PERIOD_CLOSED"),
}


@pytest.mark.requirement("R07.08")
@pytest.mark.parametrize("name", REFUSALS)
def test_an_order_that_breaks_a_rule_is_refused(name: str) -> None:
    """One rule each, its own code, and no trace in the books."""
    body, code = REFUSALS[name]
    assert World().refused("erp.po.create", body) == code


@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_each_entity_orders_in_its_currency(entity: str) -> None:
    """Yen without decimals, dollars and euros with two."""
    order = World().call("erp.po.create", order_body(entity)).body
    assert order.total == ("98000" if entity == "JP01" else "980.00")


def test_unit_prices_may_have_more_decimals_than_the_currency() -> None:
    """Three pieces at 0.333333 are 1.00, rounded half up."""
    body = changed(order_body(total="1.00"), quantity="3", unit_price="0.333333", amount="1.00")
    assert World().refused("erp.po.create", body) == "accepted"


@pytest.mark.requirement("R03.01", "R07.04")
def test_blocks_can_be_set_and_lifted() -> None:
    """A person blocks a supplier for purchasing; orders are refused until the block is lifted."""
    world = World()
    supplier = COMPANY.minted_supplier("US01", 0).erp_id
    body, path, actor = order_body(vendor_id=supplier), {"vendor_id": supplier}, COMPANY.controller("US01").erp_id
    world.call("erp.supplier.block", {"block": "purchasing", "on": True}, path=path, actor=actor)
    assert world.refused("erp.po.create", body) == "SUPPLIER_BLOCKED"
    assert world.effects[-1].state == "purchasing_block:on"
    world.call("erp.supplier.block", {"block": "purchasing", "on": False}, path=path, actor=actor)
    assert world.refused("erp.po.create", body) == "accepted"
    assert world.call("erp.supplier.read", path=path).version == 3
    assert world.refused("erp.supplier.block", {"block": "payment", "on": True}, path=path, actor="nobody") == "SEGREGATION_OF_DUTIES"


def test_if_match_of_an_older_version_is_refused() -> None:
    """A touch by a person moves the version; who decided on the old one must read again."""
    world = World()
    order = world.call("erp.po.create", order_body()).body
    path = {"number": order.number}
    touch = world.operations["erp.po.cancel"].touch
    assert touch is not None
    world.run(touch, replace(world.bare(), path=path))
    assert world.refused("erp.po.cancel", {"reason": "x"}, path=path, if_match=1) == "PRECONDITION_FAILED"
    assert world.call("erp.po.cancel", {"reason": "x"}, path=path, if_match=2).version == 3
    assert [each.base_version for each in world.effects if (each.entity_type, each.effect) == ("purchase_order", "update")][-1] == 2


def test_orders_are_paged_in_the_order_of_their_creation() -> None:
    """Every order once, in pages of two."""
    world = World()
    numbers = [world.call("erp.po.create", order_body()).body.number for _ in range(5)]
    found: list[str] = []
    after: Any = None
    for _ in range(3):
        page = world.call("erp.po.list", after=after, limit=2).body
        found += [item.number for item in page["items"]]
        after = page["next"]
    assert found == numbers
    assert after is None


def test_an_order_is_found_by_its_reference() -> None:
    """One, or none."""
    world = World()
    order = world.call("erp.po.create", order_body(external_ref="r1")).body
    assert world.call("erp.po.find", query={"external_ref": "r1"}).body == {"items": [order], "next": None}
    assert world.call("erp.po.find", query={"external_ref": "r2"}).body["items"] == []


def test_a_buyer_types_an_order_that_comes_from_nowhere_else() -> None:
    """By the rules of any order; by somebody of the company, who is none of those who approved it."""
    world = World()
    buyer = COMPANY.requester("US01", "buyer").erp_id
    body = order_body(requested_by=buyer)
    made = world.call("erp.po.enter", body, actor=buyer).body
    assert (made.status, made.requested_by, made.external_ref) == ("created", buyer, None)
    assert world.call("erp.po.read", path={"number": made.number}).body == made
    approver = str(body["approvals"][0]["approver"])
    assert world.refused("erp.po.enter", order_body(), actor=approver) == "SEGREGATION_OF_DUTIES"
    assert world.refused("erp.po.enter", body, actor=COMPANY.requester("DE01", "buyer").erp_id) == "EMPLOYEE_UNKNOWN"
    assert world.refused("erp.po.enter", body, actor="nobody") == "EMPLOYEE_UNKNOWN"
    assert world.refused("erp.po.enter", {**body, "total": "1.00"}, actor=buyer) == "AMOUNT_MISMATCH"
