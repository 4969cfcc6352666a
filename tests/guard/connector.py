"""A correct connector of another design: the careful example with some of its ways exchanged, as GUARD_WAYS names them.

GUARD_WAYS is JSON: {"never_sends_if_match": {}, "numbers": {"WORKERS": 1}}: functions of ways.py with what they are told.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "examples" / "connectors" / "careful"))
sys.path.insert(0, str(HERE))

import careful  # noqa: E402 - the example is on the path only now
import ways  # noqa: E402

if __name__ == "__main__":
    for name, told in json.loads(os.environ.get("GUARD_WAYS") or "{}").items():
        getattr(ways, name)(**told)
    careful.main()
