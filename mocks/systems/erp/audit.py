"""Looks at the books from outside: does each journal add up, and does each company's trial balance?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from mocks.systems.erp.ledger import Ledger, LedgerName

LEDGERS: tuple[LedgerName, ...] = ("actual", "memo")


@dataclass(slots=True)
class Found:
    """Of one ledger."""

    journals: int = 0
    unbalanced: int = 0
    trial_balances_off: int = 0


class Audit:
    """Journals are never edited, so each is looked at once, however often `look` is called."""

    def __init__(self, ledger: Ledger, companies: Iterable[str]) -> None:
        self.ledger = ledger
        self._companies = tuple(companies)
        self._looked_at = 0
        self._found: dict[LedgerName, Found] = defaultdict(Found)

    def look(self) -> dict[LedgerName, Found]:
        """What is true now."""
        journals = self.ledger.journals
        for journal in journals[self._looked_at :]:
            found = self._found[journal.ledger]
            found.journals += 1
            found.unbalanced += sum(entry.amount_minor for entry in journal.entries) != 0
        self._looked_at = len(journals)
        for name in LEDGERS:
            self._found[name].trial_balances_off = sum(self._off(company, name) for company in self._companies)
        return dict(self._found)

    def _off(self, company: str, ledger: LedgerName) -> bool:
        return sum(debit - credit for _, debit, credit in self.ledger.totals(company, ledger, None)) != 0
