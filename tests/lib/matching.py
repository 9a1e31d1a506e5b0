"""Which kinds of node a function has a case for."""

import ast
import inspect
from collections.abc import Callable


def kinds_in_cases(function: Callable[..., object]) -> set[str]:
    """The names of the classes in the cases of the function's own `match`, of the first level only."""
    module = ast.parse(inspect.getsource(function))
    matches = [node for node in ast.walk(module) if isinstance(node, ast.Match)]
    assert len(matches) == 1, f"{function.__name__} has one `match`"
    return {name for case in matches[0].cases for name in _classes(case.pattern)}


def _classes(pattern: ast.pattern) -> list[str]:
    match pattern:
        case ast.MatchClass(cls=ast.Name(id=name)):
            return [name]
        case ast.MatchOr(patterns=patterns):
            return [name for part in patterns for name in _classes(part)]
        case ast.MatchAs(pattern=None, name=None):
            return []
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _classes(inner)
        case _:
            raise AssertionError(f"a case for no class: {ast.dump(pattern)}")
