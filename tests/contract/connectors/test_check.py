"""`dryclose connector check` says in plain words what does not work, with the right exit code."""

import shutil

import pytest

from tests.contract.connectors.test_examples import EXAMPLES, run_check
from tests.puppet.manifest import puppet_manifest


def said(done) -> str:
    """Everything that a person saw, on one line."""
    return " ".join((done.stdout + done.stderr).split())


def test_it_never_becomes_healthy(tmp_path) -> None:
    """Exit code 2; the health answer is named."""
    done = run_check(puppet_manifest(tmp_path, {"unhealthy": {}}, start_timeout_s=1))
    assert done.returncode == 2
    assert "answered 500" in said(done)


def test_it_receives_nothing(tmp_path) -> None:
    """It answers 503 to every event and reads no list: exit code 2."""
    done = run_check(puppet_manifest(tmp_path, {"ignore_events": {}}, flows=["requisition-to-po"]))
    assert done.returncode == 2, said(done)
    assert "never received anything" in said(done)
    assert "answered 503, expected 2xx" in said(done)


def test_it_dies(tmp_path) -> None:
    """Exit code 2, with its exit code."""
    done = run_check(puppet_manifest(tmp_path, {"die_at_request": {}}, number=4))
    assert done.returncode == 2, said(done)
    assert "ended by itself with exit code 7" in said(done)


def test_it_posts_what_is_forged_and_what_is_repeated(tmp_path) -> None:
    """Exit code 1: a wrong signature passes, and the same fact twice becomes two orders."""
    script = {"trusts_every_event": {}, "acts_on_each_event": {}}
    done = run_check(puppet_manifest(tmp_path, script, flows=["requisition-to-po"]))
    assert done.returncode == 1, said(done)
    assert "anybody could make it post" in said(done)
    assert "documents were made for one approval" in said(done)


# What a copy of the careful connector gets wrong: text, what stands there instead, and what the check has to say of it.
WRONG_CONTENT = (
    ('"debit": debit, "credit": credit', '"debit": credit, "credit": debit', ("erp.journal.create", "is booked with -", "C14")),
    ('"gl_account": account,\n', '"gl_account": "5600",\n', ("erp.ap_invoice.create", "on account 5600", "map to 0 there")),
    ('self.mapping.project(line.get("project"), company)', "None", ("erp.po.create", "on no project", "C07")),
    ('"document_date": compact(on)', '"document_date": compact(on[:-2] + "15")', ("erp.po.create", "has the document date", "C18")),
)


def test_it_posts_something_else_than_what_was_due(tmp_path) -> None:
    """Exit code 1: all is written back, but sides, accounts, projects and dates are wrong; each is told with what was due."""
    shutil.copytree(EXAMPLES / "careful", tmp_path / "wrong")
    code = (tmp_path / "wrong" / "flows.py").read_text("utf-8")
    for right, wrong, _ in WRONG_CONTENT:
        assert code.count(right) == 1
        code = code.replace(right, wrong)
    (tmp_path / "wrong" / "flows.py").write_text(code, "utf-8")
    done = run_check(tmp_path / "wrong" / "connector.toml")
    assert done.returncode == 1, said(done)
    told = [line for line in done.stdout.splitlines() if line.startswith("  wrong")]
    for _, _, words in WRONG_CONTENT:
        assert [line for line in told if all(word in line for word in words)], (words, done.stdout)


def test_every_call_is_shown(tmp_path) -> None:
    """Method, path, call point and answer, in order, beside the document that they are about."""
    done = run_check(EXAMPLES / "careful" / "connector.toml")
    assert done.returncode == 0, said(done)
    shown = done.stdout[done.stdout.index("calls of requisition-to-po") :]
    for words in ("POST /oauth/token", "POST /purchase-orders erp.po.create 201 purchase order", "calls of no document", "made of it: "):
        assert words in " ".join(shown.split())


def test_it_parks_everything(tmp_path) -> None:
    """Exit code 1: how far it came, and that it says so itself."""
    done = run_check(puppet_manifest(tmp_path, {"park_for_ever": {}}, flows=["requisition-to-po"]))
    assert done.returncode == 1, said(done)
    assert "the connector says it parked it: no reason" in said(done)


@pytest.mark.parametrize(
    ("name", "content"), [("absent.toml", None), ("connector.toml", "command = 7\n"), ("connector.toml", "name = [\n")]
)
def test_bad_manifest(tmp_path, name, content) -> None:
    """Exit code 3, with the file."""
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    done = run_check(tmp_path / name)
    assert done.returncode == 3, said(done)
    assert name in said(done)


def test_nothing_is_left_running(tmp_path) -> None:
    """The connector ends with the check."""
    import psutil

    manifest = puppet_manifest(tmp_path, {"trusts_every_event": {}}, flows=["requisition-to-po"])
    assert run_check(manifest).returncode == 1
    left = [p for p in psutil.process_iter(["cwd"]) if p.info["cwd"] == str(tmp_path.resolve())]
    assert left == []
