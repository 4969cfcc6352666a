"""The command that repeats a violation, for those that can be repeated: a transaction of a demo or of `up` stands in no plan."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from harness.judge.verdict import JsonObject


def with_commands(violations: Iterable[JsonObject], run_dir: Path, planned: frozenset[str]) -> list[JsonObject]:
    """The same violations; `replay` is a command that works when pasted into a shell, or None."""
    command = f"dryclose replay {shlex.quote(str(run_dir))} "
    return [{**one, "replay": command + str(one["txn_id"]) if one["txn_id"] in planned else None} for one in violations]
