"""Whole loads through the command line: Locust over HTTP, the engine, the judge, the report."""

import json
import signal
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
from jsonschema import Draft202012Validator

import contracts
from harness.stage.connector import free_port
from tests.scenario.load.fleet import WORKERS, fleet
from tests.scenario.running import CAREFUL, NAIVE, document, left_over, run, start, violated, wait_for_line

SCHEMA = json.loads((Path(contracts.__file__).parent / "schemas" / "load.schema.json").read_text())
# The machine of a test is shared: what a load proves about speed is not what these tests are about.
FIT = "saturation: {generator_lag_ms: 60000, world_lag_ms: 60000, world_cpu: 100}"
SHORT = f"""
name: short
title: thirty documents in three seconds
flows: [requisition-to-po, expense-to-posting]
volume: {{documents: 30, duration_s: 3}}
bounds: {{max_duration_s: 60, max_documents: 200, settle_s: 20}}
{FIT}
"""


def profile(folder: Path, *lines: str) -> Path:
    """A short profile file with further lines."""
    path = folder / "short.yaml"
    path.write_text("\n".join([SHORT, *lines]) + "\n", "utf-8")
    return path


@pytest.mark.requirement("R01.21", "R09.07")
@pytest.mark.slow
def test_a_smoke_load_of_the_engine_passes(tmp_path: Path) -> None:
    """Everything is shown and stored: load.json as its schema says, a verdict over the same history, the page, Locust's own page."""
    run_dir = tmp_path / "run"
    text = (Path(__file__).parents[3] / "loadtests" / "profiles" / "smoke.yaml").read_text()
    path = tmp_path / "smoke.yaml"
    path.write_text(f"{text}{FIT}\n")
    done = run("load", "--profile", path, "--workers", 2, "--out", run_dir)

    assert done.returncode == 0, done.stdout + done.stderr
    found = document(run_dir, "load.json")
    Draft202012Validator(SCHEMA).validate(found)
    assert found["rates"]["documents"] == {"offered": 40, "begun": 40, "approved": 40, "confirmed": 40}
    assert found["generator"] == {"processes": 2}
    assert {flow: row["unconfirmed"] for flow, row in found["latency"].items()} == {"requisition-to-po": 0, "expense-to-posting": 0}
    assert found["maintenance"]["drain_s"] is not None
    verdict = document(run_dir)
    assert (verdict["verdict"], verdict["experiments"]["total"]) == ("pass", 40)
    assert {row["role"] for row in verdict["by_experiment"]} == {"load"}
    page = (run_dir / "report.html").read_text()
    assert 'class="curve backlog"' in page
    assert (run_dir / "load" / "locust.html").stat().st_size > 10_000
    assert "offered" in done.stdout
    assert left_over(run_dir) == []


@pytest.mark.requirement("R06.13")
@pytest.mark.slow
def test_two_workers_share_one_database(tmp_path: Path) -> None:
    """Engine processes that only work take documents from one PostgreSQL; each is posted once, whoever took it."""
    run_dir = tmp_path / "run"
    done = run("load", "--profile", profile(tmp_path), "--connector", fleet(tmp_path / "fleet"), "--out", run_dir)

    assert done.returncode == 0, done.stdout + done.stderr
    verdict = document(run_dir)
    assert (verdict["verdict"], {row["outcome"] for row in verdict["by_experiment"]}) == ("pass", {"posted"})
    for number in range(1, WORKERS + 1):
        log = (run_dir / "state" / f"worker-{number}.log").read_text()
        assert '"event": "document.' in log, f"worker {number} took no document:\n{log[-2000:]}"
    assert left_over(run_dir) == []


@pytest.mark.slow
def test_senders_of_another_machine_send_for_a_master(tmp_path: Path) -> None:
    """`--worker` in a process that knows nothing but the master's address; every document is sent by it, once."""
    run_dir, at = tmp_path / "run", ("--master-port", free_port())
    sender = start("load", "--worker", *at)
    done = run("load", "--profile", profile(tmp_path), "--master", "--workers", 1, *at, "--connector", CAREFUL, "--out", run_dir)
    output, errors = sender.communicate(timeout=30)

    assert done.returncode == 0, done.stdout + done.stderr
    assert sender.returncode == 0, output + errors
    assert "30 of 30 documents were sent from here" in " ".join(errors.split())
    assert document(run_dir, "load.json")["rates"]["documents"]["confirmed"] == 30
    assert document(run_dir)["verdict"] == "pass"
    assert left_over(run_dir) == []


@pytest.mark.slow
def test_a_worker_that_sent_nothing_says_so(tmp_path: Path) -> None:
    """One document for two workers: the one that got none ends with exit code 2, however well its Locust ended."""
    at, short = ("--master-port", free_port()), profile(tmp_path)
    short.write_text(short.read_text().replace("documents: 30", "documents: 1"))
    senders = [start("load", "--worker", *at) for _ in range(2)]
    run("load", "--profile", short, "--master", "--workers", 2, *at, "--connector", CAREFUL, "--out", tmp_path / "run")
    errors = [sender.communicate(timeout=30)[1] for sender in senders]

    assert sorted(sender.returncode for sender in senders) == [0, 2], errors
    assert sum("before the master gave a document to this worker" in " ".join(text.split()) for text in errors) == 1
    assert sum("1 of 1 documents were sent from here" in " ".join(text.split()) for text in errors) == 1


@pytest.mark.slow
def test_a_fast_connector_that_loses_documents_fails(tmp_path: Path) -> None:
    """The judge reads a load's history too: what the naive connector lost in the maintenance is seen."""
    run_dir = tmp_path / "run"
    window = "maintenance: {at_hour: 17.0, lasts_s: 1.0}\nlimits: {drain_s: 2}"
    short = profile(tmp_path, window)
    short.write_text(short.read_text().replace("settle_s: 20", "settle_s: 5"))
    done = run("load", "--profile", short, "--connector", NAIVE, "--out", run_dir)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "C03" in violated(run_dir)
    assert document(run_dir, "load.json")["judge"]["verdict"] == "fail"


@pytest.mark.slow
def test_a_stalled_generator_is_reported(tmp_path: Path) -> None:
    """When Locust itself hangs, its latencies are nobody's fault: exit code 2, and the reason is the generator."""
    run_dir = tmp_path / "run"
    short = profile(tmp_path)
    short.write_text(short.read_text().replace(FIT, "saturation: {generator_lag_ms: 300, world_lag_ms: 60000, world_cpu: 100}"))
    process = start("load", "--profile", short, "--connector", CAREFUL, "--out", run_dir)
    stall(process.pid, run_dir / "load" / "clicks.ndjson", 1.5)
    output, errors = process.communicate(timeout=120)

    assert process.returncode == 2, output + errors
    assert "the generator was late" in output
    assert document(run_dir)["verdict"] == "pass"


def stall(pid: int, sheet: Path, seconds: float) -> None:
    """Stop the Locust process below this one for a while, once it has begun."""
    deadline = monotonic() + 60
    while not (sheet.exists() and '"step"' in sheet.read_text()):
        assert monotonic() < deadline, "the load never began"
        sleep(0.05)
    senders = [child for child in psutil.Process(pid).children(recursive=True) if "locust" in " ".join(child.cmdline())]
    assert senders
    for sender in senders:
        sender.suspend()
    sleep(seconds)
    for sender in senders:
        with suppress(psutil.NoSuchProcess):
            sender.resume()


@pytest.mark.slow
def test_an_interrupted_load_leaves_nothing(tmp_path: Path) -> None:
    """Locust and its workers, connector, world: all gone; the directory says what happened."""
    run_dir = tmp_path / "run"
    process = start("load", "--profile", profile(tmp_path), "--workers", 2, "--connector", CAREFUL, "--out", run_dir)
    wait_for_line(process, "start")
    sleep(2.5)
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=60)

    assert process.returncode == 130, output + errors
    assert left_over(run_dir) == []
    assert document(run_dir, "manifest.json")["status"] == "interrupted"


@pytest.mark.slow
def test_a_running_world_is_loaded(tmp_path: Path) -> None:
    """`dryclose up` in one process, the load in another: the same figures and the same judge, over a copy of the history. Once more, in a
    world that holds the documents of the first load, with a limit that nobody keeps: exit code 1, with the limit, the value and since when;
    the books are right all the same."""
    world = start("up", "--connector", CAREFUL, "--out", tmp_path / "world")
    try:
        assert world.stdout is not None
        line = next(line for line in world.stdout if line.startswith("# DRYCLOSE_CONTROL_TOKEN"))
        variables = dict(word.split("=", 1) for word in line.split() if "=" in word)
        attached = ("--attach", line.split()[-1], "--out")
        done = run("load", "--profile", profile(tmp_path), *attached, tmp_path / "run", variables=variables)
        strict = profile(tmp_path, "limits: {p95_ms: {requisition-to-po: 1}}")
        again = run("load", "--profile", strict, *attached, tmp_path / "again", variables=variables)
    finally:
        world.send_signal(signal.SIGINT)
        world.communicate(timeout=30)

    assert done.returncode == 0, done.stdout + done.stderr
    assert document(tmp_path / "run", "load.json")["rates"]["documents"]["confirmed"] == 30
    assert document(tmp_path / "run")["verdict"] == "pass"
    assert again.returncode == 1, again.stdout + again.stderr
    assert "limit missed: p95 requisition-to-po" in again.stdout
    assert "limit 1 ms, since second" in again.stdout
    assert document(tmp_path / "again")["verdict"] == "pass"


@pytest.mark.slow
def test_the_knee_is_found(tmp_path: Path) -> None:
    """A limit of the systems' own makes a knee: the rate that held and what broke above it are printed."""
    run_dir = tmp_path / "run"
    limits = ("world: {rate_limit_per_s: 45}", "limits: {p95_ms: {requisition-to-po: 900, expense-to-posting: 900}, drain_s: 12}")
    knee = "knee: {start_per_s: 3, factor: 6, probe_s: 2, probes: 2}"
    given = ("--profile", profile(tmp_path, *limits, knee), "--seed", 3)  # a probe of six documents may by chance hold one flow only
    done = run("load", *given, "--connector", CAREFUL, "--find-knee", "--out", run_dir)

    assert done.returncode == 0, done.stdout + done.stderr
    found = document(run_dir, "load.json")
    Draft202012Validator(SCHEMA).validate(found)
    assert (found["knee"]["sustainable_per_s"], found["knee"]["broke_at_per_s"]) == (3.0, 18.0)
    assert "Sustainable: 3 documents a second. At 18 broke p95" in done.stdout


@pytest.mark.slow
def test_probes_do_not_fall_on_each_other(tmp_path: Path) -> None:
    """What one probe leaves open is not the next one's load: the search ends, with what it knows, and says why."""
    run_dir = tmp_path / "run"
    limits = ("world: {rate_limit_per_s: 15}", "limits: {p95_ms: {requisition-to-po: 900, expense-to-posting: 900}, drain_s: 1}")
    short = profile(tmp_path, *limits, "knee: {start_per_s: 40, factor: 2, probe_s: 2, probes: 6}")
    short.write_text(short.read_text().replace("settle_s: 20", "settle_s: 1"))
    done = run("load", "--profile", short, "--connector", CAREFUL, "--find-knee", "--out", run_dir)

    shown = " ".join(done.stdout.split())
    assert "The search ended early" in shown, done.stdout + done.stderr
    assert "documents were still open 1 s after the last probe" in shown
    assert len(document(run_dir, "load.json")["knee"]["probes"]) == 1


@pytest.mark.slow
def test_a_search_keeps_its_bound(tmp_path: Path) -> None:
    """bounds.max_duration_s is the time of all probes together: the one that would go beyond it is cut, and the answer says so."""
    run_dir = tmp_path / "run"
    short = profile(tmp_path, "knee: {start_per_s: 2, factor: 1.05, probe_s: 5, probes: 20}")
    short.write_text(short.read_text().replace("max_duration_s: 60", "max_duration_s: 11"))
    done = run("load", "--profile", short, "--connector", CAREFUL, "--find-knee", "--out", run_dir)

    assert "time was up: bounds.max_duration_s is 11 s for all probes together" in " ".join(done.stdout.split()), done.stdout + done.stderr
    assert done.returncode == 2
    assert len(document(run_dir, "load.json")["knee"]["probes"]) <= 3
