"""Names of questions: noise belongs to what was asked, never to who was counted."""

import hashlib
import hmac
import json
import os
import secrets
import stat
from pathlib import Path

from schemas.errors import DataProblem

KEY_FILE = "query-id.key"
KEY_BYTES = 32


def query_id(
    key: bytes,
    *,
    release_id: str,
    counting_rules: str,
    consent_base_id: str,
    query_hash: str,
    shape: tuple[str, ...],
    sigma: int,
) -> str:
    """The id of one question: HMAC-SHA256, in hexadecimal, of everything that the answer depends on.

    Two questions have one id, and so one noise, only when all parts are equal as text. The people who match take
    no part: noise that follows the set would tell whether two questions have the same answer.
    """
    parts = [release_id, counting_rules, consent_base_id, query_hash, list(shape), sigma]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def read_or_create_key(state: Path, name: str = KEY_FILE) -> bytes:
    """The 32-byte key of that file in the state folder, made on first use and readable by its owner alone.

    Raises `DataProblem` when the key is damaged or others may read it.
    """
    path = state / name
    try:
        state.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        key = path.read_bytes()
        is_private = not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError:
        raise DataProblem("key-unreadable", f"{name} cannot be read or made in the state folder", place=path) from None
    if not is_private:
        raise DataProblem("key-exposed", f"others than its owner may read {name}", hint="chmod 600 it", place=path)
    if len(key) != KEY_BYTES:
        raise DataProblem("key-damaged", f"{name} does not hold {KEY_BYTES} bytes", hint="restore it", place=path)
    return key


def _create(path: Path) -> None:
    """Write the key aside and link it into place: of two processes that start together, one key wins whole."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
