"""Commands that search what documents can refer to."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from api.commands.console import out, print_json, reporting, table_of
from api.commands.options import DEFAULT_RELEASES, DEFAULT_STATE, AsJson, ReleaseId, Releases, State
from api.commands.reading import open_session
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
from schemas.wire import FieldInfo, GeneInfo

app = typer.Typer()

Words = Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a label, or a whole code or id.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most results.")]


@app.command()
def concepts(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Part of a label, or a whole code or id.")],
    vocabulary: Annotated[str | None, typer.Option("--vocabulary", help="As in KCD7, ATC, LOINC.")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="As in Condition, Drug.")] = None,
    limit: Limit = 20,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    as_json: AsJson = False,
) -> None:
    """Search concepts by English or Korean label, code or id."""
    with reporting(as_json=as_json), open_session(releases, state, release) as session:
        found = concept_list(session, text, vocabulary=vocabulary, domain=domain, limit=limit)
        if as_json:
            print_json(found)
            return
        rows = [
            [concept.name, concept.name_ko or "", concept.vocabulary, concept.code, concept.standard or "",
             str(concept.concept_id)]
            for concept in found.concepts
        ]  # fmt: skip
        out().print(table_of(None, ["name", "Korean", "vocabulary", "code", "standard", "concept"], rows, right=1))


@app.command()
def vocabularies(
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    as_json: AsJson = False,
) -> None:
    """List the vocabularies that codes may be given in."""
    with reporting(as_json=as_json), open_session(releases, state, release) as session:
        found = vocabulary_list(session)
        if as_json:
            print_json(found)
        else:
            typer.echo("\n".join(found.vocabularies))


@app.command()
def questions(
    text: Words = "",
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    as_json: AsJson = False,
) -> None:
    """Search the survey dictionary in English and Korean."""
    with reporting(as_json=as_json), open_session(releases, state, release) as session:
        found = question_list(session, text)
        if as_json:
            print_json(found)
            return
        rows = [
            [question.question_id, question.kind, question.label, question.label_ko or "",
             ", ".join(option.answer for option in question.options) or (question.unit or "")]
            for question in found.questions
        ]  # fmt: skip
        out().print(table_of(None, ["question", "kind", "label", "Korean", "answers or unit"], rows))


@app.command()
def genes(
    text: Words = "",
    limit: Limit = 20,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    as_json: AsJson = False,
) -> None:
    """Search genes by symbol or name."""
    with reporting(as_json=as_json), open_session(releases, state, release) as session:
        found = gene_list(session, text, limit=limit)
        if as_json:
            print_json(found)
            return
        if not found.genes:
            _nothing(text, found.hint)
            return
        rows = [[gene.gene, gene.name or "", _place(gene)] for gene in found.genes]
        out().print(table_of(None, ["gene", "name", "GRCh38"], rows))


@app.command()
def variants(
    text: Annotated[str, typer.Argument(metavar="TEXT", help=f"On GRCh38: {', '.join(SPELLINGS)}.")],
    limit: Limit = 20,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    as_json: AsJson = False,
) -> None:
    """Search known variants by name, gene or region; whether anybody carries one is not told."""
    with reporting(as_json=as_json), open_session(releases, state, release) as session:
        found = variant_list(session, text, limit=limit)
        if as_json:
            print_json(found)
        else:
            print_variants(text, found)


@app.command()
def panels(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a panel's name, or a gene's symbol.")] = "",
    limit: Limit = 20,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    as_json: AsJson = False,
) -> None:
    """Search gene panels by name, or by a gene they have."""
    with reporting(as_json=as_json), open_session(releases, state, release) as session:
        found = panel_list(session, text, limit=limit)
        if as_json:
            print_json(found)
        elif not found.panels:
            _nothing(text, "`kohort panels` lists all")
        else:
            rows = [[panel.words, ", ".join(panel.genes), str(len(panel.genes))] for panel in found.panels]
            out().print(table_of(None, ["write", "genes", "number"], rows, right=1))


@app.command()
def scores(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a name, label or published id.")] = "",
    limit: Limit = 20,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    as_json: AsJson = False,
) -> None:
    """Search weighted scores by name, label or id where they were published."""
    with reporting(as_json=as_json), open_session(releases, state, release) as session:
        found = score_list(session, text, limit=limit)
        if as_json:
            print_json(found)
        elif not found.scores:
            _nothing(text, "`kohort scores` lists all")
        else:
            rows = [
                [score.words, score.label or "", score.source_id or "", f"{score.listed:,}", f"{score.matched:,}"]
                for score in found.scores
            ]
            headings = ["write", "what it predicts", "published as", "variants listed", "in this release"]
            out().print(table_of(None, headings, rows, right=2))


@app.command()
def domains(as_json: AsJson = False) -> None:
    """List the kinds of event and what a where-clause may test of each."""
    with reporting(as_json=as_json):
        found = domain_list()
        if as_json:
            print_json(found)
            return
        rows = [[domain.name, domain.description, _names(domain.fields)] for domain in found.domains]
        rows.append(["variant", "variants a person carries", _names(found.variant_fields)])
        rows.append(["person", "the person, at the index date", _names(found.person_fields)])
        out().print(table_of(None, ["domain", "what", "fields"], rows))


def _place(gene: GeneInfo) -> str:
    return f"{gene.contig}:{gene.start}-{gene.end}" if gene.start is not None else gene.contig or ""


def _nothing(text: str, hint: str | None) -> None:
    out().print(Text(f"nothing found for {text}" + (f"; {hint}" if hint else "")))


def _names(fields: Sequence[FieldInfo]) -> str:
    return ", ".join(field.name for field in fields)
