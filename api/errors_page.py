"""Write docs/reference/errors.md from `schemas.codes`: `python -m api.errors_page`. A test compares the two."""

from pathlib import Path
from typing import Final

from schemas.codes import FAMILIES

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "errors.md"
_HEAD: Final = """# Problem codes

Generated from `schemas/codes.py`; do not edit. Every problem has a stable code. Over HTTP it is the field `code` of an
`application/problem+json` document (RFC 9457), and several problems of one document are listed in `problems`, each with
its place; on the command line it stands before the message, and the exit status is 2. Which file or folder was looked
at is told on the command line alone (`looked at:`, with `--json` as `place`), and never over HTTP. A browser that opens
a page gets a page. Pages in Korean say in Korean what a code means, and all messages and hints as well
(`api/web/static/problems.ko.json`); over HTTP, `Accept-Language: ko` gives a problem's title, messages and hints in
Korean. Codes are the same in every language.
"""


def page() -> str:
    """The page, one paragraph a code, alphabetical within its family."""
    parts = [_HEAD]
    for heading, codes in FAMILIES.items():
        parts.append(f"\n## {heading}\n")
        parts += [f"\n### {code}\n\n{codes[code]}\n" for code in sorted(codes)]
    return "".join(parts)


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(page(), encoding="utf-8")
