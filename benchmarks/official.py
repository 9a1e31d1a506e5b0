"""OHDSI's own SQL for a definition, compiled by the peer's package in an environment of its own (`make oracle`)."""

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PEER_PYTHON = Path(".venv-oracle/bin/python")


@dataclass(frozen=True, slots=True)
class Official:
    """SQL by number of the definition, without those the compiler refuses; and the median milliseconds it takes."""

    sql: Mapping[int, str]
    compiling: float


def require_peer() -> None:
    """End where the peer's environment is not there."""
    if not PEER_PYTHON.exists():
        sys.exit("the peer is not installed: run `make .venv-oracle/ready` first")


def compile_official(definitions: Mapping[int, str]) -> Official:
    """Compile definitions (Circe JSON by number)."""
    require_peer()
    asked = [json.dumps({"id": number, "expression": json.loads(text)}) for number, text in definitions.items()]
    script = Path(__file__).with_name("circe_peer.py")
    done = subprocess.run([PEER_PYTHON, script], input="\n".join(asked), capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    compiling = statistics.median(1e3 * answer["seconds"] for answer in answers)
    return Official({answer["id"]: answer["sql"] for answer in answers if "sql" in answer}, compiling)
