"""The rules of a grant, one by one: what of a document each refuses, and what it lets pass."""

import datetime
from dataclasses import replace

import pytest

from cohort_dsl import parse
from engine.logical.access import Asked, refusals
from engine.logical.dates import misplaced
from schemas.access import DOMAIN_OF_EVENTS, Access, AccessTier, DataDomain, DateStep, RegionLevel, VariantLevel
from schemas.omop import Domain

EVERYTHING = Access(
    tier=AccessTier.REGISTERED, phase=1, start=None, domains=tuple(DataDomain), dates=DateStep.DAY, age_width=1,
    regions=RegionLevel.PROVINCE, variants=VariantLevel.ANY, temporal=True, free_text=True,
)  # fmt: skip
COMMON = {"rs1": 0.2, "rs2": 0.01, "rs3": 0.0099}
HEAD = 'cohort "c"\nindex first condition\n'


def codes(text: str, library: dict[str, str] | None = None, **narrower) -> list[str]:
    asked = Asked(cohort=parse(text), library={name: parse(other) for name, other in (library or {}).items()})
    found = refusals(asked, replace(EVERYTHING, **narrower), lambda variant: COMMON.get(variant.name))
    return [refusal.code for refusal in found]


def without(*domains: DataDomain) -> tuple[DataDomain, ...]:
    return tuple(domain for domain in DataDomain if domain not in domains)


def test_every_kind_of_event_belongs_to_a_domain():
    assert set(DOMAIN_OF_EVENTS) == set(Domain)


USES = {
    DataDomain.DRUGS: ("any drug", "any drug era", "any dose era", "any era of drug with gaps of at most 30 days"),
    DataDomain.VISITS: ("any visit", "any visit detail", "any condition where visit type in concept 9201",
                        "any condition having (any visit within 1 day before it)"),
    DataDomain.CONDITIONS: ("any condition era",),
    DataDomain.SURVEYS: ('survey smoking.status in ("current")', "any answer to smoking.status"),
    DataDomain.SCORES: ("score ldl >= 1",),
    DataDomain.GENOTYPES: ("carries variant rs1", "carries variant in gene PCSK9", "no call at variant rs1",
                           "carries at least 2 variants in gene PCSK9", "carries biallelic variants in gene PCSK9"),
}  # fmt: skip


@pytest.mark.parametrize(("domain", "criterion"), [(domain, each) for domain, all_ in USES.items() for each in all_])
def test_a_document_that_uses_a_closed_domain_anywhere_is_refused(domain, criterion):
    head = HEAD if domain is not DataDomain.CONDITIONS else 'cohort "c"\nindex first drug\n'
    for text in (
        f'{head}include "x" when {criterion}\n',
        f'{head}exclude "x" when none of (any death, not ({criterion}))\n',
    ):
        assert codes(text) == []
        assert set(codes(text, domains=without(domain))) == {"access-domain"}


def test_a_cohort_of_the_library_is_looked_into_when_it_is_referred_to():
    library = {"base": 'cohort "base"\nindex first drug\n', "other": 'cohort "other"\nindex first death\n'}
    text = 'cohort "c"\nindex entry of cohort "base"\n'
    assert codes(text, library, domains=without(DataDomain.DRUGS)) == ["access-domain"]
    assert codes(text, library, domains=without(DataDomain.DEATHS)) == []


def test_an_exposure_is_of_drugs():
    text = HEAD + "end 7 days after exposure to concept 1 with gaps of at most 30 days\n"
    assert codes(text, domains=without(DataDomain.DRUGS)) == ["access-domain"]


def test_single_variants_need_a_frequency_that_reference_data_know():
    def of(criterion: str, level: VariantLevel) -> list[str]:
        return codes(f'{HEAD}include "x" when {criterion}\n', variants=level)

    for criterion in ("carries variant rs1", "carries variant rs2", "carries variant in (rs1, rs2)"):
        assert of(criterion, VariantLevel.COMMON) == []
        assert set(of(criterion, VariantLevel.SETS)) == {"access-variant"}
    for criterion in ("carries variant rs3", "carries variant rs4", 'carries variant "1-5-A-G"',
                      "carries variant in (rs1, rs3)", "carries variant rs1 in cis with variant rs3"):  # fmt: skip
        assert of(criterion, VariantLevel.COMMON) == ["access-variant"]
        assert of(criterion, VariantLevel.ANY) == []
    for criterion in ("carries variant in gene PCSK9", "carries variant in region 1:1001-2000"):
        assert of(criterion, VariantLevel.SETS) == []
    assert of("carries variant in region 1:1001-1999", VariantLevel.COMMON) == ["access-variant"]


@pytest.mark.parametrize(
    "criterion",
    ["any condition before index", 'survey smoking.status in ("a") within 1 year of index',
     "any condition then drug within 30 days", "any gap of at least 60 days in drug",
     "any measurement rising by at least 1 within 6 months", "any era of drug with gaps of at most 30 days"],
)  # fmt: skip
def test_relating_events_in_time_may_be_closed(criterion):
    text = f'{HEAD}include "x" when {criterion}\n'
    assert (codes(text), codes(text, temporal=False)) == ([], ["access-temporal"])


def test_texts_of_the_source_and_places_may_be_closed():
    text = HEAD + 'include "x" when any drug where stop reason contains "adverse"\n'
    assert (codes(text), codes(text, free_text=False)) == ([], ["access-free-text"])
    text = HEAD + 'include "x" when region in ("Seoul")\ncount by region\n'
    assert codes(text) == []
    assert codes(text, regions=RegionLevel.NONE) == ["access-region", "access-region"]


def days(year: int) -> list[datetime.date]:
    first = datetime.date(year, 1, 1)
    return [first + datetime.timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]


ON_THE_EDGE = [
    datetime.date(2016, 2, 29),
    datetime.date(2016, 12, 31),
    datetime.date(2017, 1, 1),
    datetime.date(2017, 4, 30),
]


@pytest.mark.parametrize("step", [DateStep.YEAR, DateStep.MONTH])
@pytest.mark.parametrize("day", [*days(2016)[::13], *days(2017)[::13], *ON_THE_EDGE])
def test_a_range_of_dates_is_made_of_whole_steps(step, day):
    """By another route: a bound is in place when the day on its other side lies in another step."""

    def part(date: datetime.date) -> tuple[int, ...]:
        return (date.year, date.month) if step is DateStep.MONTH else (date.year,)

    begins = part(day) != part(day - datetime.timedelta(days=1))
    ends = part(day) != part(day + datetime.timedelta(days=1))
    for words, expected in ((f">= {day}", begins), (f"< {day}", begins), (f"<= {day}", ends), (f"> {day}", ends),
                            (f"= {day}", False), (f"in {day}..", begins), (f"in ..{day}", ends)):  # fmt: skip
        found = codes(f'cohort "c"\nindex first condition where date {words}\n', dates=step)
        assert (found == []) is expected, words
    assert (codes(f'cohort "c"\nindex everyone on {day}\n', dates=step) == []) is (begins or ends)


def test_days_may_be_named_where_days_are_open():
    assert misplaced(datetime.date(2016, 5, 17), DateStep.DAY) is None
    assert misplaced(datetime.date(2016, 5, 17), DateStep.MONTH) is not None
    assert misplaced(17, DateStep.YEAR) is None


def test_a_refusal_names_the_grant_and_the_place():
    text = HEAD + 'include "x" when any drug\n'
    asked = Asked(cohort=parse(text), library={})
    narrow = replace(EVERYTHING, domains=without(DataDomain.DRUGS), start=datetime.date(2027, 1, 1))
    (refusal,) = refusals(asked, narrow, lambda variant: None)
    assert "registered tier, by its grant for phase 1 from 2027-01-01, may not use drugs" in refusal.message
    assert (
        text[refusal.span.start : refusal.span.end].startswith("any drug")
        or "drug" in text[refusal.span.start : refusal.span.end]
    )
    assert "drugs" not in refusal.expected
