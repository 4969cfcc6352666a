"""Which windows are played beside each other."""

from harness.plan.model import Wave, Window
from harness.run.windows import apart


def wave(fault_id: str, target: str, business: str | None = None) -> Wave:
    """Without transactions; nobody asks for them here."""
    return Wave(f"run-{fault_id}-{target}", "run", (), Window(fault_id, "any", target, 600), business)


def names(*waves: Wave) -> list[list[str]]:
    """The groups."""
    return [[one.name for one in group] for group in apart(waves)]


def test_periods_of_several_companies_close_at_once() -> None:
    """A document belongs to one company, so it meets one of them; an outage is met by whoever comes, and stays alone."""
    found = names(wave("F-B5", "erp"), wave("F-F3", "US01"), wave("F-F3", "DE01"), wave("F-H2", "erp"), wave("F-H2", "identity"))
    assert found == [["run-F-B5-erp"], ["run-F-F3-US01", "run-F-F3-DE01"], ["run-F-H2-erp"], ["run-F-H2-identity"]]


def test_a_day_of_its_own_is_not_shared() -> None:
    """The business clock stands at one moment only."""
    found = names(wave("F-F3", "US01", "2026-12-31T23:00:00Z"), wave("F-F3", "DE01"), wave("F-F3", "JP01", "2027-01-01T00:00:00Z"))
    assert [len(group) for group in found] == [1, 1, 1]
