"""What `kohort token --json` prints."""

from pydantic import BaseModel

from schemas.policy import AccessTier


class TokenMade(BaseModel):
    """A token, the tier it gives, and the hours it is valid."""

    token: str
    tier: AccessTier
    hours: float
