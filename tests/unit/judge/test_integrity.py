"""A run whose evidence is not all there is no PASS, and accuses nobody."""

import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from harness.errors import RunUnreadable
from harness.judge import Verdict
from harness.judge import judging as room
from harness.judge.synthetic import Row
from harness.stage.directory import RunDirectory
from tests.unit.judge.history_builder import clean_run, drop, judged, one, written
from tests.unit.judge.judging import judge
from tests.unit.judge.test_decision import CELL


def run(tmp_path: Path) -> Path:
    """A run that passes."""
    assert passing() == ("pass", ())
    return written(clean_run(), tmp_path / "run", cells=(CELL,))


@cache
def passing() -> tuple[str, tuple[str, ...]]:
    """What is said of it before a test changes it: each has the same files."""
    with tempfile.TemporaryDirectory() as folder:
        verdict = judged(clean_run(), Path(folder), cells=(CELL,))
    return verdict.verdict, verdict.reasons


@pytest.fixture
def few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rules are asked: what such a test is about is asked beside the rules, and a hundred questions would say nothing more of it."""
    passing()
    few = tuple(one for one in room.load_invariants() if one.id in {"C01", "V01"})
    monkeypatch.setattr(room, "load_invariants", lambda: few)


evidence_only = pytest.mark.usefixtures("few_rules")


def because(verdict: Verdict, words: str) -> bool:
    """Not enough evidence, for this reason."""
    return verdict.verdict == "inconclusive" and any(words in reason for reason in verdict.reasons)


def lines(folder: Path) -> list[str]:
    return (folder / "history.ndjson").read_text().splitlines(keepends=True)


@evidence_only
def test_a_scenario_of_which_nothing_was_played_is_no_pass(tmp_path: Path) -> None:
    """It names faults, and each of their cells says why it could not be played."""
    cell = {**CELL, "fault_id": "F-C4", "mode": "second_page", "status": "not_applicable", "reason": "nothing waits for it"}
    scenario = {"name": "lists", "faults": [cell["fault_id"]]}
    verdict = judged(clean_run(), tmp_path, {"scenario": scenario}, (cell,))
    assert because(verdict, "none of the faults of this scenario could be played: nothing waits for it")


def test_an_emptied_plan_is_damage(tmp_path: Path) -> None:
    """Nobody writes a plan without its experiments."""
    folder = run(tmp_path)
    (folder / "plan.json").write_text("{}")
    with pytest.raises(RunUnreadable, match="experiments"):
        judge(folder)


@evidence_only
def test_without_a_plan_nobody_knows_what_is_missing(tmp_path: Path) -> None:
    """A pass on fewer cells is none."""
    folder = run(tmp_path)
    (folder / "plan.json").unlink()
    assert because(judge(folder), "plan.json is missing")


@evidence_only
def test_an_experiment_that_was_planned_must_be_there(tmp_path: Path) -> None:
    """Whoever removes what failed gets no pass."""
    folder = run(tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    plan["experiments"].append({**plan["experiments"][0], "txn_id": "p2p-000999", "wave": "singles", "steps": []})
    (folder / "plan.json").write_text(json.dumps(plan))
    assert because(judge(folder), "1 planned experiments are missing from the history: p2p-000999")


@evidence_only
def test_a_step_that_was_planned_must_be_armed(tmp_path: Path) -> None:
    """An experiment whose fault was never there says nothing about it."""
    folder = run(tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    step = {"call_point": "erp.po.create", "fault_id": "F-B8", "mode": "after"}
    plan["experiments"][0] = {**plan["experiments"][0], "wave": "singles", "steps": [step]}
    (folder / "plan.json").write_text(json.dumps(plan))
    assert because(judge(folder), "steps of plan.json were never armed")


@evidence_only
@pytest.mark.parametrize("change", [{"wave": "another"}, {"template": "another"}, {"role": "control"}, {"steps": []}], ids=str)
def test_an_experiment_is_what_the_plan_says(tmp_path: Path, change: Row) -> None:
    """Wave, role, template and steps: what was played is what was planned, and nothing beside it."""
    folder = run(tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    faulted = next(entry for entry in plan["experiments"] if entry["steps"])
    faulted |= change
    (folder / "plan.json").write_text(json.dumps(plan))
    words = "steps were armed that plan.json does not know" if "steps" in change else "experiments are not what plan.json says"
    assert because(judge(folder), f"1 {words}: {faulted['txn_id']}")


@evidence_only
@pytest.mark.parametrize("kept", [1, 0])
def test_an_experiment_that_nobody_planned_is_no_footnote(tmp_path: Path, kept: int) -> None:
    """Whoever cuts the plan short gets no pass on fewer cells."""
    folder = run(tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    plan["experiments"] = plan["experiments"][:kept]
    (folder / "plan.json").write_text(json.dumps(plan))
    assert because(judge(folder), "experiments are in the history that plan.json does not know")


def changed_plan(folder: Path, change: Callable[[Row], object]) -> Path:
    """The same run with another plan.json."""
    plan = json.loads((folder / "plan.json").read_text())
    change(plan)
    (folder / "plan.json").write_text(json.dumps(plan))
    return folder


@evidence_only
@pytest.mark.parametrize("kept", ["half", "none"])
def test_a_plan_without_cells_that_were_played(tmp_path: Path, kept: str) -> None:
    """The steps and windows of the experiments say which cells must be there."""
    folder = changed_plan(run(tmp_path), lambda plan: plan.update(cells=plan["cells"][::2] if kept == "half" else []))
    assert because(judge(folder), "cells were played that plan.json does not know: ")


@evidence_only
def test_a_cell_that_was_played_is_applicable(tmp_path: Path) -> None:
    """Whoever calls it otherwise wants fewer cells."""
    folder = changed_plan(run(tmp_path), lambda plan: plan["cells"][0].update(status="not_applicable", reason="nothing"))
    assert because(judge(folder), "1 cells were played that plan.json calls not applicable: requisition-to-po erp.po.create F-A3 drop")


@evidence_only
def test_a_window_that_was_met_stands_in_the_plan(tmp_path: Path) -> None:
    """Without it nobody asks whether it fired."""
    folder = changed_plan(run(tmp_path), lambda plan: [entry.pop("window", None) for entry in plan["experiments"]])
    assert because(judge(folder), "1 experiments met a fault of the whole run that plan.json does not name: exp-000017")


@evidence_only
@pytest.mark.parametrize("change", [{"seed": 2}, {"run_id": "another"}], ids=str)
def test_manifest_and_history_are_of_one_run(tmp_path: Path, change: Row) -> None:
    """A seed or a name of another run repeats something else."""
    folder = run(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **change}))
    (name,) = change
    assert because(judge(folder), f"manifest.json names the {name.replace('_', ' ')} {change[name]!r}, and the history")


@evidence_only
def test_a_sealed_plan_is_as_it_was_written(tmp_path: Path) -> None:
    """The run wrote down the digest of plan.json at its end; a run that was never closed has none, and is judged all the same."""
    folder = run(tmp_path)
    RunDirectory(folder).seal(status="complete")
    assert judge(folder).verdict == "pass"
    changed_plan(folder, lambda plan: plan["cells"].append({**CELL, "fault_id": "F-C4", "status": "not_applicable", "reason": "changed"}))
    assert because(judge(folder), "changed or removed since they were written: plan.json")


@evidence_only
@pytest.mark.parametrize("status", ["running", None, "FAILED"])
def test_a_manifest_that_does_not_say_how_the_run_ended(tmp_path: Path, status: str | None) -> None:
    """Only a run that is over, and says so, passes."""
    assert because(judged(clean_run(), tmp_path, {"status": status}, (CELL,)), "a run that is over is complete")


def test_rows_of_another_run_are_no_evidence(tmp_path: Path) -> None:
    """Two histories put together, or one patched from another."""
    scribe = clean_run()
    scribe.rows[100]["run_id"] = "other"
    assert because(judged(scribe, tmp_path, None, (CELL,)), "another one than the first")


@pytest.mark.parametrize(("detail", "verdict"), [(None, "fail"), ('{"attached_after": 7}', "inconclusive")])
def test_what_began_before_a_load_came_blames_nobody(tmp_path: Path, detail: str | None, verdict: str) -> None:
    """In a world of one's own a transaction without a beginning is a posting that nobody asked for; in somebody else's it may be older."""
    scribe = clean_run()
    drop(scribe, lambda row: not (row["kind"] == "experiment" and row["txn_id"] == "p2p-000008"))
    if detail is not None:
        one(scribe, kind="run_start")[1]["detail"] = detail
    found = judged(scribe, tmp_path, None, (CELL,))
    assert found.verdict == verdict
    assert any("begun before this load came" in reason for reason in found.reasons) == (detail is not None)


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


@evidence_only
def test_a_path_is_no_pattern(tmp_path: Path) -> None:
    """`run[1]` is judged itself, not its neighbour `run1`."""
    folder = run(tmp_path)
    shutil.copytree(folder, tmp_path / "run1")
    folder.rename(tmp_path / "run[1]")
    (tmp_path / "run[1]" / "history.ndjson").write_text("".join(lines(tmp_path / "run1")[:100]))
    assert judge(tmp_path / "run1").verdict == "pass"
    assert because(judge(tmp_path / "run[1]"), "no run_end row")


@evidence_only
def test_the_judge_compares_with_its_own_copy(tmp_path: Path) -> None:
    """What the connector writes over its crosswalks changes nothing, and is told; the judge's copy must be what was written."""
    folder = run(tmp_path)
    shutil.copytree(folder / "mappings", folder / "truth")
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in (folder / "truth").iterdir()}
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "started_at": "then", "evidence": {"mappings": digests}, "rules": {}}))
    assert because(judge(folder), "manifest.json does not say what the run was judged by")  # nobody sealed the plan
    RunDirectory(folder).seal(status="complete")
    for path in (folder / "mappings").iterdir():
        path.write_text("")
    verdict = judge(folder)
    assert verdict.verdict == "pass"
    assert any("changed the crosswalks" in told for told in verdict.told)
    (folder / "truth" / "suppliers.csv").write_text("")
    assert because(judge(folder), "changed or removed since they were written: suppliers.csv")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert because(judge(folder), "manifest.json does not say what the run was judged by")


def test_a_void_experiment_is_a_footnote_and_many_are_not() -> None:
    """Two of a hundred are; three are not."""
    assert list(room.integrity.void({"void": 2, "total": 100})) == []
    assert list(room.integrity.void({"void": 3, "total": 100})) != []


def with_row(folder: Path, at: int, **row: object) -> Path:
    """The same history with one more row, the numbers behind it moved on."""
    rows = [json.loads(line) for line in lines(folder)]
    frame = {name: rows[at][name] for name in ("run_id", "t_mono_ns", "t_wall", "t_biz", "phase")}
    rows.insert(at, {**frame, **row})
    (folder / "history.ndjson").write_text("".join(json.dumps({**one, "seq": seq}) + "\n" for seq, one in enumerate(rows, 1)))
    return folder


@pytest.mark.parametrize(
    ("place", "call_point", "reason", "words"),
    [
        ("erp", "erp.po.create", "token", "1 requests with a bearer token that this world never issued (erp.po.create)"),
        ("identity", "identity.token.issue", "client", "1 requests for a token with a client or secret that is not of this world"),
        ("control", "GET /seed", "control", "1 calls of the control port without its token (GET /seed)"),
        ("control", "POST /plans", "order", "1 orders to the control port while the run was on (POST /plans)"),
    ],
)
def test_somebody_else_in_this_world_takes_the_pass_away(tmp_path: Path, place: str, call_point: str, reason: str, words: str) -> None:
    """Whose work it was is not certain; nobody is blamed for it."""
    folder = with_row(run(tmp_path), 30, kind="stranger", node=place, call_point=call_point, reason=reason)
    verdict = judge(folder)
    assert because(verdict, f"somebody else works here: {words}")
    assert verdict.violations == ()


@evidence_only
def test_a_connector_that_runs_already_may_come_with_a_token_of_an_earlier_run_once(tmp_path: Path) -> None:
    """Before it has one of this world; afterwards it is somebody else."""
    owned = {"connector": {"name": "mine", "capabilities": {"started_by": "owner"}}}
    folder = run(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **owned}))
    issue = {"node": "identity", "call_point": "identity.token.issue", "op_id": 999_999, "attempt": 1}
    foreign = {"kind": "stranger", "node": "erp", "call_point": "erp.po.create", "reason": "token"}
    with_row(folder, 40, kind="response_end", **issue, client_view="ok", status=200)
    with_row(folder, 40, kind="decision", **issue, server_outcome="no_effect", status=200)
    with_row(folder, 40, kind="request", **issue, method="POST", route="/oauth/token", sut_gen=1)
    with_row(folder, 30, **foreign)
    assert judge(folder).verdict == "pass"
    with_row(folder, 60, **foreign)
    assert because(judge(folder), "1 requests with a bearer token")


@evidence_only
@pytest.mark.parametrize("detail", ["{", "[1]"])
def test_a_first_row_that_does_not_say_its_seed(tmp_path: Path, detail: str) -> None:
    """Nobody can tell whose history it is."""
    scribe = clean_run()
    one(scribe, kind="run_start")[1]["detail"] = detail
    assert because(judged(scribe, tmp_path, None, (CELL,)), "does not say with which seed it was made")


@evidence_only
def test_only_a_copy_may_name_another_run(tmp_path: Path) -> None:
    """`copied_from` is a load's; a history that was not copied is of the run that the manifest names."""
    found = judged(clean_run(), tmp_path, {"run_id": "another", "copied_from": {"run_id": "t1", "seed": 1}}, (CELL,))
    assert because(found, "manifest.json names the run id 'another'")


@pytest.mark.parametrize(
    "member", [{"request_timeout_s": "abc"}, {"poll_interval_s": 1e308}, {"concurrency": [1]}, {"ack_timeout_s": -1}], ids=str
)
def test_an_odd_manifest_is_damage(tmp_path: Path, member: Row) -> None:
    """One message, and no mistake of ours."""
    with pytest.raises(RunUnreadable, match="damaged"):
        judged(clean_run(), tmp_path, {"connector": {"name": "odd", **member}}, (CELL,))


@evidence_only
def test_a_run_keeps_what_it_was_judged_by(tmp_path: Path) -> None:
    """Without its own copy of the crosswalks, or with a file of it that no digest names, nobody knows what a run was compared with."""
    folder = run(tmp_path)
    directory = RunDirectory(folder)
    directory.update_manifest(started_at="then", rules={})
    directory.keep_truth()
    directory.seal(status="complete")
    assert judge(folder).verdict == "pass"
    (folder / "truth" / "more.csv").write_text("")
    assert because(judge(folder), "changed or removed since they were written: more.csv")
    shutil.rmtree(folder / "truth")
    assert because(judge(folder), "manifest.json does not say what the run was judged by")
