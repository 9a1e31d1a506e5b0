"""What may come next comes from the grammar itself; `|` marks the cursor."""

import pytest

from cohort_dsl import complete

HEAD = 'cohort "x"\nlet statins = concept 1\nlet t2dm = concept 2\n'


def words(marked: str) -> list[str]:
    text = marked.replace("|", "")
    return [completion.text for completion in complete(text, marked.index("|"))]


@pytest.mark.parametrize(
    ("marked", "some"),
    [
        ("|", {"cohort", "let", "index"}),
        ("inc|", {"include"}),
        (HEAD + "index |", {"everyone", "first", "drug", "condition era"}),
        (HEAD + "index fi|", {"first"}),
        (HEAD + "index drug in |", {"statins", "t2dm", "concept", "code", "("}),
        (HEAD + "index drug in st|", {"statins"}),
        (
            HEAD + 'index drug\ninclude "a" when |',
            {"any", "carries", "score", "survey", "age at index", "unknown", "not"},
        ),
        (HEAD + 'index drug\ninclude "a" when any drug where |', {"days supply", "refills", "age"}),
        (HEAD + 'index drug\ninclude "a" when any drug where visit |', {"type"}),
        (HEAD + 'index drug\ninclude "a" when any drug where age > 3 and |', {"age", "refills", "carries", "any"}),
        (HEAD + 'index drug\ninclude "a" when any drug |\nkeep first entry', {"in", "where", "before", "within"}),
        (HEAD + 'index drug\ninclude "a" when sex is |', {"female", "male"}),
        (HEAD + 'index drug\ninclude "a" when carries variant in gene X where |', {"lof", "af", "clinvar"}),
        (
            HEAD + 'index drug\ninclude "a" when carries |',
            {"variant", "variants", "at", "hemizygous", "biallelic", "candidate compound heterozygous"},
        ),
        (HEAD + 'index drug\ninclude "a" when carries at least 2 |', {"variants", "alleles"}),
        (HEAD + 'index drug\ninclude "a" when carries compound |', {"heterozygous"}),
        (HEAD + 'index drug\ninclude "a" when carries variant |', {"in", "hgvs", "rsID", "where"}),
        (HEAD + 'index drug\ninclude "a" when carries variants in |', {"gene", "panel", "region"}),
        (HEAD + 'index drug\ninclude "a" when carries variants in gene A |', {"or panel", "in", "where"}),
        (HEAD + 'index drug\ninclude "a" when carries variant rs1 |', {"in cis with", "in trans with", "and"}),
        (HEAD + 'index drug\ninclude "a" when score ldl |', {"percentile", ">=", "in"}),
        (HEAD + "index drug\ncount by genotype of |", {"variant"}),
        (HEAD + "index drug\nkeep |", {"first", "last", "all"}),
        (HEAD + "index drug\ncount by sex, |", {"age", "region", "race", "index", "survey", "genotype"}),
        (HEAD + "index zzz\nkeep |", {"first"}),
        (HEAD + "mode |", {"circe-exact", "corrected"}),
        (HEAD + "mode circe-|", {"circe-exact"}),
        (HEAD + "index |", {"earliest", "era of", "gap of at least", "answer to"}),
        (HEAD + "index drug |", {"coded", "spanning", "where", "covering", "having", "then", "or"}),
        (HEAD + "index drug having (|", {"any", "its age", "its date", "sex"}),
        (HEAD + "index drug having (any condition before |", {"it", "its end", "observation start"}),
        (HEAD + "index era of drug |", {"with gaps of at most"}),
        (HEAD + "index drug\nqualify |", {"earliest", "latest", "when"}),
        (
            HEAD + 'index drug\ninclude "a" when any drug |',
            {"overlapping", "with a gap of at most", "at the same visit"},
        ),
        (HEAD + 'index drug\ninclude "a" when any drug before index |', {"ending", "meeting", "ignoring", "and"}),
        (HEAD + 'index drug\ninclude "a" when any drug before index and |', {"ending", "during", "any"}),
        (HEAD + 'index drug\ninclude "a" when any drug before |', {"index", "observation end"}),
        (HEAD + 'index drug\ninclude "a" when any measurement where |', {"abnormal", "range low ratio"}),
        (HEAD + 'index drug\ninclude "a" when at least 2 distinct |', {"end dates", "visits", "days supplies"}),
        (HEAD + 'index drug\ninclude "a" when race is |', {"missing"}),
        (HEAD + "index drug\nend |", {"at", "number", "with exposure to"}),
        (HEAD + "index drug\nend 7 days after |", {"start", "end", "exposure"}),
        (HEAD + "index drug\nend with exposure to statins |", {"with"}),
        (HEAD + "index drug\nincidence of drug per |", {"year", "month"}),
    ],
)
def test_offers(marked: str, some: set[str]) -> None:
    assert some <= set(words(marked))


def test_fields_are_those_of_the_domain() -> None:
    assert "value" not in words(HEAD + 'index drug\ninclude "a" when any drug where |')
    assert "rising" not in words(HEAD + "index drug |")
    assert "rising" in words(HEAD + "index measurement |")
    assert "abnormal" not in words(HEAD + 'index drug\ninclude "a" when any drug where |')
    assert "value" in words(HEAD + 'index drug\ninclude "a" when any measurement where |')


def test_a_name_declared_later_is_offered() -> None:
    assert "later" in words('cohort "x"\nindex drug in |\nlet later = concept 1')


@pytest.mark.parametrize("marked", ['cohort "inc|', "# inc|", HEAD + "index zzz |"])
def test_offers_nothing(marked: str) -> None:
    assert words(marked) == []


def test_the_start_of_the_word_is_given() -> None:
    (completion,) = complete("inclu", 5)
    assert (completion.text, completion.start) == ("include", 0)
