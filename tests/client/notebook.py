"""Running a notebook's code cells one after the other, as Jupyter would, without Jupyter.

`python -m tests.client.notebook` runs the example against `KOHORT_URL` and keeps in it what it showed.
"""

import ast
import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import api.client
import api.client.builder

Notebook = dict[str, Any]
NOTEBOOK = Path(__file__).parents[2] / "examples" / "notebook.ipynb"


def read(path: Path) -> Notebook:
    return json.loads(path.read_text(encoding="utf-8"))


def write(path: Path, notebook: Notebook) -> None:
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def run(notebook: Notebook) -> None:
    """Run every code cell and keep its outputs in it; what a cell raises is raised."""
    names: dict[str, object] = {"__name__": "__main__"}
    with client_as_installed():
        for number, cell in enumerate((each for each in notebook["cells"] if each["cell_type"] == "code"), 1):
            cell["execution_count"] = number
            cell["outputs"] = _outputs("".join(cell["source"]), names, number)
    client = names["client"]
    assert isinstance(client, api.client.Client)
    client.close()


def _outputs(source: str, names: dict[str, object], number: int) -> list[dict[str, Any]]:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(tree, "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
    outputs = [{"name": "stdout", "output_type": "stream", "text": _lines(said.getvalue())}] if said.getvalue() else []
    if value is None:
        return outputs
    data = {"text/plain": _lines(repr(value) if not hasattr(value, "_repr_html_") else type(value).__name__)}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = _lines(value._repr_html_())
    return [*outputs, {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@contextlib.contextmanager
def client_as_installed() -> Any:
    """`kohort_client` for the time being, as the wheel names it; the wheel itself has its own test."""
    modules: dict[str, ModuleType] = {"kohort_client": api.client, "kohort_client.builder": api.client.builder}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]


if __name__ == "__main__":
    ran = read(NOTEBOOK)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        run(ran)
    write(NOTEBOOK, ran)
