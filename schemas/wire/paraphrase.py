"""A cohort in words: what is asked and given."""

from pydantic import ConfigDict, Field

from schemas.language import Language
from schemas.wire.form import Wire
from schemas.wire.requests import CohortDocument


class ParaphraseRequest(CohortDocument):
    """A cohort to be said in words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": 'cohort "Women" index everyone include "w" when sex is female', "language": "ko"}]
        }
    )

    language: Language = Field(default=Language.ENGLISH, description="`en` or `ko`")


class ParaphraseItem(Wire):
    """A line of a list, and the list below it."""

    text: str
    items: list["ParaphraseItem"]


class ParaphraseSection(Wire):
    """A heading, a sentence or two under it, and a list."""

    heading: str
    text: str
    items: list[ParaphraseItem]


class ParaphraseAnswer(Wire):
    """The whole document in words, in parts and as one `text`; `query` is its canonical hash."""

    query: str
    language: Language
    title: str
    sections: list[ParaphraseSection]
    text: str
