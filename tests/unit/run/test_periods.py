"""Which posting periods a controller closes: those that the documents of the run's flows need, in every instance that stands."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from harness.run.periods import current_period, set_period
from mocks.company import generate
from tests.shipped import CATALOG


def closed(flows: tuple[str, ...], systems: tuple[str, ...] = ("erp", "procurement", "expense")) -> list[tuple[str, str, str]]:
    """(call point, module, company) of every closing."""
    acts: list[tuple[str, str, str]] = []

    def act(call_point: str, *, path: object, body: dict[str, str], actor: str, txn_id: str | None) -> None:
        assert path == {}
        assert actor
        acts.append((call_point, body["module"], body["company_code"]))

    world = SimpleNamespace(act=act, company=generate(1, minted=0), urls=dict.fromkeys(systems, ""))
    session: Any = SimpleNamespace(
        world=world, catalog=CATALOG, scenario=SimpleNamespace(flows=flows), manifest=SimpleNamespace(flows=flows)
    )
    set_period(session, "DE01", "2026-10", closed=True)
    return acts


def test_every_module_of_both_flows() -> None:
    """Orders, AP invoices, journals: each module once, in one company."""
    assert closed(("requisition-to-po", "expense-to-posting")) == [("erp.period.close", module, "2000") for module in ("PO", "AP", "GL")]


def test_only_what_the_run_books() -> None:
    """A run of requisitions closes no ledger."""
    assert closed(("requisition-to-po",)) == [("erp.period.close", "PO", "2000")]


def test_a_second_instance_is_closed_too() -> None:
    """Where it stands in the world."""
    assert closed(("requisition-to-po",), ("erp", "erp2")) == [("erp.period.close", "PO", "2000"), ("erp2.period.close", "PO", "2000")]


def test_the_period_is_that_of_the_entity_s_own_day() -> None:
    """A second before midnight in Berlin it is next year in Tokyo; what is closed then is asked for once, and reopened by that name."""
    clock = SimpleNamespace(peek=lambda: datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC))
    session: Any = SimpleNamespace(world=SimpleNamespace(company=generate(1, minted=0), clock=clock))
    assert [current_period(session, entity) for entity in ("US01", "DE01", "JP01")] == ["2026-12", "2026-12", "2027-01"]
