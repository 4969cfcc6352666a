"""A run whose evidence is not all there is no PASS, and accuses nobody."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from harness.judge import Verdict, judge
from harness.judge import judging as room
from harness.judge.synthetic import Row
from tests.unit.judge.history_builder import clean_run, judged
from tests.unit.judge.test_decision import CELL


def run(tmp_path: Path, manifest: Row | None = None) -> Path:
    """A run that passes."""
    folder = tmp_path / "run"
    verdict = judged(clean_run(), folder, manifest, (CELL,))
    assert (verdict.verdict, verdict.reasons) == ("pass", ())
    return folder


def because(verdict: Verdict, words: str) -> bool:
    """Not enough evidence, for this reason."""
    return verdict.verdict == "inconclusive" and any(words in reason for reason in verdict.reasons)


def lines(folder: Path) -> list[str]:
    return (folder / "history.ndjson").read_text().splitlines(keepends=True)


def test_without_a_plan_nobody_knows_what_is_missing(tmp_path: Path) -> None:
    """A pass on fewer cells is none."""
    folder = run(tmp_path)
    (folder / "plan.json").unlink()
    assert because(judge(folder), "plan.json is missing")


def test_an_experiment_that_was_planned_must_be_there(tmp_path: Path) -> None:
    """Whoever removes what failed gets no pass."""
    folder = run(tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    plan["experiments"].append({**plan["experiments"][0], "txn_id": "p2p-000999", "wave": "singles", "steps": []})
    (folder / "plan.json").write_text(json.dumps(plan))
    assert because(judge(folder), "1 planned experiments are missing from the history: p2p-000999")


def test_a_step_that_was_planned_must_be_armed(tmp_path: Path) -> None:
    """An experiment whose fault was never there says nothing about it."""
    folder = run(tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    step = {"call_point": "erp.po.create", "fault_id": "F-B8", "mode": "after"}
    plan["experiments"][0] = {**plan["experiments"][0], "wave": "singles", "steps": [step]}
    (folder / "plan.json").write_text(json.dumps(plan))
    assert because(judge(folder), "steps of plan.json were never armed")


def test_a_history_cut_at_the_front_accuses_nobody(tmp_path: Path) -> None:
    """The rest looks like documents out of nowhere."""
    folder = run(tmp_path)
    (folder / "history.ndjson").write_text("".join(lines(folder)[40:]))
    assert because(judge(folder), "does not begin with the run_start row")


def test_a_gap_that_a_repetition_hides(tmp_path: Path) -> None:
    """As many rows as the numbers say, and still not all of them."""
    folder = run(tmp_path)
    rows = lines(folder)
    rows[50] = rows[49]
    (folder / "history.ndjson").write_text("".join(rows))
    assert because(judge(folder), "there twice")


def test_no_rule_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor are fewer than the run was made with."""
    folder = run(tmp_path)
    every = room.load_invariants()
    monkeypatch.setattr(room, "load_invariants", lambda: every[:0])
    assert because(judge(folder), "there is no rule to ask")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "rules": {"dryclose": dict.fromkeys((one.id for one in every), "0")}}))
    monkeypatch.setattr(room, "load_invariants", lambda: every[1:])
    assert because(judge(folder), f"rules that this run was made with are not installed: {every[0].id}")


def test_a_path_is_no_pattern(tmp_path: Path) -> None:
    """`run[1]` is judged itself, not its neighbour `run1`."""
    folder = run(tmp_path)
    shutil.copytree(folder, tmp_path / "run1")
    folder.rename(tmp_path / "run[1]")
    (tmp_path / "run[1]" / "history.ndjson").write_text("".join(lines(tmp_path / "run1")[:100]))
    assert judge(tmp_path / "run1").verdict == "pass"
    assert because(judge(tmp_path / "run[1]"), "no run_end row")


def test_the_judge_compares_with_its_own_copy(tmp_path: Path) -> None:
    """What the connector writes over its crosswalks changes nothing, and is told; the judge's copy must be what was written."""
    folder = run(tmp_path)
    shutil.copytree(folder / "mappings", folder / "truth")
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in (folder / "truth").iterdir()}
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "evidence": {"mappings": digests}}))
    for path in (folder / "mappings").iterdir():
        path.write_text("")
    verdict = judge(folder)
    assert verdict.verdict == "pass"
    assert any("changed the crosswalks" in told for told in verdict.told)
    (folder / "truth" / "suppliers.csv").write_text("")
    assert because(judge(folder), "changed or removed since they were written: suppliers.csv")


def test_a_void_experiment_is_a_footnote_and_many_are_not() -> None:
    """Two of a hundred are; three are not."""
    assert list(room.integrity.void({"void": 2, "total": 100})) == []
    assert list(room.integrity.void({"void": 3, "total": 100})) != []
