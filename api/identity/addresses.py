"""Addresses of issuers and of their keys: exact, and safe to fetch."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

LONGEST_ADDRESS: Final = 255
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    return host in LOOPBACK


def check_address(address: str) -> str:
    """An `https` address without user, query or fragment; `http` only on this machine. Raises `ValueError`."""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable() or " " in address:
        raise ValueError(f"an address has at most {LONGEST_ADDRESS} printable characters")
    parts = urlsplit(address)
    _ = parts.port
    if not parts.hostname or "@" in parts.netloc or "?" in address or "#" in address:
        raise ValueError("an address has a host, and no user, query or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("an address begins with https:// (http:// only on 127.0.0.1, ::1 and localhost)")
    return address


Address = Annotated[str, AfterValidator(check_address)]
