"""Commands that search what documents can refer to."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from api.commands.asking import Place
from api.commands.console import print_json, print_model, reporting, table_of
from api.commands.grouped import grouped
from api.commands.options import AsJson
from api.commands.variants import print_variants
from api.dictionaries import (
    concept_list,
    domain_list,
    gene_list,
    panel_list,
    question_list,
    score_list,
    variant_list,
    vocabulary_list,
)
from schemas.search import SPELLINGS
from schemas.wire import ConceptList, DomainList, FieldInfo, GeneInfo, GeneList, PanelList, QuestionList, ScoreList

app = typer.Typer()

Words = Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a label, or a whole code or id.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most results.")]


@app.command()
@grouped
def concepts(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Part of a label, or a whole code or id.")],
    vocabulary: Annotated[str | None, typer.Option("--vocabulary", help="As in KCD7, ATC, LOINC.")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="As in Condition, Drug.")] = None,
    limit: Limit = 20,
    *,
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Search concepts by English or Korean label, code or id."""
    with reporting(as_json=as_json), place.session() as session:
        found = concept_list(session, text, vocabulary=vocabulary, domain=domain, limit=limit)
        print_model(found, _concepts(text, found), as_json=as_json)


def _concepts(text: str, found: ConceptList) -> Iterator[RenderableType]:
    if not found.concepts:
        yield _nothing(text, "give part of a label, in English or Korean, or a whole code")
        return
    rows = [
        [each.name, each.name_ko or "", each.vocabulary, each.code, each.standard or "", str(each.concept_id)]
        for each in found.concepts
    ]
    yield table_of(None, ["name", "Korean", "vocabulary", "code", "standard", "concept"], rows, right=1)


@app.command()
@grouped
def vocabularies(place: Place, as_json: AsJson = False) -> None:
    """List the vocabularies that codes may be given in."""
    with reporting(as_json=as_json), place.session() as session:
        found = vocabulary_list(session)
        if as_json:
            print_json(found)
        else:
            typer.echo("\n".join(found.vocabularies))


@app.command()
@grouped
def questions(
    text: Words = "",
    *,
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Search the survey dictionary in English and Korean."""
    with reporting(as_json=as_json), place.session() as session:
        found = question_list(session, text)
        print_model(found, _questions(text, found), as_json=as_json)


def _questions(text: str, found: QuestionList) -> Iterator[RenderableType]:
    if not found.questions:
        yield _nothing(text, "`kohort questions` alone lists all of them")
        return
    rows = [
        [each.question_id, each.kind, each.label, each.label_ko or "",
         ", ".join(option.answer for option in each.options) or (each.unit or "")]
        for each in found.questions
    ]  # fmt: skip
    yield table_of(None, ["question", "kind", "label", "Korean", "answers or unit"], rows)


@app.command()
@grouped
def genes(
    text: Words = "",
    limit: Limit = 20,
    *,
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Search genes by symbol or name."""
    with reporting(as_json=as_json), place.session() as session:
        found = gene_list(session, text, limit=limit)
        print_model(found, _genes(text, found), as_json=as_json)


def _genes(text: str, found: GeneList) -> Iterator[RenderableType]:
    if not found.genes:
        yield _nothing(text, found.hint)
        return
    yield table_of(
        None, ["gene", "name", "GRCh38"], [[each.gene, each.name or "", _place(each)] for each in found.genes]
    )


@app.command()
@grouped
def variants(
    text: Annotated[str, typer.Argument(metavar="TEXT", help=f"On GRCh38: {', '.join(SPELLINGS)}.")],
    limit: Limit = 20,
    *,
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Search known variants by name, gene or region; whether anybody carries one is not told."""
    with reporting(as_json=as_json), place.session() as session:
        found = variant_list(session, text, limit=limit)
        if as_json:
            print_json(found)
        else:
            print_variants(text, found)


@app.command()
@grouped
def panels(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a panel's name, or a gene's symbol.")] = "",
    limit: Limit = 20,
    *,
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Search gene panels by name, or by a gene they have."""
    with reporting(as_json=as_json), place.session() as session:
        found = panel_list(session, text, limit=limit)
        print_model(found, _panels(text, found), as_json=as_json)


def _panels(text: str, found: PanelList) -> Iterator[RenderableType]:
    if not found.panels:
        yield _nothing(text, "`kohort panels` lists all")
        return
    rows = [[each.words, ", ".join(each.genes), str(len(each.genes))] for each in found.panels]
    yield table_of(None, ["write", "genes", "number"], rows, right=1)


@app.command()
@grouped
def scores(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a name, label or published id.")] = "",
    limit: Limit = 20,
    *,
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Search weighted scores by name, label or id where they were published."""
    with reporting(as_json=as_json), place.session() as session:
        found = score_list(session, text, limit=limit, is_exact=True)
        print_model(found, _scores(text, found), as_json=as_json)


def _scores(text: str, found: ScoreList) -> Iterator[RenderableType]:
    if not found.scores:
        yield _nothing(text, "`kohort scores` lists all")
        return
    rows = [
        [each.words, each.label or "", each.source_id or "", f"{each.listed:,}", f"{each.matched or 0:,}"]
        for each in found.scores
    ]
    headings = ["write", "what it predicts", "published as", "variants listed", "in this release"]
    yield table_of(None, headings, rows, right=2)


@app.command()
def domains(as_json: AsJson = False) -> None:
    """List the kinds of event and what a where-clause may test of each."""
    with reporting(as_json=as_json):
        found = domain_list()
        print_model(found, _domains(found), as_json=as_json)


def _domains(found: DomainList) -> Iterator[RenderableType]:
    rows = [[domain.name, domain.description, _names(domain.fields)] for domain in found.domains]
    rows.append(["variant", "variants a person carries", _names(found.variant_fields)])
    rows.append(["person", "the person, at the index date", _names(found.person_fields)])
    yield table_of(None, ["domain", "what", "fields"], rows)


def _place(gene: GeneInfo) -> str:
    return f"{gene.contig}:{gene.start}-{gene.end}" if gene.start is not None else gene.contig or ""


def _nothing(text: str, hint: str | None) -> Text:
    return Text(f"nothing found for {text}" + (f"; {hint}" if hint else ""))


def _names(fields: Sequence[FieldInfo]) -> str:
    return ", ".join(field.name for field in fields)
