"""What counts as a declaration of a parked item."""

from harness.stage.parking import parse_parked


def test_an_item_is_taken_with_everything_it_says() -> None:
    """All members of the contract arrive."""
    entry = {
        "reference": "REQ-R1-000123",
        "reason": "SUPPLIER_BLOCKED",
        "class": "business",
        "owner": "finance",
        "retryable": True,
        "first_seen": "2026-10-28T09:00:00Z",
        "attempts": 3,
        "outcome": "unknown",
    }
    (item,), problems = parse_parked({"items": [entry]})

    assert (item.reference, item.reason, item.failure_class, item.owner) == ("REQ-R1-000123", "SUPPLIER_BLOCKED", "business", "finance")
    assert (item.retryable, item.attempts, item.outcome, problems) == (True, 3, "unknown", [])


def test_an_item_without_a_reference_declares_nothing() -> None:
    """ "Some items failed" counts for none."""
    items, problems = parse_parked({"items": [{"reason": "some items failed"}, "REQ-R1-000123"]})

    assert items == ()
    assert len(problems) == 2


def test_an_outcome_that_is_not_in_the_contract_is_unknown() -> None:
    """In doubt is the only safe reading."""
    (item,), _ = parse_parked({"items": [{"reference": "REQ-1", "outcome": "maybe"}]})

    assert item.outcome == "unknown"


def test_another_shape_declares_nothing_and_is_named() -> None:
    """The note quotes what came."""
    items, problems = parse_parked(["REQ-1"])

    assert items == ()
    assert "REQ-1" in problems[0]
