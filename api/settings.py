"""Settings of the server, from `KOHORT_…` environment variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


class ServerSettings(BaseSettings):
    """Where data and state lie, and what the server gives of itself.

    `fixed_deadlines` holds every protected answer back until the deadline its tier and cost class prescribe, so
    that how long it took says nothing; switch it off in tests only. `running` questions are computed at a time,
    `waiting` more may queue, and one project has at most `project_share` of both.
    """

    model_config = SettingsConfigDict(env_prefix="KOHORT_", frozen=True)

    releases: Path = Path("var/releases")
    state: Path = Path("var/state")
    release_id: str | None = None
    examples: Path = EXAMPLES
    threads: int = Field(default=2, ge=1)
    memory_limit: str = "4GB"
    fixed_deadlines: bool = True
    running: int = Field(default=4, ge=1)
    waiting: int = Field(default=32, ge=0)
    project_share: int = Field(default=5, ge=1)
