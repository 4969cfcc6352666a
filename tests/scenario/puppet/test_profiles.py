"""Scenarios that ask for more than the contract page promises: right connectors pass, and one that relies on the promise is found."""

import json

import pytest

from tests.guard.designs import DESIGNS
from tests.guard.table import Trial, trial
from tests.scenario.puppet.playing import play, play_in

pytestmark = pytest.mark.slow


def design_in(scenario: str, name: str, folder) -> Trial:
    """A design of the guard through one of these scenarios, seed 1."""
    design = next(each for each in DESIGNS if each.name == name)
    return trial(design, folder, seed=1, scenario=scenario)


def test_a_key_alone_does_not_outlive_a_long_silence(tmp_path) -> None:
    """The key is forgotten before the connector gives up waiting: the same request makes a second document."""
    made = design_in("expiring-keys", "key-only", tmp_path)
    assert made.exit_code == 1, made.text
    assert {"C01", "C02"} <= set(made.alarms), made.alarms
    assert set(made.alarms) <= {"C01", "C02", "D01", "D02", "E01", "P01"}, made.alarms
    assert "F-A5" in {row["fault_id"] for row in made.verdict["causes"]}, made.verdict["causes"]  # on a busy machine every answer is late


def test_a_reference_is_never_forgotten(tmp_path) -> None:
    """Whoever repeats under a unique reference is right, however late."""
    made = design_in("expiring-keys", "reference-only", tmp_path)
    assert made.exit_code == 0, made.text
    assert not made.alarms


def refused_grants(folder) -> int:
    """How often the token endpoint refused what it was asked for."""
    rows = [json.loads(line) for line in (folder / "run" / "history.ndjson").read_text("utf-8").splitlines()]
    refused = ("decision", "identity.token.issue", "INVALID_PARAMETER")
    return sum((row["kind"], row.get("call_point"), row.get("code")) == refused for row in rows)


def test_refreshing_by_the_book_passes(tmp_path) -> None:
    """The next refresh token each time, and a sign-in when a refresh brings nothing."""
    played = play_in("refresh-tokens", tmp_path, {"refreshes_by_the_book": {}})
    assert played.exit_code == 0, played.text
    assert "canary refreshes_by_the_book" in (tmp_path / "run" / "connector.log").read_text("utf-8")


def test_a_refresh_token_that_is_used_twice_is_found(tmp_path) -> None:
    """Its tokens end, it never signs in again, and nothing more comes of it."""
    played = play_in("refresh-tokens", tmp_path, {"keeps_its_first_refresh_token": {}})
    assert played.exit_code == 1, played.text
    assert {"C03", "L01"} <= set(played.violated), played.violated
    assert not {"C01", "C05", "C06", "C07", "C12"} & set(played.violated), played.violated
    assert refused_grants(tmp_path) > 1


@pytest.mark.requirement("R06.03")
def test_asking_from_the_last_change_passes(tmp_path) -> None:
    """No overlap is needed where the window includes its beginning, and where news is told by the version."""
    played = play_in("coarse-times", tmp_path, {"asks_from_the_last_change": {}}, poll_interval_s=0.1)
    assert played.exit_code == 0, played.text


@pytest.mark.requirement("R06.03")
def test_asking_after_the_last_change_is_found(tmp_path) -> None:
    """What came later in a second that it had seen is never found, and no event tells of it."""
    played = play_in("coarse-times", tmp_path, {"asks_after_the_last_change": {}}, poll_interval_s=0.1)
    assert played.exit_code == 1, played.text
    assert {"C03", "L01"} <= set(played.violated), played.violated
    assert set(played.violated) <= {"C03", "L01", "D01", "E01", "P01", "V01"}, played.violated
    blamed = {row["fault_id"] for row in played.verdict["causes"]}
    assert "F-D5" in blamed <= {"F-D5", "F-C6", "F-C8"}, played.verdict["causes"]  # some waited for a list that was short or late as well


def test_asking_after_the_last_change_is_right_where_every_change_is_later(tmp_path) -> None:
    """The same connector, the same faults, exact times: it is the profile that tells."""
    faults, extra = "include: [F-D5, F-C6, F-C8]", "volume: {baseline: 2, repeats: 8}"
    played = play(tmp_path, {"asks_after_the_last_change": {}}, faults=faults, extra=extra, poll_interval_s=0.1)
    assert played.exit_code == 0, played.text
