"""Is this invoice here already? The tests of domain.md 5, in their order. The same number in another year, on a credit memo or after a void
is right."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile

DAYS_APART_MAX = 3
_ODD = re.compile(r"[^0-9A-Z]")
_LEADING = re.compile(r"(?<![0-9])0+(?=[0-9])")
_ALIKE = str.maketrans("OI", "01")


def normalised(reference: str) -> str:
    """A supplier's number without what people key one way or another: spaces, punctuation, leading zeros (of it, and of digits behind
    letters), O for 0, I for 1. One of nothing else stays as it is."""
    plain = _ODD.sub("", reference.upper()).translate(_ALIKE)
    return _LEADING.sub("", plain) or reference


@dataclass(frozen=True, slots=True)
class Claimed:
    """What tells one invoice from another. total_minor: gross; identities: what other records of the same supplier would share, namely
    its tax numbers and its bank accounts."""

    document: str
    company_code: str
    vendor_id: str
    identities: tuple[str, ...]
    reference: str
    total_minor: int
    dated: date
    is_credit: bool

    @property
    def name(self) -> tuple[str, int, bool]:
        """A supplier gives a number once in a year, and once more to a credit memo."""
        return normalised(self.reference), self.dated.year, self.is_credit


@dataclass(slots=True)
class KnownInvoices:
    """All that were ever taken, parked ones too. Those that were voided or rejected are asked after and left out."""

    _by_vendor: defaultdict[tuple[object, ...], list[Claimed]] = field(default_factory=lambda: defaultdict(list))
    _by_amount: defaultdict[tuple[object, ...], list[Claimed]] = field(default_factory=lambda: defaultdict(list))
    _by_identity: defaultdict[tuple[object, ...], list[Claimed]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: Claimed) -> None:
        """It is here from now on."""
        self._by_vendor[one.vendor_id, one.name].append(one)
        self._by_amount[one.vendor_id, one.total_minor, one.is_credit].append(one)
        for identity in one.identities:
            self._by_identity[one.company_code, identity, one.name].append(one)

    def suspicion(self, one: Claimed, is_live: Callable[[str], bool]) -> str | None:
        """Which earlier invoice this one may be, in words; None: it is new. is_live: whether a document still stands for something."""

        def first(found: Iterable[Claimed]) -> Claimed | None:
            earlier = takewhile(lambda each: each.document != one.document, found)
            return next((each for each in earlier if is_live(each.document)), None)

        number = f"number {one.reference!r}"
        if (other := first(self._by_vendor.get((one.vendor_id, one.name), ()))) is not None:
            return f"{number} is that of {other.document} ({other.reference!r}) of the same supplier"
        same_total = self._by_amount.get((one.vendor_id, one.total_minor, one.is_credit), ())
        if (other := first(each for each in same_total if _is_near(each.dated, one.dated))) is not None:
            return f"{other.document} of the same supplier has the same total and is dated {other.dated}"
        for identity in one.identities:
            if (other := first(self._by_identity.get((one.company_code, identity, one.name), ()))) is not None:
                return f"{number} is that of {other.document} of supplier {other.vendor_id}, who has the same {identity.split(' ')[0]}"
        return None


def _is_near(one: date, other: date) -> bool:
    return abs((one - other).days) <= DAYS_APART_MAX
