"""The books of the three systems, read from the systems themselves, and the sum that must come out.

approved = posted + in flight + parked + refused. The left side comes from procurement and expenses, `posted` from the ERP: two sources
that never talk to each other. They are compared document by document, so that one that is posted twice does not make up for one that is
lost. What is in flight for too long counts as lost.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mocks.company.model import Account
from mocks.company.projections import ErpMaster
from mocks.kit.operation import View
from mocks.systems.erp.ledger import Ledger
from mocks.systems.erp.system import ErpSystem
from mocks.world import World
from reports.money import from_minor

APPROVED = frozenset({"approved"})
BOOKED = frozenset({"ordered", "posted", "paid", "closed"})
REFUSED = frozenset({"refused", "on_hold"})
LIVE = frozenset({"created", "posted"})
ENCUMBRANCE = "9200"


@dataclass(slots=True)
class Balance:
    """One currency, in minor units. `unexplained`: by how much documents differ from what they should be in the ERP, each by itself;
    0 is the only right answer."""

    currency: str
    approved: int = 0
    posted: int = 0
    in_flight: int = 0
    parked: int = 0
    refused: int = 0
    documents: int = 0
    unexplained: int = 0

    @property
    def agrees(self) -> bool:
        """Nothing is unexplained."""
        return self.unexplained == 0

    def row(self) -> dict[str, Any]:
        """For the page."""
        names = ("approved", "posted", "in_flight", "parked", "refused", "unexplained")
        amounts = {name: from_minor(getattr(self, name), self.currency) for name in names}
        return {"currency": self.currency, "agrees": self.agrees, "documents": self.documents, **amounts}


@dataclass(frozen=True, slots=True)
class CompanyBooks:
    """The ledger of one company code: (code, name, debit, credit) of every account that moved."""

    company: str
    name: str
    currency: str
    actual: tuple[tuple[str, str, int, int], ...]
    encumbered: int
    payables: int

    @property
    def debit(self) -> int:
        """Sum of the left side."""
        return sum(debit for _, _, debit, _ in self.actual)

    @property
    def credit(self) -> int:
        """Sum of the right side."""
        return sum(credit for _, _, _, credit in self.actual)

    def row(self) -> dict[str, Any]:
        """For the page."""
        return {
            "company": self.company,
            "name": self.name,
            "currency": self.currency,
            "accounts": [
                {
                    "account": code,
                    "name": name,
                    "debit": from_minor(debit, self.currency) if debit else "",
                    "credit": from_minor(credit, self.currency) if credit else "",
                }
                for code, name, debit, credit in self.actual
            ],
            "debit": from_minor(self.debit, self.currency),
            "credit": from_minor(self.credit, self.currency),
            "zero": self.debit == self.credit,
            "encumbered": from_minor(self.encumbered, self.currency),
            "payables": from_minor(self.payables, self.currency),
        }


@dataclass(slots=True)
class Books:
    """Everything at one instant."""

    balances: dict[str, Balance] = field(default_factory=dict)
    sources: dict[str, list[tuple[str, int, dict[str, int]]]] = field(default_factory=dict)  # by system: state, count, minor by currency
    companies: list[CompanyBooks] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)  # code by transaction

    @property
    def agree(self) -> bool:
        """Every currency agrees and every trial balance is zero."""
        return all(one.agrees for one in self.balances.values()) and all(one.debit == one.credit for one in self.companies)

    def document(self) -> dict[str, Any]:
        """For the page."""
        return {
            "agree": self.agree,
            "balances": [self.balances[currency].row() for currency in sorted(self.balances)],
            "sources": {
                system: [
                    {"state": state.replace("_", " "), "count": count, "money": [from_minor(m, c) for c, m in sorted(money.items())]}
                    for state, count, money in states
                ]
                for system, states in self.sources.items()
            },
            "companies": [company.row() for company in self.companies],
        }


def read_books(world: World, parked: Collection[str], overdue: Collection[str]) -> Books:
    """The books now, in one go, so that they belong to one instant. `parked`: transactions that the connector declared parked;
    `overdue`: those that were approved so long ago that they count as lost."""
    erp = world.systems["erp"]
    assert isinstance(erp, ErpSystem)
    views = {name: system.final_views() for name, system in world.systems.items()}
    targets = {kind for flow in world.catalog.flows.values() for kind in flow.target_documents}
    sources = [view for name, found in views.items() if name != "erp" for view in found]
    owner = world_owner(world)
    books = Books(balances=balances(sources, [view for view in views["erp"] if view.entity_type in targets], owner, parked, overdue))
    books.refusals = {owner(view) or "": view.reason for view in sources if view.reason and view.state in REFUSED}
    books.sources = {name: states(found) for name, found in views.items() if name != "erp"}
    books.companies = [company_books(erp.core.master, erp.core.ledger, company) for company in erp.core.master.companies]
    return books


def world_owner(world: World) -> Callable[[View], str | None]:
    """Whose a document is."""
    find, nodes = world.mechanics.index.of_document, tuple(world.systems)
    return lambda view: next(filter(None, (find(view.entity_type, view.entity_id, node) for node in nodes)), None)


def balances(
    sources: Iterable[View],
    targets: Iterable[View],
    owner: Callable[[View], str | None],
    parked: Collection[str],
    overdue: Collection[str],
) -> dict[str, Balance]:
    """By currency: what the source systems approved, beside what the ERP says that it posted."""
    found: dict[str, Balance] = {}
    open_: Counter[tuple[str, str]] = Counter()  # by transaction and currency: due in the ERP, less what is live there

    def of(view: View) -> Balance:
        return found.setdefault(view.currency or "?", Balance(view.currency or "?"))

    live = [view for view in targets if view.state in LIVE]
    posted = {owner(view) for view in live}
    for view in live:
        of(view).posted += view.amount_minor or 0
        open_[owner(view) or view.entity_id, view.currency or "?"] -= view.amount_minor or 0
    for view in sources:
        if view.state not in APPROVED | BOOKED | REFUSED:
            continue
        balance, amount, txn_id = of(view), view.amount_minor or 0, owner(view) or view.entity_id
        balance.approved += amount
        balance.documents += 1
        part = "posted" if view.state in BOOKED or txn_id in posted else _waiting(txn_id, parked, overdue)
        if view.state in REFUSED:
            balance.refused += amount
        elif part in {"posted", "overdue"}:
            open_[txn_id, balance.currency] += amount
        else:
            setattr(balance, part, getattr(balance, part) + amount)
    for (_, currency), amount in open_.items():
        found[currency].unexplained += abs(amount)
    return found


def _waiting(txn_id: str, parked: Collection[str], overdue: Collection[str]) -> str:
    """Which part of the sum an approved document is that is not in the ERP."""
    return "parked" if txn_id in parked else "overdue" if txn_id in overdue else "in_flight"


def states(views: Iterable[View]) -> list[tuple[str, int, dict[str, int]]]:
    """Documents and money by state, in the order in which states first appear."""
    counts: Counter[str] = Counter()
    money: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for view in views:
        counts[view.state] += 1
        money[view.state][view.currency or "?"] += view.amount_minor or 0
    return [(state, counts[state], dict(money[state])) for state in sorted(counts)]


def company_books(master: ErpMaster, ledger: Ledger, company: str) -> CompanyBooks:
    """The ledger of one company code."""
    accounts: Mapping[str, Account] = master.accounts
    actual = tuple(
        (code, accounts[code].name, debit, credit) for code, debit, credit in ledger.totals(company, "actual", None) if debit or credit
    )
    liabilities = [code for code, account in accounts.items() if account.type == "liability"]
    return CompanyBooks(
        company=company,
        name=master.companies[company].name,
        currency=master.companies[company].currency,
        actual=actual,
        encumbered=ledger.balance(company, ENCUMBRANCE),
        payables=-sum(ledger.balance(company, code) for code in liabilities),
    )
