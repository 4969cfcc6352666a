"""What tests play of the requirements: every mark names a row, the page is as generated, and what is open in part is played in part.

Whether the marked tests play every word of a row cannot be tested: whoever sets a mark reads the row, and writes into `open` what is left.
"""

from pathlib import Path

import pytest

from tests.requirements.coverage import PAGE, UnknownMarkError, groups, page, played


def test_the_page_is_as_generated() -> None:
    """docs/requirements-coverage.md equals rows and marks."""
    assert PAGE.read_text("utf-8") == page(), "run `make docs` and commit what it writes"


def test_what_is_open_in_part_is_played_in_part() -> None:
    """A row that says which part is open has a test for the other part; without one all of it is open, and the row says nothing."""
    tests = played()
    assert [row.id for group in groups() for row in group.rows if row.open and row.id not in tests] == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('@pytest.mark.requirement("R99.01")\ndef test_it() -> None: ...', "test_odd.py::test_it: no requirement 'R99.01'"),
        ('pytestmark = [pytest.mark.slow, pytest.mark.requirement("R1")]', "test_odd.py: no requirement 'R1'"),
        ("@pytest.mark.requirement(NAME)\ndef test_it() -> None: ...", "NAME is no text"),
    ],
)
def test_a_mark_that_names_nothing_is_told(tmp_path: Path, source: str, words: str) -> None:
    """With the place where it stands."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_odd.py").write_text(f"import pytest\n\n{source}\n", "utf-8")
    with pytest.raises(UnknownMarkError) as told:
        played(tmp_path)
    assert words in str(told.value)
