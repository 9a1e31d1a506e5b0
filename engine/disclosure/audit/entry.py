"""An entry of the log: its one spelling, and the hash that seals it to the one before."""

import hashlib
import json
from collections.abc import Mapping

Entry = Mapping[str, "str | int | bool | list[str] | list[int] | list[list[str]] | dict[str, int]"]

GENESIS = "0" * 64
"""What the first entry follows."""


def entry_text(entry: Entry) -> str:
    """The one spelling of an entry that is stored and hashed: canonical JSON (RFC 8785)."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leaf_data(previous: str, text: str) -> bytes:
    """What the log commits to at one place: the hash before it, then the entry's text."""
    return bytes.fromhex(previous) + text.encode()


def entry_hash(previous: str, text: str) -> str:
    """SHA-256 in hexadecimal of a zero byte, the previous hash and the entry's text.

    The zero byte makes it the hash of a Merkle leaf (RFC 9162) as well: chain and tree seal the same data.
    """
    return hashlib.sha256(b"\0" + leaf_data(previous, text)).hexdigest()
