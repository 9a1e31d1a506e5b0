"""A signed report as a PDF, with the signed JSON attached to it."""

import datetime
import logging
from functools import partial
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from api.feasibility.signing import report_text
from api.feasibility.view import Row, Table, View, view_of
from schemas.wire.feasibility import SignedReport
from schemas.wire.paraphrase import ParaphraseItem

_FONT: Final = "Noto Sans KR"
_FILE: Final = Path(__file__).parent / "font" / "NotoSansKR-Regular-subset.ttf"
_MARGIN: Final = 20.0
_INK, _SOFT, _LINE = (29, 42, 44), (85, 102, 106), (200, 211, 213)
_FILL, _HIDDEN, _WHISKER = (95, 163, 166), (222, 229, 230), (36, 72, 76)
_NOON: Final = datetime.time(12, tzinfo=datetime.UTC)


def pdf_of(signed: SignedReport) -> bytes:
    """The PDF; the same report gives the same bytes."""
    view = view_of(signed)
    paper = _Paper(view.words["page"])
    paper.set_title(f"{view.words['report']}: {view.title}")
    paper.set_lang(view.language)
    paper.set_creation_date(datetime.datetime.combine(signed.report.issued, _NOON))
    paper.embed_file(bytes=report_text(signed).encode(), basename="report.json", compress=True)
    paper.add_page()
    _Writer(paper, view).write_report()
    return bytes(paper.output())


class _Paper(FPDF):
    """A4, one font, and a page number at the foot."""

    def __init__(self, page_words: str) -> None:
        super().__init__(format="A4")
        logging.getLogger("fpdf").setLevel(logging.ERROR)  # its warnings hold letters of the document, as they are
        self._page_words = page_words
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, _MARGIN)
        self.add_font(_FONT, fname=_FILE)
        self.set_font(_FONT)

    def footer(self) -> None:
        """The library calls this for every page."""
        self.set_y(-15)
        self.set_font_size(8)
        self.set_text_color(*_SOFT)
        self.cell(0, 5, self._page_words.format(self.page_no(), "{nb}"), align="R")


class _Writer:
    """Writes the parts of a view one below the other."""

    def __init__(self, paper: FPDF, view: View) -> None:
        self._paper = paper
        self._view = view

    def write_report(self) -> None:
        """Everything of the view, in its order."""
        view, words = self._view, self._view.words
        self._line(words["report"], 9, _SOFT)
        self._line(view.title, 18)
        self._line(words["subtitle"], 9, _SOFT)
        self._gap()
        self._line(f"{words['count']}: {view.count}", 15)
        self._gap()
        self._facts(view.facts)
        self._heading(words["in_words"])
        self._paraphrase()
        for table in view.tables:
            self._heading(table.caption)
            self._table(table)
        for heading, lines in (
            (words["left_out"], view.left_out),
            (words["unmatched"], view.unmatched),
            (words["meaning"], view.meaning),
        ):
            if lines:
                self._heading(heading)
                self._items(tuple(ParaphraseItem(text=line, items=[]) for line in lines))
        for heading, text in view.documents:
            self._heading(heading)
            self._line(text, 8, _SOFT)
        self._heading(words["signature"])
        self._line(view.signature_says, 9)
        self._facts(view.signature)

    def _paraphrase(self) -> None:
        for section in self._view.paraphrase:
            self._gap(1.5)
            self._line(section.heading, 9.5, _WHISKER)
            if section.text:
                self._line(section.text, 9.5)
            self._items(tuple(section.items))

    def _items(self, items: tuple[ParaphraseItem, ...], depth: int = 0) -> None:
        for item in items:
            self._paper.set_x(_MARGIN + 4 * depth)
            self._text(9.5, _INK)
            self._paper.cell(4, 5, "•")
            self._block(item.text, left=_MARGIN + 4 * depth + 4)
            self._items(tuple(item.items), depth + 1)

    def _facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        for name, value in facts:
            self._text(9, _SOFT)
            self._paper.cell(42, 5, name)
            self._text(9, _INK)
            self._block(value, left=_MARGIN + 42)

    def _table(self, table: Table) -> None:
        columns = len(table.header)
        widths = (62.0, 30.0, 40.0)[:columns]
        self._text(8.5, _SOFT)
        for name, width, align in zip(table.header, widths, ("L", "R", "R"), strict=False):
            self._paper.cell(width, 5, name, align=align)
        self._paper.ln()
        for row in table.rows:
            self._row(table, row, widths)
        for note in table.notes:
            self._line(note, 8.5, _SOFT)

    def _row(self, table: Table, row: Row, widths: tuple[float, ...]) -> None:
        """A line that may need several for its label; the numbers stand on the first."""
        self._text(9, _INK)
        label, *numbers = row.cells
        lines = self._paper.multi_cell(widths[0], 5, label, align="L", dry_run=True, output="LINES")
        height = 5.0 * max(len(lines), 1)
        if self._paper.get_y() + height > self._paper.page_break_trigger:
            self._paper.add_page()
        top = self._paper.get_y()
        self._paper.multi_cell(widths[0], 5, label, align="L")
        left = _MARGIN + widths[0]
        for number, width in zip(numbers, widths[1:], strict=False):
            self._paper.set_xy(left, top)
            self._paper.cell(width, 5, number, align="R")
            left += width
        self._bar(row, left=left + 4, top=top, most=table.most)
        self._paper.set_draw_color(*_LINE)
        self._paper.line(_MARGIN, top + height, self._paper.w - _MARGIN, top + height)
        self._paper.set_xy(_MARGIN, top + height)

    def _bar(self, row: Row, *, left: float, top: float, most: int) -> None:
        """How many, and a whisker over the interval; of a hidden number, where it may be."""
        if not row.high:
            return
        width = self._paper.w - _MARGIN - left
        at = partial(_scaled, width=width, most=most)
        self._paper.set_fill_color(*(_FILL if row.shown is not None else _HIDDEN))
        self._paper.rect(left, top + 1.2, max(at(row.high if row.shown is None else row.shown), 0.2), 2.6, style="F")
        if row.shown is not None and row.low < row.high:
            self._paper.set_draw_color(*_WHISKER)
            self._paper.line(left + at(row.low), top + 2.5, left + at(row.high), top + 2.5)

    def _heading(self, text: str) -> None:
        self._gap(4)
        if self._paper.get_y() + 20 > self._paper.page_break_trigger:
            self._paper.add_page()
        self._line(text, 12)
        self._paper.set_draw_color(*_LINE)
        self._paper.line(_MARGIN, self._paper.get_y(), self._paper.w - _MARGIN, self._paper.get_y())
        self._gap(1)

    def _line(self, text: str, size: float, colour: tuple[int, int, int] = _INK) -> None:
        self._text(size, colour)
        self._paper.multi_cell(0, size * 0.52, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _block(self, text: str, *, left: float) -> None:
        """Text from `left` to the right margin, however many lines it needs."""
        self._paper.set_x(left)
        self._paper.multi_cell(self._paper.w - _MARGIN - left, 5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _text(self, size: float, colour: tuple[int, int, int]) -> None:
        self._paper.set_font_size(size)
        self._paper.set_text_color(*colour)

    def _gap(self, height: float = 3) -> None:
        self._paper.ln(height)


def _scaled(persons: int, *, width: float, most: int) -> float:
    return width * persons / most
