"""The Python spelling makes the tree that the text makes."""

import datetime
import doctest

import pytest

from cohort_dsl import builder, parse
from cohort_dsl.ast import Anchor, Comparator, Compare
from cohort_dsl.builder import (
    abnormal,
    age_bands,
    all_of,
    answers,
    any_,
    any_of,
    at_least,
    at_least_of,
    biallelic,
    burden,
    carries,
    code,
    cohort,
    compound_heterozygous,
    concept,
    concepts,
    condition,
    days,
    drug,
    either,
    eras,
    exposure,
    field,
    first,
    from_end,
    from_start,
    gaps,
    gene,
    genotype_of,
    in_cis,
    in_trans,
    last,
    lof,
    measurement,
    months,
    never,
    no,
    no_call,
    not_,
    panel,
    person,
    procedure,
    region,
    score,
    survey,
    survey_answers,
    unknown,
    variant,
    variant_field,
    variants,
    variants_where,
    visit,
    window,
    years,
)
from schemas.errors import AnalysisProblem, Problems

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


CIRCE = """
cohort "All that Circe says and more" mode circe-exact
let nothing = none
index earliest of first ever condition in nothing coded in nothing spanning 7 days before start to 30 days after end
    where stop reason is like "x%" covering 2010-01-01..2014-12-31
  or measurement where abnormal having (any condition overlapping it and race is not missing) rising by at least 1.5 within 6 months
  or first era of drug with gaps of at most 30 days or gap of at least 60 days in drug or answer to smoking.status in ("a", "b")
  or answer to x or answer to y >= 3 or last (condition then drug within 30 days then procedure)
  observed 1 year before
qualify latest when all of ()
include "a" when any drug with a gap of at most 30 days to index and during index at the same visit
include "b" when no visit containing index and meeting index and met by index
include "c" when any drug within 30 days after observation start and index date in 2010-01-01..2011-01-01
end 30 days after start, or 7 days after exposure to nothing with gaps of at most 30 days and supply of 28 days, or at drug
join entries within 3 days
study period 2010-01-01..
incidence of condition per month
"""


def test_the_same_tree_as_the_text_for_what_circe_says() -> None:
    first_day, last_day = datetime.date(2010, 1, 1), datetime.date(2014, 12, 31)
    nothing = "nothing"
    built = (
        cohort("All that Circe says and more")
        .mode("circe-exact")
        .let("nothing", concepts())
        .index(
            first(
                condition(nothing)
                .coded(nothing)
                .spanning(from_start(days(-7)), from_end(days(30)))
                .where(field("stop reason").like("x%"))
                .covering(first_day, last_day),
                ever=True,
            ),
            measurement()
            .where(abnormal())
            .having(all_of(any_(condition()).overlapping_index(), not_(person("race").is_missing())))
            .rising(1.5, months(6)),
            first(eras(drug(), gap=days(30))),
            gaps(drug(), at_least=days(60)),
            answers("smoking.status", among=("a", "b")),
            answers("x"),
            answers("y", Compare(operator=Comparator.GE, value=3)),
            last(condition().then(drug(), days(30)).then(procedure())),
            observed_before=years(1),
            pick="earliest",
        )
        .qualify(all_of(), pick="latest")
        .include("a", any_(drug()).with_gap_to_index(days(30)).during_index().at_same_visit())
        .include("b", no(visit()).containing_index().meeting_index().met_by_index())
        .include(
            "c",
            all_of(
                any_(drug()).during(window(days(0), days(30), anchor=Anchor.OBSERVATION_START)),
                person("index date").between(first_day, datetime.date(2011, 1, 1)),
            ),
        )
        .end(days(30), drug(), exposure=exposure(nothing, gap=30, offset=7, supply=28))
        .join_entries(within=3)
        .study_period(first_day, None)
        .incidence(condition(), per="month")
        .build()
    )
    assert built == parse(CIRCE)


GENOTYPES = """
cohort "Genotypes"
index everyone
include "a" when carries variant in (rs1, "1-5-A-C", hgvs "PCSK9:p.Arg46Leu")
include "b" when carries hemizygous variant in region X:1-9
include "c" when carries at least 2 variants in gene LDLR or panel "Cardiomyopathy" where lof
include "d" when carries at least 3 alleles of variants in panel ("A", "B") in region 1:5-9
include "e" when carries biallelic variants in gene A and carries compound heterozygous variants in gene B
include "f" when carries candidate compound heterozygous variants in gene C where external af < 1%
include "g" when carries variant rs1 in cis with variant rs2 or carries variant rs1 in trans with variant rs2
include "h" when score ldl percentile >= 95 and score ldl in 1..2 and score t2d < 3 and score t2d <= 4 and score t2d > 5
count by genotype of variant rs671
"""


def test_the_same_tree_as_the_text_for_genotypes() -> None:
    one, two = variant("rs1"), variant("RS2")
    built = (
        cohort("Genotypes")
        .include("a", carries(variants("rs1", "chr1:5:A:C", "PCSK9:p.R46L")))
        .include("b", carries(variants_where(region=region("chrX", 1, 9)), zygosity="hemizygous"))
        .include("c", burden(2, variants_where(lof(), genes=("LDLR",), panels=("Cardiomyopathy",))))
        .include("d", burden(3, panel("A", "B", region=region("1", 5, 9)), of="alleles"))
        .include("e", all_of(biallelic(gene("A")), compound_heterozygous(gene("B"))))
        .include("f", compound_heterozygous(gene("C", where=variant_field("external af") < 0.01), candidates=True))
        .include("g", any_of(in_cis(one, two), in_trans(one, two)))
        .include(
            "h",
            all_of(
                score("ldl").percentile >= 95,
                score("ldl").between(1, 2),
                score("t2d") < 3,
                score("t2d") <= 4,
                score("t2d") > 5,
            ),
        )
        .count_by(genotype_of(variant("rs671")))
        .build()
    )
    assert built == parse(GENOTYPES)


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(Problems, match="undefined-name"):
        cohort("x").index(drug("statins")).build()
    with pytest.raises(AnalysisProblem, match="other-assembly"):
        variant("hg19:1-5-A-C")
    with pytest.raises(Problems, match="field-not-in-domain"):
        cohort("x").index(drug().where(field("value") > 3)).build()


def test_the_example_of_the_module_runs() -> None:
    assert doctest.testmod(builder).failed == 0
