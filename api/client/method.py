"""What makes one method of both clients: of the one it gives the answer, of the other it is awaited."""

import inspect
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_args, overload

from api.client.asking import Asked
from api.client.awaited import AwaitedSession
from api.client.exchange import Steps
from api.client.waiting import WaitingSession

P = ParamSpec("P")
T = TypeVar("T")


class method(Generic[P, T]):  # noqa: N801 (a decorator, as `property` is)
    """The method that asks what a function says is to be asked, with its parameters and its description."""

    def __init__(self, says: Callable[Concatenate[Any, P], Asked[T] | Steps[T]]) -> None:
        def waiting(session: WaitingSession, *args: P.args, **kwargs: P.kwargs) -> T:
            return session._follow(iter(says(session, *args, **kwargs)))

        async def awaited(session: AwaitedSession, *args: P.args, **kwargs: P.kwargs) -> T:
            return await session._follow(iter(says(session, *args, **kwargs)))

        self._waiting, self._awaited = _described(waiting, says), _described(awaited, says)

    @overload
    def __get__(self, session: None, kind: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, session: WaitingSession, kind: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, session: AwaitedSession, kind: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, session: WaitingSession | AwaitedSession | None, kind: type) -> Callable[..., Any]:
        function = self._awaited if issubclass(kind, AwaitedSession) else self._waiting
        bound: Callable[..., Any] = function.__get__(session, kind)
        return bound


def _described(function: Callable[..., Any], says: Callable[..., Any]) -> Any:
    """The function, which seen from outside is the one that says what is asked; but it gives the answer."""
    update_wrapper(function, says)
    signature = inspect.signature(says)
    answer = get_args(signature.return_annotation)[-1]
    function.__annotations__ = {**says.__annotations__, "return": answer}
    vars(function)["__signature__"] = signature.replace(return_annotation=answer)
    return function
