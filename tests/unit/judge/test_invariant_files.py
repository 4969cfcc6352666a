"""Every invariant file keeps the form, and a file that does not is refused with its name and what was expected."""

from pathlib import Path

import pytest

from harness.errors import InternalError
from harness.judge.invariants import FOLDER, load_invariants, parse_invariant

GOOD = "\n".join(
    [
        *("-- id: X01", "-- title: t", "-- family: f", "-- severity: money", "-- kind: fail", "-- at: history", "-- a free comment"),
        *("-- section: candidates", "select 1", "-- section: violations", "select 2", "-- section: explain", "select 3"),
    ]
)


def test_all_files_load_and_titles_differ() -> None:
    """One file each, every title an assertion of its own."""
    rules = load_invariants()
    assert len(rules) == len(list(FOLDER.rglob("*.sql"))) == 118
    assert len({rule.title for rule in rules}) == len(rules)


def test_conduct_only_warns_but_for_lost_refused_and_forged_events() -> None:
    """A connector may be right another way; K09 to K11 and K15 are no matter of style."""
    kinds = {rule.id: rule.kind for rule in load_invariants() if rule.id.startswith("K")}
    assert {name for name, kind in kinds.items() if kind == "fail"} == {"K09", "K10", "K11", "K15"}


def test_sections_are_read(tmp_path: Path) -> None:
    """Header and sections come back as they are."""
    path = tmp_path / "X01.sql"
    path.write_text(GOOD)
    rule = parse_invariant(path)
    assert (rule.candidates, rule.violations, rule.explain, rule.rank) == ("select 1", "select 2", "select 3", 0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-- severity: money", "-- severity: grave", "valid are money, books"),
        ("-- kind: fail", "-- kind: maybe", "valid are fail, warn, void"),
        ("-- at: history", "", "missing: at"),
        ("-- section: explain\nselect 3", "", "missing: section explain"),
        ("-- section: candidates", "-- section: candidate", "valid are candidates"),
        ("-- id: X01", "-- id: X02", "the file name says 'X01'"),
        ("-- a free comment", "select 0", "SQL before the first section"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Naming the file and what would be valid."""
    path = tmp_path / "X01.sql"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InternalError, match=message) as caught:
        parse_invariant(path)
    assert "X01.sql" in str(caught.value)
