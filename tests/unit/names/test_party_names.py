"""Names that are typed again are found, and names of others are not: measured on seeds that nothing was tuned on."""

import pytest

from mocks.abilities.party_names import NameIndex, normalised
from tests.unit.names import near

LEAST = 90.0  # domain.md, section 8: token set ratio
HELD_OUT = range(9_001, 9_013)  # tuned on 1 to 5
SIZE = 100
PRECISION, RECALL = 0.95, 0.90


def measured(seed: int, locale: str) -> tuple[int, int, int]:
    """Found rightly, found wrongly, missed: of names typed again, and of as many that nobody knows."""
    known, others = near.register(seed, locale, SIZE)
    index = NameIndex()
    for number, name in enumerate(known):
        index.put((locale,), str(number), near.spelt(name, locale))
    again = near.near(seed, locale, known)
    right = sum(str(known.index(name)) in {each.key for each in index.alike((locale,), text, LEAST)} for name, _, text in again)
    wrong = sum(bool(list(index.alike((locale,), near.spelt(name, locale), LEAST))) for name in others)
    return right, wrong, len(again) - right


@pytest.mark.requirement("R07.09")
@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP"])
def test_precision_and_recall_on_seeds_that_were_not_used_to_tune(locale: str) -> None:
    """In each language, over all seeds."""
    right, wrong, missed = (sum(column) for column in zip(*(measured(seed, locale) for seed in HELD_OUT), strict=True))
    assert right + missed == len(HELD_OUT) * SIZE
    assert right / (right + wrong) >= PRECISION
    assert right / (right + missed) >= RECALL


def test_every_kind_of_change_is_among_what_is_measured() -> None:
    """Otherwise the figures speak of less than they say."""
    known, _ = near.register(HELD_OUT[0], "de_DE", SIZE)
    assert {change for _, change, _ in near.near(HELD_OUT[0], "de_DE", known)} == {change.__name__ for change in near.CHANGES}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller Bürobedarf GmbH", "MUELLER-BUEROBEDARF G.m.b.H."),
        ("Müller Bürobedarf GmbH", "Muller Burobedarf, Gesellschaft mit beschränkter Haftung"),
        ("O'Neil Systems, L.L.C.", "oneil systems LLC"),
        ("Smith & Sons Media Group", "The Smith Media Company"),
        ("株式会社斉藤設備", "齋藤 設備㈱"),
        ("合同会社佐藤コンサルティング", "ｻﾄｳｺﾝｻﾙﾃｨﾝｸﾞ".replace("ｻﾄｳ", "佐藤")),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    """Marks, legal forms, width, capitals and punctuation leave nothing behind."""
    assert normalised(one) == normalised(other)


def test_a_name_of_nothing_but_legal_forms_stays_a_name() -> None:
    """Otherwise all of them would be one."""
    assert (normalised("The Company Ltd."), normalised("Holding AG")) == ("the company ltd", "holding ag")


def test_who_only_has_the_same_word_is_somebody_else() -> None:
    """The token set ratio alone says 100 where one name contains the other."""
    index = NameIndex()
    index.put(("DE",), "V1", "Huber GmbH")
    assert list(index.alike(("DE",), "Huber Logistik GmbH", LEAST)) == []
    assert [each.key for each in index.alike(("DE",), "HUBER AG", LEAST)] == ["V1"]


def test_rooms_are_searched_apart_and_a_key_has_one_name() -> None:
    """A country says nothing about another one; a renamed party is not found under its old name."""
    index = NameIndex()
    index.put(("DE",), "V1", "Nordlicht Medien AG")
    assert list(index.alike(("US",), "Nordlicht Medien AG", LEAST)) == []
    index.put(("DE",), "V1", "Südstern Druck AG")
    assert list(index.alike(("DE",), "Nordlicht Medien", LEAST)) == []
    index.take("V1")
    index.take("V1")
    assert list(index.alike(("DE",), "Südstern Druck", LEAST)) == []
