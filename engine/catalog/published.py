"""The categories that the public cube counts, and who is in them.

The lists come from the dictionaries of a release (vocabulary, survey), never from who has what: a category that nobody
is in is listed like any other. What the policy calls sensitive is left out, which names nobody either.

* *conditions*: KCD, first three characters of the code that the source gave. A vocabulary without KCD is cut at a fixed
  height instead: the uppermost standard conditions that have at most one 500th of all, and at least 20, below them.
* *drugs*: the third level of ATC with all below; without ATC, ingredients.
* *measurements*, *procedures*, *observations*, *devices*: the vocabulary, cut in the same way.
* *visits*: the uppermost kinds of visit, each with all below.
* all of these: the concepts that the policy names by their codes, with all below, where it names any.
* *survey*: each answer that a choice question offers, by a person's last answer, of the year in which it was given.
* *resource*: everybody, and those with health records, survey answers and genotypes.

Genotypes are read by other means: their list is in `engine.pipeline.cube_genotypes`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.catalog.database import Database
from engine.catalog.release import Release
from engine.personset import Persons
from schemas.cube import CubeFamily, FamilyRules
from schemas.errors import DataProblem
from schemas.omop import Domain
from schemas.release import SAMPLE


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pairs:
    """Who is in what: `persons` uint32[k] and `categories` int32[k], positions in the list; each pair once.

    `years` int32[k] is the calendar year of the person's first record of the category, or of the answer that counts;
    absent where there is no day.
    """

    persons: Persons
    categories: npt.NDArray[np.int32]
    years: npt.NDArray[np.int32] | None = None


Sensitive = frozenset[int]
"""Concepts that are not published, as the policy's lists have them for the release's vocabulary."""

_KOREAN: Final = 4175771
_SHARE_BELOW: Final = 500
_LEAST_BELOW: Final = 20
MOST_CATEGORIES: Final = 5_000
"""Of one family: a list that is longer is no list for people, and its cells would not fit into memory."""

_KCD: Final = """
    SELECT left(concept_code, 3) AS code, concept_id, concept_name AS label, concept_code AS full_code,
           concept_id AS named FROM concept
    WHERE starts_with(vocabulary_id, 'KCD') AND regexp_matches(concept_code, '^[A-Z][0-9][0-9A-Z]')"""
_CUT: Final = """
    WITH of_domain AS (
        SELECT concept_id FROM concept
        WHERE domain_id = $domain AND standard_concept = 'S' AND invalid_reason IS NULL),
    part AS (
        SELECT a.ancestor_concept_id AS above, a.descendant_concept_id AS below FROM concept_ancestor a
        SEMI JOIN of_domain u ON u.concept_id = a.ancestor_concept_id
        SEMI JOIN of_domain l ON l.concept_id = a.descendant_concept_id),
    small AS (
        SELECT above AS concept_id FROM part GROUP BY above
        HAVING count(*) <= (SELECT greatest($least, count(*) // $share) FROM of_domain)),
    uppermost AS (
        SELECT concept_id FROM small ANTI JOIN (
            SELECT p.below FROM part p JOIN small s ON s.concept_id = p.above WHERE p.above <> p.below) covered
        ON covered.below = small.concept_id)
    SELECT c.concept_id::VARCHAR AS code, p.below AS concept_id, c.concept_name AS label, '' AS full_code,
           c.concept_id AS named
    FROM uppermost u JOIN concept c USING (concept_id) JOIN part p ON p.above = u.concept_id"""
_NAMED: Final = """
    WITH named AS (
        SELECT c.concept_id, c.concept_code, c.concept_name FROM concept c
        JOIN (SELECT unnest($vocabularies::VARCHAR[]) AS vocabulary_id, unnest($codes::VARCHAR[]) AS concept_code) n
        USING (vocabulary_id, concept_code))
    SELECT n.concept_code AS code, u.below AS concept_id, n.concept_name AS label, '' AS full_code,
           n.concept_id AS named
    FROM named n JOIN (
        SELECT concept_id AS above, concept_id AS below FROM named UNION
        SELECT ancestor_concept_id, descendant_concept_id FROM concept_ancestor) u ON u.above = n.concept_id"""
_ATC: Final = """
    SELECT c.concept_code AS code, a.descendant_concept_id AS concept_id, c.concept_name AS label, '' AS full_code,
           c.concept_id AS named
    FROM concept c JOIN concept_ancestor a ON a.ancestor_concept_id = c.concept_id
    WHERE c.vocabulary_id = 'ATC' AND regexp_full_match(c.concept_code, '[A-Z][0-9][0-9][A-Z]')"""
_INGREDIENTS: Final = """
    SELECT c.concept_id::VARCHAR AS code, a.descendant_concept_id AS concept_id, c.concept_name AS label,
           '' AS full_code, c.concept_id AS named
    FROM concept c JOIN concept_ancestor a ON a.ancestor_concept_id = c.concept_id
    WHERE c.domain_id = 'Drug' AND c.standard_concept = 'S' AND c.concept_class_id = 'Ingredient'"""
_KOREAN_LABELS: Final = """
    SELECT concept_id, min(concept_synonym_name) FROM concept_synonym WHERE language_concept_id = $korean GROUP BY 1"""
_OPTIONS: Final = """
    SELECT q.question_id, o.answer, q.label, o.label, q.label_ko, o.label_ko, coalesce(q.concept_id, 0)
    FROM survey_question q JOIN survey_option o USING (question_id)
    WHERE q.kind = 'choice' ORDER BY q.question_id, o.position, o.answer"""
_MEMBERS_BY_ANSWER: Final = """
    SELECT a.person, l.category, year(a.last.answered_on)::INTEGER AS year FROM (
        SELECT person, question_id, max({'answered_on': answered_on, 'answer': answer}) AS last
        FROM survey_answer SEMI JOIN link USING (question_id)
        WHERE missing_reason IS NULL AND answer IS NOT NULL GROUP BY person, question_id) a
    JOIN link l ON l.question_id = a.question_id AND l.answer = a.last.answer"""
_RECORDED: Final = """
    SELECT person FROM condition UNION SELECT person FROM drug UNION SELECT person FROM procedure
    UNION SELECT person FROM measurement UNION SELECT person FROM visit"""
_ANSWERED: Final = "SELECT DISTINCT person FROM survey_answer WHERE missing_reason IS NULL"
_DATA: Final = {
    "everybody": ("Everybody", "전체", "SELECT person FROM person"),
    "records": ("With health records", "진료 기록이 있는 사람", _RECORDED),
    "survey": ("With survey answers", "설문 응답이 있는 사람", _ANSWERED),
    "genotypes": ("With genotypes", "유전형이 있는 사람", "SELECT DISTINCT person FROM sample"),
}
"""Code -> label, Korean label, and who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One of a published list."""

    code: str
    label: str
    label_ko: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryList:
    """The categories of a family, ordered by code; `rule` says where the list comes from. `members` finds who is in
    which, when called."""

    family: CubeFamily
    rule: str
    categories: tuple[Category, ...]
    members: Callable[[], Pairs]


def category_list(release: Release, database: Database, rules: FamilyRules, sensitive: Sensitive) -> CategoryList:
    """The published list of a family other than genotypes, without the categories that have a sensitive concept.

    Raises `DataProblem` where the list is too long to be one.
    """
    match rules.family:
        case CubeFamily.RESOURCE:
            return _resource(release, database)
        case CubeFamily.SURVEY:
            listed = _survey(database, sensitive)
        case _:
            listed = _concepts(database, rules.family, _source(database, rules), sensitive)
    if len(listed.categories) > MOST_CATEGORIES:
        raise DataProblem(
            "cube-list-too-long",
            f"the list of {rules.family.value} has more than {MOST_CATEGORIES:,} categories",
            hint="name those to be published by `codes` of the family in the policy",
        )
    return listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _ByConcept:
    """Where a list of concepts comes from: `listed` gives which concept counts for which code and what the code is
    called, `members` who has one of them."""

    rule: str
    listed: str
    members: str
    parameters: Mapping[str, object] | None = None


def _members(domain: Domain, column: str = "concept_id") -> str:
    return f"""SELECT e.person, l.category, year(min(e.start_date))::INTEGER AS year
        FROM {domain.value} e JOIN link l ON l.concept_id = e.{column} GROUP BY ALL"""  # noqa: S608


def _cut(domain: Domain, kinds: str) -> _ByConcept:
    """The vocabulary of a domain, cut at a fixed height."""
    return _ByConcept(
        rule=f"uppermost {kinds} with at most 1/{_SHARE_BELOW} of all, and at least {_LEAST_BELOW}, below them",
        listed=_CUT,
        members=_members(domain),
        parameters={"domain": domain.value.capitalize(), "least": _LEAST_BELOW, "share": _SHARE_BELOW},
    )


_BY_KCD: Final = _ByConcept(
    rule="KCD, first three characters of the source code",
    listed=_KCD,
    members=_members(Domain.CONDITION, "source_concept_id"),
)
_BY_ATC: Final = _ByConcept(rule="ATC, third level", listed=_ATC, members=_members(Domain.DRUG))
_BY_INGREDIENT: Final = _ByConcept(rule="ingredients", listed=_INGREDIENTS, members=_members(Domain.DRUG))
_UPPERMOST_VISITS: Final = _ByConcept(
    rule="uppermost kinds of visit, with all below them",
    listed=_CUT,
    members=_members(Domain.VISIT),
    parameters={"domain": "Visit", "least": _LEAST_BELOW, "share": 1},
)
_SOURCES: Final[Mapping[CubeFamily, tuple[Domain, tuple[_ByConcept, ...]]]] = {
    CubeFamily.CONDITIONS: (Domain.CONDITION, (_BY_KCD, _cut(Domain.CONDITION, "conditions"))),
    CubeFamily.DRUGS: (Domain.DRUG, (_BY_ATC, _BY_INGREDIENT)),
    CubeFamily.MEASUREMENTS: (Domain.MEASUREMENT, (_cut(Domain.MEASUREMENT, "measurements"),)),
    CubeFamily.PROCEDURES: (Domain.PROCEDURE, (_cut(Domain.PROCEDURE, "procedures"),)),
    CubeFamily.VISITS: (Domain.VISIT, (_UPPERMOST_VISITS,)),
    CubeFamily.OBSERVATIONS: (Domain.OBSERVATION, (_cut(Domain.OBSERVATION, "observations"),)),
    CubeFamily.DEVICES: (Domain.DEVICE, (_cut(Domain.DEVICE, "devices"),)),
}
"""The table of each family's events, and where its list comes from, the preferred one first."""

NAMED_RULE: Final = "named by the policy, each with all below it"
RULES: Final = tuple(source.rule for _, sources in _SOURCES.values() for source in sources)
"""What lists of concepts are told to come from, where the policy names none."""


def _source(database: Database, rules: FamilyRules) -> _ByConcept:
    """The concepts that the policy names, or the first source that the vocabulary has any of, or the last one."""
    domain, sources = _SOURCES[rules.family]
    if rules.codes:
        vocabularies, codes = zip(*rules.codes, strict=True)
        return _ByConcept(
            rule=NAMED_RULE,
            listed=_NAMED,
            members=_members(domain),
            parameters={"vocabularies": list(vocabularies), "codes": list(codes)},
        )
    there = (each for each in sources if database.rows(f"{each.listed} LIMIT 1", each.parameters))
    return next(there, sources[-1])


def _concepts(database: Database, family: CubeFamily, source: _ByConcept, sensitive: Sensitive) -> CategoryList:
    rows = database.rows(f"{source.listed} ORDER BY code, length(full_code), full_code, concept_id", source.parameters)
    named: dict[str, tuple[int, str]] = {}
    linked: dict[str, list[int]] = {}
    for code, concept, label, _, name in rows:
        named.setdefault(str(code), (int(str(name)), str(label)))
        linked.setdefault(str(code), []).append(int(str(concept)))
    codes = [each for each in named if sensitive.isdisjoint(linked[each])]
    korean = {int(str(concept)): str(label) for concept, label in database.rows(_KOREAN_LABELS, {"korean": _KOREAN})}
    link = pa.table(
        {
            "concept_id": pa.array([concept for code in codes for concept in linked[code]], pa.int32()),
            "category": pa.array([n for n, code in enumerate(codes) for _ in linked[code]], pa.int32()),
        }
    )
    return CategoryList(
        family=family,
        rule=source.rule,
        categories=tuple(
            Category(code=code, label=named[code][1], label_ko=korean.get(named[code][0])) for code in codes
        ),
        members=lambda: _pairs(database, source.members, link),
    )


def _survey(database: Database, sensitive: Sensitive) -> CategoryList:
    offered = [
        (str(question), str(answer), f"{label}: {option}", _joined(label_ko, option_ko))
        for question, answer, label, option, label_ko, option_ko, concept in database.rows(_OPTIONS)
        if int(str(concept)) not in sensitive
    ]
    link = pa.table(
        {
            "question_id": pa.array([each[0] for each in offered], pa.string()),
            "answer": pa.array([each[1] for each in offered], pa.string()),
            "category": pa.array(range(len(offered)), pa.int32()),
        }
    )
    return CategoryList(
        family=CubeFamily.SURVEY,
        rule="answers of choice questions; a person's last one",
        categories=tuple(
            Category(code=f"{question}={answer}", label=label, label_ko=label_ko)
            for question, answer, label, label_ko in offered
        ),
        members=lambda: _pairs(database, _MEMBERS_BY_ANSWER, link),
    )


def _resource(release: Release, database: Database) -> CategoryList:
    codes = list(_DATA)

    def members() -> Pairs:
        there = [code for code in codes if code != "genotypes" or release.has(SAMPLE)]
        found = [np.asarray(database.columns(_DATA[code][2], {})["person"], np.uint32) for code in there]
        which = [np.full(each.size, codes.index(code), np.int32) for code, each in zip(there, found, strict=True)]
        return Pairs(persons=np.concatenate(found), categories=np.concatenate(which))

    return CategoryList(
        family=CubeFamily.RESOURCE,
        rule="everybody, and by the kinds of data there are",
        categories=tuple(Category(code=code, label=_DATA[code][0], label_ko=_DATA[code][1]) for code in codes),
        members=members,
    )


def _pairs(database: Database, sql: str, link: pa.Table) -> Pairs:
    columns = database.columns(sql, {}, {"link": link})
    return Pairs(
        persons=np.asarray(columns["person"], np.uint32),
        categories=np.asarray(columns["category"], np.int32),
        years=np.asarray(columns["year"], np.int32) if "year" in columns else None,
    )


def _joined(question: object, answer: object) -> str | None:
    """A Korean label, where both parts have one."""
    return f"{question}: {answer}" if question and answer else None
