"""Whether a vendor is there already: exact tax id, exact bank account, normalised name and postcode, fuzzy name and country."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from mocks.abilities.party_names import NameIndex, normalised
from mocks.systems.erp.vendors.models import Rule


@dataclass(frozen=True, slots=True)
class Traits:
    """By what a vendor is told apart. tax_ids, accounts: canonical; postcode: empty where it is not known."""

    company_code: str
    country: str
    name: str
    postcode: str
    tax_ids: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The vendor that is there already, and by which rule."""

    vendor_id: str
    rule: Rule
    said: str


class DuplicateIndex:
    """Every live vendor by its traits, company code by company code. Answers do not depend on the order of vendors."""

    def __init__(self) -> None:
        self._traits: dict[str, Traits] = {}
        self._exact: defaultdict[tuple[str, Rule, str], dict[str, None]] = defaultdict(dict)
        self._names = NameIndex()

    def put(self, vendor_id: str, traits: Traits) -> None:
        """A live vendor, or what changed about it."""
        self.take(vendor_id)
        self._traits[vendor_id] = traits
        for key in _exact_keys(traits):
            self._exact[key][vendor_id] = None
        self._names.put((traits.company_code, traits.country), vendor_id, traits.name)

    def take(self, vendor_id: str) -> None:
        """A vendor that is no longer live."""
        traits = self._traits.pop(vendor_id, None)
        if traits is not None:
            for key in _exact_keys(traits):
                self._exact[key].pop(vendor_id, None)
            self._names.take(vendor_id)

    def find(self, traits: Traits, *, rules: tuple[Rule, ...], likeness: float, but: str | None = None) -> Iterator[Duplicate]:
        """Vendors that this one would be a duplicate of, rule by rule; `but`: itself. likeness: of names, in percent."""
        for rule in rules:
            found = self._alike(traits, likeness) if rule == "name" else self._equal(traits, rule)
            yield from (each for each in found if each.vendor_id != but)

    def _equal(self, traits: Traits, rule: Rule) -> Iterator[Duplicate]:
        for key in _exact_keys(traits):
            if key[1] == rule:
                for vendor_id in sorted(self._exact.get(key, ())):
                    yield Duplicate(vendor_id, rule, f"has the same {_SAID[rule]}")

    def _alike(self, traits: Traits, likeness: float) -> Iterator[Duplicate]:
        for alike in self._names.alike((traits.company_code, traits.country), traits.name, likeness):
            said = f"is {self._traits[alike.key].name!r} in {traits.country}: {alike.likeness:.1f} % alike"
            yield Duplicate(alike.key, "name", said)


_SAID = {"tax_id": "tax id", "bank_account": "bank account", "name_postcode": "name and postcode"}


def _exact_keys(traits: Traits) -> Iterator[tuple[str, Rule, str]]:
    for tax_id in traits.tax_ids:
        yield traits.company_code, "tax_id", tax_id
    for account in traits.accounts:
        yield traits.company_code, "bank_account", account
    if traits.postcode:
        yield traits.company_code, "name_postcode", f"{normalised(traits.name)}/{traits.postcode}"
