"""Names of parties, normalised and compared: legal forms, word order, transliteration and typing errors do not make another company.

The measure is the token set ratio (domain.md, section 8) over normalised names. A name whose words are all among the other's has a ratio
of 1 whatever else the other says (`Huber` and `Huber Logistik`), so the token sort ratio, which counts every word, has to agree.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

SORTED_MIN = 80.0
"""The least token sort ratio, in percent, of two names that may be one."""

# What the same letter looks like elsewhere: German umlauts written out fold together with those that lost their dots.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "a", "œ": "o", "þ": "th"})
_UMLAUTS = re.compile("ae|oe|ue")
# Old and variant forms of characters that Japanese names are written with, and today's.
_KANJI = str.maketrans("髙﨑齋齊斉邊邉邊澤濱廣國櫻眞惠龍嶋槇", "高崎斎斎斎辺辺辺沢浜広国桜真恵竜島槙")
_SPELT_OUT = {
    "gesellschaft mit beschrankter haftung": "gmbh",
    "aktiengesellschaft": "ag",
    "kommanditgesellschaft": "kg",
    "eingetragener kaufmann": "ek",
    "limited liability company": "llc",
    "kabushiki kaisha": "kk",
    "yugen kaisha": "yk",
    "godo kaisha": "gk",
}
_FORMS = frozenset(
    {
        *("inc", "incorporated", "llc", "ltd", "limited", "corp", "corporation", "co", "company", "plc", "lp", "llp"),
        *("gmbh", "mbh", "ag", "kg", "kgaa", "ek", "ohg", "gbr", "ug", "se", "kk", "yk", "gk"),
        *("group", "holding", "holdings", "son", "sons", "the", "and", "und", "et", "of"),
    }
)
_KANJI_FORMS = re.compile(r"株式会社|有限会社|合同会社|合資会社|合名会社|\((?:株|有|同)\)")
_DROPPED = re.compile("[.'`\u2019\u00b4・ー]")
_SMALL_KANA = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
_SCRIPTS = re.compile(r"(?<=[一-鿿々])(?=[ァ-ヶa-z0-9])|(?<=[ァ-ヶa-z0-9])(?=[一-鿿々])")
_KANJI_APART = re.compile(r"(?<=[一-鿿々]) (?=[一-鿿々])")
# One kanji says as much as two letters: without this, two surnames before the same long word in kana are nearly one name.
_ONE_KANJI = re.compile("[一-鿿々]")
_BLANK = re.compile(r"[^\w]+")


def normalised(name: str) -> str:
    """Lower case, letters without marks, no punctuation, no legal form: `MÜLLER & Söhne G.m.b.H.` is `muller sohne`. A name of nothing
    but such words keeps them."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_LETTERS)
    text = _KANJI_FORMS.sub(" ", text.translate(_KANJI)).translate(_SMALL_KANA)
    bare = unicodedata.normalize("NFD", text)
    text = unicodedata.normalize("NFC", "".join(each for each in bare if not 0x300 <= ord(each) < 0x370))  # not the marks of kana
    text = _UMLAUTS.sub(lambda found: found.group()[0], text)
    text = _SCRIPTS.sub(" ", _KANJI_APART.sub("", _BLANK.sub(" ", _DROPPED.sub("", text)))).strip()
    for spelt, short in _SPELT_OUT.items():
        text = text.replace(spelt, short)
    words = _ONE_KANJI.sub(lambda found: found.group() * 2, text).split()
    return " ".join(word for word in words if word not in _FORMS) or " ".join(words)


@dataclass(frozen=True, slots=True)
class Alike:
    """A key under which a name is known that is like the one that was looked for."""

    key: str
    likeness: float


class NameIndex:
    """Names by key, in rooms (a company and a country) searched apart. A normalised name is compared once, however many have it."""

    def __init__(self) -> None:
        self._rooms: dict[tuple[str, ...], dict[str, dict[str, None]]] = {}
        self._place: dict[str, tuple[tuple[str, ...], str]] = {}

    def put(self, room: tuple[str, ...], key: str, name: str) -> None:
        """A new key, or a new name or room of one that is known."""
        self.take(key)
        text = normalised(name)
        self._rooms.setdefault(room, {}).setdefault(text, {})[key] = None
        self._place[key] = room, text

    def take(self, key: str) -> None:
        """Forget a key."""
        room, text = self._place.pop(key, ((), ""))
        keys = self._rooms.get(room, {}).get(text)
        if keys is not None:
            keys.pop(key, None)
            if not keys:
                del self._rooms[room][text]

    def alike(self, room: tuple[str, ...], name: str, least: float) -> Iterator[Alike]:
        """Keys of the room whose name is at least so alike, in percent; the most alike first."""
        texts = self._rooms.get(room, {})
        wanted = normalised(name)
        found = process.extract(wanted, texts.keys(), scorer=fuzz.token_set_ratio, score_cutoff=least, limit=None)
        for text, ratio, _ in sorted(found, key=lambda each: (-each[1], each[0])):
            if fuzz.token_sort_ratio(wanted, text) >= SORTED_MIN:
                for key in texts[text]:
                    yield Alike(key, ratio)
