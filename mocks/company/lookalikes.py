"""Codes that only an exact comparison tells apart: another case, or leading zeros. Folding or counting them takes one for the other."""

PERIOD, ORIGINAL, COPY = 6, 2, 5
"""Of every six base records the sixth has a code that looks like the third one's."""


def original_of(index: int) -> int | None:
    """The index of the record whose code this one's looks like; None for most."""
    return index - (COPY - ORIGINAL) if index % PERIOD == COPY else None


def alike(code: str, turn: int) -> str:
    """Another code that looks like this one: in lower case, or without the zeros that its number begins with."""
    head, separator, number = code.rpartition("-")
    bare = f"{head}{separator}{number.lstrip('0')}"
    return code.lower() if turn % 2 == 0 or bare == code else bare


def paired(number: int, prefix: str, digits: str) -> str:
    """The code of the number-th of many records, which look like each other in pairs: PREFIX000007Z and prefix000007z, or 31000007 and
    031000007. digits: what those of digits alone begin with, so that no other kind has them."""
    pair, second = divmod(number, 2)
    if pair % 2 == 0:
        code = f"{prefix}{pair:06d}Z"
        return code.lower() if second else code
    return f"{'0' * second}{digits}{pair:07d}"
