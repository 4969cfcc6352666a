"""What the world and the harness log: one JSON object a line on stderr. What a person asked for is printed, not logged."""

import json
import logging
import sys
from typing import Any


class JsonFormatter(logging.Formatter):
    """Time, level, logger, event and the fields that the caller gave (correlation_id where there is one), plus the exception's text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a newline."""
        line: dict[str, Any] = {"t": round(record.created, 3), "level": record.levelname.lower(), "logger": record.name}
        line["event"] = record.getMessage()
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)[-2000:]
        return json.dumps(line, default=str)


def set_up() -> None:
    """Warnings and errors of everything in this process, libraries included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
