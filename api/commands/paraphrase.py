"""`kohort paraphrase`: a cohort in words."""

from typing import Annotated

import typer

from api.commands.asking import Place
from api.commands.console import print_json, reporting
from api.commands.grouped import grouped
from api.commands.options import AsJson, DocumentFile
from api.commands.reading import read_document_file
from api.paraphrases import paraphrase_answer
from schemas.language import Language

app = typer.Typer()

LanguageOption = Annotated[Language, typer.Option("--language", help="Language of the words.")]


@app.command()
@grouped
def paraphrase(
    file: DocumentFile,
    language: LanguageOption = Language.ENGLISH,
    has_dictionary: Annotated[
        bool,
        typer.Option("--dictionary/--no-dictionary", help="Whether to name concepts as the release's dictionaries do."),
    ] = True,
    *,
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Say a cohort in words, in English or Korean; nothing is counted."""
    with reporting(as_json=as_json):
        cohort = read_document_file(file, []).cohort
        if has_dictionary:
            with place.session() as session:
                answer = paraphrase_answer(cohort, language, session)
        else:
            answer = paraphrase_answer(cohort, language)
        if as_json:
            print_json(answer)
        else:
            typer.echo(answer.text.rstrip("\n"))
