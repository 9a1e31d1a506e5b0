"""Dashboards of registered and controlled researchers: which questions a page has, made for a tier and a release.

What is asked follows from the policy, the dictionaries and the published cube, whose most frequent categories come
first; none of it follows from data that were not published. Every question goes the way of any other of the reader's:
analysed, protected, paid once and kept among the runs. No number is here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from api.dashboards.questions import Question
from api.published.content import category_of
from engine import Cube, Session
from schemas.access import Access, AccessTier, DataDomain, RegionLevel, VariantLevel
from schemas.cube import CubeFamily
from schemas.language import Language
from schemas.policy import TierPolicy
from schemas.wire import Value
from schemas.wire.runs import RunRequest


class Board(Enum):
    """A page of one kind of data; the value names it in addresses."""

    PEOPLE = "people"
    CONDITIONS = "conditions"
    DRUGS = "drugs"
    MEASUREMENTS = "measurements"
    PROCEDURES = "procedures"
    VISITS = "visits"
    SURVEY = "survey"
    GENOTYPES = "genotypes"


MOST_CATEGORIES: Final = 10
"""Categories of a list that a board has: the most frequent ones of the published cube."""

_EVENTS: Final = {
    Board.CONDITIONS: (CubeFamily.CONDITIONS, DataDomain.CONDITIONS, "condition"),
    Board.DRUGS: (CubeFamily.DRUGS, DataDomain.DRUGS, "drug"),
    Board.MEASUREMENTS: (CubeFamily.MEASUREMENTS, DataDomain.MEASUREMENTS, "measurement"),
    Board.PROCEDURES: (CubeFamily.PROCEDURES, DataDomain.PROCEDURES, "procedure"),
    Board.VISITS: (CubeFamily.VISITS, DataDomain.VISITS, "visit"),
}
"""Where the categories of a board come from, what a tier needs, and the language's word for such an event."""
_EVERYBODY: Final = 'cohort "Everybody"\n\nindex everyone\n'
_AGES: Final = (("sex", "age(5)"), ("sex", "age(10)"), ("sex", "age(20)"), ("sex",))
_PLACES: Final = (("region", "age(10)"), ("sex", "region"), ("region",))
_YEARS: Final = (("sex", "index year"), ("index year",))
_RACES: Final = (("race", "age(10)"), ("sex", "race"), ("race",))
_PEOPLE_TITLES: Final = {
    "people-everybody": {Language.ENGLISH: "Everybody in the release", Language.KOREAN: "릴리스의 모든 사람"},
    "people-ancestry": {
        Language.ENGLISH: "Everybody by ancestry, as recorded (OMOP race, which is not genetic ancestry)",
        Language.KOREAN: "모든 사람의 기록된 인종(OMOP race, 유전적 조상이 아님)",
    },
}
_SEXES = 3
_YEAR_LABELS = 31
_OLDEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A question of a board; `title` is what it is about, and `published` the number that everybody may read of it."""

    question: Question
    title: str
    published: Value | None = None

    @property
    def request(self) -> RunRequest:
        """What is asked: the same for everybody of the tier, so that an answer is found again by it."""
        return RunRequest(text=self.question.text, parts=self.question.parts)

    @property
    def key(self) -> str:
        """The request as runs keep it."""
        return self.request.model_dump_json(exclude_none=True)

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return re.sub("[^a-z0-9-]+", "-", self.question.name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Of what boards are made: the reader's tier with its rules and what is open to it today, a session, the cube."""

    tier: AccessTier
    rules: TierPolicy
    access: Access
    session: Session
    cube: Cube | None
    language: Language

    def finest(self, choices: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        """The first of some tables that the tier may ask for, or none: the finest ones stand first."""
        fitting = (by for by in choices if self._is_open(by))
        return tuple(by for by, _ in zip(fitting, range(1), strict=False))

    def _is_open(self, by: tuple[str, ...]) -> bool:
        cells = 1
        for dimension in by:
            if dimension == "region" and self.access.regions < RegionLevel.PROVINCE:
                return False
            if dimension.startswith("age") and _width(dimension) < self.access.age_width:
                return False
            cells *= self._labels(dimension)
        return len(by) <= self.rules.max_dimensions and cells <= self.rules.max_cells

    def _labels(self, dimension: str) -> int:
        match dimension.partition("(")[0]:
            case "sex":
                return _SEXES
            case "age":
                return -(-_OLDEST // _width(dimension)) + 1
            case "region":
                return len(self.session.people.regions)
            case "race":
                return len(self.session.people.races)
            case "index year":
                return _YEAR_LABELS
            case _:
                question = self.session.dictionaries.questions[dimension.removeprefix("survey ")]
                return len(question.options) + 1


def panels(board: Board, reading: Reading) -> tuple[Panel, ...]:
    """The questions of a board in order; none where nothing of it is published to choose from."""
    match board:
        case Board.PEOPLE:
            return _people(reading)
        case Board.SURVEY:
            return tuple(_survey(reading))
        case Board.GENOTYPES:
            return tuple(_genotypes(reading))
        case _:
            return tuple(_events(board, reading))


def _people(reading: Reading) -> tuple[Panel, ...]:
    """Everybody, and apart from that, as it is paid for apart, by race as recorded."""
    tables = {
        "people-everybody": (*reading.finest(_AGES), *reading.finest(_PLACES)),
        "people-ancestry": reading.finest(_RACES),
    }
    return tuple(
        Panel(
            question=Question(name=name, domains=(DataDomain.PERSONS,), text=_EVERYBODY, by=by),
            title=_PEOPLE_TITLES[name][reading.language],
        )
        for name, by in tables.items()
    )


def _events(board: Board, reading: Reading) -> Iterator[Panel]:
    """The most frequent categories of the published list."""
    family, domain, word = _EVENTS[board]
    cube = reading.cube
    if cube is None or family not in cube.families:
        return
    tables, session = cube.families[family], reading.session
    by_number = sorted(range(len(tables.categories)), key=lambda number: (-int(tables.value[number, 0]), number))
    by = (*reading.finest(_AGES), *reading.finest(_PLACES), *reading.finest(_YEARS))
    for number in by_number[:MOST_CATEGORIES]:
        category = category_of(cube, family, number)
        concepts, test = _concepts(category.code, family, session)
        text = f'cohort "{_plain(category.label)}"\n\nlet these = {concepts}\n\nindex first {word} {test} these\n'
        yield Panel(
            question=Question(
                name=f"{board.value}-{category.code}", domains=(DataDomain.PERSONS, domain), text=text, by=by
            ),
            title=(reading.language is Language.KOREAN and category.label_ko) or category.label,
            published=category.persons,
        )


def _survey(reading: Reading) -> Iterator[Panel]:
    """Each question that offers answers to choose from."""
    for question in reading.session.questions():
        if question.kind != "choice":
            continue
        answers = f"survey {question.question_id}"
        choices = [(answers, "sex", "age(20)"), (answers, "age(20)"), (answers, "sex"), (answers,)]
        yield Panel(
            question=Question(
                name=f"survey-{question.question_id}",
                domains=(DataDomain.PERSONS, DataDomain.SURVEYS),
                text=_EVERYBODY,
                by=reading.finest(choices),
            ),
            title=(reading.language is Language.KOREAN and question.label_ko) or question.label,
        )


def _genotypes(reading: Reading) -> Iterator[Panel]:
    """The policy's variants one by one, and carriers of rare ones by panel."""
    domains = (DataDomain.PERSONS, DataDomain.GENOTYPES)
    rules = reading.session.policy.cube.of(CubeFamily.GENOTYPES)
    for variant in rules.variants if rules else ():
        yield Panel(
            question=Question(
                name=f"genotypes-{variant}",
                domains=domains,
                text=_EVERYBODY,
                by=(),
                genotypes=(variant,),
                variants=VariantLevel.COMMON,
            ),
            title=variant,
        )
    for panel in reading.session.panels():
        carriers = f'index everyone\n\ninclude "carrier" when carries variant in panel "{panel.name}" where lof\n'
        yield Panel(
            question=Question(
                name=f"genotypes-panel-{panel.name}",
                domains=domains,
                text=f'cohort "Loss of function: {_plain(panel.name)}"\n\n{carriers}',
                by=reading.finest(_AGES),
                variants=VariantLevel.SETS,
            ),
            title=f"{panel.name} (LoF)",
        )


def _concepts(code: str, family: CubeFamily, session: Session) -> tuple[str, str]:
    """A category of the cube as a concept set of the language, and how its events are tested, as the cube counts it."""
    rules = session.policy.cube.of(family)
    named = {code: vocabulary for vocabulary, code in rules.codes} if rules else {}
    if vocabulary := named.get(code):
        return f'code {vocabulary}:"{code}" with descendants', "in"
    if code.isdecimal():
        return f"concept {code} with descendants", "in"
    if family is CubeFamily.CONDITIONS:
        return ", ".join(f"concept {concept}" for concept in _coded(code, session)), "coded in"
    return f'code ATC:"{code}" with descendants', "in"


def _coded(code: str, session: Session) -> Iterator[int]:
    """The concepts of all codes of KCD that begin so: a group of codes need not be a code itself."""
    for vocabulary in session.vocabularies():
        if vocabulary.startswith("KCD"):
            yield from session.dictionaries.vocabulary.beginning(vocabulary, code)


def _width(dimension: str) -> int:
    return int(dimension.removeprefix("age(").removesuffix(")"))


def _plain(label: str) -> str:
    """A label as the name of a cohort: without what ends a text."""
    return " ".join(label.replace('"', "'").replace("\\", "/").split())[:100]
