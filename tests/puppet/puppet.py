"""A connector that does what a test tells it: correct by default (it is the careful example), wrong where PUPPET_SCRIPT says so.

PUPPET_SCRIPT is JSON: {"post_twice": {"kind": "REQ", "every": 3, "rest": 0}, "unhealthy": {}}: behaviours by name, each with the
source documents that it is about: the prefix of their ids, and the order in which they were first met (1, 2, ... of each prefix, from
each start of the puppet) modulo `every`. An empty rule means all of them.
"""

import json
import os
import re
import sys
import threading
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "examples" / "connectors" / "careful"))
sys.path.insert(0, str(HERE))

import behaviours  # noqa: E402 - it needs the example connector on the path
import careful  # noqa: E402
import profile_bugs  # noqa: E402
import zoo_bugs  # noqa: E402

KNOWN = {**vars(profile_bugs), **vars(zoo_bugs), **vars(behaviours)}


class Numbers:
    """Numbers the documents of each prefix in the order in which they are first met: their own numbers are drawn anew in each run."""

    def __init__(self):
        self._lock = threading.Lock()
        self._by_kind = defaultdict(dict)

    def of(self, source_id):
        """(prefix, number from 1 on)."""
        kind = re.match(r"[A-Z]+", source_id).group()
        with self._lock:
            known = self._by_kind[kind]
            return kind, known.setdefault(source_id, len(known) + 1)


def chooser(rule, numbers):
    """source id -> whether a behaviour is about this document."""

    def chosen(source_id):
        kind, number = numbers.of(source_id)
        return kind == rule.get("kind", kind) and number % rule.get("every", 1) == rule.get("rest", 0)

    return chosen


if __name__ == "__main__":
    numbers = Numbers()
    for name, rule in json.loads(os.environ.get("PUPPET_SCRIPT") or "{}").items():
        KNOWN[name](chooser(rule, numbers))
    careful.main()
