"""Money: exact text, exact splits."""

import pytest

from mocks.company.money import AmountError, share_half_up, split, to_minor, to_text


@pytest.mark.requirement("R06.14")
@pytest.mark.parametrize(
    ("text", "decimals", "minor"),
    [
        ("980.00", 2, 98_000),
        ("0.05", 2, 5),
        ("-0.05", 2, -5),
        ("12345", 0, 12_345),
        ("0.001", 3, 1),
        ("9007199254740.99", 2, 900_719_925_474_099),
    ],
)
def test_text_and_minor_units_are_the_same_amount(text: str, decimals: int, minor: int) -> None:
    """Both ways, for 0, 2 and 3 decimals and 15 digits."""
    assert to_minor(text, decimals) == minor
    assert to_text(minor, decimals) == text


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("980", 2),
        ("980.0", 2),
        ("980.000", 2),
        ("980.00", 0),
        ("980.", 0),
        ("980.", 2),
        ("1e3", 0),
        (" 1", 0),
        ("1\n", 0),
        ("٣", 0),
        ("01", 0),
        ("", 0),
    ],
)
def test_anything_else_is_no_amount(text: str, decimals: int) -> None:
    """Too few, too many or no decimals, exponents, blanks, other digits."""
    with pytest.raises(AmountError, match="expected"):
        to_minor(text, decimals)


def test_split_by_largest_remainder() -> None:
    """GE5: 10.000 Kuwaiti dinar in three parts."""
    assert split(10_000, [1, 1, 1]) == [3_334, 3_333, 3_333]
    assert split(12_345, [1, 1, 1]) == [4_115, 4_115, 4_115]


def test_share_is_rounded_half_away_from_zero() -> None:
    """Tax inside a gross amount: 19/119 of 119, a half up, and its mirror."""
    assert [share_half_up(11_900, 19, 119), share_half_up(1, 1, 2), share_half_up(-1, 1, 2), share_half_up(100, 0, 100)] == [
        1_900,
        1,
        -1,
        0,
    ]
