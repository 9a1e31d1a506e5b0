"""Why a token or a visa is not believed, for operators and tests; the caller always reads the same."""

from schemas.errors import NotAllowed


class TokenRefused(NotAllowed):
    """The token is absent or not acceptable; which check failed is not told."""

    def __init__(self) -> None:
        super().__init__(
            "token-refused",
            "a valid access token is needed",
            hint="send `Authorization: Bearer TOKEN`; with the development issuer, `kohort token` makes one",
        )


class Unacceptable(Exception):
    """A rule refuses a token or a visa. The reason is a phrase of ours and repeats nothing of what was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailable(Unacceptable):
    """The keys cannot be had now, so nothing signed with them is believed."""
