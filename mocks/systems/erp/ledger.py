"""Double-entry books: actual and memo apart, open items beside their control accounts, nothing ever edited."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mocks.company.model import Account
from mocks.kit.operation import Effect

LedgerName = Literal["actual", "memo"]
OWED = "owed"
"""What the history calls a line that somebody has to get, or to give: its account is a liability, or has open items."""
SPENT = "spent"
"""What it calls a line that is spent: of an expense account, for a cost centre."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line to post: signed minor units, debit positive. `item` is the subledger key on control accounts; `project`: whose budget it
    is, beside its cost centre."""

    account: str
    amount_minor: int
    cost_center: str | None = None
    item: str | None = None
    text: str = ""
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """A posted set of entries; `id` is the number of the document that it belongs to."""

    id: str
    ledger: LedgerName
    company_code: str
    currency: str
    period: str
    entries: tuple[Entry, ...]


class Unbalanced(Exception):  # noqa: N818 (it names what the entries are)
    """Entries do not add up to zero: a defect of the caller, never an answer to a client."""


class Ledger:
    """All journals of all company codes, with running totals."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._control = {code for code, account in accounts.items() if account.control}
        self._owed = {code for code, account in accounts.items() if account.is_owed}
        self._chart = accounts  # accounts are added to it
        self._memo = {code for code, account in accounts.items() if account.type == "budgetary"}
        self.journals: list[Journal] = []
        # (company, ledger, period, account) -> [debits, credits], both positive
        self._totals: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        # (company, account, item) -> open amount, debit positive: what the subledger says, kept apart from the totals
        self._open_items: dict[tuple[str, str, str], int] = defaultdict(int)

    def post(self, journal: Journal) -> tuple[Effect, ...]:
        """Post a journal; answers one effect per line. Raises Unbalanced before anything is written."""
        self._check(journal)
        self.journals.append(journal)
        for entry in journal.entries:
            self._add(journal, entry)
        return tuple(self._line_effect(journal, number, entry) for number, entry in enumerate(journal.entries, 1))

    def _check(self, journal: Journal) -> None:
        total = sum(entry.amount_minor for entry in journal.entries)
        if total:
            raise Unbalanced(f"journal {journal.id}: entries add up to {total} minor units {journal.currency}, expected 0")
        strangers = [entry.account for entry in journal.entries if (entry.account in self._memo) != (journal.ledger == "memo")]
        if strangers:
            raise Unbalanced(f"journal {journal.id}: accounts {', '.join(strangers)} do not belong to the {journal.ledger} ledger")

    def _add(self, journal: Journal, entry: Entry) -> None:
        sides = self._totals[journal.company_code, journal.ledger, journal.period, entry.account]
        if entry.amount_minor >= 0:
            sides[0] += entry.amount_minor
        else:
            sides[1] -= entry.amount_minor
        if entry.account in self._control:
            self._open_items[journal.company_code, entry.account, entry.item or ""] += entry.amount_minor

    def _line_effect(self, journal: Journal, number: int, entry: Entry) -> Effect:
        return Effect(
            entity_type="journal_line",
            entity_id=f"{journal.id}/{number}",
            effect="create",
            amount_minor=entry.amount_minor,
            currency=journal.currency,
            company=journal.company_code,
            period=journal.period,
            account=entry.account,
            cost_center=entry.cost_center,
            parent_id=journal.id,
            src_line=entry.item,
            category=self._category(entry),
        )

    def _category(self, entry: Entry) -> str | None:
        if entry.account in self._owed:
            return OWED
        account = self._chart.get(entry.account)
        return SPENT if entry.cost_center is not None and account is not None and account.type == "expense" else None

    def totals(self, company_code: str, ledger: LedgerName, period: str | None) -> list[tuple[str, int, int]]:
        """(account, debits, credits) in account order; of one period, or of all."""
        found: dict[str, list[int]] = {}
        for (company, name, month, account), (debit, credit) in self._totals.items():
            if company == company_code and name == ledger and period in {None, month}:
                sides = found.setdefault(account, [0, 0])
                sides[0] += debit
                sides[1] += credit
        return [(account, debit, credit) for account, (debit, credit) in sorted(found.items())]

    def balance(self, company_code: str, account: str) -> int:
        """Balance of an account over all periods, debit positive."""
        return sum(
            debit - credit for (company, _, _, code), (debit, credit) in self._totals.items() if company == company_code and code == account
        )

    def open_items(self, company_code: str, account: str) -> dict[str, int]:
        """Open amount by subledger key of a control account, debit positive, zeroes left out."""
        return {
            item: amount
            for (company, code, item), amount in self._open_items.items()
            if company == company_code and code == account and amount
        }

    @property
    def control_accounts(self) -> frozenset[str]:
        """Accounts that a subledger backs."""
        return frozenset(self._control)


def reversed_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The same lines on the other side."""
    return tuple(replace(entry, amount_minor=-entry.amount_minor) for entry in entries)


def moving(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries without those that move nothing."""
    return tuple(entry for entry in entries if entry.amount_minor)
