"""Where the service is and who asks: addresses and headers, checked before anything is sent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from urllib.parse import quote, urlsplit

from api.client.retrying import Retries

Token = str | Callable[[], str]
"""An access token, or what gives one each time it is asked, as where tokens are short-lived."""

_SENT: Final = re.compile("[!-~]+")
"""What a header takes as it is: ASCII that can be seen."""

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to reach a service. `project` names one of several approved projects; `reason` is for the trusted
    environment; `seconds` is how long to wait for one answer, which must be more than the service's own limits."""

    address: str
    token: Token = field(repr=False)
    project: str | None = None
    reason: str | None = None
    seconds: float = 120.0
    retries: Retries = field(default_factory=Retries)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address is one like https://kohort.example.org")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("a token is not sent without TLS to another machine: use https")
        if isinstance(self.token, str):
            _checked("token", self.token.strip())
        if self.project:
            _checked("project", self.project)

    def headers(self) -> Mapping[str, str]:
        """Of every request."""
        token = _checked("token", (self.token if isinstance(self.token, str) else self.token()).strip())
        found = {
            "authorization": f"Bearer {token}",
            "user-agent": f"kohort-client/{client_version()}",
            "accept": "application/json, application/problem+json",
        }
        found |= {"kohort-project": self.project} if self.project else {}
        return found | ({"kohort-reason": quote(self.reason)} if self.reason else {})


def _checked(what: str, text: str) -> str:
    """A text that a header takes; blanks around a token, as a file ends with one, are gone already."""
    if not _SENT.fullmatch(text):
        raise ValueError(f"the {what} is empty or holds what is in no {what}: letters beyond ASCII, blanks, line ends")
    return text


def client_version() -> str:
    """Of the installed distribution; `0` where this runs from the server's own source."""
    try:
        return version("kohort-client")
    except PackageNotFoundError:
        return "0"
