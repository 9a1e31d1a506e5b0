"""Gather the pages of the documentation and make a site of them: `make docs`.

Pages stay readable as Markdown where they lie. The site has those of `docs`, and a few that lie beside what they are
about. Links between pages are kept; files of the project that pages refer to are carried along; a link that holds
nowhere ends the build. Nothing but the standard library is needed to gather, and MkDocs to make the site.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

SITE: Final = Path(__file__).resolve().parent
ROOT: Final = SITE.parents[1]
OUT: Final = ROOT / "var" / "docs"
_ELSEWHERE: Final = {
    "docs/README.md": "index.md",
    "docs/README.ko.md": "index.ko.md",
    "cohort_dsl/reference.md": "reference/language.md",
    "benchmarks/README.md": "understand/benchmarks.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages that lie elsewhere in the site than in the project."""
_LINK: Final = re.compile(r"(?<=\]\()([^)\s#]+)(#[^)\s]*)?(?=\))")
_FENCE: Final = re.compile(r"^(```.*?^```)", re.M | re.S)
_KEPT: Final = frozenset({".svg", ".png"})


class BrokenLink(Exception):
    """A page refers to something that is not there."""


def pages() -> dict[Path, str]:
    """Every page of the site: where it lies in the project, and in the site."""
    found = {path: path.relative_to(ROOT / "docs").as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))}
    found = {path: name for path, name in found.items() if not path.is_relative_to(SITE)}
    return found | {ROOT / old: new for old, new in _ELSEWHERE.items()}


def gather(folder: Path) -> None:
    """Write all pages, and the files they refer to, into a folder; raises `BrokenLink`."""
    known = pages()
    for path, name in known.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_relinked(path, name, known, folder), encoding="utf-8")
    for name in ("site.css", "iframe-worker.js"):
        (folder / name).write_bytes((SITE / name).read_bytes())


def _relinked(path: Path, name: str, known: dict[Path, str], folder: Path) -> str:
    """A page's text with its links as the site has them; what stands in code is left alone."""

    def moved(link: re.Match[str]) -> str:
        target, heading = link[1], link[2] or ""
        if urlsplit(target).scheme:
            return link[0]
        place = _place((path.parent / unquote(target)).resolve(), known, folder)
        if place is None:
            raise BrokenLink(f"{path.relative_to(ROOT)}: there is no {target}")
        return os.path.relpath(place, Path(name).parent) + heading

    parts = _FENCE.split(path.read_text(encoding="utf-8"))
    return "".join(part if part.startswith("```") else _LINK.sub(moved, part) for part in parts)


def _place(target: Path, known: dict[Path, str], folder: Path) -> str | None:
    """Where the site has a file, which is carried along if it is no page; of a folder, its first page."""
    if target in known:
        return known[target]
    if target.is_dir():
        first = next((page for page in semantics() if page.parent == target), None)
        return known[first] if first else _carried_folder(target, folder)
    if not target.is_file() or not target.is_relative_to(ROOT):
        return None
    inside = (
        target.relative_to(ROOT / "docs") if target.suffix in _KEPT and target.is_relative_to(ROOT / "docs") else None
    )
    place = inside or Path("files") / target.relative_to(ROOT)
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target, folder / place)
    return place.as_posix()


def _carried_folder(target: Path, folder: Path) -> str:
    """A folder of the project as a page that lists its files, which are carried along."""
    name = target.relative_to(ROOT).as_posix()
    page = f"files/{name}/index.md"
    if not (folder / page).exists():
        files = sorted(path for path in target.iterdir() if path.is_file())
        lines = [f"* [`{path.name}`]({_carried(path, folder, page)})\n" for path in files]
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / page).write_text(f"# {name}\n\n{''.join(lines)}", encoding="utf-8")
    return page


def _carried(path: Path, folder: Path, page: str) -> str:
    """A text file that browsers show instead of keeping it: its name ends in .txt."""
    place = folder / Path(page).parent / f"{path.name}.txt"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, place)
    return place.name


def semantics() -> list[Path]:
    """The examples of what the language means, in their order."""
    return sorted((ROOT / "docs/reference/semantics").glob("*.md"), key=lambda path: int(path.stem.partition("-")[0]))


def configuration() -> str:
    """MkDocs' file, with the pages of the semantics, each called what stands after the colon of its title."""
    listed = "".join(f'\n          - "{_subject(path)}": reference/semantics/{path.name}' for path in semantics())
    return (SITE / "mkdocs.yml").read_text(encoding="utf-8").replace(" SEMANTICS", listed)


def _subject(path: Path) -> str:
    title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").replace("`", "").replace('"', "")
    subject = title.partition(": ")[2] or title
    return subject[:1].upper() + subject[1:]


def navigation() -> set[str]:
    """The pages that a reader comes to."""
    return set(re.findall(r"[\w./-]+\.md$", configuration().partition("\nnav:")[2], re.M))


class _Links(HTMLParser):
    """What a page refers to, what it fetches, and the places in it that can be referred to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        named = {name: value or "" for name, value in attrs}
        self.places |= {named[name] for name in ("id", "name") if name in named}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in named:
            self.fetched.append(named["src"])
        elif tag == "link" and named.get("rel") not in ("canonical", "prev", "next") and "href" in named:
            self.fetched.append(named["href"])


def faults(site: Path) -> Iterator[str]:
    """Links of a made site that hold nowhere, and what would be fetched from elsewhere."""
    read = {path: _Links(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in read.items():
        here = path.relative_to(site).as_posix()
        yield from (f"{here} fetches {each}" for each in page.fetched if urlsplit(each).netloc)
        if path.name == "404.html":  # its links are from the root of wherever the site will stand
            continue
        for link in page.links + page.fetched:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                yield f"{here} refers to {link}"
            elif parts.fragment and target in read and unquote(parts.fragment) not in read[target].places | {"__top"}:
                yield f"{here} refers to a place that is not there: {link}"


def main() -> int:
    """Gather, make, and look at every link; the exit status is 1 when one does not hold."""
    shutil.rmtree(OUT, ignore_errors=True)
    gather(OUT / "pages")
    (OUT / "mkdocs.yml").write_text(configuration(), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--config-file", str(OUT / "mkdocs.yml")]
    done = subprocess.run(command, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False)  # noqa: S603
    if done.returncode:
        return done.returncode
    found = list(faults(OUT / "site"))
    sys.stdout.write("".join(f"{each}\n" for each in found) or f"{OUT / 'site' / 'index.html'}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
