"""Settings of the server, from `KOHORT_…` environment variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.rates import IN_PROCESS
from schemas.policy import DEFAULT_POLICY, DisclosurePolicy
from schemas.policy_file import read_policy

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


class ServerSettings(BaseSettings):
    """Where data and state lie, and what the server gives of itself.

    `fixed_deadlines` holds every protected answer back until the deadline its tier and cost class prescribe, so
    that how long it took says nothing; switch it off in tests only. `running` questions are computed at a time,
    `waiting` more may wait for that or for the time they are charged at, and one project has at most `project_share` of
    both; projects take turns. Look-ups have as many places, of their own.

    `policy` is a file of rules in place of those that come with the program, `projects` the registry of approved
    projects and their purposes.

    Callers are known by `identity`, a file of trusted issuers, or by `local_issuer`, this machine's own key, which is
    for development: neither is a default, both are refused together, and so is the second on a `host` others reach.

    A query that runs for `query_seconds` is stopped; answers are never that slow. A request's body must be here after
    `body_seconds`. `rate_store` keeps how often who asked: this process, or a store that several share, as a URI of the
    `limits` package.

    `cubes` is the folder of published tables, `cubes` of the state folder if absent.

    `reviewers` are the users, with blanks between, who may release small exact numbers from the internal listener;
    `committee` and `operators` those who may see the state of the service.

    `metrics_token` is a file with the token that metrics are given for, `log_json` sends one line of JSON a request to
    standard error, and a server that is told to stop finishes what is under way for at most `stop_seconds`.
    """

    model_config = SettingsConfigDict(env_prefix="KOHORT_", frozen=True)

    releases: Path = Path("var/releases")
    state: Path = Path("var/state")
    cubes: Path | None = None
    release_id: str | None = None
    policy: Path | None = None
    projects: Path | None = None
    examples: Path = EXAMPLES
    host: str = "127.0.0.1"
    identity: Path | None = None
    local_issuer: bool = False
    reviewers: str = ""
    committee: str = ""
    operators: str = ""
    metrics_token: Path | None = None
    log_json: bool = False
    stop_seconds: float = Field(default=60.0, ge=0)
    threads: int = Field(default=2, ge=1)
    memory_limit: str = Field(default="4GB", pattern=r"(?i)^\d+(\.\d+)? ?([KMGT](i?B)?|%)$")
    kept_bytes: int = Field(default=1 << 30, ge=0)
    query_seconds: float = Field(default=300.0, gt=0)
    fixed_deadlines: bool = True
    running: int = Field(default=4, ge=1)
    waiting: int = Field(default=32, ge=0)
    project_share: int = Field(default=5, ge=1)
    body_seconds: float = Field(default=10.0, gt=0)
    rate_store: str = IN_PROCESS

    def cube_folder(self) -> Path:
        """Where published tables lie."""
        return self.cubes or self.state / "cubes"

    def rules(self) -> DisclosurePolicy:
        """The policy in force; raises `DataProblem` when its file is not as it should be."""
        return DEFAULT_POLICY if self.policy is None else read_policy(self.policy)
