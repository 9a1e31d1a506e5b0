"""The hash chain over the ledger's log: each entry seals the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping

Entry = Mapping[str, "str | int | bool | list[str] | list[int] | dict[str, int]"]

GENESIS = "0" * 64
"""What the first entry follows."""


def entry_text(entry: Entry) -> str:
    """The one spelling of an entry that is stored and hashed."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def entry_hash(previous: str, text: str) -> str:
    """SHA-256 in hexadecimal of a zero byte, the previous hash and the entry's text."""
    return hashlib.sha256(b"\0" + bytes.fromhex(previous) + text.encode()).hexdigest()


def first_broken(rows: Iterable[tuple[int, str, str]]) -> int | None:
    """The number of the first entry that does not follow from the one before; absent when the chain is whole.

    `rows` are (number, text, hash) in order. Cutting entries off the end is not seen from inside the chain.

    >>> one = entry_hash(GENESIS, "a")
    >>> first_broken([(1, "a", one), (2, "b", entry_hash(one, "b"))])
    >>> first_broken([(1, "a", one), (2, "b", entry_hash(one, "B"))])
    2
    """
    previous = GENESIS
    for position, (number, text, sealed) in enumerate(rows, start=1):
        if number != position or entry_hash(previous, text) != sealed:
            return number
        previous = sealed
    return None
