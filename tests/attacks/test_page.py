"""What a run writes: results that are read back as they were, a page between its marks, and plots that are SVG."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.attacks.kit.arena import Trials
from tests.attacks.kit.korean import KOREAN, in_korean
from tests.attacks.kit.outcome import Attack, Check, Outcome, advantage_outcome
from tests.attacks.kit.page import END, START, write_page
from tests.attacks.kit.results import read, result_of, write
from tests.attacks.suite import ATTACKS

DOCS = Path(__file__).parents[2] / "docs" / "understand"


def outcome_of(shift: float) -> Outcome:
    pick = np.random.default_rng(3)
    trials = Trials(clean=pick.normal(size=80), planted=pick.normal(shift, size=80), rho=1.0)
    return advantage_outcome(trials, shift / 2, Check(says="and this", measured="1", allowed="1", holds=np.bool_(True)))


def attack(number: str) -> Attack:
    return next(each for each in ATTACKS if each.number == number)


def test_results_come_back_as_they_were_and_the_page_says_what_broke(tmp_path: Path) -> None:
    results = [
        result_of(attack("A4"), outcome_of(1.4), {"cell key": np.float64(0.75)}, size="full"),
        result_of(attack("A5"), outcome_of(6.0), {}, size="small"),
    ]
    write(tmp_path / "results.json", results)
    assert list(read(tmp_path / "results.json").values()) == results
    assert [each.withstood for each in results] == [True, False]

    page = tmp_path / "page.md"
    page.write_text(f"# before\n{START}\nyesterday\n{END}\nafter\n")
    write_page(page, tmp_path / "plots", results)
    text = page.read_text()
    assert text.startswith("# before\n") and text.endswith("\nafter\n") and "yesterday" not in text
    assert "1 of 2 attacks withstood. Of these A5 ran at the small size" in text
    assert "broken" in text and "**fails**" in text and "| 0.75 |" in text and " (small), broken" in text
    for plot in ("successes.svg", "trade-off.svg"):
        assert ElementTree.parse(tmp_path / "plots" / plot).getroot().tag.endswith("svg")


def test_the_page_in_korean_and_its_plots_say_the_same_in_korean(tmp_path: Path) -> None:
    results = [result_of(attack("A4"), outcome_of(6.0), {"cell key": 0.75}, size="small")]
    page = tmp_path / "page.ko.md"
    page.write_text(f"{START}\n{END}\n")
    write_page(page, tmp_path, results)
    text = page.read_text()
    assert "1개 가운데 0개를 견뎠습니다. 이 가운데 테스트의 작은 규모로 실행한 것(A4)은" in text
    assert "| A4 | 쌍의 차이: " in text and "작은 규모), 뚫림**" in text and "| **깨짐** |" in text
    assert "위양성이 " in text and "의 곡선 아래에 머묾" in text
    for plot, words in (("successes.ko.svg", "A4  쌍의 차이"), ("trade-off.ko.svg", "어림짐작")):
        assert words in (tmp_path / plot).read_text()


def test_whatever_the_stored_results_say_is_said_in_korean() -> None:
    results = [*read(DOCS / "attacks" / "results.json").values()]
    texts = {text for each in (*ATTACKS, *results) for text in (each.title, each.tries, each.figure)}
    checks = [check for each in results for check in each.checks]
    texts |= {text for check in checks for text in (check.says, check.measured, check.allowed)}
    in_words = {text for text in texts if re.search("[a-z]{3,}", text)}
    assert {text for text in in_words if not re.search("[가-힣]", in_korean(text))} == set()


@pytest.mark.parametrize(("english", "korean"), sorted(KOREAN.items()))
def test_a_text_in_korean_has_all_that_was_put_in(english: str, korean: str) -> None:
    assert len(re.findall(r"\{\d?\}", korean)) == english.count("{}")


@pytest.mark.parametrize("name", ["attacks.md", "attacks.ko.md"])
def test_the_report_has_the_marks_that_results_are_put_between(name: str) -> None:
    text = (DOCS / name).read_text()
    assert text.count(START) == text.count(END) == 1
