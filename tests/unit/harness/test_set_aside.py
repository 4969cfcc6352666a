"""When a connector says that it set an item aside, as a time before now."""

import pytest

from harness.stage.parking import ago_ms

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z


@pytest.mark.parametrize(
    ("first_seen", "expected"),
    [
        ("2027-01-15T07:59:58.500Z", 1_500),
        ("2027-01-15T08:59:58.500+01:00", 1_500),
        ("2027-01-15T07:59:58.500", None),  # of which zone?
        ("yesterday", None),
        (None, None),
    ],
)
def test_it_is_counted_from_now(first_seen: str | None, expected: int | None) -> None:
    """In milliseconds; what names no moment says nothing."""
    assert ago_ms(first_seen, NOW) == expected
