"""The command beside a violation: it works when pasted, or is not there."""

import shlex
from pathlib import Path

from harness.judge.repeating import with_commands


def test_only_what_stands_in_the_plan_can_be_repeated() -> None:
    """A transaction of a demo, or none at all: no command."""
    found = with_commands([{"txn_id": "p2p-1"}, {"txn_id": "p2p-2"}, {"txn_id": None}], Path("runs/r1"), frozenset({"p2p-1"}))
    assert [one["replay"] for one in found] == ["dryclose replay runs/r1 p2p-1", None, None]


def test_a_directory_with_blanks_is_quoted() -> None:
    """One word for the shell."""
    (one,) = with_commands([{"txn_id": "p2p-1"}], Path("my runs/[1]"), frozenset({"p2p-1"}))
    assert shlex.split(one["replay"]) == ["dryclose", "replay", "my runs/[1]", "p2p-1"]
