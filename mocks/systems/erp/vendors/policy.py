"""How a company group keeps its vendors: who owns which attribute, what counts as a duplicate, how long bank details cool off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mocks.systems.erp.vendors.models import Rule

Owner = Literal["source", "erp"]
RULES: tuple[Rule, ...] = ("tax_id", "bank_account", "name_postcode", "name")

ONBOARDING_OWNS: Mapping[str, Owner] = {
    "name": "source",
    "address": "source",
    "tax_ids": "source",
    "sites": "source",
    "payment_terms": "erp",
    "currency": "erp",
}
"""The system that asked for a vendor goes on saying who it is; the ERP says how it is paid."""

ERP_OWNS: Mapping[str, Owner] = dict.fromkeys(ONBOARDING_OWNS, "erp")
"""Once a vendor exists, people of the ERP keep it, and nobody else."""


@dataclass(frozen=True, slots=True)
class VendorPolicy:
    """owners: of every attribute that can change. refused: rules that find duplicates, in this order; overridable: those that somebody with
    evidence may overrule. likeness: of names, in percent. cooling_off_days: calendar days between the second approval and the day from
    which new bank details are in force."""

    owners: Mapping[str, Owner]
    refused: tuple[Rule, ...] = RULES
    overridable: frozenset[Rule] = frozenset({"name_postcode", "name"})
    likeness: float = 90.0
    cooling_off_days: int = 5


USUAL = VendorPolicy(ONBOARDING_OWNS)
LENIENT = VendorPolicy(ONBOARDING_OWNS, refused=(), overridable=frozenset(RULES), cooling_off_days=0)
"""Takes a second vendor with one tax id: what a connector prevents is then seen, and not only what the ERP refuses."""
