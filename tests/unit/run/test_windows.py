"""Which windows are played beside each other."""

from harness.plan.model import Experiment, Wave, Window
from harness.run.windows import apart
from tests.shipped import CATALOG

ORDERS, EXPENSES = "requisition-to-po", "expense-to-posting"


def wave(fault_id: str, target: str, *flows: str, business: str | None = None, elders: bool = False) -> Wave:
    """One transaction of each flow; of both when none is named."""
    name = f"run-{fault_id}-{target}"
    experiments = [
        Experiment(f"t-{n}", flow, "US01", f"{flow}/US01", name, "run", n, parent="t-0" if elders and n else None)
        for n, flow in enumerate(flows or (ORDERS, EXPENSES))
    ]
    return Wave(name, "run", tuple(experiments), Window(fault_id, "any", target, 600), business)


def names(*waves: Wave) -> list[list[str]]:
    """The groups."""
    return [[one.name for one in group] for group in apart(waves, CATALOG)]


def test_periods_of_several_companies_close_at_once() -> None:
    """A document belongs to one company, so it meets one of them; an outage that every flow meets stays alone."""
    found = names(wave("F-B5", "erp"), wave("F-F3", "US01"), wave("F-F3", "DE01"), wave("F-H2", "erp"), wave("F-H2", "identity"))
    assert found == [["run-F-B5-erp"], ["run-F-F3-US01", "run-F-F3-DE01"], ["run-F-H2-erp"], ["run-F-H2-identity"]]


def test_outages_of_systems_that_no_flow_of_the_other_calls_come_at_once() -> None:
    """They need not stand beside each other in the plan; the erp is everybody's, and so is where tokens come from."""
    found = names(
        wave("F-B5", "procurement", ORDERS),
        wave("F-B5", "erp"),
        wave("F-H2", "procurement", ORDERS),
        wave("F-B5", "expense", EXPENSES),
        wave("F-B5", "identity"),
    )
    assert found == [["run-F-B5-procurement", "run-F-B5-expense"], ["run-F-B5-erp"], ["run-F-H2-procurement"], ["run-F-B5-identity"]]


def test_documents_that_need_the_other_system_keep_outages_apart() -> None:
    """Also those that only stand beside an outage, to go on in it."""
    assert len(names(wave("F-B5", "procurement"), wave("F-B5", "expense", EXPENSES))) == 2
    assert len(names(wave("F-B5", "erp", ORDERS), wave("F-B5", "expense", EXPENSES))) == 2


def test_a_day_of_its_own_is_not_shared() -> None:
    """The business clock stands at one moment only."""
    days = "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z"
    found = names(wave("F-F3", "US01", business=days[0]), wave("F-F3", "DE01"), wave("F-F3", "JP01", business=days[1]))
    assert [len(group) for group in found] == [1, 1, 1]


def test_elders_meet_no_window() -> None:
    """They are posted before the fault, so no other fault of the run may be on."""
    assert len(names(wave("F-F3", "US01", elders=True), wave("F-F3", "DE01"))) == 2
