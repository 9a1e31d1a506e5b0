"""An answer as a part of a page: no scripts, nothing fetched, every word escaped."""

from collections.abc import Mapping, Sequence
from typing import Final

from api.client.pictures import PICTURE_STYLE
from api.client.pictures.svg import escaped
from api.client.tables import TableCell

MOST_ROWS: Final = 200
_STYLE: Final = (
    ".kohort { color-scheme: light dark; max-width: 60rem; }\n"
    ".kohort table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
    ".kohort th, .kohort td { padding: .15rem .7rem .15rem 0; text-align: left; }\n"
    ".kohort td.number { text-align: right; }\n"
    ".kohort p { margin: .3rem 0; }\n"
)


def page_of(summary: str, svg: str, columns: Mapping[str, list[TableCell]], sentences: Sequence[str]) -> str:
    """`svg` is trusted markup of `kohort_client.pictures`; everything else is text."""
    parts = [f"<style>{_STYLE}{PICTURE_STYLE}</style>"]
    parts += [f"<p><strong>{escaped(summary)}</strong></p>"] if summary else []
    parts += [svg] if svg else []
    parts += [_table(columns)] if columns else []
    parts += [f"<p><small>{escaped(sentence)}</small></p>" for sentence in sentences]
    return f'<div class="kohort">{"".join(parts)}</div>'


def _table(columns: Mapping[str, list[TableCell]]) -> str:
    shown = {name: column for name, column in columns.items() if any(value is not None for value in column)}
    heads = "".join(f"<th>{escaped(name.replace('_', ' '))}</th>" for name in shown)
    length = max((len(column) for column in shown.values()), default=0)
    rows = "".join(
        f"<tr>{''.join(_cell(column[n]) for column in shown.values())}</tr>" for n in range(min(length, MOST_ROWS))
    )
    rest = f"<p><small>{length - MOST_ROWS:,} more rows</small></p>" if length > MOST_ROWS else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _cell(value: TableCell) -> str:
    match value:
        case None:
            return "<td></td>"
        case bool():
            return f"<td>{'✓' if value else ''}</td>"
        case int():
            return f'<td class="number">{value:,}</td>'
        case float():
            return f'<td class="number">{value:.4g}</td>'
        case str():
            return f"<td>{escaped(value)}</td>"
