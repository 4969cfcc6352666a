"""The register of tax numbers: it answers valid or invalid, or nobody answers."""

from dataclasses import dataclass, field

from mocks.abilities.tax_ids import canonical
from mocks.systems.erp.vendors.models import TaxId, TaxStatus
from mocks.systems.erp.vendors.numbers import tax_problem


@dataclass(slots=True)
class TaxRegister:
    """struck: (country, number) of those that are registered no more. Every other number that is well formed is."""

    available: bool = True
    struck: set[tuple[str, str]] = field(default_factory=set)

    def look_up(self, tax_id: TaxId) -> tuple[TaxStatus, str | None]:
        """Format and check digit need nobody's answer; registration does. (status, reason)"""
        problem = tax_problem(tax_id)
        if problem is not None:
            return "invalid", problem
        if not self.available:
            return "unavailable", "the register does not answer"
        if (tax_id.country, canonical(tax_id.number)) in self.struck:
            return "invalid", f"{tax_id.number} of {tax_id.country} is not registered any more"
        return "valid", None

    def strike(self, tax_id: TaxId, *, struck: bool) -> None:
        """Off the register, or on it again."""
        key = (tax_id.country, canonical(tax_id.number))
        if struck:
            self.struck.add(key)
        else:
            self.struck.discard(key)
