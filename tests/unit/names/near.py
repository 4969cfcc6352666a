"""What people make of a company's name when they type it again: the material that duplicate detection is measured with."""

from collections.abc import Callable, Sequence

from mocks.company.pools import Pool, draw_pool
from mocks.company.streams import Stream

LETTERS = "abcdefghijklmnopqrstuvwxyz"
UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"))
MARKS = str.maketrans("äöüÄÖÜéèêáó", "aouAOUeeeao")
ITERATION = {"高": "髙", "崎": "﨑", "斎": "齋", "辺": "邊", "沢": "澤", "浜": "濱", "広": "廣", "国": "國"}
FORMS = {
    "en_US": ("", "Inc.", "Incorporated", "LLC", "L.L.C.", "Corp.", "Corporation", "Ltd.", "Co."),
    "de_DE": ("", "GmbH", "G.m.b.H.", "Gesellschaft mit beschränkter Haftung", "AG", "KG", "GmbH & Co. KG", "e.K.", "mbH"),
    "ja_JP": ("", "株式会社", "(株)", "㈱", "有限会社", "(有)", "Co., Ltd.", "K.K."),
}

Name = tuple[str, str, str]
Change = Callable[[Stream, Name, str], str]


def parts(pool: Pool, number: int) -> Name:
    """Stem, trade and legal form of the number-th company."""
    stem = pool.last_names[number % len(pool.last_names)][0]
    trade = pool.trades[(number // len(pool.last_names)) % len(pool.trades)]
    return stem, trade, pool.suffixes[(number // 7) % len(pool.suffixes)]


def spelt(name: Name, locale: str) -> str:
    """As its owner writes it."""
    stem, trade, form = name
    return f"{form}{stem}{trade}" if locale == "ja_JP" else f"{stem} {trade} {form}"


def other_form(stream: Stream, name: Name, locale: str) -> str:
    """Another legal form, or the same one written otherwise, or before the name."""
    stem, trade, _ = name
    form = stream.pick(FORMS[locale])
    if locale == "ja_JP":
        return f"{stem}{trade}{form}" if stream.below(2) else f"{form} {stem}{trade}"
    return f"{stem} {trade} {form}".strip()


def typo(stream: Stream, name: Name, locale: str) -> str:
    """One letter too many, too few, another one, or two in the wrong order. Nobody mistypes one kanji for a random other: there, a small
    kana becomes a large one, or a blank comes between the words."""
    if locale == "ja_JP":
        stem, trade, form = name
        mistyped = trade.replace("ィ", "イ").replace("ュ", "ユ")
        return f"{form}{stem}{mistyped}" if mistyped != trade else f"{form} {stem} {trade}"
    text = f"{name[0]} {name[1]}"
    place, kind = 1 + stream.below(max(len(text) - 2, 1)), stream.below(4)
    before, at, after = text[:place], text[place], text[place + 1 :]
    changed = (
        before + at + stream.pick(LETTERS) + after,
        before + after,
        before + stream.pick(LETTERS) + after,
        before + after[:1] + at + after[1:],
    )
    return f"{changed[kind]} {name[2]}"


def word_order(stream: Stream, name: Name, locale: str) -> str:
    """The trade first; in Japanese the form behind."""
    stem, trade, form = name
    if locale == "ja_JP":
        return f"{stem}{trade}{form}"
    return stream.pick((f"{trade} {stem} {form}", f"{form} {stem} {trade}", f"{trade}, {stem}"))


def transliteration(stream: Stream, name: Name, locale: str) -> str:
    """Umlauts written out or without dots, full and half width, old characters."""
    text = spelt(name, locale)
    if locale == "ja_JP":
        for new, old in ITERATION.items():
            text = text.replace(new, old)
        return text.replace("株式会社", "㈱")
    if stream.below(2):
        return text.translate(MARKS)
    for letter, written in UMLAUTS:
        text = text.replace(letter, written)
    return text


def punctuation(stream: Stream, name: Name, locale: str) -> str:
    """Capitals, commas, hyphens, blanks."""
    stem, trade, form = name
    if locale == "ja_JP":
        return stream.pick((f"{form} {stem}{trade}", f"{form}・{stem}{trade}", f"「{form}{stem}{trade}」"))
    return stream.pick((f"{stem} {trade}, {form}", f"{stem}-{trade} {form}", spelt(name, locale).upper(), f"  {stem}  {trade} ({form})"))


CHANGES: tuple[Change, ...] = (other_form, typo, word_order, transliteration, punctuation)


def register(seed: int, locale: str, size: int) -> tuple[list[Name], list[Name]]:
    """Names of companies that are known, and as many of others: no two have both stem and trade in common."""
    pool, stream = draw_pool(seed, locale), Stream(seed, "near", locale)
    found: dict[tuple[str, str], Name] = {}
    while len(found) < 2 * size:
        name = parts(pool, stream.below(len(pool.last_names) * len(pool.trades)))
        found.setdefault(name[:2], name)
    names = list(found.values())
    return names[:size], names[size:]


def near(seed: int, locale: str, names: Sequence[Name]) -> list[tuple[Name, str, str]]:
    """Each name as somebody typed it again: (name, what it was changed by, text)."""
    stream = Stream(seed, "typed again", locale)
    found = []
    for name in names:
        change = stream.pick(CHANGES)
        text = change(stream, name, locale)
        if stream.below(3) == 0 and locale != "ja_JP":
            text = text.lower()
        found.append((name, change.__name__, text))
    return found
