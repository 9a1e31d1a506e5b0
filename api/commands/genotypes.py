"""Commands about the genotypes of a cohort at chosen variants."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

import engine
from api.commands.answering import print_answer
from api.commands.asking import Question
from api.commands.console import proportion_cells, reporting, table_of, value_text
from api.commands.grouped import grouped
from api.commands.options import AsJson, PrecisionOption
from api.documents import read_variants
from api.statistics import genotypes_answer, linkage_answer
from schemas.wire import ExactAlleles, GenotypesAnswer, LinkageAnswer, VariantGenotypes

Variants = Annotated[
    list[str],
    typer.Option("--variant", help="rsID, `contig-position-ref-alt` or HGVS name; may be repeated."),
]

app = typer.Typer()


@app.command()
@grouped
def genotypes(
    variant: Variants, *, question: Question, precision: PrecisionOption = None, as_json: AsJson = False
) -> None:
    """Count genotypes of variants in a cohort, with allele frequency and missing calls."""
    with reporting(as_json=as_json):
        found = question.found(engine.genotype_counts, precision=precision, variants=read_variants(variant))
        answer = genotypes_answer(found.safe, found.query_hash, found.unmatched)
        print_answer(answer, _genotype_parts(found.name, answer), as_json=as_json)


def _genotype_parts(name: str, answer: GenotypesAnswer) -> Iterator[RenderableType]:
    for each in answer.variants:
        rows = [[" ".join(cell.label), value_text(cell.count)] for cell in each.genotypes]
        rows.append(["total", value_text(answer.total)])
        yield Text(f"{name}, {each.variant}", style="bold")
        yield table_of(None, ["genotype", "persons"], rows, right=1)
        yield table_of(None, ["", "", "95 %"], _proportion_rows(each), right=2)


@app.command()
@grouped
def linkage(variant: Variants, *, question: Question, as_json: AsJson = False) -> None:
    """Measure linkage disequilibrium of two variants in a cohort."""
    with reporting(as_json=as_json):
        found = question.found(engine.linkage, variants=read_variants(variant))
        answer = linkage_answer(found.safe, found.query_hash, found.unmatched, variant)
        print_answer(answer, _linkage_parts(found.name, answer), as_json=as_json)


def _linkage_parts(name: str, answer: LinkageAnswer) -> Iterator[RenderableType]:
    rows = [
        ["persons with both calls", value_text(answer.persons)],
        ["r²", _measure_text(answer.r_squared)],
        ["D'", _measure_text(answer.d_prime)],
    ]
    yield Text(f"{name}, {' and '.join(answer.variants)}", style="bold")
    yield table_of(None, ["linkage disequilibrium", ""], rows, right=1)


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
