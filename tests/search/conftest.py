"""A few known variants of which nobody needs to carry any, and a search over them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from engine.catalog.annotation import Annotation
from engine.catalog.database import Database
from engine.catalog.lookups import WriterSettings
from engine.catalog.release import Release
from engine.catalog.variant_search import VariantFinder
from engine.genotypes.genes import Gene, GeneDictionary
from tests.lib.releases import write_release

Row = Mapping[str, object]

_PCSK9 = {"contig": "1", "gene": "PCSK9", "transcript": "NM_174936.4"}
_APOE = {"contig": "19", "gene": "APOE", "transcript": "NM_000041.4"}
KNOWN: tuple[Row, ...] = (
    {**_PCSK9, "position": 55039767, "ref": "G", "alt": "A", "consequence": "splice_acceptor_variant",
     "hgvs_c": "NM_174936.4:c.31-1G>A", "lof": "HC"},
    {**_PCSK9, "position": 55039974, "ref": "G", "alt": "T", "rsid": "rs11591147", "consequence": "missense_variant",
     "hgvs_c": "NM_174936.4:c.137G>T", "hgvs_p": "p.Arg46Leu", "clinvar": "benign", "af_external": 0.0094},
    {**_PCSK9, "position": 55040000, "ref": "C", "alt": "A", "rsid": "rs7", "consequence": "intron_variant",
     "hgvs_c": "NM_174936.4:c.163C>A"},
    {**_PCSK9, "position": 55040000, "ref": "C", "alt": "T", "rsid": "rs7", "consequence": "missense_variant",
     "hgvs_c": "NM_174936.4:c.163C>T", "hgvs_p": "p.Pro55Ser"},
    {**_PCSK9, "position": 55040020, "ref": "AT", "alt": "A", "consequence": "frameshift_variant",
     "hgvs_c": "NM_174936.4:c.1837del", "hgvs_p": "p.Leu613fs", "lof": "LC"},
    {**_PCSK9, "position": 55040030, "ref": "C", "alt": "G", "consequence": "a_term_nobody_ranked"},
    {"contig": "2", "position": 5, "ref": "A", "alt": "C", "rsid": "rs1"},
    {**_APOE, "position": 44908684, "ref": "T", "alt": "C", "rsid": "rs429358", "consequence": "missense_variant",
     "hgvs_c": "NM_000041.4:c.388T>C", "hgvs_p": "NP_000032.1:p.Cys130Arg"},
    {"contig": "X", "position": 9, "ref": "G", "alt": "A", "gene": "SHOX", "consequence": "intron_variant"},
    {"contig": "Y", "position": 9, "ref": "G", "alt": "A", "gene": "SHOX", "consequence": "stop_gained"},
)  # fmt: skip
GENES = (
    Gene("APOE", "19", 44905791, 44909393, "apolipoprotein E"),
    Gene("PCSK9", "1", 55039447, 55064852, "proprotein convertase subtilisin/kexin type 9"),
    Gene("SHOX", "X", 1, 20, "short stature homeobox"),
    Gene("TP53", "17", None, None, None),
)


def settings(folder: Path) -> WriterSettings:
    return WriterSettings(threads=1, memory_limit="1GB", temporary=folder)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return write_release(tmp_path, {"person": [{}], "known_variant": KNOWN})


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VariantFinder]:
    folder = tmp_path_factory.mktemp("known")
    made = write_release(folder, {"person": [{}], "known_variant": KNOWN})
    database = Database(made)
    yield VariantFinder(Annotation.open(made, database, settings(folder)), GeneDictionary(GENES))
    database.close()
