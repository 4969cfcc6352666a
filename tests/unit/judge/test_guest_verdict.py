"""Rules of users in the verdict: judged like ours, marked as theirs, kept with the run; and the worked example of the docs."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from harness import commands
from harness.docs import pages
from harness.judge import guest_process, guest_rules, guests, write_verdict
from harness.judge.public import VIEWS_VERSION, public_tables
from harness.scenario import load_scenario
from reports import summary_text, write_ctrf, write_junit, write_report
from tests.unit.judge.guest_builder import CATALOG, judged_with, proven, stored, write_rule
from tests.unit.judge.history_builder import clean_run, invariant, rows
from tests.unit.judge.judging import judge

ROOT = Path(__file__).parents[3]
TOO_DEAR = "txn_id in ('p2p-000001', 'p2p-000009')"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def example() -> str:
    """The rule of docs/own-rules.md."""
    return re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "own-rules.md").read_text("utf-8"), re.DOTALL)[0]


@pytest.mark.parametrize(
    ("factor", "approvers", "status"), [(1, "U9", "not_applicable"), (10, "U9", "violated"), (10, "U9 U9", "violated"), (10, "U9 U2", "ok")]
)
def test_the_worked_example(tmp_path: Path, factor: int, approvers: str, status: str) -> None:
    """200 needs one approver, 2,000 two different ones."""
    scribe = clean_run()
    for _, row in rows(scribe, txn_id="p2p-000001"):
        if "amount_minor" in row:
            row["amount_minor"] *= factor
        if row.get("entity_type") == "requisition" and "approvers" in row:
            row["approvers"] = approvers
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ACME-01.sql").write_text(example(), "utf-8")
    proven(tmp_path / "rules")
    verdict = judged_with(stored(scribe, tmp_path / "run"), tmp_path / "rules")
    assert invariant(verdict, "ACME-01")["status"] == status
    assert {row["txn_id"] for row in verdict.violations if row["invariant"] == "ACME-01"} == (
        {"p2p-000001"} if status == "violated" else set()
    )


def test_a_violation_fails_the_run_and_is_marked(tmp_path: Path) -> None:
    """Exit code 1, `origin` user, the story with its timeline; ours say dryclose. verdict.json keeps its schema."""
    write_rule(tmp_path / "rules", "ACME-01", where=TOO_DEAR)
    directory = stored(clean_run(), tmp_path / "run")
    verdict = judged_with(directory, tmp_path / "rules")
    assert (verdict.verdict, verdict.exit_code, verdict.views) == ("fail", 1, VIEWS_VERSION)
    assert verdict.reasons[0] == "ACME-01: your rule: t: violated 2 times"
    assert {row["txn_id"]: row["origin"] for row in verdict.violations} == {"p2p-000001": "user", "p2p-000009": "user"}
    assert all(row["timeline"] for row in verdict.violations)
    assert {entry["origin"] for entry in verdict.invariants if entry["id"] != "ACME-01"} == {"dryclose"}
    document = json.loads(write_verdict(directory.path, verdict).read_text("utf-8"))
    schema = json.loads((ROOT / "contracts" / "schemas" / "verdict.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)


def test_a_warning_fails_nothing(tmp_path: Path) -> None:
    """As with ours."""
    write_rule(tmp_path / "rules", "ACME-01", where=TOO_DEAR, kind="warn")
    verdict = judged_with(stored(clean_run(), tmp_path / "run"), tmp_path / "rules")
    assert (verdict.exit_code, invariant(verdict, "ACME-01")["status"]) == (0, "warned")


@pytest.mark.parametrize("candidates", ["select count(*) from document", "select flow, count(*) from document group by 1"])
def test_ours_say_the_same_beside_it(tmp_path: Path, candidates: str) -> None:
    """Both forms of candidates; what our rules and figures say does not change."""
    write_rule(tmp_path / "rules", "ACME-01", candidates=candidates)
    directory = stored(clean_run(), tmp_path / "run")
    without, with_it = judge(directory.path), judged_with(directory, tmp_path / "rules")
    assert [entry for entry in with_it.invariants if entry["origin"] == "dryclose"] == list(without.invariants)
    assert (with_it.by_experiment, with_it.coverage) == (without.by_experiment, without.coverage)
    assert invariant(with_it, "ACME-01")["candidates"] > 0
    assert invariant(with_it, "ACME-01")["status"] == "ok"


def test_a_required_rule_that_examined_nothing_or_was_not_asked(tmp_path: Path) -> None:
    """Exit code 2 either way."""
    write_rule(tmp_path / "rules", "ACME-01", candidates="select 0")
    directory = stored(clean_run(), tmp_path / "run", {"scenario": {"name": "s", "require": ["ACME-01"]}})
    assert judge(directory.path).exit_code == 2
    assert any("ACME-01 is required by the scenario, but it was not asked" in reason for reason in judge(directory.path).reasons)
    verdict = judged_with(directory, tmp_path / "rules")
    assert (verdict.exit_code, invariant(verdict, "ACME-01")["status"]) == (2, "vacuous")


def test_a_scenario_may_require_a_rule_that_is_given(tmp_path: Path) -> None:
    """An id that nobody gave is a mistake in the scenario, as before."""
    file = tmp_path / "mine.yaml"
    file.write_text("require: [ACME-01, C01, ACME-01@requisition-to-po]\n")
    assert load_scenario(str(file), CATALOG, rules=("ACME-01",)).require == ("ACME-01", "C01", "ACME-01@requisition-to-po")
    with pytest.raises(Exception, match="ACME-01"):
        load_scenario(str(file), CATALOG)


def test_judge_keeps_the_rules_and_asks_them_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the option the same rules; with it others in their place; a wrong one changes nothing."""
    run = stored(clean_run(), tmp_path / "run").path
    write_rule(tmp_path / "one", "ACME-01", where=TOO_DEAR)
    write_rule(tmp_path / "two", "ACME-02")
    write_rule(tmp_path / "bad", "ACME-03", violations="select 1")
    assert commands.run(["judge", str(run)]) == 0
    assert commands.run(["judge", str(run), "--invariants", str(tmp_path / "one")]) == 1
    assert commands.run(["judge", str(run), "--invariants", str(tmp_path / "bad")]) == 3
    assert commands.run(["judge", str(run)]) == 1
    kept = json.loads((run / "manifest.json").read_text("utf-8"))["rules"]
    assert (kept["views"], list(kept["user"]), "C01" in kept["dryclose"]) == (VIEWS_VERSION, ["ACME-01"], True)
    assert commands.run(["judge", str(run), "--invariants", str(tmp_path / "two")]) == 0
    assert [path.name for path in (run / "invariants").iterdir()] == ["ACME-02.sql"]
    (run / "invariants" / "ACME-02.sql").unlink()
    assert commands.run(["judge", str(run)]) == 3
    assert "is not as this run was asked it" in capsys.readouterr().err


def test_verify_refuses_wrong_rules_before_it_makes_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing has started when exit code 3 comes."""
    write_rule(tmp_path / "rules", "ACME-01", violations="select txn_id from nowhere")
    options = ["--scenario", "smoke", "--out", str(tmp_path / "run"), "--invariants", str(tmp_path / "rules")]
    assert commands.run(["verify", *options]) == 3
    assert "ACME-01.sql:10: section violations: there is no public table 'nowhere'" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_reports_mark_the_rule_and_escape_what_it_says(tmp_path: Path) -> None:
    """A title, a family and a story are text, wherever they are shown."""
    violations = f"select txn_id, null as call_point, 100 as money_minor, 'USD' as currency, '{EVIL}' as story, '{EVIL}' as \"{EVIL}\" "
    write_rule(tmp_path / "rules", "ACME-01", title=EVIL, family=EVIL, violations=f"{violations} from txn where {TOO_DEAR}")
    directory = stored(clean_run(), tmp_path / "run")
    verdict = judged_with(directory, tmp_path / "rules")
    write_verdict(directory.path, verdict)
    page = write_report(directory.path).read_text("utf-8")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("your rule") >= 3
    assert f"ACME-01 your rule: {EVIL[:8].replace('<', '&lt;').replace('>', '&gt;')}" in write_junit(directory.path).read_text("utf-8")
    tests = json.loads(write_ctrf(directory.path).read_text("utf-8"))["results"]["tests"]
    assert [test["extra"]["origin"] for test in tests if test["name"].startswith("ACME-01 your rule:")] == ["user"]
    assert "your rule: <script>" in summary_text(verdict.document())


def test_the_page_has_every_public_column() -> None:
    """docs/history.md and the tables say the same."""
    text = pages()["docs/history.md"]
    for one in public_tables(CATALOG):
        section = text.partition(f"\n## {one.name}\n")[2].partition("\n## ")[0]
        assert section, one.name
        if one.name != "timeline":
            assert [name for name in one.columns if not re.search(rf"^\|? ?`?{name}\b", section, re.MULTILINE)] == [], one.name


def test_a_version_keeps_what_it_promised() -> None:
    """A public table or column that goes, or has another type, needs a higher VIEWS_VERSION and a new file of promises; what is added goes
    into this one."""
    promised = json.loads((Path(__file__).parent / f"views_{VIEWS_VERSION}.json").read_text("utf-8"))
    assert {one.name: one.columns for one in public_tables(CATALOG)} == promised


def test_the_bounds_in_the_docs_are_those_of_the_program() -> None:
    """docs/own-rules.md is written by hand."""
    page = (ROOT / "docs" / "own-rules.md").read_text("utf-8")
    bounds = (
        f"| {guests.LIMIT_MS:,} ms |",
        f"| {guest_process.MEMORY_LIMIT.replace('MB', ' MB')} |",
        f"| {guest_rules.BYTES_MAX // 1024} KiB |",
        f"| rules of a run | {guest_rules.RULES_MAX} |",
        f"| violating rows that are counted | {guest_process.ROWS_MAX:,} |",
        f"| columns of a section | {guest_process.COLUMNS_MAX} |",
        f"| characters of one value | {guest_process.TEXT_MAX:,} |",
    )
    assert [bound for bound in bounds if bound not in page] == []
    assert f"-- views: {VIEWS_VERSION}" in page
