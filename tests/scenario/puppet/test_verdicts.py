"""Every verdict and exit code, produced on purpose by a connector that does what it is told."""

import pytest

from tests.scenario.puppet.playing import LIMITS, play
from tests.shipped import CATALOG

pytestmark = pytest.mark.slow


def test_pass(tmp_path) -> None:
    """A connector that does everything right passes, and its experiments pass."""
    played = play(tmp_path, {}, faults="include: [F-A3, F-B20]")
    assert played.exit_code == 0, played.text
    assert played.verdict["verdict"] == "pass"
    assert played.experiments("pass") == played.experiments("total") > 40


def test_fail(tmp_path) -> None:
    """Some documents posted twice: exit code 1, only those experiments fail, and the money is named."""
    played = play(tmp_path, {"post_twice": {"every": 4, "rest": 1}})
    assert played.exit_code == 1, played.text
    assert {"C01", "C02"} <= set(played.violated)
    assert 0 < played.experiments("fail") < played.experiments("total")
    money = next(row["money"] for row in played.verdict["invariants"] if row["id"] == "C01")
    assert money


def test_void(tmp_path) -> None:
    """A call point that the connector no longer uses: the planned faults never fire, so the run is not enough evidence."""
    played = play(tmp_path, {"checks_at_first_only": {}}, faults="include: [F-B6]", number=30)
    assert played.exit_code == 2, played.text
    assert played.verdict["verdict"] == "inconclusive"
    assert played.experiments("void") > 0
    assert "V01" in played.violated


def test_inconclusive(tmp_path) -> None:
    """Time is up while the connector is still catching up: neither pass nor fail."""
    slow = LIMITS.replace("settle_s: 6, quiesce_s: 6", "settle_s: 2, quiesce_s: 2")
    played = play(tmp_path, {"one_at_a_time": {}}, limits=slow, number=400, poll_interval_s=0.5)
    assert played.exit_code == 2, played.text
    assert played.experiments("inconclusive") > 0
    assert played.experiments("fail") == 0


def test_contaminated(tmp_path) -> None:
    """One document's fault makes its neighbours' calls fail: experiments in such company are no evidence about their own faults."""
    played = play(tmp_path, {"stale_when_others_fail": {}}, faults="include: [F-B6, F-B8, F-A3]", extra="volume: {baseline: 4}")
    assert played.experiments("contaminated") > 0, played.text
    assert played.exit_code == 2
    assert played.experiments("fail") == 0


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"unhealthy": {}}, "answered 500"),
        ({"hang_at_start": {}}, "was not ready within"),
        ({"ignore_events": {}}, "received nothing"),
        ({"die_at_request": {}}, "ended by itself with exit code 7"),
    ],
    ids=["unhealthy", "hangs", "ignores-events", "dies"],
)
def test_no_verdict_about_a_connector_that_does_not_work(tmp_path, script, words) -> None:
    """Never started, hangs, receives nothing, dies: exit code 2, and the message says which."""
    played = play(tmp_path, script, start_timeout_s=2)
    assert played.exit_code == 2, played.text
    assert words in " ".join(played.text.split())


def test_each_kind_of_wrong_books_is_told_apart(tmp_path) -> None:
    """Several wrongs in one run, each for other documents: each is found by its own invariant, and the innocent documents pass."""
    wrongs = ("post_twice", "post_undo_post", "wrong_amount", "never_post", "park_for_ever", "park_what_is_posted")
    script = {name: {"every": 8, "rest": rest} for rest, name in enumerate(wrongs)}
    played = play(tmp_path, script, extra="volume: {baseline: 12}")
    assert played.exit_code == 1, played.text
    assert {"C01", "C02", "C03", "C04", "C06", "K09", "L06", "L08"} <= set(played.violated)
    assert played.experiments("pass") > 0


def test_wrong_coding_is_seen(tmp_path) -> None:
    """Orders on another cost centre than the requisition's are right in amount, period and number, and still wrong."""
    played = play(tmp_path, {"wrong_cost_center": {"every": 4, "rest": 1}})
    assert played.exit_code == 1, played.text
    assert "C07" in played.violated


def test_writing_after_the_end_is_seen(tmp_path) -> None:
    """A connector that says idle and goes on writing."""
    played = play(tmp_path, {"write_for_ever": {"kind": "REQ", "every": 6}})
    assert played.exit_code == 1, played.text
    assert set(played.violated) == {"L04"}


def test_parking_without_need_is_seen_though_the_redrive_repairs_it(tmp_path) -> None:
    """Everything ends posted, yet it was parked without reason first."""
    played = play(tmp_path, {"park_at_once": {"every": 3}})
    assert played.exit_code == 1, played.text
    assert set(played.violated) >= {"L06"}
    assert "L08" not in played.violated


def test_who_sets_aside_a_kind_of_document_stops_at_the_baseline(tmp_path) -> None:
    """Documents with a credit line are parked without any fault: no fault is blamed for it, for none is played."""
    played = play(tmp_path, {"parks_credits": {}}, faults="include: [F-A3]", extra="volume: {baseline: 4}")
    assert played.exit_code == 1, played.text
    assert "L06" in played.violated
    assert {row["role"] for row in played.verdict["by_experiment"]} == {"baseline"}
    said = " ".join(played.text.split())
    assert "fault-free transactions ended wrong, against L06" in said
    assert "could have finished): exp-" in said
    assert "no fault was played" in said


def test_a_document_that_fails_without_its_fault_is_not_blamed_on_it(tmp_path) -> None:
    """What goes wrong depends on the amount. Where such a document met a fault, it is played once without, which counts as nothing else."""
    limits, faults = LIMITS.replace("solo: 0", "solo: 6"), "include: [F-A3, F-B20, F-B6, F-B8]"
    played = play(tmp_path, {"post_twice_by_amount": {"kind": "REQ"}}, faults=faults, limits=limits, extra="volume: {baseline: 2}")
    assert played.exit_code == 1, played.text
    shared = {point.id for point in CATALOG.shared_call_points}  # what happens at a list or a token happens to many
    faulted = [cause for cause in played.verdict["causes"] if cause["fault_id"] and cause["call_point"] not in shared]
    assert faulted
    assert all(cause["also_without_fault"] for cause in faulted)
    assert "fails without any fault too" in " ".join(played.text.split())
    assert {v["solo"]["of"] for v in played.verdict["violations"] if v["solo"] and v["call_point"] not in shared} == {1}


def test_a_fault_that_is_to_blame_stays_so(tmp_path) -> None:
    """The same document without its fault goes well, and the report says that too."""
    limits = LIMITS.replace("solo: 0", "solo: 6")
    played = play(tmp_path, {"no_reference": {}}, faults="include: [F-A3]", limits=limits, extra="volume: {baseline: 2}")
    assert played.exit_code == 1, played.text
    assert {cause["also_without_fault"] for cause in played.verdict["causes"] if cause["fault_id"] == "F-A3"} == {False}
    assert "not without its fault" in " ".join(played.text.split())
