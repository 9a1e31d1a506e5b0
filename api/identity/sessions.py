"""Rights already worked out, kept for ten minutes at most, so that not every request verifies fifty signatures."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from api.identity.access import Rights
from api.identity.people import People
from api.identity.signed import Identity

LONGEST: Final = 600.0
MOST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who holds a token: their identity, the token's id, what it opens (staff: nothing by visas), and until when."""

    identity: Identity
    token_id: str
    rights: Rights | None
    until: float

    def is_denied(self, people: People) -> bool:
        """Whether the token, or a visa that was believed with it, no longer counts."""
        visas = self.rights.visas if self.rights else ()
        return people.is_denied(self.identity, self.token_id) or any(
            people.is_denied(visa.identity, visa.token_id) for visa in visas
        )


class Sessions:
    """By the hash of the token, the oldest forgotten first. Thread-safe. Refusals are never kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, SignedIn] = OrderedDict()

    def find(self, token: str, now: float) -> SignedIn | None:
        """A session that has not ended."""
        name = _name(token)
        with self._lock:
            found = self._known.get(name)
            if found is not None and now >= found.until:
                del self._known[name]
                return None
            return found

    def keep(self, token: str, session: SignedIn) -> None:
        """Remember it until it ends."""
        with self._lock:
            self._known[_name(token)] = session
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def forget(self, token: str) -> None:
        """End it now."""
        with self._lock:
            self._known.pop(_name(token), None)


def _name(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
