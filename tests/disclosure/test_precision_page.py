"""The pages that explain ± in English and Korean say what the policy says, figure by figure."""

import math
import re
from pathlib import Path
from statistics import NormalDist

import pytest

from engine.disclosure.expectation import chance_of_count
from engine.disclosure.remaining import remaining_deviation
from schemas.policy import (
    DEFAULT_POLICY,
    INTERVAL_DEVIATIONS,
    NANO_RHO,
    ONE_HOT,
    SINGLE,
    AccessTier,
    Precision,
    TierPolicy,
)

DOCS = Path(__file__).parents[2] / "docs/understand"
PAGES = {name: (DOCS / name).read_text() for name in ("precision.md", "precision.ko.md")}
REGISTERED, CONTROLLED = DEFAULT_POLICY.of(AccessTier.REGISTERED), DEFAULT_POLICY.of(AccessTier.CONTROLLED)
OFFERS = [(rules, precision) for rules in (REGISTERED, CONTROLLED) for precision in rules.precisions]
SIZES = (30, 60, 120, 300, 1_000, 3_000)


def margin(rules: TierPolicy, precision: Precision) -> int:
    return rules.margin(precision.sigma, rules.rounding / 2)


def percent(price: int, rules: TierPolicy) -> str:
    return f"{100 * price / rules.budget.project:g} %"


def chance(part: float) -> str:
    """As the calculator writes it."""
    if part < 0.001:
        return "< 0.1 %"
    if part > 0.999:
        return "> 99.9 %"
    return f"{100 * part:.{1 if part < 0.01 or part > 0.99 else 0}f} %"


def relative(part: float) -> str:
    return f"{100 * part:.{1 if part < 0.01 else 0}f} %"


def nearly_always(rules: TierPolicy, precision: Precision) -> int:
    """The smallest cohort that is shown 95 times of 100."""
    sizes = range(rules.floor, 10 * rules.threshold(precision.sigma))
    return next(size for size in sizes if chance_of_count(rules, precision.sigma, size) >= 0.95)


def offer_rows() -> list[list[str]]:
    return [
        [
            rules.tier.value,
            precision.value,
            f"± {margin(rules, precision)}",
            str(rules.threshold(precision.sigma)),
            str(nearly_always(rules, precision)),
            percent(precision.cost(SINGLE), rules),
            percent(precision.cost(ONE_HOT), rules),
            f"{rules.budget.project // precision.cost(SINGLE):,}",
            f"{rules.budget.project // (precision.cost(SINGLE) + precision.cost(ONE_HOT)):,}",
        ]
        for rules, precision in OFFERS
    ]


def size_rows() -> list[list[str]]:
    return [
        [f"{size:,}"]
        + [
            f"{chance(chance_of_count(rules, precision.sigma, size))}; ± {relative(margin(rules, precision) / size)}"
            for rules, precision in OFFERS
        ]
        for size in SIZES
    ]


def plan(rules: TierPolicy, steps: list[tuple[int, int, Precision]]) -> list[str]:
    """What each step of a plan costs, counts and tables at a precision, and all together."""
    prices = [counts * precision.cost(SINGLE) + tables * precision.cost(ONE_HOT) for counts, tables, precision in steps]
    return [percent(price, rules) for price in (*prices, sum(prices))]


FIRST_PLAN = plan(
    REGISTERED,
    [
        (40, 0, Precision.COARSE),
        (1, 1, Precision.STANDARD),
        (0, 3, Precision.STANDARD),
        (3, 1, Precision.STANDARD),
    ],
)
SECOND_PLAN = plan(
    CONTROLLED,
    [(60, 0, Precision.COARSE), (1, 1, Precision.STANDARD), (0, 4, Precision.STANDARD), (1, 10, Precision.FINE)],
)


def rows(page: str, width: int) -> list[list[str]]:
    """The rows of the page's tables of so many columns, without headings."""
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]
    found = [row for row in split if len(row) == width]
    return [row for place, row in enumerate(found) if not _is_heading(found, place)]


def _is_heading(found: list[list[str]], place: int) -> bool:
    is_rule = re.fullmatch(r"-+", found[place][0]) is not None
    return is_rule or (place + 1 < len(found) and re.fullmatch(r"-+", found[place + 1][0]) is not None)


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_every_precision_is_listed_with_its_margin_threshold_and_price(page: str) -> None:
    assert rows(page, 9) == offer_rows()


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_what_to_expect_of_each_size_is_what_the_calculator_says(page: str) -> None:
    assert rows(page, 7) == size_rows()


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_the_plans_add_up(page: str) -> None:
    assert [row[-1].strip("*") for row in rows(page, 3)] == FIRST_PLAN + SECOND_PLAN


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_figures_in_the_text_follow_from_the_policy(page: str) -> None:
    usual = margin(REGISTERED, Precision.STANDARD)
    sampling = INTERVAL_DEVIATIONS * math.sqrt(1_000)
    count, table = Precision.STANDARD.cost(SINGLE), Precision.STANDARD.cost(ONE_HOT)
    said = [
        f"1,000 ± {usual}",
        f"± {sampling:.0f}",
        f"√({usual}² + {sampling:.0f}²) = {math.hypot(usual, sampling):.0f}",
        f"± {usual * math.sqrt(2):.0f}",
        percent(12 * count, REGISTERED),
        percent(count + table, REGISTERED),
        *(
            f"{100 * NormalDist().cdf(NormalDist().inv_cdf(0.01) + math.sqrt(2 * rules.budget.project / NANO_RHO)):.0f} %"
            for rules in (REGISTERED, CONTROLLED)
        ),
    ]
    assert [text for text in said if text not in page] == []
    steps = [remaining_deviation(Precision.STANDARD.sigma, step, 6) for step in range(1, 7)]
    assert (REGISTERED.margin(max(steps), REGISTERED.rounding / 2), usual) == (57, 44)
    assert all(rules.budget.institution == 4 * rules.budget.project for rules in (REGISTERED, CONTROLLED))
    assert 6 * Precision.COARSE.cost(SINGLE) < Precision.STANDARD.cost(SINGLE)


def test_the_pages_name_thresholds_of_the_policy_and_no_others() -> None:
    thresholds = {str(rules.threshold(precision.sigma)) for rules, precision in OFFERS}
    assert set(re.findall(r"fewer than (\d+)", PAGES["precision.md"])) <= thresholds
    assert set(re.findall(r"(\d+)명 미만", PAGES["precision.ko.md"])) <= thresholds


def test_both_languages_have_the_same_sections() -> None:
    first, second = (re.findall(r"^(#+) ", page, flags=re.M) for page in PAGES.values())
    assert first == second
