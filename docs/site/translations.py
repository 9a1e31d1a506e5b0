"""Pages in Korean, and the state of the English page that each of them translates.

`python -m docs.site.translations` lists the pages whose English page has changed since. With pages named, it writes the
present state into them: for somebody who has looked at them.
"""

import hashlib
import re
import sys
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parents[1]
_MARK: Final = re.compile(r"^<!-- translates (\S+) as of ([0-9a-f]{12}) -->$", re.M)
_FENCE: Final = re.compile(r"^```.*?^```", re.M | re.S)
_MADE: Final = re.compile(r"^<!-- (\w+): made by .*?^<!-- /\1 -->", re.M | re.S)


def translations() -> dict[Path, Path]:
    """The English page of every page in Korean."""
    return {page: page.with_name(page.name.replace(".ko.md", ".md")) for page in sorted(DOCS.rglob("*.ko.md"))}


def state(english: Path) -> str:
    """What tells one wording of a page from another. Examples, which are the same in Korean, and what a program writes
    into both pages, are no part of it."""
    prose = _FENCE.sub("", _MADE.sub("", english.read_text(encoding="utf-8")))
    return hashlib.sha256(prose.encode()).hexdigest()[:12]


def examples(page: Path) -> list[str]:
    """The fenced blocks of a page, in their order."""
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def stale() -> list[Path]:
    """Pages in Korean that do not bear the present state of their English page."""
    return [page for page, english in translations().items() if _marked(page) != (english.name, state(english))]


def mark(page: Path) -> None:
    """Write the present state of its English page into a page in Korean, below its title where there is none yet."""
    english = translations()[page]
    line = f"<!-- translates {english.name} as of {state(english)} -->"
    text = page.read_text(encoding="utf-8")
    title, rest = text.split("\n", 1)
    marked = _MARK.sub(line, text) if _MARK.search(text) else f"{title}\n\n{line}\n{rest}"
    page.write_text(marked, encoding="utf-8")


def _marked(page: Path) -> tuple[str, str] | None:
    found = _MARK.search(page.read_text(encoding="utf-8"))
    return (found[1], found[2]) if found else None


def main(pages: list[str]) -> int:
    """Mark the pages named, or list those to look at again; the exit status is 1 when there are any."""
    for page in pages:
        mark(Path(page).resolve())
    found: list[Path] = [] if pages else stale()
    sys.stdout.write("".join(f"{page.relative_to(DOCS.parent)}: its English page has changed\n" for page in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
