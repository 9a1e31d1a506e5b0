"""How a record is split into alleles, each rule by example, and the page that names the rules."""

import re
from pathlib import Path

import pytest

from engine.genotypes.alleles import CONTIGS, Allele
from engine.ingest.variants.alleles import Rejection, SplitAllele, provenance, split
from engine.ingest.variants.readers.contigs import CONTIG_LENGTHS, assembly_of, plink_contig
from engine.ingest.variants.source import Record
from schemas.errors import DataProblem

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "variant-rules.md"


def record(ref, *alts, contig="1", position=100):
    return Record(contig=contig, position=position, id=None, ref=ref, alts=alts, filter=None, alleles=None)


def kept(*keys, contig="1"):
    return [SplitAllele(number, Allele(contig, *key)) for number, key in enumerate(keys, start=1)]


@pytest.mark.parametrize(
    ("alleles", "expected"),
    [
        (("A", "G"), kept((100, "A", "G"))),
        (("ACG", "TCA"), kept((100, "ACG", "TCA"))),  # an MNP stays one variant
        (("TACG", "TAAG"), kept((102, "C", "A"))),
        (("CAA", "CA", "C", "GAA"), kept((100, "CA", "C"), (100, "CAA", "C"), (100, "C", "G"))),
        (("N", "A"), kept((100, "N", "A"))),
        (("A",), [Rejection.NO_ALTERNATE]),
        (("A", "*"), [Rejection.SPANNING_DELETION]),
        (("A", "<DEL>"), [Rejection.SYMBOLIC]),
        (("A", "A]2:3]"), [Rejection.SYMBOLIC]),
        (("A", ".G"), [Rejection.SYMBOLIC]),
        (("A", "M"), [Rejection.LETTERS]),
        (("A", "N"), [Rejection.LETTERS]),
        (("A", "A"), [Rejection.SAME]),
        (("R", "A", "G"), [Rejection.REFERENCE] * 2),
        (("", "A"), [Rejection.REFERENCE]),
        (("A", "*", "G"), [Rejection.SPANNING_DELETION, SplitAllele(2, Allele("1", 100, "A", "G"))]),
        (("A", "G", "T", "G"), [Rejection.REPEATED, SplitAllele(2, Allele("1", 100, "A", "T")), Rejection.REPEATED]),
    ],
)
def test_alleles(alleles, expected):
    assert list(split(record(*alleles))) == expected


@pytest.mark.parametrize(
    ("written", "contig"),
    [
        *((name, name) for name in CONTIGS),
        *((f"chr{name}", name) for name in CONTIGS),
        ("M", "MT"), ("chrM", "MT"), ("CHR2", "2"), ("chrx", "X"),
        ("NC_000001.11", "1"), ("NC_000023.11", "X"), ("NC_012920.1", "MT"),
        *((name, None) for name in ("0", "23", "chrUn_KI270302v1", "GL000191.1", "HLA-A*01:01:01:01", "chr1_alt", "")),
    ],
)  # fmt: skip
def test_names_of_contigs(written, contig):
    (item,) = split(record("A", "G", contig=written))
    assert item == (Rejection.CONTIG if contig is None else SplitAllele(1, Allele(contig, 100, "A", "G")))


def test_a_name_of_grch37_is_refused():
    for contig in ("NC_000001.10", "NC_000024.9"):
        with pytest.raises(DataProblem, match="of GRCh37") as problem:
            list(split(record("A", "G", contig=contig)))
        assert problem.value.code == "variants-assembly"


@pytest.mark.parametrize(
    ("contig", "position", "ref", "kept"),
    [
        ("1", 0, "A", False), ("1", -1, "A", False), ("1", 1, "A", True),
        ("MT", 16_569, "A", True), ("MT", 16_570, "A", False), ("MT", 16_568, "AC", True), ("MT", 16_569, "AC", False),
        ("chr21", 46_709_983, "A", True), ("chr21", 46_709_984, "A", False),
    ],
)  # fmt: skip
def test_positions(contig, position, ref, kept):
    (item,) = split(record(ref, "G", contig=contig, position=position))
    assert (item == Rejection.POSITION) is not kept


def test_provenance_is_the_record_as_it_was():
    assert provenance(record("CAA", "CA", "*", contig="chr2")) == "chr2:100:CAA:CA,*"


def test_every_length_tells_its_reference():
    for contig, length in CONTIG_LENGTHS.items():
        assert assembly_of({f"chr{contig}": length}) == (None if contig == "MT" else "GRCh38")
        assert assembly_of({contig: length - 1}) is None
    assert [plink_contig(name) for name in ("23", "24", "25", "26", "XY", "PAR2", "chr01")] == [*"XYX", "MT", *"XX1"]


def test_every_rule_is_on_its_page_and_every_rule_of_the_page_exists():
    named = re.findall(
        r"^\| `([a-z-]+)` \|", PAGE.read_text().partition("## Alleles")[2].partition("## Calls")[0], re.M
    )
    assert named == [rejection.value for rejection in Rejection]
