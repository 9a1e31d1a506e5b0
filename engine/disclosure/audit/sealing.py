"""Documents in the log, encrypted for those who review it: what researchers ask about is their idea, and confidential.

A folder without a review key logs no document, only the keyed hash that names the question. With one, each entry holds
its document under HPKE (RFC 9180): X25519, HKDF-SHA256 and AES-256-GCM. The service has the public half alone, so
whoever copies the log cannot read what was asked.
"""

import base64
import binascii
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from schemas.errors import DataProblem

REVIEW_KEY_FILE: Final = "audit-review.pub"
"""The public half of the reviewers' key, in base64, put into the state folder by whoever installs the service."""

MOST_CHARACTERS: Final = 65_536
"""Of a longer document the beginning is kept, so that the log cannot be filled with text."""

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PURPOSE: Final = b"kohort log document"


def make_review_key() -> tuple[str, str]:
    """A new key as (private, public), both in base64; the private half belongs nowhere near the service."""
    key = X25519PrivateKey.generate()
    return _text(key.private_bytes_raw()), _text(key.public_key().public_bytes_raw())


def read_review_key(state: Path) -> X25519PublicKey | None:
    """The key documents are sealed for; absent when none was installed. Raises `DataProblem` when it is none."""
    path = state / REVIEW_KEY_FILE
    if not path.exists():
        return None
    return X25519PublicKey.from_public_bytes(_key_bytes(path.read_text()))


def seal(key: X25519PublicKey, document: str) -> str:
    """The document, encrypted for the key, in base64."""
    return _text(_SUITE.encrypt(document[:MOST_CHARACTERS].encode(), key, _PURPOSE))


def open_sealed(private: str, sealed: str) -> str:
    """The document again; raises `DataProblem` when it was not sealed for this key."""
    key = X25519PrivateKey.from_private_bytes(_key_bytes(private))
    try:
        return _SUITE.decrypt(base64.b64decode(sealed, validate=True), key, _PURPOSE).decode()
    except (InvalidTag, ValueError):
        raise DataProblem("review-key", "the document was not sealed for this key") from None


def _key_bytes(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise DataProblem("review-key", "a review key is 32 bytes in base64, as `kohort audit review-key` makes it")
    return key


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
