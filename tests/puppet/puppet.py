"""A connector that does what a test tells it: correct by default (it is the careful example), wrong where PUPPET_SCRIPT says so.

PUPPET_SCRIPT is JSON: {"post_twice": {"kind": "REQ", "every": 3, "rest": 0}, "unhealthy": {}}: behaviours by name, each with the
source documents that it is about: the prefix of their ids, and their number modulo `every`. An empty rule means all of them.
"""

import json
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "examples" / "connectors" / "careful"))
sys.path.insert(0, str(HERE))

import behaviours  # noqa: E402 - it needs the example connector on the path
import careful  # noqa: E402


def chooser(rule):
    """source id -> whether a behaviour is about this document."""

    def chosen(source_id):
        kind, number = re.fullmatch(r"([A-Z]+)-.*-(\d+)", source_id).groups()
        return kind == rule.get("kind", kind) and int(number) % rule.get("every", 1) == rule.get("rest", 0)

    return chosen


if __name__ == "__main__":
    for name, rule in json.loads(os.environ.get("PUPPET_SCRIPT") or "{}").items():
        getattr(behaviours, name)(chooser(rule))
    careful.main()
