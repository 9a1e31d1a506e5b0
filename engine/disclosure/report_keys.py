"""The keys reports are signed with: one in use, and the public halves of all there ever were.

They lie in the state folder. The secret of a key is deleted when the next one takes its place; its public half stays,
with the days it was in use, so that older reports can be checked for ever.
"""

import datetime
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.disclosure.audit.checkpoint import Signer
from engine.disclosure.query_id import read_or_create_key
from engine.disclosure.report_signature import (
    REPORT_KEYS_FILE,
    ReportKey,
    ReportSignature,
    read_report_keys,
    sign_report,
)
from schemas.errors import DataProblem

_NAME = "kohort-report"


@dataclass(frozen=True, slots=True)
class ReportKeys:
    """The key in use, and all that are known, in the order they were made."""

    signer: Signer
    known: tuple[ReportKey, ...]

    def sign(self, text: str) -> ReportSignature:
        """The signature of a report's canonical text by the key in use."""
        return sign_report(self.signer, text)


def open_report_keys(state: Path, *, today: datetime.date) -> ReportKeys:
    """The keys of a state folder; the first is made now if there is none. Raises `DataProblem`."""
    path = state / REPORT_KEYS_FILE
    known = read_report_keys(path) if path.exists() else ()
    number = max(len(known), 1)
    signer = _signer(state, number)
    if not known:
        known = (ReportKey(key=signer.verifier, first=today),)
        write_report_keys(path, known)
    if signer.verifier != known[-1].key:
        hint = "restore both files of the state folder from one backup, or make a new key: kohort report-key rotate"
        raise DataProblem(
            "report-key", "the key reports are signed with is not the newest of those published", hint=hint, place=path
        )
    return ReportKeys(signer, known)


def rotate_report_key(state: Path, *, today: datetime.date) -> ReportKeys:
    """A new key in place of the one in use, whose secret is deleted; raises `DataProblem`."""
    path = state / REPORT_KEYS_FILE
    known = read_report_keys(path) if path.exists() else ()
    if not known:
        return open_report_keys(state, today=today)
    signer = _signer(state, len(known) + 1)
    ended = (*known[:-1], replace(known[-1], last=today))
    known = (*ended, ReportKey(key=signer.verifier, first=today))
    write_report_keys(path, known)
    (state / _secret_file(len(known) - 1)).unlink(missing_ok=True)
    return ReportKeys(signer, known)


def write_report_keys(path: Path, known: Sequence[ReportKey]) -> None:
    """Write the public halves, whole or not at all; raises `DataProblem`."""
    keys = [
        {"key": str(each.key), "first": each.first.isoformat(), "last": each.last.isoformat() if each.last else None}
        for each in known
    ]
    aside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        aside.write_text(json.dumps({"keys": keys}, indent=1) + "\n", encoding="utf-8")
        aside.replace(path)
    except OSError:
        raise DataProblem("report-key", f"the file of report keys {path.name} cannot be written", place=path) from None


def _signer(state: Path, number: int) -> Signer:
    return Signer(read_or_create_key(state, _secret_file(number)), f"{_NAME}/{number}")


def _secret_file(number: int) -> str:
    return f"report-signing-{number}.key"
