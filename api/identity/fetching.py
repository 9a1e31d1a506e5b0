"""Fetch a key set: one short GET, no redirects, no proxies, no more than the cap."""

import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from api.identity.refusal import KeysUnavailable

Fetch = Callable[[str], bytes]

MOST_BYTES: Final = 64 * 1024
SECONDS: Final = 5.0
_CHUNK: Final = 16 * 1024


def fetch(address: str) -> bytes:
    """The body at an address of the configuration; raises `KeysUnavailable` for anything but a short 200."""
    try:
        connection = _connection(address)
        try:
            return _body(connection, urlsplit(address).path or "/")
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError):
        raise KeysUnavailable("the keys cannot be fetched") from None


def _connection(address: str) -> HTTPConnection:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=SECONDS, context=ssl.create_default_context())
    return HTTPConnection(host, parts.port, timeout=SECONDS)


def _body(connection: HTTPConnection, path: str) -> bytes:
    deadline = time.monotonic() + SECONDS
    connection.request("GET", path, headers={"Accept": "application/json", "Connection": "close"})
    response = connection.getresponse()
    if response.status != 200:
        raise KeysUnavailable("the address of the keys does not answer with 200")
    return b"".join(_chunks(response, deadline))


def _chunks(response: HTTPResponse, deadline: float) -> list[bytes]:
    chunks: list[bytes] = []
    while chunk := response.read1(_CHUNK):
        chunks.append(chunk)
        if sum(map(len, chunks)) > MOST_BYTES:
            raise KeysUnavailable("the key set is larger than the cap")
        if time.monotonic() > deadline:
            raise KeysUnavailable("the key set takes too long")
    return chunks
