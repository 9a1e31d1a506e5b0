"""Tables of cells, as rows of bars: breakdowns, genotypes, and two cohorts side by side."""

from collections.abc import Sequence
from itertools import groupby

from api.client.pictures.rows import Row
from api.client.pictures.values import Drawn, drawn_share, drawn_value
from api.client.pictures.words import WORDS, told
from schemas.language import Language
from schemas.wire.answers import BreakdownAnswer, Cell, GenotypesAnswer
from schemas.wire.pictures import ComparedCohorts
from schemas.wire_cube import PublicTable


def breakdown_rows(answer: BreakdownAnswer | PublicTable, language: Language) -> tuple[Row, ...]:
    """The cells, under a heading for each word of the first of several dimensions, and their total."""
    rows: list[Row] = []
    for heading, cells in _groups(answer.cells):
        rows += [Row(label=told(heading, language))] if heading is not None else []
        rows += _cell_rows(cells, language, depth=heading is not None)
    if isinstance(answer, PublicTable):
        return tuple(rows)
    return (*rows, Row(label=WORDS[language].total, drawn=drawn_value(answer.total), is_total=True))


def genotype_rows(answer: GenotypesAnswer, language: Language) -> tuple[Row, ...]:
    """The genotypes of each variant, under its name and its allele frequency."""
    rows: list[Row] = []
    for variant in answer.variants:
        frequency = WORDS[language].frequency.format(drawn_share(variant.frequency).words)
        rows.append(Row(label=f"{variant.variant[:80]} · {frequency}"))
        rows += _cell_rows(variant.genotypes, language, depth=False)
    return tuple(rows)


def compared_rows(compared: ComparedCohorts, language: Language) -> tuple[Row, ...]:
    """For each cell of both breakdowns its share in the one and in the other; raises `ValueError` where they differ in
    their dimensions or cells."""
    first, second = compared.answers
    labels = [cell.label for cell in first.cells]
    if first.dimensions != second.dimensions or labels != [cell.label for cell in second.cells]:
        raise ValueError("the two breakdowns are by different dimensions")
    names = [" · ".join(told(word, language) for word in words) for words in labels]
    pairs = [(_share(first, place), _share(second, place)) for place in range(len(labels))]
    rows: list[Row] = []
    for run in _runs(list(zip(names, pairs, strict=True))):
        rows.append(Row(label=_run_name([name for name, _ in run])))
        shares = zip(compared.names, run[0][1], strict=True)
        rows += [Row(label=name, drawn=share, tone=tone) for tone, (name, share) in enumerate(shares)]
    return tuple(rows)


_Pair = tuple[str, tuple[Drawn, Drawn]]


def _runs(named: list[_Pair]) -> list[list[_Pair]]:
    """Neighbours of which nothing can be shown share a run; all others are runs of their own."""
    runs: list[list[_Pair]] = []
    for each in named:
        is_hidden = all(share.middle is None for share in each[1])
        if runs and is_hidden and runs[-1][-1][1] == each[1]:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _run_name(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"


def _share(answer: BreakdownAnswer, place: int) -> Drawn:
    if place < len(answer.shares):
        return drawn_share(answer.shares[place])
    return Drawn(low=0, middle=None, high=100, words="–")


def _groups(cells: Sequence[Cell]) -> list[tuple[str | None, list[Cell]]]:
    """Cells of several dimensions by their first word, in their order."""
    if all(len(cell.label) < 2 for cell in cells):
        return [(None, list(cells))]
    return [(word, list(group)) for word, group in groupby(cells, key=lambda cell: cell.label[0] if cell.label else "")]


def _cell_rows(cells: Sequence[Cell], language: Language, *, depth: bool) -> list[Row]:
    """A row a cell; neighbouring hidden cells with the same threshold share one, or what is shown would be lost."""
    named = [
        (" · ".join(told(word, language) for word in cell.label[depth:]), drawn_value(cell.count)) for cell in cells
    ]
    rows: list[Row] = []
    for (is_hidden, _), run in groupby(named, key=lambda each: (each[1].middle is None, each[1].words)):
        found = list(run)
        if is_hidden and len(found) > 2:
            rows.append(Row(label=_run_name([name for name, _ in found]), drawn=found[0][1], aside=f"× {len(found)}"))
        else:
            rows += [Row(label=name, drawn=drawn) for name, drawn in found]
    return rows
