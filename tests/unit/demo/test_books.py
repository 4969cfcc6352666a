"""The sum that must come out, and that no wrong booking can hide in it."""

import asyncio

import pytest

from contracts.catalog import load_documents
from harness.demo.books import Balance, BooksOnShow, balances, read_books
from mocks.kit.operation import View
from mocks.world import World, WorldConfig

TXN = {"REQ-1": "p2p-1", "REQ-2": "p2p-2", "ER-1": "exp-1", "PO-1": "p2p-1", "PO-2": "p2p-1", "AP-1": "exp-1"}


def view(kind: str, number: str, state: str, amount: int = 100_00) -> View:
    """A document in somebody's books."""
    return View(kind, number, state, 1, amount_minor=amount, currency="USD")


def balance(
    sources: list[View], targets: list[View], parked: tuple[str, ...] = (), overdue: tuple[str, ...] = (), sound: tuple[str, ...] = ()
) -> Balance:
    """The sum in dollars."""
    return balances(sources, targets, lambda one: TXN.get(one.entity_id), parked, overdue, sound=sound, kinds=load_documents())["USD"]


@pytest.mark.parametrize(
    ("source", "target", "parked", "part"),
    [
        ("approved", None, (), "in_flight"),
        ("approved", None, ("p2p-1",), "parked"),
        ("refused", None, (), "refused"),
        ("ordered", "created", (), "posted"),
        ("approved", "created", (), "posted"),  # booked, and the source is not told yet
    ],
)
def test_every_approved_document_is_in_one_part(source: str, target: str | None, parked: tuple[str, ...], part: str) -> None:
    """In flight, parked, refused or posted, and the parts add up."""
    targets = [view("purchase_order", "PO-1", target)] if target else []
    found = balance([view("requisition", "REQ-1", source)], targets, parked)
    assert (getattr(found, part), found.approved, found.agrees) == (100_00, 100_00, True)


@pytest.mark.parametrize(
    ("targets", "unexplained"),
    [
        ([], 100_00),
        ([view("purchase_order", "PO-1", "created"), view("purchase_order", "PO-2", "created")], 100_00),
        ([view("purchase_order", "PO-1", "created", 100_01)], 1),
        ([view("purchase_order", "PO-1", "created"), view("purchase_order", "PO-9", "created", 5)], 5),
    ],
)
def test_what_is_lost_doubled_or_changed_is_a_difference(targets: list[View], unexplained: int) -> None:
    """The source says that it is ordered; the ERP has nothing, too much, another amount, or one of its own."""
    found = balance([view("requisition", "REQ-1", "ordered")], targets)
    assert (found.unexplained, found.agrees) == (unexplained, False)


def test_what_nobody_approved_or_what_was_taken_back_counts_nowhere() -> None:
    """Drafts, rejected requisitions, cancelled orders, reversals and accepted jobs."""
    sources = [view("requisition", "REQ-1", "draft"), view("requisition", "REQ-2", "rejected"), view("expense_report", "ER-1", "approved")]
    targets = [
        view("purchase_order", "PO-1", "cancelled"),
        view("purchase_order", "PO-2", "reversal"),
        view("ap_invoice", "AP-1", "accepted"),
    ]
    found = balance(sources, targets)
    assert (found.approved, found.posted, found.in_flight, found.agrees) == (100_00, 0, 100_00, True)


def test_one_too_many_does_not_make_up_for_one_that_is_lost() -> None:
    """The sums are equal, the documents are not."""
    sources = [view("requisition", "REQ-1", "ordered"), view("expense_report", "ER-1", "posted")]
    found = balance(sources, [view("purchase_order", "PO-1", "created"), view("purchase_order", "PO-2", "created")])
    assert (found.approved, found.posted) == (200_00, 200_00)
    assert (found.unexplained, found.agrees) == (200_00, False)


def test_what_waits_too_long_is_lost() -> None:
    """It is approved, the connector could have finished it long ago, and nobody knows where it is."""
    found = balance([view("requisition", "REQ-1", "approved")], [], overdue=("p2p-1",))
    assert (found.in_flight, found.unexplained, found.agrees) == (0, 100_00, False)


def test_a_refusal_without_a_reason_accounts_for_nothing() -> None:
    """Nothing was wrong with the first; the second was of a supplier that is blocked."""
    sources = [view("requisition", "REQ-1", "refused"), view("requisition", "REQ-2", "refused", 7_00)]
    found = balance(sources, [], sound=("p2p-1",))
    assert (found.refused, found.unexplained, found.agrees) == (107_00, 100_00, False)


def test_each_kind_of_source_that_is_played_stands_under_a_heading_of_its_own() -> None:
    """Also where several begin in one system; nothing is said of what nobody works on."""

    async def look(*played: str) -> BooksOnShow:
        async with World.open(WorldConfig(seed=11, run_id="rtest", history_path=None)) as world:
            draft = world.company.draft_requisition("US01", "1", 98_000)
            world.act("procurement.requisition.create", body=draft.body, actor=draft.actor)
            return read_books(world, played, (), (), ())

    books = asyncio.run(look("requisition-to-po", "receipt-to-grir", "supplier-onboarding"))  # the last of which posts no money
    assert {kind: [(state, count) for state, count, _ in rows] for kind, rows in books.sources.items()} == {
        "requisition": [("draft", 1)],
        "receipt": [],
    }
    assert {kind: each["rows"] for kind, each in books.headings.items()} == {
        "requisition": "requisitions by state",
        "receipt": "receipts by state",
    }
    assert set(asyncio.run(look("expense-to-posting")).sources) == {"expense_report"}
