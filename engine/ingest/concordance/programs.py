"""Running the programs that count."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from schemas.errors import DataProblem

_LINES_SHOWN = 3
_HTSLIB_ERROR = "[E::"


def program(name: str, package: str) -> str:
    """Where a program is; `DataProblem` with the package of Debian that has it where it is absent."""
    found = shutil.which(name)
    if found is None:
        raise DataProblem("concordance-tool-absent", f"{name} is not installed", hint=f"apt-get install {package}")
    return found


def first_line(command: Sequence[str]) -> str:
    """The first line a program prints, as those that tell their version do."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    return next(iter(done.stdout.splitlines()), "").strip()


def piped(commands: Sequence[Sequence[str]], path: Path, scratch: Path) -> Iterator[str]:
    """The lines that the last command prints, each reading what the one before it wrote."""
    with ExitStack() as stack:
        logs = [scratch / f"{number}.log" for number in range(len(commands))]
        processes: list[subprocess.Popen[bytes]] = []
        for command, log in zip(commands, logs, strict=True):
            before = processes[-1].stdout if processes else subprocess.DEVNULL
            errors = stack.enter_context(log.open("wb"))
            process = subprocess.Popen(command, stdin=before, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603
            stack.callback(_end, process)
            if processes:
                _close(processes[-1])  # so that a stage that fails ends those before it
            processes.append(process)
        output = processes[-1].stdout
        assert output is not None
        for line in output:
            yield line.decode("utf-8", "replace").rstrip("\n")
        codes = [process.wait() for process in processes]
    for command, code, log in zip(commands, codes, logs, strict=True):
        said = log.read_text(errors="replace")
        if code or _HTSLIB_ERROR in said:  # bcftools may end with 0 at a damaged record
            raise failed(command[0], path, said)


def run(command: Sequence[str], path: Path) -> None:
    """Run a program to its end; `DataProblem` when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise failed(command[0], path, done.stdout + done.stderr)


def failed(command: str, path: Path, said: str) -> DataProblem:
    """With what the program says is wrong."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if "rror" in line or line.startswith(_HTSLIB_ERROR)] or lines[-_LINES_SHOWN:]
    return DataProblem(
        "concordance-failed",
        f"{Path(command).name} could not count {path.name}",
        hint="; ".join(told[:_LINES_SHOWN]),
        place=path,
    )


def _close(process: "subprocess.Popen[bytes]") -> None:
    if process.stdout is not None:
        process.stdout.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    _close(process)
    if process.poll() is None:
        process.kill()
        process.wait()
