"""Drafts and splits over the whole range of amounts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.company import generate
from mocks.company.money import share_half_up, split, to_minor, to_text
from mocks.company.paying import before_discount
from tests.unit.company.play import COMPANY

entities = st.sampled_from(["US01", "DE01", "JP01"])


@given(st.integers(-(10**13), 10**13), st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_parts_add_up_and_are_close_to_their_share(total: int, weights: list[int]) -> None:
    """No unit is lost, and no part is off by a whole unit."""
    parts = split(total, weights)
    assert sum(parts) == total
    assert all(abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True))


@given(st.integers(-(10**15), 10**15), st.integers(0, 3))
def test_money_survives_the_wire(minor: int, decimals: int) -> None:
    """Text and back."""
    if abs(minor) < 10 ** (13 + decimals):
        assert to_minor(to_text(minor, decimals), decimals) == minor


@given(entities, st.integers(1, 40_000_000), st.text(max_size=10))
def test_requisition_lines_add_up_to_the_tracer_amount(entity: str, amount: int, key: str) -> None:
    """One to three lines, none empty, exactly the amount that identifies the transaction."""
    draft = COMPANY.draft_requisition(entity, key, amount)
    parts = [to_minor(line["amount"]["amount"], COMPANY.entity(entity).decimals) for line in draft.body["lines"]]
    assert sum(parts) == amount == draft.amount_minor
    assert 1 <= len(parts) <= 3
    assert min(parts) > 0
    assert draft.approvers


@given(entities, st.integers(1, 40_000_000), st.text(max_size=10))
def test_report_lines_add_up_to_the_tracer_amount(entity: str, amount: int, key: str) -> None:
    """Gross lines add up; tax is part of them; a car is never paid by card."""
    draft = COMPANY.draft_expense_report(entity, key, amount)
    lines = draft.body["lines"]
    assert sum(line["amount_minor"] for line in lines) == amount
    assert all(0 <= line["tax_minor"] < line["amount_minor"] for line in lines)
    assert all(line["payment_type"] == "employee_paid" for line in lines if line["category"] == "MILEAGE")


@settings(max_examples=25)
@given(st.integers(0, 2**63), st.integers(0, 20))
def test_ids_are_unique_for_any_seed(seed: int, minted: int) -> None:
    """Whatever names the seed draws: no two people share a login, no two records of an entity an id."""
    company = generate(seed, minted)
    for records in (company.employees, company.suppliers, company.cost_centers, company.projects):
        for system in ("key", "procurement_id", "expense_id", "erp_id"):
            ids = [(record.entity, getattr(record, system)) for record in records if hasattr(record, system)]
            assert len(set(ids)) == len(ids)


@given(st.integers(1, 10**15), st.sampled_from([1, 2, 3, 5, 10, 50]))
def test_the_least_that_leaves_an_amount_after_its_discount(minor: int, percent: int) -> None:
    """Of any amount that the wire carries; a unit less leaves less."""
    gross = before_discount(minor, f"{percent}/10N30")
    left = [each - share_half_up(each, percent, 100) for each in (gross, gross - 1)]
    assert left[0] == minor > left[1]
