"""The documentation site: every page is in it and can be found, and every link holds."""

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from docs.site import languages

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-docs" / "bin" / "python"


@pytest.fixture(scope="module")
def site() -> ModuleType:
    specification = importlib.util.spec_from_file_location("docs_site", ROOT / "docs" / "site" / "build.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_every_link_of_every_page_holds_in_the_site(site: ModuleType, tmp_path: Path) -> None:
    site.gather(tmp_path)
    gathered = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")}
    assert set(site.pages().values()) <= gathered
    assert "](../reference/language.md)" in (tmp_path / "learn" / "tutorial.md").read_text()
    assert "](../../" not in (tmp_path / "learn" / "tutorial.md").read_text()  # nothing leads out of the site


def test_a_reader_comes_to_every_page(site: ModuleType) -> None:
    assert site.navigation() == set(site.pages().values())


def test_what_a_page_loads_beside_the_theme_lies_in_the_site(site: ModuleType, tmp_path: Path) -> None:
    """The search of a page that is read from a folder needs a script, which comes from nobody else's server."""
    site.gather(tmp_path)
    named = re.findall(r"^(?:extra_css|  polyfills): \[(\S+)\]", site.configuration(), re.M)
    assert sorted(named) == ["iframe-worker.js", "site.css"]
    assert all((tmp_path / name).is_file() for name in named)


def test_a_link_to_nothing_ends_the_build(site: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("[there](nowhere.md)\n\n```text\n[in code](nowhere.md)\n```\n")
    monkeypatch.setattr(site, "pages", lambda: {page: "page.md"})
    monkeypatch.setattr(site, "ROOT", tmp_path)
    with pytest.raises(site.BrokenLink, match=r"nowhere\.md"):
        site.gather(tmp_path / "out")


def test_what_holds_nowhere_or_comes_from_elsewhere_is_found_in_the_made_site(site: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="top">a</h1><a href="b.html#there">b</a><a href="b.html#gone">b</a><a href="gone.html">c</a>'
        '<a href="https://example.org">d</a><script src="https://example.org/x.js"></script><img src="x.png">'
    )
    (tmp_path / "b.html").write_text('<p id="there">b</p>')
    assert sorted(site.faults(tmp_path)) == [
        "a.html fetches https://example.org/x.js",
        "a.html refers to a place that is not there: b.html#gone",
        "a.html refers to gone.html",
        "a.html refers to x.png",
    ]


@pytest.mark.skipif(not PYTHON.exists(), reason="the generator is set up by `make docs`")
def test_the_site_is_made_and_all_of_it_holds() -> None:
    done = subprocess.run([PYTHON, "docs/site/build.py"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    made_index = ROOT / "var" / "docs" / "site" / "search" / "search_index.js"
    assert made_index.read_text().startswith("var __index = {")  # a page in a folder can load a script, and no JSON
    for page, language in (("tutorial", "en"), ("tutorial.ko", "ko")):
        made = (ROOT / "var" / "docs" / "site" / "learn" / f"{page}.html").read_text()
        assert f'<html lang="{language}"' in made
        for other, link in (("en", "tutorial.html"), ("ko", "tutorial.ko.html")):
            assert f'<link rel="alternate" href="{link}" hreflang="{other}">' in made


@pytest.mark.parametrize(
    ("here", "language", "leads_to"),
    [
        ("do/ask.md", "en", ["do/ask.html", "do/ask.ko.html"]),
        ("do/ask.ko.md", "ko", ["do/ask.html", "do/ask.ko.html"]),
        ("do/deploy.md", "en", ["do/deploy.html", "index.ko.html"]),
    ],
)
def test_a_page_is_in_its_language_and_leads_to_the_other_one(here: str, language: str, leads_to: list[str]) -> None:
    known = ("index.md", "index.ko.md", "do/ask.md", "do/ask.ko.md", "do/deploy.md")
    pages = {name: page_of(name) for name in known}
    config = SimpleNamespace(theme={}, extra={})
    languages.on_page_context({}, page=pages[here], config=config, nav=SimpleNamespace(pages=list(pages.values())))
    assert config.theme["language"] == language
    assert [each["link"] for each in config.extra["alternate"]] == leads_to


def page_of(name: str) -> SimpleNamespace:
    """What the generator hands over for a page, as far as it is looked at."""
    return SimpleNamespace(file=SimpleNamespace(src_uri=name), url=name.replace(".md", ".html"))
