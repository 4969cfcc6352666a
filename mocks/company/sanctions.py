"""An invented sanctions list of a seed: parties that nobody may buy from. No word of it is a word of our suppliers' names."""

from dataclasses import dataclass

from mocks.company.streams import Stream

LISTED = 48
COUNTRIES = ("US", "DE", "JP", "AE", "CY", "PA")
"""Where listed parties sit, in turn: in each country of the group too."""
EMBARGOED = ("XA", "XB")
"""Countries that nobody pays into; codes that ISO 3166 leaves to its users."""
PROGRAMMES = ("ARMS", "FINANCE", "SHIPPING", "CYBER")
_STARTS = ("zhar", "qor", "vyx", "drax", "xul", "kvor", "thraz", "ghul")
_MIDDLES = ("o", "a", "i", "u")
_ENDS = ("vik", "zan", "rax", "moth", "gar")
_TRADES = ("Maritime", "Armaments", "Petroleum", "Exchange", "Minerals", "Aviation")
_FORMS = ("Trading LLC", "Holdings Ltd.", "Establishment", "Group")


@dataclass(frozen=True, slots=True)
class ListedParty:
    """One entry. alias: another name that it goes by."""

    entry_id: str  # SL-0001
    name: str
    alias: str
    country: str
    tax_id: str
    programme: str


def sanctions_list(seed: int) -> tuple[ListedParty, ...]:
    """The list that a world of this seed begins with."""
    stream = Stream(seed, "sanctions list")
    found: dict[str, ListedParty] = {}
    while len(found) < LISTED:
        stem = f"{_word(stream)} {_word(stream)}"
        number, trade = len(found) + 1, stream.pick(_TRADES)
        entry = ListedParty(
            entry_id=f"SL-{number:04d}",
            name=f"{stem} {trade} {stream.pick(_FORMS)}",
            alias=f"{stem} {stream.pick(_TRADES)}",
            country=COUNTRIES[len(found) % len(COUNTRIES)],
            tax_id=f"SX{stream.below(10**9):09d}",
            programme=stream.pick(PROGRAMMES),
        )
        found.setdefault(stem, entry)
    return tuple(found.values())


def _word(stream: Stream) -> str:
    return f"{stream.pick(_STARTS)}{stream.pick(_MIDDLES)}{stream.pick(_ENDS)}".capitalize()
