"""The shipped policy with rates so wide that tests, which ask in quick succession, never reach them."""

import re
from pathlib import Path

from schemas.policy_file import DEFAULT_FILE


def wide_policy(folder: Path) -> Path:
    """A policy file in `folder`: the shipped one but for its rates."""
    text = re.sub(r'"\d+/(minute|day)"', r'"1000000/\1"', DEFAULT_FILE.read_text(encoding="utf-8"))
    return _written(folder, text)


def strict_policy(folder: Path, *, tier: str, questions: str, lookups: str) -> Path:
    """The wide policy with other rates for one tier, as they stand in the file."""
    text = wide_policy(folder).read_text(encoding="utf-8")
    before, header, after = text.partition(f"[tier.{tier}]")
    rates = f"rates = {{ questions = [{questions}], lookups = [{lookups}] }}"
    return _written(folder, before + header + re.sub(r"^rates = .*$", rates, after, count=1, flags=re.MULTILINE))


def _written(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path
