"""Signed checkpoints: what the log held at a time, in the text form that witnesses of transparency logs read.

The form is C2SP's `tlog-checkpoint`, a signed note: origin, size and root, one line each, a line with the time, an
empty line, and a line with the signature (Ed25519).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.errors import DataProblem

_ED25519 = b"\x01"
_ID_BYTES = 4
_LARGEST_NOTE = 65_536
_SIGNATURE = re.compile(r"— (?P<name>[^ +]+) (?P<signature>[A-Za-z0-9+/=]+)")
_SIZE = re.compile(r"[1-9][0-9]{0,17}|0")
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """The public half of a signer's key, with the name it signs under."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell which key a signature was made with."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(_ED25519 + self.public)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A log's state: that its first `size` entries have the Merkle root `root`, at `time` (ISO 8601, UTC)."""

    origin: str
    size: int
    root: bytes
    time: str

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\ntime {self.time}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A text, and the signatures under it as (name, key id, signature); nothing is checked yet."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def signer_among(self, keys: Iterable[VerifierKey]) -> VerifierKey | None:
        """The first of the keys that signed the text."""
        return next((key for key in keys if self._is_signed_by(key)), None)

    def _is_signed_by(self, key: VerifierKey) -> bool:
        return any(
            (name, id) == (key.name, key.id) and _verifies(key, signature, self.text)
            for name, id, signature in self.signatures
        )


class Signer:
    """Signs with the 32 secret bytes of an Ed25519 key. The name, unless given, follows from the key."""

    def __init__(self, secret: bytes, name: str | None = None) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        public = self._key.public_key().public_bytes_raw()
        self.verifier = VerifierKey(name=name or f"kohort-log/{hashlib.sha256(public).hexdigest()[:16]}", public=public)

    def sign(self, text: str) -> str:
        """The text as a signed note."""
        signature = _base64(self.verifier.id + self._key.sign(text.encode()))
        return f"{text}\n— {self.verifier.name} {signature}\n"


def read_verifier_key(text: str) -> VerifierKey:
    """The key in its text form, name+id+key; raises `DataProblem`."""
    name, _, rest = text.strip().partition("+")
    id, _, encoded = rest.partition("+")
    public = _bytes(encoded)
    if name and public is not None and public[:1] == _ED25519 and len(public) == _HASH_BYTES + 1:
        key = VerifierKey(name=name, public=public[1:])
        if key.id.hex() == id:
            return key
    hint = "a key is written NAME+ID+KEY, as `kohort audit key` prints it"
    raise DataProblem("checkpoint-key", "this is no verifier key", hint=hint)


def read_note(text: str) -> SignedNote:
    """The parts of a signed note; raises `DataProblem` when it is none."""
    body, found, lines = text.rpartition("\n\n")
    if len(text) > _LARGEST_NOTE or not found or not lines.endswith("\n"):
        raise _unreadable("it is not a signed note")
    signatures = []
    for line in lines[:-1].split("\n"):
        match = _SIGNATURE.fullmatch(line)
        signature = _bytes(match["signature"]) if match else None
        if match is None or signature is None or len(signature) <= _ID_BYTES:
            raise _unreadable("a line below the empty one is not a signature")
        signatures.append((match["name"], signature[:_ID_BYTES], signature[_ID_BYTES:]))
    return SignedNote(text=f"{body}\n", signatures=tuple(signatures))


def read_checkpoint(note: SignedNote) -> Checkpoint:
    """What a note says of a log; raises `DataProblem` when it does not have the form of a checkpoint."""
    lines = note.text.splitlines()
    if len(lines) < 4 or not _SIZE.fullmatch(lines[1]) or not lines[3].startswith("time "):
        raise _unreadable("it lacks origin, size, root or time")
    root = _bytes(lines[2])
    if root is None or len(root) != _HASH_BYTES:
        raise _unreadable("its root is not 32 bytes in base64")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root, time=lines[3].removeprefix("time "))


def _unreadable(why: str) -> DataProblem:
    return DataProblem("checkpoint-unreadable", f"the checkpoint cannot be read: {why}")


def _verifies(key: VerifierKey, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes | None:
    """The bytes of strict base64; absent when it is not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
