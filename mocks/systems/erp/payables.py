"""What suppliers have to get: one open item for each posted invoice or credit memo, beside the control account 2000.

The items of an account add up to its balance at every instant (domain.md 2, invariant 2): whoever posts to it names the document as
`Entry.item` and does the same here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

AP_TRADE = "2000"
_TERMS = re.compile(r"(?:(?P<percent>[0-9]+)/(?P<within>[0-9]+))?N(?P<net>[0-9]+)")


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of payment, in days after the document's date. discount_percent: off the gross amount when it is paid within discount_days."""

    net_days: int
    discount_percent: int = 0
    discount_days: int = 0


def terms_of(text: str) -> Terms:
    """N30: all of it within 30 days; 2/10N30: the same, or 2 % less within 10. Raises ValueError."""
    found = _TERMS.fullmatch(text)
    if found is None:
        raise ValueError(f"terms of payment {text!r}: expected something like N30 or 2/10N30")
    return Terms(int(found["net"]), int(found["percent"] or 0), int(found["within"] or 0))


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One document for which a supplier gets money, or (negative amounts) owes it.

    reference: the supplier's own number. amount_minor, open_minor: minor units of `currency`, as billed and what of it is open.
    functional_open_minor: that in the company's currency at the rate of the document, as it stands on the account. blocks: why it is not
    paid, one word each; empty: it may be. document_type: the kind of the document.
    """

    document: str
    company_code: str
    vendor_id: str
    reference: str
    currency: str
    amount_minor: int
    document_date: date
    terms: Terms
    open_minor: int
    functional_open_minor: int
    blocks: frozenset[str] = frozenset()
    account: str = AP_TRADE
    document_type: str = "supplier_invoice"

    @property
    def due_on(self) -> date:
        """The last day to pay; a credit is due at once."""
        return self.document_date + timedelta(days=self.terms.net_days if self.amount_minor > 0 else 0)

    @property
    def discount_until(self) -> date | None:
        """The last day on which less is paid; None without a discount."""
        if not self.terms.discount_percent or self.amount_minor <= 0:
            return None
        return self.document_date + timedelta(days=self.terms.discount_days)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was paid or cleared."""
        return self.open_minor == self.amount_minor


def item_of(
    document: str,
    *,
    company_code: str,
    vendor_id: str,
    reference: str,
    currency: str,
    amount_minor: int,
    document_date: date,
    terms: Terms,
    document_type: str = "supplier_invoice",
    functional_minor: int | None = None,
) -> OpenItem:
    """A new one, all of it open. functional_minor: what it is worth where its currency is not the company's own."""
    return OpenItem(
        document=document,
        company_code=company_code,
        vendor_id=vendor_id,
        reference=reference,
        currency=currency,
        amount_minor=amount_minor,
        document_date=document_date,
        terms=terms,
        open_minor=amount_minor,
        functional_open_minor=amount_minor if functional_minor is None else functional_minor,
        document_type=document_type,
    )


@dataclass(slots=True)
class OpenItems:
    """Of all companies of one ERP, by document number. Every method either changes nothing and raises, or changes everything."""

    _items: dict[str, OpenItem] = field(default_factory=dict)
    _open: dict[str, dict[str, None]] = field(default_factory=dict)  # numbers of those with something open, by company
    _changed: dict[str, None] = field(default_factory=dict)  # numbers

    def add(self, item: OpenItem) -> None:
        """A document was posted. Raises ValueError when it has an item already."""
        if item.document in self._items:
            raise ValueError(f"document {item.document} has an open item already")
        self._put(item)

    def get(self, document: str) -> OpenItem | None:
        """None: the document was never posted to the account."""
        return self._items.get(document)

    def reduce(self, document: str, minor: int) -> int:
        """So much of it (same sign as its amount) is paid, cleared or taken back; answers what leaves the account, in the company's
        currency: a share at the document's rate, with the last of it all that is left. Raises KeyError, and ValueError for more than is
        open."""
        item = self._items[document]
        left = item.open_minor - minor
        if minor * item.amount_minor <= 0 or left * item.amount_minor < 0:
            raise ValueError(f"document {document}: {minor} of {item.open_minor} open minor units {item.currency}")
        functional = item.functional_open_minor * minor // item.open_minor if left else item.functional_open_minor
        self._put(replace(item, open_minor=left, functional_open_minor=item.functional_open_minor - functional))
        return functional

    def reopen(self, document: str, minor: int, functional_minor: int) -> OpenItem:
        """What `reduce` took is open again, at the original rate. Raises KeyError, and ValueError for more than there ever was."""
        item = self._items[document]
        back = item.open_minor + minor
        if minor * item.amount_minor <= 0 or abs(back) > abs(item.amount_minor):
            raise ValueError(f"document {document}: {minor} back to {item.open_minor} of {item.amount_minor} minor units {item.currency}")
        return self._put(replace(item, open_minor=back, functional_open_minor=item.functional_open_minor + functional_minor))

    def set_blocks(self, document: str, blocks: frozenset[str]) -> OpenItem:
        """Why it is not paid from now on. Raises KeyError."""
        return self._put(replace(self._items[document], blocks=blocks))

    def of(self, company_code: str) -> Iterator[OpenItem]:
        """Those with something open, in order of posting (one that was reopened comes last)."""
        return (self._items[number] for number in tuple(self._open.get(company_code, ())))

    def take_changed(self) -> tuple[OpenItem, ...]:
        """Those of which something happened since this was asked last, as they are now."""
        taken, self._changed = tuple(self._items[number] for number in self._changed), {}
        return taken

    def _put(self, item: OpenItem) -> OpenItem:
        self._items[item.document] = item
        self._changed[item.document] = None
        numbers = self._open.setdefault(item.company_code, {})
        if item.open_minor:
            numbers[item.document] = None
        else:
            numbers.pop(item.document, None)
        return item
