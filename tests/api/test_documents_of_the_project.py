"""Generated documents agree with what they are generated from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import errors_page, openapi
from api.app import create_app
from api.listener import Listener
from api.settings import ServerSettings
from schemas.codes import CODES, FAMILIES
from tests.lib.servers import application

ROOT = Path(__file__).parents[2]
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")
ANYWHERE = {"400", "405", "408", "413", "414", "415", "429", "431", "500", "503"}
"""What any request may be answered with: it is looked at before its route is."""

FAMILY_NAMES = {
    "Problem", "SyntaxProblem", "AnalysisProblem", "Unsupported", "NotAllowed", "OverBudget", "TooExpensive",
    "DataProblem", "InternalError", "Busy", "ProblemItem",
}  # fmt: skip


def test_the_openapi_document_is_current() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.document(), "run `python -m api.openapi`"


@pytest.mark.parametrize("listener", Listener)
def test_the_document_says_the_same_whatever_is_set(listener: Listener, settings: ServerSettings) -> None:
    """So that servers of tests may share one."""
    changed = {
        "committee": "member",
        "operators": "operator",
        "reviewers": "reviewer",
        "cubes": settings.state / "cubes",
    }
    for other in (settings, settings.model_copy(update=changed)):
        assert create_app(other, listener=listener).openapi() == application(settings, listener=listener).openapi()


def test_every_route_declares_its_problems() -> None:
    import json

    paths = json.loads(openapi.FILE.read_text(encoding="utf-8"))["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            responses = operation["responses"]
            assert set(responses) >= ANYWHERE, path
            if path.startswith("/v1/cohorts"):
                assert {"400", "401", "403", "404", "409", "413", "422", "429", "503"} <= set(responses), path


def test_the_page_of_codes_is_current() -> None:
    assert errors_page.FILE.read_text(encoding="utf-8") == errors_page.page(), "run `python -m api.errors_page`"


def test_every_code_that_is_raised_is_explained() -> None:
    raised = {code for package in ("engine", "cohort_dsl", "schemas", "api") for code in codes_of(ROOT / package)}
    assert len(raised) > 100
    assert raised - set(CODES) == set(), "explain them in schemas/codes.py"


def test_no_code_is_explained_twice_or_without_being_raised() -> None:
    assert sum(map(len, FAMILIES.values())) == len(CODES)
    files = [path for package in ("engine", "cohort_dsl", "api", "schemas") for path in (ROOT / package).rglob("*.py")]
    text = "\n".join(path.read_text() for path in files if path.name != "codes.py")
    assert {code for code in CODES if f'"{code}"' not in text} == set()


def codes_of(package: Path) -> Iterator[str]:
    """Codes given to problems directly; and where a code is passed on by name, every word of the file that could be one."""
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) in FAMILY_NAMES]
        codes = [code for call in calls if (code := code_argument(call)) is not None]
        yield from (code.value for code in codes if isinstance(code, ast.Constant) and isinstance(code.value, str))
        if any(isinstance(code, ast.Name) for code in codes):
            words = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
            yield from (word for word in words if isinstance(word, str) and KEBAB.fullmatch(word))


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def code_argument(call: ast.Call) -> ast.expr | None:
    by_name = next((keyword.value for keyword in call.keywords if keyword.arg == "code"), None)
    return call.args[0] if call.args else by_name
