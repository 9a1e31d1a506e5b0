"""Signatures under reports: Ed25519 over the report's canonical text, with keys written as those of the log are.

Needs public keys and no state folder, so that anybody can check a report, and a public process too.
"""

import base64
import binascii
import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.disclosure.audit.checkpoint import SignedNote, Signer, VerifierKey, read_verifier_key
from schemas.errors import DataProblem, located

REPORT_KEYS_FILE = "report-keys.json"
"""The public halves, for whoever checks reports; it holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSignature:
    """Who signed, by the name and id of the key, and the 64 bytes of the signature in base64."""

    name: str
    key_id: str
    value: str


def sign_report(signer: Signer, text: str) -> ReportSignature:
    """The signature of a text, which is signed as UTF-8."""
    _, _, encoded = signer.sign(text).rstrip("\n").rpartition(" ")
    id_and_signature = base64.b64decode(encoded)
    key = signer.verifier
    value = id_and_signature[len(key.id) :]
    return ReportSignature(name=key.name, key_id=key.id.hex(), value=base64.b64encode(value).decode())


def report_signer(text: str, signature: ReportSignature, keys: Iterable[VerifierKey]) -> VerifierKey | None:
    """The key among `keys` that signed just this text; absent when none did. Raises nothing."""
    try:
        id, value = bytes.fromhex(signature.key_id), base64.b64decode(signature.value, validate=True)
        text.encode()
    except (binascii.Error, ValueError):
        return None
    return SignedNote(text=text, signatures=((signature.name, id, value),)).signer_among(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKey:
    """The public half of a key as `NAME+ID+KEY`, and the first and last day it was in use; without a last, it is."""

    key: VerifierKey
    first: datetime.date
    last: datetime.date | None = None


def read_report_keys(path: Path) -> tuple[ReportKey, ...]:
    """The public halves in a file; raises `DataProblem` when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataProblem("report-key", f"the file of report keys {path.name} cannot be read", place=path) from None
    with located(path):
        return report_keys_of(text)


def report_keys_of(text: str) -> tuple[ReportKey, ...]:
    """The public halves a text holds: a file of them, or one key as `NAME+ID+KEY`; raises `DataProblem`."""
    if not text.lstrip().startswith("{"):
        return (ReportKey(key=read_verifier_key(text), first=datetime.date.min),)
    try:
        listed = json.loads(text)["keys"]
        return tuple(
            ReportKey(
                key=read_verifier_key(each["key"]),
                first=datetime.date.fromisoformat(each["first"]),
                last=None if each["last"] is None else datetime.date.fromisoformat(each["last"]),
            )
            for each in listed
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        hint = "the file is made by the server; its keys are listed by `kohort report-key list`"
        raise DataProblem("report-key", "this is not a list of report keys", hint=hint) from None
