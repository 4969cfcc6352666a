"""Files of users' rules: what is read, and what is refused with file, line, and what was expected."""

import os
from pathlib import Path

import pytest

from harness.errors import EXIT_USAGE, ConfigError, RunUnreadable, UsageError
from harness.judge.guest_rules import BYTES_MAX, kept_rules, read_guest_rules
from tests.unit.judge.guest_builder import CATALOG, rule_text, write_rule


def refused(folder: Path, text: str | bytes, name: str = "ACME-01") -> str:
    """The message about a file with this content."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.sql").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        read_guest_rules([folder], CATALOG)
    assert caught.value.exit_code == EXIT_USAGE
    return caught.value.message


def test_a_rule_is_read_as_ours_are(tmp_path: Path) -> None:
    """Header and sections, also from folders below, from several folders, with Windows line ends, and by id."""
    write_rule(tmp_path / "one" / "deep", "B2", title="second", kinds="document status", flow="requisition-to-po", views="1")
    path = write_rule(tmp_path / "two", "A-1", title="first")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    first, second = read_guest_rules([tmp_path / "one", tmp_path / "two"], CATALOG)
    assert (first.invariant.id, first.invariant.title, first.invariant.origin) == ("A-1", "first", "user")
    assert (second.invariant.flow, second.invariant.kinds) == ("requisition-to-po", ("document", "status"))
    assert "\r" not in first.invariant.candidates


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"severity": "grave"}, ":4: severity 'grave'; valid are money, books"),
        ({"kind": "void"}, ":5: kind 'void'; valid are fail, warn"),
        ({"at": "dawn"}, ":6: at 'dawn'; valid are history, rest"),
        ({"kinds": "document rumour"}, ":7: kind of flow 'rumour'; valid are document"),
        ({"flow": "requisition-to-pa"}, ":7: there is no flow 'requisition-to-pa'; did you mean 'requisition-to-po'?"),
        ({"views": "2"}, ":7: the rule is written for views '2'; this dryclose has views 1. Compare the rule with docs/history.md"),
        ({"view": "1"}, ":7: 'view' is no key of a rule; did you mean 'views'?"),
        ({"title": "a\x1b[31mred"}, ":2: title is longer than 200 characters, or has characters that cannot be printed"),
        ({"title": "x" * 201}, ":2: title is longer"),
        ({"title": ""}, ":1: missing: title"),
    ],
)
def test_a_header_that_is_wrong(tmp_path: Path, header: dict[str, str], message: str) -> None:
    """Each names file and line."""
    assert f"ACME-01.sql{message}" in refused(tmp_path, rule_text("ACME-01", **header))


@pytest.mark.parametrize(
    ("name", "declared", "message"),
    [
        ("C01", "C01", "a letter and two digits name the rules of dryclose; call yours otherwise, for example ACME-C01"),
        ("c01", "c01", "a letter and two digits"),
        ("ACME-01", "ACME-02", "the file name says 'ACME-01'"),
        ("ACME-01", "../../etc/x", "is not valid; expected a letter"),
        ("ACME-01", "<script>", "is not valid; expected a letter"),
        ("a b", "a b", "is not valid; expected a letter"),
    ],
)
def test_an_id_that_cannot_be(tmp_path: Path, name: str, declared: str, message: str) -> None:
    """Ids become file names, and names in reports."""
    said = refused(tmp_path, rule_text(declared), name)
    assert message in said
    assert f"{name}.sql:1: " in said


def test_an_id_twice(tmp_path: Path) -> None:
    """Also in other letters: the copies would be one file on some machines."""
    first, _ = write_rule(tmp_path / "a", "ACME-01"), write_rule(tmp_path / "b", "acme-01")
    with pytest.raises(ConfigError, match="acme-01' is that of") as caught:
        read_guest_rules([tmp_path / "a", tmp_path / "b"], CATALOG)
    assert str(first) in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-- section: explain", "-- section: explains", ":11: section 'explains'; valid are candidates"),
        ("-- section: explain", "-- section: violations", ":11: section violations stands here for the second time"),
        ("-- title: t", "-- title: t\n-- title: u", ":3: title stands here for the second time"),
        ("-- section: candidates", "select 1\n-- section: candidates", ":7: 'select 1' stands before the first section"),
        ("-- section: explain\n", "", ":1: missing: section explain"),
        ("-- id: ACME-01", "-- a remark", ":1: missing: id"),
    ],
)
def test_a_form_that_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Nothing is taken silently: the second of two would hide the first."""
    assert f"ACME-01.sql{message}" in refused(tmp_path, rule_text("ACME-01").replace(old, new))


def test_text_that_is_no_text(tmp_path: Path) -> None:
    """Not UTF-8, a zero byte, ten megabytes."""
    assert "ACME-01.sql:2: byte 0xe4 is not UTF-8" in refused(tmp_path, rule_text("ACME-01", title="ä").encode("latin-1"))
    assert "ACME-01.sql:2: a zero byte" in refused(tmp_path, rule_text("ACME-01", title="\0"))
    assert f"is longer than {BYTES_MAX // 1024} KiB" in refused(tmp_path, rule_text("ACME-01") + "-- \n" * 2_500_000)


def test_folders_that_hold_no_rules(tmp_path: Path) -> None:
    """Absent, a file, empty, or full of other things: whoever asked for rules must know that none was asked."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "rule.txt").write_text("x")
    for name, message in (
        ("absent", "there is no such directory"),
        ("other/rule.txt", "this is a file"),
        ("empty", "there is no .sql file in it"),
        ("other", "there is no .sql file in it"),
    ):
        with pytest.raises(UsageError, match=message):
            read_guest_rules([tmp_path / name], CATALOG)


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    """A rule that is really another file would put that file's text into messages and into the run directory."""
    folder = tmp_path / "rules"
    write_rule(folder, "ACME-01")
    secret = tmp_path / "secret"
    secret.write_text("grandmother")
    (folder / "ACME-02.sql").symlink_to(secret)
    with pytest.raises(ConfigError, match="leads out of the directory") as caught:
        read_guest_rules([folder], CATALOG)
    assert "grandmother" not in caught.value.message
    (folder / "ACME-02.sql").unlink()
    (folder / "ACME-02.sql").symlink_to(folder / "nowhere")
    with pytest.raises(ConfigError, match="is not a file"):
        read_guest_rules([folder], CATALOG)
    (folder / "ACME-02.sql").unlink()
    write_rule(tmp_path / "elsewhere", "ACME-03")
    (folder / "more").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="this link to a directory is not followed"):
        read_guest_rules([folder], CATALOG)


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    """A name that is no file must not hang the command."""
    write_rule(tmp_path, "ACME-01")
    os.mkfifo(tmp_path / "ACME-02.sql")
    with pytest.raises(ConfigError, match="is not a file"):
        read_guest_rules([tmp_path], CATALOG)


def test_kept_rules_are_those_of_the_manifest(tmp_path: Path) -> None:
    """A copy that was changed, added or taken away is refused, and the message says what to do."""
    path = write_rule(tmp_path / "invariants", "ACME-01")
    (rule,) = read_guest_rules([tmp_path / "invariants"], CATALOG)
    digests = {"ACME-01": rule.digest}
    assert kept_rules(tmp_path, digests, CATALOG) == (rule,)
    for declared in (None, {}, {"ACME-01": "0" * 64}, {**digests, "ACME-02": "0" * 64}):
        with pytest.raises(RunUnreadable, match="--invariants DIR"):
            kept_rules(tmp_path, declared, CATALOG)
    path.unlink()
    with pytest.raises(RunUnreadable, match=r"ACME-01\.sql is not as this run was asked it"):
        kept_rules(tmp_path, digests, CATALOG)
    assert kept_rules(tmp_path, None, CATALOG) == ()
