"""`dryclose redrive-check`, as a person starts it: connectors that do it right, and those whose redrive does harm or nothing."""

import json

import pytest

from tests.puppet.manifest import puppet_manifest
from tests.scenario.running import CAREFUL, DEAF, NAIVE, connector, document, left_over, run

pytestmark = [pytest.mark.slow, pytest.mark.requirement("R09.02", "R09.12")]
GROUPS = ("one", "range", "twice", "all", "repeat", "known")


def check(manifest, out, expected: int) -> tuple[dict[str, str], str]:
    """Status of each proof by its id, and everything that was printed."""
    done = run("redrive-check", "--connector", manifest, "--out", out)
    assert done.returncode == expected, done.stdout + done.stderr
    assert left_over(out) == []
    stored = document(out, "redrive.json")
    assert stored["exit_code"] == expected
    return {one["id"]: one["status"] for one in stored["proofs"]}, done.stdout


def test_the_careful_connector_proves_what_it_offers(tmp_path) -> None:
    """One, several, twice, all and once more; a dry run is not offered. The run directory is that of a verification that passed. The proofs
    name every item, the history the order to redrive them."""
    status, said = check(CAREFUL, tmp_path / "run", 0)
    assert {name: status[name] for name in GROUPS} == dict.fromkeys(GROUPS, "PASS")
    assert status["dry_run"] == "not offered"
    assert document(tmp_path / "run")["verdict"] == "pass"
    assert "the manifest declares no [redrive] dry_run" in said
    proofs = {one["id"]: one for one in document(tmp_path / "run", "redrive.json")["proofs"]}
    rows = [json.loads(line) for line in (tmp_path / "run" / "history.ndjson").read_text("utf-8").splitlines()]
    told = [json.loads(row["detail"])["references"] for row in rows if row["kind"] == "redrive" and row.get("detail")]
    assert proofs["one"]["items"] == told[0]
    assert sorted(proofs["repeat"]["items"]) == sorted(told[-1])


def test_a_connector_that_posts_again_fails(tmp_path) -> None:
    """Items that were posted already are made once more, and the rules of a verification say so too."""
    status, said = check(puppet_manifest(tmp_path / "puppet", {"posts_again_on_redrive": {}}), tmp_path / "run", 1)
    assert {name: status[name] for name in ("all", "repeat", "known", "books")} == dict.fromkeys(
        ("all", "repeat", "known", "books"), "FAIL"
    )
    assert "although it was posted already" in said
    assert "expected exactly one" in said


def test_a_redrive_by_name_that_is_not_there_fails(tmp_path) -> None:
    """It claims to take one name in its path, where nothing answers; the redrive of all is none the worse for it."""
    deaf = puppet_manifest(tmp_path / "deaf", redrive={"some": "/redrive/{reference}"})
    status, said = check(deaf, tmp_path / "run", 1)
    assert status["one"] == "FAIL"
    assert "answered 404, expected 2xx" in said
    assert status["all"] == "PASS"


def test_a_redrive_of_one_that_takes_up_others_fails(tmp_path) -> None:
    """Whoever repairs one document does not mean the others, of a connector with one flow too."""
    manifest = puppet_manifest(
        tmp_path / "puppet", {"redrives_whatever_is_named": {}}, redrive={"some": "/redrive"}, flows=["requisition-to-po"]
    )
    status, said = check(manifest, tmp_path / "run", 1)
    assert status["one"] == "FAIL"
    assert "although it was not named" in said


def test_a_dry_run_that_does_it_fails(tmp_path) -> None:
    """The path of the real redrive is declared as that of a dry run."""
    status, said = check(puppet_manifest(tmp_path / "wet", redrive={"dry_run": "/redrive"}), tmp_path / "run", 1)
    assert status["dry_run"] == "FAIL"
    assert "something was written for it" in said
    assert "the answer names nothing" in said


def test_nothing_parked_proves_nothing(tmp_path) -> None:
    """Exit code 2, with what would have had to be parked."""
    manifest = connector(tmp_path / "deaf", DEAF)
    manifest.write_text(manifest.read_text("utf-8") + '[paths]\nredrive = "/redrive"\n[parked]\nfile = "parked.json"\n', "utf-8")
    status, said = check(manifest, tmp_path / "run", 2)
    assert status["all"] == "not examined"
    assert "no document was declared parked and retryable" in said


@pytest.mark.parametrize(("text", "code", "words"), [(None, 2, "offers no redrive"), ("command = 7", 3, "command")])
def test_what_cannot_be_tried_is_said_before_anything_starts(tmp_path, text, code, words) -> None:
    """No redrive, or no readable manifest: no run directory, one message, no traceback."""
    manifest = NAIVE
    if text is not None:
        manifest = tmp_path / "connector.toml"
        manifest.write_text(text, "utf-8")
    done = run("redrive-check", "--connector", manifest, "--out", tmp_path / "run")
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()
