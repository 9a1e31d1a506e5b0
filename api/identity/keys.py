"""Public keys of an issuer: read strictly, kept for an hour, fetched anew when a key is not known."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from api.identity.fetching import Fetch, fetch
from api.identity.refusal import KeysUnavailable, Unacceptable

Key = RSAKey | ECKey
Named = tuple[str, str]
"""A key id and the one algorithm the key is for."""

TIME_TO_LIVE: Final = 3600.0
UNKNOWN_KEY_WAIT: Final = 300.0
FAILURE_WAIT: Final = 15.0
MOST_KEYS: Final = 100
_LONGEST_ID: Final = 255
_RSA_BITS: Final = range(2048, 8193)
_LARGEST_EXPONENT: Final = 2**32


class KeySource:
    """The keys at one address. Thread-safe; fails closed.

    Keys are used for an hour and never longer. An unknown key id makes it look again, at most once in five minutes
    whoever asks; after a failure it waits 15 seconds, so that a provider that hangs does not hold up every request.
    Within that hour a request with a known key never waits for a fetch.
    """

    def __init__(self, address: str, *, fetcher: Fetch = fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._address = address
        self._fetch = fetcher
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[Named, Key] = {}
        self._fetched: float | None = None
        self._tried: float | None = None

    def key(self, key_id: str, algorithm: str) -> Key:
        """The key of this id for this algorithm; raises `KeysUnavailable`, or `Unacceptable` when there is none."""
        named = (key_id, algorithm)
        if self._is_due(named):
            with self._lock:
                if self._is_due(named):
                    self._refresh()
        if self._is_stale():
            raise KeysUnavailable("the keys are older than an hour")
        found = self._keys.get(named)
        if found is None:
            raise Unacceptable("no key of this id and algorithm")
        return found

    def _is_stale(self) -> bool:
        return self._fetched is None or self._clock() - self._fetched >= TIME_TO_LIVE

    def _is_due(self, named: Named) -> bool:
        if not self._is_stale() and named in self._keys:
            return False
        wait = FAILURE_WAIT if self._is_stale() else UNKNOWN_KEY_WAIT
        return self._tried is None or self._clock() - self._tried >= wait

    def _refresh(self) -> None:
        """Fetch; what fails leaves the keys there are, which end with their hour."""
        try:
            self._keys = read_keys(self._fetch(self._address))
            self._fetched = self._clock()
        except KeysUnavailable:
            return
        finally:
            self._tried = self._clock()


def read_keys(body: bytes) -> dict[Named, Key]:
    """The usable keys of a JWK set; raises `KeysUnavailable` when it is none.

    Private and symmetric keys, keys for encryption, weak ones and those whose id is there twice are left out.
    """
    try:
        listed = json.loads(body)["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise KeysUnavailable("the key set is not one") from None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise KeysUnavailable("the key set is not one")
    usable = [named for jwk in listed if isinstance(jwk, dict) and (named := _usable(jwk)) is not None]
    times = Counter(name for name, _ in usable)
    return {name: key for name, key in usable if times[name] == 1}


def _usable(jwk: dict[str, object]) -> tuple[Named, Key] | None:
    key_id, operations = jwk.get("kid"), jwk.get("key_ops")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= _LONGEST_ID:
        return None
    if "d" in jwk or jwk.get("use", "sig") != "sig":
        return None
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        return None
    try:
        algorithm, key = _import(jwk)
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return ((key_id, algorithm), key) if jwk.get("alg", algorithm) == algorithm else None


def _import(jwk: dict[str, object]) -> tuple[str, Key]:
    """Only the numbers of the key are taken over; raises `ValueError` for another kind or a weak one."""
    match jwk:
        case {"kty": "RSA", "n": str(modulus), "e": str(exponent)} if len(modulus) <= 2048 and len(exponent) <= 16:
            key = RSAKey.import_key({"kty": "RSA", "n": modulus, "e": exponent})
            numbers = key.public_key.public_numbers()
            if numbers.n.bit_length() not in _RSA_BITS or numbers.e >= _LARGEST_EXPONENT:
                raise ValueError("weak")
            return "RS256", key
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)}:
            return "ES256", ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y})
        case _:
            raise ValueError("another kind of key")
