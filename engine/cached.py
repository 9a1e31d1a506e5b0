"""A property that is worked out once an object, at the first use, and holds up no other object's."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class cached_property(Generic[Owner, Value]):  # noqa: N801  # takes the place of the one of `functools`
    """As that of `functools` is from Python 3.12 on. In 3.11 that holds a lock which all objects of the class share:
    one question was counted at a time, and the next waited for it beyond any limit of its own.

    Two threads that ask the same object at once may both work it out.
    """

    def __init__(self, work: Callable[[Owner], Value]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type[Owner], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, instance: Owner, owner: type[Any]) -> Value: ...

    def __get__(self, instance: Owner | None, owner: type[Any]) -> Self | Value:
        """The value, kept from then on where it is found without asking again; of the class, the property itself."""
        if instance is None:
            return self
        value = self._work(instance)
        instance.__dict__[self._name] = value
        return value
