"""How documents differ from each other, as life has it. Every share stands here, as "one in so many", and is drawn from the seed.

Documents of a baseline take the shapes of SHOWN in turn, so that a connector meets each of them before anything breaks.
"""

from dataclasses import dataclass

from mocks.company.streams import Stream

WILD_ONE_IN = 4  # documents with texts that break careless code
LONG_ONE_IN = 16  # documents with more lines than the few that most have
CREDIT_ONE_IN = 6  # claims with a line of something that was given back
CREDIT_EVERY = 10  # of so many lines of such a claim one is a credit, and at least one
FOREIGN_ONE_IN = 6  # claims with receipts in another currency
ALIKE_ONE_IN = 8  # documents in which one line is there twice
FEW_LINES, MANY_LINES = 3, 40  # most have one line up to this; none has more than that


@dataclass(frozen=True, slots=True)
class Signers:
    """Who approves: how many people at least, and whether one of them is a delegate."""

    count: int
    delegated: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What one document is like.

    lines: how many there are; None: a few, as they come. signers: whose approval it needs; None: as it comes.
    credit: a claim has lines of something that was given back. foreign: its receipts are in another currency, every second one.
    alike: two of its lines differ in nothing but their number.
    wild: its texts have quotes, emoji, two directions of writing, combining marks, or are as long as may be.
    """

    lines: int | None = None
    wild: bool = False
    signers: Signers | None = None
    credit: bool = False
    foreign: bool = False
    alike: bool = False


PLAIN = Shape(signers=Signers(1, delegated=False))
"""Of documents that nobody looks at for their shape."""
SHOWN = (
    Shape(lines=MANY_LINES, wild=True, signers=Signers(3, delegated=True), credit=True, foreign=True, alike=True),
    PLAIN,
    Shape(lines=1, wild=True, signers=Signers(2, delegated=False), foreign=True),
    Shape(signers=Signers(1, delegated=True), credit=True, alike=True),
)


def drawn(seed: int, key: str) -> Shape:
    """The shape of the document with this key, the same one for the same key."""
    stream = Stream(seed, "shape", key)
    wild = _one_in(stream, WILD_ONE_IN)
    lines = FEW_LINES + 1 + stream.below(MANY_LINES - FEW_LINES) if _one_in(stream, LONG_ONE_IN) else None
    credit, foreign = _one_in(stream, CREDIT_ONE_IN), _one_in(stream, FOREIGN_ONE_IN)
    return Shape(lines=lines, wild=wild, credit=credit, foreign=foreign, alike=_one_in(stream, ALIKE_ONE_IN))


def shown(turn: int) -> Shape:
    """The shape of a baseline document that comes after `turn` others like it."""
    return SHOWN[turn % len(SHOWN)]


def _one_in(stream: Stream, many: int) -> bool:
    return stream.below(many) == 0
