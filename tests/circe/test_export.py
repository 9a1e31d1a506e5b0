"""Documents written here: what Circe can say of them, and what is refused with what to do about it."""

import json
from typing import Any

import pytest

from cohort_dsl import parse
from cohort_dsl.circe import from_circe, to_circe
from schemas.errors import Unsupported

LETS = "let a = concept 1\nlet b = concept 2 excluding concept 3\nlet c = a, concept 4\n"


def document(rest: str, mode: str = "") -> str:
    """A document around a few statements."""
    return f'cohort "x"\n{mode}\n{LETS}\n{rest}'


def written(rest: str) -> dict[str, Any]:
    """The definition that statements become."""
    definition: dict[str, Any] = json.loads(to_circe(parse(document(rest))))
    return definition


REFUSED = [
    ("index cohort \"y\"", "the entries of another cohort"),
    ("index era of drug in a with gaps of at most 30 days", "eras"),
    ("index gap of at least 60 days in drug in a", "gaps"),
    ("index answer to smoking.status", "answers"),
    ("index condition in a then drug in a within 30 days", "a sequence"),
    ("index measurement in a rising by at least 1 within 6 months", "rose or fell"),
    ("index 2nd condition in a", "by number"),
    ("index last condition in a", "by number"),
    ("index first condition in a where age > 5", "the first event after a condition"),
    ("index first ever death in a", "by number"),
    ("index condition in code ICD10:\"E11\"", "the code"),
    ("index condition in (b, concept 9)", "excludes concepts, inside another set"),
    ("index condition in a observed 1 year before", "a time in years"),
    ("index condition in a where age > 5 or age < 3", "`or` inside a where-clause"),
    ("index condition in a where not (age > 5)", "`not` of a comparison"),
    ("index condition in a where age > 5 and age > 6", "two conditions on one field"),
    ("index condition in a where age > 5.5", "5.5"),
    ("index measurement in a where value > 0.00001", "four decimals"),
    ("index condition in a where stop reason is \"x\"", "exactly so"),
    ("index condition in a where stop reason contains \"5%\"", "plain characters"),
    ("index condition in a where source text contains \"x\"", "`source text`"),
    ("index condition in a where duration > 3 days", "`duration`"),
    ("index condition in a covering 2010-01-01..", "`covering`"),
    ("index condition in a include \"r\" when carries variant rs671", "genotypes"),
    ("index condition in a include \"r\" when no call at variant rs671", "genotypes"),
    ("index condition in a include \"r\" when carries at least 2 variants in gene A", "genotypes"),
    ("index condition in a include \"r\" when carries biallelic variants in gene A", "genotypes"),
    ("index condition in a include \"r\" when carries variant rs1 in cis with variant rs2", "genotypes"),
    ("index condition in a include \"r\" when score a > 1", "genotypes"),
    ("index condition in a include \"r\" when survey smoking.status is \"current\"", "survey"),
    ("index condition in a include \"r\" when unknown (sex is male)", "`unknown`"),
    ("index condition in a include \"r\" when birth year > 1970", "`birth year`"),
    ("index condition in a include \"r\" when region in (\"Seoul\")", "`region`"),
    ("index condition in a include \"r\" when any drug within 3 months before index", "a time in months"),
    ("index condition in a include \"r\" when any drug from 30 days after observation start to index", "days counted from"),
    ("index condition in a include \"r\" when any drug on or before observation end ignoring observation", "days counted from"),
    ("index condition in a include \"r\" when any drug starting from index to index end and ending after index", "two windows"),
    ("index condition in a end 1 year after start", "a time in years"),
    ("index condition in a count by sex", "`count by`"),
    ("index condition in a incidence of drug in a per year", "`incidence`"),
]  # fmt: skip


@pytest.mark.parametrize(("rest", "construct"), REFUSED)
def test_what_circe_cannot_say(rest: str, construct: str) -> None:
    with pytest.raises(Unsupported) as caught:
        to_circe(parse(document(rest)))
    problem = caught.value
    assert problem.code == "circe-cannot-say"
    assert construct in problem.message
    assert problem.hint


@pytest.mark.parametrize(
    "rest",
    [
        "index drug in a where end date > 2015-01-01",
        "index drug in a where dose > 5",
        "index visit detail in a where age > 5",
        "index location region in a where date > 2015-01-01",
        "index specimen in a spanning start to 1 day after end",
        "index death in a spanning end to end",
        'index death include "r" when race in (concept 1 with descendants)',
        'index death include "r" when not (ethnicity in concept 1)',
    ],
)
def test_what_ohdsi_computes_otherwise_is_refused_of_an_exact_document(rest: str) -> None:
    to_circe(parse(document(rest)))
    with pytest.raises(Unsupported) as caught:
        to_circe(parse(document(rest, "mode circe-exact")))
    assert caught.value.code == "circe-cannot-say"


def test_the_refusal_points_at_the_construct() -> None:
    text = document(
        'index condition in a\ninclude "y" when any drug within 2 months of index and carries variant rs671'
    )
    with pytest.raises(Unsupported) as caught:
        to_circe(parse(text))
    span = caught.value.span
    assert span is not None
    assert "2 months" in text[span.start : span.end]
    assert caught.value.message.startswith("rule `y`: ")


MEANT = [
    ("index everyone", "index first ever observation period spanning start to start"),
    ("index everyone on 2020-01-01", "index observation period covering 2020-01-01..2020-01-01"),
    ("index first condition in a", "index first ever condition in a"),
    ("index condition in a where age >= 5 and age <= 7", "index condition in a where age in 5..7"),
    ("index condition in a where age in 5..", "index condition in a where age >= 5"),
    ("index condition in a exclude \"r\" when any drug", "index condition in a include \"r\" when no drug"),
    ("index condition in a include \"r\" when exactly 1 of (any drug, any death, sex is male)",
     "index condition in a include \"r\" when at least 1 of (any drug, any death, sex is male)"
     " and at most 1 of (any drug, any death, sex is male)"),
    ("index condition in a include \"r\" when any drug from 3 weeks before index to index end",
     "index condition in a include \"r\" when any drug from 21 days before index to index end"),
    ("index condition in a include \"r\" when any drug ending after index",
     "index condition in a include \"r\" when any drug ending after index"),
    ("index condition in a include \"r\" when any drug overlapping index",
     "index condition in a include \"r\" when any drug overlapping index"),
    ("index condition in a include \"r\" when any drug during index",
     "index condition in a include \"r\" when any drug during index"),
    ("index condition in a end at first drug in a", "index condition in a end at drug in a"),
]  # fmt: skip


@pytest.mark.parametrize(("rest", "back"), MEANT)
def test_what_circe_says_in_its_own_way(rest: str, back: str) -> None:
    """A document that comes back in other words with the same meaning."""
    exact = parse(document(rest, "mode circe-exact"))
    cohort = from_circe(to_circe(exact)).cohort
    expected = parse(document(back, "mode circe-exact"))
    assert from_circe(to_circe(expected)).cohort == cohort
    assert cohort.index == expected.index or "everyone" in rest


def test_sets_without_a_name_get_one() -> None:
    definition = written("index condition in (concept 7 with descendants)")
    assert [one["name"] for one in definition["ConceptSets"]] == ["a", "b", "c", "set 3"]
    assert definition["PrimaryCriteria"]["CriteriaList"] == [{"ConditionOccurrence": {"CodesetId": 3}}]


def test_a_set_of_sets_is_written_out() -> None:
    items = written("index condition in c")["ConceptSets"][2]["expression"]["items"]
    assert [item["concept"]["CONCEPT_ID"] for item in items] == [1, 4]
    assert [item["isExcluded"] for item in written("index death")["ConceptSets"][1]["expression"]["items"]] == [
        False,
        True,
    ]


def test_units_are_attributes_of_their_own() -> None:
    (one,) = written("index measurement in a where value > 6.5 unit concept 8554")["PrimaryCriteria"]["CriteriaList"]
    assert one["Measurement"]["ValueAsNumber"] == {"Value": 6.5, "Op": "gt"}
    assert one["Measurement"]["Unit"] == [{"CONCEPT_ID": 8554}]
