"""Build the Python client as a distribution of its own: `python -m api.client_wheel [FOLDER]` (`make client`).

In the wheel `api.client` is `kohort_client`. What it uses of `schemas` and `cohort_dsl` is carried along inside, as
`kohort_client._carried.…`, so that nothing of those names comes into other people's environments. Only the import
statements are rewritten. What `api.client` uses of anything else in this project is refused.
"""

import ast
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
_NEW_NAMES: Final = {
    "api.client": "kohort_client",
    "schemas": "kohort_client._carried.schemas",
    "cohort_dsl": "kohort_client._carried.cohort_dsl",
}
_OURS: Final = frozenset({"api", "engine", "schemas", "cohort_dsl"})
_EXTRAS: Final = ("polars", "pyarrow")
_PANDAS: Final = "pandas>=2.3,<4"
"""Not in this project's own environment; the wheel's test installs it."""


class NotCarried(Exception):
    """The client uses something that it may not."""


def new_name(module: str) -> str:
    """What a module is called in the wheel; raises `NotCarried`.

    >>> new_name("api.client.results"), new_name("schemas.wire")
    ('kohort_client.results', 'kohort_client._carried.schemas.wire')
    """
    for old, new in _NEW_NAMES.items():
        if module == old or module.startswith(f"{old}."):
            return new + module[len(old) :]
    raise NotCarried(f"the client may import schemas and cohort_dsl, and not {module}")


def rewritten(source: str) -> str:
    """A module's text with its imports under the new names; nothing else is touched."""
    lines = source.split("\n")
    for node in _imports(source):
        assert node.module is not None
        place = node.lineno - 1
        lines[place] = lines[place].replace(f"from {node.module} ", f"from {new_name(node.module)} ", 1)
    return "\n".join(lines)


def modules() -> dict[str, Path]:
    """Every module of the wheel by its old name: the client's, and those they need."""
    waiting = [_name_of(path) for path in sorted((ROOT / "api" / "client").rglob("*.py"))]
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        path = _path_of(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting += _needed(name, path)
    return found


def _needed(name: str, path: Path) -> Iterator[str]:
    yield from _parents(name)
    for node in _imports(path.read_text(encoding="utf-8")):
        assert node.module is not None
        new_name(node.module)
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts)) if parts[0] != "api" or length > 1)


def _imports(source: str) -> list[ast.ImportFrom]:
    """Imports from this project. Its style has no other form of them, and the wheel none that it could not rewrite."""
    found: list[ast.ImportFrom] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(alias.name.partition(".")[0] in _OURS for alias in node.names):
            raise NotCarried("import a module of this project as `from … import …`")
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in _OURS:
            found.append(node)
    return found


def _path_of(name: str) -> Path | None:
    stem = ROOT.joinpath(*name.split("."))
    return next((path for path in (stem / "__init__.py", stem.with_suffix(".py")) if path.is_file()), None)


def _name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def stage(folder: Path) -> None:
    """Write the distribution's source."""
    for name, path in modules().items():
        target = folder.joinpath(*new_name(name).split("."))
        target = target / "__init__.py" if path.name == "__init__.py" else target.with_suffix(".py")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")
    client = ROOT / "api" / "client"
    (folder / "kohort_client" / "_carried" / "__init__.py").write_text('"""Parts of Kohort that the client needs."""\n')
    (folder / "kohort_client" / "py.typed").write_bytes((client / "py.typed").read_bytes())
    (folder / "README.md").write_text((client / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "pyproject.toml").write_text(_project_file(), encoding="utf-8")


def _project_file() -> str:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    known: list[str] = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted = {name: next(each for each in known if each.startswith(name)) for name in ("httpx2", "pydantic>", *_EXTRAS)}
    extras = "\n".join(f'{name} = ["{wanted[name]}"]' for name in _EXTRAS) + f'\npandas = ["{_PANDAS}"]'
    return f"""\
[project]
name = "kohort-client"
version = "{project["project"]["version"]}"
description = "Python client of Kohort, which counts cohorts over clinical events, genotypes and surveys"
readme = "README.md"
requires-python = "{project["project"]["requires-python"]}"
license = "{project["project"]["license"]}"
dependencies = ["{wanted["httpx2"]}", "{wanted["pydantic>"]}"]

[project.optional-dependencies]
{extras}

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["kohort_client"]
"""


def build(folder: Path) -> Path:
    """The wheel, built into a folder; the same source gives the same bytes."""
    with tempfile.TemporaryDirectory() as staged:
        stage(Path(staged))
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.resolve())]
        subprocess.run(command, cwd=staged, check=True, capture_output=True)  # noqa: S603
    return max(folder.glob("kohort_client-*.whl"), key=lambda path: path.stat().st_mtime)


if __name__ == "__main__":
    sys.stdout.write(f"{build(Path(sys.argv[1] if len(sys.argv) > 1 else 'dist'))}\n")
