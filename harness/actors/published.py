"""Where an operation is over HTTP, as the systems' published documents say."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import contracts

FOLDER = Path(contracts.__file__).parent / "openapi"


@cache
def paths(system: str) -> Mapping[str, str]:
    """Path by call point, for one system. Raises FileNotFoundError when it publishes no document."""
    document = json.loads((FOLDER / f"{system}.json").read_text("utf-8"))
    return {
        operation["operationId"]: path
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
