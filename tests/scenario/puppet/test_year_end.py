"""The turn of the year (scenarios/year-end.yaml): whose day counts is the entity's own, on which the document was approved."""

import pytest

from tests.scenario.puppet.playing import play_in

pytestmark = pytest.mark.slow


def test_the_own_day_of_each_entity_passes(tmp_path) -> None:
    """Posted where it is due, in the old year and in the new one, however late."""
    played = play_in("year-end", tmp_path, {})
    assert played.exit_code == 0, played.text
    assert not played.violated


@pytest.mark.parametrize("behaviour", ["utc_day", "processing_day"])
def test_another_day_is_found(tmp_path, behaviour) -> None:
    """The day in UTC, and the day on which it is worked on: wrong date, and at the turn of the year the wrong period."""
    played = play_in("year-end", tmp_path, {behaviour: {}})
    assert played.exit_code == 1, played.text
    assert {"C12", "C18"} <= set(played.violated), played.violated
    assert set(played.violated) <= {"C12", "C18", "D01", "V01"}, played.violated
