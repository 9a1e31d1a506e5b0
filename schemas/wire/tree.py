"""A document as text and as a tree at once, for editors that show both."""

from pydantic import Field, JsonValue

from schemas.wire.answers import TextSpan
from schemas.wire.form import Wire


class DocumentTree(Wire):
    """A document's text, its JSON form, and where in the text each part of the form stands.

    `places` are by JSON Pointer into `cohort.cohort`. `comments` are those that stand inside the document: writing it
    from its JSON form would lose them.
    """

    canonical_hash: str
    text: str
    cohort: dict[str, JsonValue]
    places: dict[str, TextSpan] = Field(description="JSON Pointer -> characters of `text`")
    comments: list[TextSpan]
