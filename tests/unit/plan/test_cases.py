"""Chains of flows, and the transactions of a baseline that are one case."""

from dataclasses import replace

from contracts.consistency import contradictions
from harness.plan.cases import chains
from tests.property.plan.planning import make_planner, make_scenario
from tests.shipped import CATALOG

PURCHASE = ("requisition-to-po", "receipt-to-grir", "invoice-to-posting", "payment-run-to-bank")


def played(*names: str) -> tuple[tuple[str, ...], ...]:
    """The chains among these flows."""
    return chains([CATALOG.flows[name] for name in names])


def test_a_purchase_is_one_chain() -> None:
    """From the request to the payment, as far as all of it is played, and from its beginning."""
    assert chains(list(CATALOG.flows.values())) == (PURCHASE,)
    assert played(*PURCHASE[:2], "expense-to-posting") == (PURCHASE[:2],)
    assert played(*PURCHASE[1:]) == ()
    assert played(PURCHASE[0], *PURCHASE[2:]) == ()
    assert played("requisition-to-po") == ()


def test_two_may_go_on_from_one() -> None:
    """Each is a chain of its own."""
    orders, receipts = (replace(CATALOG.flows[name], continues=None) for name in PURCHASE[:2])
    bills = replace(CATALOG.flows[PURCHASE[2]], continues=orders.id)
    assert chains([orders, replace(receipts, continues=orders.id), bills]) == ((orders.id, receipts.id), (orders.id, bills.id))


def test_each_baseline_has_a_case_of_each_entity() -> None:
    """Four transactions, each out of the one before; who is first names the supplier that only this case buys from."""
    for wave in make_planner(make_scenario(flows=PURCHASE)).baselines():
        known = {e.txn_id: e for e in wave.experiments}
        for entity in ("US01", "DE01", "JP01"):
            last = next(e for e in wave.experiments if e.flow == PURCHASE[-1] and e.parent and e.entity == entity)
            case = [last]
            while case[-1].parent is not None:
                case.append(known[case[-1].parent])
            assert tuple(e.flow for e in reversed(case)) == PURCHASE
            assert {e.entity for e in case} == {entity}
            assert [e.minted is not None for e in case] == [False, False, False, True]


def test_a_circle_is_refused() -> None:
    """And so is a case that begins with nothing."""

    def said(before: str) -> list[str]:
        return list(
            contradictions(replace(CATALOG, flows={**CATALOG.flows, PURCHASE[0]: replace(CATALOG.flows[PURCHASE[0]], continues=before)}))
        )

    assert any("goes round in a circle" in one for one in said(PURCHASE[3]))
    assert "flows/requisition-to-po.yaml: it continues 'travel', which is no flow" in said("travel")
