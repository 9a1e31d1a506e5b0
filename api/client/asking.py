"""Questions as values: what is sent, and how what comes back is read. Nothing here opens a connection."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, JsonValue, ValidationError

from api.client.problems import not_understood

T = TypeVar("T")
Part = TypeVar("Part")
Model = TypeVar("Model", bound=BaseModel)

Parameter = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[T]):
    """One request. `parameters` that are absent are not sent; `read` makes the answer of the body of a good reply. One
    that is not `is_repeatable` is not sent again when the connection was lost, for it may have arrived.

    Where several questions follow one another, `yield from` one gives its answer.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    read: Callable[[bytes], T]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    body: Mapping[str, JsonValue] | None = None
    is_repeatable: bool = True

    def target(self) -> str:
        """Path and query."""
        sent = {name: value for name, value in self.parameters.items() if value is not None}
        return f"{self.path}?{urlencode(sent)}" if sent else self.path

    def giving(self, part: Callable[[T], Part]) -> "Asked[Part]":
        """The same request, of whose answer only a part is given."""
        return Asked(
            method=self.method,
            path=self.path,
            read=lambda content: part(self.read(content)),
            parameters=self.parameters,
            body=self.body,
            is_repeatable=self.is_repeatable,
        )

    def __iter__(self) -> "Generator[Asked[Any], Any, T]":
        answer: T = yield self
        return answer


def several(given: Sequence[Part]) -> list[Part]:
    """What is given as a list; one text by itself would be taken for its letters, and what it asks for be paid."""
    if isinstance(given, (str, Mapping)):
        raise TypeError("a list is expected: where there is one only, put brackets around it")
    return list(given)


def reading(model: type[Model]) -> Callable[[bytes], Model]:
    """Reads a model, and passes over fields that a newer service adds; raises `NotUnderstood`."""

    def read(content: bytes) -> Model:
        try:
            return model.model_validate_json(content, extra="ignore")
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise not_understood(f"the answer is not a {model.__name__}: see its field `{where}`") from None

    return read


def look_up(path: str, model: type[Model], **parameters: Parameter) -> Asked[Model]:
    """A GET."""
    return Asked(method="GET", path=path, read=reading(model), parameters=parameters)


def question(path: str, model: type[Model], body: Mapping[str, JsonValue]) -> Asked[Model]:
    """A POST; fields that are absent are left out."""
    sent = {name: value for name, value in body.items() if value is not None}
    return Asked(method="POST", path=path, read=reading(model), body=sent)
