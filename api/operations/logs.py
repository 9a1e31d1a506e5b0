"""Structured logs: one JSON object a line, of fields from a list. Anything else cannot be logged by mistake."""

import datetime
import json
import logging
import sys
from typing import Final

FIELDS: Final = frozenset(
    {"time", "level", "logger", "event", "message", "method", "route", "status", "code", "tier", "seconds", "listener"}
)
"""Everything a line may hold. Routes are templates, never addresses as they were asked; there is no user, no project,
no document, no number that was counted. What incidents say (`message`) is written by the program alone."""

_KNOWN: Final = ("event", "method", "route", "status", "code", "tier", "seconds", "listener")


class JsonLines(logging.Formatter):
    """Writes records as lines of JSON; of what is attached to a record only the fields of the list are kept."""

    def format(self, record: logging.LogRecord) -> str:
        """One line. The text of an exception is left out: it may hold a value nobody should read in a log."""
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        line |= {name: getattr(record, name) for name in _KNOWN if hasattr(record, name)}
        if "event" not in line:
            line["message"] = record.getMessage()
        assert set(line) <= FIELDS
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Send the program's own logs, and the server's warnings, to standard error as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in (("kohort", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
