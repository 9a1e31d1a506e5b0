"""Where each lint's border runs: documents it must speak of beside ones, as like as can be, that it must not.

Rows are statements after `cohort` and the sets `a`, `b` and `lab`, which stand beneath every row; where a row has no
`index`, the index is the first condition in `a` ever, observed for two years on either side.
"""

import pytest

from cohort_dsl import parse
from cohort_dsl.lint import lint

_SETS = "let a = concept 1\nlet b = concept 2\nlet lab = concept 3"
_INDEX = "index first ever condition in a observed 2 years before and 2 years after"


def codes(row: str) -> set[str]:
    mode = "mode circe-exact\n" if row.startswith("mode") else ""
    body = row.removeprefix("mode circe-exact\n")
    index = "" if "index " in body.split('"')[0] else f"{_INDEX}\n"
    return {found.code for found in lint(parse(f'cohort "x"\n{mode}{_SETS}\n{index}{body}\n'))}


def include(criterion: str) -> str:
    return f'include "r" when {criterion}'


# fmt: off
ROWS = [
    # code, what it speaks of, what it does not
    ("repeated-criterion", include("any drug in b after index or any drug in b after index"),
                           include("any drug in b after index or any drug in b before index")),
    ("repeated-criterion", include("at least 2 of (any drug in b, any drug in (b), sex is male)"),
                           include("at least 2 of (any drug in b, any drug in lab, sex is male)")),
    ("group-of-one", include("at most 2 of (any drug in b, sex is male)"),
                     include("at most 1 of (any drug in b, sex is male)")),
    ("impossible-test", "index first ever drug in a where days supply > 10 and days supply < 5",
                        "index first ever drug in a where days supply > 5 and days supply < 10"),
    ("impossible-test", "index first ever condition in a where age > 39 and age < 40",
                        "index first ever condition in a where age > 38 and age < 40"),
    ("impossible-test", "index first ever measurement in a where value < 1 unit \"%\" and value > 2 unit \"%\"",
                        "index first ever measurement in a where value < 1 unit \"%\" or value > 2 unit \"%\""),
    ("impossible-test", "index first ever measurement in a where value is missing and value > 0",
                        "index first ever measurement in a where value is missing or value > 0"),
    ("impossible-test", "index first ever drug in a where quantity = 1 and not (quantity = 1)",
                        "index first ever drug in a where quantity = 1 and not (quantity = 2)"),
    ("impossible-test", include("age at index >= 1970"), include("birth year >= 1970")),
    ("idle-test", include("age at index >= 0"), include("age at index > 0")),
    ("idle-test", "index first ever condition in a where duration >= 0 days",
                  "index first ever condition in a where duration >= 1 day"),
    ("unlikely-date", "index first ever drug in a where date in 2015-01-01..2150-12-31",
                      "index first ever drug in a where date in 2015-01-01..2099-12-31"),
    ("odd-text", 'index first ever condition in a where stop reason is "died "',
                 'index first ever condition in a where stop reason is "died early"'),
    ("odd-text", 'index first ever condition in a where source text contains "%E11%"',
                 'index first ever condition in a where source text is like "%E11%"'),
    ("odd-text", 'index first ever condition in a where source text is like "E11"',
                 'index first ever condition in a where source text is "100%E"'),
    ("any-concept", include("no drug before index"),
                    include("no visit before index")),
    ("any-concept", include("any measurement after index"),
                    include("any measurement coded in lab after index")),
    ("value-without-unit", "index first measurement in lab where value > 6.5",
                           "index first measurement in lab where value > 0"),
    ("value-without-unit", "index first measurement in lab where value > 6.5",
                           "index first measurement in lab where value > 6.5 and unit in (code UCUM:\"%\")"),
    ("value-without-unit", "index first measurement in lab where value > 6.5",
                           "index first observation in lab where value > 6.5"),
    ("fraction-of-percent", 'index first measurement in lab where value in 0.05..0.07 unit "%"',
                            'index first measurement in lab where value in 0.05..7 unit "%"'),
    ("fraction-of-percent", 'index first measurement in lab where value > 0.065 unit "%"',
                            'index first measurement in lab where value > 0.065 unit "g/dL"'),
    ("number-in-two-units", include('any measurement in lab where value > 7 unit "%"')
                            + "\n" + include('any measurement in lab where value > 7 unit "mmol/L"').replace('"r"', '"s"'),
                            include('any measurement in lab where value > 7 unit "%"')
                            + "\n" + include('any measurement in b where value > 7 unit "mmol/L"').replace('"r"', '"s"')),
    ("impossible-window", include("any drug in b from 10 days after observation end to any time after index"),
                          include("any drug in b from 10 days before observation end to any time after index")),
    ("impossible-window", include("any drug in b starting after index and ending before index"),
                          include("any drug in b starting before index and ending after index")),
    ("impossible-window", "index everyone\n" + include("any drug in b before index"),
                          "index everyone\n" + include("any drug in b before index ignoring observation")),
    ("impossible-window", "index everyone\n" + include("any drug in b before index"),
                          "index everyone\n" + include("any drug in b on or before index")),
    ("unobserved-absence", include("no drug in b within 3 years before index"),
                           include("no drug in b within 2 years before index")),
    ("unobserved-absence", include("no drug in b within 3 years before index"),
                           include("any drug in b within 3 years before index")),
    ("unobserved-absence", include("no drug in b within 3 years after index"),
                           include("no drug in b after index")),
    ("unobserved-absence", 'exclude "r" when any drug in b within 3 years before index',
                           'exclude "r" when no drug in b within 3 years before index'),
    ("unobserved-absence", "index first ever condition in a observed 364 days before\n"
                           + include("no drug in b within 1 year before index"),
                           "index first ever condition in a observed 365 days before\n"
                           + include("no drug in b within 1 year before index")),
    ("after-death", include("any death before index"), include("no death before index")),
    ("after-death", include("any death before index"), include("any death on or before index")),
    ("after-death", "index death\n" + include("any drug in b after index"),
                    "index death\n" + include("any drug in b before index")),
    ("idle-distinct", include("no drug in b before index").replace("no drug", "exactly 0 distinct dates of drug"),
                      include("at least 1 distinct visits of drug in b before index")),
    ("count-of-one-event", include("exactly 2 first ever drug in b"), include("exactly 2 drugs in b")),
    ("first-without-ever", "index first drug in b where age >= 40",
                           'index first measurement in lab where value > 7 unit "%"'),
    ("first-without-ever", "index first drug in b where age >= 40",
                           'index first drug in b where age >= 40\nexclude "r" when any drug in b before index'),
    ("first-without-ever", "index first drug in b where age >= 40",
                           "index last drug in b where age >= 40"),
    ("ordinal-in-window", include("2nd drug in b after index"), include("at least 2 drugs in b after index")),
    ("idle-limit", "index earliest of condition in a\nkeep last entry", "index condition in a\nkeep last entry"),
    ("idle-limit", "index earliest of condition in a\nqualify latest when sex is male",
                   "index earliest of condition in a\nqualify when sex is male"),
    ("idle-limit", "index condition in a\nqualify earliest when sex is male\nkeep first entry",
                   "index condition in a\nqualify when sex is male\nkeep first entry"),
    ("idle-limit", "index condition in a\nkeep first entry\njoin entries within 30 days",
                   "index condition in a\nend 30 days after start\njoin entries within 30 days"),
    ("several-firsts", "index first ever condition in a or first ever drug in b",
                       "index first ever condition in a or first ever drug in b\nkeep first entry"),
    ("endless-entries", "index condition in a", "index condition in a\nkeep last entry"),
    ("backward-end", "index first ever condition in a\nend 0 days after start\n"
                     "incidence of first drug in b per year",
                     "index first ever condition in a\nend 0 days after end\n"
                     "incidence of first drug in b per year"),
    ("other-exposure", "index first ever drug in a\nend with exposure to b",
                       "index first ever drug in b\nend with exposure to b"),
    ("outside-study-period", "index first ever drug in b where date in 2010-01-01..2012-12-31\nstudy period 2013-01-01..",
                             "index first ever drug in b where date in 2010-01-01..2012-12-31\nstudy period 2012-01-01.."),
    ("contradiction", include("sex is male and sex is female"), include("sex is male or sex is missing")),
    ("contradiction", include("age at index >= 60 and age at index < 40"),
                      include("age at index >= 60 or age at index < 40")),
    ("contradiction", include("at least 3 drugs in b after index and at most 2 drugs in b after index"),
                      include("at least 2 drugs in b after index and at most 2 drugs in b after index")),
    ("contradiction", include("any drug in b from 1 day after to 30 days after index and no drug in b after index or sex is male"),
                      include("any drug in b on or after index and no drug in b after index or sex is male")),
    ("contradiction", include("(any drug in b where quantity > 3) and no drug in b"),
                      include("any drug in b and (no drug in b where quantity > 3)")),
    ("unreachable-burden", include('carries at least 3 alleles of variants in (rs1, "RS1")'),
                           include("carries at least 3 alleles of variants in (rs1, rs2)")),
    ("unreachable-burden", include("carries at least 2 variants rs1"), include("carries at least 1 variant rs1")),
    ("unreachable-burden", include("carries biallelic variants in (rs1, rs1)"),
                           include("carries biallelic variants in (rs1, rs2)")),
    ("unreachable-burden", include("carries variant rs1 in trans with variant rs1"),
                           include("carries variant rs1 in trans with variant rs2")),
    ("idle-burden", include("carries at least 2 alleles of variant rs1"),
                    include("carries at least 2 alleles of variants in gene A where lof")),
    ("percent-slip", include("score a percentile < 0.5"), include("score a < 0.5 or score a percentile <= 1")),
    ("percent-slip", include("carries variant in gene A where af < 5"),
                     include("carries variant in gene A where external af < 5%")),
    ("impossible-test", include("score a percentile >= 100"), include("score a percentile >= 99.99")),
    ("idle-test", include("score a percentile >= 0"), include("score a percentile > 0")),
    ("any-variant", include("carries biallelic variants in gene A"),
                    include("carries biallelic variants in gene A in region 1:5-9")),
    ("contradiction", include("score a > 1") + '\nexclude "s" when score a > 1',
                      include("score a > 1") + '\nexclude "s" when score a > 2'),
    ("contradiction", include("carries variant rs671") + '\nexclude "s" when carries variant rs671',
                      include("carries variant rs671") + '\nexclude "s" when carries homozygous variant rs671'),
    ("contradiction", include("any drug in b having (its age >= 60 and its age < 40)"),
                      include("any drug in b having (its age >= 40 and its age < 60)")),
    ("always-met", include("age at index >= 18 or age at index < 40"),
                   include("age at index >= 40 or age at index < 18")),
    ("always-met", include("no drug in b before index or any drug in b on or before index"),
                   include("no drug in b before index or any drug in b after index")),
    ("implied-by-index", "index first ever condition in a where age >= 40\n" + include("age at index >= 40"),
                         "index first ever condition in a where age >= 40\n" + include("age at index >= 41")),
    ("implied-by-index", "index first ever condition in a where age >= 40\n" + include("age at index >= 40"),
                         "index first ever condition in a where age >= 40 or first ever drug in b\nkeep first entry\n"
                         + include("age at index >= 40")),
    ("implied-by-index", include("any condition in a on or before index"),
                         include("any condition in a before index or sex is male")),
    ("implied-by-index", include("no condition in a before index"),
                         "index earliest of condition in a\n" + include("no condition in a before index")),
    ("denied-by-index", include("any condition in a before index"),
                        "index earliest of condition in a\n" + include("any condition in a before index")),
    ("denied-by-index", include("no condition in a"),
                        include("no condition in a where age < 30")),
    ("denied-by-index", "index first ever condition in a where age >= 40\n" + include("age at index < 40"),
                        "index first ever condition in a where age >= 40\n" + include("age at index < 41")),
    ("beyond-circe", "mode circe-exact\n" + include("carries variant rs671"),
                     include("carries variant rs671")),
    ("beyond-circe", "mode circe-exact\n" + include("score a > 1"), include("score a > 1")),
    ("beyond-circe", "mode circe-exact\nindex 2nd ever condition in a",
                     "mode circe-exact\nindex first ever condition in a"),
]
# fmt: on


@pytest.mark.parametrize(("code", "found", "left"), ROWS, ids=[f"{row[0]}-{n}" for n, row in enumerate(ROWS)])
def test_the_border_of_a_lint(code: str, found: str, left: str) -> None:
    assert code in codes(found)
    assert code not in codes(left)
