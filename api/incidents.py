"""Faults of ours: the log gets where they happened under an id, the caller the id."""

import logging
import secrets
import traceback
from typing import Final

_LOG: Final = logging.getLogger("kohort.incident")


def record_incident(error: Exception) -> str:
    """Log a fault, and give the id to report."""
    incident = secrets.token_hex(8)
    _LOG.error("incident %s: %s", incident, _frames(error))
    return incident


def _frames(error: Exception) -> str:
    """Where it happened, without the exception's text: that may hold a value nobody should read in a log."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    where = " < ".join(
        f"{frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})" for frame in reversed(frames)
    )
    return f"{type(error).__name__} in {where}"
