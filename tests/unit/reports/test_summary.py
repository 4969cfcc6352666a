"""The terminal summary: ten seconds, plain words, the next command."""

from pathlib import Path

from reports import summary_text
from tests.unit.reports.sample import failing, hostile, passing


def test_a_failure_is_understood_at_once() -> None:
    """The first line has verdict and number; then money, invariants, five violations with replay commands, the report, the exit code."""
    text = summary_text(failing()["verdict"], report=Path("runs/r7k2/report.html"))
    assert text.splitlines()[0] == "FAIL  naive went wrong in 32 of 503 transactions."
    for said in ("USD 2,559.24", "No source document is posted twice", "runs/r7k2/report.html", "1: at least one invariant was violated"):
        assert said in text
    assert text.count("replay  dryclose replay runs/r7k2 ") == 5
    assert "42 more violations in the report" in text
    assert len(text.splitlines()) < 60


def test_the_first_violations_are_of_different_kinds() -> None:
    """Every violated invariant is represented before one repeats."""
    text = summary_text(failing()["verdict"])
    assert all(f"\n  {invariant} " in text for invariant in ("C01", "C02", "C03", "K10"))


def test_a_pass_is_short() -> None:
    """A pass needs no more than what was looked at, how much went straight through, and the exit code."""
    text = summary_text(passing()["verdict"])
    assert text.startswith("PASS  careful ended every one of 503 transactions as it should.")
    assert "211 of the 236 that only met faults which pass by themselves" in text
    assert len(text.splitlines()) < 12


def test_not_enough_evidence_is_neither() -> None:
    """An inconclusive run names its reasons and blames nobody."""
    verdict = passing()["verdict"] | {
        "verdict": "inconclusive",
        "exit_code": 2,
        "reasons": ["the history is truncated: its last line is torn"],
    }
    text = summary_text(verdict)
    assert text.startswith("NOT ENOUGH EVIDENCE  careful was not proven right or wrong")
    assert "because    the history is truncated" in text
    assert "2: there was not enough evidence" in text


def test_a_torn_run_does_not_hide_what_it_saw() -> None:
    """Violations of a run without enough evidence are told in the first line."""
    verdict = failing()["verdict"] | {"verdict": "inconclusive", "exit_code": 2}
    assert "not judged to the end, but 32 of 503 transactions already went wrong." in summary_text(verdict).splitlines()[0]


def test_terminals_are_safe() -> None:
    """No control character of a hostile text reaches the terminal."""
    text = summary_text(failing(say=hostile)["verdict"])
    assert "\x1b" not in text
    assert "\u202e" not in text
    text.encode("utf-8")


def test_a_verdict_without_members_is_an_error() -> None:
    """An empty verdict is never a pass."""
    assert summary_text({}).startswith("ERROR")
    assert "4: dryclose itself failed" in summary_text({})


def test_tuples_count_like_lists() -> None:
    """The verdict as a value in memory holds tuples; the summary is the same."""
    verdict = failing()["verdict"]
    in_memory = verdict | {name: tuple(verdict[name]) for name in ("violations", "by_experiment", "invariants", "reasons")}
    assert summary_text(in_memory) == summary_text(verdict)
