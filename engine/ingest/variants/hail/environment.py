"""The Hail environment: where its Python is, and running one of its scripts to the end."""

import json
import os
import shutil
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from schemas.errors import DataProblem

PYTHON_VARIABLE = "KOHORT_HAIL_PYTHON"
MEMORY_VARIABLE = "KOHORT_HAIL_MEMORY"
_SCRIPTS = Path(__file__).parent / "process"
_BESIDE_PROJECT = Path(__file__).parents[4] / ".venv-hail" / "bin" / "python"
_LOG = "process.log"
_MEMORY = "4g"
_REFUSED = 3
_SECONDS_TO_END = 10

Share = Callable[[float], None]


def hail_python() -> Path:
    """The Python that has Hail; `DataProblem` where there is none."""
    named = os.environ.get(PYTHON_VARIABLE)
    candidates = [Path(named)] if named else [Path(".venv-hail/bin/python").absolute(), _BESIDE_PROJECT]
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return candidate
    raise DataProblem(
        "hail-not-set-up",
        f"{PYTHON_VARIABLE} names no program" if named else "Hail is not set up, and reading this folder needs it",
        hint=f"run `make hail`, which sets up Hail with a Java runtime, or name its Python in {PYTHON_VARIABLE}",
    )


def run_script(script: str, dataset: Path, folder: Path, arguments: Sequence[str] = (), *, share: Share) -> None:
    """Run one of the scripts of `process` on a data set, with `folder` for what it writes, and wait for its end.

    `share` is told the part that is done, 0 to 1. What Hail writes beside its answer goes to `process.log` and
    `hail.log` of the folder. Raises `DataProblem` when the script refuses the data set or fails; the process never
    outlives this call.
    """
    command = [
        *(str(hail_python()), str(_SCRIPTS / script), str(dataset.absolute()), str(folder.absolute())),
        *("--memory", os.environ.get(MEMORY_VARIABLE, _MEMORY)),
        *arguments,
    ]
    with (folder / _LOG).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our script and our interpreter
            command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True, start_new_session=True
        )
        try:
            refusal = _listen(process, share)
            code = process.wait()
        finally:
            _end(process)
    if code == _REFUSED and refusal:
        raise DataProblem("hail-dataset", f"{dataset.name} {refusal}", place=dataset)
    if code:
        raise _failed(dataset, folder)


def _listen(process: "subprocess.Popen[str]", share: Share) -> str:
    """Pass on the shares that the script says, until it ends; returns why it refused, if it did."""
    assert process.stdout is not None
    refusal = ""
    for line in process.stdout:
        try:
            said = json.loads(line)
        except ValueError:  # a library that prints
            continue
        refusal = str(said.get("refused", refusal))
        if "share" in said:
            share(float(said["share"]))
    return refusal


def _end(process: "subprocess.Popen[str]") -> None:
    """End the process and the Java machine it started, where they still run."""
    if process.stdout is not None:
        process.stdout.close()
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, kind)
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            continue


def _failed(dataset: Path, folder: Path) -> DataProblem:
    """With the cause where it is a known one; the rest is in the log, since it may hold values of people."""
    with (folder / _LOG).open(errors="replace") as lines:
        last = "".join(deque(lines, maxlen=400))
    hint = f"its log is {folder / _LOG}"
    if "OutOfMemoryError" in last or "Java heap space" in last:
        hint = f"it ran out of memory: give it more, as in {MEMORY_VARIABLE}=16g"
    elif "ModuleNotFoundError: No module named 'hail'" in last:
        hint = "its Python has no Hail: run `make hail`"
    elif "UnsupportedClassVersionError" in last or "getSubject is not supported" in last or "JAVA_HOME" in last:
        hint = "it needs a Java runtime of version 17 to 21: run `make hail`"
    elif not shutil.disk_usage(folder).free:
        hint = "there is no space left for what it writes"
    return DataProblem("hail-failed", f"Hail could not read {dataset.name}", hint=hint, place=dataset)
