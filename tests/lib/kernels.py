"""Every kernel and every twin there is, so that a test of all of them forgets none."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from engine import kernels

_MODULES = [
    importlib.import_module(f"{kernels.__name__}.{module.name}") for module in pkgutil.iter_modules(kernels.__path__)
]
_TWINS = [module for module in _MODULES if module.__name__.endswith("twins")]

KERNELS: dict[str, Any] = {
    name: value
    for module in _MODULES
    for name, value in vars(module).items()
    if hasattr(value, "py_func") and value.__module__ == module.__name__ and not name.startswith("_")
}
"""The compiled function of each name that the engine may call."""


def twin_of(name: str) -> Callable[..., Any]:
    """What says in NumPy or plain Python what a kernel gives."""
    (twin,) = {getattr(module, name) for module in _TWINS if hasattr(module, name)}
    return twin
