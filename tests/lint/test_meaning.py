"""Lints against a release's vocabulary and survey dictionary, in a release whose every concept is listed here."""

from pathlib import Path

import pytest

from cohort_dsl import parse
from cohort_dsl.lint import LINTS, LintText
from engine.catalog.database import Database
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.logical.lints import MEANING_LINTS, lint_meaning
from engine.logical.lints.page import FILE, page
from tests.lib.releases import write_release

CONCEPTS = [
    # id, domain, vocabulary, class, code, standard
    (201826, "Condition", "SNOMED", "Disorder", "44054006", "S"),
    (201254, "Condition", "SNOMED", "Disorder", "46635009", "S"),
    (255573, "Condition", "SNOMED", "Disorder", "13645005", "S"),
    (45000001, "Condition", "KCD7", "KCD7 code", "E11", None),
    (21600744, "Drug", "ATC", "ATC 3rd", "A10B", "C"),
    (1503297, "Drug", "RxNorm", "Ingredient", "6809", "S"),
    (40163924, "Drug", "RxNorm", "Clinical Drug", "860975", "S"),
    (3004410, "Measurement", "LOINC", "Lab Test", "4548-4", "S"),
    (2000001, "Drug/Device", "SNOMED", "Physical Object", "1", "S"),
    (8554, "Unit", "UCUM", "Unit", "%", "S"),
    (9201, "Visit", "Visit", "Visit", "IP", "S"),
]
BELOW = [(21600744, 1503297), (21600744, 40163924), (1503297, 40163924)]


@pytest.fixture(scope="module")
def dictionaries(tmp_path_factory: pytest.TempPathFactory) -> Dictionaries:
    names = ("concept_id", "domain_id", "vocabulary_id", "concept_class_id", "concept_code", "standard_concept")
    ancestors = [*BELOW, *((row[0], row[0]) for row in CONCEPTS)]
    tables = {
        "person": [{"person": 0, "year_of_birth": 1970}],
        "concept": [dict(zip(names, row, strict=True)) for row in CONCEPTS],
        "concept_ancestor": [{"ancestor_concept_id": a, "descendant_concept_id": d} for a, d in ancestors],
        "concept_relationship": [
            {"concept_id_1": 45000001, "concept_id_2": 201826, "relationship_id": "Maps to"},
        ],
        "survey_question": [{"question_id": "smoking.status", "survey_id": "s", "kind": "choice"}],
        "survey_option": [
            {"question_id": "smoking.status", "answer": a, "position": n}
            for n, a in enumerate(("never", "former", "current"))
        ],
    }
    folder: Path = tmp_path_factory.mktemp("release")
    database = Database(write_release(folder, tables), threads=1)
    return Dictionaries(Vocabulary(database), load_questions(database), frozenset())


def codes(dictionaries: Dictionaries, statements: str) -> set[str]:
    return {found.code for found in lint_meaning(parse(f'cohort "x"\n{statements}\n'), dictionaries)}


@pytest.mark.parametrize("rule", MEANING_LINTS.values(), ids=MEANING_LINTS)
def test_the_example_shows_this_lint_and_no_other(rule: LintText, dictionaries: Dictionaries) -> None:
    assert codes(dictionaries, rule.example) == {rule.code}


@pytest.mark.parametrize("rule", MEANING_LINTS.values(), ids=MEANING_LINTS)
def test_the_correction_is_clean(rule: LintText, dictionaries: Dictionaries) -> None:
    assert codes(dictionaries, rule.fixed) == set()


ROWS = [
    # code, what it speaks of, what it does not
    ("unknown-set", "index drug in concept 77", "index drug in (concept 77, concept 1503297)"),
    ("unknown-set", 'index condition in code KCD7:"Z99"', 'index condition in code KCD7:"E11"'),
    ("other-domain", "index drug in concept 201826", "index drug in (concept 201826, concept 1503297)"),
    ("other-domain", "index condition in concept 2000001", "index device in concept 2000001"),
    ("other-domain", "index condition where visit type in concept 8554", "index condition where visit type in concept 9201"),
    ("other-domain", "index measurement in concept 3004410 where value > 7 unit concept 9201",
                     'index measurement in concept 3004410 where value > 7 unit "%"'),
    ("other-domain", "index condition in concept 1503297", "index death in concept 1503297"),
    ("not-standard", "index condition in concept 45000001", 'index condition in code KCD7:"E11"'),
    ("not-standard", "index condition in concept 45000001", "index condition coded in concept 45000001"),
    ("not-standard", "index drug in (concept 1503297, concept 21600744)",
                     "index drug in (concept 1503297, concept 21600744 with descendants)"),
    ("no-descendants", "index condition in concept 201826 with descendants",
                       "index drug in concept 1503297 with descendants"),
    ("idle-exclusion", "index drug in (concept 1503297 excluding concept 40163924)",
                       "index drug in (concept 1503297 with descendants excluding concept 40163924)"),
    ("era-of-product", "index drug era in concept 40163924",
                       "index drug era in (concept 40163924, concept 1503297)"),
    ("every-answer", 'index answer to smoking.status in ("never", "former", "current")',
                     'index answer to smoking.status in ("never", "former")'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "found", "left"), ROWS, ids=[f"{row[0]}-{n}" for n, row in enumerate(ROWS)])
def test_the_border_of_a_lint(code: str, found: str, left: str, dictionaries: Dictionaries) -> None:
    assert code in codes(dictionaries, found)
    assert code not in codes(dictionaries, left)


def test_a_lint_stands_where_the_set_is_used(dictionaries: Dictionaries) -> None:
    text = 'cohort "x"\nlet t2dm = concept 201826\nindex measurement in t2dm\n'
    (found,) = lint_meaning(parse(text), dictionaries)
    assert found.span is not None
    assert text[found.span.start : found.span.end] == "t2dm"
    assert found.fix == "write `condition in …`"


def test_no_code_stands_for_two_lints() -> None:
    assert not set(LINTS) & set(MEANING_LINTS)


def test_the_page_of_lints_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run `python -m engine.logical.lints.page`"
