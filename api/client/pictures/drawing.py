"""An answer as a picture of some kind."""

from api.client.pictures.attrition import attrition_rows
from api.client.pictures.frame import Block, Sheet, framed, text_block
from api.client.pictures.overlap import cohort_rows, region_rows
from api.client.pictures.pyramid import Pyramid, pyramid_block, pyramid_of
from api.client.pictures.rows import MOST_ROWS, Row, rows_block
from api.client.pictures.tables import breakdown_rows, compared_rows, genotype_rows
from api.client.pictures.trend import MOST_SERIES, Trend, trend_block, trend_of
from api.client.pictures.values import Drawn
from api.client.pictures.words import WORDS, told
from schemas.language import Language
from schemas.wire.answers import (
    Answer,
    AttritionAnswer,
    BreakdownAnswer,
    GenotypesAnswer,
    IncidenceAnswer,
    OverlapAnswer,
    PrevalenceAnswer,
)
from schemas.wire.pictures import ComparedCohorts, DrawnAnswer, PictureKind
from schemas.wire_cube import PublicTable

PictureAnswer = DrawnAnswer | PublicTable
"""What a picture is made of: an answer, two breakdowns, or a published table."""

_USUAL_WIDTH = 640


class PictureUnsuited(ValueError):
    """The answer is not one that a picture of this kind is made of; the message says what it needs."""


def picture(
    kind: PictureKind, answer: PictureAnswer, *, language: Language | str = Language.ENGLISH, width: int = _USUAL_WIDTH
) -> str:
    """SVG text of an answer, `width` pixels wide; text keeps its size at every width.

    `kind` and what it is made of: `attrition`, `genotypes` and `overlap` of the answers so called; `breakdown` of a
    breakdown or a published table; `pyramid` of one by sex and age; `trend` of prevalence, incidence or a breakdown or
    published table by year; `comparison` of `ComparedCohorts`. Raises `PictureUnsuited` for any other.
    """
    try:
        return _Drawing(answer, Language(language), float(width)).of(kind)
    except PictureUnsuited:
        raise
    except ValueError as error:
        raise PictureUnsuited(str(error)) from None


class _Drawing:
    """One answer, in one language, at one width."""

    def __init__(self, answer: PictureAnswer, language: Language, width: float) -> None:
        self._answer = answer
        self._language = language
        self._words = WORDS[language]
        self._width = width

    def of(self, kind: PictureKind) -> str:
        """The picture."""
        words, answer, language = self._words, self._answer, self._language
        match kind, answer:
            case "attrition", AttritionAnswer():
                rows = attrition_rows(answer, language)
                return self._bars(words.attrition, rows)
            case "breakdown", BreakdownAnswer() | PublicTable():
                rows = breakdown_rows(answer, language)
                return self._bars(words.breakdown.format(self._by(answer.dimensions)), rows, *self._means(answer))
            case "genotypes", GenotypesAnswer():
                return self._bars(words.genotypes, genotype_rows(answer, language))
            case "comparison", ComparedCohorts():
                title = words.comparison.format(self._by(answer.answers[0].dimensions))
                return self._bars(title, compared_rows(answer, language), words.share_of_cohort)
            case "overlap", OverlapAnswer():
                return self._upset(answer)
            case "pyramid", BreakdownAnswer() | PublicTable():
                return self._pyramid(pyramid_of(answer, language))
            case "trend", PrevalenceAnswer() | IncidenceAnswer() | BreakdownAnswer() | PublicTable():
                return self._trend(trend_of(answer, language))
            case _:
                raise PictureUnsuited(f"a picture of the kind {kind} is not made of {type(answer).__name__}")

    def _bars(self, title: str, rows: tuple[Row, ...], *notes: str) -> str:
        shown = rows[:MOST_ROWS]
        rest = len(rows) - len(shown)
        more = (self._words.more_rows.format(rest),) if rest else ()
        broken = (self._words.not_to_scale,) if any(row.is_broken for row in shown) else ()
        return self._sheet(title, [rows_block(shown, self._width)], shown, (*notes, *more, *broken))

    def _upset(self, answer: OverlapAnswer) -> str:
        regions = region_rows(answer, self._language)
        cohorts = cohort_rows(answer)
        return self._sheet(
            self._words.overlap,
            [
                rows_block(cohorts, self._width),
                text_block((self._words.regions,), tone="soft"),
                rows_block(regions, self._width),
            ],
            (*cohorts, *regions),
            (),
        )

    def _pyramid(self, pyramid: Pyramid) -> str:
        sides = [
            (f"{told(sex, self._language)} {band}", drawn)
            for sex, side in zip(("male", "female"), pyramid.sides, strict=True)
            for band, drawn in side.items()
        ]
        shown = ", ".join(f"{name} {drawn.words}" for name, drawn in pyramid.others if drawn.middle is not None)
        hidden = sum(drawn.middle is None for _, drawn in pyramid.others)
        left_out = [*([shown] if shown else []), *([self._words.hidden_others.format(hidden)] if hidden else [])]
        notes = (self._words.other_sex.format("; ".join(left_out)),) if left_out else ()
        rows = tuple(Row(label=name, drawn=drawn) for name, drawn in sides)
        return self._sheet(self._words.pyramid, [pyramid_block(pyramid, self._width, self._language)], rows, notes)

    def _trend(self, trend: Trend) -> str:
        rest = len(trend.series) - MOST_SERIES
        notes = (self._words.more_series.format(rest),) if rest > 0 else ()
        notes += (self._words.elsewhere.format(self._words.hidden_others.format(trend.hidden)),) if trend.hidden else ()
        rows = tuple(
            Row(label=f"{series.name}, {time}", drawn=drawn)
            for series in trend.series[:MOST_SERIES]
            for time, drawn in series.points.items()
        )
        return self._sheet(self._words.trend, [trend_block(trend, self._width)], rows, notes)

    def _sheet(self, title: str, blocks: list[Block], rows: tuple[Row, ...], notes: tuple[str, ...]) -> str:
        drawn = [row.drawn for row in rows if row.drawn]
        if not drawn:
            blocks, notes = [text_block((self._words.nothing,))], ()
        sheet = Sheet(
            title=title,
            width=self._width,
            described=tuple(row.words() for row in rows),
            notes=(*notes, *self._legend(drawn), *self._source()),
        )
        return framed(sheet, *blocks)

    def _legend(self, drawn: list[Drawn]) -> tuple[str, ...]:
        """How to read what is there, in one line."""
        said = [self._words.interval] if any(each.middle is not None and not each.is_exact for each in drawn) else []
        said += [self._words.dashed] if any(each.middle is None for each in drawn) else []
        return (" ".join(said),) if said else ()

    def _source(self) -> tuple[str, ...]:
        """What to cite; a published table does not say."""
        answers = self._answer.answers if isinstance(self._answer, ComparedCohorts) else [self._answer]
        first = answers[0]
        if not isinstance(first, Answer):
            return ()
        queries = ", ".join(each.query[:12] for each in answers if isinstance(each, Answer))
        return (self._words.cite.format(first.release[:60], first.policy_version[:30], queries),)

    def _by(self, dimensions: list[str]) -> str:
        joint = "·" if self._language is Language.KOREAN else ", "
        return joint.join(told(each, self._language) for each in dimensions)

    def _means(self, answer: BreakdownAnswer | PublicTable) -> tuple[str, ...]:
        if isinstance(answer, PublicTable):
            return ()
        means = [(told(each.dimension, self._language), each.mean) for each in answer.summaries]
        return tuple(
            self._words.mean.format(name, f"{mean.value:.1f}", f"{mean.low:.1f}", f"{mean.high:.1f}")
            for name, mean in means
        )
