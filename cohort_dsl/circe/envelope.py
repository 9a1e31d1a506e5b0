"""Telling a Circe definition by its shape, alone or in the envelope that OHDSI's WebAPI sends it in."""

import json
from dataclasses import dataclass

from cohort_dsl.json_read import Json


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as JSON text, and the name its envelope gives it."""

    text: str
    name: str | None = None


def definition_in(document: Json) -> Definition | None:
    """The definition that a JSON document is, or holds under `expression`; absent where it is something else.

    A definition has the key `PrimaryCriteria`; an envelope's `expression` is one as an object or as text.
    """
    if not isinstance(document, dict):
        return None
    if "PrimaryCriteria" in document:
        return Definition(_text(document))
    match document.get("expression"):
        case dict() as inner:
            return Definition(_text(inner), _name(document))
        case str() as inner:
            return Definition(inner, _name(document))
        case _:
            return None


def _text(definition: Json) -> str:
    return json.dumps(definition, ensure_ascii=False)


def _name(envelope: dict[str, Json]) -> str | None:
    name = envelope.get("name")
    return name if isinstance(name, str) else None
