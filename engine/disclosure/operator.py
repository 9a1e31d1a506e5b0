"""Who does to the ledger what no researcher can."""

from dataclasses import dataclass

from engine.disclosure.audit.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """The operator's name, and why something is done; the log keeps both."""

    name: str
    reason: str

    def entry(self, action: str, outcome: str) -> Entry:
        """What the log says of it, with nothing in the fields that are a researcher's."""
        nobody = dict.fromkeys(("project", "institution", "release_id", "policy_version", "period"), "")
        said = {"action": action, "outcome": outcome, "tier": "operator", "user": self.name, "reason": self.reason}
        return {**nobody, **said, "qids": list[str](), "sigmas": list[int]()}
