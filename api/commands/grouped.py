"""Options that several commands share, as one parameter of each."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter
from typing import Any


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command as Typer reads it: of a parameter that is a dataclass, each field is a parameter of its own."""
    signature = inspect.signature(command)
    groups = {each.name: each.annotation for each in signature.parameters.values() if is_dataclass(each.annotation)}

    @wraps(command)
    def called(**given: Any) -> None:
        made = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**made, **given)

    taken = [each for parameter in signature.parameters.values() for each in _taken(parameter)]
    vars(called)["__signature__"] = signature.replace(parameters=taken)
    return called


def _taken(parameter: Parameter) -> Iterator[Parameter]:
    if not is_dataclass(parameter.annotation):
        yield parameter.replace(kind=Parameter.KEYWORD_ONLY)
        return
    for field in fields(parameter.annotation):
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=_default(field), annotation=field.type)


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return Parameter.empty if field.default is MISSING else field.default
