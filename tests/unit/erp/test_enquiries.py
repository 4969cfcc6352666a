"""Suppliers, coding checks, periods, trial balance, jobs: what is looked up."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from mocks.kit.operation import Refusal
from mocks.systems.erp.periods import Periods
from tests.unit.company.play import COMPANY, World, invoice_body, journal_body, order_body
from tests.unit.erp.test_orders import EXPIRED, FOREIGN, LEGAL
from tests.unit.erp.test_postings import close

CENTER = COMPANY.cost_centers_of("US01")[0].erp_id


@pytest.mark.requirement("R03.01")
def test_a_supplier_is_read_within_its_company() -> None:
    """The crosswalk's vendor id finds it; another company code does not."""
    world = World()
    vendor = COMPANY.suppliers_of("US01")[0].erp_id
    found = world.call("erp.supplier.read", path={"vendor_id": vendor}, query={"company_code": "1000"})
    assert (found.body.vendor_id, found.body.status, found.body.purchasing_block, found.version) == (vendor, "active", False, 1)
    assert world.refused("erp.supplier.read", path={"vendor_id": vendor}, query={"company_code": "2000"}) == "NOT_FOUND"
    assert world.refused("erp.supplier.read", path={"vendor_id": "V0"}) == "NOT_FOUND"


@pytest.mark.requirement("R05.02")
@pytest.mark.parametrize(
    ("account", "center", "project", "code"),
    [
        ("5400", CENTER, None, None),
        ("5200", CENTER, None, "CODING_INVALID"),
        ("5400", EXPIRED, None, "COST_CENTER_INACTIVE"),
        ("5400", FOREIGN, None, "CODING_INVALID"),
        ("5310", LEGAL, None, "CODING_INVALID"),
        ("5400", CENTER, "P-NONE", "CODING_INVALID"),
    ],
)
def test_the_coding_check_answers_what_a_posting_would(account: str, center: str, project: str | None, code: str | None) -> None:
    """Valid, or the code of the refusal and a reason."""
    query = {"company_code": "1000", "gl_account": account, "cost_center": center, "date": "20261028"}
    answer = World().call("erp.coding.check", query={**query, **({"project": project} if project else {})}).body
    assert (answer.valid, answer.code, answer.reason is None) == (code is None, code, code is None)


@pytest.mark.requirement("R03.02")
def test_the_coding_check_obeys_the_date() -> None:
    """An account of last year is valid on a day of last year."""
    query = {"company_code": "1000", "gl_account": "5200", "cost_center": CENTER}
    assert World().call("erp.coding.check", query={**query, "date": "20251231"}).body.valid
    assert World().refused("erp.coding.check", query={**query, "date": "20250230"}) == "INVALID_PARAMETER"


@pytest.mark.requirement("R01.01", "R01.15")
def test_the_trial_balance_adds_up_to_zero() -> None:
    """Actual and memo apart; each balances on its own."""
    world = World()
    world.call("erp.po.create", order_body())
    world.call("erp.ap_invoice.create", invoice_body())
    world.finish_jobs()
    for ledger, accounts in (("actual", {"5100", "1100", "1145", "2010"}), ("memo", {"9200", "9900"})):
        balance = world.call("erp.trial_balance.read", query={"company_code": "1000", "period": "2026-10", "ledger": ledger}).body
        assert {each.gl_account for each in balance.accounts} == accounts
        assert balance.total_debit == balance.total_credit != "0.00"
        assert sum(int(each.balance.replace(".", "")) for each in balance.accounts) == 0
    assert world.refused("erp.trial_balance.read", query={"company_code": "1"}) == "INVALID_PARAMETER"


@pytest.mark.requirement("R02.02")
def test_calendar_of_periods() -> None:
    """The month before stays open for five days, the next one is open, later ones are future."""
    periods = Periods()

    def status(period: str, today: date) -> str:
        return periods.status("1000", period, "AP", today)

    october, november = date(2026, 10, 28), date(2026, 11, 5)
    assert [status(period, october) for period in ("2026-09", "2026-10", "2026-11", "2026-12")] == ["closed", "open", "open", "future"]
    assert (status("2026-10", november), status("2026-10", date(2026, 11, 6))) == ("open", "closed")
    assert status("2026-12", date(2027, 1, 3)) == "open"


@pytest.mark.requirement("R02.02", "R03.20")
def test_periods_close_and_reopen_per_module() -> None:
    """Closing AP leaves GL open; closing twice or reopening an open one is refused."""
    world = World()
    close(world, "US01", "AP")
    items = world.call("erp.period.list", query={"company_code": "1000"}).body.items
    october = {item.module: item.status for item in items if item.period == "2026-10"}
    assert october == {"PO": "open", "AP": "closed", "GL": "open"}
    assert (world.effects[-1].entity_id, world.effects[-1].state) == ("1000/2026-10/AP", "closed")
    body = {"company_code": "1000", "period": "2026-10", "module": "AP", "reason": "x"}
    actor = COMPANY.controller("US01").erp_id
    assert world.refused("erp.period.close", body, actor=actor) == "INVALID_TRANSITION"
    assert world.refused("erp.period.reopen", {**body, "module": "GL"}, actor=actor) == "INVALID_TRANSITION"
    assert world.refused("erp.period.close", {**body, "module": "GL"}, actor=None) == "SEGREGATION_OF_DUTIES"
    close(world, "US01", "AP", "reopen")
    assert world.refused("erp.ap_invoice.create", invoice_body()) == "accepted"


def test_a_reversal_without_any_open_period_is_refused() -> None:
    """Everything closed: the refusal says so instead of choosing a date."""
    periods = Periods()
    today = datetime(2026, 10, 28, tzinfo=UTC).date()
    for period in ("2026-10", "2026-11"):
        periods.change("1000", period, "AP", step="close", today=today)
    with pytest.raises(Refusal, match="PERIOD_CLOSED: company 1000 has no open period"):
        periods.first_open_day("1000", today, "AP", today)


def test_records_carry_what_later_dialects_need() -> None:
    """Integer id, number, uuid, version, created and updated with zone, exported, external id: on every record."""
    world = World()
    order = world.call("erp.po.create", order_body()).body
    invoice = world.call("erp.ap_invoice.create", invoice_body()).body
    journal = world.call("erp.journal.create", journal_body()).body
    records = [
        order,
        world.call("erp.ap_invoice.read", path={"number": invoice.document_number}).body,
        world.call("erp.journal.read", path={"number": journal.document_number}).body,
        world.call("erp.job.read", path={"job_id": invoice.job_id}).body,
        world.call("erp.supplier.read", path={"vendor_id": order.vendor_id}).body,
    ]
    for record in records:
        wire = msgspec.json.decode(msgspec.json.encode(record))
        assert isinstance(wire["id"], int)
        assert {"uuid", "version", "exported", "external_id"} <= set(wire)
        assert wire["created_at"].endswith("Z")
