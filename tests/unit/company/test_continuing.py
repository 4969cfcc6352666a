"""What people type when a purchase goes on, over the systems that they type it into."""

from decimal import Decimal
from typing import Any

import pytest

from mocks.company.company import BUSINESS_START
from mocks.company.continuing import draft_invoice_of, draft_payment_run_of, draft_receipt_of, seen
from tests.unit.company.play import COMPANY, World

CASES = 25


def ordered(world: World, entity: str, key: str) -> dict[str, Any]:
    """A requisition, as it looks once its order is recorded."""
    draft = COMPANY.draft_requisition(entity, key, 98_765)
    record = world.call("procurement.requisition.create", draft.body, actor=draft.actor).body
    return {**seen(record), "erpOrder": {"number": f"45-{key}"}}


@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_a_purchase_goes_on_with_what_the_systems_show(entity: str) -> None:
    """Procurement takes every receipt and every bill; nobody works on two of them, more than was ordered does not come, and the bill is
    what came at the order's prices, with its tax."""
    world, parts = World(), 0
    for number in range(CASES):
        key = f"{entity}-{number}"
        requisition = ordered(world, entity, key)
        came = draft_receipt_of(COMPANY, entity, key, requisition)
        for one in came.before:
            world.call(one.point, one.body, actor=one.actor)
        receipt = seen(world.call("procurement.receipt.create", came.body, actor=came.actor).body)
        bill = draft_invoice_of(COMPANY, entity, key, requisition, receipt, on=BUSINESS_START, serial=number)
        invoice = seen(world.call("procurement.invoice.create", bill.body, actor=bill.actor).body)

        assert len({requisition["requesterId"], came.actor, bill.actor}) == 3
        assert not {came.actor, bill.actor} & set(bill.approvers)
        assert bill.approvers
        received = [Decimal(line["quantity"]) for line in receipt["lines"]]
        wanted = [Decimal(line["quantity"]) for line in requisition["lines"]]
        assert all(0 < some <= every for some, every in zip(received, wanted, strict=True))
        parts += received != wanted
        net = sum(Decimal(line["net"]["amount"]) for line in invoice["lines"])
        tax = sum(Decimal(line["tax"]["amount"]) for line in invoice["lines"])
        assert net == Decimal(receipt["total"]["amount"])
        assert net + tax == Decimal(invoice["total"]["amount"])
        assert came.amount_minor == int(net.scaleb(COMPANY.entity(entity).decimals))

        run = draft_payment_run_of(COMPANY, entity, key, {**invoice, "erpInvoice": {"number": "51"}}, on=BUSINESS_START)
        assert run.body["documents"] == ["51"]
        assert run.actor not in run.approvers
    assert 0 < parts < CASES


def test_the_same_key_gives_the_same_papers() -> None:
    """Nothing is drawn but from the seed."""
    requisition = ordered(World(), "US01", "again")
    assert draft_receipt_of(COMPANY, "US01", "again", requisition) == draft_receipt_of(COMPANY, "US01", "again", requisition)
