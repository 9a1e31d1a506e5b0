"""What a search for variants finds, what it says of a name that is not known, and what it refuses."""

import pytest

from cohort_dsl import parse
from cohort_dsl.ast import Carries
from engine.catalog.variant_search import SearchKind, VariantFinder, VariantSearch
from schemas.errors import AnalysisProblem, TooExpensive
from schemas.search import MOST_CHARACTERS, SPELLINGS

LEU46 = "1-55039974-G-T"


def names(found: VariantSearch) -> list[str]:
    return [one.variant.name for one in found.found]


def near(found: VariantSearch) -> list[str]:
    return [one.variant.name for one in found.near]


@pytest.mark.parametrize(
    "text",
    [
        "rs11591147",
        " RS11591147 ",
        "1-55039974-G-T",
        "chr1:55,039,974 g>t",
        "1:55039973:AG:AT",
        "NC_000001.11:55039973:G:T",
        "NC_000001.11:g.55039974G>T",
        "GRCh38 1-55039974-G-T",
        "NM_174936.4:c.137G>T",
        "NM_174936:c.137G>T",
        "NM_174936.4(PCSK9):c.137G>T (p.Arg46Leu)",
        "PCSK9:c.137G>T",
        "pcsk9:p.R46L",
        "PCSK9:p.(Arg46Leu)",
    ],
)
def test_every_spelling_finds_the_same_variant(finder: VariantFinder, text: str) -> None:
    found = finder.search(text, limit=20)
    assert (names(found), found.is_known, found.total, found.hint) == ([LEU46], True, 1, None)
    row = found.found[0]
    assert row.words == "variant rs11591147"
    assert (row.variant.gene, row.variant.transcript, row.variant.consequence, row.variant.clinvar) == (
        "PCSK9", "NM_174936.4", "missense_variant", "benign")  # fmt: skip
    assert row.variant.af_external == 0.0094


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("rs11591147", SearchKind.RSID, "variant rs11591147"),
        ("rs999", SearchKind.RSID, "variant rs999"),
        ("chr1:55039974:g:t", SearchKind.ALLELE, 'variant "1-55039974-G-T"'),
        ("2-7-A-C", SearchKind.ALLELE, 'variant "2-7-A-C"'),
        ("PCSK9:p.R46L", SearchKind.HGVS, 'variant hgvs "PCSK9:p.Arg46Leu"'),
        ("pcsk9", SearchKind.GENE, "variant in gene PCSK9"),
        ("chr1:55,039,447-55,064,852", SearchKind.REGION, "variant in region 1:55039447-55064852"),
        ("X:9", SearchKind.REGION, "variant in region X:9-9"),
    ],
)
def test_the_words_mean_in_a_document_what_was_searched_for(
    finder: VariantFinder, text: str, kind: SearchKind, words: str
) -> None:
    found = finder.search(text, limit=20)
    assert (found.kind, found.words) == (kind, words)
    rule = parse(f'cohort "x"\nindex everyone\ninclude "x" when carries {words}\n').rules[0]
    assert isinstance(rule.criterion, Carries)


def test_a_gene_lists_its_variants_the_most_severe_first(finder: VariantFinder) -> None:
    every = ["1-55039767-G-A", "1-55040020-AT-A", LEU46, "1-55040000-C-T", "1-55040000-C-A", "1-55040030-C-G"]
    assert names(finder.search("PCSK9", limit=20)) == every
    first = finder.search("PCSK9", limit=2)
    assert (names(first), first.total) == (every[:2], 6)


def test_a_gene_on_two_contigs_is_searched_on_both(finder: VariantFinder) -> None:
    assert names(finder.search("SHOX", limit=20)) == ["Y-9-G-A", "X-9-G-A"]


def test_a_gene_without_known_variants_is_known_all_the_same(finder: VariantFinder) -> None:
    found = finder.search("TP53", limit=20)
    assert (found.is_known, found.total, found.words) == (True, 0, "variant in gene TP53")


def test_a_region_lists_its_variants_in_order(finder: VariantFinder) -> None:
    found = finder.search("1:55039974-55040000", limit=2)
    assert (names(found), found.total) == ([LEU46, "1-55040000-C-A"], 3)
    assert names(finder.search("2:1-4", limit=20)) == []


def test_an_id_of_several_alleles_finds_all_and_each_is_written_as_itself(finder: VariantFinder) -> None:
    found = finder.search("rs7", limit=20)
    assert [one.words for one in found.found] == ['variant "1-55040000-C-A"', 'variant "1-55040000-C-T"']
    assert [one.words for one in finder.search("1-55040000-C-T", limit=20).found] == ['variant "1-55040000-C-T"']


@pytest.mark.parametrize(
    ("text", "others", "hint"),
    [
        ("1-55039974-C-T", [LEU46], "the reference at 1:55039974 is G in the annotation, not C"),
        ("1-55039974-T-G", [LEU46], "the reference at 1:55039974 is G in the annotation, not T"),
        ("1-55039973-AC-A", [], "the reference at 1:55039974 is G in the annotation, not C"),
        ("1-55039974-G-C", [LEU46], "other alleles at this position"),
        ("1-55040024-TT-T", ["1-55040020-AT-A"], "leftmost"),
        ("1-55040100-G-C", [], None),
        ("NM_174936.3:c.137G>T", [LEU46], "another version: NM_174936.4"),
        ("PCSK9:c.137G>A", [LEU46], "other changes at this position"),
        ("PCSK9:c.13G>A", [], None),
        ("PCSK9:c.163del", ["1-55040000-C-A", "1-55040000-C-T"], "other changes at this position"),
        ("NM_000001.1:c.137G>T", [], "names no variant by NM_000001.1"),
        ("rs12", [], "no such dbSNP id"),
        ("PCKS9", [], "did you mean the gene `PCSK9`?"),
    ],
)
def test_what_is_not_known_gets_what_was_perhaps_meant(
    finder: VariantFinder, text: str, others: list[str], hint: str | None
) -> None:
    found = finder.search(text, limit=20)
    assert (found.is_known, names(found), found.total) == (False, [], 0)
    assert near(found) == others
    assert (found.hint is None) if hint is None else (hint in (found.hint or ""))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hg19 1-55505647-G-T", "other-assembly"),
        ("NC_000001.10:g.55505647G>T", "other-assembly"),
        ("NC_000001.10:55505646:G:T", "other-assembly"),
        ("c.137G>T", "bad-variant"),
        ("rs12x", "bad-variant"),
        ("1-55039974-G-<DEL>", "bad-variant"),
        ("1:9-5", "bad-region"),
        ("'; DROP TABLE known_variant; --", "bad-variant"),
        ("%", "bad-variant"),
    ],
)
def test_what_names_nothing_is_refused_with_advice(finder: VariantFinder, text: str, code: str) -> None:
    with pytest.raises(AnalysisProblem) as refused:
        finder.search(text, limit=20)
    assert refused.value.code == code
    if code == "bad-variant":
        assert refused.value.expected == SPELLINGS


@pytest.mark.parametrize(
    ("text", "code"), [("A" * (MOST_CHARACTERS + 1), "search-too-long"), ("1:1-5000001", "region-too-long")]
)
def test_searches_are_limited(finder: VariantFinder, text: str, code: str) -> None:
    with pytest.raises(TooExpensive) as refused:
        finder.search(text, limit=20)
    assert refused.value.code == code


def test_each_spelling_that_is_advised_can_be_searched(finder: VariantFinder) -> None:
    assert [finder.search(text, limit=1).is_known for text in SPELLINGS] == [True] * len(SPELLINGS)
