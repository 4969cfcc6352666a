"""Plans fire where they are keyed to; books say where a transaction stands."""

from dataclasses import replace
from pathlib import Path

from mocks.kit.books import Books
from mocks.kit.operation import Effect
from mocks.kit.plans import Armed, Plans
from tests.own_world.catalogue import own_catalog
from tests.shipped import CATALOG


def step(fault: str, *, attempt: int = 1, txn_id: str = "t1", call_point: str = "erp.po.create") -> Armed:
    """One step with the fault's first mode."""
    found = CATALOG.faults[fault]
    return Armed(txn_id, call_point, attempt, found, found.modes[0], "p")


def books(flow: str = "requisition-to-po") -> Books:
    """One open transaction."""
    found = Books(CATALOG.flows, CATALOG.documents)
    found.open("t1", flow)
    return found


def source(state: str) -> Effect:
    """The requisition goes to a state."""
    return Effect("requisition", "REQ-1", "update", state=state)


def test_a_step_meets_its_attempt_only() -> None:
    """Earlier and later attempts, other transactions and call points pass; then it is used up."""
    plans = Plans()
    plans.arm(step("F-A3", attempt=2))
    assert plans.take("t1", "erp.po.create", 1) is None
    assert plans.take("t2", "erp.po.create", 2) is None
    assert plans.take("t1", "erp.po.read", 2) is None
    assert plans.take(None, "erp.po.create", 2) is None
    assert plans.take("t1", "erp.po.create", 2) is not None
    assert plans.take("t1", "erp.po.create", 2) is None


def test_standing_steps_stay_until_healed() -> None:
    """Attempt 0 is every attempt; a fault that repeats always starts at its attempt; a keyed step goes first."""
    plans = Plans()
    plans.arm(step("F-B6", attempt=0))
    plans.arm(step("F-A3", attempt=2))
    found = [plans.take("t1", "erp.po.create", attempt) for attempt in (1, 2, 3)]
    assert [each.fault.id for each in found if each] == ["F-B6", "F-A3", "F-B6"]
    plans.arm(step("F-B20", attempt=2, txn_id="t2"))
    assert plans.take("t2", "erp.po.create", 1) is None
    assert plans.take("t2", "erp.po.create", 3) is not None
    assert {each.fault.id for each in plans.heal()} == {"F-B6", "F-B20"}
    assert plans.take("t2", "erp.po.create", 4) is None


def test_outcomes() -> None:
    """Open, then posted, refused or undone; undone only once nothing live is left."""
    found = books()
    assert found.outcome("t1") is None
    found.apply("t1", [source("approved"), Effect("purchase_order", "45", "create", state="created")])
    assert (found.outcome("t1"), found.unsettled()) == (None, ["t1"])
    found.apply("t1", [source("ordered")])
    assert (found.outcome("t1"), found.unsettled()) == ("posted", [])
    found.apply("t1", [source("returned")])
    assert found.outcome("t1") is None
    found.apply("t1", [Effect("purchase_order", "45", "update", state="cancelled")])
    assert found.outcome("t1") == "undone"
    found.apply("t1", [source("refused")])
    assert found.outcome("t1") == "refused"


def test_a_reversal_by_a_new_document_undoes_the_first() -> None:
    """A reversing document names the reversed one; neither is live afterwards."""
    found = books("expense-to-posting")
    found.apply(
        "t1", [Effect("expense_report", "ER-1", "update", state="approved"), Effect("ap_invoice", "19", "create", state="accepted")]
    )
    found.apply("t1", [Effect("expense_report", "ER-1", "update", state="sent_back")])
    assert found.outcome("t1") is None
    found.apply("t1", [Effect("ap_invoice", "20", "reverse", parent_id="19", state="posted")])
    assert found.outcome("t1") == "undone"


def test_unapproved_is_open() -> None:
    """A draft is not undone."""
    found = books()
    found.apply("t1", [source("draft")])
    assert found.outcome("t1") is None
    assert found.outcome("unknown") is None


def test_a_source_that_nobody_approves_is_posted_when_all_that_is_due_lives(tmp_path: Path) -> None:
    """A goods receipt is due as soon as it is recorded; with two postings due, one is not enough."""
    catalog = own_catalog(tmp_path)
    books = Books(catalog.flows, catalog.documents)
    books.open("arf-000001", "arrival-with-freight")
    books.apply("arf-000001", [Effect("arrival", "GR-1", "create", state="received")], "procurement")
    assert books.outcome("arf-000001") is None
    books.apply("arf-000001", [Effect("grir_posting", "50", "create", state="posted")], "erp")
    assert books.outcome("arf-000001") is None
    books.apply("arf-000001", [Effect("freight_accrual", "52", "create", state="posted")], "erp")
    assert books.outcome("arf-000001") == "posted"
    books.apply("arf-000001", [Effect("grir_posting", "50", "update", state="reversed")], "erp")
    assert books.outcome("arf-000001") is None


def test_records_and_news_are_current_when_every_target_was_told_the_last(tmp_path: Path) -> None:
    catalog = own_catalog(tmp_path)
    books = Books(catalog.flows, catalog.documents)
    books.open("pay-000001", "payment-news")
    books.apply("pay-000001", [Effect("payment", "P1", "create", state="sent")], "erp")
    books.apply("pay-000001", [Effect("payment_news", "N1", "create", state="underway")], "procurement")
    assert books.outcome("pay-000001") == "current"
    books.apply("pay-000001", [Effect("payment", "P1", "update", state="cleared")], "erp")
    assert books.outcome("pay-000001") is None


def test_news_for_several_is_current_when_each_was_told_it_in_its_own_word() -> None:
    """What one of them was told is nothing to the other."""
    found = books("payment-status")
    rejected = Effect("invoice_payment", "5100000001", "update", version=3, state="rejected")
    found.apply("t1", [rejected, Effect("invoice_payment_status", "INV-1", "create", version=2, src_version=3, state="rejected")])
    assert found.outcome("t1") is None
    found.apply("t1", [Effect("payment_advice", "PI-1", "create", version=2, src_version=3, state="rejected")])
    assert found.outcome("t1") is None
    found.apply("t1", [Effect("payment_advice", "PI-1", "update", version=3, src_version=3, state="payment_failed")])
    assert found.outcome("t1") == "current"


def test_a_record_is_current_when_its_latest_version_is_everywhere(tmp_path: Path) -> None:
    """Both versions say the same state: the version tells them apart, where a target names one."""
    catalog = own_catalog(tmp_path)
    books = Books(catalog.flows, catalog.documents)
    books.open("sup-000001", "supplier-copies")
    books.apply("sup-000001", [Effect("card_holder", "H1", "update", state="active")], "expense")
    for version in (1, 2):
        books.apply("sup-000001", [Effect("supplier_master", "V1", "update", src_version=version, state="active")], "erp")
        assert books.outcome("sup-000001") is None
        books.apply("sup-000001", [Effect("supplier_copy", "C1", "update", src_version=version, state="active")], "procurement")
        assert books.outcome("sup-000001") == "current"
    books.apply("sup-000001", [Effect("supplier_copy", "C1", "update", src_version=1, state="active")], "procurement")
    assert books.outcome("sup-000001") is None


def test_a_document_that_covers_many_lives_for_each(tmp_path: Path) -> None:
    catalog = own_catalog(tmp_path)
    flow = replace(catalog.flows["cards-to-journal"], settled_by=())
    books = Books({flow.id: flow}, catalog.documents)
    for number in (1, 2):
        books.open(f"crd-{number}", flow.id)
        books.apply(f"crd-{number}", [Effect("card_charge", f"CC-{number}", "create", state="accounted")], "expense")
    books.apply(None, [Effect("summary_journal", "54", "create", state="posted", covers="CC-1 CC-2")], "erp")
    assert (books.outcome("crd-1"), books.outcome("crd-2")) == ("posted", "posted")
