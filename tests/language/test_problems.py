"""What is wrong is said once, in its place, with what was expected; several faults in one run."""

import pytest

from cohort_dsl import from_json, parse, render_problem
from schemas.errors import Problem, Problems

HEAD = 'cohort "x"\nlet statins = concept 1\nlet t2dm = concept 2\nindex drug in statins\n'


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(Problems) as caught:
        parse(text)
    return caught.value.problems


def rule(criterion: str) -> str:
    return f'{HEAD}include "r" when {criterion}\n'


def test_several_problems_in_one_run() -> None:
    text = HEAD + 'include "a" when any conditoin before index\nkeep frist entry\ncount by sex, aeg(10)\n'
    found = problems(text)
    assert [problem.code for problem in found] == ["unexpected-word"] * 3
    assert [problem.hint for problem in found] == [
        "did you mean `condition`?",
        "did you mean `first`?",
        "did you mean `age`?",
    ]


def test_the_place_is_underlined() -> None:
    text = 'cohort "x"\nindex drug\nkeep frist entry\n'
    (problem,) = problems(text)
    assert render_problem(text, problem).splitlines() == [
        "unexpected-word: expected `all`, `first` or `last`, found `frist`",
        "  at line 3, column 6",
        "3 | keep frist entry",
        "  |      ^^^^^",
        "  hint: did you mean `first`?",
    ]


def test_the_place_of_a_variant_is_underlined() -> None:
    text = 'cohort "x"\nindex drug\ninclude "r" when carries variant in (rs671, "hg19:1-5-A-C")\n'
    (problem,) = problems(text)
    assert render_problem(text, problem).splitlines() == [
        "other-assembly: the position is of hg19, not of GRCh38",
        "  at line 3, column 45",
        '3 | include "r" when carries variant in (rs671, "hg19:1-5-A-C")',
        "  |                                             ^^^^^^^^^^^^^^",
        "  hint: positions are never converted: name the variant by its rsID or HGVS name, or by its position in GRCh38",
    ]


@pytest.mark.parametrize(
    ("criterion", "hint"),
    [
        ("carries homozygos variant rs671", "homozygous"),
        ("carries bialelic variants in gene A", "biallelic"),
        ("carries candidate compund heterozygous variants in gene A", "compound"),
        ("carries at least 2 alelles of variants in gene A", "alleles"),
        ("carries variant rs1 in cys with variant rs2", "cis"),
        ('carries variant in pannel "A"', "panel"),
        ("score ldl percentil >= 95", "percentile"),
    ],
)
def test_what_was_meant_of_genotypes(criterion: str, hint: str) -> None:
    (problem,) = problems(rule(criterion))
    assert problem.hint == f"did you mean `{hint}`?"


def test_korean_letters_keep_the_caret_in_line() -> None:
    text = 'cohort "한글" ?\nindex drug'
    (problem,) = problems(text)
    assert render_problem(text, problem).splitlines()[2:4] == ['1 | cohort "한글" ?', "  |               ^"]


@pytest.mark.parametrize(
    ("criterion", "code"),
    [
        ("any condition in statinz before index", "undefined-name"),
        ("any condition where value > 3", "field-not-in-domain"),
        ("any measurement where value > 2015-01-01", "wrong-kind"),
        ("any measurement where date > 3", "wrong-kind"),
        ('any drug where age > 3 unit "a"', "unit-not-allowed"),
        ("any drug where age in 9..3", "empty-range"),
        ("any drug where age in 9..2015-01-01", "wrong-kind"),
        ("at least 0 drugs", "at-least-zero"),
        ("at least 3 of (any drug, sex is male)", "group-number"),
        ("any drug from 3 days after index to 3 days before index", "empty-window"),
        ("any drug before index after index", "unexpected-word"),
        ("any drug before index" + " and starting after index" * 8, "too-many-windows"),
        ("any of ()", "empty-group"),
        ("any drug having (any condition before index)", "wrong-subject"),
        ("any drug having (age at index > 3)", "wrong-subject"),
        ("any drug having (any condition overlapping index)", "wrong-subject"),
        ("any drug before it", "wrong-subject"),
        ("any drug after its end", "wrong-subject"),
        ("its age > 3", "wrong-subject"),
        ("any drug having any condition before it", "unexpected-word"),
        ("any drug having (any condition before it", "unexpected-end"),
        ("any drug where abnormal", "field-not-in-domain"),
        ("any drug era coded in statins", "field-not-in-domain"),
        ("any condition rising by at least 1 within 6 months", "field-not-in-domain"),
        ("any measurement rising by at least 0 within 6 months", "bad-trend"),
        ("any measurement rising by at least 1 within 0 months", "bad-trend"),
        ("any measurement rising by 1 within 6 months", "unexpected-word"),
        ("any drug covering ..", "unexpected-end"),
        ("any drug covering 2015-01-01..2014-01-01", "empty-range"),
        ("any era of drug with gaps of at most 1 month", "gap-unit"),
        ("any gap of at least 0 days in drug", "gap-range"),
        ("any gap of 60 days in drug", "unexpected-word"),
        ("any era of first drug", "inner-ordinal"),
        ("any (condition then 2nd drug)", "inner-ordinal"),
        ("any (drug in statins)", "unexpected-word"),
        ("any drug then condition within 0 days", "empty-window"),
        ("any answer to a > 2015-01-01", "wrong-kind"),
        ("at least 2 distinct lots of drug", "unexpected-word"),
        ("index date > 3", "wrong-kind"),
        ("index date in 2015-01-01..2014-01-01", "empty-range"),
        ("age at index is missing", "unexpected-word"),
        ("any drug at the same hospital", "unexpected-word"),
        ("sex is other", "unknown-sex"),
        ("age at index > 2015-01-01", "wrong-kind"),
        ("any drug in concept 99999999999", "bad-concept-id"),
        ('carries variant "rubbish"', "bad-variant"),
        ("carries variant in region 1:9-3", "bad-region"),
        ("carries variant in region GL000192.1:1-9", "bad-region"),
        ("carries variant in region NC_000001.10:1-9", "other-assembly"),
        ('carries variant "NC_000001.10:g.55505647G>T"', "other-assembly"),
        ('carries variant in (rs671, "GRCh37:1-5-A-C")', "other-assembly"),
        ("carries variant in ()", "unexpected-word"),
        ("carries variant in (" + ", ".join(["rs671"] * 1_001) + ")", "too-many-items"),
        ("carries variant in gene A in gene B", "unexpected-word"),
        ('carries variant in panel ""', "empty-text"),
        ("carries at least 0 variants in gene A", "burden-range"),
        ("carries at least 17 alleles of variants in gene A", "burden-range"),
        ("carries at least 2 alleles in gene A", "unexpected-word"),
        ("carries at most 2 variants in gene A", "unexpected-word"),
        ("carries compound variants in gene A", "unexpected-word"),
        ("carries biallelic heterozygous variant rs671", "unexpected-word"),
        ("carries variant rs1 in phase with variant rs2", "unexpected-word"),
        ("carries variant rs1 in cis with rs2", "unexpected-word"),
        ("carries variant rs1 in cis with variant in gene A", "unexpected-word"),
        ("carries heterozygous variant rs1 in cis with variant rs2", "unexpected-word"),
        ("score LDL >= 1", "bad-score"),
        ('score "ldl cholesterol" >= 1', "bad-score"),
        ("score ldl", "unexpected-end"),
        ("score ldl >= 2015-01-01", "wrong-kind"),
        ("score ldl percentile >= 101", "percentile-range"),
        ("score ldl percentile in -5..5", "percentile-range"),
        ("score ldl in 5..3", "empty-range"),
        ("carries variant in gene A where af > 2015-01-01", "wrong-kind"),
        ("any drug where date > 1492-01-01", "date-out-of-range"),
        ("any drug where date > 2015-02-30", "bad-date"),
        ("any drug where age > 1e999", "bad-number"),
        ("any drug where age > " + "9" * 50, "bad-number"),
        ("any drug within 151 years before index", "too-far"),
        ("any drug within 1.5 years before index", "bad-number"),
        ("0th drug", "bad-ordinal"),
        ('survey a is "open', "unterminated-text"),
        (r'survey a is "\q"', "bad-escape"),
        (r'survey a is "\u0007"', "unprintable-text"),
        (f'survey a is "{"x" * 257}"', "text-too-long"),
        ("survey a is “current”", "unexpected-character"),
        ("not " * 25 + "sex is male", "too-deep"),
        ("(" * 100 + "sex is male" + ")" * 100, "too-deep"),
        (" and ".join(["sex is male"] * 1_100), "too-many-parts"),
        ("any drug in (" + ", ".join(["concept 1"] * 20_001) + ")", "too-many-items"),
        ("any drug within 3 days before", "unexpected-end"),
    ],
)
def test_one_clear_problem(criterion: str, code: str) -> None:
    assert code in [problem.code for problem in problems(rule(criterion))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing-statement"),
        ("index drug", "missing-statement"),
        (HEAD + "index drug", "second-statement"),
        (HEAD + "let statins = concept 3", "duplicate-name"),
        (HEAD + "let a = b\nlet b = a", "cyclic-name"),
        (HEAD + 'include "a" when sex is male\nexclude "a" when sex is male', "duplicate-rule"),
        (HEAD + "count by sex, sex", "duplicate-dimension"),
        (HEAD + "count by age(0)", "bad-width"),
        (HEAD + 'count by genotype of variant rs671, sex, genotype of variant "RS671"', "duplicate-dimension"),
        (HEAD + "count by genotype of variant in gene A", "unexpected-word"),
        (HEAD + "count by genotype", "unexpected-end"),
        (HEAD + 'count by genotype of variant "rubbish"', "bad-variant"),
        (HEAD + "count by age(10)\nmode circe", "unexpected-word"),
        (HEAD + "qualify when sex is male\nqualify when sex is male", "second-statement"),
        ('cohort "x" index earliest of everyone', "pick-everyone"),
        (HEAD + "study period 2015-01-01..2014-01-01", "empty-range"),
        (HEAD + "study period 2015-01-01", "unexpected-end"),
        (HEAD + "join entries within 1 month", "unexpected-word"),
        (HEAD + "join entries within 99999 days", "too-far"),
        (HEAD + "end with exposure to statins with gaps of at most 99999 days", "too-far"),
        (HEAD + "end 1 month after exposure to statins", "unexpected-word"),
        (HEAD + "incidence of drug per week", "unexpected-word"),
        ("x" * 1_000_001, "too-long"),
        ("x " * 300_000, "too-long"),
    ],
)
def test_document_problems(text: str, code: str) -> None:
    assert code in [problem.code for problem in problems(text)]


def test_undefined_name_says_what_was_meant() -> None:
    text = rule("any drug in statinz")
    (problem,) = problems(text)
    assert problem.span is not None
    assert text[problem.span.start : problem.span.end] == "statinz"
    assert problem.hint == "did you mean `statins`?"


SMALL = '{"kohort": 1, "cohort": {"name": "x", "index": {"events": {"is": "everyone"}}}}'


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ('"kohort": 1', '"kohort": 2', "json-version", "/kohort"),
        ('"name": "x"', '"name": 3', "json-wrong-type", "/cohort/name"),
        ('"name": "x"', '"name": "x", "nmae": "y"', "json-unknown-key", "/cohort"),
        ('"name": "x"', '"name": "x", "name": "y"', "json-duplicate-key", "name"),
        ('"name": "x", ', "", "json-missing-key", "/cohort"),
        ('"everyone"', '"everybody"', "json-wrong-word", "/cohort/index/events/is"),
        ('{"is": "everyone"}', "[3]", "json-wrong-type", "/cohort/index/events/0"),
        ('"everyone"', '"everyone", "on": "2015-13-01"', "json-wrong-type", "/cohort/index/events/on"),
        ('"everyone"}', '"everyone"}, "observed_before": {"count": NaN}', "json-number", "NaN"),
        (
            '"everyone"}',
            '"everyone"}, "observed_before": {"count": true}',
            "json-wrong-type",
            "/cohort/index/observed_before/count",
        ),
        ('"everyone"}', '"everyone"}, "observed_before": {"count": 1.5}', "json-wrong-type", "count"),
        ('"everyone"}', '"everyone"}, "observed_before": {"count": -1}', "negative-time", ""),
        ('"name": "x"', '"name": "x", "join_within": -1', "negative-time", ""),
        ('"name": "x"', '"name": "x", "study_period": {}', "empty-range", ""),
        (
            '"name": "x"',
            '"name": "x", "exit": {"exposure": {"concepts": {"included": []}, "gap": -1}}',
            "negative-time",
            "",
        ),
        (
            '"name": "x"',
            '"name": "x", "incidence": {"outcome": {"is": "event query", "domain": "drug"}, "per": "week"}',
            "incidence-period",
            "",
        ),
        ('{"is": "everyone"}', '[{"is": "sequence", "first": {"domain": "drug"}, "steps": []}]', "empty-group", ""),
        ('{"is": "everyone"}', '[{"is": "eras", "events": {"domain": "drug", "ordinal": {}}}]', "inner-ordinal", ""),
        (
            '{"is": "everyone"}',
            '[{"is": "eras", "events": {"domain": "drug", "ordinals": {}}}]',
            "json-unknown-key",
            "/cohort/index/events/0/events",
        ),
        (
            '{"is": "everyone"}',
            '[{"is": "answers", "question": "a", "test": {"low": 3}}]',
            "json-wrong-word",
            "/cohort/index/events/0/test/is",
        ),
        ('"name": "x"', '"name": "x", "keep": "frist"', "json-wrong-word", "/cohort/keep"),
        ('"name": "x"', '"name": "\\ud800"', "unprintable-text", ""),
        ('"name": "x"', '"name": "x", "count_by": [{"kind": "genotype"}]', "missing-variant", ""),
        (
            '"name": "x"',
            '"name": "x", "rules": [{"kind": "include", "name": "a", "criterion": '
            '{"is": "carries", "variants": {"is": "variant list", "variants": []}}}]',
            "empty-group",
            "",
        ),
        ("}}}}", "}}}", "json-syntax", ""),
        (SMALL, "[" * 100_000, "json-syntax", ""),
        (SMALL, "9" * 5_000, "json-number", ""),
    ],
)
def test_json_is_strict(old: str, new: str, code: str, place: str) -> None:
    from_json(SMALL)
    with pytest.raises(Problems) as caught:
        from_json(SMALL.replace(old, new, 1))
    (problem,) = caught.value.problems
    assert problem.code == code
    assert place in problem.message
