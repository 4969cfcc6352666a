"""How each entity checks what suppliers bill, and which taxes it knows (domain.md, sections 5 and 19). Rates are test data."""

from collections.abc import Mapping
from datetime import date

from mocks.company.model import MatchControl, TaxCode, Tolerance, WithholdingCode

MATCH_CONTROLS: Mapping[str, MatchControl] = {
    "US01": MatchControl(
        three_way_over_minor=250_000,
        service_groups=("53",),
        before_receipt="post_and_block",
        price=Tolerance(2, 5_000, 5),
        amount=Tolerance(1, 10_000),
        over_ordered_percent=5,
        small_difference_minor=100,
    ),
    "DE01": MatchControl(
        three_way_over_minor=0,
        service_groups=("53",),
        before_receipt="post_and_block",
        price=Tolerance(2, 5_000, 5),
        amount=Tolerance(1, 10_000),
        over_ordered_percent=5,
        small_difference_minor=100,
    ),
    "JP01": MatchControl(
        three_way_over_minor=0,
        service_groups=(),
        before_receipt="park",
        price=Tolerance(0, 0, 0),
        amount=Tolerance(0, 0),
        over_ordered_percent=5,
        small_difference_minor=1,
    ),
}

UNREGISTERED_80_UNTIL, UNREGISTERED_50_SINCE = date(2026, 9, 30), date(2026, 10, 1)
"""Japan: of what a supplier without registration prints, this share is deducted, and since the second day another one."""

TAX_CODES = (
    TaxCode("US01", "I0", 0),
    TaxCode("US01", "S1", 825, recoverable_percent=0),
    TaxCode("US01", "U1", 825, recoverable_percent=0, owed_on="2210"),
    TaxCode("DE01", "V0", 0),
    TaxCode("DE01", "V1", 1_900),
    TaxCode("DE01", "V2", 700),
    TaxCode("DE01", "VH", 1_900, recoverable_percent=50),
    TaxCode("DE01", "VN", 1_900, recoverable_percent=0),
    TaxCode("DE01", "R1", 1_900, owed_on="2200"),
    TaxCode("DE01", "RN", 1_900, recoverable_percent=0, owed_on="2200"),
    TaxCode("JP01", "J0", 0),
    TaxCode("JP01", "J1", 1_000),
    TaxCode("JP01", "J2", 800),
    TaxCode("JP01", "JU", 1_000, recoverable_percent=80, valid_to=UNREGISTERED_80_UNTIL),
    TaxCode("JP01", "JU", 1_000, recoverable_percent=50, valid_from=UNREGISTERED_50_SINCE),
    TaxCode("JP01", "JR", 1_000, owed_on="2200"),
)

WITHHOLDING_CODES = (
    WithholdingCode("US01", "WB", 2_400),
    WithholdingCode("DE01", "WC", 1_500),
    WithholdingCode("JP01", "WF", 1_021),
)
"""Kept back from suppliers without a tax id (United States), for construction work (Germany), from fees (Japan)."""

TAX_WORDS: Mapping[str, Mapping[str, str]] = {
    "US01": {"T0": "I0", "T1": "S1", "TR": "U1"},
    "DE01": {"T0": "V0", "T1": "V1", "T2": "V2", "TR": "R1"},
    "JP01": {"T0": "J0", "T1": "J1", "T2": "J2", "TR": "JR"},
}
"""What procurement's few tax codes are in the ERP, by entity: none, standard, reduced, and what the entity owes itself."""


def tax_facts(entity: str, code: str) -> tuple[str, str, str]:
    """Rate and recoverable share in percent, and whether the entity owes it itself, as the crosswalk says them of a code that procurement
    has a word for: those do not change with time."""
    found = next(each for each in TAX_CODES if (each.entity, each.code) == (entity, code))
    rate = f"{found.rate // 100}.{found.rate % 100:02d}".rstrip("0").rstrip(".")
    return rate, str(found.recoverable_percent), "yes" if found.owed_on else "no"
