"""What the demo makes of the history: where documents stand, what they met, how it healed."""

import pytest

from harness.demo.books import Balance, BooksOnShow
from harness.demo.closing import Closing
from harness.demo.floor import HOPS_MAX, Floor
from harness.demo.narrator import line_of
from tests.unit.demo.rows import Rows, floor


def told(seen: Floor) -> list[str]:
    """What the moments say, without the times."""
    return [line.text for moment in seen.take_moments() if (line := line_of(moment)) is not None]


def posted(rows: Rows) -> None:
    """The straight way from the webhook to the order."""
    rows.event()
    rows.call("procurement.requisition.read")
    rows.call("erp.po.create", "committed")
    rows.call("procurement.requisition.record_order", "committed")


def test_a_document_walks_through_the_columns() -> None:
    """In approval, approved, in the connector once its webhook is taken, posted once the source knows."""
    rows, stages = Rows(), []
    rows.person("create", "draft", "U1")
    rows.person("submit", "pending_approval", "U1")
    stages.append(floor(rows).documents["p2p-1"].stage)
    rows.person("approve", "approved", "U2")
    stages.append(floor(rows).documents["p2p-1"].stage)
    rows.event()
    stages.append(floor(rows).documents["p2p-1"].stage)
    rows.call("erp.po.create", "committed")
    rows.call("procurement.requisition.record_order", "committed")
    seen = floor(rows)
    assert [*stages, seen.documents["p2p-1"].stage] == ["approval", "approved", "connector", "posted"]
    assert (seen.posted, seen.handed_in, list(seen.documents["p2p-1"].posted.values())) == (1, 1, ["purchase_order"])
    assert told(seen) == [
        "REQ …1234  Jane Doe asks for 27-inch monitors",
        "REQ …1234  approved by Mark Lee; purchase order 450002 is in the ERP, 18 ms later",
    ]


def test_a_webhook_that_is_not_taken_leaves_the_document_where_it_is() -> None:
    """Only an acknowledged event, or a call, puts a document into the connector."""
    rows = Rows()
    rows.approved()
    rows.event(status=None)
    document = floor(rows).documents["p2p-1"]
    assert (document.stage, document.hops[-1].tone) == ("approved", "fail")


def test_a_lost_response_is_told_and_how_it_healed() -> None:
    """The fault is thrown, the connector asks again with the same key, and the document is booked once."""
    rows = Rows()
    rows.approved()
    rows.event()
    rows.fault("F-A3", "drop", "erp.po.create")
    rows.call("erp.po.create", "committed", "info", fault_id="F-A3")
    rows.call("erp.po.create", "replayed", attempt=2)
    rows.call("procurement.requisition.record_order", "committed")
    seen = floor(rows)
    lines = told(seen)
    assert lines[1] == "REQ …1234  fault: lost response. The ERP did what was asked, but its answer never reached the connector"
    assert "same key and got the first answer; it is booked once" in lines[-1]
    assert (seen.thrown, seen.healed) == (1, 1)
    trace = seen.documents["p2p-1"].hops
    assert [hop.detail for hop in trace if hop.text.startswith("creates")] == [
        "booked, but the connector cannot know",
        "200 the first answer again",
    ]


@pytest.mark.parametrize(
    ("fault_id", "mode", "says"),
    [
        ("F-D1", "concurrent", "acknowledged both deliveries"),
        ("F-D5", "never", "found it by polling"),
        ("F-B8", "500", "it is booked once"),
    ],
)
def test_how_other_faults_healed(fault_id: str, mode: str, says: str) -> None:
    """Each is told by what the connector's calls show."""
    rows = Rows()
    rows.approved()
    rows.fault(fault_id, mode, "wh.requisition.approved")
    rows.event(deliveries=2)
    posted(rows)
    assert says in told(floor(rows))[-1]


def test_a_document_that_is_booked_twice_is_an_alarm_and_heals_nothing() -> None:
    """Two live orders for one requisition: said at once, shown on the card, and its fault stays open."""
    rows = Rows()
    rows.approved()
    rows.event()
    rows.fault("F-A3", "drop", "erp.po.create")
    rows.call("erp.po.create", "committed", "info")
    rows.call("erp.po.create", "committed", attempt=2)
    rows.call("procurement.requisition.record_order", "committed")
    seen = floor(rows)
    assert any("BOOKED MORE THAN ONCE" in line for line in told(seen))
    assert (seen.documents["p2p-1"].doubled, seen.thrown, seen.healed) == (True, 1, 0)


def test_maintenance_heals_when_everything_that_waited_is_through() -> None:
    """The end of the window alone is no healing; a document that nobody knows, or that is still with people, is not waited for."""
    rows = Rows()
    rows.approved()
    rows.event()
    rows.window(on=True)
    rows.call("erp.po.create", "not_reached", "fail", fault_id="F-B5")
    assert floor(rows).documents["p2p-1"].note == "waits for ERP"
    rows.window(on=False)
    assert (floor(rows).healed, list(floor(rows).windows)) == (0, [])
    rows.call("erp.po.create", "committed", attempt=2)
    rows.call("procurement.requisition.record_order", "committed")
    seen = floor(rows)
    assert seen.healed == 1
    assert "healed: ERP maintenance" in told(seen)[-1]


def test_a_window_that_nobody_met_heals_with_its_end() -> None:
    """No document was on its way."""
    rows = Rows()
    rows.window(on=True)
    rows.window(on=False)
    assert told(floor(rows))[-1].endswith("no document met it")


def test_a_document_is_overdue_when_the_connector_had_time_for_it() -> None:
    """Counted from its approval or the end of maintenance, whichever is later; never during maintenance, never once it is posted."""
    rows, minute = Rows(), 60_000_000_000
    rows.approved()
    approved_ns = rows.ms * 1_000_000
    assert floor(rows).overdue(approved_ns + minute, minute) == set()
    assert floor(rows).overdue(approved_ns + minute + 1, minute) == {"p2p-1"}
    rows.window(on=True)
    assert floor(rows).overdue(approved_ns + 9 * minute, minute) == set()
    rows.ms += 30_000
    rows.window(on=False)
    assert floor(rows).overdue(approved_ns + minute + 1, minute) == set()
    assert floor(rows).overdue(rows.ms * 1_000_000 + minute + 1, minute) == {"p2p-1"}
    posted(rows)
    assert floor(rows).overdue(approved_ns + 9 * minute, minute) == set()


def test_what_was_lost_before_a_window_stays_lost_in_it() -> None:
    """A maintenance does not turn the page green again."""
    rows, minute = Rows(), 60_000_000_000
    rows.approved()
    seen = floor(rows)
    assert seen.overdue(rows.ms * 1_000_000 + minute + 1, minute) == {"p2p-1"}
    already = len(rows.rows)
    rows.window(on=True)
    seen.take(rows.rows[already:])
    assert seen.overdue(rows.ms * 1_000_000 + 2 * minute, minute) == {"p2p-1"}


@pytest.mark.parametrize(
    ("balance", "approved", "says"),
    [
        (None, False, "nothing was approved"),
        (Balance("USD", approved=1, posted=1, documents=1), False, "is in the ERP exactly once"),
        (Balance("USD", approved=1, in_flight=1, documents=1), True, "1 documents had not arrived when the demo ended"),
        (Balance("USD", approved=1, documents=1, unexplained=1), False, "THE TOTALS DO NOT AGREE"),
    ],
)
def test_the_last_line_says_no_more_than_is_known(balance: Balance | None, approved: bool, says: str) -> None:
    """Nothing approved, or documents that never arrived, is no agreement."""
    rows = Rows()
    if approved:
        rows.approved()
    closing = Closing(1.0, floor(rows), BooksOnShow(balances={"USD": balance} if balance else {}))
    assert says in closing.lines()[-1]


def test_what_is_booked_again_after_it_was_called_healed_is_healed_no_more() -> None:
    """The second posting comes after the write-back: the fault is not healed, and nobody says "booked once" of it again."""
    rows = Rows()
    rows.approved()
    rows.event()
    rows.fault("F-A3", "drop", "erp.po.create")
    rows.call("erp.po.create", "committed", view="info")
    rows.call("procurement.requisition.record_order", "committed")
    healed = floor(rows)
    assert healed.healed == 1
    rows.posted("4599999")
    rows.call("procurement.requisition.record_order", "replayed", attempt=2)
    seen = floor(rows)
    assert (seen.thrown, seen.healed) == (1, 0)
    lines = told(seen)
    doubled = next(number for number, line in enumerate(lines) if "BOOKED MORE THAN ONCE" in line)
    assert "not healed: lost response" in lines[doubled]
    assert not any("booked once" in line for line in lines[doubled:])


def test_the_last_line_names_refusals_without_a_reason() -> None:
    """70 of 72 documents that were refused are no agreement."""
    books = BooksOnShow(
        balances={"USD": Balance("USD", approved=2, refused=2, documents=2, unexplained=2)}, groundless=frozenset({"a", "b"})
    )
    assert "2 documents were refused although nothing is wrong with them" in Closing(1.0, floor(Rows()), books).lines()[-1]


def test_what_the_connector_declares_parked_stops_and_goes_on() -> None:
    """Parked with its reason; taken up again when it is no longer declared; not settled in between."""
    rows = Rows()
    rows.approved()
    rows.event()
    seen = floor(rows)
    seen.declared_parked({"p2p-1": "the ERP refuses it"}, 1, "09:00:00")
    document = seen.documents["p2p-1"]
    assert (document.stage, document.parked, document.note) == ("stopped", True, "parked: the ERP refuses it")
    seen.declared_parked({}, 2, "09:00:01")
    assert (document.stage, document.parked) == ("connector", False)


def test_people_who_turn_a_document_down_say_why() -> None:
    """A rejection ends it; what is sent back stays with people."""
    rows = Rows()
    rows.person("create", "draft", "U1")
    rows.person("submit", "pending_approval", "U1")
    seen = floor(rows)
    seen.documents["p2p-1"].reason = "we have these in stock"
    more = Rows()
    more.person("reject", "rejected", "U2")
    seen.take(more.rows)
    assert told(seen)[-1] == "REQ …1234  Mark Lee rejects it: we have these in stock"
    assert (seen.documents["p2p-1"].stage, seen.stopped) == ("stopped", 1)


def test_a_trace_is_bounded() -> None:
    """A document that is tried for an hour keeps its beginning and its end."""
    rows = Rows()
    rows.approved()
    for attempt in range(1, HOPS_MAX + 50):
        rows.call("erp.po.read", attempt=attempt)
    document = floor(rows).documents["p2p-1"]
    assert (len(document.hops), document.hops_left_out, document.hops[0].text) == (HOPS_MAX, 52, "writes it")


def test_calls_that_only_share_the_correlation_id_are_in_the_trace() -> None:
    """A read of master data names no document; the correlation id ties it to one."""
    rows = Rows()
    rows.approved()
    rows.add("request", "erp", op_id=99, call_point="erp.supplier.read", attempt=7, corr_id="dc-1")
    rows.add("response_end", "erp", op_id=99, call_point="erp.supplier.read", attempt=7, client_view="ok", status=200)
    hop = floor(rows).documents["p2p-1"].hops[-1]
    assert (hop.who, hop.to, hop.text, hop.detail) == ("connector", "ERP", "reads the supplier", "200")


def test_a_refusal_says_what_the_source_was_told() -> None:
    """The reason stands in the source's books, not in the row; a rejection by people keeps its own words."""
    rows = Rows()
    rows.approved()
    rows.event()
    rows.add("commit", "procurement", op_id=50, txn_id="p2p-1", entity_type="requisition", entity_id="R", effect="update", state="refused")
    seen = floor(rows)
    seen.refused_for({"p2p-1": "SUPPLIER_BLOCKED"})
    assert told(seen)[-1] == "REQ …1234  refused by the connector: supplier blocked"
    seen.take_changed()
    seen.refused_for({"p2p-1": "SUPPLIER_BLOCKED"})
    assert seen.take_changed() == []
