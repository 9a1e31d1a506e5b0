"""What a reader of a picture sees: every number in words, where it may lie, and nothing that is not there."""

import re
from itertools import chain
from xml.etree import ElementTree

import pytest

from api.client.pictures import PICTURE_STYLE, ComparedCohorts, Language, PictureKind, PictureUnsuited, picture
from api.client.pictures.svg import text_width
from schemas.cube import CubeTable
from schemas.wire import Cell, Number, OverlapAnswer, OverlapCohort, OverlapRegion, Share, ShareWithin
from schemas.wire.pictures import NARROWEST, WIDEST
from schemas.wire_cube import PublicTable
from tests.client.answers import (
    ATTRITION,
    BY_SEX,
    BY_YEAR,
    COMMON,
    GENOTYPES,
    HIDDEN,
    INCIDENCE,
    OVERLAP,
    PREVALENCE,
    PYRAMID,
    attrition,
    breakdown,
    number,
)

SVG = "{http://www.w3.org/2000/svg}"
SHARES = [
    Share(value=0.4, low=0.35, high=0.45),
    Share(value=0.5, low=0.45, high=0.55),
    ShareWithin(at_least=0, at_most=0.04),
]
COMPARED = ComparedCohorts(
    names=["Diabetes", "당뇨병"],
    answers=[
        BY_SEX.model_copy(update={"shares": SHARES}),
        BY_SEX.model_copy(update={"shares": [SHARES[1], SHARES[0], SHARES[2]]}),
    ],
)
EACH = [
    ("attrition", ATTRITION),
    ("breakdown", BY_SEX),
    ("pyramid", PYRAMID),
    ("trend", BY_YEAR),
    ("trend", PREVALENCE),
    ("trend", INCIDENCE),
    ("genotypes", GENOTYPES),
    ("overlap", OVERLAP),
    ("comparison", COMPARED),
]


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in read(svg).iter(f"{SVG}text")]


def of_class(svg: str, name: str) -> list[ElementTree.Element]:
    return [each for each in read(svg).iter() if name in each.get("class", "").split()]


@pytest.mark.parametrize("width", [NARROWEST, 390, 640, WIDEST])
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("kind", "answer"), EACH)
def test_every_picture_is_well_formed_and_keeps_inside(
    kind: PictureKind, answer, language: Language, width: int
) -> None:
    svg = picture(kind, answer, language=language, width=width)
    root = read(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text and root.find(f"{SVG}desc").text
    height = float(root.get("height"))
    assert root.get("viewBox") == f"0 0 {width} {height:.0f}"
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x", 0)) >= 0 and float(rect.get("width")) >= 0
        assert float(rect.get("x", 0)) + float(rect.get("width")) <= width + 0.2
    for text in root.iter(f"{SVG}text"):
        x, size = float(text.get("x")), float(text.get("font-size", 13))
        reach = text_width(text.text, size)
        start = {"start": x, "end": x - reach, "middle": x - reach / 2}[text.get("text-anchor", "start")]
        assert start >= -12, text.text  # the width of letters is an estimate
        assert start + reach <= width + 12, text.text


@pytest.mark.parametrize(("kind", "answer"), EACH)
def test_a_page_s_style_sheet_knows_every_class_and_no_style_stands_inside(kind: PictureKind, answer) -> None:
    svg = picture(kind, answer)
    classes = set(chain.from_iterable(each.get("class", "").split() for each in read(svg).iter()))
    known = set(re.findall(r"\.kohort-picture \.([a-z0-9-]+) ", PICTURE_STYLE))
    assert classes - {"kohort-picture"} <= known
    assert "style" not in svg and "<script" not in svg and "href" not in svg  # a strict page would refuse them


def test_attrition_tells_each_number_with_its_interval() -> None:
    svg = picture("attrition", ATTRITION)
    assert {"everyone in the release", "20,000", "1,545 ± 42", "1,275 ± 46", "< 37"} <= set(texts(svg))
    assert "7.7 %" in texts(svg)
    assert len(of_class(svg, "whisker")) == 2  # exact and hidden numbers have none
    assert len(of_class(svg, "hidden")) == 1
    assert "include rare: < 37" in read(svg).find(f"{SVG}desc").text


def test_everybody_s_bar_is_broken_only_where_the_next_would_be_too_short() -> None:
    assert of_class(picture("attrition", ATTRITION), "break")
    assert "broken bar: not to scale" in texts(picture("attrition", ATTRITION))
    near = attrition(("consents and has an index event", number(15_000)))
    assert not of_class(picture("attrition", near), "break")


def test_bars_and_whiskers_are_to_scale() -> None:
    svg = picture("breakdown", BY_SEX)
    male, female = (float(each.get("width")) for each in of_class(svg, "tone-0"))
    assert male / female == pytest.approx(130 / 160, abs=0.01)
    pixels = female / 160
    left = float(of_class(svg, "tone-0")[0].get("x"))
    for mark, (low, high) in zip(of_class(svg, "whisker"), ((108, 152), (138, 182)), strict=True):
        places = [float(each) for each in re.findall(r"M([\d.]+)", mark.get("d"))]
        assert places[0] == pytest.approx(left + low * pixels, abs=0.3)
        assert places[2] == pytest.approx(left + high * pixels, abs=0.3)
    hidden = of_class(svg, "hidden")[0]
    assert float(hidden.get("width")) == pytest.approx(37 * pixels, abs=0.3)
    assert hidden.get("stroke-dasharray")


def test_an_exact_number_has_no_interval() -> None:
    exact = breakdown(["sex"], (["male"], Number(value=130, margin=0)))
    svg = picture("breakdown", exact.model_copy(update={"total": Number(value=130, margin=0)}))
    assert "130" in texts(svg) and not of_class(svg, "whisker")
    assert "95" not in " ".join(texts(svg))


def test_neighbouring_hidden_cells_share_a_row_and_are_told_apart_from_none() -> None:
    cells = [([f"{age}-{age + 9}"], HIDDEN) for age in range(0, 50, 10)]
    svg = picture("breakdown", breakdown(["age(10)"], *cells, (["50-59"], number(90))))
    assert "0-9 … 40-49" in texts(svg) and "× 5" in texts(svg) and "< 37" in texts(svg)


def test_the_pyramid_has_sexes_left_and_right_and_the_oldest_on_top() -> None:
    svg = picture("pyramid", PYRAMID)
    men, women = of_class(svg, "tone-0"), of_class(svg, "tone-1")
    assert len(men) == 2 and len(women) == 1  # one of the women's is hidden
    centre = 320
    assert all(float(each.get("x")) + float(each.get("width")) < centre for each in men)
    assert all(float(each.get("x")) > centre for each in women)
    bands = {
        each.text: float(each.get("y")) for each in read(svg).iter(f"{SVG}text") if each.text in ("20-29", "30-39")
    }
    assert bands["30-39"] < bands["20-29"]
    assert any("unknown 30-39 99 ± 42" in text and "too small to show: 1" in text for text in texts(svg))


def test_a_trend_breaks_where_numbers_are_hidden() -> None:
    svg = picture("trend", BY_YEAR)
    assert len(of_class(svg, "hidden")) == 1
    assert {"2018", "2019", "2020", "2021", "persons"} <= set(texts(svg))
    tips = [each.text for each in read(svg).iter(f"{SVG}title")]
    assert "all, 2020: 250 ± 42" in tips


def test_a_trend_leaves_out_groups_of_which_nothing_is_shown_and_says_so() -> None:
    svg = picture("trend", PREVALENCE)
    assert any("groups too small to show: 1" in text for text in texts(svg))
    assert "per cent" in texts(svg) and "100" not in texts(svg)  # the axis is that of what is shown


def test_incidence_leaves_a_gap_where_there_is_no_rate() -> None:
    svg = picture("trend", INCIDENCE)
    assert "per 1,000 person-years" in texts(svg)
    lines = [each for each in of_class(svg, "stroke-0") if each.get("stroke-width") == "2"]
    assert len(lines) == 2


def test_genotypes_tell_the_frequency_of_each_variant() -> None:
    assert "rs671 · allele frequency 16.0 % (15.7–16.3)" in texts(picture("genotypes", GENOTYPES))


def test_an_overlap_has_a_row_of_dots_for_each_region_the_largest_first() -> None:
    svg = picture("overlap", OVERLAP)
    said = texts(svg)
    assert said.index("Diabetes ∩ Statins") < said.index("only Diabetes") < said.index("only Statins")
    dots = of_class(svg, "empty") + [each for each in of_class(svg, "ink") if each.tag == f"{SVG}circle"]
    assert len(dots) == 2 * (2 + 3)
    assert len(of_class(svg, "joined")) == 1


def test_a_comparison_is_of_shares_and_names_both_cohorts() -> None:
    said = texts(picture("comparison", COMPARED))
    assert said.count("Diabetes") == said.count("당뇨병") == 3
    assert "40.0 % (35.0–45.0)" in said and "< 4.0 %" in said


def test_korean_readers_get_korean_words_and_names_as_people_gave_them() -> None:
    said = texts(picture("attrition", ATTRITION, language="ko"))
    assert {"릴리스 전체", "동의했고 기준 사건이 있음", "제외: diabetes", "포함: rare", "< 37"} <= set(said)
    assert {"남성", "여성", "알 수 없음"} <= set(texts(picture("breakdown", BY_SEX, language="ko")))


def test_a_picture_says_what_to_cite() -> None:
    assert "Release national-1, policy 2026.4, query abcdef012345" in texts(picture("breakdown", BY_SEX))


def test_names_mean_themselves_whatever_is_in_them() -> None:
    hostile = "<script>alert(1)</script>\"'&]]>\u202e\x00\x07\ud800"
    svg = picture(
        "attrition", attrition((hostile, number(10_000)), ("include " + "가" * 5_000, number(9))), width=NARROWEST
    )
    assert "<script" not in svg
    assert any(text.startswith("<script>") for text in texts(svg))
    assert not re.search("[\x00\u202e\ud800]", svg)
    assert len(svg) < 8_000
    svg.encode()


def test_numbers_that_no_service_gives_are_drawn_inside_the_sheet_all_the_same() -> None:
    odd = breakdown(
        ["sex"], (["male"], Number(value=10**400, margin=-5)), (["female"], Number(value=-3, margin=10**300))
    )
    nothing = Number(value=0, margin=0)
    for svg in (
        picture("breakdown", odd, width=640),
        picture("pyramid", breakdown(["sex", "age(10)"], (["male", "0-9"], nothing)), width=640),
        picture("trend", breakdown(["index year"], (["2020"], nothing)), width=640),
    ):
        places = [float(place) for place in re.findall(r'\b(?:x|x1|x2|cx|width)="([^"]+)"', svg)]
        assert places
        assert all(0 <= place <= 640 for place in places)


def test_large_tables_are_drawn_in_part_and_say_so() -> None:
    svg = picture("breakdown", breakdown(["region"], *(([f"place {n}"], number(100 + n)) for n in range(5_000))))
    assert any(text.startswith("More rows are in the table: 4,881") or "4881" in text for text in texts(svg))
    assert len(svg) < 150_000


def test_a_published_table_is_drawn_like_a_breakdown() -> None:
    table = PublicTable(
        name=CubeTable.REGION, dimensions=["region"], cells=[Cell(label=["Seoul"], count=number(120, 10))]
    )
    assert {"Seoul", "120 ± 10"} <= set(texts(picture("breakdown", table)))


def test_an_empty_answer_says_that_there_is_nothing() -> None:
    empty = breakdown(["sex"]).model_copy(update={"total": HIDDEN})
    assert "< 37" in texts(picture("breakdown", empty))
    assert "There is nothing to draw." in texts(picture("trend", PREVALENCE.model_copy(update={"rows": []})))


WRONG_REGION = OverlapAnswer(
    **COMMON,
    cohorts=[OverlapCohort(name="a", query="1", count=HIDDEN), OverlapCohort(name="b", query="2", count=HIDDEN)],
    regions=[OverlapRegion(cohorts=[2], count=HIDDEN)],
)


@pytest.mark.parametrize(
    ("kind", "answer", "needs"),
    [
        ("attrition", BY_SEX, "not made of BreakdownAnswer"),
        ("pyramid", BY_SEX, "sex and age"),
        ("trend", BY_SEX, "index year"),
        ("overlap", WRONG_REGION, "not there"),
        ("pyramid", breakdown(["sex", "age(10)"], (["male"], HIDDEN)), "one word a dimension"),
        ("pyramid", breakdown(["sex", "age(1)"], *((["male", str(n)], HIDDEN) for n in range(500))), "at most"),
        ("comparison", ComparedCohorts(names=["a", "b"], answers=[BY_SEX, BY_YEAR]), "different dimensions"),
    ],
)
def test_an_answer_that_does_not_suit_is_refused_with_what_is_needed(kind: PictureKind, answer, needs: str) -> None:
    with pytest.raises(PictureUnsuited, match=needs):
        picture(kind, answer)
