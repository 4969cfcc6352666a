"""What `connector check` concludes from a small history."""

from harness.run import check_points
from harness.run.check_points import Journey
from tests.shipped import CATALOG

FLOW = CATALOG.flows["requisition-to-po"]
STEPS = ("procurement.requisition.read", "erp.po.create", "procurement.requisition.record_order")


def journey(**more) -> Journey:
    """A document that went well, but for what the test says."""
    values = {"state": "posted", "waited_s": 0.1, "acked": 202, "sent": True, "bad_copies": {"forged": 401, "stale": 401}, "parked": None}
    return Journey("t-1", FLOW, "requisition REQ-1 (US01)", **(values | more))


def history(*steps: str, code: str | None = None, orders: int = 1, **columns) -> list[dict]:
    """Rows of requests in this order, the last one refused with `code`; `orders` purchase orders were made."""
    rows = [{"kind": "request", "txn_id": "t-1", "call_point": step, **columns} for step in steps]
    if code:
        rows.append({"kind": "decision", "txn_id": "t-1", "call_point": steps[-1], "code": code})
    made = {"kind": "commit", "txn_id": "t-1", "entity_type": "purchase_order", "effect": "create"}
    return rows + [made] * orders


def wrong(findings) -> list[str]:
    """Texts of what is wrong."""
    return [finding.text for finding in findings if finding.status == "wrong"]


def test_a_good_journey_has_nothing_wrong() -> None:
    """Refused copies, acknowledged event, written back, with a reference."""
    findings = check_points.journey_findings(journey(), history(*STEPS, ext_ref="REQ-1/1"))
    assert [finding.status for finding in findings] == ["ok", "ok", "ok", "ok"]


def test_an_acknowledged_forgery_is_wrong() -> None:
    """2xx to a forged event is named with what to try."""
    findings = check_points.journey_findings(journey(bad_copies={"forged": 200, "unsigned": 401}), history(*STEPS, ext_ref="R"))
    assert len(wrong(findings)) == 1
    assert "a wrong signature were acknowledged with 200" in wrong(findings)[0]


def test_a_refused_genuine_event_hints_at_the_signature() -> None:
    """401 to the genuine event usually means a wrong base string."""
    findings = check_points.journey_findings(journey(acked=401, state=None), [])
    hints = [finding.next or "" for finding in findings if finding.status == "wrong"]
    assert any("raw body" in hint for hint in hints)


def test_a_document_that_stops_half_way_says_where_and_why() -> None:
    """The steps reached and the last refusal are told."""
    findings = check_points.journey_findings(journey(state=None), history(*STEPS[:2], code="CODING_INVALID", orders=0, ext_ref="R"))
    (finding,) = [finding for finding in findings if finding.status == "wrong"]
    assert "procurement.requisition.read > erp.po.create" in finding.text
    assert "CODING_INVALID at erp.po.create" in (finding.next or "")


def test_a_document_that_waits_says_what_would_be_next() -> None:
    """Without a refusal the next normal step is named."""
    findings = check_points.journey_findings(journey(state=None), history(*STEPS[:2], ext_ref="R"))
    (finding,) = [finding for finding in findings if finding.status == "wrong"]
    assert "procurement.requisition.record_order" in (finding.next or "")


def test_two_documents_for_one_approval_are_wrong() -> None:
    """Repeated events that post again are seen."""
    assert any("2 documents" in text for text in wrong(check_points.journey_findings(journey(), history(*STEPS, orders=2, ext_ref="R"))))


def test_neither_key_nor_reference_is_worth_a_hint_only() -> None:
    """Both are optional in the contract."""
    findings = check_points.journey_findings(journey(), history(*STEPS))
    assert [finding.status for finding in findings][-1] == "missing"


def test_received_nothing() -> None:
    """A refused event is nothing received; a request or an acknowledgement is something."""
    assert not check_points.received_anything([{"kind": "event_ack", "status": 503}, {"kind": "event_ack"}])
    assert check_points.received_anything([{"kind": "event_ack", "status": 204}])
    assert check_points.received_anything([{"kind": "request"}])


def test_polling_is_judged_by_the_declared_interval() -> None:
    """Silence shorter than the interval proves nothing; longer silence is wrong for a connector that only polls."""
    lists = ["procurement.requisition.list"]
    assert check_points.polling_finding([], lists, 6, 30, takes_events=True).status == "missing"
    assert check_points.polling_finding([], lists, 6, 2, takes_events=False).status == "wrong"
    seen = [{"kind": "request", "call_point": lists[0]}]
    assert check_points.polling_finding(seen, lists, 1, 2, takes_events=False).status == "ok"


def test_answers_of_declared_paths() -> None:
    """Declared and answering is ok, declared and not answering is wrong, not declared is worth a hint."""
    assert check_points.idle_finding("/idle", 200, {"idle": False, "pending": 2}).status == "ok"
    assert check_points.idle_finding("/idle", 200, {"state": "idle"}).status == "wrong"
    assert check_points.idle_finding(None, None, None).status == "missing"
    assert check_points.redrive_finding("/redrive", 202).status == "ok"
    assert check_points.redrive_finding("/redrive", 500).status == "wrong"
    assert check_points.redrive_finding("/redrive", None).status == "wrong"
    assert check_points.parked_finding("http", ["an item names no reference"], 0).status == "wrong"
    assert check_points.parked_finding("nothing", [], 0).status == "missing"


def test_the_summary_says_what_to_do_next() -> None:
    """Repair, or verify."""
    good = check_points.journey_findings(journey(), history(*STEPS, ext_ref="R"))
    assert check_points.summary(good, "c.toml").endswith("dryclose verify --connector c.toml")
    bad = check_points.journey_findings(journey(acked=None), history(*STEPS, ext_ref="R"))
    assert "Repair the first wrong point" in check_points.summary(bad, "c.toml")
