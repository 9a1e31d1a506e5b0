"""Documents that mean the same have one hash; those that do not, do not."""

import pytest

from cohort_dsl import canonical_hash, parse

HEAD = 'cohort "{name}"\nindex drug\n'


def hash_of(criterion: str, *, name: str = "x", label: str = "r", lets: str = "") -> str:
    return canonical_hash(parse(f'cohort "{name}"\n{lets}\nindex drug\ninclude "{label}" when {criterion}'))


SAME = [
    ("sex is male and (any drug before index and any death)", "any death and any drug before index and sex is male"),
    ("sex is male and sex is male", "sex is male"),
    ("not (not (sex is male))", "sex is male"),
    ("all of (sex is male)", "any of (sex is male)"),
    ("at least 1 of (sex is male, any death)", "sex is male or any death"),
    ("at most 0 of (sex is male, any death)", "none of (any death, sex is male)"),
    ("not (sex is male or any death)", "not (sex is male) and no death"),
    ("not (at least 2 drugs)", "at most 1 drug"),
    ("not (at least 2 of (sex is male, any death, any drug))", "at most 1 of (any drug, any death, sex is male)"),
    ("age at index in 40..", "age at index >= 40"),
    ("not (age at index < 40)", "age at index >= 40"),
    ("any drug within 1 year before index", "any drug within 12 months before index"),
    ("any drug within 2 weeks before index", "any drug within 14 days before index"),
    ('any drug in (concept 1 "a", concept 2)', "any drug in (concept 2, concept 1)"),
    ("any drug in (concept 1, concept 1 with descendants)", "any drug in concept 1 with descendants"),
    ('survey a in ("x", "y")', 'survey a in ("y", "x", "y")'),
    ("carries variant in gene (B, A)", "carries variant in gene (A, B)"),
    ("any drug where not (age < 3 or refills > 2)", "any drug where refills <= 2 and age >= 3"),
    ("unknown (not (sex is male))", "unknown (sex is male)"),
    ("any drug starting before index and ending after index", "any drug ending after index and starting before index"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_meaning_same_hash(one: str, other: str) -> None:
    assert hash_of(one) == hash_of(other, name="another", label="other label")


DIFFERENT = [
    ("sex is male", "sex is female"),
    ("at least 2 of (sex is male, sex is male, any death)", "at least 2 of (sex is male, any death, any death)"),
    ("not (survey a > 3)", "survey a <= 3"),
    ("any drug before index", "any drug on or before index"),
    ("any drug within 1 month before index", "any drug within 30 days before index"),
    ("any first drug where age > 3", "any first ever drug where age > 3"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_meaning_other_hash(one: str, other: str) -> None:
    assert hash_of(one) != hash_of(other)


def test_named_sets_are_written_out() -> None:
    lets = "let a = concept 1\nlet b = a, concept 2 excluding concept 3\nlet unused = concept 9"
    assert hash_of("any drug in b", lets=lets) == hash_of("any drug in (concept 2, concept 1 excluding concept 3)")


def test_an_exclusion_inside_a_larger_set_is_not_spread() -> None:
    lets = "let a = concept 1 excluding concept 2\nlet b = a, concept 2"
    spread = "any drug in (concept 1, concept 2 excluding concept 2)"
    renamed = "let z = concept 1 excluding concept 2"
    assert hash_of("any drug in b", lets=lets) != hash_of(spread)
    assert hash_of("any drug in b", lets=lets) == hash_of("any drug in (concept 2, z)", lets=renamed)


def test_large_sets_do_not_depend_on_their_name() -> None:
    items = [f"concept {number}" for number in range(1, 100)]
    named = hash_of("any drug in big", lets=f"let big = {', '.join(items)}")
    assert named == hash_of(f"any drug in ({', '.join(reversed(items))})")


def test_a_repeated_name_is_one_set() -> None:
    lets = "let a = concept 1 excluding concept 2\nlet b = a, a excluding concept 3"
    assert hash_of("any drug in b", lets=lets) == hash_of("any drug in (concept 1 excluding concept 2, concept 3)")
