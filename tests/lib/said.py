"""What the program says of a fault, read from its modules: every message and hint that is given to a problem, with `{}`
where something is put in that only a run knows.

A text that is put together of others is followed through names, choices, functions and their callers, so that nothing
has to be listed by hand.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod
from pathlib import Path
from typing import Final

GAP: Final = "{}"
_NAMED_GAP: Final = re.compile(r"\{\w+\}")
_MOST_FORMS: Final = 60
_DEEPEST: Final = 40

_SAYS: Final = {"Finding": (1, 2), "note": (1,), "PydanticCustomError": (1,), "ReportCheck": (), "Alarm": ()}
"""What says something and is no problem, and the places of the texts among its arguments."""

_DOCUMENTS: Final = frozenset({"ProblemDocument", "ProblemItem"})
_KEYWORDS: Final = ("message", "detail", "title")
"""Arguments of those, and of problems, that hold a text."""

_HINT: Final = "hint"
"""One that holds a text whatever it is given to."""

_HELD: Final = frozenset({"reason", "where", "whom"})
"""Attributes that hold a part of a sentence."""

_PROBLEM: Final = "Problem"
_Texts = frozenset[str]
_NOTHING: Final = _Texts()
_UNKNOWN: Final = _Texts({GAP})


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """A text, the module that says it, what it is given to, and the codes that this may have."""

    text: str
    module: str
    given_to: str
    codes: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Scope:
    """A module or a function: what its names are given, and what a function returns."""

    module: str
    within: "_Scope | None" = None
    name: str = ""
    node: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    owner: str = ""
    given: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    returned: list[ast.expr] = field(default_factory=list)

    @property
    def parameters(self) -> list[str]:
        if self.node is None:
            return []
        arguments = self.node.args
        names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        return names[1:] if names[:1] in (["self"], ["cls"]) else names

    def default(self, name: str) -> ast.expr | None:
        assert self.node is not None
        arguments = self.node.args
        placed = [*arguments.posonlyargs, *arguments.args][::-1]
        pairs = [*zip(placed, arguments.defaults[::-1], strict=False)]
        pairs += [
            (each, value) for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
        ]
        return next((value for each, value in pairs if each.arg == name), None)


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    node: ast.Call
    scope: _Scope
    owner: str
    """The class around, if any."""


class Program:
    """The modules below some folders, as far as they say something."""

    def __init__(self, *folders: Path) -> None:
        self._calls: dict[str, list[_Call]] = defaultdict(list)
        self._functions: dict[str, list[_Scope]] = defaultdict(list)
        self._bases: dict[str, set[str]] = defaultdict(set)
        self._making: set[str] = set()
        self._held: dict[str, list[tuple[ast.expr, _Scope]]] = defaultdict(list)
        self._under_way: list[tuple[int, int]] = []
        self._known: dict[tuple[int, int], _Texts] = {}
        self._left_off = 0
        for folder in folders:
            for file in sorted(folder.rglob("*.py")):
                module = _Scope(str(file.relative_to(folder.parent)))
                self._gather(ast.parse(file.read_text(encoding="utf-8")), module, "")

    def said(self) -> list[Said]:
        """Every text that is said."""
        return sorted(set(self._all()))

    def _gather(self, node: ast.AST, scope: _Scope, owner: str) -> None:
        for child in ast.iter_child_nodes(node):
            inside, within = scope, owner
            match child:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    inside = _Scope(scope.module, scope, name, child, owner)
                    self._functions[name].append(inside)
                    if name == "__init__":
                        self._making.add(owner)
                case ast.ClassDef(name=name, bases=bases):
                    within = name
                    self._bases[name] |= {_name(base) for base in bases}
                case ast.Call():
                    self._calls[_name(child.func)].append(_Call(child, scope, owner))
                    for each in child.keywords:
                        self._held[each.arg or ""].append((each.value, scope))
                case ast.Return(value=ast.expr() as value):
                    scope.returned.append(value)
                case ast.Assign() | ast.AnnAssign() | ast.NamedExpr() | ast.For():
                    for target, value in _assigned(child):
                        held = (
                            self._held if isinstance(target, ast.Attribute) or (owner and scope.node is None) else None
                        )
                        if held is not None:
                            held[_name(target)].append((value, scope))
                        if isinstance(target, ast.Name):
                            scope.given[target.id].append(value)
                case _:
                    pass
            self._gather(child, inside, within)

    def _families(self) -> set[str]:
        found = {_PROBLEM}
        while more := {name for name, bases in self._bases.items() if bases & found} - found:
            found |= more
        return found

    def _all(self) -> Iterator[Said]:
        families = self._families()
        for name, calls in self._calls.items():
            for call in calls:
                if name == "__init__" and call.owner in families:
                    yield from self._of(call, call.owner, (1,), _KEYWORDS)
                elif name in families and (name == _PROBLEM or name not in self._making):
                    yield from self._of(call, name, (1,), _KEYWORDS)
                elif name in _SAYS or name in _DOCUMENTS:
                    yield from self._of(call, name, _SAYS.get(name, ()), _KEYWORDS)
                else:
                    yield from self._of(call, name, (), ())

    def _of(self, call: _Call, name: str, places: Iterable[int], keywords: tuple[str, ...]) -> Iterator[Said]:
        given = [value for place in places if (value := _argument(call.node, place)) is not None]
        given += [each.value for each in call.node.keywords if each.arg in (_HINT, *keywords)]
        if not given:
            return
        code = _argument(call.node, 0) or _keyword(call.node, "code")
        codes = self._texts(code, call.scope) - _UNKNOWN if code is not None else _NOTHING
        for value in given:
            for text in self._texts(value, call.scope) - {""}:
                yield Said(_NAMED_GAP.sub(GAP, text), call.scope.module, name, tuple(sorted(codes)))

    def _texts(self, node: ast.expr, scope: _Scope) -> _Texts:
        """What an expression may spell, with `{}` for what cannot be known."""
        place = (id(node), id(scope))
        if place in self._known:
            return self._known[place]
        if place in self._under_way or len(self._under_way) > _DEEPEST:
            self._left_off += 1
            return _NOTHING
        self._under_way.append(place)
        before = self._left_off
        found = self._spelled(node, scope)
        self._under_way.pop()
        if self._left_off == before:
            self._known[place] = found
        return found

    def _spelled(self, node: ast.expr, scope: _Scope) -> _Texts:
        match node:
            case ast.Constant(value=None):
                return _NOTHING
            case ast.Constant(value=value):
                return _Texts({str(value)})
            case ast.JoinedStr(values=parts):
                return _joined([self._part(part, scope) for part in parts])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self._texts(left, scope), self._texts(right, scope)])
            case ast.IfExp(body=body, orelse=orelse):
                return self._texts(body, scope) | self._texts(orelse, scope)
            case ast.BoolOp(values=values):
                return _NOTHING.union(*(self._texts(value, scope) for value in values))
            case ast.NamedExpr(value=value):
                return self._texts(value, scope)
            case ast.Name(id=name):
                return self._named(name, scope)
            case ast.Attribute(attr=name) if name in _HELD:
                return self._attribute(name, scope)
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *fallback]):
                return self._values(table, scope).union(*(self._texts(each, scope) for each in fallback))
            case ast.Subscript(value=table):
                return self._values(table, scope) or _UNKNOWN
            case ast.Call(func=function):
                return self._returned(_name(function), scope) or _UNKNOWN
            case _:
                return _UNKNOWN

    def _part(self, part: ast.expr, scope: _Scope) -> _Texts:
        match part:
            case ast.FormattedValue(conversion=-1, format_spec=None, value=value):
                return self._texts(value, scope) or _UNKNOWN
            case ast.FormattedValue():
                return _UNKNOWN
            case _:
                return self._texts(part, scope)

    def _named(self, name: str, scope: _Scope) -> _Texts:
        """What was given to a name here, by the callers of the function, or further out."""
        if name in scope.given:
            return _NOTHING.union(*(self._texts(value, scope) for value in scope.given[name]))
        if name in scope.parameters:
            return self._passed(scope, name) or _UNKNOWN
        return self._named(name, scope.within) if scope.within is not None else _UNKNOWN

    def _attribute(self, name: str, scope: _Scope) -> _Texts:
        """Parts of sentences that objects hold; what else they hold is not known."""
        package = scope.module.split("/")[:2]
        held = [(value, at) for value, at in self._held.get(name, []) if at.module.split("/")[:2] == package]
        return _NOTHING.union(*(self._texts(value, at) for value, at in held)) or _UNKNOWN

    def _passed(self, function: _Scope, name: str) -> _Texts:
        """What the callers of a function give for a parameter."""
        place = function.parameters.index(name)
        called = function.owner if function.name == "__init__" else function.name
        own = {each.module for each in self._functions[function.name]}
        found = _NOTHING
        for call in self._calls.get(called, []):
            module = call.scope.module
            if module != function.module and (
                called.startswith("_") or (module in own and function.name != "__init__")
            ):
                continue
            value = _argument(call.node, place) or _keyword(call.node, name) or function.default(name)
            found |= self._texts(value, call.scope) if value is not None else _NOTHING
        return found

    def _returned(self, name: str, scope: _Scope) -> _Texts:
        functions = self._functions.get(name, [])
        own = [each for each in functions if each.module == scope.module]
        found = _NOTHING
        for function in own or [each for each in functions if not name.startswith("_")]:
            assert function.node is not None
            if function.node.returns is not None and "str" in ast.unparse(function.node.returns):
                found = found.union(*(self._texts(value, function) for value in function.returned))
        return found

    def _values(self, table: ast.expr, scope: _Scope) -> _Texts:
        """The values of a table that a name holds."""
        outer: _Scope | None = scope
        while outer is not None and isinstance(table, ast.Name):
            for given in outer.given.get(table.id, []):
                if isinstance(given, ast.Dict):
                    return _NOTHING.union(*(self._texts(value, outer) for value in given.values))
            outer = outer.within
        return _NOTHING


def _joined(parts: list[_Texts]) -> _Texts:
    """Each part in all its forms with all of the others; where those are many, each beside one of the others."""
    parts = [part or _UNKNOWN for part in parts]
    if prod(map(len, parts)) <= _MOST_FORMS:
        return _Texts("".join(forms) for forms in product(*parts))
    plain = [min(part) for part in parts]
    return _Texts(
        "".join((*plain[:place], form, *plain[place + 1 :])) for place, part in enumerate(parts) for form in part
    )


def _assigned(node: ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.For) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            yield from zip(names, values, strict=False)
        case ast.Assign(targets=[target], value=value) | ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value
        case ast.For(target=ast.Tuple(elts=names), iter=ast.Tuple(elts=rows)):
            for row in rows:
                yield from zip(names, getattr(row, "elts", ()), strict=False)
        case _:
            pass


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _argument(call: ast.Call, place: int) -> ast.expr | None:
    before = call.args[: place + 1]
    if len(before) <= place or any(isinstance(each, ast.Starred) for each in before):
        return None
    return before[place]


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)
