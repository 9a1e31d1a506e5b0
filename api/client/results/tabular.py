"""What all answers can do: become a table of some library, be drawn, and show themselves in a notebook."""

import importlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from api.client.pictures import Language, PictureAnswer, PictureKind, PictureUnsuited, picture
from api.client.results.html import page_of
from api.client.tables import Table, TableCell, TabledAnswer, table
from schemas.wire.answers import Answer

if TYPE_CHECKING:
    import polars
    import pyarrow


class Picture:
    """SVG that a notebook shows."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_html_(self) -> str:
        return page_of("", self.svg, {}, ())

    def save(self, path: str | Path) -> None:
        """Write it as an SVG file."""
        Path(path).write_text(self.svg, encoding="utf-8")


class Tabular(Answer):
    """An answer with rows."""

    def table(self) -> Table:
        """The numbers, one a row. Where a number is hidden it is absent, and `less_than` says below what it lies."""
        return table(cast(TabledAnswer, self))

    def columns(self) -> dict[str, list[TableCell]]:
        """The table as lists by name."""
        made = self.table()
        return {name: made.column(name) for name in made.columns}

    def usual_picture(self) -> PictureKind | None:
        """How it is drawn where nothing else is asked for; absent where there is no picture of it."""
        return None

    def to_polars(self) -> "polars.DataFrame":
        """The table as a Polars frame; needs `polars`."""
        polars, made = _library("polars"), self.table()
        types = {str: polars.String, int: polars.Int64, float: polars.Float64, bool: polars.Boolean}
        schema = {name: types[type_] for name, type_ in zip(made.columns, made.types, strict=True)}
        return cast("polars.DataFrame", polars.DataFrame(list(made.rows), schema=schema, orient="row"))

    def to_pandas(self) -> Any:
        """The table as a `pandas.DataFrame` with nullable columns; needs `pandas`, whose types are not at hand here."""
        pandas, made = _library("pandas"), self.table()
        types = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}
        series = {
            name: pandas.Series(made.column(name), dtype=types[type_])
            for name, type_ in zip(made.columns, made.types, strict=True)
        }
        return pandas.DataFrame(series)

    def to_arrow(self) -> "pyarrow.Table":
        """The table as an Arrow table; needs `pyarrow`."""
        arrow, made = _library("pyarrow"), self.table()
        types = {str: arrow.string(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_()}
        fields = [(name, types[type_]) for name, type_ in zip(made.columns, made.types, strict=True)]
        return cast("pyarrow.Table", arrow.table(self.columns(), schema=arrow.schema(fields)))

    def picture(
        self, kind: PictureKind | None = None, *, language: Language | str = Language.ENGLISH, width: int = 640
    ) -> Picture:
        """The answer drawn, as `kind` or as is usual for it; raises `PictureUnsuited` where it cannot be."""
        chosen = kind or self.usual_picture()
        if chosen is None:
            raise PictureUnsuited(f"there is no picture of a {type(self).__name__}")
        return Picture(picture(chosen, cast(PictureAnswer, self), language=language, width=width))

    def html(self, language: Language | str = Language.ENGLISH) -> str:
        """Picture, table, and what the numbers mean, as one part of a page without scripts."""
        chosen = Language(language)
        drawn = self.picture(language=chosen).svg if self.usual_picture() else ""
        return page_of(self.summary(), drawn, self.columns(), self.reading(chosen))

    def summary(self) -> str:
        """The answer in one line, where one line can say it."""
        return ""

    def reading(self, language: Language) -> tuple[str, ...]:
        """How to read the numbers, what they cost and what to cite."""
        return reading_of(self, language)

    def __str__(self) -> str:
        return self.summary() or super().__str__()

    def __repr__(self) -> str:
        """One line, for a terminal; all of the numbers are in `table()` and `to_polars()`."""
        return f"<{type(self).__name__}: {self.summary() or f'{len(self.table().rows):,} rows'}>"

    def _repr_html_(self) -> str:
        return self.html()


def reading_of(answer: Answer, language: Language) -> tuple[str, ...]:
    """Sentences on an answer's numbers."""
    korean = language is Language.KOREAN
    said = []
    if answer.precision.exact:
        said.append("정확한 값입니다." if korean else "Exact; for use inside the trusted environment only.")
    else:
        said.append(
            "±: 100번 중 95번은 실제 인원이 이 범위에 있습니다. 빈 칸은 너무 적어 보이지 않는 값입니다."
            if korean
            else "±: the true number lies there in 95 of 100 answers. Empty: too few to show, or nobody."
        )
    for name in answer.unmatched:
        words = "이 릴리스에 없어 아무도 해당하지 않음" if korean else "not in this release, so it matches nobody"
        said.append(f"{name.kind} {name.name}: {words}. {name.hint or ''}".strip())
    cited = (answer.release, answer.policy_version, answer.query[:12])
    said.append(("릴리스 {}, 정책 {}, 질의 {}" if korean else "Release {}, policy {}, query {}").format(*cited))
    return tuple(said)


def _library(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"this needs {name}: pip install 'kohort-client[{name}]'") from None
