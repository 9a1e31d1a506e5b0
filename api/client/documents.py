"""Cohorts in whatever form a program has them, as they are sent."""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from cohort_dsl import from_json, parse, print_cohort
from cohort_dsl.ast import Cohort
from cohort_dsl.builder import CohortBuilder

Document = str | Cohort | CohortBuilder | Mapping[str, JsonValue]
"""A cohort: text in the language, what `cohort(…)` builds, its JSON form, or an OHDSI definition (Circe JSON)."""


def document_body(document: Document, library: Mapping[str, Document] | None = None) -> dict[str, JsonValue]:
    """The fields of a request that hold the document. What Python built is checked here already; raises `Problems`."""
    body: dict[str, JsonValue] = {}
    match document:
        case str() | Cohort() | CohortBuilder():
            body["text"] = document_text(document)
        case Mapping():
            body["cohort"] = dict(document)
        case _:
            raise _no_document()
    if library:
        body["library"] = {name: document_text(each) for name, each in library.items()}
    return body


def document_text(document: Document) -> str:
    """The text of a document; raises `Problems` where what Python built cannot be meant."""
    match document:
        case str():
            return document
        case CohortBuilder():
            return print_cohort(document.build())
        case Cohort():
            return print_cohort(document)
        case Mapping():
            return print_cohort(from_json(json.dumps(document)))
        case _:
            raise _no_document()


def _no_document() -> TypeError:
    return TypeError("a cohort is text, what `cohort(…)` builds, or JSON as a dict; of a file, give what it holds")


def document_name(document: Document) -> str:
    """What a document calls itself; its text's beginning where it cannot be read."""
    match document:
        case Cohort():
            return document.name
        case CohortBuilder():
            return document.build().name
        case str():
            return _name_of_text(document)
        case _:
            return str(document.get("name") or document.get("Title") or "OHDSI definition")


def _name_of_text(text: str) -> str:
    from schemas.errors import Problem, Problems

    try:
        return parse(text).name
    except (Problem, Problems):
        return text.strip().partition("\n")[0][:60]
