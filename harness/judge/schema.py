"""The schema of a history row as JSON Schema, generated from contracts/history.yaml (contracts/schemas/history.schema.json is its output).

python -m harness.judge.schema > contracts/schemas/history.schema.json
"""

import json
import sys
from typing import Any

from contracts.catalog import History, load_history

TYPES = {"VARCHAR": "string", "BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "BOOLEAN": "boolean"}
ALWAYS = ("run_id", "seq", "t_mono_ns", "t_wall", "t_biz", "phase", "kind", "node")


def history_schema(history: History) -> dict[str, Any]:
    """Draft 2020-12 schema of one row: the type of each column, and the columns that each kind must carry."""
    rules = [
        {"if": {"properties": {"kind": {"const": kind}}}, "then": {"required": list(needs)}}
        for kind, needs in history.kinds.items()
        if needs
    ]
    properties: dict[str, Any] = {name: {"type": TYPES[kind]} for name, kind in history.columns.items()}
    properties["kind"] = {"enum": list(history.kinds)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One row of a history (history.ndjson), generated from contracts/history.yaml",
        "type": "object",
        "properties": properties,
        "required": list(ALWAYS),
        "additionalProperties": False,
        "allOf": rules,
    }


def main() -> None:
    """Print the schema."""
    sys.stdout.write(json.dumps(history_schema(load_history()), indent=2) + "\n")


if __name__ == "__main__":
    main()
