"""Open items of suppliers: parts leave at the document's rate, come back at it, and never become more than there was."""

from dataclasses import replace
from datetime import date

import pytest

from mocks.systems.erp.payables import OpenItem, OpenItems, Terms, item_of, terms_of


def item(amount: int = 1_000, document: str = "5100000001", terms: str = "2/10N30") -> OpenItem:
    """Of one invoice."""
    return item_of(
        document, company_code="2000", vendor_id="V100017", reference="R-1", currency="EUR", amount_minor=amount,
        document_date=date(2026, 10, 28), terms=terms_of(terms),
    )  # fmt: skip


def test_terms_say_when_it_is_due() -> None:
    """With and without a discount; a credit is due at once."""
    assert (terms_of("N14"), terms_of("2/10N30")) == (Terms(14), Terms(30, 2, 10))
    assert (item().due_on, item().discount_until) == (date(2026, 11, 27), date(2026, 11, 7))
    assert (item(-5).due_on, item(-5).discount_until, item(terms="N14").discount_until) == (date(2026, 10, 28), None, None)
    with pytest.raises(ValueError, match="expected something like N30"):
        terms_of("30 days")


def test_parts_leave_and_come_back_at_the_rate_of_the_document() -> None:
    """The last part takes what is left, whatever was rounded before."""
    items = OpenItems()
    items.add(replace(item(1_000), functional_open_minor=333))
    parts = [items.reduce("5100000001", minor) for minor in (300, 300, 400)]
    assert sum(parts) == 333
    assert list(items.of("2000")) == []
    back = items.reopen("5100000001", 400, parts[2])
    assert (back.open_minor, back.functional_open_minor, back.is_whole) == (400, parts[2], False)
    assert list(items.of("2000")) == [back]


@pytest.mark.parametrize("minor", [0, -1, 1_001])
def test_no_more_than_is_open(minor: int) -> None:
    """Neither out nor back, and nothing changed."""
    items = OpenItems()
    items.add(item())
    with pytest.raises(ValueError, match="of 1000"):
        items.reduce("5100000001", minor)
    with pytest.raises(ValueError, match="back to 1000"):
        items.reopen("5100000001", max(minor, 1), 1)
    with pytest.raises(ValueError, match="already"):
        items.add(item())
    assert items.get("5100000001") == item()


def test_a_credit_is_an_item_on_the_other_side() -> None:
    """It is taken up by reducing it, in its own sign; a block does not touch the amount."""
    items = OpenItems()
    items.add(item(-500))
    assert items.reduce("5100000001", -200) == -200
    held = items.set_blocks("5100000001", frozenset({"MANUAL"}))
    assert (held.open_minor, held.blocks) == (-300, {"MANUAL"})
