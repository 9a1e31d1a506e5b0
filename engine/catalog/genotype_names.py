"""Gene panels and weighted scores by name, with the words that mean them in a document."""

from collections.abc import Mapping
from dataclasses import dataclass

from cohort_dsl.ast import VariantsWhere
from cohort_dsl.lexer import escape
from cohort_dsl.printing.layout import render
from cohort_dsl.printing.variants import variants_doc
from cohort_dsl.words import is_bare_name
from engine.genotypes.scores import ScoreInfo


@dataclass(frozen=True, slots=True)
class Panel:
    """A gene panel: its name, its genes, and words for variants of it."""

    name: str
    genes: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """A weighted score, and the words its criteria begin with."""

    info: ScoreInfo
    words: str


def find_panels(panels: Mapping[str, tuple[str, ...]], text: str, *, limit: int) -> tuple[Panel, ...]:
    """Panels whose name holds the text, or that have the gene it is; sorted by name."""
    wanted = text.strip().casefold()
    found = [
        Panel(name, genes, render(variants_doc(VariantsWhere(panels=(name,)))))
        for name, genes in sorted(panels.items())
        if wanted in name.casefold() or wanted in (gene.casefold() for gene in genes)
    ]
    return tuple(found[:limit])


def find_scores(scores: Mapping[str, ScoreInfo], text: str, *, limit: int) -> tuple[Score, ...]:
    """Scores whose name, label or source id holds the text; sorted by name."""
    wanted = text.strip().casefold()
    found = [
        Score(info, f"score {name if is_bare_name(name) else escape(name)}")
        for name, info in sorted(scores.items())
        if any(wanted in part.casefold() for part in (name, info.label or "", info.source_id or ""))
    ]
    return tuple(found[:limit])
