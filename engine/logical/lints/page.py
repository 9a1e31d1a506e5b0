"""Write docs/reference/lints.md from the tables of lints: `python -m engine.logical.lints.page`. A test compares the
two."""

from pathlib import Path
from typing import Final

from cohort_dsl.lint import LINTS, LintText
from engine.logical.lints import MEANING_LINTS

FILE: Final = Path(__file__).resolve().parents[3] / "docs" / "reference" / "lints.md"
_HEAD: Final = """# Lints

Generated from the tables in `cohort_dsl/lint` and `engine/logical/lints`; do not edit.

A lint speaks of something that is valid and probably not meant. It never keeps a document from being answered.
`kohort validate FILE` prints lints under their place, `POST /v1/cohorts/validate` lists them in `lints`, and the
workbench shows them below the text. A *warning* says that the answer is probably not to the question that was meant; an
*info* says that the answer is right and the document says more than it needs to, or something worth knowing.
"""
_HEADINGS: Final = (
    ("From the document alone", LINTS),
    ("From the document and the release's dictionaries", MEANING_LINTS),
)


def page() -> str:
    """The page, one lint after the other, alphabetical within its family."""
    parts = [_HEAD]
    for heading, lints in _HEADINGS:
        parts.append(f"\n## {heading}\n")
        parts += [_entry(lints[code]) for code in sorted(lints)]
    return "".join(parts)


def _entry(lint: LintText) -> str:
    return (
        f"\n### {lint.code}\n\n*{lint.severity.value}* · {lint.meaning}\n\n"
        f"{_document('found in', lint.example)}\n{_document('put right', lint.fixed)}"
    )


def _document(name: str, statements: str) -> str:
    return f'```kohort\ncohort "{name}"\n{statements}\n```\n'


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
