"""The two doors: researchers come in by one, staff of the trusted environment by the other, never by the same."""

from enum import Enum
from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import Header

from schemas.errors import NotAllowed
from schemas.policy import AccessTier

REASON_HEADER: Final = "Kohort-Reason"
"""Why exact numbers are needed, as UTF-8 in percent-encoding."""


class Listener(Enum):
    """Whom a server listens to. A server has one, for as long as it runs; each is a process with its own address."""

    RESEARCHERS = "researchers"
    INTERNAL = "internal"

    def admits(self, tier: AccessTier) -> bool:
        """Whether somebody of this tier may come in here at all."""
        return (tier is AccessTier.INTERNAL) is (self is Listener.INTERNAL)


async def tell_of_reason(
    _reason: Annotated[
        str | None,
        Header(
            alias=REASON_HEADER, description="why exact numbers are needed: UTF-8 in percent-encoding; it is logged"
        ),
    ] = None,
) -> None:
    """A dependency that puts the header into the OpenAPI document of the internal listener, and does nothing else."""


def read_reason(header: str | None) -> str | None:
    """The reason of a request's header; raises `NotAllowed` when it is not UTF-8."""
    try:
        return None if header is None else unquote(header, errors="strict")
    except UnicodeDecodeError:
        hint = f"write `{REASON_HEADER}` as UTF-8 in percent-encoding"
        raise NotAllowed("reason-needed", "the reason given is not UTF-8", hint=hint) from None
