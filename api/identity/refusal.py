"""Why a token or a visa is not believed: for operators and tests, never for the caller."""


class Unacceptable(Exception):
    """A rule refuses a token or a visa. The reason is a phrase of ours and repeats nothing of what was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailable(Unacceptable):
    """The keys cannot be had now, so nothing signed with them is believed."""
