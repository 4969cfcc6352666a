"""Suppliers that the group does not have yet: what somebody who asks for one knows about it. No word of their names is one of a supplier of
the master data, so that nobody takes a new one for an old one."""

from dataclasses import dataclass

from stdnum import iban
from stdnum.iso7064 import mod_11_10

from mocks.company.accounts import BankAccount
from mocks.company.chart import PAYMENT_TERMS
from mocks.company.model import Entity
from mocks.company.streams import Stream

_STARTS = (
    "Al", "Bren", "Cal", "Dor", "El", "Fen", "Gal", "Hol", "Il", "Jor",
    "Kel", "Lor", "Mar", "Nor", "Or", "Pel", "Ros", "Sel", "Tor", "Vel",
)  # fmt: skip
_MIDDLES = ("a", "e", "i", "o", "u", "ani", "ero", "ilo", "ona", "uva")
_ENDS = ("bern", "cort", "dine", "fell", "gard", "lund", "mont", "quist", "ridge", "stern", "tane", "vance", "wick", "zell")
_KANA = (
    "アル", "ベル", "カリ", "ドラ", "エン", "フィ", "ガロ", "ホレ", "イオ", "ケス",
    "ルナ", "マレ", "ノバ", "オリ", "ペル", "ロサ", "セナ", "トリ", "ヴェ", "ゼノ",
)  # fmt: skip
_TRADES = {
    "en_US": ("Fasteners", "Optics", "Packaging", "Instruments", "Textiles"),
    "de_DE": ("Optik", "Verpackung", "Messtechnik", "Textil", "Werkzeuge"),
    "ja_JP": ("光学", "包装", "計測", "繊維", "工具"),
}
_FORMS = {"en_US": ("Inc.", "LLC", "Corp."), "de_DE": ("GmbH", "AG", "KG"), "ja_JP": ("株式会社", "合同会社")}
_PLACES = {
    "en_US": (("Springfield", "62701"), ("Riverton", "84065"), ("Fairview", "07022"), ("Georgetown", "78626")),
    "de_DE": (("Bremen", "28195"), ("Kassel", "34117"), ("Jena", "07743"), ("Ulm", "89073")),
    "ja_JP": (("仙台市", "980-0811"), ("浜松市", "430-0926"), ("岡山市", "700-0821"), ("長野市", "380-0823")),
}
_STREETS = {"en_US": "{} Commerce Way", "de_DE": "Gewerbestraße {}", "ja_JP": "中央{}丁目"}
_EIN_PREFIXES = ("12", "20", "36", "45", "61", "75", "83", "94")
_RTN_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)


@dataclass(frozen=True, slots=True)
class NewSupplier:
    """What is known about a supplier before anybody bought from it."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str
    bank: BankAccount
    payment_terms: str


def new_supplier(entity: Entity, stream: Stream) -> NewSupplier:
    """One of the entity's country; its numbers have right check digits."""
    name = _name(entity, stream)
    city, postcode = stream.pick(_PLACES[entity.locale])
    return NewSupplier(
        name=name,
        street=_STREETS[entity.locale].format(1 + stream.below(200)),
        postcode=postcode,
        city=city,
        country=entity.country,
        tax_id=_tax_id(entity.country, stream),
        bank=_bank(entity.country, name, stream),
        payment_terms=stream.pick(PAYMENT_TERMS),
    )


def _name(entity: Entity, stream: Stream) -> str:
    locale = entity.locale
    trade, form = stream.pick(_TRADES[locale]), stream.pick(_FORMS[locale])
    if locale == "ja_JP":
        return f"{form}{''.join(stream.pick(_KANA) for _ in range(6))}{trade}"
    return f"{_word(stream)} {_word(stream)} {_word(stream)} {trade} {form}"


def _word(stream: Stream) -> str:
    return f"{stream.pick(_STARTS)}{stream.pick(_MIDDLES)}{stream.pick(_ENDS)}"


def _tax_id(country: str, stream: Stream) -> str:
    if country == "US":
        return f"{stream.pick(_EIN_PREFIXES)}-{stream.below(10**7):07d}"
    if country == "DE":
        number = f"{10**7 + stream.below(9 * 10**7):08d}"
        return f"DE{number}{mod_11_10.calc_check_digit(number)}"
    number = f"{10**11 + stream.below(9 * 10**11):012d}"
    weights = sum((1 + index % 2) * int(digit) for index, digit in enumerate(reversed(number)))
    return f"T{9 - weights % 9}{number}"


def _bank(country: str, holder: str, stream: Stream) -> BankAccount:
    if country == "DE":
        number = f"{10**7 + stream.below(9 * 10**7):08d}{stream.below(10**10):010d}"
        return BankAccount(holder, country, iban=f"DE{iban.calc_check_digits(f'DE00{number}')}{number}")
    if country == "US":
        routing = f"{stream.pick(('02', '06', '11', '12'))}{stream.below(10**6):06d}"
        check = -sum(weight * int(digit) for weight, digit in zip(_RTN_WEIGHTS, routing, strict=True)) % 10
        return BankAccount(holder, country, bank_code=f"{routing}{check}", number=f"{10**8 + stream.below(9 * 10**8)}")
    return BankAccount(holder, country, bank_code=f"{10**6 + stream.below(9 * 10**6)}", number=f"{10**6 + stream.below(9 * 10**6)}")
