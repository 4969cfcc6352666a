"""Rules of users for tests: a rule that is right, with members to replace, and runs that keep rules."""

from pathlib import Path

from harness.judge import Verdict
from harness.judge.guest_rules import read_guest_rules
from harness.judge.guests import prove
from harness.stage.directory import RunDirectory
from tests.shipped import CATALOG
from tests.unit.judge.history_builder import Row, Scribe, written
from tests.unit.judge.judging import judge

CANDIDATES = "select flow, count(*) as n from document group by 1"
VIOLATIONS = "select txn_id, call_point, amount_minor as money_minor, currency, 'too dear' as story, entity_id from document where {}"
EXPLAIN = "select seq from timeline where txn_id = $txn and kind = 'commit'"
HEADER = {"title": "t", "family": "f", "severity": "money", "kind": "fail", "at": "history"}


def rule_text(
    name: str, *, where: str = "false", candidates: str = CANDIDATES, violations: str = "", explain: str = EXPLAIN, **header: str
) -> str:
    """The text of a rule that is right. where: which documents violate it; violations: another query altogether."""
    head = "".join(f"-- {key}: {value}\n" for key, value in {"id": name, **HEADER, **header}.items())
    asked = violations or VIOLATIONS.format(where)
    return f"{head}-- section: candidates\n{candidates}\n-- section: violations\n{asked}\n-- section: explain\n{explain}\n"


def write_rule(folder: Path, name: str, **members: str) -> Path:
    """The same as a file; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.sql"
    path.write_text(rule_text(name, **members), "utf-8")
    return path


def proven(folder: Path, limit_ms: int = 10_000) -> None:
    """Read the rules of a folder and ask them about an empty history, as every command does first."""
    prove(read_guest_rules([folder], CATALOG), CATALOG, limit_ms)


def stored(scribe: Scribe, folder: Path, manifest: Row | None = None) -> RunDirectory:
    """A run directory with its crosswalks that can be judged."""
    return RunDirectory(written(scribe, folder, {"schema": 1, **(manifest or {})}))


def judged_with(directory: RunDirectory, rules: Path) -> Verdict:
    """The verdict of a stored run, asked these rules. They are only read, so that a run can be judged by rules that a command refuses."""
    directory.keep_rules(read_guest_rules([rules], CATALOG))
    return judge(directory.path)
