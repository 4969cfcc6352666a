"""The books of the systems, read from the systems themselves, and the sum that must come out.

approved = posted + in flight + parked + refused. A refusal accounts for a document only when there is something wrong with it that the
people of the demo know of. The left side comes from procurement and expenses, `posted` from the ERP: two sources
that never talk to each other. They are compared document by document, so that one that is posted twice does not make up for one that is
lost. What is in flight for too long counts as lost.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.catalog import Catalog, DocumentKind, Flow
from mocks.abilities.system_type import Audited, CompanyBooks
from mocks.kit.operation import View
from mocks.world import World
from reports.money import from_minor

DUE = frozenset({"approved", "posted", "refused"})  # meanings of a source document of which something is due, or was


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


def company_row(books: CompanyBooks) -> dict[str, Any]:
    """One company's ledger for the page."""
    currency = books.currency
    return {
        "company": books.company,
        "name": books.name,
        "currency": currency,
        "accounts": [
            {
                "account": code,
                "name": name,
                "debit": from_minor(debit, currency) if debit else "",
                "credit": from_minor(credit, currency) if credit else "",
            }
            for code, name, debit, credit in books.actual
        ],
        "debit": from_minor(books.debit, currency),
        "credit": from_minor(books.credit, currency),
        "zero": books.debit == books.credit,
        "encumbered": from_minor(books.encumbered, currency),
        "payables": from_minor(books.payables, currency),
    }


@dataclass(slots=True)
class BooksOnShow:
    """Everything at one instant."""

    balances: dict[str, Balance] = field(default_factory=dict)
    sources: dict[str, list[tuple[str, int, dict[str, int]]]] = field(
        default_factory=dict
    )  # by kind of source: state, count, minor by currency
    headings: dict[str, dict[str, str]] = field(default_factory=dict)  # by kind of source: its system's title, and what its rows are
    companies: list[CompanyBooks] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)  # code by transaction
    groundless: frozenset[str] = frozenset()  # transactions that were refused although nothing is wrong with them

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
                kind: [
                    {"state": state.replace("_", " "), "count": count, "money": [from_minor(m, c) for c, m in sorted(money.items())]}
                    for state, count, money in states
                ]
                for kind, states in self.sources.items()
            },
            "headings": self.headings,
            "companies": [company_row(company) for company in self.companies],
        }


def read_books(
    world: World, played: Collection[str], parked: Collection[str], overdue: Collection[str], sound: Collection[str]
) -> BooksOnShow:
    """The books now, in one go, so that they belong to one instant. `played`: flows in which there is business; `parked`: transactions
    that the connector declared parked; `overdue`: those that were approved so long ago that they count as lost; `sound`: those that
    nobody has a reason to refuse."""
    views = {name: system.final_views() for name, system in world.systems.items()}
    catalog = world.catalog
    flows = tuple(flow for flow in with_money(catalog) if flow.id in played)
    begun = [flow.source_document for flow in flows]
    made = {kind for flow in flows for kind in flow.target_documents}
    sources = [view for found in views.values() for view in found if view.entity_type in begun]
    owner = world_owner(world)
    targets = [view for found in views.values() for view in found if view.entity_type in made]
    books = BooksOnShow(balances=balances(sources, targets, owner, parked, overdue, sound=sound, kinds=catalog.documents))
    turned_down = [view for view in sources if catalog.documents[view.entity_type].meaning(view.state) == "refused"]
    books.groundless = frozenset(txn_id for view in turned_down if (txn_id := owner(view)) in sound and txn_id is not None)
    books.refusals = {owner(view) or "": view.reason for view in turned_down if view.reason}
    books.sources = {kind: states([view for view in sources if view.entity_type == kind]) for kind in begun}
    books.headings = {flow.source_document: heading(catalog, flow) for flow in flows}
    books.companies = [one for system in world.systems.values() if isinstance(system, Audited) for one in system.books()]
    return books


def with_money(catalog: Catalog) -> tuple[Flow, ...]:
    """Flows that post what their sources say in money: a vendor is worth nothing, whatever is going to be spent there."""
    return tuple(flow for flow in catalog.flows.values() if any("amount" in due.compare for due in flow.due))


def heading(catalog: Catalog, flow: Flow) -> dict[str, str]:
    """What stands over the source documents of a flow."""
    title = catalog.systems[flow.source_system].title
    return {"title": title[:1].upper() + title[1:], "rows": f"{catalog.documents[flow.source_document].name}s by state"}


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
    *,
    sound: Collection[str] = (),
    kinds: Mapping[str, DocumentKind],
) -> dict[str, Balance]:
    """By currency: what the source systems approved, beside what the target systems say that they posted."""
    found: dict[str, Balance] = {}
    open_: Counter[tuple[str, str]] = Counter()  # by transaction and currency: due in the ERP, less what is live there

    def of(view: View) -> Balance:
        return found.setdefault(view.currency or "?", Balance(view.currency or "?"))

    def meaning(view: View) -> str | None:
        return kinds[view.entity_type].meaning(view.state)

    live = [view for view in targets if meaning(view) == "posted"]
    posted = {owner(view) for view in live}
    for view in live:
        of(view).posted += view.amount_minor or 0
        open_[owner(view) or view.entity_id, view.currency or "?"] -= view.amount_minor or 0
    for view in sources:
        if meaning(view) not in DUE:
            continue
        balance, amount, txn_id = of(view), view.amount_minor or 0, owner(view) or view.entity_id
        balance.approved += amount
        balance.documents += 1
        part = "posted" if meaning(view) == "posted" or txn_id in posted else _waiting(txn_id, parked, overdue)
        if meaning(view) == "refused":
            balance.refused += amount
            open_[txn_id, balance.currency] += amount if txn_id in sound else 0
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
