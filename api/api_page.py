"""Write docs/reference/api.md from the OpenAPI document: `python -m api.api_page`. A test compares the two."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from api import openapi

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "api.md"
_HEAD: Final = """# The HTTP API

Generated from the [OpenAPI document](../../schemas/json/openapi.json), which a server gives at `/openapi.json` and
which lists the statuses of every operation; do not edit. [How to use it](../do/use-the-api.md) is told elsewhere; in
Python there is [a client](../do/use-the-python-client.md). What needs a token says so. Whatever goes wrong is a
`ProblemDocument`, and its `code` is [explained](errors.md).
"""
_PLACE: Final = "#/components/schemas/"

Schema = Mapping[str, Any]


def page() -> str:
    """Every operation, by its tag, and then every model that is sent or given."""
    document: dict[str, Any] = json.loads(openapi.document())
    tags: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = next(iter(operation.get("tags", ["service"])))
            tags.setdefault(tag, []).append(_operation(method, path, operation))
    parts = [_HEAD]
    for tag, operations in sorted(tags.items()):
        parts += [f"\n## {tag.capitalize()}\n", *operations]
    parts.append("\n## Models\n")
    parts += [_model(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    return "".join(parts)


def _operation(method: str, path: str, operation: Schema) -> str:
    token = "" if operation.get("security") else " No token is needed."
    sent = _body(operation)
    takes = f" Takes {sent}." if sent else ""
    given = _given(operation["responses"].get("200") or operation["responses"].get("201") or {})
    gives = f" Gives {given}." if given else ""
    rows = "".join(f"| `{each['name']}` | {each['in']} | {_about(each)} |\n" for each in _parameters(operation))
    table = f"\n| parameter | in | |\n|---|---|---|\n{rows}" if rows else ""
    text = _line(operation.get("description") or operation.get("summary"))
    return f"\n### {method.upper()} {path}\n\n{text}{takes}{gives}{token}\n{table}"


def _parameters(operation: Schema) -> Iterator[Schema]:
    yield from (each for each in operation.get("parameters", []) if each["in"] != "header")


def _body(operation: Schema) -> str:
    contents = operation.get("requestBody", {}).get("content", {})
    return next((_type(each["schema"]) for each in contents.values()), "")


def _given(response: Schema) -> str:
    for media, content in response.get("content", {}).items():
        return _type(content["schema"]) if "json" in media and content.get("schema") else f"`{media}`"
    return ""


def _about(parameter: Schema) -> str:
    schema = parameter["schema"]
    default = schema.get("default")
    told = f", default `{json.dumps(default, ensure_ascii=False)}`" if default is not None else ""
    return f"{_type(schema)}{told}. {_line(parameter.get('description') or schema.get('description'))}".strip()


def _model(name: str, schema: Schema) -> str:
    described = _line(schema.get("description"))
    if "enum" in schema:
        return f"\n### {name}\n\n{described} One of {_type(schema)}.\n"
    required = schema.get("required", [])
    fields = schema.get("properties", {}).items()
    rows = "".join(_field(field, each, is_required=field in required) for field, each in fields)
    table = f"\n| field | | |\n|---|---|---|\n{rows}" if rows else ""
    return f"\n### {name}\n\n{described}\n{table}"


def _field(name: str, schema: Schema, *, is_required: bool) -> str:
    absent = "" if is_required else ", may be absent"
    return f"| `{name}` | {_type(schema)}{absent} | {_line(schema.get('description'))} |\n"


def _type(schema: Schema) -> str:
    """A type in words, with links to the models of this page."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_PLACE)
        return f"[{name}](#{name.lower()})"
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(each) for each in choices if each.get("type") != "null"))
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema.get('items', {}))}"
        case "object" if schema.get("additionalProperties") not in (None, False, True):
            return f"object of {_type(schema['additionalProperties'])}"
        case str() as kind:
            return f"{kind} ({schema['format']})" if "format" in schema else kind
        case _:
            return "any value"


def _line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
