"""The Python spelling makes the tree that the text makes."""

import datetime
import doctest

import pytest

from cohort_dsl import builder, parse
from cohort_dsl.builder import (
    age_bands,
    any_,
    any_of,
    at_least,
    at_least_of,
    carries,
    code,
    cohort,
    concept,
    condition,
    days,
    drug,
    either,
    field,
    first,
    gene,
    lof,
    measurement,
    months,
    never,
    no,
    no_call,
    not_,
    person,
    survey,
    survey_answers,
    unknown,
    variant,
    variant_field,
    visit,
    window,
    years,
)
from schemas.errors import Problems

TEXT = """
cohort "Statin starters"
let t2dm = concept 201826 "Type 2 diabetes mellitus" with descendants excluding concept 201254 with descendants
let statins = code ATC:"C10AA" with descendants, concept 5
index first ever drug in statins where age >= 40 and date in 2015-01-01..2024-12-31 or condition in t2dm
  observed 365 days before
include "diabetes" when any condition in t2dm on or before index
include "control" when at least 2 distinct dates of measurement in concept 3004410
  where value > 6.5 unit "%" or not (value is missing) within 365 days before index
exclude "left" when no visit ending within 3 months of index ignoring observation
include "variant" when carries variant in gene PCSK9 where lof and af < 0.1%
include "others" when any of (carries heterozygous variant rs1, no call at variant "1-2-A-G", sex is female)
include "two" when at least 2 of (age at index in 40..79, not (region in ("Seoul")), unknown (race in concept 8515))
include "answers" when survey smoking.status in ("current") within 2 years before index
keep first entry
end 30 days after end, or at first condition in t2dm
count by sex, age(10), survey smoking.status
"""


def test_the_same_tree_as_the_text() -> None:
    built = (
        cohort("Statin starters")
        .let(
            "t2dm",
            concept(201826, "Type 2 diabetes mellitus", descendants=True).excluding(concept(201254, descendants=True)),
        )
        .let("statins", code("ATC", "C10AA", descendants=True) | concept(5))
        .index(
            first(
                drug("statins").where(
                    field("age") >= 40,
                    field("date").between(datetime.date(2015, 1, 1), datetime.date(2024, 12, 31)),
                ),
                ever=True,
            ),
            condition("t2dm"),
            observed_before=days(365),
        )
        .include("diabetes", any_(condition("t2dm")).on_or_before_index())
        .include(
            "control",
            at_least(
                2,
                measurement(concept(3004410)).where(
                    either(field("value").in_unit("%") > 6.5, never(field("value").is_missing()))
                ),
                distinct="dates",
            ).within(before=days(365)),
        )
        .exclude("left", no(visit()).within(before=months(3), after=months(3)).ending().ignoring_observation())
        .include("variant", carries(gene("PCSK9", where=lof(variant_field("af") < 0.001))))
        .include(
            "others",
            any_of(
                carries(variant("rs1"), zygosity="heterozygous"),
                no_call(variant("1-2-A-G")),
                person("sex").among("female"),
            ),
        )
        .include(
            "two",
            at_least_of(
                2,
                person("age at index").between(40, 79),
                not_(person("region").among("Seoul")),
                unknown(person("race").among_concepts(concept(8515))),
            ),
        )
        .include("answers", survey("smoking.status", window(years(-2), days(0))).among("current"))
        .keep_first()
        .end(days(30), first(condition("t2dm")), after="end")
        .count_by("sex", age_bands(10), survey_answers("smoking.status"))
        .build()
    )
    assert built == parse(TEXT)


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(Problems, match="undefined-name"):
        cohort("x").index(drug("statins")).build()
    with pytest.raises(Problems, match="field-not-in-domain"):
        cohort("x").index(drug().where(field("value") > 3)).build()


def test_the_example_of_the_module_runs() -> None:
    assert doctest.testmod(builder).failed == 0
