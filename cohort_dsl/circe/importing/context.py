"""What every part of an import knows: the mode, the names of concept sets, and the notes taken so far."""

from dataclasses import dataclass, field

from cohort_dsl.ast import ConceptSet, ConceptSetName, Mode
from cohort_dsl.json_read import Place


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the imported text should know; `place` is a JSON Pointer into the definition."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One import under way."""

    mode: Mode
    names: dict[int, str]
    notes: list[Note] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        """Whether the text says what OHDSI's SQL computes, and not what attributes are called."""
        return self.mode is Mode.CIRCE_EXACT

    def note(self, place: Place, text: str) -> None:
        """Take a note."""
        self.notes.append(Note(str(place), text))

    def concept_set(self, codeset_id: int) -> ConceptSet:
        """The concept set by its name in the document."""
        return ConceptSet(included=(ConceptSetName(name=self.names[codeset_id]),))
