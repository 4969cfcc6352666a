"""A connector that does what a test tells it: correct by default (it is the careful example), wrong where PUPPET_SCRIPT says so.

PUPPET_SCRIPT is JSON: {"behaviours": ["post_twice"], "chosen": {"kinds": ["REQ"], "every": 3, "numbers": [7]}}.
chosen: which source documents a behaviour is about, by the prefix and the number of their ids; without it all of them.
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
        return (
            kind in rule.get("kinds", [kind])
            and int(number) % rule.get("every", 1) == 0
            and int(number) in rule.get("numbers", [int(number)])
        )

    return chosen


if __name__ == "__main__":
    script = json.loads(os.environ.get("PUPPET_SCRIPT") or "{}")
    for name in script.get("behaviours", []):
        getattr(behaviours, name)(chooser(script.get("chosen", {})))
    careful.main()
