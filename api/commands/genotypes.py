"""Commands about the genotypes of a cohort at chosen variants."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.answering import print_footer, request_of
from api.commands.console import out, print_json, proportion_cells, reporting, table_of, value_text
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    AsJson,
    DocumentFile,
    Library,
    PrecisionOption,
    Project,
    Reason,
    ReleaseId,
    Releases,
    State,
    Tier,
)
from api.commands.reading import open_session, read_document_file
from api.documents import read_variants
from api.problems import about
from api.statistics import genotypes_answer, linkage_answer
from schemas.policy import AccessTier
from schemas.wire import ExactAlleles, VariantGenotypes

Variants = Annotated[
    list[str],
    typer.Option("--variant", help="rsID, `contig-position-ref-alt` or HGVS name; may be repeated."),
]

app = typer.Typer()


@app.command()
def genotypes(
    file: DocumentFile,
    variant: Variants,
    library: Library = [],  # noqa: B006 - typer copies it
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    reason: Reason = None,
    precision: PrecisionOption = None,
    as_json: AsJson = False,
) -> None:
    """Count genotypes of variants in a cohort, with allele frequency and missing calls."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        variants = read_variants(variant)
        with open_session(releases, state, release) as session, about(document.text):
            request = request_of(document, tier, project, precision, variants=variants, reason=reason)
            found = engine.validate(session, document.cohort, document.library, tier)
            safe = engine.genotype_counts(session, request)
        answer = genotypes_answer(safe, found.query_hash, found.unmatched)
        if as_json:
            print_json(answer)
            return
        for each in answer.variants:
            rows = [[" ".join(cell.label), value_text(cell.count)] for cell in each.genotypes]
            rows.append(["total", value_text(answer.total)])
            out().print(Text(f"{document.cohort.name}, {each.variant}", style="bold"))
            out().print(table_of(None, ["genotype", "persons"], rows, right=1))
            out().print(table_of(None, ["", "", "95 %"], _proportion_rows(each), right=2))
        print_footer(answer)


@app.command()
def linkage(
    file: DocumentFile,
    variant: Variants,
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Measure linkage disequilibrium of two variants in a cohort."""
    with reporting(as_json=as_json):
        document = read_document_file(file, library)
        variants = read_variants(variant)
        with open_session(releases, state, release) as session, about(document.text):
            request = request_of(document, tier, project, variants=variants, reason=reason)
            found = engine.validate(session, document.cohort, document.library, tier)
            safe = engine.linkage(session, request)
        answer = linkage_answer(safe, found.query_hash, found.unmatched, variant)
        if as_json:
            print_json(answer)
            return
        rows = [
            ["persons with both calls", value_text(answer.persons)],
            ["r²", _measure_text(answer.r_squared)],
            ["D'", _measure_text(answer.d_prime)],
        ]
        out().print(Text(f"{document.cohort.name}, {' and '.join(answer.variants)}", style="bold"))
        out().print(table_of(None, ["linkage disequilibrium", ""], rows, right=1))
        print_footer(answer)


def _proportion_rows(variant: VariantGenotypes) -> Sequence[Sequence[str]]:
    missing = ("count as reference", "") if variant.missing is None else proportion_cells(variant.missing)
    rows = [["allele frequency", *proportion_cells(variant.frequency)], ["missing calls", *missing]]
    return rows if variant.exact is None else [*rows, *_exact_rows(variant.exact)]


def _exact_rows(exact: ExactAlleles) -> Sequence[Sequence[str]]:
    equilibrium = "" if exact.hardy_weinberg is None else f"{exact.hardy_weinberg:.3g}"
    return [
        ["alternate alleles, of called", f"{exact.allele_count:,} of {exact.allele_number:,}", ""],
        ["Hardy-Weinberg p, exact test", equilibrium, ""],
        ["alleles of the release", ", ".join(exact.alleles) or "none", ""],
    ]


def _measure_text(value: float | None) -> str:
    return "a variant does not vary" if value is None else f"{value:.4f}"
