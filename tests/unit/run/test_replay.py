"""What a replay plays, and what it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import RunUnreadable, UsageError
from harness.plan.model import Experiment, Step, Window
from harness.run.replay import experiment_of, read_recorded, scenario_of, waves_of
from harness.scenario import load_scenario
from tests.shipped import CATALOG

pytestmark = pytest.mark.requirement("R09.12")

EXPERIMENT = Experiment(
    txn_id="p2p-000017",
    flow="requisition-to-po",
    entity="US01",
    template="requisition-to-po/US01",
    wave="wave-status",
    role="faulted",
    number=17,
    steps=(Step("erp.po.create", 1, "F-A3", "drop"),),
    minted=4,
)


def test_an_experiment_survives_plan_json() -> None:
    """What the planner wrote is what is replayed, windows included."""
    windowed = Experiment(
        "exp-000003",
        "expense-to-posting",
        "DE01",
        "t",
        "run-F-B5-erp",
        "run",
        3,
        window=Window("F-B5", "window", "erp", 900),
        arrives="inside",
    )

    assert experiment_of(json.loads(json.dumps(EXPERIMENT.row())), {}) == EXPERIMENT
    assert experiment_of(json.loads(json.dumps(windowed.row())), {}) == windowed


def test_a_scenario_survives_manifest_json() -> None:
    """A replay does not depend on the scenario file, which may have changed since."""
    scenario = load_scenario("smoke", CATALOG)

    assert scenario_of({"scenario": json.loads(json.dumps(scenario.resolved()))}) == scenario


def test_the_first_repeat_is_the_very_same_transaction() -> None:
    """Same id, amount and minted objects; the others differ in all of them."""
    controls, repeats = waves_of(EXPERIMENT, 3)
    everything = (*controls.experiments, *repeats.experiments)

    assert (repeats.experiments[0].txn_id, repeats.experiments[0].tracer_minor) == (EXPERIMENT.txn_id, EXPERIMENT.tracer_minor)
    assert [e.steps for e in repeats.experiments] == [EXPERIMENT.steps] * 3
    assert [e.steps for e in controls.experiments] == [(), ()]
    assert len({e.txn_id for e in everything}) == len({e.tracer_minor for e in everything}) == len({e.minted for e in everything}) == 5


def test_what_grew_out_of_another_document_does_so_again(tmp_path: Path) -> None:
    """Its parent is played before it, as it was and with each copy; a copy shares nothing with another."""
    parent = replace(EXPERIMENT, txn_id="p2p-000016", number=16, steps=(), minted=None, role="control")
    child = replace(EXPERIMENT, steps=(), window=Window("F-B5", "window", "erp", 900, "maintenance_window"), parent=parent.txn_id)
    recorded = read_recorded(stored_run(tmp_path / "run", [parent.row(), child.row()]), child.txn_id)
    assert (recorded.elders, recorded.experiment) == ((parent,), child)

    controls, repeats = waves_of(child, 3, recorded.elders)
    for wave in (controls, repeats):
        for before, after in zip(wave.experiments[::2], wave.experiments[1::2], strict=True):
            assert (after.parent, before.parent) == (before.txn_id, None)
            assert (before.steps, before.entity) == ((), child.entity)
    everything = (*controls.experiments, *repeats.experiments)
    assert len({e.txn_id for e in everything}) == len({e.number for e in everything}) == 10
    assert repeats.others[0] == replace(child, wave="replay")


def test_a_twin_is_played_behind_the_one_that_it_is_alike_to(tmp_path: Path) -> None:
    """As it was, and with each copy; the fault-free controls are documents of their own."""
    origin = replace(EXPERIMENT, txn_id="p2p-000016", number=16, minted=None)
    origin = replace(origin, steps=(replace(EXPERIMENT.steps[0], fault_name="response_lost_after_commit"),))
    twin = replace(origin, txn_id="p2p-000017", number=17, steps=(), role="control", twin_of=origin.txn_id)
    recorded = read_recorded(stored_run(tmp_path / "run", [origin.row(), twin.row()]), twin.txn_id)
    assert (recorded.elders, recorded.experiment) == ((origin,), twin)

    controls, repeats = waves_of(twin, 3, recorded.elders)
    for before, after in zip(repeats.experiments[::2], repeats.experiments[1::2], strict=True):
        assert (after.twin_of, after.tracer_minor, after.typed_from) == (before.txn_id, before.tracer_minor, origin.txn_id)
        assert (before.steps, after.steps, after.parent) == (origin.steps, (), None)
    assert len({e.tracer_minor for e in controls.experiments}) == len(controls.experiments)


def stored_run(folder: Path, experiments: list[dict[str, object]]) -> Path:
    """A run directory of which only the plan matters."""
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"schema": 1, "run_id": "r1", "seed": 1, "status": "complete"}))
    (folder / "plan.json").write_text(json.dumps({"schema": 1, "experiments": experiments}))
    (folder / "verdict.json").write_text(json.dumps({"violations": [{"txn_id": "p2p-000017", "invariant": "C01"}]}))
    return folder


def test_the_stored_verdict_says_what_to_look_for(tmp_path: Path) -> None:
    """Exit code 1 is for the same invariant, not for any."""
    assert read_recorded(stored_run(tmp_path / "run", [EXPERIMENT.row()]), "p2p-000017").violated == ("C01",)


def test_an_unknown_transaction_is_named(tmp_path: Path) -> None:
    """The message offers what is close."""
    with pytest.raises(UsageError, match="p2p-000017"):
        read_recorded(stored_run(tmp_path / "run", [EXPERIMENT.row()]), "p2p-000018")


def test_a_foreign_directory_is_refused(tmp_path: Path) -> None:
    """Nothing is guessed about a directory that no run made."""
    with pytest.raises(RunUnreadable):
        read_recorded(tmp_path, "p2p-000017")


def test_a_damaged_plan_is_refused(tmp_path: Path) -> None:
    """An entry without its members is damage, not an experiment without faults."""
    with pytest.raises(RunUnreadable, match="damaged"):
        read_recorded(stored_run(tmp_path / "run", [{"txn_id": "p2p-000017"}]), "p2p-000017")


def test_a_transaction_that_is_its_own_ancestor_is_damage(tmp_path: Path) -> None:
    """A plan that somebody edited does not make a replay climb for ever."""
    child = replace(EXPERIMENT, parent=EXPERIMENT.txn_id)
    with pytest.raises(RunUnreadable, match="is an ancestor of its own"):
        read_recorded(stored_run(tmp_path / "run", [child.row()]), child.txn_id)


def test_a_replay_plays_on_the_day_of_its_wave(tmp_path: Path) -> None:
    """Documents carry their day: the last moment that the plan names up to the wave, nothing when none did."""
    run = stored_run(tmp_path / "run", [EXPERIMENT.row(), replace(EXPERIMENT, txn_id="p2p-000018", wave="baseline-1").row()])
    moment = "2026-10-31T22:59:59+00:00"
    waves = [
        {"name": "baseline-1", "business": None},
        {"name": "wave-timeout", "business": moment},
        {"name": EXPERIMENT.wave, "business": None},
        {"name": "run-F-B5-erp", "business": "2026-11-01T03:59:59+00:00"},
    ]
    plan = json.loads((run / "plan.json").read_text())
    (run / "plan.json").write_text(json.dumps({**plan, "waves": waves}))
    assert read_recorded(run, EXPERIMENT.txn_id).business == moment
    assert read_recorded(run, "p2p-000018").business is None
