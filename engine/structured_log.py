"""One JSON object a line on stderr. Callers pass facts by name; bodies, tokens and secrets are never among them."""

import json
import logging
import sys
from typing import Any


class JsonFormatter(logging.Formatter):
    """Time, level, event and the fields of `say`, plus the exception's text when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a newline."""
        line: dict[str, Any] = {"t": round(record.created, 3), "level": record.levelname.lower(), "event": record.getMessage()}
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)[-2000:]
        return json.dumps(line, default=str)


def set_up(level: int = logging.INFO) -> None:
    """Send everything to stderr in this form; libraries only from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("engine").setLevel(level)


def say(logger: logging.Logger, level: int, event: str, **fields: Any) -> None:
    """Log `event` with fields; None is left out."""
    if logger.isEnabledFor(level):
        logger.log(level, event, extra={"fields": {name: value for name, value in fields.items() if value is not None}})
