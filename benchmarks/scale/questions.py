"""The thirty questions, from easy to hard, and what of each OHDSI's definitions can say."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from cohort_dsl import parse, print_cohort
from cohort_dsl.ast import Answers, Cohort, GenotypeCriterion, Survey, Unanswered
from cohort_dsl.circe import to_circe
from cohort_dsl.tree import walk
from schemas.errors import Problems, Unsupported

FOLDER = Path(__file__).with_name("questions")


@dataclass(frozen=True)
class Question:
    """One document. `number` and `name` are those of its file."""

    number: int
    name: str
    text: str
    cohort: Cohort

    @cached_property
    def clinical(self) -> Cohort:
        """The document without the rules that need a genotype or a survey answer; itself where none does."""
        rules = tuple(rule for rule in self.cohort.rules if _is_clinical(rule))
        return replace(self.cohort, rules=rules)

    @cached_property
    def circe(self) -> str | None:
        """The clinical part as OHDSI's definition, absent where Circe has no words for it."""
        if not _is_clinical(self.clinical):
            return None
        try:
            return to_circe(self.clinical)
        except (Problems, Unsupported):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text that is timed: a whole question, or the part of one that events alone decide. `circe` is the same in
    OHDSI's words, where it has them: only the clinical part of a question can be said so."""

    number: int
    name: str
    text: str
    is_whole: bool
    circe: str | None = None


def questions() -> tuple[Question, ...]:
    """All of them, by number."""
    return tuple(map(_read, sorted(FOLDER.glob("*.kohort"))))


def cases(only: Collection[int] = ()) -> tuple[Case, ...]:
    """Every question, or those of these numbers, and after it its clinical part, where that is another document that
    OHDSI's definitions can say."""
    found: list[Case] = []
    for question in questions():
        if only and question.number not in only:
            continue
        is_clinical = question.clinical == question.cohort
        circe = question.circe
        found.append(Case(number=question.number, name=question.name, text=question.text, is_whole=True,
                          circe=circe if is_clinical else None))  # fmt: skip
        if circe is not None and not is_clinical:
            text = print_cohort(question.clinical)
            found.append(Case(number=question.number, name=question.name, text=text, is_whole=False, circe=circe))
    return tuple(found)


def _read(file: Path) -> Question:
    text = file.read_text()
    return Question(int(file.stem[:2]), file.stem[3:], text, parse(text))


def _is_clinical(node: object) -> bool:
    return not any(isinstance(visit.value, (GenotypeCriterion, Survey, Unanswered, Answers)) for visit in walk(node))
