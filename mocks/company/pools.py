"""Values drawn once from Faker per locale, then combined: generation costs no Faker call per record."""

import importlib
from dataclasses import dataclass
from typing import Any

from faker import Generator

from mocks.company.streams import draw

FIRST_NAMES = 80
LAST_NAMES = 160
CITIES = 60
STREETS = 60

_TRADES = {
    "en_US": ("Office Supply", "Systems", "Consulting", "Logistics", "Media", "Facilities", "Training", "Telecom", "Labs", "Print"),
    "de_DE": ("Bürobedarf", "Systemhaus", "Beratung", "Logistik", "Medien", "Gebäudetechnik", "Akademie", "Telekom", "Technik", "Druck"),
    "ja_JP": ("事務機", "情報システム", "コンサルティング", "物流", "印刷", "設備", "研修", "通信", "工業", "商事"),
}
_SUFFIXES = {
    "en_US": ("Inc.", "LLC", "Corp.", "Group", "and Sons"),
    "de_DE": ("GmbH", "AG", "KG", "GmbH & Co. KG", "e.K."),
    "ja_JP": ("株式会社", "有限会社", "合同会社"),
}
_LATIN = str.maketrans(dict(zip("äöüÄÖÜßéèêáóñ", ("ae", "oe", "ue", "Ae", "Oe", "Ue", "ss", "e", "e", "e", "a", "o", "n"), strict=True)))


@dataclass(frozen=True, slots=True)
class Pool:
    """Names and places of one locale. Person names are pairs (as written there, in Latin letters)."""

    locale: str
    first_names: tuple[tuple[str, str], ...]
    last_names: tuple[tuple[str, str], ...]
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    trades: tuple[str, ...]
    suffixes: tuple[str, ...]

    def person(self, number: int) -> tuple[str, str]:
        """The number-th full name, (as written there, in Latin letters); distinct up to 80 x 160 numbers."""
        first = self.first_names[number % len(self.first_names)]
        last = self.last_names[(number // len(self.first_names) + number * 7) % len(self.last_names)]
        if self.locale == "ja_JP":
            return f"{last[0]} {first[0]}", f"{first[1]} {last[1]}"
        return f"{first[0]} {last[0]}", f"{first[1]} {last[1]}"

    def business(self, number: int) -> str:
        """The number-th company name."""
        stem = self.last_names[number % len(self.last_names)][0]
        trade = self.trades[(number // len(self.last_names) + number) % len(self.trades)]
        suffix = self.suffixes[(number // 7) % len(self.suffixes)]
        if self.locale == "ja_JP":
            return f"{suffix}{stem}{trade}"
        return f"{stem} {trade} {suffix}"


def draw_pool(seed: int, locale: str) -> Pool:
    """The pool of a locale for a seed."""
    fake: Any = Generator()  # its methods come from the providers
    for room in ("person", "company", "address"):
        fake.add_provider(importlib.import_module(f"faker.providers.{room}.{locale}").Provider)
    fake.seed_instance(draw(seed, "pool", locale))
    if locale == "ja_JP":
        firsts = tuple(_japanese(fake.first_name_pair()) for _ in range(FIRST_NAMES))
        lasts = tuple(_japanese(fake.last_name_pair()) for _ in range(LAST_NAMES))
    else:
        firsts = tuple(_latin(fake.first_name()) for _ in range(FIRST_NAMES))
        lasts = tuple(_latin(fake.last_name()) for _ in range(LAST_NAMES))
    cities = tuple(str(fake.city()) for _ in range(CITIES))
    streets = tuple(_street(fake, locale) for _ in range(STREETS))
    return Pool(locale, firsts, lasts, cities, streets, _TRADES[locale], _SUFFIXES[locale])


def _japanese(pair: tuple[str, str, str]) -> tuple[str, str]:
    return pair[0], pair[2]


def _latin(name: str) -> tuple[str, str]:
    return name, "".join(letter for letter in name.translate(_LATIN) if letter.isascii() and letter.isalpha())


def _street(fake: Any, locale: str) -> str:
    return f"{fake.town()}{fake.chome()}{fake.ban()}" if locale == "ja_JP" else str(fake.street_address())
