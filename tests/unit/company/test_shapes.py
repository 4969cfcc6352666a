"""What documents are like: every shape is shown in a baseline, drawn elsewhere, and inside what the contract page promises."""

import json
from decimal import Decimal
from typing import Any

import pytest

from mocks.company import chart, generate, shapes, texts
from mocks.company.money import converted
from mocks.company.shapes import Shape
from tests.unit.company.play import COMPANY

DRAWN = [shapes.drawn(7, f"p2p-{number:06d}") for number in range(1000)]


def bodies(shape: Shape, amount: int = 123_456) -> list[dict[str, Any]]:
    """A requisition and a report of this shape."""
    return [draft("US01", "p2p-000001", amount, shape=shape).body for draft in (COMPANY.draft_requisition, COMPANY.draft_expense_report)]


def test_a_shape_is_a_function_of_seed_and_key() -> None:
    """A replay types the same document."""
    assert shapes.drawn(7, "p2p-000001") == shapes.drawn(7, "p2p-000001")
    assert [shapes.drawn(8, f"p2p-{number:06d}") for number in range(1000)] != DRAWN


@pytest.mark.parametrize("trait", ["wild", "lines", "credit", "foreign", "alike"])
def test_every_trait_is_shown_and_drawn(trait: str) -> None:
    """A baseline of a few documents has it, and so have some of the others, but not all."""
    assert any(getattr(shapes.shown(turn), trait) for turn in range(4))
    assert 20 < sum(bool(getattr(shape, trait)) for shape in DRAWN) < 980


def test_a_document_has_the_lines_of_its_shape() -> None:
    """Up to as many as the page promises, each of them more than nothing; one that is too small for so many has fewer."""
    for lines in (1, 17, shapes.MANY_LINES):
        assert [len(body["lines"]) for body in bodies(Shape(lines=lines))] == [lines, lines]
    assert [len(body["lines"]) for body in bodies(Shape(lines=shapes.MANY_LINES), amount=5)] == [5, 5]
    assert shapes.FEW_LINES < max(shape.lines or 0 for shape in DRAWN) <= shapes.MANY_LINES
    assert sum(shape.lines is None for shape in DRAWN) > 800


@pytest.mark.requirement("R07.10")
@pytest.mark.parametrize("lines", [None, 1, 2, 40])
def test_credits_are_lines_of_a_claim_whose_total_stays(lines: int | None) -> None:
    """At least one, beside at least one that is none; tax has the sign of its line. No order has any."""
    for entity in ("US01", "DE01", "JP01"):
        draft = COMPANY.draft_expense_report(entity, "exp-000001", 20_037, shape=Shape(lines=lines, credit=True))
        amounts = [line["amount_minor"] for line in draft.body["lines"]]
        assert sum(amounts) == 20_037
        assert min(amounts) < 0 < max(amounts)
        assert len(amounts) <= shapes.MANY_LINES
        assert all(line["tax_minor"] * line["amount_minor"] >= 0 for line in draft.body["lines"])
    order = COMPANY.draft_requisition("US01", "p2p-000001", 20_037, shape=Shape(credit=True))
    assert all(not line["amount"]["amount"].startswith("-") for line in order.body["lines"])


@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
@pytest.mark.parametrize("lines", [1, 40])
def test_receipts_from_abroad_are_what_is_claimed(entity: str, lines: int) -> None:
    """At their rate, rounded to the report's currency; never in that currency, and no binary fraction anywhere."""
    house, seen = COMPANY.entity(entity), set()
    for number in range(40):
        shape = Shape(lines=lines, credit=True, foreign=True)
        body = COMPANY.draft_expense_report(entity, f"exp-{number:06d}", 20_000 + 37 * number, shape=shape).body
        for line in body["lines"][::2]:
            receipt = line["receipt"]
            decimals = chart.CURRENCIES[receipt["currency"]][0]
            assert converted(receipt["amount_minor"], receipt["rate"], decimals, house.decimals) == line["amount_minor"]
            seen.add(receipt["currency"])
    assert seen == set(chart.CURRENCIES) - {house.currency}


@pytest.mark.parametrize("seed", range(5))
def test_chains_of_one_to_three_and_delegates_are_shown(seed: int) -> None:
    """In every entity there is somebody whose documents are signed as each shape of the baseline says; others come as they come."""
    company = generate(seed)
    for entity in ("US01", "DE01", "JP01"):
        for signers in [shape.signers for shape in shapes.SHOWN if shape.signers]:
            author = company.requester(entity, "p2p-000001", Shape(signers=signers))
            chain = company.approval_chain(author, 20_000)
            assert len(chain) == author.signatures == signers.count
            assert any(person.key == each.delegate for person in chain for each in company.employees) >= signers.delegated
        drawn = [company.draft_requisition(entity, f"p2p-{number:06d}", 20_000, shape=Shape()) for number in range(200)]
        assert {len(draft.approvers) for draft in drawn} == {1, 2, 3}


def test_wild_texts_keep_what_the_fields_promise() -> None:
    """No longer than a text may be, nobody's control characters, and every kind of them in a document."""
    for body in bodies(Shape(wild=True)):
        for text in (body["title"], *(line["description"] for line in body["lines"])):
            assert text in texts.WILD
    assert all(1 <= len(text) <= texts.TEXT_MAX for text in texts.WILD)
    assert max(len(text) for text in texts.WILD) == texts.TEXT_MAX
    assert not any(ord(letter) < ord(" ") for text in texts.WILD for letter in text)


@pytest.mark.parametrize("shape", [Shape(alike=True), Shape(alike=True, lines=40, wild=True), Shape(alike=True, credit=True, foreign=True)])
def test_two_lines_differ_in_their_number_alone(shape: Shape) -> None:
    """And the total is what it was to be; whoever takes equal lines for one books too little."""
    for body in bodies(shape):
        lines = [json.dumps(line, sort_keys=True) for line in body["lines"]]
        assert len(set(lines)) < len(lines)
    for number in range(20):
        amount = 20_000 + 37 * number
        order = COMPANY.draft_requisition("US01", f"p2p-{number:06d}", amount, shape=shape)
        assert sum(Decimal(line["amount"]["amount"]) for line in order.body["lines"]) * 100 == amount
        assert (
            sum(
                line["amount_minor"]
                for line in COMPANY.draft_expense_report("US01", f"exp-{number:06d}", amount, shape=shape).body["lines"]
            )
            == amount
        )
