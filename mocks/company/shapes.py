"""How documents differ from each other, as life has it. Every share stands here, as "one in so many", and is drawn from the seed.

Documents of a baseline take the shapes of SHOWN in turn, so that a connector meets each of them before anything breaks.
"""

from dataclasses import dataclass

from mocks.company.streams import Stream

WILD_ONE_IN = 4  # documents with texts that break careless code


@dataclass(frozen=True, slots=True)
class Shape:
    """What one document is like.

    wild: its texts have quotes, emoji, two directions of writing, combining marks, or are as long as may be.
    """

    wild: bool = False


PLAIN = Shape()
SHOWN = (Shape(wild=True), PLAIN)


def drawn(seed: int, key: str) -> Shape:
    """The shape of the document with this key, the same one for the same key."""
    stream = Stream(seed, "shape", key)
    return Shape(wild=_one_in(stream, WILD_ONE_IN))


def shown(turn: int) -> Shape:
    """The shape of a baseline document that comes after `turn` others like it."""
    return SHOWN[turn % len(SHOWN)]


def _one_in(stream: Stream, many: int) -> bool:
    return stream.below(many) == 0
