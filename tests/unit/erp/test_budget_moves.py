"""Budget that is moved: between places by their owners (PST-A09), into the next year or nowhere (PST-A10); and how it stood on a day."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.company.play import COMPANY, World, money, order_body
from tests.unit.erp.test_budget import BUCKET, CENTER, DE, figures, world
from tests.unit.erp.test_order_life import change_body, placed
from tests.unit.erp.test_receipts import received

CENTERS = [each for each in COMPANY.cost_centers_of("DE01") if each.active and each.valid_to is None]
GIVER = next(each for each in CENTERS if each.erp_id == CENTER)
TAKER = next(each for each in CENTERS if each.owner != GIVER.owner)
PEOPLE = {each.key: each.erp_id for each in COMPANY.employees}
CONTROLLER = COMPANY.controller("DE01").erp_id


def evidence(*approvers: str) -> list[dict[str, Any]]:
    """These people agreed."""
    return [
        {"step": step, "approver": who, "decided_at": "2026-10-28T08:00:00Z", "source_document": "BT-1"}
        for step, who in enumerate(approvers, 1)
    ]


def transfer_body(units: int = 400, taker: str = TAKER.erp_id, **members: Any) -> dict[str, Any]:
    """So much of October for another cost centre."""
    place = {"account_group": "54", "period": "2026-10"}
    return {
        "company_code": DE.erp_company,
        "currency": "EUR",
        "document_date": "20261028",
        "giving": {"cost_center": CENTER, **place},
        "receiving": {"cost_center": taker, **place},
        "amount": money(units, "DE01"),
        "reason": "moved desks",
        "approvals": evidence(PEOPLE[GIVER.owner], PEOPLE[TAKER.owner]),
        **members,
    }


def test_budget_is_transferred_by_both_owners() -> None:
    """PST-A09: debit 9000 of whoever receives, credit of whoever gives; the budgets differ by it, also after another version."""
    one = world(1_000)
    done = one.call("erp.budget_transfer.create", transfer_body(external_ref="BT-1")).body
    assert (done.amount, done.transfer_number[0]) == ("400.00", "T")
    assert (figures(one)["budget"], figures(one, cost_center=TAKER.erp_id)["budget"]) == ("600.00", "400.00")
    lines = [(each.account, each.cost_center, each.amount_minor) for each in one.effects if each.entity_type == "journal_line"]
    assert lines == [("9000", TAKER.erp_id, 40_000), ("9000", CENTER, -40_000)]
    assert one.refused("erp.budget_transfer.create", transfer_body(external_ref="BT-1")) == "DUPLICATE_REFERENCE"
    assert one.refused("erp.budget_transfer.create", transfer_body(601)) == "BUDGET_EXCEEDED"
    other = {"cost_center": CENTER, "account_group": "54", "period": "2026-10", "amount": "5000.00"}
    version = {"company_code": DE.erp_company, "currency": "EUR", "sequence": 3, "lines": [other]}
    one.call("erp.budget_version.create", version)
    assert figures(one)["budget"] == "4600.00"


def test_within_its_year_budget_moves_between_months_whatever_is_spent() -> None:
    """Company 2000 controls by the year: the year has as much as before."""
    one = world(980)
    placed(one)
    later = {"cost_center": CENTER, "account_group": "54", "period": "2026-12"}
    one.call("erp.budget_transfer.create", transfer_body(980, receiving=later, approvals=evidence(PEOPLE[GIVER.owner], CONTROLLER)))
    assert (figures(one)["budget"], figures(one)["available"]) == ("980.00", "0.00")
    next_year = {**later, "period": "2027-01"}
    assert one.refused("erp.budget_transfer.create", transfer_body(1, receiving=next_year)) == "BUDGET_EXCEEDED"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"approvals": []}, "APPROVAL_EVIDENCE_MISSING"),
        ({"approvals": evidence(PEOPLE[GIVER.owner])}, "APPROVAL_EVIDENCE_MISSING"),
        ({"approvals": evidence(PEOPLE[TAKER.owner], CONTROLLER)}, "APPROVAL_EVIDENCE_MISSING"),
        (
            {
                "receiving": {"cost_center": CENTER, "account_group": "53", "period": "2026-10"},
                "approvals": evidence(PEOPLE[GIVER.owner], PEOPLE[GIVER.owner]),
            },
            "SEGREGATION_OF_DUTIES",
        ),
        ({"amount": "6000.00"}, "LIMIT_EXCEEDED"),
        ({"amount": "0.00"}, "AMOUNT_MISMATCH"),
        ({"amount": "1.0"}, "CURRENCY_INVALID"),
        ({"currency": "USD"}, "CURRENCY_INVALID"),
        ({"receiving": {"cost_center": "0", "account_group": "54", "period": "2026-10"}}, "CODING_INVALID"),
        ({"receiving": {"cost_center": CENTER, "account_group": "54", "period": "2026-10"}}, "AMOUNT_MISMATCH"),
        ({"document_date": "20250115"}, "PERIOD_CLOSED"),
    ],
    ids=str,
)
def test_a_transfer_that_breaks_a_rule_moves_nothing(members: dict[str, Any], code: str) -> None:
    """One owner alone, or one person for both, is nobody."""
    one = world(10_000)
    assert one.refused("erp.budget_transfer.create", transfer_body(**members)) == code
    assert figures(one)["budget"] == "10000.00"


def close_body(entity: str = "DE01", year: int = 2026) -> dict[str, Any]:
    """The budget year of a company."""
    return {"company_code": COMPANY.entity(entity).erp_company, "fiscal_year": year, "reason": "year end"}


def test_what_is_open_is_carried_forward_with_its_budget() -> None:
    """PST-A10 in company 2000: both go from December to January, and a receipt in January is relieved there."""
    one = world(10_000)
    path = placed(one)
    first = received(one, path["number"], "4")
    assert one.refused("erp.budget_year.close", close_body(), actor=CONTROLLER) == "INVALID_TRANSITION"
    one.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert one.refused("erp.budget_year.close", close_body(), actor="nobody") == "SEGREGATION_OF_DUTIES"
    told = one.call("erp.budget_year.close", close_body(), actor=CONTROLLER).body
    assert (told.year_end, told.carried_to, told.total) == ("carry_forward", "2027-01", "588.00")
    assert [(each.document_number, each.line_no, each.period) for each in told.encumbrances] == [(path["number"], 10, "2026-10")]
    old, new = figures(one), figures(one, date="20270104")
    assert (old["budget"], old["encumbrance"], old["actual"], old["available"]) == ("9412.00", "0.00", "392.00", "9020.00")
    assert (new["budget"], new["encumbrance"], new["available"]) == ("588.00", "588.00", "0.00")
    ledger = one.erp.core.ledger
    totals = {
        period: {account: debit - credit for account, debit, credit in ledger.totals(DE.erp_company, "memo", period)}
        for period in ("2026-12", "2027-01")
    }
    assert totals == {"2026-12": {"9200": -58_800, "9900": 58_800}, "2027-01": {"9200": 58_800, "9900": -58_800}}
    days = {"document_date": "20270104", "posting_date": "20270104"}
    received(one, path["number"], "1", **days)
    assert (figures(one, date="20270104")["encumbrance"], figures(one, date="20270104")["actual"]) == ("490.00", "98.00")
    one.call("erp.gr.reverse", {"reason": "damaged", "posting_date": "20270104"}, path={"number": first.number})
    assert figures(one, date="20270104")["encumbrance"] == "882.00"
    assert one.refused("erp.budget_year.close", close_body(), actor=CONTROLLER) == "INVALID_TRANSITION"


def test_what_is_open_lapses_until_a_change_takes_it_into_the_new_year() -> None:
    """PST-A10 in company 1000, whose year ends in January; the order itself stays open."""
    one = World()
    center = COMPANY.cost_centers_of("US01")[0].erp_id
    where = {"company_code": COMPANY.entity("US01").erp_company, "cost_center": center}
    number = one.call("erp.po.create", order_body("US01", source_revision=1)).body.number
    path = {"number": number}
    one.now = datetime(2027, 2, 2, 9, tzinfo=UTC)
    told = one.call("erp.budget_year.close", close_body("US01"), actor=COMPANY.controller("US01").erp_id).body
    assert (told.year_end, told.carried_to, told.total, told.periods[0], told.periods[-1]) == (
        "lapse",
        None,
        "980.00",
        "2026-02",
        "2027-01",
    )
    assert (figures(one, **where)["encumbrance"], one.erp.core.ledger.balance(where["company_code"], "9200")) == ("0.00", 0)
    line = {**change_body()["lines"][0], "cost_center": center}
    one.call("erp.po.change", change_body(document_date="20270202", lines=[line]), path=path)
    assert figures(one, **where, date="20270202")["encumbrance"] == "1000.00"
    assert one.call("erp.po.read", path=path).body.status == "created"


def test_a_year_end_needs_open_periods_for_what_it_moves() -> None:
    """In March nothing is posted to December any more, unless nothing was left."""
    one = world(10_000)
    one.now = datetime(2027, 3, 10, 9, tzinfo=UTC)
    assert one.call("erp.budget_year.close", close_body(), actor=CONTROLLER).body.encumbrances == ()
    other = World()
    placed(other)
    other.now = datetime(2027, 3, 10, 9, tzinfo=UTC)
    assert other.refused("erp.budget_year.close", close_body(), actor=CONTROLLER) == "PERIOD_CLOSED"
    assert other.refused("erp.budget_year.close", {**close_body(), "company_code": "9999"}, actor=CONTROLLER) == "NOT_FOUND"


def test_the_budget_as_it_stood_on_a_day() -> None:
    """Summed again from the entries until then: budget, order, receipt and transfer, each on a day of its own."""
    one = World()
    usual = figures(one)["budget"]
    days = [datetime(2026, 10, day, 9, tzinfo=UTC) for day in (28, 29, 30, 31)]
    steps = [
        lambda: one.call("erp.budget_version.create", {**version(), "other_amount": "0.00"}),
        lambda: path.update(placed(one)),
        lambda: received(one, path["number"]),
        lambda: one.call("erp.budget_transfer.create", transfer_body(100)),
    ]
    path: dict[str, str] = {}
    for day, step in zip(days, steps, strict=True):
        one.now = day
        step()
    told = [one.call("erp.budget.read", query={**BUCKET, "as_of": f"202610{day}"}).body for day in (27, 28, 29, 30, 31)]
    seen = [(each.figures.budget, each.figures.encumbrance, each.figures.actual, each.figures.available) for each in told]
    assert seen == [
        (usual, "0.00", "0.00", usual),
        ("2000.00", "0.00", "0.00", "2000.00"),
        ("2000.00", "980.00", "0.00", "1020.00"),
        ("2000.00", "392.00", "588.00", "1020.00"),
        ("1900.00", "392.00", "588.00", "920.00"),
    ]
    assert [each.budget_version for each in told] == ["2000/1", *["2000/2"] * 4]
    assert (told[0].as_of.day, told[-1].as_of) == (27, one.now)


def version() -> dict[str, Any]:
    """2,000.00 for October."""
    line = {"cost_center": CENTER, "account_group": "54", "period": "2026-10", "amount": "2000.00"}
    return {"company_code": DE.erp_company, "currency": "EUR", "sequence": 2, "lines": [line]}
