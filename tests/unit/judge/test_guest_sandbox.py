"""What a rule of a user cannot do: it reads the public tables and nothing else, changes nothing, and ends."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.errors import EXIT_USAGE, ConfigError
from harness.judge.public import empty_history, meanings
from tests.unit.judge.guest_builder import CATALOG, VIOLATIONS, judged_with, proven, stored, write_rule
from tests.unit.judge.history_builder import clean_run, invariant

ROW = "'x' as txn_id, 'x' as call_point, 1 as money_minor, 'USD' as currency, 'x' as story"
NOT_ONE_SELECT = "expected one SELECT"
OUTSIDE = "is not available to a rule"
NO_TABLE = "there is no public table"
LINES = {"candidates": 8, "violations": 10, "explain": 12}  # where each section begins


def refusal(folder: Path, section: str, sql: str, limit_ms: int = 10_000) -> str:
    """The message about a rule with this query."""
    write_rule(folder, "ACME-01", **{section: sql})
    with pytest.raises(ConfigError) as caught:
        proven(folder, limit_ms)
    assert caught.value.exit_code == EXIT_USAGE
    assert f"ACME-01.sql:{LINES[section]}" in caught.value.message
    return caught.value.message


WAYS_OUT = (
    (f"select {ROW} from read_csv('/etc/passwd')", OUTSIDE),
    (f"select {ROW} from read_text('/etc/passwd')", OUTSIDE),
    (f"select {ROW} from '/etc/passwd'", NO_TABLE),
    (f"select {ROW} from 'https://example.com/x.parquet'", NO_TABLE),
    (f"select {ROW} from glob('/*')", OUTSIDE),
    (f"select {ROW} from duckdb_settings()", OUTSIDE),
    (f"select {ROW} from duckdb_tables", NO_TABLE),
    (f"select {ROW} from information_schema.tables", NO_TABLE),
    (f"select {ROW} from query('select 1')", OUTSIDE),
    (f"select {ROW} from query_table('h')", OUTSIDE),
    (f"select {ROW} from held", NO_TABLE),
    (f"select {ROW} from planned_solo", NO_TABLE),
    (f"select {ROW} from timeline", NO_TABLE),
    (f"select {ROW}, getenv('HOME')", OUTSIDE),
    (f"select {ROW}, current_setting('temp_directory')", OUTSIDE),
    (f"select {ROW}, (select max(content) from read_text('/etc/passwd'))", OUTSIDE),
    (f"select {ROW}, random()", OUTSIDE),
    (f"select {ROW}, now()", OUTSIDE),
    (f"select {ROW}, sleep_ms(1)", OUTSIDE),
    (f"select {ROW} from (describe h)", OUTSIDE),
    (f"with x as (insert into h (seq) values (1) returning *) select {ROW} from x", NOT_ONE_SELECT),
    (f"with x as (copy h to '/tmp/x') select {ROW} from x", NOT_ONE_SELECT),
    (f"with x as (delete from h returning *) select {ROW} from x", NOT_ONE_SELECT),
    ("copy h to '/tmp/stolen'", NOT_ONE_SELECT),
    ("attach '/tmp/x.duckdb' as x", NOT_ONE_SELECT),
    ("install httpfs", NOT_ONE_SELECT),
    ("load httpfs", NOT_ONE_SELECT),
    ("pragma version", NOT_ONE_SELECT),
    ("set memory_limit = '100GB'", NOT_ONE_SELECT),
    ("call duckdb_settings()", NOT_ONE_SELECT),
    ("delete from h", NOT_ONE_SELECT),
    ("drop table h", NOT_ONE_SELECT),
    ("create table x as select 1", NOT_ONE_SELECT),
    ("prepare x as select 1", NOT_ONE_SELECT),
    ("explain select 1", NOT_ONE_SELECT),
    (f"select {ROW}; select {ROW}", NOT_ONE_SELECT),
    (f"select {ROW}; drop table h", NOT_ONE_SELECT),
    ("-- nothing", NOT_ONE_SELECT),
    ("selec 1", "syntax error"),
    ("select nothing from doc", '"nothing" not found'),
)


def not_told(folder: Path, rules: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Rules (section, its SQL, what is to be said) of which something else is said, or at another line. All are told of at once."""
    for number, (section, sql, _) in enumerate(rules):
        write_rule(folder, f"ACME-{number:02}", **{section: sql})
    with pytest.raises(ConfigError) as caught:
        proven(folder)
    assert caught.value.exit_code == EXIT_USAGE
    said = dict(re.findall(r"^.*(ACME-\d\d\.sql:\d+): (section .*)$", caught.value.message, re.MULTILINE))
    texts = [said.get(f"ACME-{number:02}.sql:{LINES[section]}", "") for number, (section, _, _) in enumerate(rules)]
    return [(sql, text) for (_, sql, message), text in zip(rules, texts, strict=True) if message not in text]


def test_what_is_refused_before_a_run(tmp_path: Path) -> None:
    """Every way out of the tables, and every statement that is no SELECT, with file and line."""
    assert not_told(tmp_path, [("violations", *way) for way in WAYS_OUT]) == []


def test_a_message_that_quotes_a_rule_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    """DuckDB repeats names as they are."""
    assert "\x1b" not in refusal(tmp_path, "violations", f'select {ROW}, "\x1b[31mred"')


@pytest.mark.parametrize("section", ["candidates", "explain"])
def test_every_section_is_looked_at(tmp_path: Path, section: str) -> None:
    """Not only violations."""
    assert OUTSIDE in refusal(tmp_path, section, "select count(*) as seq from read_csv('/etc/passwd')")


def test_the_line_is_that_of_the_mistake(tmp_path: Path) -> None:
    """In the file, not in the section."""
    write_rule(tmp_path, "ACME-01", violations=f"select {ROW}\nfrom doc\n\nwhere read_text('/etc/passwd') is null")
    with pytest.raises(ConfigError, match=r"ACME-01\.sql:13: section violations"):
        proven(tmp_path)
    write_rule(tmp_path, "ACME-01", violations=f"select {ROW}\nfrom doc join\n(select * from glob('/*')) on true")
    with pytest.raises(ConfigError, match=r"ACME-01\.sql:12: section violations: glob"):
        proven(tmp_path)


NO_ANSWERS = (
    ("violations", "select 'x' as txn_id, 'x' as story", "violations lacks call_point, money_minor, currency; expected txn_id"),
    ("violations", f"select {ROW}, 1 as a, 2 as a", "two columns of one name"),
    ("violations", f"select {ROW}, h.* from (values (1)) one(n) left join h on true", "columns; expected 40 at most"),
    ("violations", f"select {ROW.replace('1 as', '1.5 as')}", "money_minor '1.5'; expected whole minor units"),
    ("violations", f"select {ROW.replace('USD', 'dollars')}", "currency 'dollars'; expected an ISO 4217 code"),
    ("candidates", "select 1, 2, 3", "3 columns; expected one number, or rows (flow, n)"),
    ("candidates", "select 'many'", "candidates gives 'many'; expected a count"),
    ("candidates", "select -1", "candidates gives '-1'; expected a count"),
    ("candidates", "select range::varchar, 1 from range(1001)", "more than 1,000 rows"),
    ("explain", "select 'inf'::double as seq", "a seq that is no whole number"),
    ("explain", "select txn_id from timeline", "explain gives txn_id; expected the column seq"),
)


def test_answers_that_are_none(tmp_path: Path) -> None:
    """A section that gives something else than it should is found before the run."""
    assert not_told(tmp_path, NO_ANSWERS) == []


ENDLESS = {
    "recursion": "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t",
    "series": "select count(*) from generate_series(1, 100000000000000) a(n) where n % 7 = 3",
    "product": "select count(*) from range(100000000) a, range(100000000) b where a.range * b.range % 7 = 3",
}
HUGE = {
    "list": "select len(list(range)) from range(10000000000)",
    "text": "select len(repeat('x', 4000000000))",
    "rows": "select count(distinct repeat('x', 1000) || range) from range(100000000)",
    "one value": "select len(range(1000000000))",
}


@pytest.mark.parametrize("sql", ENDLESS.values(), ids=ENDLESS)
def test_what_does_not_end_is_ended(tmp_path: Path, sql: str) -> None:
    """The limit is short here; the rule is refused with it."""
    assert "longer than the 200 ms that a rule may take" in refusal(tmp_path, "candidates", sql, limit_ms=200)


def test_what_cannot_be_interrupted_is_ended_with_its_process(tmp_path: Path) -> None:
    """One function call that DuckDB does not leave: the process goes, the message stays."""
    write_rule(tmp_path, "ACME-01", candidates="select levenshtein(repeat('a', 400000), repeat('b', 400000))")
    with pytest.raises(ConfigError, match=r"ACME-01\.sql: it ended the process in which it was asked, or took longer than 200 ms"):
        proven(tmp_path, limit_ms=200)


@pytest.mark.parametrize("sql", HUGE.values(), ids=HUGE)
def test_what_needs_too_much_memory_is_refused(tmp_path: Path, sql: str) -> None:
    """It takes neither the machine's memory nor the judge with it."""
    assert "Out of Memory" in refusal(tmp_path, "candidates", sql)


def test_a_rule_sees_the_public_tables_and_changes_none_of_ours(tmp_path: Path) -> None:
    """All of them can be read; a parse tree of a hundred levels is no way around the look at it."""
    deep = "(" * 100 + "select count(*) from read_csv('/etc/passwd')" + ")" * 100
    assert OUTSIDE in refusal(tmp_path / "deep", "candidates", deep)
    tables = [name for name in meanings() if name != "timeline"]
    write_rule(tmp_path / "all", "ACME-01", candidates=" union all ".join(f"select null, count(*) from {name}" for name in tables))
    proven(tmp_path / "all")
    with empty_history(CATALOG) as con:
        assert {row[0] for row in con.execute("show tables").fetchall()} > set(meanings())


def test_a_rule_that_is_too_slow_on_this_history_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty histories are quick. What is slow over rows is no pass, says why, and the rules after it are asked all the same."""
    slow = "select count(*) from h a, h b, h c, h d where a.seq * b.seq * c.seq * d.seq % 7 = 3"
    write_rule(tmp_path / "rules", "ACME-01", candidates=slow)
    write_rule(tmp_path / "rules", "ACME-02", where="txn_id = 'p2p-000001'")
    monkeypatch.setattr("harness.judge.judging.LIMIT_MS", 300)
    proven(tmp_path / "rules")
    verdict = judged_with(stored(clean_run(), tmp_path / "run"), tmp_path / "rules")
    assert invariant(verdict, "ACME-01")["status"] == "error"
    assert "longer than the 300 ms" in invariant(verdict, "ACME-01")["error"]
    assert (invariant(verdict, "ACME-02")["status"], verdict.exit_code) == ("violated", 1)
    assert any("ACME-01 could not be asked, and a crashed check is never a pass" in reason for reason in verdict.reasons)


def test_a_rule_that_crashes_on_this_history_is_an_error(tmp_path: Path) -> None:
    """A cast that fails on a row that is there. Nothing else is wrong, so the exit code is 2."""
    write_rule(tmp_path / "rules", "ACME-01", candidates="select max(entity_id::integer) from document")
    verdict = judged_with(stored(clean_run(), tmp_path / "run"), tmp_path / "rules")
    assert (invariant(verdict, "ACME-01")["status"], verdict.exit_code) == ("error", 2)
    assert "section candidates: Conversion Error" in invariant(verdict, "ACME-01")["error"]


def test_a_rule_that_ends_its_process_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever takes the process down costs its own rule only."""
    for name in ("ACME-01", "ACME-02", "ACME-03"):
        write_rule(tmp_path / "rules", name)
    killer = tmp_path / "killer.py"
    killer.write_text(
        "import os, sys\nfrom harness.judge import guest_process as g\nreal = g.Sandbox.answer\n"
        "g.Sandbox.answer = lambda self, query: os._exit(9) if query.id == 'ACME-02' else real(self, query)\ng.main()\n"
    )
    monkeypatch.setattr("harness.judge.guests.PROCESS", ("-P", str(killer)))
    verdict = judged_with(stored(clean_run(), tmp_path / "run"), tmp_path / "rules")
    assert [invariant(verdict, name)["status"] for name in ("ACME-01", "ACME-02", "ACME-03")] == ["ok", "error", "ok"]
    assert "ended the process" in invariant(verdict, "ACME-02")["error"]


def test_a_flood_of_rows_and_text_is_cut(tmp_path: Path) -> None:
    """Ten thousand rows are counted, and no value is longer than 2,000 characters."""
    long = "repeat('x', 5000) as story, repeat('y', 5000) as more"
    flood = f"select txn_id, null as call_point, null as money_minor, null as currency, {long} from h, range(200)"
    write_rule(tmp_path / "rules", "ACME-01", kind="warn", violations=f"{flood} where txn_id is not null")
    found = invariant(judged_with(stored(clean_run(), tmp_path / "run"), tmp_path / "rules"), "ACME-01")
    assert (found["violations"], len(found["rows"])) == (10_000, 20)
    assert {len(row["story"]) for row in found["rows"]} == {len(row["more"]) for row in found["rows"]} == {2_000}


def test_a_transaction_that_is_none_is_an_error(tmp_path: Path) -> None:
    """Its id would stand in a command line that people copy."""
    planted = VIOLATIONS.format("txn_id = 'p2p-000001'").replace("select txn_id", "select 'x; rm -rf ~' as txn_id")
    write_rule(tmp_path / "rules", "ACME-01", violations=planted)
    verdict = judged_with(stored(clean_run(), tmp_path / "run"), tmp_path / "rules")
    assert "which this history does not have" in invariant(verdict, "ACME-01")["error"]
    assert verdict.violations == ()
