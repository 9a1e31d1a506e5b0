"""Any name of a variant, in any common spelling."""

import re
from dataclasses import dataclass

from cohort_dsl.spelling.alleles import Allele
from cohort_dsl.spelling.assembly import without_assembly
from cohort_dsl.spelling.hgvs import Hgvs, read_hgvs
from cohort_dsl.spelling.places import read_allele
from cohort_dsl.spelling.problem import bad_variant

LONGEST_NAME = 256
_RSID = re.compile(r"rs([0-9]{1,18})", re.IGNORECASE)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Rsid:
    """A number of dbSNP."""

    number: int

    @property
    def name(self) -> str:
        """`rs11591147`."""
        return f"rs{self.number}"


def read_name(text: str) -> Rsid | Allele | Hgvs:
    """What a text names; its `name` is the one spelling, and reads back as the same.

    `AnalysisProblem` `bad-variant` when it is no variant's name, `other-assembly` when its position is not of GRCh38.

    >>> read_name("chr1:55039973 AG>AT").name, read_name("hg38 NC_000001.11:55039973:G:T").name
    ('1-55039974-G-T', '1-55039974-G-T')
    """
    if len(text) > LONGEST_NAME:
        raise bad_variant(f"a variant's name has at most {LONGEST_NAME} characters")
    bare = without_assembly(text.strip())
    rsid = _RSID.fullmatch(bare)
    if rsid is not None and int(rsid[1]) > 0:
        return Rsid(int(rsid[1]))
    found = read_allele(bare) or read_hgvs(bare)
    if found is None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        raise bad_variant(
            f"`{shown}` is no name of a variant", hint="name both alleles of a position, the reference first"
        )
    return found
