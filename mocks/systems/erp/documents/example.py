"""A valid document of each entity, for fuzzing."""

from dataclasses import dataclass
from typing import Any

from mocks.abilities.drafted import AMOUNT
from mocks.company import Entity
from mocks.company.invoicing import TAX_CODES
from mocks.company.money import to_text

DAY = "20261028"
DECIDED = "2026-10-28T08:00:00+00:00"
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """Who and what a valid document of one entity names: fuzzing begins with it."""

    entity: Entity
    vendor: str
    cost_center: str
    person: str
    approver: str

    @property
    def total(self) -> str:
        return to_text(AMOUNT, self.entity.decimals)

    @property
    def zero(self) -> str:
        return to_text(0, self.entity.decimals)

    @property
    def untaxed(self) -> str:
        """A tax code at no rate."""
        return next(each.code for each in TAX_CODES if each.entity == self.entity.key and not each.rate)

    def head(self) -> Body:
        """What all documents have."""
        evidence = {"step": 1, "approver": self.approver, "decided_at": DECIDED, "source_document": "REQ-FUZZ-00000001"}
        return {
            "company_code": self.entity.erp_company,
            "document_date": DAY,
            "currency": self.entity.currency,
            "approvals": [evidence],
        }
