"""The pictures of the documentation: `make screenshots` takes them anew, into docs/pictures.

A shot opens a page at one width, in one language and theme, and does something first. Everyone with a page adds theirs.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from api.auth import open_local_tokens
from engine import EngineSettings, Principal, build_cube, synthesize
from schemas.policy import DEFAULT_POLICY, AccessTier
from tests.lib.policies import wide_policy
from tests.web.chromium import ABSENT, find_chromium
from tests.web.conftest import _FLAGS, serving
from tests.web.lib import open_workbench

PICTURES: Final = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES: Final = 150_000

Site = tuple[str, str]


_ANSWERED: Final = """cohort "Statin starters without diabetes"

let statins  = code ATC:"C10AA" with descendants
let diabetes = concept 201826 "Type 2 diabetes mellitus" with descendants

index first ever drug in statins where age >= 40
  observed 1 year before

exclude "diabetes" when any condition in diabetes on or before index
include "not a current smoker" when survey smoking.status in ("never", "former")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture: what to do before it is taken, and how the page is shown."""

    name: str
    act: Callable[[Page, Site], None]
    language: str = "en"
    scheme: str = "light"
    width: int = 1120
    height: int = 690


def _example(page: Page, title: str) -> None:
    page.click("#open-library")
    page.locator("#library-list button", has_text=title).click()
    page.wait_for_selector("#verdict.good")
    page.wait_for_timeout(600)


def both(page: Page, site: Site) -> None:
    """The document as text and as cards."""
    _example(page, "Smokers treated for COPD")
    page.locator("#builder .card-of.include").nth(1).evaluate("card => card.scrollIntoView({block: 'start'})")
    page.evaluate("scrollTo(0, 0)")


def cards(page: Page, site: Site) -> None:
    """The cards alone, at the rules with their windows."""
    page.check("#view input[value=cards]", force=True)
    _example(page, "Clopidogrel after a heart attack")
    page.locator("#builder .part .occurrence").first.evaluate("card => card.scrollIntoView({block: 'start'})")


def problem(page: Page, site: Site) -> None:
    """A mistake, underlined, with its meaning."""
    _example(page, "ALDH2 rs671")
    text = 'cohort "Mistake"\n\nlet statins = code ATC:"C10AA" with descendants\n\nindex first drug in statin where age >= 40\n'
    page.evaluate("text => document.dispatchEvent(new CustomEvent('kohort:open', {detail: {text}}))", text)
    page.wait_for_selector(".cm-lintRange-error")
    page.hover(".cm-lintRange-error")
    page.wait_for_selector(".cm-tooltip-lint")


def _run(page: Page, text: str) -> None:
    page.evaluate("text => document.dispatchEvent(new CustomEvent('kohort:open', {detail: {text}}))", text)
    page.wait_for_selector("#verdict.good")
    before = page.url
    page.click("#run")
    page.wait_for_url(lambda address: address != before)
    page.wait_for_selector("#share:visible", timeout=60_000)
    page.wait_for_timeout(600)


def answer(page: Page, site: Site) -> None:
    """A count with its interval, attrition and the pyramid, each beside its table."""
    _example(page, "ALDH2 rs671")
    _run(page, _ANSWERED)
    page.locator("#read").evaluate("card => card.scrollIntoView({block: 'start'})")


def overlap(page: Page, site: Site) -> None:
    """Three cohorts overlapping, chosen from the history."""
    for name in ("with-attrition", "with-pyramid", "with-breakdown"):
        page.uncheck(f"#{name}")
    for age in (30, 50):
        _run(page, f'cohort "{age}+"\n\nindex last visit where age >= {age}\n')
    page.click("#more summary")
    page.select_option("#overlap-1", index=1)
    page.select_option("#overlap-2", index=2)
    page.select_option("#comparison", index=1)
    page.fill("#comparison-by", "sex")
    _run(page, 'cohort "여성"\n\nindex last visit\n\ninclude "여성" when sex is female\n')
    page.locator(".step[data-kind=overlap]").evaluate("part => part.scrollIntoView({block: 'start'})")


def published(page: Page, site: Site) -> None:
    """The published list of diagnoses, as shares of everybody."""
    page.goto(f"{site[0]}/public/list?family=conditions&measure=share")


def category(page: Page, site: Site) -> None:
    """One diagnosis by sex and age."""
    page.goto(f"{site[0]}/public/category?family=conditions&code=I10")
    page.evaluate("scrollTo(0, 60)")


def resource(page: Page, site: Site) -> None:
    """Who is in the resource."""
    page.goto(f"{site[0]}/public")


def ready(page: Page, site: Site) -> None:
    """A ready-made question with its answer."""
    page.goto(f"{site[0]}/questions")
    page.click("#ldl .ask")
    page.wait_for_selector("#ldl .step[data-state=answered] table", timeout=60_000)
    page.wait_for_timeout(800)
    page.locator("#ldl").evaluate("card => card.scrollIntoView({block: 'start'})")


def boards(page: Page, site: Site) -> None:
    """A dashboard of diagnoses: one answered, the others with their price."""
    page.goto(f"{site[0]}/dashboards")
    page.wait_for_selector(".panel")
    page.goto(f"{site[0]}/dashboards?board=conditions")
    page.locator(".panel button").first.click()
    page.wait_for_selector(".panel svg:visible", timeout=60_000)
    page.evaluate("scrollTo(0, 330)")


def nothing(page: Page, site: Site) -> None:
    """The page as it opens."""
    page.wait_for_timeout(400)


SHOTS: Final = (
    Shot(name="workbench", act=both),
    Shot(name="workbench-ko-dark", act=both, language="ko", scheme="dark", height=670),
    Shot(name="workbench-cards", act=cards, height=780),
    Shot(name="workbench-problem", act=problem, height=620),
    Shot(name="answer", act=answer, height=720),
    Shot(name="answer-phone-ko-dark", act=overlap, width=390, height=900, language="ko", scheme="dark"),
    Shot(name="dashboard", act=category, height=860),
    Shot(name="dashboard-list-ko-dark", act=published, language="ko", scheme="dark", height=860),
    Shot(name="dashboard-phone", act=resource, width=390, height=900),
    Shot(name="boards", act=boards, height=960),
    Shot(name="questions", act=ready, height=760),
    Shot(name="workbench-phone", act=nothing, width=390, height=800),
    Shot(name="workbench-phone-ko-dark", act=nothing, width=390, height=800, language="ko", scheme="dark"),
)


def take(browser: Browser, shot: Shot, site: Site, folder: Path) -> Path:
    """Take one picture."""
    context = browser.new_context(viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme)
    page = context.new_page()
    open_workbench(page, site, shot.language)
    shot.act(page, site)
    target = folder / f"{shot.name}.png"
    page.screenshot(path=target)
    context.close()
    return target


def main(names: list[str]) -> None:
    """Take the pictures named, or all."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(ABSENT)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        root = Path(place)
        synthesize(root / "releases", "demo", persons=20_000, seed=7, progress=lambda step, share: None)
        me = Principal(user="me", project="demo", institution="here", tier=AccessTier.REGISTERED)
        token = open_local_tokens(root / "state").issue(me, hours=1)
        settings = EngineSettings(releases=root / "releases", state=root / "state")
        build_cube(settings, DEFAULT_POLICY, root / "state" / "cubes", user="me", progress=lambda step, share: None)
        browser = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        os.environ["KOHORT_LOCAL_ISSUER"] = "true"
        with serving(root, fixed_deadlines=False, policy=wide_policy(root)) as address:
            taken = [
                take(browser, shot, (address, token), PICTURES) for shot in SHOTS if shot.name in names or not names
            ]
        browser.close()
    for path in taken:
        print(f"{path.stat().st_size:>8,} bytes  {path}")
    if any(path.stat().st_size > MOST_BYTES for path in taken):
        raise SystemExit(f"a picture of the documentation has at most {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
